//! The mails that go with invitations: sent where the invitation stands, and never where it does not.

use entente::domain::invitations::InvitationStatus;
use entente::domain::invitations::message::CustomMessage;
use entente::domain::invitations::wish::{Sending, Wish};
use entente::domain::permissions::{Caller, Permission};
use entente::domain::roles::Role;
use entente::flows::bulk::{run, take};
use entente::flows::invite::again::{Anew, resend};
use entente::flows::mails::send::{Stop, send};
use entente::outbound::mail::Message;

use super::scene::{APP, app_only, operator, person, wish};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

const ZOE: &str = "zoe@adatum.example";

fn mailed(gateway: &Gateway, address: &str) -> Wish {
    let message = CustomMessage::parse("See you on Monday.").unwrap();
    Wish { sending: Sending::ByMail, message, ..wish(gateway, address) }
}

/// Sends what waits, and says what came to the address.
async fn came(gateway: &Gateway, address: &str) -> Vec<Message> {
    send(&gateway.services, &Stop::default()).await.unwrap();
    gateway.mailbox.to(address)
}

/// The words of a mail on lines of any length.
fn words(message: &Message) -> String {
    message.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

on_both_stores! {
    async fn f03_nothing_is_mailed_unless_it_is_asked_for(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let silent = gateway.invited(ZOE).await;
        assert!(came(&gateway, ZOE).await.is_empty());
        assert!(silent.link.unwrap().contains("/redeem?ticket="));
    }

    async fn f01_a_mail_has_the_link_and_goes_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited_by(&operator(), &mailed(&gateway, ZOE)).await.unwrap();
        let mails = came(&gateway, ZOE).await;
        assert_eq!(mails.len(), 1);
        assert!(words(&mails[0]).contains(&invited.link.unwrap()), "{}", mails[0].text);
        assert_eq!(came(&gateway, ZOE).await.len(), 1, "it is not sent again");
    }

    async fn f04_a_message_is_left_out_where_no_person_with_an_address_invites(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = app_only(gateway.payroll, &[Permission::UserInviteAll]);
        gateway.invited_by(&app, &mailed(&gateway, ZOE)).await.unwrap();
        let inviter = person(gateway.ana, entente::domain::guests::UserType::Guest, &[Role::GuestInviter]);
        gateway.invited_by(&inviter, &mailed(&gateway, "yan@adatum.example")).await.unwrap();
        let by_app = came(&gateway, ZOE).await;
        let by_ana = came(&gateway, "yan@adatum.example").await;
        assert!(!words(&by_app[0]).contains("Monday"), "{}", by_app[0].text);
        assert!(words(&by_ana[0]).contains("See you on Monday."), "{}", by_ana[0].text);
        assert!(words(&by_ana[0]).contains("ana@fabrikam.example"), "{}", by_ana[0].text);
    }

    async fn an_invitation_that_is_refused_mails_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let caller: Caller = app_only(gateway.payroll, &[Permission::UserReadAll]);
        assert_eq!(gateway.not_invited(&caller, &mailed(&gateway, ZOE)).await, "INVITE_DISABLED");
        assert!(came(&gateway, ZOE).await.is_empty());
    }

    async fn f18_f42_what_was_handed_over_by_hand_is_mailed_later_to_the_same_account(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let first = gateway.invited(ZOE).await;
        assert!(came(&gateway, ZOE).await.is_empty());
        let anew = Anew {
            guest: first.guest.id,
            redirect_url: None,
            language: None,
            message: None,
            cc: None,
            sending: Sending::ByMail,
        };
        let second = resend(&gateway.services, &operator(), &anew).await.unwrap();
        assert_eq!(second.guest.id, first.guest.id);
        assert_ne!(second.link, first.link);
        let mails = came(&gateway, ZOE).await;
        assert_eq!(mails.len(), 1);
        assert!(words(&mails[0]).contains(&second.link.unwrap()), "{}", mails[0].text);
    }

    async fn who_has_come_already_is_told_where_to_go_and_has_nothing_to_accept(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.ana_signed_in().await;
        let invited = gateway.invited_by(&operator(), &mailed(&gateway, "ana@fabrikam.example")).await.unwrap();
        assert_eq!(invited.status, InvitationStatus::Completed);
        let mails = came(&gateway, "ana@fabrikam.example").await;
        assert_eq!(mails.len(), 1);
        assert!(!words(&mails[0]).contains("/redeem") && !words(&mails[0]).contains("ticket"), "{}", mails[0].text);
    }

    async fn f11_a_file_mails_where_its_form_says_so(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let labels = format!("Email,DisplayName,InviteRedirectURL\n{ZOE},Zoe,{APP}\n");
        let version_1 = format!(
            "version:v1.0\nEmail address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] \
             Required,Send invitation message (true or false) [sendEmail]\nyan@adatum.example,{APP},true\n\
             xia@adatum.example,{APP},false\n"
        );
        for file in [labels, version_1] {
            let job = take::take(&gateway.services, &operator(), "f.csv", file.as_bytes()).await.unwrap();
            run::run(&gateway.services, &job, &|| false, &mut |_| {}).await.unwrap();
        }
        assert_eq!(came(&gateway, ZOE).await.len(), 1);
        assert_eq!(came(&gateway, "yan@adatum.example").await.len(), 1);
        assert!(came(&gateway, "xia@adatum.example").await.is_empty());
    }
}

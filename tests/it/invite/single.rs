//! One invitation: the account, the link, and the second invitation of the same address.

use entente::domain::guest_details::{CreationType, GuestDetails, Sponsor};
use entente::domain::guests::{Binding, NameSource, UserType};
use entente::domain::invitations::wish::WishTexts;
use entente::domain::invitations::{AccountMatch, InvitationStatus, Inviter, MailedAccount};
use entente::domain::roles::Role;
use entente::flows::invite::Account;

use super::scene::{APP, operator, person, ticket_of, wish};
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn f01_f03_f47_f48_f49_an_invitation_makes_the_account_and_its_link_and_sends_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited("Zoe@Adatum.example").await;
        assert_eq!((invited.status, invited.account), (InvitationStatus::PendingAcceptance, Account::Made));
        assert_eq!(invited.status.as_str(), "PendingAcceptance");
        let stored = gateway.guest(invited.guest.id).await;
        assert_eq!(stored.guest, invited.guest);
        let guest = stored.guest;
        assert_eq!(guest.user_principal_name, "zoe_adatum.example#EXT#@contoso.example");
        assert_eq!(guest.mail.as_ref().unwrap().as_str(), "Zoe@Adatum.example");
        assert_eq!((guest.user_type, guest.binding), (UserType::Guest, Binding::PendingAcceptance));
        assert_eq!((guest.display_name, guest.name_source), (None, NameSource::Partner));
        let link = invited.link.unwrap();
        assert!(link.starts_with(&format!("{}/redeem?ticket=", gateway.url)), "{link}");
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let details = unit.guest_details(guest.id).await.unwrap();
        let expected = GuestDetails {
            creation_type: Some(CreationType::Invitation),
            state_changed_at: Some(gateway.now()),
            ..GuestDetails::NONE
        };
        assert_eq!(details, expected);
        let (invitation, found) = unit.read_invitation(&ticket_of(&link)).await.unwrap().unwrap();
        assert_eq!((Some(invitation.id), found.id), (invited.invitation, guest.id));
        assert_eq!((invitation.redirect_url.as_str(), invitation.expires_at), (APP, None));
        assert_eq!(invitation.inviter, Inviter::Operator("olga".to_owned()));
        assert_eq!((invitation.account_match, invitation.mailed_account), (AccountMatch::Any, MailedAccount::Allowed));
        assert_eq!(gateway.told_of(guest.id).await, [("guest_invited".to_owned(), "operator:olga".to_owned())]);
        assert!(gateway.mailbox.to("Zoe@Adatum.example").is_empty());
    }

    async fn f29_the_inviter_answers_for_the_account_unless_others_are_named(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("sponsors", &[], &[]).await;
        let ana = person(gateway.ana, UserType::Guest, &[Role::GuestInviter]);
        let by_ana = gateway.invited_by(&ana, &wish(&gateway, "a@adatum.example")).await.unwrap();
        let mut named = wish(&gateway, "b@adatum.example");
        named.sponsors = vec![Sponsor::Group(group)];
        let named = gateway.invited_by(&ana, &named).await.unwrap();
        let by_operator = gateway.invited("c@adatum.example").await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        assert_eq!(unit.sponsors(by_ana.guest.id).await.unwrap(), [Sponsor::Guest(gateway.ana)]);
        assert_eq!(unit.sponsors(named.guest.id).await.unwrap(), [Sponsor::Group(group)]);
        assert_eq!(unit.sponsors(by_operator.guest.id).await.unwrap(), []);
        let expected = ("guest_invited".to_owned(), format!("person:{}", gateway.ana));
        assert_eq!(gateway.told_of(by_ana.guest.id).await, [expected]);
    }

    async fn f05_f13_a_link_of_which_somebody_has_a_copy_leads_to_the_address_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let texts = WishTexts {
            address: "zoe@adatum.example",
            redirect_url: APP,
            display_name: Some("Zoe"),
            language: Some("de"),
            message: Some("<b>Hello</b>"),
            cc: &["otto@contoso.example"],
        };
        let asked = texts.read(&gateway.services.settings.public_url).unwrap();
        let invited = gateway.invited_by(&operator(), &asked).await.unwrap();
        assert_eq!(invited.guest.display_name.as_deref(), Some("Zoe"));
        assert_eq!(invited.guest.name_source, NameSource::Here);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let (invitation, _) = unit.read_invitation(&ticket_of(&invited.link.unwrap())).await.unwrap().unwrap();
        assert_eq!(invitation.mailed_account, MailedAccount::Refused);
        assert_eq!(invitation.account_match, AccountMatch::SameAddress);
        assert_eq!(invitation.message.unwrap().as_str(), "<b>Hello</b>");
        assert_eq!((invitation.language, invitation.cc), (asked.language, asked.cc));
    }

    async fn f26_f42_who_is_invited_again_has_the_same_account_and_another_link(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let first = gateway.invited("zoe@adatum.example").await;
        let count = gateway.guest_count().await;
        let mut again = wish(&gateway, "ZOE@adatum.example");
        again.display_name = Some("Another name".to_owned());
        let second = gateway.invited_by(&operator(), &again).await.unwrap();
        assert_eq!((second.account, &second.guest), (Account::Known, &first.guest));
        assert_eq!(gateway.guest_count().await, count);
        let (first, second) = (first.link.unwrap(), second.link.unwrap());
        assert_ne!(first, second);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        for link in [first, second] {
            assert!(unit.read_invitation(&ticket_of(&link)).await.unwrap().is_some());
        }
    }

    async fn f26_who_has_come_already_is_invited_to_nothing_more(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.tokens(&mut gateway.client(), &Person::ana()).await;
        let again = gateway.invited("ana@fabrikam.example").await;
        assert_eq!((again.status, again.account, again.guest.id), (InvitationStatus::Completed, Account::Known, gateway.ana));
        assert_eq!((again.link.as_deref(), again.invitation), (Some(APP), None));
    }

    async fn f47_a_name_that_is_taken_gets_a_number(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        // Both addresses are `a_b_adatum.example` in a name.
        let first = gateway.invited("a_b@adatum.example").await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.soft_delete_guest(first.guest.id, "operator:olga", gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        let second = gateway.invited("a_b@adatum.example").await;
        assert_ne!(first.guest.id, second.guest.id);
        assert_eq!(first.guest.user_principal_name, "a_b_adatum.example#EXT#@contoso.example");
        assert_eq!(second.guest.user_principal_name, "a_b_adatum.example1#EXT#@contoso.example");
    }

    async fn f45_a_link_ends_where_the_setting_says_so_and_else_never(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let for_ever = gateway.invited("a@adatum.example").await.link.unwrap();
        gateway.set(|settings| settings.invitation_link_ttl_days = 30).await;
        let for_a_month = gateway.invited("b@adatum.example").await.link.unwrap();
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let month = std::time::Duration::from_secs(30 * 86_400);
        let end = gateway.now().plus(month);
        let just_before = end.minus(std::time::Duration::from_micros(1));
        let (invitation, _) = unit.read_invitation(&ticket_of(&for_ever)).await.unwrap().unwrap();
        assert!(!invitation.has_expired(end.plus(month * 12)));
        let (invitation, _) = unit.read_invitation(&ticket_of(&for_a_month)).await.unwrap().unwrap();
        assert!(!invitation.has_expired(just_before) && invitation.has_expired(end));
    }
}

//! The mail at the end of a file, to who handed it in.

use entente::domain::guest_details::GuestDetails;
use entente::domain::guests::{MailStanding, Standing};
use entente::domain::invitations::language::LanguageTag;
use entente::domain::permissions::Caller;
use entente::flows::bulk::take::take;
use entente::flows::mails::send::{Stop, send};
use entente::outbound::mail::Message;

use super::scene::{MIXED, ana, confirmed, jobs, worked_off};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

const ANA: &str = "ana@fabrikam.example";

async fn mailed(gateway: &Gateway, address: &str) -> Vec<Message> {
    send(&gateway.services, &Stop::default()).await.unwrap();
    gateway.mailbox.to(address)
}

on_both_stores! {
    async fn f16_who_handed_in_a_file_is_told_by_mail_when_it_is_done(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let job = confirmed(&mut client, MIXED).await;
        assert_eq!(mailed(&gateway, ANA).await.len(), 0);
        worked_off(&gateway).await;
        let mails = mailed(&gateway, ANA).await;
        assert_eq!(mails.len(), 1);
        let mail = &mails[0];
        assert_eq!(mail.subject.as_str(), "Your file of invitations for Contoso is done");
        let url = format!("{}{job}", gateway.url);
        for said in ["guests.csv", "Invited: 2", "Passed over: 1", "Not invited: 1", url.as_str()] {
            assert!(mail.text.contains(said), "{said}: {}", mail.text);
        }
        let html = mail.html.as_deref().unwrap();
        assert!(html.contains(&format!("href=\"{}\"", url.replace('&', "&amp;"))), "{html}");
        for secret in ["ticket=", "zoe@adatum.example", "token="] {
            assert!(!mail.text.contains(secret) && !html.contains(secret), "{secret}: {}", mail.text);
        }
        assert!(mail.unsubscribe.is_none() && mail.cc.is_none() && mail.reply_to.is_none());
        // Once, whatever comes after.
        worked_off(&gateway).await;
        assert_eq!(mailed(&gateway, ANA).await.len(), 1);
    }

    async fn f16_the_mail_at_the_end_speaks_the_persons_language(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let details = GuestDetails { preferred_language: Some(LanguageTag::parse("fr-CH").unwrap()), ..GuestDetails::NONE };
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.write_guest_details(gateway.ana, &details).await.unwrap();
        unit.commit().await.unwrap();
        confirmed(&mut client, MIXED).await;
        worked_off(&gateway).await;
        let mails = mailed(&gateway, ANA).await;
        assert_eq!(mails[0].subject.as_str(), "Votre fichier d’invitations pour Contoso est traité");
    }

    async fn jobs_of_operators_and_of_who_is_blocked_or_has_no_proven_address_mail_nobody(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let olga = Caller::Operator("olga".to_owned());
        take(&gateway.services, &olga, "olga.csv", MIXED.as_bytes()).await.unwrap();
        worked_off(&gateway).await;
        confirmed(&mut client, "Email,DisplayName\nnobody,Nobody\n").await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.set_guest_standing(gateway.ana, Standing::Blocked, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        worked_off(&gateway).await;
        assert_eq!(jobs(&gateway).await.iter().filter(|job| job.ended_at.is_some()).count(), 2);
        assert_eq!(mailed(&gateway, ANA).await.len(), 0);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.set_guest_standing(gateway.ana, Standing::Active, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        let mut client = ana(&gateway).await;
        for (standing, expected) in [(MailStanding::Unproven, 0), (MailStanding::Known, 1)] {
            confirmed(&mut client, "Email,DisplayName\nnobody,Nobody\n").await;
            let mut unit = gateway.services.store.unit_of_work().await.unwrap();
            let mut guest = unit.guest(gateway.ana).await.unwrap().unwrap().value.guest;
            guest.mail_standing = standing;
            unit.write_mail(&guest).await.unwrap();
            unit.commit().await.unwrap();
            worked_off(&gateway).await;
            assert_eq!(mailed(&gateway, ANA).await.len(), expected, "{standing:?}");
        }
    }
}

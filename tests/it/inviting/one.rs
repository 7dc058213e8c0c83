//! Inviting one guest.

use std::time::Duration;

use entente::domain::collaboration::InvitesFrom;
use entente::domain::invitations::Inviter;
use entente::domain::mail::MailAddress;
use entente::domain::roles::Role;
use entente::flows::mails::send::{Stop, send};

use super::scene::{PANEL, ana, ben, invite, token};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

const ZOE: &str = "zoe@adatum.example";
const BEN: &str = "ben@fabrikam.example";
const TEAM: &str = "team@adatum.example";

async fn links(gateway: &Gateway, address: &str) -> Vec<entente::domain::invitations::Invitation> {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    match unit.guest_by_mail_key(address).await.unwrap() {
        Some(kept) => unit.invitations_of(kept.value.guest.id).await.unwrap(),
        None => Vec::new(),
    }
}

on_both_stores! {
    async fn a_person_invites_a_guest_and_sees_the_link(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let fields = [("address", " zoe@adatum.example "), ("name", "Zoe"), ("message", "Hello <b>Zoe</b>"), ("language", "fr")];
        let page = invite(&mut client, &fields).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("The invitation is on its way") && page.body.contains("/redeem?ticket="), "{}", page.body);
        let found = links(&gateway, ZOE).await;
        assert_eq!((found.len(), &found[0].inviter), (1, &Inviter::Guest(gateway.ana)));
        assert_eq!(found[0].message.as_ref().unwrap().as_str(), "Hello <b>Zoe</b>");
        assert_eq!(found[0].language.as_ref().unwrap().as_str(), "fr");
        let guest = gateway.guest(found[0].guest).await.guest;
        assert_eq!(guest.display_name.as_deref(), Some("Zoe"));
    }

    async fn a_form_that_comes_twice_invites_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let form = token(&mut client, "/invite").await;
        let fields = [("token", form.as_str()), ("address", ZOE)];
        client.post("/invite", &fields).await;
        let second = client.post("/invite", &fields).await;
        assert!(second.body.contains("This invitation was sent before") && !second.body.contains("ticket="), "{}", second.body);
        assert_eq!(links(&gateway, ZOE).await.len(), 1);
        // A form that is shown later asks for another one.
        gateway.clock.advance(Duration::from_secs(1));
        let again = invite(&mut client, &[("address", ZOE)]).await;
        assert!(again.body.contains("Another invitation is on its way"), "{}", again.body);
        assert_eq!(links(&gateway, ZOE).await.len(), 2);
    }

    async fn a_form_that_comes_twice_mails_once_whoever_has_the_address(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        // Ben has come already, and the other address is one that Ana has beside her own.
        ben(&gateway).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let mut details = unit.guest_details(gateway.ana).await.unwrap();
        details.other_mails = vec![MailAddress::parse(TEAM).unwrap()];
        unit.write_guest_details(gateway.ana, &details).await.unwrap();
        unit.commit().await.unwrap();
        for address in [BEN, TEAM] {
            let form = token(&mut client, "/invite").await;
            let fields = [("token", form.as_str()), ("address", address)];
            let first = client.post("/invite", &fields).await;
            assert!(!first.body.contains("This invitation was sent before"), "{address}: {}", first.body);
            let second = client.post("/invite", &fields).await;
            assert!(second.body.contains("This invitation was sent before"), "{address}: {}", second.body);
            let twice = [("token", form.as_str()), ("address", "nobody")];
            assert!(client.post("/invite", &twice).await.body.contains("That is not an e-mail address"));
        }
        send(&gateway.services, &Stop::default()).await.unwrap();
        assert_eq!((gateway.mailbox.to(BEN).len(), gateway.mailbox.to(TEAM).len()), (1, 1));
        // A form that was refused is sent again.
        let form = token(&mut client, "/invite").await;
        for (message, said) in [("a\u{202e}b", "has characters that cannot be seen"), ("Hello", "The invitation is on its way")] {
            let fields = [("token", form.as_str()), ("address", ZOE), ("message", message)];
            let page = client.post("/invite", &fields).await;
            assert!(page.body.contains(said), "{}", page.body);
        }
    }

    async fn what_is_wrong_stands_at_its_field_and_what_was_typed_stays(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        for (field, value, said) in [
            ("address", "nobody", "That is not an e-mail address"),
            ("address", "a+b@adatum.example", "has characters that cannot be invited"),
            ("message", "a\u{202e}b", "has characters that cannot be seen"),
            ("app", "00000000-0000-4000-8000-000000000000", "There is no app 00000000"),
            ("app", "x", "There is no app x"),
            ("language", "english", "This language is not known"),
        ] {
            let mut fields = vec![("name", "Typed Name"), (field, value)];
            if field != "address" {
                fields.push(("address", ZOE));
            }
            let page = invite(&mut client, &fields).await;
            assert!(page.status == 200 && page.body.contains(said) && page.body.contains("Typed Name"), "{value}: {}", page.body);
            assert!(page.body.contains("<title>Error: "), "{}", page.body);
        }
        assert!(links(&gateway, ZOE).await.is_empty());
    }

    async fn apps_are_given_by_their_owners_and_by_administrators(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let (payroll, travel) = (gateway.payroll.to_string(), gateway.travel.to_string());
        assert!(!client.get("/invite").await.body.contains("type=\"checkbox\""));
        let refused = invite(&mut client, &[("address", ZOE), ("app", &payroll)]).await;
        assert!(refused.body.contains("You may not give this"), "{}", refused.body);
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.owners = vec!["ANA@fabrikam.example".to_owned()]).await;
        let page = client.get("/invite").await;
        assert!(page.body.contains(&payroll) && !page.body.contains(&travel), "{}", page.body);
        let page = invite(&mut client, &[("address", ZOE), ("app", &payroll)]).await;
        assert!(page.body.contains("The invitation is on its way"), "{}", page.body);
        assert_eq!(links(&gateway, ZOE).await[0].apps, [gateway.payroll]);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.grant_role(gateway.ana, Role::UserAdministrator, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        let fields = [("address", "yan@adatum.example"), ("app", payroll.as_str()), ("app", travel.as_str())];
        invite(&mut client, &fields).await;
        assert_eq!(links(&gateway, "yan@adatum.example").await[0].apps.len(), 2);
    }

    async fn f19_f20_the_page_is_for_whom_the_setting_lets_invite(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let form = token(&mut client, "/invite").await;
        for (level, roles, may) in [
            (InvitesFrom::Everyone, &[][..], true),
            (InvitesFrom::AdminsGuestInvitersAndAllMembers, &[][..], false),
            (InvitesFrom::AdminsAndGuestInviters, &[][..], false),
            (InvitesFrom::AdminsAndGuestInviters, &[Role::GuestInviter][..], true),
            (InvitesFrom::Nobody, &[Role::GuestInviter][..], false),
        ] {
            gateway.set(|settings| settings.allow_invites_from = level).await;
            let mut unit = gateway.services.store.unit_of_work().await.unwrap();
            for role in roles {
                unit.grant_role(gateway.ana, *role, gateway.now()).await.unwrap();
            }
            unit.commit().await.unwrap();
            assert_eq!(client.get(PANEL).await.body.contains("href=\"/invite\""), may, "{level:?}");
            for path in ["/invite", "/invite/files"] {
                let page = client.get(path).await;
                assert_eq!(page.refusal_code(), (!may).then_some("INVITE_DISABLED"), "{level:?} {path}: {}", page.body);
            }
            // A form of before opens nothing.
            let sent = client.post("/invite", &[("token", &form), ("address", "nobody")]).await;
            assert_eq!(sent.refusal_code(), (!may).then_some("INVITE_DISABLED"), "{level:?}: {}", sent.body);
        }
    }
}

//! What a redemption makes of the account, and the list of domains that may redeem.

use std::time::Duration;

use entente::domain::collaboration::{DomainList, DomainRule};
use entente::domain::guests::Binding;
use entente::domain::mail::MailDomain;

use super::links::{decide, is_pending, path, proven};
use crate::factors::person::assert_asks;
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const GUS: &str = "gus@fabrikam.example";

fn gus() -> Person {
    Person::new("gus-1", GUS, "Gus", "Guest")
}

fn only(domain: &str) -> DomainRule {
    DomainRule::Allowed(DomainList::new([MailDomain::parse(domain).unwrap()]).unwrap())
}

on_both_stores! {
    async fn f48_identity_and_state_are_filled_at_redemption_and_the_name_stays(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        let before = gateway.guest(invited.guest.id).await.guest;
        assert_eq!((&before.binding, &before.display_name), (&Binding::PendingAcceptance, &None));
        gateway.clock.advance(Duration::from_secs(3_600));
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path(&gateway, &invited), &gus()).await;
        decide(&mut client, &question, "accept").await;
        let after = gateway.guest(invited.guest.id).await.guest;
        let Binding::Accepted { partner, identity } = &after.binding else { panic!("not bound") };
        assert_eq!((*partner, identity.subject.as_str()), (gateway.partner_id, "gus-1"));
        assert_eq!((after.id, &after.user_principal_name, &after.mail), (before.id, &before.user_principal_name, &before.mail));
        assert_eq!(after.display_name.as_deref(), Some("Gus Guest"));
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        assert_eq!(unit.guest_details(after.id).await.unwrap().state_changed_at, Some(gateway.now()));
    }

    async fn f22_a_pending_person_of_a_domain_that_is_not_allowed_redeems_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        gateway.set(|settings| settings.domains = only("adatum.example")).await;
        let mut client = gateway.client();
        let page = client.get(&path(&gateway, &invited)).await;
        let ticket = page.field("ticket").map(str::to_owned);
        let refused = match ticket {
            Some(ticket) => client.post("/redeem", &[("ticket", &ticket)]).await,
            None => page,
        };
        assert_eq!(refused.refusal_code(), Some("DOMAIN_BLOCKED"), "{}", refused.body);
        assert!(is_pending(&gateway, invited.guest.id).await);
        // The twin: the domain is on the list.
        gateway.set(|settings| settings.domains = only("fabrikam.example")).await;
        let mut client = gateway.client();
        let question = proven(&gateway, &mut client, &path(&gateway, &invited), &gus()).await;
        assert_asks(&question, "Work with Contoso?");
        decide(&mut client, &question, "accept").await;
        assert!(!is_pending(&gateway, invited.guest.id).await);
    }
}

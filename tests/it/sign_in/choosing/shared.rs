//! Domains that several partners share, addresses of one of them, and domains below others: who is led where,
//! and what the word of a partner binds.

use entente::domain::holders::DomainPattern;
use entente::domain::mail::MailAddress;
use entente::domain::partners::{Admission, MailAuthority, Partner as Record, PartnerId, Switch};
use entente::flows::domains::list;

use super::{allow, asks_organization, choose, woodgrove};
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, assert_told, granted, with_mail};
use crate::support::partner::Person;
use crate::support::stores::{Backend, on_both_stores};

fn pattern(text: &str) -> DomainPattern {
    DomainPattern::parse(text).unwrap()
}

fn share(partner: &mut Record) {
    partner.shared_domains = vec![pattern("group.example")];
}

/// Fabrikam and Woodgrove share `group.example`; of `ceo@group.example` Woodgrove answers alone.
async fn sharing(backend: Backend) -> (Gateway, PartnerId) {
    let gateway = Gateway::start_with(backend, share).await;
    let other = gateway
        .add_partner("woodgrove", &woodgrove(), |partner| {
            share(partner);
            partner.name = "Woodgrove".to_owned();
            partner.addresses = vec![MailAddress::parse("CEO@group.example").unwrap()];
        })
        .await;
    (gateway, other)
}

/// What Fabrikam says of somebody with this address.
async fn stated(gateway: &Gateway, subject: &str, mail: &str) -> Page {
    let person = with_mail(Person { subject: subject.replace('@', "-at-"), ..Person::ben() }, Some(mail));
    gateway.sign_in(&mut gateway.client(), &person).await
}

/// The value of the button of an organisation.
fn button<'p>(page: &'p Page, name: &str) -> &'p str {
    let (head, _) = page.body.split_once(&format!("<bdi>{name}</bdi>")).unwrap_or_else(|| panic!("{}", page.body));
    head.rsplit("name=\"organization\" value=\"").next().unwrap().split('"').next().unwrap()
}

async fn take(client: &mut Client, attempt: &str, email: &str, handle: &str) -> Page {
    let form = [("attempt", attempt), ("email", email), ("organization", handle)];
    client.post("/sign-in/organization", &form).await
}

on_both_stores! {
    async fn the_list_of_domains_says_which_addresses_are_anothers(backend: Backend) {
        let (gateway, _) = sharing(backend).await;
        let listed = list(&gateway.services, "fabrikam").await.unwrap();
        let taken = |domain: &str| {
            let view = listed.iter().find(|view| view.domain.as_str() == domain).unwrap();
            view.taken.iter().map(|(mail, other)| format!("{mail} {other}")).collect::<Vec<_>>()
        };
        assert_eq!(taken("group.example"), ["ceo@group.example woodgrove"]);
        assert_eq!(taken("fabrikam.example"), [""; 0]);
        // Its own are not taken from it.
        let own = list(&gateway.services, "woodgrove").await.unwrap();
        assert!(own.iter().all(|view| view.taken.is_empty()));
    }

    async fn who_enters_an_address_of_a_shared_domain_is_asked_which_organisation_it_is(backend: Backend) {
        let (gateway, other) = sharing(backend).await;
        let mut client = gateway.client();
        let attempt = asks_organization(&client.get(&gateway.authorize(&[])).await);
        for email in ["nobody@group.example", "ana@GROUP.example"] {
            let page = choose(&mut client, &attempt, email).await;
            assert!(page.body.contains("Which organisation is yours?"), "{}", page.body);
            let handle = button(&page, "Fabrikam").to_owned();
            gateway.read_request(&take(&mut client, &attempt, email, &handle).await);
        }
        // What is not offered is not taken.
        let page = choose(&mut client, &attempt, "x@group.example").await;
        let handle = button(&page, "Fabrikam").to_owned();
        for (email, handle) in [("x@group.example", "nobody"), ("x@woodgrove.example", &handle), ("", &handle)] {
            asks_organization(&take(&mut client, &attempt, email, handle).await);
        }
        // An address that is one partner's is no question.
        gateway.request_to(&woodgrove(), &choose(&mut client, &attempt, "ceo@group.example").await);
        // By hints it is the same, and nothing where nothing may be shown.
        for hint in [("login_hint", "x@group.example"), ("domain_hint", "group.example")] {
            let mut browser = gateway.client();
            let page = browser.get(&gateway.authorize(&[hint])).await;
            let (handle, attempt) = (button(&page, "Fabrikam").to_owned(), page.field("attempt").unwrap().to_owned());
            let email = if hint.0 == "login_hint" { hint.1 } else { "" };
            gateway.read_request(&take(&mut browser, &attempt, email, &handle).await);
            let page = gateway.client().get(&gateway.authorize(&[hint, ("prompt", "none")])).await;
            assert_told(&gateway, &page, "login_required", "INTERACTION_NEEDED");
        }
        // With one of them left there is no choice, and with none the domain is like an unknown one.
        allow(&gateway, gateway.payroll, &[other]).await;
        let mut client = gateway.client();
        let attempt = asks_organization(&client.get(&gateway.authorize(&[("domain_hint", "unknown")])).await);
        gateway.request_to(&woodgrove(), &choose(&mut client, &attempt, "x@group.example").await);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.switch_partner(other, Switch::Disabled).await.unwrap();
        unit.commit().await.unwrap();
        gateway.services.directory.forget();
        let shared = choose(&mut client, &attempt, "x@group.example").await;
        let unknown = choose(&mut client, &attempt, "x@croup.example").await;
        assert_eq!(shared.body, unknown.body.replace("croup", "group"));
    }

    async fn neither_partner_binds_the_guests_of_the_other_by_a_shared_domain(backend: Backend) {
        let (gateway, other) = sharing(backend).await;
        let apps = [gateway.payroll];
        gateway.invite("open@group.example", None, &apps).await;
        gateway.invite("theirs@group.example", Some(other), &apps).await;
        gateway.invite("ours@group.example", Some(gateway.partner_id), &apps).await;
        gateway.invite("ceo@group.example", None, &apps).await;
        for (mail, code, cause) in [
            ("open@group.example", "IDP_USER_UNKNOWN", "not_invited_at_this_partner"),
            ("theirs@group.example", "IDP_USER_UNKNOWN", "not_invited_at_this_partner"),
            ("nobody@group.example", "IDP_USER_UNKNOWN", "not_invited_at_this_partner"),
            ("ceo@group.example", "MAIL_DOMAIN_REFUSED", "mail_outside_partner_domains"),
        ] {
            assert_refused(&gateway, &stated(&gateway, mail, mail).await, code, cause).await;
        }
        // The twins: what was kept for this partner, and the address of which the other answers alone.
        granted(&stated(&gateway, "ours", "ours@group.example").await);
        let ceo = with_mail(Person::ben(), Some("ceo@group.example"));
        granted(&gateway.sign_in_at(&mut gateway.client(), "woodgrove", &woodgrove(), &ceo).await);
    }

    async fn an_account_that_is_made_gets_no_address_of_a_shared_domain(backend: Backend) {
        let (gateway, _) = sharing(backend).await;
        gateway.alter_app(&gateway.services, gateway.payroll, |app| {
            app.assignment = entente::domain::apps::Assignment::Everyone;
        }).await;
        gateway.alter_partner(&gateway.services, |partner| partner.admission = Admission::Anyone).await;
        gateway.services.directory.forget();
        let open = gateway.invite("open@group.example", None, &[]).await;
        granted(&stated(&gateway, "one", "open@group.example").await);
        let invited = gateway.guest(open).await.guest;
        assert_eq!(invited.binding, entente::domain::guests::Binding::PendingAcceptance, "it was not bound");
        granted(&stated(&gateway, "two", "two@fabrikam.example").await);
        let unit = gateway.services.store.unit_of_work().await;
        let guests = unit.unwrap().list_guests(None, 100).await.unwrap();
        let mails: Vec<_> = guests.iter().filter_map(|kept| kept.value.guest.mail.as_ref()).map(|mail| mail.key()).collect();
        assert!(mails.contains(&"two@fabrikam.example"), "{mails:?}");
        assert_eq!(mails.iter().filter(|mail| **mail == "open@group.example").count(), 1, "{mails:?}");
    }

    async fn verified_only_holds_for_shared_domains_too(backend: Backend) {
        let (gateway, _) = sharing(backend).await;
        gateway.invite("ours@group.example", Some(gateway.partner_id), &[gateway.payroll]).await;
        gateway.alter_partner(&gateway.services, |partner| partner.mail_authority = MailAuthority::VerifiedOnly).await;
        gateway.services.directory.forget();
        let page = stated(&gateway, "ours", "ours@group.example").await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "mail_unproven").await;
    }

    async fn the_longest_domain_counts_whoever_has_it(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| {
            partner.domains = vec![pattern("fabrikam.example"), pattern("*.fabrikam.example")];
        })
        .await;
        gateway.add_partner("woodgrove", &woodgrove(), |partner| {
            partner.domains = vec![pattern("eu.fabrikam.example")];
        })
        .await;
        let apps = [gateway.payroll];
        gateway.invite("a@eu.fabrikam.example", None, &apps).await;
        gateway.invite("a@us.fabrikam.example", None, &apps).await;
        let mut client = gateway.client();
        let attempt = asks_organization(&client.get(&gateway.authorize(&[])).await);
        for email in ["a@us.fabrikam.example", "a@x.eu.fabrikam.example", "ana@fabrikam.example"] {
            gateway.read_request(&choose(&mut client, &attempt, email).await);
        }
        gateway.request_to(&woodgrove(), &choose(&mut client, &attempt, "a@eu.fabrikam.example").await);
        let page = stated(&gateway, "a", "a@eu.fabrikam.example").await;
        assert_refused(&gateway, &page, "MAIL_DOMAIN_REFUSED", "mail_outside_partner_domains").await;
        granted(&stated(&gateway, "b", "a@us.fabrikam.example").await);
    }
}

//! The organisation that was chosen last: offered, never used by itself, and forgotten in time.

use std::time::Duration;

use entente::domain::partners::Switch;

use super::{allow, asks_organization, choose, woodgrove};
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

fn offered(page: &Page) -> Option<String> {
    let (_, tail) = page.body.split_once("name=\"organization\" value=\"")?;
    tail.split('"').next().map(str::to_owned)
}

fn cookie(client: &Client) -> Option<(String, String)> {
    let found = client.cookies.iter().find(|(name, _)| name.ends_with("_organisation"));
    found.map(|(name, value)| (name.clone(), value.clone()))
}

/// The same browser after it was closed, on the day after.
fn without_session(mut client: Client) -> Client {
    client.cookies.retain(|name, _| name.ends_with("_organisation"));
    client
}

async fn take(client: &mut Client, attempt: &str, handle: &str) -> Page {
    client.post("/sign-in/organization", &[("attempt", attempt), ("organization", handle)]).await
}

on_both_stores! {
    async fn it_is_offered_beside_the_question_and_taken_by_one_click(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let fresh = gateway.client().get(&gateway.authorize(&[])).await;
        assert_eq!(offered(&fresh), None);
        let (client, _) = gateway.ana_signed_in().await;
        let (_, value) = cookie(&client).unwrap();
        assert!(!value.contains("ana"), "{value}");
        let mut client = without_session(client);
        let page = client.get(&gateway.authorize(&[])).await;
        let attempt = asks_organization(&page);
        assert!(page.body.contains("<bdi>Fabrikam</bdi>"), "{}", page.body);
        gateway.read_request(&take(&mut client, &attempt, &offered(&page).unwrap()).await);
        // The way out is the question beside it.
        gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        gateway.request_to(&woodgrove(), &choose(&mut client, &attempt, "wen@woodgrove.example").await);
    }

    async fn it_never_overrides_a_hint(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        let (client, _) = gateway.ana_signed_in().await;
        let mut client = without_session(client);
        gateway.request_to(&woodgrove(), &client.get(&gateway.authorize(&[("domain_hint", "woodgrove")])).await);
        for hint in [("domain_hint", "unknown"), ("login_hint", "ana@unknown.example")] {
            let page = client.get(&gateway.authorize(&[hint])).await;
            let attempt = asks_organization(&page);
            assert_eq!(offered(&page), None, "{hint:?}");
            // Nor is its handle taken there.
            let before = without_session(client.clone()).get(&gateway.authorize(&[])).await;
            asks_organization(&take(&mut client, &attempt, &offered(&before).unwrap()).await);
        }
        let silent = client.get(&gateway.authorize(&[("prompt", "none")])).await;
        assert_eq!(silent.param("error").as_deref(), Some("login_required"), "it is never used silently");
    }

    async fn it_is_forgotten_on_demand_with_time_and_with_its_partner(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        let (client, _) = gateway.ana_signed_in().await;
        let start = without_session(client);

        let mut client = start.clone();
        let attempt = asks_organization(&client.get(&gateway.authorize(&[])).await);
        let page = client.post("/sign-in/organization", &[("attempt", attempt.as_str()), ("forget", "yes")]).await;
        asks_organization(&page);
        assert_eq!((offered(&page), cookie(&client)), (None, None));

        // Not taken by this app: not offered, and kept for others.
        allow(&gateway, gateway.payroll, &[other]).await;
        let mut client = start.clone();
        let page = client.get(&gateway.authorize(&[("domain_hint", "")])).await;
        assert_eq!(page.status, 303, "the only partner of the app is asked: {}", page.body);
        assert!(cookie(&client).is_some());
        assert!(offered(&client.get(&gateway.authorize_travel(&[])).await).is_some());

        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.switch_partner(gateway.partner_id, Switch::Disabled).await.unwrap();
        unit.commit().await.unwrap();
        gateway.services.directory.forget();
        let mut client = start.clone();
        let page = client.get(&gateway.authorize_travel(&[])).await;
        assert_eq!((offered(&page), cookie(&client)), (None, None), "a partner that is off");

        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.switch_partner(gateway.partner_id, Switch::Enabled).await.unwrap();
        unit.commit().await.unwrap();
        gateway.services.directory.forget();
        gateway.clock.advance(Duration::from_secs(180 * 86_400 - 1));
        assert!(offered(&start.clone().get(&gateway.authorize_travel(&[])).await).is_some());
        gateway.clock.advance(Duration::from_secs(1));
        let mut client = start.clone();
        assert_eq!((offered(&client.get(&gateway.authorize_travel(&[])).await), cookie(&client)), (None, None));
    }

    async fn an_altered_one_is_dropped_and_signing_out_keeps_a_good_one(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let (name, value) = cookie(&client).unwrap();
        client.get(&format!("/oidc/logout?id_token_hint={}", tokens.id)).await;
        assert!(client.session().is_none() && cookie(&client).is_some(), "{:?}", client.cookies);
        for wrong in ["x".to_owned(), value.to_uppercase(), format!("{value}A"), "A".repeat(4_000)] {
            let mut client = without_session(client.clone());
            client.cookies.insert(name.clone(), wrong);
            let page = client.get(&gateway.authorize(&[])).await;
            assert_eq!((offered(&page), cookie(&client)), (None, None));
        }
        // The one of another person's partner says nothing of the person.
        let mut browser = without_session(client);
        let page = browser.get(&gateway.authorize(&[])).await;
        assert!(!page.body.contains("ana@"), "{}", page.body);
        gateway.tokens(&mut browser, &Person::ana()).await;
    }
}

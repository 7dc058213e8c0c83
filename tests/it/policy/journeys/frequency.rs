//! How often a person signs in again, and whether the browser is remembered.

use std::time::Duration;

use entente::saml::messages::authn_request::Wish;

use super::{ALL_APPS, ALL_USERS, MFA, apply_by, assert_asks_factor, for_all, policy};
use crate::support::client::Page;
use crate::support::gateway::Gateway;
use crate::support::journey::{assert_told, granted, proven_at};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const MINUTE: Duration = Duration::from_secs(60);

fn often(frequency: &str) -> String {
    let keys = format!("session_controls.sign_in_frequency = {{ is_enabled = true, {frequency} }}\n");
    policy("often", &[ALL_USERS, ALL_APPS, &keys])
}

fn remember(mode: &str) -> String {
    let keys = format!("session_controls.persistent_browser = {{ is_enabled = true, mode = '{mode}' }}\n");
    policy("remember", &[ALL_USERS, ALL_APPS, &keys])
}

/// The cookie of the session as a page sets it.
fn session_cookie(page: &Page) -> Option<String> {
    let set = page.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned());
    set.rev().find(|cookie| cookie.contains("_session="))
}

on_both_stores! {
    async fn f74_a_sign_in_of_hours_ago_is_asked_again(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        apply_by(&gateway.services, &often("type = 'hours', value = 2")).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        gateway.clock.advance(120 * MINUTE);
        granted(&client.get(&gateway.authorize(&[])).await);
        gateway.clock.advance(MINUTE);
        let silent = client.get(&gateway.authorize(&[("prompt", "none")])).await;
        assert_told(&gateway, &silent, "interaction_required", "INTERACTION_NEEDED");
        let request = gateway.led_to_partner(&client.get(&gateway.authorize(&[])).await);
        assert_eq!(request.asked.force_authn, Wish::Asked);
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
    }

    async fn f74_a_partner_that_answers_with_an_old_sign_in_is_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        apply_by(&gateway.services, &often("type = 'days', value = 1")).await;
        let mut client = gateway.client();
        let old = gateway.now().minus(25 * 60 * MINUTE);
        let page = gateway.sign_in_with(&mut client, &Person::ana(), |answer| proven_at(answer, old)).await;
        let request = gateway.led_to_partner(&page);
        assert_eq!(request.asked.force_authn, Wish::Asked);
        let mut answer = gateway.answer(&request, &Person::ana());
        proven_at(&mut answer, old);
        let page = gateway.post(&mut client, &request, &answer).await;
        assert_told(&gateway, &page, "login_required", "PROOF_TOO_OLD");
    }

    async fn f74_every_time_means_every_time_but_for_five_minutes(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        apply_by(&gateway.services, &often("frequency_interval = 'every_time'")).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        gateway.clock.advance(5 * MINUTE);
        granted(&client.get(&gateway.authorize(&[])).await);
        gateway.clock.advance(Duration::from_secs(1));
        gateway.led_to_partner(&client.get(&gateway.authorize(&[])).await);
    }

    async fn f74_the_time_that_the_person_takes_for_the_steps_makes_nothing_older(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        apply_by(&gateway.services, &format!("{}{}", often("frequency_interval = 'every_time'"), for_all("asks", MFA))).await;
        let mut client = gateway.client();
        let page = gateway.ana_signs_in(&mut client).await;
        gateway.clock.advance(10 * MINUTE);
        let code = gateway.pass(&mut client, &page, &phone).await;
        let page = gateway.redeem(&code).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let access = page.json()["access_token"].as_str().unwrap().to_owned();
        gateway.clock.advance(20 * MINUTE);
        assert_eq!(gateway.userinfo(&access).await.status, 200, "what was issued is judged by its own time");
    }

    async fn f74_a_second_factor_has_a_frequency_of_its_own(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        let secondary = "type = 'hours', value = 1, authentication_type = 'secondary_authentication'";
        apply_by(&gateway.services, &format!("{}{}", often(secondary), for_all("asks", MFA))).await;
        let mut client = gateway.client();
        let page = gateway.ana_signs_in(&mut client).await;
        gateway.pass(&mut client, &page, &phone).await;
        gateway.clock.advance(60 * MINUTE);
        granted(&client.get(&gateway.authorize(&[])).await);
        gateway.clock.advance(MINUTE);
        assert_asks_factor(&client.get(&gateway.authorize(&[])).await);
    }

    async fn f74_a_second_factor_is_taken_over_by_the_session_of_a_new_sign_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        apply_by(&gateway.services, &for_all("asks", MFA)).await;
        let mut client = gateway.client();
        let page = gateway.ana_signs_in(&mut client).await;
        gateway.pass(&mut client, &page, &phone).await;
        let choice = [("prompt", "select_account"), ("domain_hint", "fabrikam")];
        let page = client.get(&gateway.authorize(&choice)).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let page = client.post("/sign-in/account", &[("attempt", &attempt), ("account", "other")]).await;
        let request = gateway.read_request(&page);
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
        // Of another person nothing is taken over.
        let carol = gateway.invite("carol@fabrikam.example", None, &[gateway.payroll]).await;
        let page = client.get(&gateway.authorize(&[("login_hint", "carol@fabrikam.example")])).await;
        let request = gateway.led_to_partner(&page);
        let person = Person::new("carol-1", "carol@fabrikam.example", "Carol", "Costa");
        assert_asks_factor(&gateway.post(&mut client, &request, &gateway.answer(&request, &person)).await);
        assert_ne!(carol, gateway.ana);
    }

    async fn what_was_passed_in_a_session_needs_its_cookie_to_be_taken_over(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        apply_by(&gateway.services, &for_all("asks", MFA)).await;
        let mut client = gateway.client();
        let page = gateway.ana_signs_in(&mut client).await;
        gateway.pass(&mut client, &page, &phone).await;
        let choice = [("prompt", "select_account"), ("domain_hint", "fabrikam")];
        let page = client.get(&gateway.authorize(&choice)).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let page = client.post("/sign-in/account", &[("attempt", &attempt), ("account", "other")]).await;
        let request = gateway.read_request(&page);
        // Whoever has the cookie of the attempt alone has shown no second factor.
        client.cookies.retain(|name, _| !name.ends_with("_session"));
        assert_asks_factor(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
    }

    async fn f74_the_browser_is_remembered_only_where_a_policy_says_always(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let page = gateway.ana_signs_in(&mut client).await;
        assert!(!session_cookie(&page).unwrap().contains("Max-Age"));
        assert_eq!(session_cookie(&client.get(&gateway.authorize(&[])).await), None);
        apply_by(&gateway.services, &remember("always")).await;
        gateway.clock.advance(60 * MINUTE);
        let again = session_cookie(&client.get(&gateway.authorize(&[])).await).unwrap();
        assert!(again.ends_with("; Max-Age=82800"), "{again}");
        let page = gateway.ana_signs_in(&mut gateway.client()).await;
        assert!(session_cookie(&page).unwrap().ends_with("; Max-Age=86400"));
        apply_by(&gateway.services, &remember("never")).await;
        let never = session_cookie(&client.get(&gateway.authorize(&[])).await).unwrap();
        assert!(!never.contains("Max-Age"), "{never}");
    }
}

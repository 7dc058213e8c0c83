//! `prompt=select_account`: continue as this person, or as another.

use std::time::Duration;

use entente::saml::messages::authn_request::Wish;

use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_refused, assert_told, granted, proven_at};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

async fn asked(gateway: &Gateway, client: &mut Client, more: &[(&str, &str)]) -> (Page, String) {
    let mut params = vec![("prompt", "select_account")];
    params.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    let page = client.get(&gateway.authorize(&[&params, more].concat())).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("action=\"/sign-in/account\""), "{}", page.body);
    let attempt = page.field("attempt").unwrap().to_owned();
    (page, attempt)
}

async fn choose(client: &mut Client, attempt: &str, account: &str) -> Page {
    client.post("/sign-in/account", &[("attempt", attempt), ("account", account)]).await
}

on_both_stores! {
    async fn the_account_of_the_session_is_used_where_it_is_chosen(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (page, attempt) = asked(&gateway, &mut client, &[]).await;
        assert!(page.body.contains("ana@fabrikam.example"), "{}", page.body);
        let code = granted(&choose(&mut client, &attempt, "current").await);
        let tokens = Tokens::of(&gateway.redeem(&code).await);
        assert_eq!(gateway.claims(&tokens.id, "payroll").await["oid"], gateway.ana.to_string());
        // The choice is made, and its attempt is over.
        let stays = |name: &String| name.ends_with("_session") || name.ends_with("_organisation");
        assert!(client.cookies.keys().all(stays), "{:?}", client.cookies);
        assert_eq!(gateway.activities(&attempt).await, ["session_use", "token_issued"]);
    }

    async fn a_choice_is_good_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        for prompt in ["select_account", "select_account consent"] {
            let (_, attempt) = asked(&gateway, &mut client, &[("prompt", prompt), ("domain_hint", "fabrikam")]).await;
            // The browser shows the cookie again that it was told to drop.
            let (mut again, mut other) = (client.clone(), client.clone());
            assert_ne!(choose(&mut client, &attempt, "current").await.status, 400);
            let page = choose(&mut again, &attempt, "current").await;
            assert_refused(&gateway, &page, "ATTEMPT_SPENT", "attempt_spent").await;
            // Nor is it good for an answer of the partner.
            let request = gateway.read_request(&choose(&mut other, &attempt, "other").await);
            let page = gateway.post(&mut other, &request, &gateway.answer(&request, &Person::ana())).await;
            assert_refused(&gateway, &page, "ATTEMPT_SPENT", "attempt_spent").await;
        }
    }

    async fn another_account_is_asked_for_at_the_partner_and_takes_the_place_of_the_session(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let ben = gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let (mut client, ana) = gateway.ana_signed_in().await;
        let (_, attempt) = asked(&gateway, &mut client, &[("domain_hint", "fabrikam")]).await;
        let page = choose(&mut client, &attempt, "other").await;
        let request = gateway.read_request(&page);
        assert_eq!(request.asked.force_authn, Wish::Asked, "the partner's own session may be of the same account");
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ben())).await;
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        assert_eq!(gateway.claims(&tokens.id, "payroll").await["oid"], ben.to_string());
        assert_eq!(gateway.userinfo(&ana.access).await.status, 401, "the session that was replaced has ended");
    }

    async fn a_partner_that_proves_nobody_afresh_is_not_believed_to_show_another_account(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for max_age in [&[][..], &[("max_age", "3600")]] {
            let (mut client, _) = gateway.ana_signed_in().await;
            let params = [&[("domain_hint", "fabrikam")][..], max_age].concat();
            let (_, attempt) = asked(&gateway, &mut client, &params).await;
            let request = gateway.read_request(&choose(&mut client, &attempt, "other").await);
            // The clock skew that is granted to the partner, and no more.
            let edge = gateway.now().minus(Duration::from_secs(60));
            let mut answer = gateway.answer(&request, &Person::ana());
            proven_at(&mut answer, edge.minus(Duration::from_millis(1)));
            let page = gateway.post(&mut client, &request, &answer).await;
            assert_told(&gateway, &page, "login_required", "PROOF_TOO_OLD");
            assert_eq!(gateway.cause(&attempt).await.as_deref(), Some("proof_older_than_request"));
            let mut answer = gateway.answer(&request, &Person::ana());
            proven_at(&mut answer, edge);
            granted(&gateway.post(&mut client, &request, &answer).await);
        }
    }

    async fn another_account_without_a_hint_is_asked_for_its_organisation(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, attempt) = asked(&gateway, &mut client, &[("login_hint", "ana@fabrikam.example")]).await;
        let page = choose(&mut client, &attempt, "other").await;
        assert!(page.body.contains("action=\"/sign-in/organization\""), "{}", page.body);
        let form = [("attempt", attempt.as_str()), ("email", "ben@fabrikam.example")];
        let request = gateway.read_request(&client.post("/sign-in/organization", &form).await);
        assert_eq!(request.asked.force_authn, Wish::Asked);
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ben())).await);
    }

    async fn without_a_session_there_is_nothing_to_choose(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let asked = gateway.authorize(&[("prompt", "select_account"), ("domain_hint", "fabrikam")]);
        gateway.ask(&mut gateway.client(), &asked).await;
    }

    async fn the_choice_is_followed_by_consent_where_both_are_asked(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, attempt) = asked(&gateway, &mut client, &[("prompt", "select_account consent")]).await;
        let page = choose(&mut client, &attempt, "current").await;
        assert!(page.body.contains("action=\"/sign-in/consent\""), "{}", page.body);
        let attempt = page.field("attempt").unwrap().to_owned();
        let form = [("attempt", attempt.as_str()), ("decision", "accept")];
        granted(&client.post("/sign-in/consent", &form).await);
    }

    async fn a_session_that_ended_meanwhile_is_not_continued(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, attempt) = asked(&gateway, &mut client, &[("domain_hint", "fabrikam")]).await;
        entente::flows::operate::revoke_guest(&gateway.services, gateway.act(), "ana@fabrikam.example").await.unwrap();
        let page = choose(&mut client, &attempt, "current").await;
        gateway.read_request(&page);
    }

    async fn another_browser_cannot_choose(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, attempt) = asked(&gateway, &mut client, &[]).await;
        let page = choose(&mut gateway.client(), &attempt, "current").await;
        assert_eq!((page.status, page.refusal_code()), (400, Some("ATTEMPT_MISSING")), "{}", page.body);
    }
}

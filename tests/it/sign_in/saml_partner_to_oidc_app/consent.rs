//! `prompt=consent`: the page, both answers, and a handle that works once, in one browser.

use std::time::Duration;

use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_told, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

/// The consent page in a browser with a session, and its attempt.
async fn asked(gateway: &Gateway, client: &mut Client) -> (Page, String) {
    let page = client.get(&gateway.authorize_travel(&[("prompt", "consent")])).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let attempt = page.field("attempt").unwrap().to_owned();
    (page, attempt)
}

async fn decide(client: &mut Client, attempt: &str, decision: &str) -> Page {
    client.post("/sign-in/consent", &[("attempt", attempt), ("decision", decision)]).await
}

fn step(client: &Client) -> Option<(String, String)> {
    let found = client.cookies.iter().find(|(name, _)| name.contains("_step_"));
    found.map(|(name, value)| (name.clone(), value.clone()))
}

on_both_stores! {
    async fn the_page_says_who_is_told_what_and_yes_leads_to_the_app(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (page, attempt) = asked(&gateway, &mut client).await;
        assert!(page.body.contains("action=\"/sign-in/consent\""), "{}", page.body);
        assert!(page.body.contains("ana@fabrikam.example"), "{}", page.body);
        assert!(page.body.contains("travel"), "{}", page.body);
        let code = granted(&decide(&mut client, &attempt, "accept").await);
        assert_eq!(step(&client), None, "the step is over");
        Tokens::of(&gateway.redeem_travel(&code).await);
        assert_eq!(gateway.activities(&attempt).await, ["step_asked", "session_use", "token_issued"]);
    }

    async fn consent_is_asked_after_the_partner_has_answered_too(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let authorize = gateway.authorize(&[("prompt", "consent"), ("domain_hint", "fabrikam")]);
        let request = gateway.ask(&mut client, &authorize).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(page.field("attempt"), Some(request.relay_state.as_str()));
        let code = granted(&decide(&mut client, &request.relay_state, "accept").await);
        Tokens::of(&gateway.redeem(&code).await);
        assert_eq!(gateway.activities(&request.relay_state).await, [
            "guest_bound", "sign_in", "session_use", "token_issued"
        ]);
    }

    async fn no_is_told_to_the_app_as_access_denied(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, attempt) = asked(&gateway, &mut client).await;
        assert_told(&gateway, &decide(&mut client, &attempt, "cancel").await, "access_denied", "CONSENT_DECLINED");
        assert_eq!(gateway.cause(&attempt).await.as_deref(), Some("consent_declined"));
        // A "no" cannot be taken back with the same handle.
        let page = decide(&mut client, &attempt, "accept").await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_MISSING"), "{}", page.body);
    }

    async fn a_handle_works_once_and_changes_each_time(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, first) = asked(&gateway, &mut client).await;
        let (name, handle) = step(&client).unwrap();
        granted(&decide(&mut client, &first, "accept").await);
        client.cookies.insert(name, handle.clone());
        let page = decide(&mut client, &first, "accept").await;
        assert_eq!((page.status, page.refusal_code()), (400, Some("ATTEMPT_SPENT")), "{}", page.body);
        asked(&gateway, &mut client).await;
        assert_ne!(step(&client).unwrap().1, handle);
    }

    async fn two_answers_at_once_bring_one_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, attempt) = asked(&gateway, &mut client).await;
        let (mut one, mut other) = (client.clone(), client.clone());
        let (one, other) = tokio::join!(decide(&mut one, &attempt, "accept"), decide(&mut other, &attempt, "accept"));
        let codes = [&one, &other].map(|page| page.status == 303 && page.param("code").is_some());
        assert!(codes[0] != codes[1], "{} {}", one.body, other.body);
        let refused = if codes[0] { other } else { one };
        assert_eq!(refused.refusal_code(), Some("ATTEMPT_SPENT"), "{}", refused.body);
    }

    async fn another_browser_cannot_answer(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, attempt) = asked(&gateway, &mut client).await;
        let page = decide(&mut gateway.client(), &attempt, "accept").await;
        assert_eq!((page.status, page.refusal_code()), (400, Some("ATTEMPT_MISSING")), "{}", page.body);
        let (mut other, _) = gateway.ana_signed_in().await;
        let page = decide(&mut other, &attempt, "accept").await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_MISSING"), "{}", page.body);
        granted(&decide(&mut client, &attempt, "accept").await);
    }

    async fn a_handle_of_another_attempt_is_refused_and_not_spent(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, first) = asked(&gateway, &mut client).await;
        let (name, handle) = step(&client).unwrap();
        client.cookies.remove(&name);
        let (_, second) = asked(&gateway, &mut client).await;
        let (second_name, _) = step(&client).unwrap();
        let mut swapped = client.clone();
        swapped.cookies.insert(second_name, handle.clone());
        let page = decide(&mut swapped, &second, "accept").await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_MISSING"), "{}", page.body);
        client.cookies.insert(name, handle);
        granted(&decide(&mut client, &first, "accept").await);
    }

    async fn the_question_stands_for_a_quarter_of_an_hour(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let life = Duration::from_secs(900);
        for (wait, is_accepted) in [(life - Duration::from_micros(1), true), (life, false)] {
            let (_, attempt) = asked(&gateway, &mut client).await;
            gateway.clock.advance(wait);
            let page = decide(&mut client, &attempt, "accept").await;
            if is_accepted {
                granted(&page);
            } else {
                assert_eq!(page.refusal_code(), Some("ATTEMPT_SPENT"), "{}", page.body);
            }
        }
    }

    async fn a_browser_keeps_at_most_eight_questions(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, oldest) = asked(&gateway, &mut client).await;
        gateway.clock.advance(Duration::from_millis(2));
        for _ in 0..8 {
            asked(&gateway, &mut client).await;
            gateway.clock.advance(Duration::from_millis(2));
        }
        assert_eq!(client.cookies.keys().filter(|name| name.contains("_step_")).count(), 8);
        let page = decide(&mut client, &oldest, "accept").await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_MISSING"), "{}", page.body);
    }

    async fn an_answer_that_is_neither_is_refused_and_spends_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (_, attempt) = asked(&gateway, &mut client).await;
        let page = decide(&mut client, &attempt, "perhaps").await;
        assert_eq!(page.refusal_code(), Some("BAD_REQUEST"), "{}", page.body);
        granted(&decide(&mut client, &attempt, "accept").await);
    }
}

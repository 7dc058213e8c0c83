//! The attempt: bound to a browser, for a quarter of an hour, good for one answer.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use entente::domain::partners::{Partner, PassiveRequests, Trust};
use entente::flows::limits::PerAddress;
use entente::flows::services::Services;

use crate::support::client::{Client, Page};
use crate::support::gateway::{Gateway, address};
use crate::support::journey::{Tokens, assert_refused, assert_told, granted};
use crate::support::partner::{Answer, Person, Request};
use crate::support::stores::on_both_stores;

async fn asked(gateway: &Gateway, client: &mut Client) -> (Request, Answer) {
    let request = gateway.ask(client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
    let answer = gateway.answer(&request, &Person::ana());
    (request, answer)
}

fn attempts(client: &Client) -> usize {
    client.cookies.keys().filter(|name| name.contains("_attempt_")).count()
}

fn assert_missing(page: &Page) {
    assert_eq!((page.status, page.refusal_code()), (400, Some("ATTEMPT_MISSING")), "{}", page.body);
}

on_both_stores! {
    async fn an_attempt_lives_for_a_quarter_of_an_hour(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let life = Duration::from_secs(900);
        for (wait, is_accepted) in [(life - Duration::from_micros(1), true), (life, false)] {
            let mut client = gateway.client();
            let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
            gateway.clock.advance(wait);
            let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
            if is_accepted {
                granted(&page);
            } else {
                assert_eq!((page.status, page.refusal_code()), (400, Some("ATTEMPT_EXPIRED")), "{}", page.body);
            }
        }
    }

    async fn a_foreign_browser_has_no_such_attempt(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (request, answer) = asked(&gateway, &mut client).await;
        assert_missing(&gateway.post(&mut gateway.client(), &request, &answer).await);
        // A browser with an attempt of its own is none the wiser, nor is one with its cookie under the
        // other's name.
        let mut other = gateway.client();
        let (others, _) = asked(&gateway, &mut other).await;
        assert_missing(&gateway.post(&mut other, &request, &answer).await);
        let (name, value) = other.cookies.pop_first().unwrap();
        other.cookies.insert(name.replace(&others.relay_state, &request.relay_state), value);
        assert_missing(&gateway.post(&mut other, &request, &answer).await);
        granted(&gateway.post(&mut client, &request, &answer).await);
    }

    async fn an_answer_of_another_attempt_of_the_same_browser_is_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (first, answer) = asked(&gateway, &mut client).await;
        let (second, _) = asked(&gateway, &mut client).await;
        let page = gateway.post(&mut client, &second, &answer).await;
        assert_refused(&gateway, &page, "SAML_RESPONSE_REFUSED", "response_answers_another_request").await;
        granted(&gateway.post(&mut client, &first, &answer).await);
    }

    async fn a_browser_keeps_at_most_eight_attempts_and_the_oldest_gives_way(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let mut all = Vec::new();
        for _ in 0..9 {
            all.push(asked(&gateway, &mut client).await);
            gateway.clock.advance(Duration::from_millis(2));
        }
        assert_eq!(attempts(&client), 8);
        assert_missing(&gateway.post(&mut client, &all[0].0, &all[0].1).await);
        for (request, answer) in &all[1..] {
            granted(&gateway.post(&mut client, request, answer).await);
        }
        assert_eq!(attempts(&client), 0);
    }

    async fn large_attempts_give_way_before_their_cookies_outgrow_a_header(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let state = "x".repeat(1_500);
        let mut all = Vec::new();
        for _ in 0..4 {
            let authorize = gateway.authorize(&[("domain_hint", "fabrikam"), ("state", &state)]);
            let request = gateway.ask(&mut client, &authorize).await;
            all.push((gateway.answer(&request, &Person::ana()), request));
            gateway.clock.advance(Duration::from_millis(2));
        }
        let sizes: Vec<_> = client.cookies.values().map(String::len).collect();
        assert!(sizes.len() == 2 && sizes.iter().all(|size| *size > 2_000), "{sizes:?}");
        assert_missing(&gateway.post(&mut client, &all[1].1, &all[1].0).await);
        for (answer, request) in &all[2..] {
            granted(&gateway.post(&mut client, request, answer).await);
        }
    }

    async fn what_another_site_hides_pushes_out_no_attempt(backend: Backend) {
        let passive = |partner: &mut Partner| {
            let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
            trust.request.passive = PassiveRequests::Allowed;
        };
        let gateway = Gateway::start_with(backend, passive).await;
        let mut client = gateway.client();
        let (request, answer) = asked(&gateway, &mut client).await;
        let hint = ("domain_hint", "fabrikam");
        for destination in ["image", "script", "empty", "iframe"] {
            let mut hidden = client.clone().with_header("sec-fetch-dest", destination);
            for more in [&[hint][..], &[hint, ("prompt", "login")]] {
                for page in [
                    hidden.get(&gateway.authorize(more)).await,
                    hidden.post("/oidc/authorize", &[("client_id", "payroll")]).await,
                ] {
                    assert_eq!((page.status, page.refusal_code()), (400, Some("BAD_REQUEST")), "{destination}");
                    assert!(!page.headers.contains_key("set-cookie"), "{destination} {:?}", page.headers);
                }
            }
        }
        // A frame may look whether there is a session, and makes no attempt where there is none.
        let silent = gateway.authorize(&[hint, ("prompt", "none")]);
        let mut frame = client.clone().with_header("sec-fetch-dest", "iframe");
        let page = frame.get(&silent).await;
        assert_told(&gateway, &page, "login_required", "INTERACTION_NEEDED");
        assert!(!page.headers.contains_key("set-cookie"), "{:?}", page.headers);
        // In a window the partner may be asked as the person started it.
        gateway.ask(&mut client.clone().with_header("sec-fetch-dest", "document"), &silent).await;

        granted(&gateway.post(&mut client, &request, &answer).await);
        let mut frame = client.clone().with_header("sec-fetch-dest", "iframe");
        granted(&frame.get(&silent).await);
    }

    async fn what_another_site_hides_signs_nobody_out(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (client, tokens) = gateway.ana_signed_in().await;
        let logout = address("/oidc/logout", &[("id_token_hint", &tokens.id)]);
        for destination in ["image", "iframe", "empty"] {
            let page = client.clone().with_header("sec-fetch-dest", destination).get(&logout).await;
            assert_eq!((page.status, page.refusal_code()), (400, Some("BAD_REQUEST")), "{destination}");
            assert!(!page.headers.contains_key("set-cookie"), "{destination} {:?}", page.headers);
        }
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        client.clone().with_header("sec-fetch-dest", "document").get(&logout).await;
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 401);
    }

    async fn an_answer_without_a_relay_state_of_ours_is_unsolicited(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (_, answer) = asked(&gateway, &mut client).await;
        let form = answer.post(&gateway.partner);
        for relay_state in ["", "x", "https://evil.example/"] {
            let page = gateway.post_text(&mut client, relay_state, &form).await;
            assert_eq!((page.status, page.refusal_code()), (400, Some("SAML_UNSOLICITED")), "{}", page.body);
        }
        let page = client.post("/saml/sp/acs", &[("SAMLResponse", &form)]).await;
        assert_eq!(page.refusal_code(), Some("SAML_UNSOLICITED"), "{}", page.body);
    }

    async fn an_answer_before_any_partner_was_asked_is_unsolicited(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let page = client.get(&gateway.authorize(&[])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let (_, answer) = asked(&gateway, &mut gateway.client()).await;
        let page = gateway.post_text(&mut client, &attempt, &answer.post(&gateway.partner)).await;
        assert_refused(&gateway, &page, "SAML_UNSOLICITED", "no_request_sent").await;
    }

    async fn a_used_attempt_is_spent_for_who_does_not_hold_its_session(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (request, answer) = asked(&gateway, &mut client).await;
        let mut thief = client.clone();
        granted(&gateway.post(&mut client, &request, &answer).await);
        let page = gateway.post(&mut thief, &request, &answer).await;
        assert_refused(&gateway, &page, "ATTEMPT_SPENT", "attempt_spent").await;
        assert_eq!(thief.session(), None);
    }

    async fn an_assertion_is_accepted_once_whatever_attempt_carries_it(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (request, mut answer) = asked(&gateway, &mut client).await;
        granted(&gateway.post(&mut client, &request, &answer).await);
        // The partner signs the same assertion ID once more, for the next question.
        let mut other = gateway.client();
        let (next, fresh) = asked(&gateway, &mut other).await;
        let id = answer.assertion.take().unwrap().id;
        let mut again = fresh;
        again.assertion.as_mut().unwrap().id = id;
        let page = gateway.post(&mut other, &next, &again).await;
        assert_refused(&gateway, &page, "SAML_RESPONSE_REPLAYED", "assertion_replayed").await;
    }

    async fn two_posts_of_one_answer_at_once_make_one_sign_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (request, answer) = asked(&gateway, &mut client).await;
        let (mut one, mut other) = (client.clone(), client.clone());
        let pages = tokio::join!(gateway.post(&mut one, &request, &answer), gateway.post(&mut other, &request, &answer));
        let codes = [&pages.0, &pages.1].map(|page| page.status == 303);
        assert!(codes[0] != codes[1], "{} {}", pages.0.body, pages.1.body);
        let refused = if codes[0] { pages.1 } else { pages.0 };
        assert_eq!(refused.refusal_code(), Some("ATTEMPT_SPENT"), "{}", refused.body);
        let sign_ins = gateway.activities(&request.relay_state).await;
        assert_eq!(sign_ins.iter().filter(|activity| *activity == "sign_in").count(), 1, "{sign_ins:?}");
    }

    async fn an_attempt_too_large_for_a_cookie_is_kept_as_a_row(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let long = format!("state-{}", "s".repeat(2_000));
        let hint = format!("{}@unknown.example", "h".repeat(60));
        let mut client = gateway.client();
        let asked = gateway.authorize(&[("state", &long), ("login_hint", &hint)]);
        let page = client.get(&asked).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let value = client.cookies.values().next().unwrap().clone();
        assert!(value.starts_with("r.") && value.len() < 64, "{value}");
        // The page is shown, answered, and the answer of the partner arrives; each step finds the row.
        let form = [("attempt", attempt.as_str()), ("email", "ana@fabrikam.example")];
        let request = gateway.read_request(&client.post("/sign-in/organization", &form).await);
        assert_ne!(client.cookies.values().next(), Some(&value), "the handle changes with what it stands for");
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_eq!(page.param("state"), Some(long));
        Tokens::of(&gateway.redeem(&granted(&page)).await);
    }

    async fn one_address_may_have_so_many_attempts_kept_as_rows(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let two = NonZeroU32::new(2).unwrap();
        let limit = |services: &mut Services| services.spills = Arc::new(PerAddress::new(services.clock.clone(), two));
        let (url, _, serving) = gateway.second_address_with(limit).await;
        let long = format!("state-{}", "s".repeat(2_000));
        let large = format!("{url}{}", gateway.authorize(&[("state", &long)]));
        for _ in 0..2 {
            assert_eq!(gateway.client().get(&large).await.status, 200);
        }
        let page = gateway.client().get(&large).await;
        assert_eq!((page.status, page.refusal_code()), (429, Some("TOO_MANY_REQUESTS")), "{}", page.body);
        assert_eq!(page.headers["retry-after"], "30");
        // Who needs no row is not concerned, and a minute later there is room again.
        assert_eq!(gateway.client().get(&format!("{url}{}", gateway.authorize(&[]))).await.status, 200);
        gateway.clock.advance(Duration::from_secs(60));
        assert_eq!(gateway.client().get(&large).await.status, 200);
        serving.abort();
    }

    async fn a_large_attempt_works_with_consent_too(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let long = format!("state-{}", "s".repeat(2_000));
        let mut client = gateway.client();
        let asked = gateway.authorize(&[("state", &long), ("prompt", "consent"), ("domain_hint", "fabrikam")]);
        let request = gateway.ask(&mut client, &asked).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let form = [("attempt", page.field("attempt").unwrap()), ("decision", "accept")];
        let page = client.post("/sign-in/consent", &form).await;
        assert_eq!(page.param("state"), Some(long));
    }
}

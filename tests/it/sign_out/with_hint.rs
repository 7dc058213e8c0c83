//! An app signs a person out with an ID token of ours, which names the session.

use std::time::Duration;

use crate::support::client::{Client, Page};
use crate::support::gateway::{Gateway, address};
use crate::support::journey::{Tokens, granted};
use crate::support::stores::on_both_stores;

const BACK: &str = "http://localhost:9/payroll/signed-out";

async fn end(client: &mut Client, params: &[(&str, &str)]) -> Page {
    client.get(&address("/oidc/logout", params)).await
}

fn assert_bad(page: &Page, code: &str) {
    assert_eq!((page.status, page.refusal_code()), (if code == "BAD_REQUEST" { 400 } else { page.status }, Some(code)));
    assert!(!page.headers.contains_key("location"));
}

async fn is_signed_in(gateway: &Gateway, client: &mut Client) -> bool {
    let page = client.get(&gateway.authorize(&[("prompt", "none")])).await;
    page.param("code").is_some()
}

on_both_stores! {
    async fn a_hint_ends_the_session_and_leads_back_with_the_state(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let params = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", BACK), ("state", "s 1")];
        let page = end(&mut client, &params).await;
        assert_eq!((page.status, page.location()), (303, "http://localhost:9/payroll/signed-out?state=s%201"));
        assert_eq!(client.session(), None);
    }

    async fn a_hint_by_post_is_as_good(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let form = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", BACK)];
        let page = client.post("/oidc/logout", &form).await;
        assert_eq!((page.status, page.location()), (303, BACK));
        assert_eq!(client.session(), None);
    }

    async fn an_expired_hint_is_accepted(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        gateway.clock.advance(Duration::from_secs(2 * 3600));
        let page = end(&mut client, &[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", BACK)]).await;
        assert_eq!((page.status, page.location()), (303, BACK));
        assert!(!is_signed_in(&gateway, &mut client).await);
    }

    async fn without_an_address_our_own_page_says_so(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let page = end(&mut client, &[("id_token_hint", &tokens.id), ("client_id", "payroll")]).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("You are signed out here"), "{}", page.body);
        assert_eq!(client.session(), None);
    }

    async fn a_hint_and_a_client_id_must_name_one_app(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        assert_bad(&end(&mut client, &[("id_token_hint", &tokens.id), ("client_id", "travel")]).await, "BAD_REQUEST");
        assert!(is_signed_in(&gateway, &mut client).await);
    }

    async fn a_hint_that_is_no_token_of_ours_is_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let stripped = &tokens.id[..=tokens.id.rfind('.').unwrap()];
        for hint in ["x", "a.b.c", stripped, tokens.access.as_str()] {
            assert_bad(&end(&mut client, &[("id_token_hint", hint)]).await, "BAD_REQUEST");
        }
        assert!(is_signed_in(&gateway, &mut client).await);
    }

    async fn an_address_that_is_not_registered_is_refused_before_anything_ends(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        for wrong in [
            "https://evil.example/",
            "http://localhost:9/payroll/signed-out/",
            "http://localhost:9/payroll/signed-out?x=1",
            "http://localhost:9/travel/signed-out",
            "javascript:alert(1)",
        ] {
            let params = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", wrong)];
            let page = end(&mut client, &params).await;
            assert_eq!((page.status, page.refusal_code()), (400, Some("REDIRECT_URI_REFUSED")), "{wrong}");
            assert!(!page.headers.contains_key("location"), "{wrong}");
        }
        assert!(is_signed_in(&gateway, &mut client).await);
    }

    async fn an_address_without_an_app_is_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let page = end(&mut client, &[("post_logout_redirect_uri", BACK)]).await;
        assert_eq!(page.refusal_code(), Some("REDIRECT_URI_REFUSED"), "{}", page.body);
        let page = end(&mut client, &[("post_logout_redirect_uri", BACK), ("client_id", "nobody")]).await;
        assert_eq!(page.refusal_code(), Some("APP_UNKNOWN"), "{}", page.body);
    }

    async fn a_hint_of_another_session_ends_nothing_without_a_question(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, others) = gateway.ana_signed_in().await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let page = end(&mut client, &[("id_token_hint", &others.id)]).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("action=\"/sign-out\""), "{}", page.body);
        assert!(is_signed_in(&gateway, &mut client).await);
    }

    async fn a_hint_without_the_sessions_cookie_ends_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let mut thief = gateway.client();
        let page = end(&mut thief, &[("id_token_hint", &tokens.id)]).await;
        assert!(page.body.contains("You are signed out here"), "{}", page.body);
        let params = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", BACK)];
        assert_eq!(end(&mut thief, &params).await.location(), BACK);
        let page = thief.post("/oidc/logout", &params).await;
        assert_eq!(page.location(), BACK);
        // Nor does one beside a cookie that is nobody's.
        thief.cookies.clone_from(&client.cookies);
        thief.cookies.values_mut().for_each(|value| *value = "A".repeat(43));
        end(&mut thief, &params).await;
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        assert!(is_signed_in(&gateway, &mut client).await);
    }

    async fn a_second_app_signs_out_of_the_whole_session(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, payroll) = gateway.ana_signed_in().await;
        let page = client.get(&gateway.authorize_travel(&[])).await;
        let travel = Tokens::of(&gateway.redeem_travel(&granted(&page)).await);
        let back = "http://localhost:9/travel/signed-out";
        let page = end(&mut client, &[("id_token_hint", &travel.id), ("post_logout_redirect_uri", back)]).await;
        assert_eq!(page.location(), back);
        assert_eq!(gateway.userinfo(&payroll.access).await.status, 401);
        assert_eq!(gateway.userinfo(&travel.access).await.status, 401);
    }

    async fn signing_out_twice_is_as_good_as_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        for _ in 0..2 {
            let page = end(&mut client, &[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", BACK)]).await;
            assert_eq!((page.status, page.location()), (303, BACK));
        }
    }
}

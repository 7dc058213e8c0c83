//! Without a hint the person is asked, and another site's form ends nobody's session.

use std::time::Duration;

use crate::support::client::{Client, Page};
use crate::support::gateway::{Gateway, address};
use crate::support::stores::on_both_stores;

const BACK: &str = "http://localhost:9/payroll/signed-out";

async fn asked(client: &mut Client) -> String {
    let params = [("client_id", "payroll"), ("post_logout_redirect_uri", BACK), ("state", "s1")];
    let page = client.get(&address("/oidc/logout", &params)).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("action=\"/sign-out\""), "{}", page.body);
    page.field("token").unwrap().to_owned()
}

async fn decide(client: &mut Client, token: &str, decision: &str) -> Page {
    client.post("/sign-out", &[("token", token), ("decision", decision)]).await
}

async fn is_signed_in(gateway: &Gateway, client: &mut Client) -> bool {
    let page = client.get(&gateway.authorize(&[("prompt", "none")])).await;
    page.param("code").is_some()
}

on_both_stores! {
    async fn yes_ends_the_session_and_leads_back(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let token = asked(&mut client).await;
        assert!(is_signed_in(&gateway, &mut client).await, "asking ends nothing");
        let page = decide(&mut client, &token, "sign_out").await;
        assert_eq!((page.status, page.location()), (303, "http://localhost:9/payroll/signed-out?state=s1"));
        assert_eq!(client.session(), None);
    }

    async fn no_ends_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let token = asked(&mut client).await;
        let page = decide(&mut client, &token, "stay").await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(is_signed_in(&gateway, &mut client).await);
    }

    async fn a_token_is_bound_to_the_session_that_was_asked(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut attacker, _) = gateway.ana_signed_in().await;
        let token = asked(&mut attacker).await;
        let (mut victim, _) = gateway.ana_signed_in().await;
        let page = decide(&mut victim, &token, "sign_out").await;
        assert_eq!((page.status, page.refusal_code()), (400, Some("BAD_REQUEST")), "{}", page.body);
        assert!(is_signed_in(&gateway, &mut victim).await);
    }

    async fn a_form_of_another_site_is_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        for token in ["", "x", "AAAA"] {
            let page = decide(&mut client, token, "sign_out").await;
            assert_eq!((page.status, page.refusal_code()), (400, Some("BAD_REQUEST")), "{token}: {}", page.body);
        }
        // Even the right token does nothing when another site posts it.
        let token = asked(&mut client).await;
        let mut posted = client.clone().with_header("Sec-Fetch-Site", "cross-site").with_header("Origin", "null");
        let page = decide(&mut posted, &token, "sign_out").await;
        assert_eq!(page.status, 400, "{}", page.body);
        assert!(is_signed_in(&gateway, &mut client).await);
    }

    async fn the_question_stands_for_a_quarter_of_an_hour(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let life = Duration::from_secs(900);
        for (wait, is_accepted) in [(life - Duration::from_micros(1), true), (life, false)] {
            let (mut client, _) = gateway.ana_signed_in().await;
            let token = asked(&mut client).await;
            gateway.clock.advance(wait);
            let page = decide(&mut client, &token, "sign_out").await;
            assert_eq!(page.refusal_code(), (!is_accepted).then_some("ATTEMPT_EXPIRED"), "{}", page.body);
            assert_eq!(is_signed_in(&gateway, &mut client).await, !is_accepted);
        }
    }

    async fn who_is_not_signed_in_has_nothing_to_sign_out_of(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let page = gateway.client().get("/oidc/logout").await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("You are signed out here"), "{}", page.body);
        let params = [("client_id", "payroll"), ("post_logout_redirect_uri", BACK)];
        let page = gateway.client().get(&address("/oidc/logout", &params)).await;
        assert_eq!((page.status, page.location()), (303, BACK));
    }

    async fn a_session_that_has_ended_is_nothing_to_sign_out_of(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        gateway.clock.advance(Duration::from_secs(24 * 3600));
        let page = client.get("/oidc/logout").await;
        assert!(page.body.contains("You are signed out here"), "{}", page.body);
        assert_eq!(client.session(), None);
    }

    async fn a_post_from_another_site_is_asked_again_from_ours(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (client, _) = gateway.ana_signed_in().await;
        let mut bare = gateway.client().with_header("Sec-Fetch-Site", "cross-site").with_header("Origin", "null");
        let page = bare.post("/oidc/logout", &[("client_id", "payroll")]).await;
        assert!(page.body.contains("id=\"resubmit\""), "{}", page.body);
        let form = [("client_id", "payroll"), ("posted_again", page.field("posted_again").unwrap())];
        let mut ours = client.clone().with_header("Sec-Fetch-Site", "same-origin").with_header("Origin", &gateway.url);
        let page = ours.post("/oidc/logout", &form).await;
        assert!(page.body.contains("action=\"/sign-out\""), "{}", page.body);
    }
}

//! Requests that apps push beforehand, and answers by a form.

use std::time::Duration;

use entente::domain::apps::{ApplicationType, RequestRule};
use entente::domain::partners::Switch;

use crate::support::client::{Client, Page};
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, address, oidc};
use crate::support::journey::{Tokens, assert_refused, granted};
use crate::support::partner::Person;
use crate::support::renewing::{AS_PAYROLL, AS_TRAVEL};
use crate::support::stores::on_both_stores;

const ASKED: [(&str, &str); 6] = [
    ("redirect_uri", PAYROLL_CALLBACK),
    ("response_type", "code"),
    ("scope", "openid email"),
    ("state", "state-pushed"),
    ("nonce", "n"),
    ("domain_hint", "fabrikam"),
];

async fn push(gateway: &Gateway, more: &[(&str, &str)]) -> Page {
    gateway.at_desk("/oidc/par", &[&AS_PAYROLL, &ASKED, more]).await
}

async fn pushed(gateway: &Gateway, more: &[(&str, &str)]) -> String {
    let page = push(gateway, more).await;
    assert_eq!((page.status, page.json()["expires_in"].as_u64()), (201, Some(90)), "{}", page.body);
    assert_eq!(page.headers["cache-control"], "no-store");
    page.json()["request_uri"].as_str().unwrap().to_owned()
}

fn bring(client_id: &str, uri: &str, more: &[(&str, &str)]) -> String {
    address("/oidc/authorize", &[&[("client_id", client_id), ("request_uri", uri)], more].concat())
}

async fn answered(gateway: &Gateway, client: &mut Client, url: &str) -> Page {
    let request = gateway.ask(client, url).await;
    gateway.post(client, &request, &gateway.answer(&request, &Person::ana())).await
}

on_both_stores! {
    async fn a_pushed_request_is_answered_as_it_was_pushed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let uri = pushed(&gateway, &[]).await;
        let mut client = gateway.client();
        // What stands beside it is not looked at (RFC 9126 4).
        let beside = [("redirect_uri", "https://evil.example/"), ("state", "other"), ("scope", "openid groups")];
        let page = answered(&gateway, &mut client, &bring("payroll", &uri, &beside)).await;
        let code = granted(&page);
        assert!(page.location().starts_with(PAYROLL_CALLBACK), "{}", page.location());
        assert_eq!(page.param("state").as_deref(), Some("state-pushed"));
        let redeemed = gateway.redeem(&code).await;
        assert_eq!(redeemed.json()["scope"], "openid email");
        let claims = gateway.claims(&Tokens::of(&redeemed).id, "payroll").await;
        assert_eq!(claims["nonce"], "n");
    }

    async fn it_is_answered_once_and_for_ninety_seconds(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let uri = pushed(&gateway, &[]).await;
        let mut client = gateway.client();
        // A reload before the answer is no second use.
        client.get(&bring("payroll", &uri, &[])).await;
        granted(&answered(&gateway, &mut client, &bring("payroll", &uri, &[])).await);
        let again = client.get(&bring("payroll", &uri, &[])).await;
        assert_eq!((again.status, again.refusal_code()), (400, Some("BAD_REQUEST")), "{}", again.body);
        let late = pushed(&gateway, &[]).await;
        gateway.clock.advance(Duration::from_secs(90));
        let page = client.get(&bring("payroll", &late, &[])).await;
        assert_eq!((page.status, page.refusal_code()), (400, Some("BAD_REQUEST")), "{}", page.body);
    }

    async fn it_is_good_for_its_own_app_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let uri = pushed(&gateway, &[]).await;
        let mut client = gateway.client();
        let mut changed = uri.clone();
        changed.replace_range(uri.len() - 8..uri.len() - 7, if uri.as_bytes()[uri.len() - 8] == b'A' { "B" } else { "A" });
        for (client_id, uri) in [
            ("travel", uri.as_str()),
            ("nobody", uri.as_str()),
            ("payroll", &changed),
            ("payroll", "urn:ietf:params:oauth:request_uri:"),
            ("payroll", "urn:ietf:params:oauth:request_uri:AAAA"),
        ] {
            let page = client.get(&bring(client_id, uri, &[])).await;
            assert!(page.status == 400 && page.refusal_code().is_some(), "{client_id} {uri} {}", page.status);
        }
        granted(&answered(&gateway, &mut client, &bring("payroll", &uri, &[])).await);
    }

    async fn what_changed_after_it_was_pushed_counts(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (services, mut client) = (&gateway.services, gateway.client());
        let uri = pushed(&gateway, &[]).await;
        let other = gateway.second_node().await.services;
        gateway.alter_app(&other, gateway.payroll, |app| app.switch = Switch::Disabled).await;
        services.directory.forget();
        let page = client.get(&bring("payroll", &uri, &[])).await;
        assert_eq!((page.status, page.refusal_code()), (403, Some("APP_DISABLED")), "{}", page.body);
        gateway.alter_app(&other, gateway.payroll, |app| {
            app.switch = Switch::Enabled;
            oidc(app).redirect_uris = vec!["http://localhost:9/payroll/other".to_owned()];
        })
        .await;
        services.directory.forget();
        let page = client.get(&bring("payroll", &uri, &[])).await;
        assert_eq!((page.status, page.refusal_code()), (400, Some("REDIRECT_URI_REFUSED")), "{}", page.body);
        // On its way to the partner already, and then the address goes.
        let restore = |app: &mut _| oidc(app).redirect_uris = vec![PAYROLL_CALLBACK.to_owned()];
        gateway.alter_app(&other, gateway.payroll, restore).await;
        services.directory.forget();
        let request = gateway.ask(&mut client, &bring("payroll", &uri, &[])).await;
        gateway.alter_app(&other, gateway.payroll, |app| {
            oidc(app).redirect_uris = vec!["http://localhost:9/payroll/other".to_owned()];
        })
        .await;
        let answer = gateway.answer(&request, &Person::ana());
        let page = gateway.post(&mut client.clone(), &request, &answer).await;
        assert_refused(&gateway, &page, "REDIRECT_URI_REFUSED", "redirect_uri_removed_meanwhile").await;
        gateway.alter_app(&other, gateway.payroll, restore).await;
        granted(&gateway.post(&mut client, &request, &answer).await);
    }

    async fn the_app_is_told_of_a_fault_at_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for (more, error) in [
            (&[("redirect_uri", "https://evil.example/")][..], "invalid_request"),
            (&[("request_uri", "urn:ietf:params:oauth:request_uri:x")], "request_uri_not_supported"),
            (&[("prompt", "create")], "invalid_request"),
        ] {
            let page = push(&gateway, more).await;
            assert_eq!((page.status, page.json()["error"].as_str()), (400, Some(error)), "{more:?} {}", page.body);
        }
        let unproven = gateway.at_desk("/oidc/par", &[&[("client_id", "payroll")], &ASKED]).await;
        assert_eq!((unproven.status, unproven.json()["error"].as_str()), (401, Some("invalid_client")));
        // A public app is held to its own rules: a challenge, and its own redirect URI.
        let public = gateway.at_desk("/oidc/par", &[&AS_TRAVEL, &ASKED]).await;
        assert_eq!(public.json()["error"], "invalid_request");
    }

    async fn an_app_may_be_held_to_pushing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let rule = |app: &mut _| oidc(app).requests = RequestRule::Pushed;
        gateway.alter_app(&gateway.services, gateway.payroll, rule).await;
        gateway.services.directory.forget();
        let mut client = gateway.client();
        let page = client.get(&gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        assert_eq!((page.status, page.param("error").as_deref()), (303, Some("invalid_request")), "{}", page.body);
        let uri = pushed(&gateway, &[]).await;
        granted(&answered(&gateway, &mut client, &bring("payroll", &uri, &[])).await);
    }

    async fn an_answer_by_form_carries_what_a_redirect_would(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let form = [("response_mode", "form_post"), ("domain_hint", "fabrikam")];
        let page = answered(&gateway, &mut client, &gateway.authorize(&form)).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains(&format!("action=\"{PAYROLL_CALLBACK}\"")), "{}", page.body);
        assert_eq!(page.headers["cache-control"], "no-store");
        let state = page.field("state").unwrap().to_owned();
        assert!(state.starts_with("state-"), "{state}");
        assert_eq!(page.field("iss"), Some(gateway.url.as_str()));
        Tokens::of(&gateway.redeem(page.field("code").unwrap()).await);
        // Errors go the same way, and a session is used the same way.
        let page = client.get(&gateway.authorize(&[("response_mode", "form_post")])).await;
        Tokens::of(&gateway.redeem(page.field("code").unwrap()).await);
        let silent = [("response_mode", "form_post"), ("prompt", "none")];
        let page = gateway.client().get(&gateway.authorize(&silent)).await;
        assert_eq!(page.field("error"), Some("login_required"), "{}", page.body);
    }

    async fn a_form_leads_to_a_web_address_of_the_record_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.alter_app(&gateway.services, gateway.payroll, |app| {
            oidc(app).application_type = ApplicationType::Native;
            oidc(app).redirect_uris.push("com.example.app:/cb".to_owned());
        }).await;
        gateway.services.directory.forget();
        let mut client = gateway.client();
        for target in ["javascript:alert(1)", "JaVaScRiPt:/cb", "data:text/html,x", "https://evil.example/", "com.example.app:/other"] {
            let page = client.get(&gateway.authorize(&[("response_mode", "form_post"), ("redirect_uri", target)])).await;
            assert_eq!(page.refusal_code(), Some("REDIRECT_URI_REFUSED"), "{target} {}", page.body);
            assert!(!page.body.contains(target), "{}", page.body);
        }
        let private = [("response_mode", "form_post"), ("redirect_uri", "com.example.app:/cb")];
        let page = client.get(&gateway.authorize(&private)).await;
        assert!(page.location().starts_with("com.example.app:/cb?error=invalid_request"), "{}", page.location());
        let page = client.get(&gateway.authorize(&[("response_mode", "form_post"), ("prompt", "none")])).await;
        assert!(page.body.contains(&format!("action=\"{PAYROLL_CALLBACK}\"")), "{}", page.body);
    }
}

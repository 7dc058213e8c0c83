//! Apps in a browser: whose scripts may read what the endpoints for apps answer.

use reqwest::Method;
use reqwest::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap};

use crate::support::client::Page;
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, TRAVEL_CALLBACK, VERIFIER};
use crate::support::journey::{Tokens, granted};
use crate::support::renewing::{AS_PAYROLL, AS_TRAVEL};
use crate::support::stores::on_both_stores;

/// Where the tests' apps are.
const ORIGIN: &str = "http://localhost:9";

async fn from_page(gateway: &Gateway, path: &str, origin: &str, form: &[(&str, &str)]) -> Page {
    let mut app = gateway.client();
    let request = app.request(Method::POST, path).header("origin", origin).form(form);
    app.send(request).await
}

fn reader(headers: &HeaderMap) -> Option<&str> {
    headers.get(ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().unwrap())
}

on_both_stores! {
    async fn a_public_app_reads_on_its_own_origin_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize_travel(&[])).await);
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "travel"),
            ("code", code.as_str()),
            ("redirect_uri", TRAVEL_CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        for origin in ["https://evil.example", "null", "http://localhost:90", "http://LOCALHOST:9"] {
            let page = from_page(&gateway, "/oidc/token", origin, &[&form[..1], &form[1..2], &[("code", "x")]].concat()).await;
            assert_eq!((page.status, reader(&page.headers)), (400, None), "{origin}");
        }
        let page = from_page(&gateway, "/oidc/token", ORIGIN, &form).await;
        assert_eq!((reader(&page.headers), &page.headers["vary"]), (Some(ORIGIN), &"origin".parse().unwrap()));
        assert!(page.headers.get("access-control-allow-credentials").is_none());
        let tokens = Tokens::of(&page);
        // Faults are read too.
        let page = from_page(&gateway, "/oidc/token", ORIGIN, &form).await;
        assert_eq!((page.status, reader(&page.headers)), (400, Some(ORIGIN)));
        let revoked = [&AS_TRAVEL[..], &[("token", tokens.access.as_str())]].concat();
        assert_eq!(reader(&from_page(&gateway, "/oidc/revoke", ORIGIN, &revoked).await.headers), Some(ORIGIN));
    }

    async fn an_app_with_a_secret_reads_nothing_in_a_browser(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        let code = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", PAYROLL_CALLBACK)];
        let page = from_page(&gateway, "/oidc/token", ORIGIN, &[&AS_PAYROLL[..], &code].concat()).await;
        assert_eq!((page.status, reader(&page.headers)), (200, None));
        let shown = [&AS_PAYROLL[..], &[("token", tokens.access.as_str())]].concat();
        assert_eq!(reader(&from_page(&gateway, "/oidc/introspect", ORIGIN, &shown).await.headers), None);
        // A token opens userinfo to whoever holds it, pages included.
        assert_eq!(reader(&gateway.userinfo(&tokens.access).await.headers), Some("*"));
        assert_eq!(reader(&gateway.userinfo("unknown").await.headers), Some("*"));
    }

    async fn a_browser_that_asks_beforehand_is_answered(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut app = gateway.client();
        for path in ["/oidc/token", "/oidc/par", "/oidc/revoke", "/oidc/userinfo", "/oidc/introspect"] {
            let request = app.request(Method::OPTIONS, path).header("origin", ORIGIN);
            let page = app.send(request.header("access-control-request-method", "POST")).await;
            let is_asked = path != "/oidc/introspect";
            assert_eq!((page.status == 204, reader(&page.headers) == Some("*")), (is_asked, is_asked), "{path}");
            let request = app.request(Method::OPTIONS, path);
            assert_eq!(app.send(request).await.status, 405, "{path}");
        }
    }
}

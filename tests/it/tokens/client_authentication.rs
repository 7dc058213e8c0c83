//! How an app proves itself: `client_secret_basic`, `client_secret_post`, or, for a public one, not.

use reqwest::Method;

use crate::support::client::Page;
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, PAYROLL_SECRET, TRAVEL_CALLBACK, VERIFIER};
use crate::support::journey::{Tokens, granted};
use crate::support::stores::on_both_stores;

async fn basic(gateway: &Gateway, id: &str, secret: &str, form: &[(&str, &str)]) -> Page {
    let mut app = gateway.client();
    let request = app.request(Method::POST, "/oidc/token").basic_auth(id, Some(secret)).form(form);
    app.send(request).await
}

fn assert_invalid_client(page: &Page) {
    assert_eq!((page.status, page.json()["error"].as_str()), (401, Some("invalid_client")), "{}", page.body);
    assert!(page.headers.contains_key("www-authenticate"));
    assert_eq!(page.headers["cache-control"], "no-store");
}

async fn code(gateway: &Gateway) -> String {
    let (mut client, _) = gateway.ana_signed_in().await;
    granted(&client.get(&gateway.authorize(&[])).await)
}

fn form(code: &str) -> [(&str, &str); 3] {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", PAYROLL_CALLBACK)]
}

on_both_stores! {
    async fn a_secret_by_header_or_by_form_is_accepted(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let first = code(&gateway).await;
        Tokens::of(&basic(&gateway, "payroll", PAYROLL_SECRET, &form(&first)).await);
        let second = code(&gateway).await;
        let credentials = [("client_id", "payroll"), ("client_secret", PAYROLL_SECRET)];
        Tokens::of(&gateway.client().post("/oidc/token", &[&form(&second)[..], &credentials].concat()).await);
    }

    async fn a_wrong_or_missing_secret_is_refused_and_the_code_stays_good(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let code = code(&gateway).await;
        for secret in ["wrong", "", "Payroll-secret-of-the-tests", &format!("{PAYROLL_SECRET} ")] {
            assert_invalid_client(&basic(&gateway, "payroll", secret, &form(&code)).await);
        }
        let none = [&form(&code)[..], &[("client_id", "payroll")]].concat();
        assert_invalid_client(&gateway.client().post("/oidc/token", &none).await);
        assert_invalid_client(&basic(&gateway, "nobody", PAYROLL_SECRET, &form(&code)).await);
        Tokens::of(&basic(&gateway, "payroll", PAYROLL_SECRET, &form(&code)).await);
    }

    async fn no_credentials_at_all_are_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let code = code(&gateway).await;
        let page = gateway.client().post("/oidc/token", &form(&code)).await;
        assert!(matches!(page.status, 400 | 401), "{}", page.body);
        assert_eq!(page.json().get("id_token"), None);
    }

    async fn two_ways_at_once_are_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let code = code(&gateway).await;
        let both = [&form(&code)[..], &[("client_id", "payroll"), ("client_secret", PAYROLL_SECRET)]].concat();
        let page = basic(&gateway, "payroll", PAYROLL_SECRET, &both).await;
        assert_eq!((page.status, page.json()["error"].as_str()), (400, Some("invalid_request")), "{}", page.body);
    }

    async fn a_public_app_shows_no_secret(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize_travel(&[])).await);
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", TRAVEL_CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        assert_invalid_client(&basic(&gateway, "travel", "anything", &form).await);
        Tokens::of(&gateway.redeem_travel(&code).await);
    }

    async fn strangers_learn_nothing_of_a_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let code = code(&gateway).await;
        let good = basic(&gateway, "payroll", "wrong", &form(&code)).await;
        let made_up = basic(&gateway, "payroll", "wrong", &form("x")).await;
        let malformed = basic(&gateway, "payroll", "wrong", &[("grant_type", "other")]).await;
        assert_eq!((&good.body, &good.body), (&made_up.body, &malformed.body));
        assert_invalid_client(&good);
    }
}

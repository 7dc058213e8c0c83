//! What the access token opens at the userinfo endpoint.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::client::Page;
use crate::support::gateway::Gateway;
use crate::support::journey::assert_invalid_token;
use crate::support::stores::on_both_stores;

async fn post_with_header(gateway: &Gateway, access_token: &str) -> Page {
    let mut app = gateway.client();
    let request = app.request(Method::POST, "/oidc/userinfo").bearer_auth(access_token);
    app.send(request).await
}

on_both_stores! {
    async fn get_and_post_give_the_same_claims_as_the_token(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("auditors", &[gateway.ana], &[]).await;
        let (_, tokens) = gateway.ana_signed_in().await;
        let claims = gateway.claims(&tokens.id, "payroll").await;
        let expected = json!({
            "sub": claims["sub"], "email": "ana@fabrikam.example", "name": "Ana Almeida", "given_name": "Ana",
            "family_name": "Almeida", "preferred_username": "ana@fabrikam.example", "groups": [group.to_string()]
        });
        let by_get = gateway.userinfo(&tokens.access).await;
        assert_eq!((by_get.status, by_get.json()), (200, expected.clone()));
        let by_form = gateway.client().post("/oidc/userinfo", &[("access_token", &tokens.access)]).await;
        assert_eq!((by_form.status, by_form.json()), (200, expected.clone()));
        let by_header = post_with_header(&gateway, &tokens.access).await;
        assert_eq!((by_header.status, by_header.json()), (200, expected));
    }

    async fn an_access_token_ends_after_an_hour(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, tokens) = gateway.ana_signed_in().await;
        gateway.clock.advance(Duration::from_secs(3600) - Duration::from_micros(1));
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        gateway.clock.advance(Duration::from_micros(1));
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
    }

    async fn what_is_no_access_token_is_refused_with_a_challenge(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, tokens) = gateway.ana_signed_in().await;
        for wrong in ["x", &tokens.id, &format!("{}x", tokens.access)] {
            let page = gateway.userinfo(wrong).await;
            assert_invalid_token(&page);
            let challenge = page.headers["www-authenticate"].to_str().unwrap();
            assert!(challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""), "{challenge}");
        }
        let missing = gateway.client().get("/oidc/userinfo").await;
        let challenge = missing.headers["www-authenticate"].to_str().unwrap();
        assert_eq!(missing.status, 401);
        assert!(!challenge.contains("error="), "{challenge}");
    }
}

//! Introspection and revocation, and tokens of apps that act for nobody.

use std::time::Duration;

use entente::domain::apps::grant_types::{GrantType, GrantTypes};
use entente::domain::partners::Switch;

use crate::support::client::Page;
use crate::support::gateway::{Gateway, oidc};
use crate::support::journey::{Tokens, assert_invalid_grant, assert_invalid_token, granted};
use crate::support::renewing::{AS_PAYROLL, AS_TRAVEL, refresh_token};
use crate::support::stores::on_both_stores;

async fn introspect(gateway: &Gateway, who: &[(&str, &str)], token: &str) -> Page {
    gateway.at_desk("/oidc/introspect", &[who, &[("token", token)]]).await
}

async fn revoke(gateway: &Gateway, who: &[(&str, &str)], token: &str) -> Page {
    gateway.at_desk("/oidc/revoke", &[who, &[("token", token)]]).await
}

/// Makes the confidential app one that also acts for nobody.
async fn robot(gateway: &Gateway) {
    let grants = GrantTypes::STANDARD.with(GrantType::ClientCredentials);
    gateway.alter_app(&gateway.services, gateway.payroll, |app| oidc(app).grants = grants).await;
}

async fn own_token(gateway: &Gateway, who: &[(&str, &str)]) -> Page {
    gateway.at_desk("/oidc/token", &[who, &[("grant_type", "client_credentials")]]).await
}

on_both_stores! {
    async fn an_app_is_told_of_its_own_tokens(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, page) = gateway.ana_renewable().await;
        let tokens = Tokens::of(&page);
        let claims = gateway.claims(&tokens.id, "payroll").await;
        let access = introspect(&gateway, &AS_PAYROLL, &tokens.access).await;
        assert_eq!(access.headers["cache-control"], "no-store");
        let access = access.json();
        assert_eq!(access["active"], true);
        assert_eq!(access["token_type"], "Bearer");
        for claim in ["iss", "sub", "sid", "iat", "exp", "aud"] {
            assert_eq!(access[claim], claims[claim], "{claim}");
        }
        assert_eq!((&access["client_id"], &access["scope"]), (&"payroll".into(), &page.json()["scope"]));
        let refresh = introspect(&gateway, &AS_PAYROLL, &refresh_token(&page)).await.json();
        assert_eq!((&refresh["active"], &refresh["sub"]), (&true.into(), &claims["sub"]));
        assert_eq!(refresh.get("token_type"), None);
    }

    async fn nobody_else_is_told_anything(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, page) = gateway.ana_renewable().await;
        let travel = gateway.redeem_travel(&granted(&client.get(&gateway.authorize_travel(&[])).await)).await;
        assert!(gateway.is_active(&Tokens::of(&page).access).await);
        assert!(!gateway.is_active(&Tokens::of(&travel).access).await, "another app's");
        assert!(!gateway.is_active(&refresh_token(&travel)).await, "another app's");
        for token in ["x", "x.y", &Tokens::of(&page).id] {
            let told = introspect(&gateway, &AS_PAYROLL, token).await;
            if told.status == 200 {
                assert_eq!(told.body, r#"{"active":false}"#);
            } else {
                assert_eq!(told.json()["error_description"], "token is too long", "an ID token is none of these");
            }
        }
        for who in [&AS_TRAVEL[..], &[("client_id", "payroll")], &[("client_id", "payroll"), ("client_secret", "x")], &[]] {
            let told = introspect(&gateway, who, &Tokens::of(&travel).access).await;
            assert_eq!((told.status, told.json()["error"].as_str()), (401, Some("invalid_client")), "{}", told.body);
        }
    }

    async fn a_token_is_active_only_while_it_opens_something(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, page) = gateway.ana_renewable().await;
        let (access, refresh) = (Tokens::of(&page).access, refresh_token(&page));
        let services = &gateway.services;
        gateway.alter_partner(services, |partner| partner.switch = Switch::Disabled).await;
        assert!(!gateway.is_active(&access).await && !gateway.is_active(&refresh).await);
        gateway.alter_partner(services, |partner| partner.switch = Switch::Enabled).await;
        assert!(gateway.is_active(&access).await && gateway.is_active(&refresh).await);
        // Asking about an older refresh token is no use of it.
        let next = refresh_token(&gateway.renew(&refresh).await);
        assert!(!gateway.is_active(&refresh).await && gateway.is_active(&next).await);
        gateway.clock.advance(Duration::from_secs(3600));
        assert!(!gateway.is_active(&access).await && gateway.is_active(&next).await);
        gateway.clock.advance(Duration::from_secs(8 * 3600));
        assert!(!gateway.is_active(&next).await);
    }

    async fn a_refresh_token_that_is_given_back_takes_its_tokens_with_it(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        let second = gateway.renew(&refresh_token(&first)).await;
        let page = revoke(&gateway, &AS_PAYROLL, &refresh_token(&second)).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_invalid_grant(&gateway.renew(&refresh_token(&second)).await);
        for page in [&first, &second] {
            assert_invalid_token(&gateway.userinfo(&Tokens::of(page).access).await);
        }
        assert_eq!(revoke(&gateway, &AS_PAYROLL, &refresh_token(&second)).await.status, 200, "RFC 7009 2.2");
        assert_eq!(revoke(&gateway, &AS_PAYROLL, "unknown").await.status, 200);
    }

    async fn an_access_token_that_is_given_back_ends_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        let access = Tokens::of(&first).access;
        assert_eq!(revoke(&gateway, &AS_PAYROLL, &access).await.status, 200);
        assert_invalid_token(&gateway.userinfo(&access).await);
        Tokens::of(&gateway.renew(&refresh_token(&first)).await);
    }

    async fn a_token_is_given_back_by_its_own_app_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, first) = gateway.ana_renewable().await;
        for token in [Tokens::of(&first).access, refresh_token(&first)] {
            assert_invalid_grant(&revoke(&gateway, &AS_TRAVEL, &token).await);
            let unproven = revoke(&gateway, &[("client_id", "payroll")], &token).await;
            assert_eq!(unproven.json()["error"], "invalid_client");
            assert!(gateway.is_active(&token).await);
        }
        let travel = gateway.redeem_travel(&granted(&client.get(&gateway.authorize_travel(&[])).await)).await;
        assert_eq!(revoke(&gateway, &AS_TRAVEL, &Tokens::of(&travel).access).await.status, 200);
        assert_invalid_token(&gateway.userinfo(&Tokens::of(&travel).access).await);
    }

    async fn an_app_gets_a_token_for_itself_where_it_may(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let page = own_token(&gateway, &AS_PAYROLL).await;
        assert_eq!((page.status, page.json()["error"].as_str()), (400, Some("unauthorized_client")), "{}", page.body);
        robot(&gateway).await;
        let page = own_token(&gateway, &AS_PAYROLL).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let json = page.json();
        assert_eq!((json.get("id_token"), json.get("refresh_token"), json.get("scope")), (None, None, None));
        let token = json["access_token"].as_str().unwrap();
        let told = introspect(&gateway, &AS_PAYROLL, token).await.json();
        assert_eq!((&told["active"], &told["sub"], &told["client_id"]), (&true.into(), &"payroll".into(), &"payroll".into()));
        // It is about nobody.
        assert_invalid_token(&gateway.userinfo(token).await);
        for who in [&AS_TRAVEL[..], &[("client_id", "payroll")]] {
            assert!(own_token(&gateway, who).await.status >= 400);
        }
    }

    async fn an_apps_own_token_ends_by_time_switch_and_return(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        robot(&gateway).await;
        let services = &gateway.services;
        let fresh = async || own_token(&gateway, &AS_PAYROLL).await.json()["access_token"].as_str().unwrap().to_owned();
        let token = fresh().await;
        gateway.alter_app(services, gateway.payroll, |app| app.switch = Switch::Disabled).await;
        assert!(!gateway.is_active(&token).await);
        assert_eq!(own_token(&gateway, &AS_PAYROLL).await.json()["error"], "unauthorized_client");
        gateway.alter_app(services, gateway.payroll, |app| app.switch = Switch::Enabled).await;
        assert!(gateway.is_active(&token).await);
        assert_eq!(revoke(&gateway, &AS_PAYROLL, &token).await.status, 200);
        assert!(!gateway.is_active(&token).await);
        let token = fresh().await;
        gateway.clock.advance(Duration::from_secs(3600));
        assert!(!gateway.is_active(&token).await);
        assert_eq!(entente::flows::upkeep::sweep(services).await.unwrap().tokens, 1);
    }
}

//! What an app may do here in the name of a person: asked with the request, kept with the tokens, within its record.

use entente::domain::apps::grant_types::{GrantType, GrantTypes};
use entente::domain::permissions::{Permission, Permissions};
use serde_json::Value;

use crate::support::client::Page;
use crate::support::gateway::{Gateway, oidc};
use crate::support::journey::{Tokens, granted};
use crate::support::partner::Person;
use crate::support::renewing::{AS_PAYROLL, refresh_token};
use crate::support::stores::{Backend, on_both_stores};

const SCOPE: &str = "openid email User.Read User.Read.All";

async fn open(backend: Backend, delegated: &[Permission]) -> Gateway {
    let gateway = Gateway::start(backend).await;
    let all = GrantTypes::STANDARD.with(GrantType::RefreshToken).with(GrantType::ClientCredentials);
    gateway
        .alter_app(&gateway.services, gateway.payroll, |app| {
            let oidc = oidc(app);
            oidc.grants = all;
            oidc.tokens.delegated = Permissions::of(delegated);
            oidc.tokens.permissions = Permissions::of(&[Permission::UserInviteAll]);
        })
        .await;
    gateway.services.directory.forget();
    gateway
}

async fn redeemed(gateway: &Gateway) -> Page {
    let mut client = gateway.client();
    let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam"), ("scope", SCOPE)])).await;
    let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
    gateway.redeem(&granted(&page)).await
}

async fn scope_of(gateway: &Gateway, token: &str) -> Value {
    let page = gateway.at_desk("/oidc/introspect", &[&AS_PAYROLL, &[("token", token)]]).await;
    assert_eq!((page.status, &page.json()["active"]), (200, &true.into()), "{}", page.body);
    page.json()["scope"].clone()
}

on_both_stores! {
    async fn permissions_are_asked_with_the_request_and_kept_with_the_tokens(backend: Backend) {
        let gateway = open(backend, &[Permission::UserRead, Permission::UserReadAll]).await;
        let first = redeemed(&gateway).await;
        assert_eq!(first.json()["scope"], "openid email User.Read.All User.Read");
        assert_eq!(scope_of(&gateway, &Tokens::of(&first).access).await, "openid email User.Read.All User.Read");
        // A renewal may ask for less, and never for more.
        let narrowed = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &refresh_token(&first)),
            ("scope", "openid User.Read"),
        ];
        let next = gateway.at_desk("/oidc/token", &[&AS_PAYROLL, &narrowed]).await;
        assert_eq!(next.json()["scope"], "openid User.Read", "{}", next.body);
        let more = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &refresh_token(&next)),
            ("scope", "openid User.ReadWrite.All"),
        ];
        let refused = gateway.at_desk("/oidc/token", &[&AS_PAYROLL, &more]).await;
        assert_eq!((refused.status, &refused.json()["error"]), (400, &"invalid_scope".into()));
        let whole = gateway.renew(&refresh_token(&next)).await;
        assert_eq!(whole.json()["scope"], "openid email User.Read.All User.Read", "{}", whole.body);
    }

    async fn what_the_record_does_not_list_cannot_be_asked(backend: Backend) {
        let gateway = open(backend, &[Permission::UserRead]).await;
        let page = gateway.client().get(&gateway.authorize(&[("scope", SCOPE)])).await;
        assert_eq!(page.param("error").as_deref(), Some("invalid_scope"), "{}", page.location());
        // What the app may do for itself is nobody else's.
        let page = gateway.client().get(&gateway.authorize(&[("scope", "openid User.Invite.All")])).await;
        assert_eq!(page.param("error").as_deref(), Some("invalid_scope"), "{}", page.location());
        // Words that mean nothing here are ignored, as every unknown scope.
        let scope = ("scope", "openid User.Read Mail.Send user.read.all");
        let page = gateway.client().get(&gateway.authorize(&[("domain_hint", "fabrikam"), scope])).await;
        assert_eq!((page.status, page.param("error")), (303, None));
    }

    async fn what_is_taken_from_the_record_is_taken_from_its_tokens(backend: Backend) {
        let gateway = open(backend, &[Permission::UserRead, Permission::UserReadAll]).await;
        let first = redeemed(&gateway).await;
        gateway
            .alter_app(&gateway.services, gateway.payroll, |app| {
                oidc(app).tokens.delegated = Permissions::of(&[Permission::UserRead]);
            })
            .await;
        gateway.services.directory.forget();
        assert_eq!(scope_of(&gateway, &Tokens::of(&first).access).await, "openid email User.Read");
        let next = gateway.renew(&refresh_token(&first)).await;
        assert_eq!(next.json()["scope"], "openid email User.Read", "{}", next.body);
    }

    async fn a_token_of_an_app_says_what_the_record_lets_it_do(backend: Backend) {
        let gateway = open(backend, &[]).await;
        let own = [("grant_type", "client_credentials")];
        let page = gateway.at_desk("/oidc/token", &[&AS_PAYROLL, &own]).await;
        assert_eq!((page.status, &page.json()["scope"]), (200, &"User.Invite.All".into()), "{}", page.body);
        let token = page.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(scope_of(&gateway, &token).await, "User.Invite.All");
        let none = |app: &mut entente::domain::apps::App| oidc(app).tokens.permissions = Permissions::NONE;
        gateway.alter_app(&gateway.services, gateway.payroll, none).await;
        assert_eq!(scope_of(&gateway, &token).await, Value::Null);
    }
}

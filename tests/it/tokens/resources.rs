//! Tokens for APIs: resource indicators (RFC 8707), tokens that APIs read by themselves (RFC 9068), and what an API is
//! told of one (RFC 7662).

use std::time::Duration;

use entente::domain::apps::Confidentiality;
use entente::domain::apps::grant_types::{GrantType, GrantTypes};
use entente::domain::apps::token_rules::AccessTokenForm;
use entente::flows::token::app_secret_mac;
use serde_json::Value;

use crate::support::client::{Client, Page};
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, address, oidc};
use crate::support::journey::{Tokens, assert_invalid_token, granted};
use crate::support::possession::Holder;
use crate::support::renewing::{AS_PAYROLL, refresh_token};
use crate::support::stores::on_both_stores;

const API: &str = "https://api.contoso.example";
const OTHER: &str = "https://other.contoso.example/v1";
const FOREIGN: &str = "https://api.fabrikam.example";
const TOKEN: &str = "/oidc/token";
/// The app `travel` as the API, which can keep a secret then.
const AS_API: [(&str, &str); 2] = [("client_id", "travel"), ("client_secret", "secret-of-the-api")];

/// Lets the confidential app ask for tokens for two APIs, of which the other app is one.
async fn open(backend: crate::support::stores::Backend, form: AccessTokenForm) -> (Gateway, Client) {
    let gateway = Gateway::start(backend).await;
    let may = GrantTypes::STANDARD.with(GrantType::RefreshToken).with(GrantType::ClientCredentials);
    gateway
        .alter_app(&gateway.services, gateway.payroll, |app| {
            let oidc = oidc(app);
            oidc.grants = may;
            oidc.tokens.form = form;
            oidc.tokens.resources = vec![API.to_owned(), OTHER.to_owned()];
        })
        .await;
    let secret = entente::base::secret::SecretText::new(AS_API[1].1.to_owned());
    let mac = app_secret_mac(&gateway.services.sealer, "travel", &secret).to_vec();
    gateway
        .alter_app(&gateway.services, gateway.travel, |app| {
            let oidc = oidc(app);
            oidc.confidentiality = Confidentiality::Secret { mac };
            oidc.tokens.serves = vec![API.to_owned()];
        })
        .await;
    gateway.services.directory.forget();
    let (client, _) = gateway.ana_signed_in().await;
    (gateway, client)
}

fn asking(gateway: &Gateway, resources: &[&str]) -> String {
    let more = resources.iter().map(|resource| ("resource", *resource)).collect::<Vec<_>>();
    let base = gateway.authorize(&[]);
    format!("{base}&{}", address("", &more).trim_start_matches('?'))
}

async fn redeem(gateway: &Gateway, code: &str, resources: &[&str]) -> Page {
    let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", PAYROLL_CALLBACK)];
    form.extend(resources.iter().map(|resource| ("resource", *resource)));
    gateway.at_desk(TOKEN, &[&AS_PAYROLL, &form]).await
}

async fn code(gateway: &Gateway, client: &mut Client, resources: &[&str]) -> String {
    granted(&client.get(&asking(gateway, resources)).await)
}

async fn told(gateway: &Gateway, who: &[(&str, &str)], token: &str) -> Value {
    let page = gateway.at_desk("/oidc/introspect", &[who, &[("token", token)]]).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.json()
}

fn assert_invalid_target(page: &Page) {
    assert_eq!((page.status, page.json()["error"].as_str()), (400, Some("invalid_target")), "{}", page.body);
}

fn access(page: &Page) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    page.json()["access_token"].as_str().unwrap().to_owned()
}

/// The claims of a token that an API reads, verified as an API would do it.
async fn read(gateway: &Gateway, token: &str, audience: &str) -> Value {
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    gateway.claims(token, audience).await
}

on_both_stores! {
    async fn an_api_reads_a_token_that_is_for_it(backend: Backend) {
        let (gateway, mut client) = open(backend, AccessTokenForm::Jwt).await;
        let page = redeem(&gateway, &code(&gateway, &mut client, &[API]).await, &[]).await;
        let tokens = Tokens::of(&page);
        assert_eq!(page.json()["expires_in"], 600);
        let claims = read(&gateway, &tokens.access, API).await;
        let id = gateway.claims(&tokens.id, "payroll").await;
        for name in ["iss", "sub", "auth_time", "sid", "amr"] {
            assert_eq!(claims[name], id[name], "{name}");
        }
        assert_eq!((&claims["aud"], &claims["client_id"]), (&API.into(), &"payroll".into()));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
        assert_eq!(claims["scope"], "openid profile email groups");
        for name in ["email", "name", "given_name", "oid", "nonce"] {
            assert_eq!(claims.get(name), None, "{name}");
        }
        // It is no ID token, and an ID token is no access token.
        let hinted = client.get(&gateway.authorize(&[("id_token_hint", &tokens.access)])).await;
        assert_eq!(hinted.param("error").as_deref(), Some("invalid_request"), "{}", hinted.location());
        assert_eq!(told(&gateway, &AS_PAYROLL, &tokens.id).await["active"], false);
    }

    async fn f55_an_api_is_told_of_more_groups_than_its_token_holds(backend: Backend) {
        let (gateway, mut client) = open(backend, AccessTokenForm::Jwt).await;
        for number in 0..200 {
            gateway.add_group(&format!("g{number}"), &[gateway.ana], &[]).await;
        }
        let page = redeem(&gateway, &code(&gateway, &mut client, &[API]).await, &[]).await;
        let claims = read(&gateway, &Tokens::of(&page).access, API).await;
        assert_eq!((claims["groups"].as_array().map(Vec::len), claims.get("hasgroups")), (Some(200), None));
        gateway.add_group("one-more", &[gateway.ana], &[]).await;
        let page = redeem(&gateway, &code(&gateway, &mut client, &[API]).await, &[]).await;
        let claims = read(&gateway, &Tokens::of(&page).access, API).await;
        assert_eq!((claims.get("groups"), &claims["hasgroups"]), (None, &Value::Bool(true)));
    }

    async fn a_token_for_an_api_does_not_open_userinfo(backend: Backend) {
        for form in [AccessTokenForm::Jwt, AccessTokenForm::Opaque] {
            let (gateway, mut client) = open(backend, form).await;
            let page = redeem(&gateway, &code(&gateway, &mut client, &[API]).await, &[]).await;
            assert_invalid_token(&gateway.userinfo(&Tokens::of(&page).access).await);
            let page = redeem(&gateway, &code(&gateway, &mut client, &[]).await, &[]).await;
            assert_eq!(gateway.userinfo(&Tokens::of(&page).access).await.status, 200);
            gateway.services.directory.forget();
        }
    }

    async fn an_api_asks_about_tokens_for_it_alone(backend: Backend) {
        for form in [AccessTokenForm::Jwt, AccessTokenForm::Opaque] {
            let (gateway, mut client) = open(backend, form).await;
            let both = Tokens::of(&redeem(&gateway, &code(&gateway, &mut client, &[API, OTHER]).await, &[]).await);
            let id = gateway.claims(&both.id, "payroll").await;
            let of_api = told(&gateway, &AS_API, &both.access).await;
            assert_eq!((&of_api["active"], &of_api["aud"]), (&true.into(), &API.into()));
            assert_eq!((&of_api["sub"], &of_api["client_id"]), (&id["sub"], &"payroll".into()));
            let of_app = told(&gateway, &AS_PAYROLL, &both.access).await;
            assert_eq!(of_app["aud"], serde_json::json!([API, OTHER]));
            for resources in [&[OTHER][..], &[]] {
                let page = redeem(&gateway, &code(&gateway, &mut client, resources).await, &[]).await;
                let token = Tokens::of(&page).access;
                assert_eq!(told(&gateway, &AS_API, &token).await, serde_json::json!({"active": false}));
                assert_eq!(told(&gateway, &AS_PAYROLL, &token).await["active"], true);
            }
            // An API that no longer is one is told nothing, nor can it end the token.
            let page = gateway.at_desk("/oidc/revoke", &[&AS_API, &[("token", &both.access)]]).await;
            assert_eq!(page.json()["error"], "invalid_grant", "{}", page.body);
            gateway.alter_app(&gateway.services, gateway.travel, |app| oidc(app).tokens.serves.clear()).await;
            assert_eq!(told(&gateway, &AS_API, &both.access).await["active"], false);
        }
    }

    async fn a_token_that_is_given_back_is_told_inactive_at_once(backend: Backend) {
        for form in [AccessTokenForm::Jwt, AccessTokenForm::Opaque] {
            let (gateway, mut client) = open(backend, form).await;
            let first = redeem(&gateway, &code(&gateway, &mut client, &[API]).await, &[]).await;
            let token = Tokens::of(&first).access;
            assert_eq!(told(&gateway, &AS_API, &token).await["active"], true);
            assert_eq!(gateway.at_desk("/oidc/revoke", &[&AS_PAYROLL, &[("token", &token)]]).await.status, 200);
            assert_eq!(told(&gateway, &AS_API, &token).await["active"], false);
            // With the family goes what came of it.
            let second = gateway.renew(&refresh_token(&first)).await;
            let token = Tokens::of(&second).access;
            let given = gateway.at_desk("/oidc/revoke", &[&AS_PAYROLL, &[("token", &refresh_token(&second))]]).await;
            assert_eq!(given.status, 200);
            assert_eq!(told(&gateway, &AS_API, &token).await["active"], false);
        }
    }

    async fn a_forged_or_altered_token_is_not_known(backend: Backend) {
        let (gateway, mut client) = open(backend, AccessTokenForm::Jwt).await;
        let token = Tokens::of(&redeem(&gateway, &code(&gateway, &mut client, &[API]).await, &[]).await).access;
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, payload) = signed.split_once('.').unwrap();
        let id = read(&gateway, &token, API).await["jti"].as_str().unwrap().to_owned();
        for wrong in [
            format!("{header}.{payload}."),
            format!("{header}.{payload}.{}", &signature[1..]),
            format!("e30.{payload}.{signature}"),
            // Who knows the name of a token alone has none.
            id,
        ] {
            assert_eq!(told(&gateway, &AS_PAYROLL, &wrong).await["active"], false, "{wrong}");
            assert_invalid_token(&gateway.userinfo(&wrong).await);
        }
        assert_eq!(told(&gateway, &AS_PAYROLL, &token).await["active"], true);
        gateway.clock.advance(Duration::from_secs(600));
        assert_eq!(told(&gateway, &AS_PAYROLL, &token).await["active"], false);
    }

    async fn only_what_was_granted_may_be_asked(backend: Backend) {
        let (gateway, mut client) = open(backend, AccessTokenForm::Jwt).await;
        for wrong in [FOREIGN, "a", "https://api.contoso.example/", "https://api.contoso.example#x"] {
            let page = client.get(&asking(&gateway, &[wrong])).await;
            assert_eq!(page.param("error").as_deref(), Some("invalid_target"), "{wrong} {}", page.location());
            let asked = [("redirect_uri", PAYROLL_CALLBACK), ("response_type", "code"), ("scope", "openid"), ("resource", wrong)];
            assert_invalid_target(&gateway.at_desk("/oidc/par", &[&AS_PAYROLL, &asked]).await);
        }
        let granted = code(&gateway, &mut client, &[API]).await;
        for wrong in [&[OTHER][..], &[API, OTHER], &["a"], &[FOREIGN]] {
            assert_invalid_target(&redeem(&gateway, &granted, wrong).await);
        }
        access(&redeem(&gateway, &granted, &[API, API]).await);
        let none = code(&gateway, &mut client, &[]).await;
        assert_invalid_target(&redeem(&gateway, &none, &[API]).await);
        access(&redeem(&gateway, &none, &[]).await);
    }

    async fn a_renewal_is_for_any_api_that_was_granted(backend: Backend) {
        let (gateway, mut client) = open(backend, AccessTokenForm::Jwt).await;
        let first = redeem(&gateway, &code(&gateway, &mut client, &[API, OTHER]).await, &[API]).await;
        assert_eq!(read(&gateway, &access(&first), API).await["aud"], API);
        let renew = async |token: &str, resource: &str| {
            let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("resource", resource)];
            gateway.at_desk(TOKEN, &[&AS_PAYROLL, &form]).await
        };
        assert_invalid_target(&renew(&refresh_token(&first), FOREIGN).await);
        let second = renew(&refresh_token(&first), OTHER).await;
        assert_eq!(read(&gateway, &access(&second), OTHER).await["aud"], OTHER);
        let third = renew(&refresh_token(&second), "").await;
        assert_eq!(read(&gateway, &access(&third), API).await["aud"], serde_json::json!([API, OTHER]));
        // What the app may no longer have is not issued.
        gateway.alter_app(&gateway.services, gateway.payroll, |app| oidc(app).tokens.resources = vec![API.to_owned()]).await;
        assert_invalid_target(&renew(&refresh_token(&third), OTHER).await);
        access(&renew(&refresh_token(&third), API).await);
    }

    async fn an_app_asks_for_itself_too(backend: Backend) {
        let (gateway, _) = open(backend, AccessTokenForm::Jwt).await;
        let own = async |resource: &str| {
            let form = [("grant_type", "client_credentials"), ("resource", resource)];
            Holder::new().post(&gateway, TOKEN, &[&AS_PAYROLL, &form]).await
        };
        assert_invalid_target(&own(FOREIGN).await);
        let token = access(&own(API).await);
        let claims = read(&gateway, &token, API).await;
        assert_eq!((&claims["sub"], &claims["client_id"]), (&"payroll".into(), &"payroll".into()));
        assert_eq!((claims.get("sid"), claims.get("scope"), claims.get("auth_time")), (None, None, None));
        assert!(claims["cnf"]["jkt"].is_string());
        let of_api = told(&gateway, &AS_API, &token).await;
        assert_eq!((&of_api["active"], &of_api["sub"], &of_api["cnf"]), (&true.into(), &"payroll".into(), &claims["cnf"]));
        assert_eq!(gateway.at_desk("/oidc/revoke", &[&AS_PAYROLL, &[("token", &token)]]).await.status, 200);
        assert_eq!(told(&gateway, &AS_API, &token).await["active"], false);
        let opaque = access(&own("").await);
        assert!(!opaque.contains('.'), "a token for no API is opaque");
    }

    async fn a_second_use_of_the_code_ends_tokens_for_apis_too(backend: Backend) {
        let (gateway, mut client) = open(backend, AccessTokenForm::Jwt).await;
        let code = code(&gateway, &mut client, &[API]).await;
        let token = access(&redeem(&gateway, &code, &[]).await);
        assert_eq!(redeem(&gateway, &code, &[]).await.status, 400);
        assert_eq!(told(&gateway, &AS_API, &token).await["active"], false);
    }
}

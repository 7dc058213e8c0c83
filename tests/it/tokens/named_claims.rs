//! Claims that an app asks for by name (OIDC Core 5.5).

use entente::domain::claims::names::Protocol;
use entente::domain::claims::set::NameTable;
use serde_json::Value;

use crate::support::claims::rules;
use crate::support::client::Client;
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, address};
use crate::support::journey::{Tokens, assert_told, granted};
use crate::support::renewing::{AS_PAYROLL, refresh_token};
use crate::support::stores::on_both_stores;

const PERSONAL: [&str; 6] = ["email", "name", "given_name", "family_name", "preferred_username", "groups"];

/// The claims of the ID token and of userinfo, of a request with the scope `openid` alone.
async fn shown(gateway: &Gateway, client: &mut Client, claims: &str) -> (Value, Value) {
    let page = client.get(&gateway.authorize(&[("scope", "openid"), ("claims", claims)])).await;
    let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
    let id_token = gateway.claims(&tokens.id, "payroll").await;
    (id_token, gateway.userinfo(&tokens.access).await.json())
}

fn personal(claims: &Value) -> Vec<&str> {
    PERSONAL.into_iter().filter(|name| claims.get(name).is_some()).collect()
}

on_both_stores! {
    async fn a_claim_is_shown_where_it_is_asked_for(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("staff", &[gateway.ana], &[]).await.to_string();
        let (mut client, _) = gateway.ana_signed_in().await;
        // The address of a guest stands in the ID token anyway.
        let (id_token, userinfo) = shown(&gateway, &mut client, "{}").await;
        assert_eq!((personal(&id_token), personal(&userinfo)), (vec!["email"], vec![]));
        let asked = r#"{"userinfo":{"email":{"essential":true},"groups":null,"picture":null},"id_token":{"given_name":null}}"#;
        let (id_token, userinfo) = shown(&gateway, &mut client, asked).await;
        assert_eq!((personal(&id_token), personal(&userinfo)), (vec!["email", "given_name"], vec!["email", "groups"]));
        assert_eq!(userinfo["groups"], serde_json::json!([group]));
        let (id_token, _) = shown(&gateway, &mut client, r#"{"id_token":{"groups":{"value":"x"}}}"#).await;
        assert_eq!(id_token["groups"], serde_json::json!([group]));
    }

    async fn a_claim_stays_asked_for_when_tokens_are_renewed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_renewable().await;
        let asked = r#"{"id_token":{"family_name":null},"userinfo":{"name":null}}"#;
        let page = client.get(&gateway.authorize(&[("scope", "openid"), ("claims", asked)])).await;
        let second = gateway.renew(&refresh_token(&gateway.redeem(&granted(&page)).await)).await;
        let tokens = Tokens::of(&second);
        assert_eq!(personal(&gateway.claims(&tokens.id, "payroll").await), ["email", "family_name"]);
        assert_eq!(personal(&gateway.userinfo(&tokens.access).await.json()), ["name"]);
    }

    async fn what_an_app_is_not_given_is_not_had_by_asking(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let rule = "[[app.claims]]\nname = 'department'\nvalue = 'sales'\n";
        let claims = rules(Protocol::Oidc, "", rule, &NameTable::default());
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.claims = claims).await;
        gateway.services.directory.forget();
        let (mut client, _) = gateway.ana_signed_in().await;
        let names = PERSONAL.map(|name| format!("\"{name}\":{{\"essential\":true}}")).join(",");
        let asked = format!("{{\"id_token\":{{{names}}},\"userinfo\":{{{names}}}}}");
        let (id_token, userinfo) = shown(&gateway, &mut client, &asked).await;
        assert_eq!((personal(&id_token), personal(&userinfo)), (vec![], vec![]), "{id_token} {userinfo}");
        assert_eq!(userinfo["department"], "sales");
    }

    async fn claims_are_asked_for_in_pushed_requests_too(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let asked = [
            ("redirect_uri", PAYROLL_CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("claims", r#"{"userinfo":{"given_name":null}}"#),
        ];
        let page = gateway.at_desk("/oidc/par", &[&AS_PAYROLL, &asked]).await;
        let uri = page.json()["request_uri"].as_str().unwrap().to_owned();
        let url = address("/oidc/authorize", &[("client_id", "payroll"), ("request_uri", &uri)]);
        let tokens = Tokens::of(&gateway.redeem(&granted(&client.get(&url).await)).await);
        assert_eq!(personal(&gateway.userinfo(&tokens.access).await.json()), ["given_name"]);
    }

    async fn a_person_who_is_named_is_the_only_one_who_will_do(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let sub = gateway.claims(&tokens.id, "payroll").await["sub"].as_str().unwrap().to_owned();
        let asking = |sub: &str| format!(r#"{{"id_token":{{"sub":{{"value":"{sub}"}}}}}}"#);
        granted(&client.get(&gateway.authorize(&[("claims", &asking(&sub))])).await);
        for place in ["id_token", "userinfo"] {
            for prompt in ["none", ""] {
                let other = format!(r#"{{"{place}":{{"sub":{{"value":"another"}}}}}}"#);
                let page = client.get(&gateway.authorize(&[("claims", &other), ("prompt", prompt)])).await;
                if page.status == 303 {
                    assert_told(&gateway, &page, "login_required", "ACCOUNT_MISMATCH");
                } else {
                    assert_eq!(page.refusal_code(), Some("ACCOUNT_MISMATCH"), "{}", page.body);
                }
            }
        }
    }
}

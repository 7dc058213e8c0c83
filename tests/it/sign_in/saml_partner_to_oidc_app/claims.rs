//! An app with rules of its own about claims.

use entente::domain::claims::names::Protocol;
use entente::domain::claims::set::NameTable;
use entente::domain::groups::GroupId;
use serde_json::{Value, json};

use crate::support::claims::rules;
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const RULES: &str = r#"
[[app.claims]]
name = "login"
source = "user.mail"
transforms = [{ kind = "extract_mail_prefix" }, { kind = "to_uppercase" }]
[[app.claims]]
name = "access"
value = "reader"
conditions = [
    { users = "members", value = "insider" },
    { users = "all_guests", groups = ["auditors"], value = "auditor" },
]
[[app.claims]]
name = "from"
expression = "partner == 'fabrikam' && 'auditors' in user.groups ? ['fabrikam', user.type] : ['unknown']"
[[app.claims]]
name = "is_guest"
expression = "user.type == 'Guest'"
[[app.claims]]
name = "name_length"
expression = "size(user.name)"
[[app.claims]]
name = "nothing"
expression = "user.name.split(' ')[9]"
[[app.claims]]
name = "groups"
source = "user.groups"
"#;

async fn give(gateway: &Gateway, text: &str, groups: Vec<(String, GroupId)>) {
    let names = NameTable { groups, partners: vec![("fabrikam".to_owned(), gateway.partner_id)] };
    let claims = rules(Protocol::Oidc, "", text, &names);
    gateway.alter_app(&gateway.services, gateway.payroll, |app| app.claims = claims).await;
    gateway.services.directory.forget();
}

/// What remains of a token without what every token has.
fn own(mut claims: Value) -> Value {
    let fixed = [
        "iss",
        "aud",
        "sub",
        "oid",
        "tid",
        "idp",
        "altsecid",
        "acct",
        "amr",
        "auth_time",
        "sid",
        "nonce",
        "at_hash",
        "ver",
        "iat",
        "nbf",
        "exp",
        "uti",
    ];
    let object = claims.as_object_mut().unwrap();
    for name in fixed {
        assert!(object.remove(name).is_some(), "{name} is always there");
    }
    claims
}

async fn own_claims(gateway: &Gateway) -> (Value, Value) {
    let (_, tokens) = gateway.ana_signed_in().await;
    let mut told = gateway.userinfo(&tokens.access).await.json();
    told.as_object_mut().unwrap().remove("sub").unwrap();
    (own(gateway.claims(&tokens.id, "payroll").await), told)
}

on_both_stores! {
    async fn rules_alone_say_what_leaves(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("auditors", &[gateway.ana], &[]).await;
        give(&gateway, RULES, vec![("auditors".to_owned(), group)]).await;
        let expected = json!({
            "login": "ANA", "access": "auditor", "from": ["fabrikam", "Guest"], "is_guest": true, "name_length": 11,
            "groups": [group.to_string()]
        });
        assert_eq!(own_claims(&gateway).await, (expected.clone(), expected.clone()));
        // Whatever the scopes: the rules are the administrators' own.
        let mut client = gateway.client();
        let asked = gateway.authorize(&[("domain_hint", "fabrikam"), ("scope", "openid")]);
        let request = gateway.ask(&mut client, &asked).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        assert_eq!(own(gateway.claims(&tokens.id, "payroll").await), expected);
    }

    async fn conditions_are_asked_at_each_issue(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("auditors", &[], &[]).await;
        give(&gateway, RULES, vec![("auditors".to_owned(), group)]).await;
        let (_, tokens) = gateway.ana_signed_in().await;
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!((&claims["access"], &claims["from"]), (&json!("reader"), &json!(["unknown"])));
        assert_eq!(claims.get("groups"), None, "somebody without groups has no such claim");
        gateway.add_group("engineers", &[gateway.ana], &[]).await;
        assert_eq!(gateway.userinfo(&tokens.access).await.json()["groups"].as_array().unwrap().len(), 1);
    }

    async fn usual_claims_stay_where_the_app_is_given_them_too(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let text = "[[app.claims]]\nname = 'name'\nvalue = 'somebody'\n";
        give(&gateway, text, Vec::new()).await;
        assert_eq!(own_claims(&gateway).await.0, json!({ "name": "somebody" }));
        let claims = rules(Protocol::Oidc, "", text, &NameTable::default());
        let mut terms = claims.terms().clone();
        terms.basic = entente::domain::claims::rule::BasicClaims::Sent;
        let claims = entente::domain::claims::set::ClaimSet::compile(terms, Protocol::Oidc, &NameTable::default());
        let claims = std::sync::Arc::new(claims.unwrap());
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.claims = claims).await;
        gateway.services.directory.forget();
        let expected = json!({
            "email": "ana@fabrikam.example", "name": "somebody", "given_name": "Ana", "family_name": "Almeida",
            "preferred_username": "ana@fabrikam.example"
        });
        assert_eq!(own_claims(&gateway).await, (expected.clone(), expected));
    }

    async fn the_person_is_asked_about_what_rules_tell(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let (usual, chosen) = ("your e-mail address", "what this organisation has chosen to tell it of you");
        let asked = gateway.authorize(&[("prompt", "consent")]);
        let page = client.get(&asked).await;
        assert!(page.body.contains(usual) && !page.body.contains(chosen), "{}", page.body);
        give(&gateway, "[[app.claims]]\nname = 'a'\nvalue = 'x'\n", Vec::new()).await;
        let page = client.get(&asked).await;
        assert!(!page.body.contains(usual) && page.body.contains(chosen), "{}", page.body);
    }

    async fn f55_more_groups_than_a_token_holds_are_told_of(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for number in 0..200 {
            gateway.add_group(&format!("g{number}"), &[gateway.ana], &[]).await;
        }
        let all = |claims: &Value| claims["groups"].as_array().map(Vec::len);
        for text in ["", "[[app.claims]]\nname = 'groups'\nsource = 'user.groups'\n"] {
            give(&gateway, text, Vec::new()).await;
            let (token, told) = own_claims(&gateway).await;
            assert_eq!((all(&token), all(&told), token.get("hasgroups")), (Some(200), Some(200), None), "{text}");
        }
        gateway.add_group("one-more", &[gateway.ana], &[]).await;
        for text in ["", "[[app.claims]]\nname = 'groups'\nsource = 'user.groups'\n"] {
            give(&gateway, text, Vec::new()).await;
            let (token, told) = own_claims(&gateway).await;
            assert_eq!((token.get("groups"), &token["hasgroups"]), (None, &json!(true)), "{text}");
            // A document has room for all of them.
            assert_eq!((all(&told), told.get("hasgroups")), (Some(201), None), "{text}");
        }
    }
}

//! The external-user token, claim by claim.

use entente::domain::assurance::{MICROSOFT_MULTIPLE, REFEDS_MFA, REFEDS_SFA};
use entente::domain::partners::Partner as PartnerRecord;
use entente::domain::policy::facts::HomeTrust;
use entente::oidc::id_token::at_hash;
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, granted, proven_at};
use crate::support::keys;
use crate::support::partner::{Partner, Person};
use crate::support::stores::on_both_stores;

fn trusted(partner: &mut PartnerRecord) {
    partner.assurance.home_trust = HomeTrust::Trusted;
}

async fn ana_claims(gateway: &Gateway) -> Value {
    let (_, tokens) = gateway.ana_signed_in().await;
    gateway.claims(&tokens.id, "payroll").await
}

async fn claims_with_class(gateway: &Gateway, class: &str) -> Value {
    let person = Person { class_ref: class.to_owned(), ..Person::ana() };
    let tokens = gateway.tokens(&mut gateway.client(), &person).await;
    gateway.claims(&tokens.id, "payroll").await
}

fn take(claims: &mut Value, name: &str) -> String {
    claims.as_object_mut().unwrap().remove(name).unwrap().as_str().unwrap().to_owned()
}

on_both_stores! {
    async fn the_token_has_every_claim_of_the_contract_and_no_other(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("auditors", &[gateway.ana], &[]).await;
        let proof = gateway.now().minus(Duration::from_secs(300));
        let page = gateway.sign_in_with(&mut gateway.client(), &Person::ana(), |answer| proven_at(answer, proof)).await;
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        let mut claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!(take(&mut claims, "sub").len(), 43);
        assert_eq!(take(&mut claims, "at_hash"), at_hash(&tokens.access));
        uuid::Uuid::parse_str(&take(&mut claims, "sid")).unwrap();
        uuid::Uuid::parse_str(&take(&mut claims, "uti")).unwrap();
        take(&mut claims, "altsecid");
        let now = gateway.now().seconds();
        let expected = json!({
            "iss": gateway.url, "aud": "payroll", "oid": gateway.ana.to_string(),
            "tid": "11111111-0000-4000-8000-000000000001", "idp": "https://idp.fabrikam.example/saml",
            "acct": 1, "email": "ana@fabrikam.example", "name": "Ana Almeida", "given_name": "Ana",
            "family_name": "Almeida", "preferred_username": "ana@fabrikam.example",
            "groups": [group.to_string()], "amr": ["pwd"], "auth_time": now - 300, "nonce": "nonce-1",
            "ver": "2.0", "iat": now, "nbf": now, "exp": now + 3600
        });
        assert_eq!(claims, expected);
    }

    async fn a_scope_that_was_not_asked_opens_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.add_group("auditors", &[gateway.ana], &[]).await;
        let mut client = gateway.client();
        let asked = gateway.authorize(&[("domain_hint", "fabrikam"), ("scope", "openid other")]);
        let request = gateway.ask(&mut client, &asked).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let answer = gateway.redeem(&granted(&page)).await;
        assert_eq!(answer.json()["scope"], "openid");
        let claims = gateway.claims(&Tokens::of(&answer).id, "payroll").await;
        for name in ["groups", "name", "given_name", "family_name", "preferred_username", "acr", "roles"] {
            assert_eq!(claims.get(name), None, "{name}");
        }
        // A guest's mail address is there without its scope.
        assert_eq!(claims["email"], "ana@fabrikam.example");
    }

    async fn f51_token_core_names_this_organisation_and_the_home_one(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let claims = ana_claims(&gateway).await;
        assert_eq!(claims["iss"], gateway.url);
        assert_eq!(claims["tid"], "11111111-0000-4000-8000-000000000001");
        assert_eq!(claims["oid"], gateway.ana.to_string());
        assert_eq!(claims["idp"], "https://idp.fabrikam.example/saml");
        let altsecid = claims["altsecid"].as_str().unwrap();
        let digits = altsecid.strip_prefix("5::").unwrap();
        assert!(digits.len() == 16 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{altsecid}");
        // Opaque and stable: nothing of the subject shows, and it does not change.
        assert_eq!(ana_claims(&gateway).await["altsecid"], altsecid);
    }

    async fn f52_a_guest_is_marked_and_its_mail_is_present(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let claims = ana_claims(&gateway).await;
        assert_eq!(claims["acct"], 1);
        assert_eq!(claims["email"], "ana@fabrikam.example");
    }

    async fn f53_idp_is_the_entity_id_of_the_partner_whatever_its_form(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let woodgrove = Partner::named("urn:mace:woodgrove", "https://idp.woodgrove.example/sso", keys::stranger());
        gateway.add_partner("woodgrove", &woodgrove, |_| {}).await;
        gateway.invite("wen@woodgrove.example", None, &[gateway.payroll]).await;
        let wen = Person::new("wen-1", "wen@woodgrove.example", "Wen", "Wu");
        let page = gateway.sign_in_at(&mut gateway.client(), "woodgrove", &woodgrove, &wen).await;
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        assert_eq!(gateway.claims(&tokens.id, "payroll").await["idp"], "urn:mace:woodgrove");
        assert_eq!(ana_claims(&gateway).await["idp"], "https://idp.fabrikam.example/saml");
    }

    async fn f54_sub_differs_per_app_and_oid_is_the_same(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let payroll = gateway.claims(&tokens.id, "payroll").await;
        let page = client.get(&gateway.authorize_travel(&[])).await;
        let tokens = Tokens::of(&gateway.redeem_travel(&granted(&page)).await);
        let travel = gateway.claims(&tokens.id, "travel").await;
        assert_ne!(payroll["sub"], travel["sub"]);
        assert_eq!(payroll["oid"], travel["oid"]);
        // Each stays what it was at the next sign-in.
        assert_eq!(ana_claims(&gateway).await["sub"], payroll["sub"]);
    }

    async fn each_app_gets_the_algorithm_that_it_registered(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let page = client.get(&gateway.authorize_travel(&[])).await;
        let travel = Tokens::of(&gateway.redeem_travel(&granted(&page)).await);
        let algorithm = |token: &str| jsonwebtoken::decode_header(token).unwrap().alg;
        assert_eq!(algorithm(&tokens.id), jsonwebtoken::Algorithm::RS256);
        assert_eq!(algorithm(&travel.id), jsonwebtoken::Algorithm::ES256);
        assert_eq!(gateway.claims(&travel.id, "travel").await["aud"], "travel");
    }

    async fn assurance_is_passed_on_and_never_overstated(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let check = async |class: &str, acr: Value, amr: Value| {
            let claims = claims_with_class(&gateway, class).await;
            assert_eq!((&claims["acr"], &claims["amr"]), (&acr, &amr), "{class}");
        };
        let password = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
        check(password, Value::Null, json!(["pwd"])).await;
        check(REFEDS_SFA, json!(REFEDS_SFA), Value::Null).await;
        // Several factors of a partner whose second factors are not accepted are one factor at most.
        check(REFEDS_MFA, Value::Null, Value::Null).await;
        check(MICROSOFT_MULTIPLE, Value::Null, Value::Null).await;
        check("phr", Value::Null, Value::Null).await;
        check("urn:example:very-strong", Value::Null, Value::Null).await;
    }

    async fn f70_several_factors_of_a_trusted_partner_are_told_on(backend: Backend) {
        let gateway = Gateway::start_with(backend, trusted).await;
        let check = async |class: &str, acr: Value, amr: Value| {
            let claims = claims_with_class(&gateway, class).await;
            assert_eq!((&claims["acr"], &claims["amr"]), (&acr, &amr), "{class}");
        };
        check(REFEDS_MFA, json!(REFEDS_MFA), json!(["mfa"])).await;
        check(MICROSOFT_MULTIPLE, json!(REFEDS_MFA), json!(["mfa"])).await;
        check("phr", json!("phr"), json!(["mfa"])).await;
        check("urn:example:very-strong", Value::Null, Value::Null).await;
    }

    async fn trust_that_is_withdrawn_is_gone_from_the_next_token(backend: Backend) {
        let gateway = Gateway::start_with(backend, trusted).await;
        let mut client = gateway.client();
        let mut person = Person::ana();
        person.class_ref = REFEDS_MFA.to_owned();
        let code = granted(&gateway.sign_in(&mut client, &person).await);
        let node = gateway.second_node().await;
        gateway.alter_partner(&node.services, |partner| partner.assurance.home_trust = HomeTrust::NotTrusted).await;
        let tokens = Tokens::of(&gateway.redeem(&code).await);
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&Value::Null, &Value::Null));
    }

    async fn methods_that_a_partner_states_beside_the_class_count(backend: Backend) {
        let gateway = Gateway::start_with(backend, trusted).await;
        let mut person = Person::ana();
        let methods = "http://schemas.microsoft.com/claims/authnmethodsreferences";
        person.attributes.push((methods.to_owned(), vec![MICROSOFT_MULTIPLE.to_owned()]));
        let tokens = gateway.tokens(&mut gateway.client(), &person).await;
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!(REFEDS_MFA), &json!(["pwd", "mfa"])));
    }
}

//! The shapes in which well-known providers speak, claim by claim as their documentation has them.

use serde_json::{Value, json};

use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, granted};
use crate::support::provider::Provider;
use crate::support::stores::on_both_stores;

/// Name, members of the discovery document, and what it says of a person.
fn shapes() -> Vec<(&'static str, Value, Value)> {
    vec![
        (
            // Neither `iss` beside the code nor `email_verified`; more groups than it lists.
            "entra",
            json!({"authorization_response_iss_parameter_supported": null}),
            json!({
                "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "oid": "00000000-0000-0000-66f3-3332eca7ea81",
                "tid": "9122040d-6c67-4c5b-b112-36a304b66dad", "ver": "2.0", "aio": "Df2UVXL1ix",
                "email": "wen@entra.example", "name": "Wen Wood", "preferred_username": "wen@entra.example",
                "_claim_names": {"groups": "src1"},
                "_claim_sources": {"src1": {"endpoint": "https://graph.example/groups"}},
            }),
        ),
        (
            "google",
            json!({"authorization_response_iss_parameter_supported": null}),
            json!({
                "sub": "10769150350006150715113082367", "azp": "gate way", "hd": "google.example",
                "email": "wen@google.example", "email_verified": true, "name": "Wen Wood",
                "picture": "https://pictures.example/wen",
            }),
        ),
        (
            "okta",
            json!({"authorization_response_iss_parameter_supported": false}),
            json!({
                "sub": "00u1a2b3c4", "ver": 1, "jti": "ID.1", "amr": ["pwd"], "idp": "00o1",
                "email": "wen@okta.example", "email_verified": true, "name": "Wen Wood", "groups": ["Everyone"],
            }),
        ),
        (
            "keycloak",
            json!({}),
            json!({
                "sub": "f1b5a6b2-3c1f-4f0e-9a51-0a6f2c7d8e90", "azp": "gate way", "typ": "ID", "acr": "1",
                "sid": "5a6f", "email": "wen@keycloak.example", "email_verified": true, "name": "Wen Wood",
                "realm_access": {"roles": ["offline_access"]},
            }),
        ),
    ]
}

on_both_stores! {
    async fn well_known_providers_are_understood(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.alter_app(&gateway.services, gateway.payroll, |app| {
            app.assignment = entente::domain::apps::Assignment::Everyone;
        }).await;
        for (slug, document, person) in shapes() {
            let provider = Provider::start(&gateway).await;
            provider.alter(|manner| manner.discovery = document);
            provider.add(&gateway, slug, |_| ()).await;
            let mut client = gateway.client();
            let question = provider.ask(&gateway, &mut client, slug, &[]).await;
            let answer = provider.agree(&question, &person);
            let answer = if slug == "keycloak" { answer } else { answer.split("&iss=").next().unwrap().to_owned() };
            let tokens = Tokens::of(&gateway.redeem(&granted(&client.get(&answer).await)).await);
            let claims = gateway.claims(&tokens.id, "payroll").await;
            assert_eq!(claims["email"], format!("wen@{slug}.example"), "{claims}");
            assert_eq!(claims["name"], "Wen Wood");
            // What a partner says of its own groups and roles is not ours to tell.
            assert!(claims.get("groups").is_none() && claims.get("realm_access").is_none(), "{claims}");
        }
    }
}

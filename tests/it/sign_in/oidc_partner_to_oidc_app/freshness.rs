//! What is passed on to the partner, and how old its proof may be.

use std::time::Duration;

use serde_json::json;

use entente::domain::partners::{Partner, PassiveRequests, Trust};

use crate::support::journey::{Tokens, assert_told, granted};
use crate::support::provider::wen;
use crate::support::stores::on_both_stores;

use super::open;

/// May be asked passively, and is asked for classes.
fn choosy(partner: &mut Partner) {
    let Trust::Oidc(trust) = &mut partner.trust else { panic!("not OIDC") };
    trust.terms.passive = PassiveRequests::Allowed;
    trust.terms.acr_values = vec!["urn:a".to_owned(), "urn:b".to_owned()];
}

on_both_stores! {
    async fn what_the_app_asks_is_passed_on_to_the_partner(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", choosy).await;
        for (asked, expected) in [
            (vec![("prompt", "login")], [Some("login"), Some("0"), None]),
            (vec![("prompt", "none")], [Some("none"), None, None]),
            (vec![("login_hint", "wen@woodgrove.example")], [None, None, Some("wen@woodgrove.example")]),
            // The name of another organisation's person is not this partner's business.
            (vec![("login_hint", "ana@elsewhere.example")], [None, None, None]),
        ] {
            let question = provider.ask(&gateway, &mut gateway.client(), "woodgrove", &asked).await;
            let found = ["prompt", "max_age", "login_hint"].map(|name| question.param(name));
            assert_eq!(found.each_ref().map(Option::as_deref), expected, "{asked:?}");
            assert_eq!(question.param("acr_values").as_deref(), Some("urn:a urn:b"));
        }
    }

    async fn a_partner_that_knows_none_of_the_classes_is_asked_once_without_them(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", choosy).await;
        let mut client = gateway.client();
        let first = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
        assert!(first.param("acr_values").is_some());
        let no = |answer: &str| {
            let code = crate::support::client::query(answer, "code").unwrap();
            answer.replace(&format!("code={code}"), "error=unmet_authentication_requirements")
        };
        let page = client.get(&no(&provider.agree(&first, &wen()))).await;
        let second = provider.question(&page);
        assert_eq!(second.param("acr_values"), None);
        assert_ne!(second.param("state"), first.param("state"));
        // The answer to the first question is none to the second.
        let page = client.clone().get(&provider.agree(&first, &wen())).await;
        assert_eq!(page.refusal_code(), Some("OIDC_UNSOLICITED"), "{}", page.body);
        let page = client.clone().get(&no(&provider.agree(&second, &wen()))).await;
        assert_told(&gateway, &page, "unmet_authentication_requirements", "ASSURANCE_UNMET");
        granted(&client.get(&provider.agree(&second, &wen())).await);
    }

    async fn a_proof_that_was_asked_afresh_must_say_when_it_was_made(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", choosy).await;
        let now = gateway.now().seconds();
        for (auth_time, cause) in [
            (json!(now), None),
            (json!(now - 60), None),
            (json!(now - 61), Some("proof_older_than_request")),
            (json!(null), Some("token_auth_time_missing")),
        ] {
            provider.alter(|manner| manner.claims = json!({"auth_time": auth_time}));
            let mut client = gateway.client();
            let question = provider.ask(&gateway, &mut client, "woodgrove", &[("prompt", "login")]).await;
            let page = client.get(&provider.agree(&question, &wen())).await;
            match cause {
                None => drop(granted(&page)),
                Some(cause) => {
                    assert_told(&gateway, &page, "login_required", "PROOF_TOO_OLD");
                    assert_eq!(gateway.cause(question.attempt()).await.as_deref(), Some(cause));
                }
            }
        }
    }

    async fn an_unknown_age_is_never_young_enough(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", choosy).await;
        provider.alter(|manner| manner.claims = json!({"auth_time": null}));
        let mut client = gateway.client();
        let page = provider.sign_in(&gateway, &mut client, "woodgrove", &wen()).await;
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        // We do not say what we do not know.
        assert!(gateway.claims(&tokens.id, "payroll").await.get("auth_time").is_none());
        // The session will not do where an age is asked; the partner is asked with it.
        let question = provider.ask(&gateway, &mut client, "woodgrove", &[("max_age", "600")]).await;
        assert_eq!(question.param("max_age").as_deref(), Some("600"));
        let page = client.clone().get(&provider.agree(&question, &wen())).await;
        assert_told(&gateway, &page, "login_required", "PROOF_TOO_OLD");
        provider.alter(|manner| manner.claims = json!({}));
        gateway.clock.advance(Duration::from_secs(1));
        let question = provider.ask(&gateway, &mut client, "woodgrove", &[("max_age", "600")]).await;
        granted(&client.get(&provider.agree(&question, &wen())).await);
    }
}

//! Captured ID tokens, judged again by the documents that are kept.

use std::time::Duration;

use entente::domain::partners::Switch;
use entente::flows::explain::{Explanation, explain_token};

use crate::support::gateway::Gateway;
use crate::support::provider::wen;
use crate::support::stores::on_both_stores;

use super::open;

fn outcome<'a>(explanation: &'a Explanation, name: &str) -> &'a entente::base::trace::CheckOutcome {
    &explanation.rows.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no `{name}`")).outcome
}

fn cause(explanation: &Explanation) -> Option<&'static str> {
    explanation.refusal.as_ref().map(|refusal| refusal.cause)
}

on_both_stores! {
    async fn an_id_token_is_judged_as_the_gateway_would_have(backend: Backend) {
        use entente::base::trace::CheckOutcome as Outcome;
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let mut client = gateway.client();
        let question = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
        let nonce = question.param("nonce").unwrap();
        client.get(&provider.agree(&question, &wen())).await;
        let token = provider.last_id_token();
        let explain = async |token: &str, nonce: Option<&str>, after: u64| {
            let partner = entente::flows::inspect::partner(&gateway.services, "woodgrove").await.unwrap();
            let at = gateway.now().plus(Duration::from_secs(after));
            explain_token(&partner, token.as_bytes(), nonce, &gateway.services.settings.public_url, at)
        };
        // A file ends with a line feed.
        let good = explain(&format!("{token}\n"), Some(&nonce), 0).await;
        assert_eq!(cause(&good), None);
        assert_eq!(outcome(&good, "nonce"), &Outcome::Passed);
        let unasked = explain(&token, None, 0).await;
        assert_eq!(cause(&unasked), None);
        for name in ["nonce", "access_token", "userinfo"] {
            assert_eq!(outcome(&unasked, name), &Outcome::NotJudged, "{name}");
        }
        assert_eq!(cause(&explain(&token, Some("other"), 0).await), Some("token_for_another_question"));
        assert_eq!(cause(&explain(&token, Some(&nonce), 3600).await), Some("token_expired"));
        assert_eq!(cause(&explain("a.b", Some(&nonce), 0).await), Some("token_malformed"));
        provider.alter(|manner| {
            manner.key = crate::support::keys::stranger();
            manner.header = serde_json::json!({"kid": "k2"});
            manner.jwks = Some(crate::support::provider::jwks_of(&[("k2", &manner.key)]));
        });
        gateway.clock.advance(Duration::from_secs(61));
        let question = provider.ask(&gateway, &mut client, "woodgrove", &[("prompt", "login")]).await;
        client.get(&provider.agree(&question, &wen())).await;
        // The new key was read with the sign-in, so that the token of the old one is refused from then on.
        assert_eq!(cause(&explain(&token, Some(&nonce), 0).await), Some("token_key_unknown"));
        disable(&gateway).await;
        assert_eq!(cause(&explain(&provider.last_id_token(), None, 0).await), Some("partner_disabled"));
    }
}

async fn disable(gateway: &Gateway) {
    let partner = entente::flows::inspect::partner(&gateway.services, "woodgrove").await.unwrap();
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let mut record = unit.read_partner(partner.id).await.unwrap().unwrap();
    record.switch = Switch::Disabled;
    record.version += 1;
    unit.update_partner(&record, entente::domain::store::objects::Provenance::Applied).await.unwrap();
    unit.commit().await.unwrap();
}

//! Logout tokens that are refused, each with a twin that is accepted.

use std::time::Duration;

use serde_json::{Value, json};

use super::partners::{Scene, assert_taken};
use crate::support::client::Page;
use crate::support::keys;
use crate::support::provider::wen;
use crate::support::stores::on_both_stores;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const SKEW: i64 = 60;
const MAX_AGE: i64 = 600;

fn assert_refused(page: &Page, code: &str) {
    let json = page.json();
    let said = (json["error"].as_str(), json["error_description"].as_str());
    assert_eq!((page.status, said), (400, (Some("invalid_request"), Some(code))), "{page:?}");
    assert_eq!(page.headers["cache-control"], "no-store");
}

on_both_stores! {
    async fn whatever_is_no_logout_token_for_us_now_is_refused(backend: Backend) {
        let scene = Scene::open(backend).await;
        let wens = scene.session(&wen(), Some("op 1")).await;
        let now = scene.gateway.now().seconds();
        let good = json!({"sid": "op 1"});
        let (none, refused) = (json!({}), "OIDC_RESPONSE_REFUSED");
        let claims: Vec<(Value, &str)> = vec![
            (json!({"iss": "https://evil.example"}), "token_of_another_issuer"),
            (json!({"iss": null}), "token_of_another_issuer"),
            (json!({"aud": "other"}), "token_for_another_audience"),
            (json!({"aud": ["other", "GATE WAY"]}), "token_for_another_audience"),
            (json!({"aud": null}), "token_for_another_audience"),
            (json!({"exp": now - SKEW}), "token_expired"),
            (json!({"exp": null}), "token_exp_missing"),
            (json!({"exp": "soon"}), "token_exp_missing"),
            (json!({"iat": now + SKEW + 1}), "token_of_the_future"),
            (json!({"iat": now - SKEW - MAX_AGE - 1}), "token_too_old"),
            (json!({"iat": null}), "token_iat_missing"),
            (json!({"nbf": now + SKEW + 1}), "token_not_yet_valid"),
            (json!({"events": null}), "logout_event_missing"),
            (json!({"events": {}}), "logout_event_missing"),
            (json!({"events": {EVENT: null}}), "logout_event_missing"),
            (json!({"events": {EVENT: true}}), "logout_event_missing"),
            (json!({"events": {EVENT: "{}"}}), "logout_event_missing"),
            (json!({"events": [EVENT]}), "logout_event_missing"),
            (json!({"events": EVENT}), "logout_event_missing"),
            (json!({"events": {"https://schemas.openid.net/secevent/risc/event-type/account-disabled": {}}}), "logout_event_missing"),
            (json!({"nonce": "n"}), "logout_nonce_present"),
            (json!({"nonce": ""}), "logout_nonce_present"),
            (json!({"jti": null}), "logout_jti_missing"),
            (json!({"sid": null}), "logout_names_nobody"),
        ];
        for (over, cause) in claims {
            let mut whole = good.clone();
            whole.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
            let page = scene.say(&scene.provider.logout_token(&none, &whole)).await;
            assert_refused(&page, refused);
            let entry = scene.gateway.entries("partner_sign_out_refused").await.remove(0);
            assert_eq!(entry.cause.as_deref(), Some(cause), "{over}");
            assert_eq!(entry.partner.map(|(id, _)| id), Some(scene.partner));
        }
        for over in [json!({"sid": 1}), json!({"sid": ""}), json!({"sub": ["wen-1"]}), json!({"jti": {}}), json!({"sub": "x".repeat(256)})] {
            let mut whole = good.clone();
            whole.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
            assert_refused(&scene.say(&scene.provider.logout_token(&none, &whole)).await, "OIDC_RESPONSE_MALFORMED");
        }
        assert!(wens.is_alive(&scene.gateway).await);
        // The last moment of each limit is inside, and one more audience or event does no harm.
        for over in [
            json!({"exp": now - SKEW + 1}),
            json!({"iat": now + SKEW}),
            json!({"iat": now - SKEW - MAX_AGE}),
            json!({"aud": ["other", "gate way"]}),
            json!({"events": {EVENT: {"more": 1}, "urn:other": {}}}),
        ] {
            let mut whole = json!({"sid": "none"});
            whole.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
            assert_taken(&scene.say(&scene.provider.logout_token(&none, &whole)).await);
        }
        scene.end(good).await;
        assert!(!wens.is_alive(&scene.gateway).await);
    }

    async fn the_signature_is_the_partners_by_the_algorithm_of_its_record(backend: Backend) {
        let scene = Scene::open(backend).await;
        let wens = scene.session(&wen(), Some("op 1")).await;
        let good = json!({"sid": "op 1"});
        for (header, code) in [
            (json!({"alg": "none"}), "OIDC_SIGNATURE_REFUSED"),
            (json!({"alg": "HS256"}), "OIDC_SIGNATURE_REFUSED"),
            (json!({"alg": "PS256"}), "OIDC_SIGNATURE_REFUSED"),
            (json!({"kid": "k9"}), "OIDC_SIGNATURE_REFUSED"),
            (json!({"crit": ["exp"]}), "OIDC_SIGNATURE_REFUSED"),
            (json!({"typ": "at+jwt"}), "OIDC_RESPONSE_REFUSED"),
            (json!({"typ": "secevent+jwt"}), "OIDC_RESPONSE_REFUSED"),
        ] {
            assert_refused(&scene.say(&scene.provider.logout_token(&header, &good)).await, code);
        }
        let token = scene.provider.logout_token(&json!({}), &good);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let other = scene.provider.logout_token(&json!({}), &json!({"sid": "op 2"}));
        let parts: Vec<&str> = token.split('.').collect();
        for (altered, code) in [
            (format!("{signed}."), "OIDC_SIGNATURE_REFUSED"),
            (format!("{}.{}", other.rsplit_once('.').unwrap().0, signature), "OIDC_SIGNATURE_REFUSED"),
            (signed.to_owned(), "OIDC_RESPONSE_MALFORMED"),
            (format!("{}.{}.{}.{}.{}", parts[0], parts[1], parts[2], parts[1], parts[2]), "OIDC_RESPONSE_MALFORMED"),
            ("x".to_owned(), "OIDC_RESPONSE_MALFORMED"),
        ] {
            assert_refused(&scene.say(&altered).await, code);
        }
        scene.provider.alter(|manner| manner.key = keys::stranger());
        assert_refused(&scene.say(&scene.provider.logout_token(&json!({}), &good)).await, "OIDC_SIGNATURE_REFUSED");
        scene.provider.alter(|manner| manner.key = keys::partner());
        // Nothing is written for what strangers may have sent.
        assert!(scene.gateway.entries("partner_sign_out_refused").await.is_empty());
        assert!(wens.is_alive(&scene.gateway).await);
        for typ in [json!({"typ": null}), json!({"typ": "JWT"}), json!({"typ": "LOGOUT+JWT"}), json!({})] {
            assert_taken(&scene.say(&scene.provider.logout_token(&typ, &good)).await);
        }
        assert!(!wens.is_alive(&scene.gateway).await);
    }

    async fn an_id_token_is_no_logout_token(backend: Backend) {
        let scene = Scene::open(backend).await;
        let wens = scene.session(&wen(), Some("op 1")).await;
        let now = scene.gateway.now().seconds();
        for nonce in [json!("n"), Value::Null] {
            let claims = json!({
                "iss": scene.provider.issuer(), "aud": "gate way", "iat": now, "exp": now + 300, "nonce": nonce,
                "sub": "wen-1", "sid": "op 1", "jti": "j",
            });
            let token = scene.provider.signed(&json!({"alg": "RS256", "kid": "k1", "typ": "JWT"}), &claims);
            assert_refused(&scene.say(&token).await, "OIDC_RESPONSE_REFUSED");
        }
        assert!(wens.is_alive(&scene.gateway).await);
        scene.end(json!({"sub": "wen-1"})).await;
        assert!(!wens.is_alive(&scene.gateway).await);
    }

    async fn a_logout_token_is_good_once(backend: Backend) {
        let scene = Scene::open(backend).await;
        scene.session(&wen(), Some("op 1")).await;
        let token = scene.provider.logout_token(&json!({}), &json!({"sub": "wen-1", "jti": "one"}));
        assert_taken(&scene.say(&token).await);
        let wens = scene.session(&wen(), Some("op 2")).await;
        assert_refused(&scene.say(&token).await, "OIDC_RESPONSE_REFUSED");
        let entry = scene.gateway.entries("partner_sign_out_refused").await.remove(0);
        assert_eq!(entry.cause.as_deref(), Some("logout_token_replayed"));
        // Nor is another token of the same name, for as long as the first could still be accepted.
        let again = scene.provider.logout_token(&json!({}), &json!({"sub": "wen-1", "jti": "one"}));
        assert_refused(&scene.say(&again).await, "OIDC_RESPONSE_REFUSED");
        scene.gateway.clock.advance(Duration::from_secs(120 + 59));
        entente::flows::upkeep::sweep(&scene.gateway.services).await.unwrap();
        assert_refused(&scene.say(&token).await, "OIDC_RESPONSE_REFUSED");
        assert!(wens.is_alive(&scene.gateway).await);
        scene.end(json!({"sub": "wen-1", "jti": "two"})).await;
        assert!(!wens.is_alive(&scene.gateway).await);
    }

    async fn of_several_at_once_one_is_taken(backend: Backend) {
        let scene = Scene::open(backend).await;
        let wens = scene.session(&wen(), Some("op 1")).await;
        let token = scene.provider.logout_token(&json!({}), &json!({"sid": "op 1"}));
        let (a, b, c) = tokio::join!(scene.say(&token), scene.say(&token), scene.say(&token));
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400]);
        assert!(!wens.is_alive(&scene.gateway).await);
    }
}

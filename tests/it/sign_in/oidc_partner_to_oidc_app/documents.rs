//! The provider's documents: read when needed and in the background, kept while their source is down, new keys taken, old refused.

use std::time::Duration;

use entente::flows::documents::poll;
use serde_json::json;

use crate::support::journey::{assert_refused, granted};
use crate::support::keys;
use crate::support::provider::{jwks_of, wen};
use crate::support::stores::on_both_stores;

use super::open;

on_both_stores! {
    async fn a_new_key_is_taken_and_looked_for_at_most_once_a_minute(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let sign_in = async || provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await;
        granted(&sign_in().await);
        provider.alter(|manner| {
            manner.key = keys::stranger();
            manner.header = json!({"kid": "k2"});
            manner.jwks = Some(jwks_of(&[("k1", &keys::partner()), ("k2", &keys::stranger())]));
        });
        // The documents were read this very minute.
        assert_refused(&gateway, &sign_in().await, "OIDC_SIGNATURE_REFUSED", "token_key_unknown").await;
        assert_eq!(provider.asked("jwks"), 1);
        gateway.clock.advance(Duration::from_secs(60));
        granted(&sign_in().await);
        assert_eq!(provider.asked("jwks"), 2);
        provider.alter(|manner| manner.header = json!({"kid": "k3"}));
        for _ in 0..3 {
            assert_refused(&gateway, &sign_in().await, "OIDC_SIGNATURE_REFUSED", "token_key_unknown").await;
        }
        assert_eq!(provider.asked("jwks"), 2);
    }

    async fn a_key_that_has_left_the_document_is_refused_from_the_next_reading_on(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let sign_in = async || provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await;
        granted(&sign_in().await);
        provider.alter(|manner| manner.jwks = Some(jwks_of(&[("k2", &keys::stranger())])));
        granted(&sign_in().await);
        gateway.clock.advance(Duration::from_secs(60 * 60));
        assert_eq!(poll(&gateway.services).await.unwrap().changed, 1);
        assert_refused(&gateway, &sign_in().await, "OIDC_SIGNATURE_REFUSED", "token_key_unknown").await;
    }

    async fn documents_that_have_not_changed_are_not_sent_again(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        provider.alter(|manner| manner.tagged = true);
        let sign_in = async || provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await;
        granted(&sign_in().await);
        let read = async || {
            gateway.clock.advance(Duration::from_secs(60 * 60));
            let polled = poll(&gateway.services).await.unwrap();
            (polled.changed, polled.unchanged, provider.asked("unchanged"))
        };
        // Each of the two has a validator of its own.
        let (_, _, known) = read().await;
        assert_eq!(read().await, (0, 1, known + 2));
        granted(&sign_in().await);
        // New keys beside the same document are taken, and the ones before refused.
        provider.alter(|manner| manner.jwks = Some(jwks_of(&[("k1", &keys::stranger())])));
        assert_eq!(read().await, (1, 0, known + 3));
        assert_refused(&gateway, &sign_in().await, "OIDC_SIGNATURE_REFUSED", "token_signature_refused").await;
        provider.alter(|manner| manner.key = keys::stranger());
        granted(&sign_in().await);
        assert_eq!(read().await, (0, 1, known + 5));
        // A validator is of its address: keys that moved are read whole.
        let moved = format!("{}/jwks?moved", provider.issuer());
        provider.alter(|manner| manner.discovery = json!({"jwks_uri": moved}));
        assert_eq!(read().await, (1, 0, known + 5));
        granted(&sign_in().await);
    }

    async fn the_last_good_documents_stay_while_their_source_is_down(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let sign_in = async || provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await;
        granted(&sign_in().await);
        for broken in [
            json!({"issuer": "https://evil.example"}),
            json!({"jwks_uri": "ftp://evil.example"}),
            json!({"token_endpoint": null}),
        ] {
            provider.alter(|manner| manner.discovery = broken.clone());
            gateway.clock.advance(Duration::from_secs(60 * 60));
            assert_eq!(poll(&gateway.services).await.unwrap().failed, 1);
            granted(&sign_in().await);
        }
        provider.alter(|manner| manner.down = Some(503));
        gateway.clock.advance(Duration::from_secs(24 * 60 * 60));
        assert_eq!(poll(&gateway.services).await.unwrap().failed, 1);
        let before = provider.asked("discovery");
        granted(&sign_in().await);
        granted(&sign_in().await);
        // Whoever signs in does not wait for it.
        assert_eq!(provider.asked("discovery"), before);
    }

    async fn without_good_documents_nobody_is_sent_anywhere(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let ask = async || gateway.client().get(&gateway.authorize(&[("domain_hint", "woodgrove")])).await;
        for (document, cause) in [
            (json!({"issuer": "https://evil.example"}), "discovery_of_another_issuer"),
            (json!({"authorization_endpoint": "http://evil.example/"}), "discovery_endpoint_refused"),
            (json!({"jwks_uri": null}), "discovery_malformed"),
        ] {
            provider.alter(|manner| manner.discovery = document.clone());
            gateway.clock.advance(Duration::from_secs(10));
            let page = ask().await;
            assert_eq!(page.refusal_code(), Some("PARTNER_UNREACHABLE"), "{cause} {}", page.body);
        }
        provider.alter(|manner| (manner.discovery, manner.jwks) = (json!({}), Some(json!({"keys": []}))));
        gateway.clock.advance(Duration::from_secs(10));
        assert_eq!(ask().await.refusal_code(), Some("PARTNER_UNREACHABLE"));
        // Within ten seconds nobody tries again; after them it works.
        provider.alter(|manner| manner.jwks = None);
        assert_eq!(ask().await.refusal_code(), Some("PARTNER_UNREACHABLE"));
        gateway.clock.advance(Duration::from_secs(10));
        assert_eq!(ask().await.status, 303);
    }
}

//! What is not taken, and leaves the last good document where it is.

use std::sync::Arc;
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::upstream::providers::Providers;

use crate::support::gateway::Gateway;
use crate::support::journey::granted;
use crate::support::keys;
use crate::support::partner::{Person, Signs};
use crate::support::source::{Says, Source};
use crate::support::stores::on_both_stores;

use super::*;

/// The gateway keeps out what the source says now, for this cause, and people sign in as before.
async fn assert_kept_out(gateway: &Gateway, source: &Source, says: Says, cause: &str, message: &str) {
    let version = gateway.partner_version().await;
    source.say(says);
    assert_eq!(poll_after(gateway, HOUR).await, FAILED, "{cause} {message}");
    let fault = watch(gateway).await.fault.unwrap();
    assert_eq!(fault.cause, cause, "{}", fault.message);
    assert!(fault.message.contains(message), "{}", fault.message);
    assert_eq!(gateway.partner_version().await, version);
    granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
}

on_both_stores! {
    async fn what_is_no_document_of_the_partner_is_kept_out(backend: Backend) {
        let (gateway, source) = start(backend).await;
        let good = of_fabrikam(&certificates(&[&keys::partner()]));
        let other = Metadata { entity_id: "https://evil.example/saml".to_owned(), ..good.clone() };
        let ended = Metadata { valid_until: Some(gateway.now()), ..good.clone() };
        let keyless = of_fabrikam(&[]);
        let elsewhere = Source::start(of_fabrikam(&certificates(&[&keys::stranger()])).plain()).await;
        let no_way = Metadata { services: String::new(), ..good.clone() };
        for (says, cause, message) in [
            (Says::Html, "metadata_unusable", "XML"),
            (Says::Document(String::new()), "metadata_unusable", "XML"),
            (Says::Document(good.plain().replace("</md:EntityDescriptor>", "")), "metadata_unusable", "XML"),
            (Says::Document(other.plain()), "metadata_of_another_entity", "`https://evil.example/saml`"),
            (Says::Document(ended.plain()), "metadata_unusable", "expired"),
            (Says::Document(keyless.plain()), "metadata_unusable", "no usable signing key"),
            (Says::Document(no_way.plain()), "metadata_unusable", "no SSO location"),
            (Says::Status(500), "metadata_no_answer", "status 500"),
            (Says::Status(404), "metadata_no_answer", "status 404"),
            (Says::Status(304), "metadata_no_answer", "status 304"),
            (Says::Redirect(elsewhere.url.clone()), "metadata_no_answer", "redirects are not followed"),
            (Says::Endless, "metadata_no_answer", "more than 1048576 bytes"),
        ] {
            assert_kept_out(&gateway, &source, says, cause, message).await;
        }
        assert_eq!(elsewhere.asked().0, 0);
        let causes: Vec<_> = audited(&gateway, "metadata_refused").await.into_iter().map(|record| record.cause).collect();
        let causes: Vec<_> = causes.iter().flatten().map(String::as_str).collect();
        assert_eq!(causes, ["metadata_unusable", "metadata_of_another_entity", "metadata_unusable"], "once in a row each");
        // The twin of all of them is taken.
        source.publish(of_fabrikam(&certificates(&[&keys::partner(), &keys::stranger()])).plain());
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
    }

    async fn an_older_document_is_kept_out(backend: Backend) {
        let (gateway, source) = start(backend).await;
        let dated = |made_at: Timestamp| {
            let certificates = certificates(&[&keys::partner(), &keys::stranger()]);
            Metadata { made_at: Some(made_at), ..of_fabrikam(&certificates) }
        };
        let (old, new) = (gateway.now().minus(DAY), gateway.now());
        source.publish(dated(new).plain());
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        assert_kept_out(&gateway, &source, Says::Document(dated(old).plain()), "metadata_older", "was made at").await;
        source.publish(dated(new.plus(Duration::from_secs(1))).plain());
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        // One that says only when it ends.
        let ending = |days| {
            let valid_until = Some(gateway.now().plus(DAY * days));
            Metadata { valid_until, ..of_fabrikam(&certificates(&[&keys::partner()])) }
        };
        let (sooner, later) = (ending(40), ending(50));
        source.publish(later.plain());
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        assert_kept_out(&gateway, &source, Says::Document(sooner.plain()), "metadata_older", "ends at").await;
    }

    async fn where_a_key_is_pinned_it_must_have_signed_the_document(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let good = of_fabrikam(&certificates(&[&keys::partner()]));
        let source = Source::start(good.signed(&keys::stranger())).await;
        applied(&gateway, &fabrikam_at(&source.url, "metadata_certificate = 'signer.pem'")).await;
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);

        let next = of_fabrikam(&certificates(&[&keys::partner(), &keys::stranger()]));
        let signed = next.signed(&keys::stranger());
        let altered = signed.replace("https://idp.fabrikam.example/sso", "https://evil.example/sso");
        let wrapped = format!(
            "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_other\">{signed}\
             </md:EntitiesDescriptor>"
        );
        for (document, message) in [
            (next.plain(), "has not signed"),
            (next.signed(&keys::partner()), "has not signed"),
            (altered, "has not signed"),
            (wrapped, "has not signed"),
        ] {
            assert_kept_out(&gateway, &source, Says::Document(document), "metadata_unusable", message).await;
        }
        source.publish(signed);
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
    }

    async fn a_source_that_never_comes_to_an_end_is_left_in_time(backend: Backend) {
        let (mut gateway, source) = start(backend).await;
        let public_url = &gateway.services.settings.public_url;
        let impatient = Providers::with_patience(public_url, Duration::from_millis(500));
        let patient = std::mem::replace(&mut gateway.services.providers, Arc::new(impatient));
        for says in [Says::Silence, Says::Drops, Says::Nothing] {
            let refused = assert_kept_out(&gateway, &source, says, "metadata_no_answer", "no answer from");
            tokio::time::timeout(Duration::from_secs(30), refused).await.unwrap();
        }
        gateway.services.providers = patient;
        source.publish(of_fabrikam(&certificates(&[&keys::partner(), &keys::stranger()])).plain());
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
    }

    async fn a_key_without_a_use_signs_and_leaves_signatures_required(backend: Backend) {
        let (gateway, source) = start(backend).await;
        let rolled = of_fabrikam(&certificates(&[&keys::stranger()])).plain().replace(" use=\"signing\"", "");
        source.publish(rolled);
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        for (signs, key, is_in) in [
            (Signs::Nothing, keys::stranger(), false),
            (Signs::Assertion, keys::partner(), false),
            (Signs::Assertion, keys::stranger(), true),
        ] {
            let mut client = gateway.client();
            let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
            let mut answer = gateway.answer(&request, &Person::ana());
            answer.signs = signs;
            let signer = Partner::named(&gateway.partner.entity_id, &gateway.partner.sso, key);
            let page = gateway.post_text(&mut client, &request.relay_state, &answer.post(&signer)).await;
            if is_in {
                granted(&page);
            } else {
                assert_eq!(page.refusal_code(), Some("SAML_SIGNATURE_REFUSED"), "{signs:?} {}", page.body);
            }
        }
        // A key for encryption alone signs nothing, and without another the document is kept out.
        let sealing = of_fabrikam(&certificates(&[&keys::partner()])).plain().replace("\"signing\"", "\"encryption\"");
        source.publish(sealing);
        assert_eq!(poll_after(&gateway, HOUR).await, FAILED);
    }
}

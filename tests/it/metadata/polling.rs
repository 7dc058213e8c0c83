//! New keys are taken, withdrawn ones refused, by every node at its next request; sources that are down.

use std::time::Duration;

use entente::flows::documents::{Outcome, poll};
use entente::keys::signing::SigningKey;

use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, granted};
use crate::support::keys;
use crate::support::partner::{Partner, Person};
use crate::support::source::{Says, Source};
use crate::support::stores::on_both_stores;

use super::*;

/// A whole sign-in through fabrikam, which signs with `key`.
async fn sign_in_by(gateway: &Gateway, key: SigningKey) -> crate::support::client::Page {
    let partner = Partner::named(&gateway.partner.entity_id, &gateway.partner.sso, key);
    let mut client = gateway.client();
    let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
    let answer = gateway.answer(&request, &Person::ana());
    gateway.post_text(&mut client, &request.relay_state, &answer.post(&partner)).await
}

on_both_stores! {
    async fn a_new_key_is_taken_and_a_withdrawn_one_refused(backend: Backend) {
        let (gateway, source) = start(backend).await;
        granted(&sign_in_by(&gateway, keys::partner()).await);
        let early = sign_in_by(&gateway, keys::stranger()).await;
        assert_refused(&gateway, &early, "SAML_SIGNATURE_REFUSED", "signature_mismatch").await;

        // Both, while the partner rotates.
        source.publish(of_fabrikam(&certificates(&[&keys::partner(), &keys::stranger()])).plain());
        assert_eq!(poll_after(&gateway, Duration::from_secs(60)).await, NOTHING_DUE);
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        granted(&sign_in_by(&gateway, keys::partner()).await);
        granted(&sign_in_by(&gateway, keys::stranger()).await);

        // The old one is withdrawn.
        source.publish(of_fabrikam(&certificates(&[&keys::stranger()])).plain());
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        granted(&sign_in_by(&gateway, keys::stranger()).await);
        let late = sign_in_by(&gateway, keys::partner()).await;
        assert_refused(&gateway, &late, "SAML_SIGNATURE_REFUSED", "signature_mismatch").await;

        let changes = audited(&gateway, "metadata_changed").await;
        assert_eq!(changes.len(), 2);
        assert!(changes.iter().all(|change| detail(change, "fields") == "certificates" && change.actor == "system"));
    }

    /// What is polled by one node decides at the next request of another, also for an answer that its cache
    /// would still believe.
    async fn what_one_node_reads_decides_on_every_node(backend: Backend) {
        let (gateway, source) = start(backend).await;
        // This node has the record in its cache.
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        source.publish(of_fabrikam(&certificates(&[&keys::stranger()])).plain());
        gateway.clock.advance(HOUR - Duration::from_secs(60));
        let mut other = gateway.client();
        let second = gateway.ask(&mut other, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        gateway.clock.advance(Duration::from_secs(60));
        let node = gateway.second_node().await;
        assert_eq!(poll(&node.services).await.unwrap(), CHANGED);
        let answer = gateway.answer(&second, &Person::ana());
        let page = gateway.post(&mut other, &second, &answer).await;
        assert_refused(&gateway, &page, "SAML_SIGNATURE_REFUSED", "signature_mismatch").await;
        let renewed = Partner::named(&gateway.partner.entity_id, &gateway.partner.sso, keys::stranger());
        let answer = gateway.answer(&second, &Person::ana());
        granted(&gateway.post_text(&mut other, &second.relay_state, &answer.post(&renewed)).await);
        drop(request);
    }

    /// Several nodes read each document once.
    async fn a_document_that_is_due_is_read_by_one_node(backend: Backend) {
        let (gateway, source) = start(backend).await;
        let node = gateway.second_node().await;
        let before = source.asked().0;
        gateway.clock.advance(HOUR);
        let (here, there) = tokio::join!(poll(&gateway.services), poll(&node.services));
        let (here, there) = (here.unwrap(), there.unwrap());
        assert_eq!((here.unchanged + there.unchanged, here.changed, there.changed), (1, 0, 0));
        assert_eq!(source.asked().0, before + 1);
    }

    async fn what_has_not_changed_is_not_sent_again(backend: Backend) {
        let (gateway, source) = start(backend).await;
        source.tag("\"one\"");
        assert_eq!(poll_after(&gateway, HOUR).await, UNCHANGED);
        assert_eq!(source.asked().1, 0, "nothing was known to ask by");
        let version = gateway.partner_version().await;
        assert_eq!(poll_after(&gateway, HOUR).await, UNCHANGED);
        assert_eq!(poll_after(&gateway, HOUR).await, UNCHANGED);
        assert_eq!(source.asked().1, 2);
        assert_eq!(gateway.partner_version().await, version);
        granted(&sign_in_by(&gateway, keys::partner()).await);
        // A new one has another validator.
        source.publish(of_fabrikam(&certificates(&[&keys::stranger()])).plain());
        source.tag("\"two\"");
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        granted(&sign_in_by(&gateway, keys::stranger()).await);
        assert_eq!(poll_after(&gateway, HOUR).await, UNCHANGED);
        assert_eq!(source.asked().1, 3);
    }

    async fn a_source_that_is_down_is_asked_less_and_less(backend: Backend) {
        let (gateway, source) = start(backend).await;
        source.say(Says::Status(503));
        assert_eq!(poll_after(&gateway, HOUR).await, FAILED);
        for (wait, failures) in [(1, 2), (2, 3), (4, 4), (8, 5), (16, 6), (32, 7), (60, 8), (60, 9)] {
            let wait = Duration::from_secs(wait * 60);
            // Up to a tenth sooner than the whole wait.
            assert_eq!(poll_after(&gateway, wait * 8 / 10).await, NOTHING_DUE, "{failures}");
            assert_eq!(poll_after(&gateway, wait - wait * 8 / 10).await, FAILED, "{failures}");
            assert_eq!(watch(&gateway).await.failures, failures);
        }
        let fault = watch(&gateway).await.fault.unwrap();
        assert_eq!(fault.cause, "metadata_no_answer");
        assert!(fault.message.ends_with("answers with status 503"), "{}", fault.message);
        granted(&sign_in_by(&gateway, keys::partner()).await);
        assert_eq!(audited(&gateway, "metadata_refused").await.len(), 0, "there was no document to refuse");
        // It is back.
        source.publish(of_fabrikam(&certificates(&[&keys::stranger()])).plain());
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        let watch = watch(&gateway).await;
        assert_eq!((watch.failures, watch.fault, watch.read_at), (0, None, Some(gateway.now())));
        granted(&sign_in_by(&gateway, keys::stranger()).await);
    }

    async fn a_gateway_that_starts_while_the_source_is_down_goes_on(backend: Backend) {
        let (gateway, source) = start(backend).await;
        drop(source);
        gateway.clock.advance(HOUR);
        let (url, services, serving) = gateway.second_address_with(|_| {}).await;
        assert_eq!(poll(&services).await.unwrap(), FAILED);
        let mut client = crate::support::client::Client::new(&url);
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let answer = gateway.answer(&request, &Person::ana());
        granted(&gateway.post(&mut client, &request, &answer).await);
        serving.abort();
    }

    async fn a_document_may_ask_to_be_read_sooner(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut document = of_fabrikam(&certificates(&[&keys::partner()]));
        let source = Source::start(document.plain()).await;
        applied(&gateway, &fabrikam_at(&source.url, "")).await;
        document.cache_duration = Some("PT20M");
        source.publish(document.plain());
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        assert_eq!(poll_after(&gateway, Duration::from_secs(17 * 60)).await, NOTHING_DUE);
        assert_eq!(poll_after(&gateway, Duration::from_secs(3 * 60)).await, UNCHANGED);
        // That alone is no news for the audit.
        assert_eq!(audited(&gateway, "metadata_changed").await.len(), 0);
    }

    async fn an_operator_reads_it_now(backend: Backend) {
        let (gateway, source) = start(backend).await;
        assert_eq!(refreshed(&gateway).await, Outcome::Unchanged);
        source.publish(of_fabrikam(&certificates(&[&keys::stranger()])).plain());
        assert_eq!(refreshed(&gateway).await, Outcome::Changed(vec!["certificates"]));
        granted(&sign_in_by(&gateway, keys::stranger()).await);
        assert_eq!(audited(&gateway, "metadata_changed").await[0].actor, "operator:olga");
        source.say(Says::Status(404));
        assert!(matches!(refreshed(&gateway).await, Outcome::Failed(_)));
    }

    /// A document that was fetched is not used past its end, whoever keeps its source from being read.
    async fn f81_a_document_that_ends_is_renewed_before_it_does(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let minutes = |count: u64| Duration::from_secs(count * 60);
        let mut document = of_fabrikam(&certificates(&[&keys::partner()]));
        document.valid_until = Some(gateway.now().plus(minutes(40)));
        let source = Source::start(document.plain()).await;
        applied(&gateway, &fabrikam_at(&source.url, "")).await;
        document.valid_until = Some(gateway.now().plus(DAY * 2));
        document.certificates = certificates(&[&keys::stranger()]);
        source.publish(document.plain());
        // Half of what is left is a good time to ask, sooner than the usual hour.
        assert_eq!(poll_after(&gateway, minutes(10)).await, NOTHING_DUE);
        assert_eq!(poll_after(&gateway, minutes(10)).await, CHANGED);
        gateway.clock.advance(minutes(20));
        granted(&sign_in_by(&gateway, keys::stranger()).await);
        let page = sign_in_by(&gateway, keys::partner()).await;
        assert_eq!(page.refusal_code(), Some("SAML_SIGNATURE_REFUSED"), "{}", page.body);
    }

    async fn f81_a_fetched_document_ends_when_it_says_so(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut document = of_fabrikam(&certificates(&[&keys::partner()]));
        document.valid_until = Some(gateway.now().plus(DAY * 2));
        let source = Source::start(document.plain()).await;
        applied(&gateway, &fabrikam_at(&source.url, "")).await;
        source.say(Says::Status(500));
        gateway.clock.advance(DAY * 2 - Duration::from_secs(60));
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        granted(&sign_in_by(&gateway, keys::partner()).await);
        gateway.clock.advance(Duration::from_secs(60));
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_refused(&gateway, &page, "PARTNER_DISABLED", "partner_metadata_expired").await;
        let page = gateway.client().get(&gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        assert_eq!(page.refusal_code(), Some("PARTNER_DISABLED"), "{}", page.body);
        // A new one brings it back.
        document.valid_until = Some(gateway.now().plus(DAY));
        source.publish(document.plain());
        assert_eq!(poll_after(&gateway, Duration::ZERO).await, CHANGED);
        granted(&sign_in_by(&gateway, keys::partner()).await);
    }
}

//! Ends of documents and certificates are warned of, once at each mark.

use metrics_exporter_prometheus::PrometheusBuilder;

use crate::support::gateway::Gateway;
use crate::support::keys;
use crate::support::source::Source;
use crate::support::stores::{Backend, on_both_stores};

use super::*;

/// What has been warned of: what ends, and for how many days ahead.
async fn warned(gateway: &Gateway) -> Vec<(String, String)> {
    let word = |record: &AuditRecord| detail(record, "ends").split(' ').next().unwrap().to_owned();
    let records = audited(gateway, "metadata_ending").await;
    records.iter().map(|record| (word(record), detail(record, "days").to_owned())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(what, days)| ((*what).to_owned(), (*days).to_owned())).collect()
}

/// The runtime has one thread, on which the counts are taken.
#[tokio::test]
async fn an_end_is_counted_by_what_it_is_and_how_near() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let counts = recorder.handle();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let gateway = Gateway::start(Backend::Sqlite).await;
    let mut document = of_fabrikam(&certificates(&[&keys::partner()]));
    document.valid_until = Some(gateway.now().plus(DAY * 18));
    let source = Source::start(document.plain()).await;
    applied(&gateway, &fabrikam_at(&source.url, "")).await;
    for days in ["30", "14"] {
        poll_after(&gateway, DAY * 2).await;
        let line = format!("entente_metadata_ends_total{{what=\"document\",days=\"{days}\"}} 1");
        let counted = counts.render();
        assert!(counted.lines().any(|counted| counted == line), "{line}: {counted}");
    }
}

on_both_stores! {
    async fn an_ending_document_is_warned_of_at_each_mark_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut document = of_fabrikam(&certificates(&[&keys::partner()]));
        document.valid_until = Some(gateway.now().plus(DAY * 40));
        let source = Source::start(document.plain()).await;
        applied(&gateway, &fabrikam_at(&source.url, "")).await;
        let mut days = Vec::new();
        for day in 1..40 {
            poll_after(&gateway, DAY / 2).await;
            poll_after(&gateway, DAY / 2).await;
            days.resize(warned(&gateway).await.len(), 40 - day);
        }
        let marks = pairs(&[("document", "30"), ("document", "14"), ("document", "7"), ("document", "1")]);
        assert_eq!(warned(&gateway).await, marks);
        assert_eq!(days, [30, 14, 7, 1]);
    }

    /// Also where the document is a file, which nobody fetches.
    async fn an_ending_certificate_is_warned_of(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let owner = Owner::Partner(gateway.partner_id);
        unit.begin_watch(&Watch::due(owner, gateway.now())).await.unwrap();
        unit.commit().await.unwrap();
        // The certificates of the tests are good for a year.
        assert_eq!(poll_after(&gateway, DAY * 334).await, UNCHANGED);
        assert_eq!(warned(&gateway).await, []);
        assert_eq!(poll_after(&gateway, DAY * 2).await, UNCHANGED);
        assert_eq!(poll_after(&gateway, DAY).await, UNCHANGED);
        assert_eq!(warned(&gateway).await, pairs(&[("certificate", "30")]));
        // Past its end, after a long silence, it is said once more.
        assert_eq!(poll_after(&gateway, DAY * 100).await, UNCHANGED);
        assert_eq!(poll_after(&gateway, DAY).await, UNCHANGED);
        assert_eq!(warned(&gateway).await, pairs(&[("certificate", "30"), ("certificate", "1")]));
    }

    async fn the_pinned_certificate_is_warned_of_too_and_none_twice_by_two_nodes(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let document = of_fabrikam(&certificates(&[&keys::partner()]));
        let source = Source::start(document.signed(&keys::stranger())).await;
        applied(&gateway, &fabrikam_at(&source.url, "metadata_certificate = 'signer.pem'")).await;
        let node = gateway.second_node().await;
        gateway.clock.advance(DAY * 340);
        let (here, there) = tokio::join!(poll(&gateway.services), poll(&node.services));
        assert_eq!(here.unwrap().unchanged + there.unwrap().unchanged, 1);
        assert_eq!(warned(&gateway).await, pairs(&[("certificate", "30"), ("pinned_certificate", "30")]));
    }
}

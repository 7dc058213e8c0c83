//! Chains stay whole whatever becomes of the units that write in them.

use std::collections::BTreeMap;
use std::task::{Context, Waker};
use std::time::Duration;

use entente::base::encoding::hex;
use entente::domain::audit::AuditId;
use entente::domain::audit_chain::ChainedEntry;
use entente::domain::store::audit_chain::Stretch;
use entente::flows::audit_chain::heads;

use super::{append, entry, execute, rewrite, verified};
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::stores::{Backend, on_both_stores};

/// Everything that this process has written.
pub async fn entries(gateway: &Gateway) -> Vec<ChainedEntry> {
    let store = &gateway.services.store;
    let after = (i64::MIN, AuditId::from_uuid(uuid::Uuid::nil()));
    let stretch = Stretch { node: store.audit_node(), after, until: i64::MAX, limit: 10_000 };
    store.chained_entries(stretch).await.unwrap()
}

on_both_stores! {
    async fn f96_units_at_once_of_which_some_are_undone_leave_whole_chains(backend: Backend) {
        const UNITS: u32 = 60;
        let gateway = Gateway::start(backend).await;
        let before = entries(&gateway).await.len();
        let tasks: Vec<_> = (0..UNITS)
            .map(|number| {
                let store = gateway.services.store.clone();
                let entries: Vec<_> = (0..=number % 3).map(|_| entry(&gateway, "olga", gateway.now())).collect();
                tokio::spawn(async move {
                    let mut unit = store.unit_of_work().await.unwrap();
                    for entry in &entries {
                        unit.append_audit(entry).await.unwrap();
                        tokio::task::yield_now().await;
                    }
                    match number % 4 {
                        // Undone.
                        0 => return 0,
                        // Left while it commits: written or not.
                        1 if number % 8 == 1 => {
                            let mut commit = unit.commit();
                            let _ = commit.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                            return 0;
                        }
                        _ => unit.commit().await.unwrap(),
                    }
                    entries.len()
                })
            })
            .collect();
        let mut least = before;
        for task in tasks {
            least += task.await.unwrap();
        }
        heads::sign(&gateway.services).await.unwrap();
        let found = verified(&gateway).await;
        assert_eq!(found.told, []);
        assert!(found.entries as usize >= least && found.heads > 0, "{found:?}");
        let mut numbers: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for place in entries(&gateway).await.iter().map(|entry| entry.place.unwrap()) {
            numbers.entry(place.chain).or_default().push(place.number);
        }
        for (chain, numbers) in numbers {
            assert!((1..).zip(&numbers).all(|(expected, number)| expected == *number), "{chain}: {numbers:?}");
        }
    }

    async fn f96_a_sign_in_and_its_refusals_are_chained(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, _) = gateway.ana_signed_in().await;
        let mut stranger = gateway.client();
        let page = gateway.sign_in(&mut stranger, &Person::ben()).await;
        assert_ne!(page.status, 303);
        gateway.services.refusals.flush().await;
        heads::sign(&gateway.services).await.unwrap();
        let found = verified(&gateway).await;
        assert_eq!((&found.told, found.faults), (&Vec::new(), 0));
        assert!(found.entries >= 3, "{found:?}");
        assert!(entries(&gateway).await.iter().all(|entry| entry.link.is_some()));
    }

    async fn a_chain_goes_on_where_the_last_unit_ended(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for _ in 0..3 {
            append(&gateway, "olga").await;
            let mut undone = gateway.services.store.unit_of_work().await.unwrap();
            undone.append_audit(&entry(&gateway, "olga", gateway.now())).await.unwrap();
        }
        let places: Vec<_> = entries(&gateway).await.iter().rev().take(3).map(|entry| entry.place.unwrap()).collect();
        assert!(places.windows(2).all(|pair| pair[0].chain == pair[1].chain && pair[0].number == pair[1].number + 1));
    }

    async fn heads_are_signed_for_what_is_new_and_follow_one_another(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        append(&gateway, "olga").await;
        let first = heads::sign(&gateway.services).await.unwrap();
        assert!(first > 0);
        assert_eq!(heads::sign(&gateway.services).await.unwrap(), 0);
        // Another process signs at the same time.
        let other = gateway.second_node().await.services;
        append(&gateway, "olga").await;
        let mut unit = other.store.unit_of_work().await.unwrap();
        unit.append_audit(&entry(&gateway, "paul", gateway.now())).await.unwrap();
        unit.commit().await.unwrap();
        let (ours, theirs) = tokio::join!(heads::sign(&gateway.services), heads::sign(&other));
        assert_eq!((ours.unwrap(), theirs.unwrap()), (1, 1));
        let signed = heads::page(&gateway.services, 0).await.unwrap();
        assert!((1..).zip(&signed).all(|(serial, head)| head.statement.serial == serial));
        assert_eq!(signed.len(), first + 2);
    }

    async fn what_was_written_before_there_were_chains_is_held_by_the_first_heads(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for operator in ["olga", "paul", "quinn"] {
            gateway.clock.advance(Duration::from_secs(1));
            append(&gateway, operator).await;
        }
        let mut old = Vec::new();
        for entry in entries(&gateway).await {
            let text = String::from_utf8(entry.canonical).unwrap();
            let place = entry.place.unwrap();
            let text = text.replace(&format!(r#""chain":{},"#, place.chain), "");
            let text = text.replace(&format!(r#""number":{},"#, place.number), "");
            rewrite(backend, &gateway, entry.sequence, text.as_bytes(), None).await;
            old.push((entry.sequence, text));
        }
        let (last, text) = old.last().unwrap().clone();
        // A process of a release that chains.
        let services = gateway.second_node().await.services;
        let gateway_of_now = |found: &entente::flows::audit_chain::verify::Verified| {
            found.told.iter().map(|fault| format!("{fault:?}")).collect::<Vec<_>>().join("; ")
        };
        let services = entente::flows::services::Services {
            keys: gateway.services.keys.clone(),
            signer: gateway.services.signer.clone(),
            ..services
        };
        heads::begin(&services).await.unwrap();
        heads::begin(&services).await.unwrap();
        let mut unit = services.store.unit_of_work().await.unwrap();
        unit.append_audit(&entry(&gateway, "olga", gateway.now())).await.unwrap();
        unit.commit().await.unwrap();
        let found = verified(&gateway).await;
        assert_eq!((gateway_of_now(&found).as_str(), found.heads), ("", 1));

        let changed = text.replace("olga", "mallory").replace("quinn", "mallory");
        rewrite(backend, &gateway, last, changed.as_bytes(), None).await;
        let found = verified(&gateway).await;
        assert!(gateway_of_now(&found).contains("Altered(\"actor\")"), "{found:?}");
        assert!(gateway_of_now(&found).contains("NotAsSigned"), "{found:?}");
        rewrite(backend, &gateway, last, text.as_bytes(), None).await;

        let node = gateway.services.store.audit_node();
        let copy = format!(
            "insert into audit (id, at, node, sequence, activity, actor, canonical)
             select {}, at, node, 99, activity, actor, canonical from audit where node = '{node}' and sequence = {last}",
            match backend {
                Backend::Sqlite => format!("x'{}'", hex(&[9; 16])),
                Backend::Postgres => format!("'\\x{}'::bytea", hex(&[9; 16])),
            }
        );
        execute(backend, &gateway, &copy).await;
        let found = verified(&gateway).await;
        assert!(gateway_of_now(&found).contains("sequence: 99, fault: Unlinked"), "{found:?}");
        execute(backend, &gateway, &format!("delete from audit where node = '{node}' and sequence = 99")).await;
        execute(backend, &gateway, &format!("delete from audit where node = '{node}' and sequence = {last}")).await;
        let found = verified(&gateway).await;
        assert!(gateway_of_now(&found).contains("Missing"), "{found:?}");
    }
}

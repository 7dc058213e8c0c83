//! Each way to alter the audit behind the store's back is found, and the place is named.

use std::time::Duration;

use entente::domain::audit_chain::link;
use entente::domain::audit_chain::walk::ChainFault;
use entente::flows::audit_chain::heads;
use entente::flows::audit_chain::verify::{Fault, HeadFault, against};

use super::chains::entries;
use super::{append, execute, rewrite, verified};
use crate::support::gateway::Gateway;
use crate::support::stores::{Backend, on_both_stores};

/// Ten entries in one chain, a head in the middle and one at the end.
async fn written(backend: Backend) -> (Gateway, i64) {
    let gateway = Gateway::start(backend).await;
    for number in 0..10 {
        gateway.clock.advance(Duration::from_secs(1));
        append(&gateway, "olga").await;
        if number == 4 {
            heads::sign(&gateway.services).await.unwrap();
        }
    }
    heads::sign(&gateway.services).await.unwrap();
    let keep = "create table kept as select * from audit; create table kept_heads as select * from audit_heads";
    execute(backend, &gateway, keep).await;
    let first = entries(&gateway).await.iter().rev().nth(9).unwrap().sequence;
    (gateway, first)
}

const RESTORE: &str = "delete from audit; insert into audit select * from kept;
    delete from audit_heads; insert into audit_heads select * from kept_heads";

/// Whether a fault is the expected one.
type Expected = fn(&Fault) -> bool;

/// Entries and what is wrong with them.
fn of_entries(faults: &[Fault]) -> Vec<(i64, ChainFault)> {
    let of_entry = |fault: &Fault| match fault {
        Fault::Entry { sequence, fault, .. } => Some((*sequence, *fault)),
        _ => None,
    };
    faults.iter().filter_map(of_entry).collect()
}

on_both_stores! {
    async fn f96_an_entry_changed_removed_inserted_or_moved_is_found(backend: Backend) {
        let (gateway, first) = written(backend).await;
        assert_eq!(verified(&gateway).await.told, []);
        let node = gateway.services.store.audit_node().to_owned();
        let at = |number: i64| format!("node = '{node}' and sequence = {}", first + number);
        let bytes = |hex: &str| match backend {
            Backend::Sqlite => format!("x'{hex}'"),
            Backend::Postgres => format!("'\\x{hex}'::bytea"),
        };
        let all = "at, node, 77, activity, actor, code, cause, attempt_id, partner_id, app_id, guest_id, session_id,
            target_id, address, canonical, link";
        let copy = format!("insert into audit select {}, {all} from audit where {}", bytes(&"09".repeat(16)), at(3));
        let cases = [
            (format!("update audit set actor = 'operator:mallory' where {}", at(2)), (2, ChainFault::Altered("actor"))),
            (format!("update audit set at = at + 1 where {}", at(2)), (2, ChainFault::Altered("at"))),
            (format!("update audit set address = null where {}", at(2)), (2, ChainFault::Altered("address"))),
            (format!("update audit set guest_id = {} where {}", bytes("00"), at(2)), (2, ChainFault::Altered("guest_id"))),
            (format!("update audit set node = 'other' where {}", at(2)), (3, ChainFault::Removed { count: 1 })),
            (format!("update audit set link = {} where {}", bytes(&"07".repeat(32)), at(2)), (2, ChainFault::Changed)),
            (format!("update audit set link = {} where {}", bytes("07"), at(2)), (2, ChainFault::Altered("link"))),
            (format!("update audit set link = null where {}", at(2)), (2, ChainFault::Changed)),
            (format!("update audit set canonical = {} where {}", bytes("7b7d"), at(2)), (2, ChainFault::Altered("canonical"))),
            (format!("delete from audit where {}", at(2)), (3, ChainFault::Removed { count: 1 })),
            (format!("delete from audit where {}; delete from audit where {}", at(2), at(3)), (4, ChainFault::Removed { count: 2 })),
            (copy, (77 - first, ChainFault::OutOfPlace)),
            (
                format!(
                    "update audit set sequence = 88 where {two}; update audit set sequence = {} where {three};
                     update audit set sequence = {} where node = '{node}' and sequence = 88",
                    first + 2, first + 3, two = at(2), three = at(3)
                ),
                (3, ChainFault::OutOfPlace),
            ),
        ];
        for (statements, (number, expected)) in cases {
            execute(backend, &gateway, &statements).await;
            let found = verified(&gateway).await;
            let told = of_entries(&found.told);
            assert!(told.contains(&(first + number, expected)), "{statements}: {told:?}");
            assert_eq!(found.faults as usize, found.told.len());
            execute(backend, &gateway, RESTORE).await;
            assert_eq!(verified(&gateway).await.told, [], "{statements}");
        }
    }

    async fn f96_a_chain_made_anew_is_not_the_one_that_was_signed(backend: Backend) {
        let (gateway, first) = written(backend).await;
        let whole = entries(&gateway).await;
        let start = whole.iter().position(|entry| entry.sequence == first + 2).unwrap();
        let mut previous = whole[start - 1].link.unwrap();
        for entry in &whole[start..] {
            let text = String::from_utf8(entry.canonical.clone()).unwrap();
            let text = if entry.sequence == first + 2 { text.replace("192.0.2.7", "192.0.2.9") } else { text };
            previous = link(&previous, text.as_bytes());
            rewrite(backend, &gateway, entry.sequence, text.as_bytes(), Some(previous)).await;
        }
        let node = gateway.services.store.audit_node().to_owned();
        let statement = format!("update audit set address = '192.0.2.9' where node = '{node}' and sequence = {}", first + 2);
        execute(backend, &gateway, &statement).await;
        let told = of_entries(&verified(&gateway).await.told);
        let sequences: Vec<_> = told.iter().map(|(sequence, _)| *sequence).collect();
        assert_eq!(sequences, [first + 4, first + 9]);
        assert!(told.iter().all(|(_, fault)| matches!(fault, ChainFault::NotAsSigned { .. })), "{told:?}");
    }

    async fn f96_a_missing_tail_is_found_as_far_as_the_last_head(backend: Backend) {
        let (gateway, first) = written(backend).await;
        let kept = heads::page(&gateway.services, 0).await.unwrap();
        let node = gateway.services.store.audit_node().to_owned();
        let cut = format!("delete from audit where node = '{node}' and sequence > {}", first + 6);
        execute(backend, &gateway, &cut).await;
        let told = of_entries(&verified(&gateway).await.told);
        assert!(matches!(told[..], [(sequence, ChainFault::Missing { .. })] if sequence == first + 9), "{told:?}");
        // Whoever cuts the heads too is found by those that were kept elsewhere.
        execute(backend, &gateway, "delete from audit_heads where serial = (select max(serial) from audit_heads)").await;
        let mut found = verified(&gateway).await;
        assert_eq!(found.told, []);
        for head in &kept {
            against(&gateway.services, head, &mut found).await.unwrap();
        }
        assert!(matches!(found.told[0], Fault::Head { fault: HeadFault::NotKept, .. }), "{found:?}");
        let told = of_entries(&found.told);
        assert!(matches!(told[..], [(sequence, ChainFault::Missing { .. })] if sequence == first + 9), "{told:?}");

        execute(backend, &gateway, RESTORE).await;
        let mut found = verified(&gateway).await;
        for head in &kept {
            against(&gateway.services, head, &mut found).await.unwrap();
        }
        assert_eq!(found.told, []);
        let mut forged = kept[0].clone();
        forged.statement.tip.link[0] ^= 1;
        against(&gateway.services, &forged, &mut found).await.unwrap();
        assert!(matches!(found.told[..], [Fault::Head { fault: HeadFault::NotSigned, .. }]), "{found:?}");
    }

    async fn f96_heads_that_were_altered_removed_or_all_removed_are_found(backend: Backend) {
        let (gateway, _) = written(backend).await;
        let cases: [(&str, Expected); 5] = [
            ("update audit_heads set at = at + 1 where serial = 1", |fault| {
                matches!(fault, Fault::Head { serial: 1, fault: HeadFault::NotSigned, .. })
            }),
            ("update audit_heads set at = at + 1 where serial = 1", |fault| {
                matches!(fault, Fault::Head { serial: 2, fault: HeadFault::OutOfPlace, .. })
            }),
            ("update audit_heads set key_id = id from (select id from audit limit 1) as other", |fault| {
                matches!(fault, Fault::Head { serial: 2, fault: HeadFault::NotSigned, .. })
            }),
            ("delete from audit_heads where serial = 1", |fault| {
                matches!(fault, Fault::Head { serial: 2, fault: HeadFault::Removed { count: 1 }, .. })
            }),
            ("delete from audit_heads", |fault| *fault == Fault::NoHeads),
        ];
        for (statements, is_expected) in cases {
            execute(backend, &gateway, statements).await;
            let found = verified(&gateway).await;
            assert!(found.told.iter().any(is_expected), "{statements}: {found:?}");
            execute(backend, &gateway, RESTORE).await;
            assert_eq!(verified(&gateway).await.told, [], "{statements}");
        }
    }
}

//! Each way of tampering, beside the untouched chain.

use uuid::Uuid;

use super::*;
use crate::domain::audit::AuditId;

const AT: Timestamp = Timestamp::from_seconds(1);

/// Two chains of a node: entries 1, 3, 4 and 6 in the first, 2 and 5 in the second.
fn chains() -> Vec<ChainedEntry> {
    let places = [(1, 1, 1), (2, 2, 1), (3, 1, 2), (4, 1, 3), (5, 2, 2), (6, 1, 4)];
    let mut last = BTreeMap::new();
    places
        .map(|(sequence, chain, number)| {
            let canonical = format!("entry {sequence}").into_bytes();
            let kept = link(last.get(&chain).unwrap_or(&BEGINNING), &canonical);
            last.insert(chain, kept);
            let place = Some(ChainPlace { chain, number });
            let id = AuditId::from_uuid(Uuid::from_u128(7));
            ChainedEntry { id, sequence, place, link: Some(kept), canonical, altered: None }
        })
        .to_vec()
}

fn check(entries: &[ChainedEntry], expected: &[(i64, ChainFault)]) {
    let mut walk = NodeWalk::default();
    let found: Vec<_> = entries
        .iter()
        .flat_map(|entry| walk.take(entry).into_iter().map(move |fault| (entry.sequence, fault)).collect::<Vec<_>>())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn an_untouched_chain_is_sound() {
    check(&chains(), &[]);
}

#[test]
fn a_changed_entry_is_named_alone() {
    let mut entries = chains();
    entries[2].canonical.push(b'!');
    check(&entries, &[(3, ChainFault::Changed)]);
    let mut entries = chains();
    entries[2].link = Some([9; 32]);
    check(&entries, &[(3, ChainFault::Changed)]);
    let mut entries = chains();
    entries[2].altered = Some("actor");
    check(&entries, &[(3, ChainFault::Altered("actor"))]);
    let mut entries = chains();
    entries[2].link = None;
    check(&entries, &[(3, ChainFault::Changed), (4, ChainFault::Removed { count: 1 })]);
}

#[test]
fn removed_entries_are_counted() {
    let mut entries = chains();
    entries.remove(2);
    check(&entries, &[(4, ChainFault::Removed { count: 1 })]);
    let mut entries = chains();
    entries.drain(2..4);
    check(&entries, &[(6, ChainFault::Removed { count: 2 })]);
    let mut entries = chains();
    entries.remove(0);
    check(&entries, &[(3, ChainFault::Removed { count: 1 })]);
}

#[test]
fn an_entry_that_was_put_in_is_found() {
    let mut entries = chains();
    let mut copy = entries[2].clone();
    copy.sequence = 7;
    entries.push(copy);
    check(&entries, &[(7, ChainFault::OutOfPlace)]);
    let mut entries = chains();
    let mut other = entries[0].clone();
    other.sequence = 7;
    entries.push(other);
    check(&entries, &[(7, ChainFault::OutOfPlace)]);
}

#[test]
fn entries_in_another_order_are_found() {
    let mut entries = chains();
    entries.swap(2, 3);
    (entries[2].sequence, entries[3].sequence) = (3, 4);
    check(&entries, &[(3, ChainFault::Removed { count: 1 }), (4, ChainFault::OutOfPlace)]);
}

#[test]
fn a_chain_that_was_made_anew_is_found_by_its_head() {
    let entries = chains();
    let tip = |entry: &ChainedEntry| ChainTip {
        place: entry.place.unwrap(),
        sequence: entry.sequence,
        link: entry.link.unwrap(),
    };
    let mut walk = NodeWalk::default();
    assert_eq!(walk.hold(&tip(&entries[0]), AT, Some(&entries[0])), None);
    let other = ChainTip { link: [9; 32], ..tip(&entries[0]) };
    assert_eq!(walk.hold(&other, AT, Some(&entries[0])), Some(ChainFault::NotAsSigned { signed_at: AT }));
    assert_eq!(walk.hold(&tip(&entries[0]), AT, None), Some(ChainFault::Missing { signed_at: AT }));
}

#[test]
fn entries_without_a_link_are_held_by_the_head_that_was_signed_over_all() {
    let mut entries = chains();
    for entry in &mut entries {
        (entry.place, entry.link) = (None, None);
    }
    let mut walk = NodeWalk::default();
    assert!(entries.iter().all(|entry| walk.take(entry).is_empty()));
    let signed = walk.unlinked().unwrap();
    assert_eq!((signed.place.number, signed.sequence), (6, 6));
    assert_eq!(walk.stray(), Some(6));
    assert_eq!(walk.hold(&signed, AT, entries.last()), None);
    assert_eq!(walk.stray(), None);
    let mut more = entries[5].clone();
    more.sequence = 7;
    assert!(walk.take(&more).is_empty());
    assert_eq!(walk.stray(), Some(7));

    entries[1].canonical.push(b'!');
    let mut walk = NodeWalk::default();
    assert!(entries.iter().all(|entry| walk.take(entry).is_empty()));
    assert_eq!(walk.hold(&signed, AT, entries.last()), Some(ChainFault::NotAsSigned { signed_at: AT }));
}

#[test]
fn a_gap_is_told_with_the_place_to_read_again_from() {
    let entries = chains();
    let mut walk = NodeWalk::default();
    assert_eq!(walk.gap_before(&entries[3]), Some(0));
    walk.take(&entries[0]);
    assert_eq!(walk.gap_before(&entries[2]), None);
    assert_eq!(walk.gap_before(&entries[3]), Some(1));
    assert_eq!(walk.gap_before(&entries[4]), Some(1));
}

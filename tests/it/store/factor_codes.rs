//! Recovery codes, mailed codes and tallies.

use std::time::Duration;

use entente::domain::factors::FactorKind;
use entente::domain::factors::codes::{CodePurpose, MailedCode, RecoveryCode};
use entente::domain::factors::limits::{Lane, Network, Tally, TallyKey};
use entente::domain::store::sign_ins::Once;

use super::databases::Fresh;
use super::samples::*;

pub async fn new_recovery_codes_replace_all_old_ones(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let others = RecoveryCode { guest: guest_id(2), ..recovery_code(9) };
    let mut unit = unit(&*store).await;
    unit.replace_recovery_codes(guest_id(2), std::slice::from_ref(&others)).await.unwrap();
    assert_eq!(unit.list_recovery_codes(guest_id(1)).await, Ok(vec![recovery_code(1), recovery_code(2)]));
    unit.replace_recovery_codes(guest_id(1), &[recovery_code(4), recovery_code(3)]).await.unwrap();
    assert_eq!(unit.list_recovery_codes(guest_id(1)).await, Ok(vec![recovery_code(3), recovery_code(4)]));
    assert_eq!(unit.take_recovery_code(recovery_code_id(1)).await, Ok(Once::Again), "an old one opens nothing");
    unit.replace_recovery_codes(guest_id(1), &[]).await.unwrap();
    assert_eq!(unit.list_recovery_codes(guest_id(1)).await, Ok(Vec::new()));
    assert_eq!(unit.list_recovery_codes(guest_id(2)).await, Ok(vec![others]));
}

pub async fn a_recovery_code_is_taken_once(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let mut unit = unit(&*store).await;
    for (number, expected) in [(1, Once::First), (1, Once::Again), (9, Once::Again)] {
        assert_eq!(unit.take_recovery_code(recovery_code_id(number)).await, Ok(expected), "{number}");
    }
    assert_eq!(unit.list_recovery_codes(guest_id(1)).await, Ok(vec![recovery_code(2)]));
}

pub async fn a_mailed_code_counts_its_tries_until_it_is_taken(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let (guest, id) = (guest_id(1), mailed_code_id(1));
    let mut unit = unit(&*store).await;
    for tries in 1..=7 {
        let expected = MailedCode { tries, ..mailed_code(1) };
        assert_eq!(unit.count_mailed_code_try(guest, CodePurpose::SecondFactor, id).await, Ok(Some(expected)));
    }
    assert_eq!(unit.take_mailed_code(id, after(60)).await, Ok(Once::First));
    assert_eq!(unit.take_mailed_code(id, after(60)).await, Ok(Once::Again));
    assert_eq!(unit.count_mailed_code_try(guest, CodePurpose::SecondFactor, id).await, Ok(None));
    assert_eq!(unit.count_mailed_code_try(guest, CodePurpose::SecondFactor, mailed_code_id(9)).await, Ok(None));
    assert_eq!(unit.take_mailed_code(mailed_code_id(9), after(60)).await, Ok(Once::Again));
    let sends = unit.list_mailed_code_sends(guest, CodePurpose::SecondFactor, NOW.minus(Duration::from_secs(1))).await;
    assert_eq!(sends, Ok(vec![NOW]), "a taken code was sent all the same");
}

pub async fn sends_after_a_time_are_listed(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let mut unit = unit(&*store).await;
    for (number, seconds) in [(2, 180), (3, 60), (4, 120)] {
        let code = MailedCode { sent_at: after(seconds), ..mailed_code(number) };
        unit.insert_mailed_code(&code).await.unwrap();
    }
    let edge = after(60).minus(Duration::from_micros(1));
    for (since, expected) in [
        (edge, vec![after(60), after(120), after(180)]),
        (after(60), vec![after(120), after(180)]),
        (after(180), Vec::new()),
    ] {
        assert_eq!(
            unit.list_mailed_code_sends(guest_id(1), CodePurpose::SecondFactor, since).await,
            Ok(expected),
            "{since:?}"
        );
    }
}

pub async fn a_mailed_code_counts_for_its_purpose_alone(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let mut unit = unit(&*store).await;
    let (guest, since) = (guest_id(1), NOW.minus(Duration::from_secs(1)));
    unit.insert_mailed_code(&MailedCode { purpose: CodePurpose::SignIn, ..mailed_code(2) }).await.unwrap();
    for (number, purpose, other) in
        [(1, CodePurpose::SecondFactor, CodePurpose::SignIn), (2, CodePurpose::SignIn, CodePurpose::SecondFactor)]
    {
        assert_eq!(unit.list_mailed_code_sends(guest, purpose, since).await, Ok(vec![NOW]));
        assert_eq!(unit.count_mailed_code_try(guest, other, mailed_code_id(number)).await, Ok(None));
        let expected = MailedCode { purpose, tries: 1, ..mailed_code(number) };
        assert_eq!(unit.count_mailed_code_try(guest, purpose, mailed_code_id(number)).await, Ok(Some(expected)));
    }
}

pub async fn a_tally_begins_empty_and_keeps_what_is_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let keys = [
        TallyKey::Factor(factor_id(1), Lane::Known),
        TallyKey::Factor(factor_id(1), Lane::Unknown),
        TallyKey::Kind(guest_id(1), FactorKind::RecoveryCode, Lane::Unknown),
        TallyKey::Account(guest_id(1), Lane::Unknown),
        TallyKey::Network(Network::of("2001:db8::1".parse().unwrap())),
    ];
    let tally = |level| Tally { level, last_at: after(u64::from(level)) };
    let mut first = unit(&*store).await;
    for (level, key) in (0..).zip(&keys) {
        assert_eq!(first.lock_tally(key).await, Ok(Tally::EMPTY));
        first.update_tally(key, &tally(level)).await.unwrap();
    }
    first.update_tally(&keys[0], &Tally { level: u32::MAX, last_at: NOW }).await.unwrap();
    first.commit().await.unwrap();
    let mut second = unit(&*store).await;
    assert_eq!(second.lock_tally(&keys[0]).await, Ok(Tally { level: u32::MAX, last_at: NOW }));
    for (level, key) in (0..).zip(&keys).skip(1) {
        assert_eq!(second.lock_tally(key).await, Ok(tally(level)));
    }
    second.delete_tally(&keys[1]).await.unwrap();
    second.delete_tally(&keys[1]).await.unwrap();
    assert_eq!(second.lock_tally(&keys[1]).await, Ok(Tally::EMPTY));
    assert_eq!(second.lock_tally(&keys[2]).await, Ok(tally(2)));
    // What was counted is kept even where the row has gone.
    second.delete_tally(&keys[2]).await.unwrap();
    second.update_tally(&keys[2], &tally(7)).await.unwrap();
    assert_eq!(second.lock_tally(&keys[2]).await, Ok(tally(7)));
}

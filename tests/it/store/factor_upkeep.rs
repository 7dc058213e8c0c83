//! How factors, codes and tallies go.

use std::time::Duration;

use entente::domain::factors::codes::{CodePurpose, MailedCode, RecoveryCode, SEND_WINDOW};
use entente::domain::factors::limits::{Lane, TALLY_KEPT, Tally, TallyKey};
use entente::domain::factors::{Enrolled, FactorKind};
use entente::domain::store::sign_ins::Once;
use entente::domain::store::upkeep::Swept;
use entente::domain::store::{StoreError, UnitOfWork};

use super::databases::{Fresh, Kind};
use super::samples::*;

const TICK: Duration = Duration::from_micros(1);

fn tally_key(number: u32) -> TallyKey {
    TallyKey::Factor(factor_id(number), Lane::Unknown)
}

async fn assert_nothing_left(unit: &mut dyn UnitOfWork) {
    let guest = guest_id(1);
    assert_eq!(unit.list_factors(guest).await, Ok(Vec::new()));
    assert_eq!(unit.list_recovery_codes(guest).await, Ok(Vec::new()));
    assert_eq!(unit.take_recovery_code(recovery_code_id(1)).await, Ok(Once::Again));
    assert_eq!(unit.count_mailed_code_try(guest, CodePurpose::SecondFactor, mailed_code_id(1)).await, Ok(None));
    assert_eq!(unit.list_mailed_code_sends(guest, CodePurpose::SecondFactor, NOW.minus(TICK)).await, Ok(Vec::new()));
}

pub async fn a_reset_removes_everything_of_one_guest(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let guest = guest_id(2);
    let factor = Enrolled { guest, ..totp(3) };
    let codes = [RecoveryCode { guest, ..recovery_code(3) }];
    let tally = Tally { level: 3, last_at: NOW };
    let mut unit = unit(&*store).await;
    unit.insert_factor(&factor).await.unwrap();
    unit.replace_recovery_codes(guest, &codes).await.unwrap();
    unit.insert_mailed_code(&MailedCode { guest, ..mailed_code(3) }).await.unwrap();
    unit.update_tally(&tally_key(1), &tally).await.unwrap();
    assert_eq!(unit.reset_factors(guest_id(1)).await, Ok(2));
    assert_eq!(unit.reset_factors(guest_id(1)).await, Ok(0));
    assert_nothing_left(&mut *unit).await;
    assert_eq!(unit.list_factors(guest).await, Ok(vec![factor]));
    assert_eq!(unit.list_recovery_codes(guest).await, Ok(codes.to_vec()));
    assert_eq!(
        unit.count_mailed_code_try(guest, CodePurpose::SecondFactor, mailed_code_id(3)).await.unwrap().unwrap().tries,
        1
    );
    assert_eq!(unit.lock_tally(&tally_key(1)).await, Ok(tally), "a reset gives no new tries");
    unit.insert_factor(&passkey(2, 0)).await.unwrap();
}

pub async fn factors_and_codes_go_with_their_guest(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let mut unit = unit(&*store).await;
    unit.delete_guest(guest_id(1)).await.unwrap();
    assert_nothing_left(&mut *unit).await;
    let again = Enrolled { guest: guest_id(2), ..passkey(2, 1) };
    unit.insert_factor(&again).await.unwrap();
    unit.commit().await.unwrap();
    let mut next = super::samples::unit(&*store).await;
    assert_eq!(next.list_factors(guest_id(2)).await, Ok(vec![again]));
    assert_eq!(next.insert_factor(&totp(1)).await, Err(StoreError::Raced), "nobody is there to own it");
}

pub async fn mailed_codes_and_tallies_are_swept_at_their_ends(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let now = NOW.plus(TALLY_KEPT);
    let untouched = TallyKey::Kind(guest_id(1), FactorKind::RecoveryCode, Lane::Known);
    let mut unit = unit(&*store).await;
    for (number, sent_at) in [(2, now.minus(SEND_WINDOW)), (3, now.minus(SEND_WINDOW).plus(TICK))] {
        unit.insert_mailed_code(&MailedCode { sent_at, ..mailed_code(number) }).await.unwrap();
    }
    let (old, young) = (Tally { level: 9, last_at: NOW }, Tally { level: 1, last_at: NOW.plus(TICK) });
    unit.update_tally(&tally_key(1), &old).await.unwrap();
    unit.update_tally(&tally_key(2), &young).await.unwrap();
    unit.lock_tally(&untouched).await.unwrap();
    let swept = unit.sweep(now, NOW, NOW, NOW, 100).await;
    assert_eq!(swept, Ok(Swept { mailed_codes: 2, tallies: 2, ..Swept::default() }));
    assert_eq!(unit.sweep(now, NOW, NOW, NOW, 100).await, Ok(Swept::default()));
    assert_eq!(unit.lock_tally(&tally_key(1)).await, Ok(Tally::EMPTY));
    assert_eq!(unit.lock_tally(&tally_key(2)).await, Ok(young));
    let guest = guest_id(1);
    for (number, is_there) in [(1, false), (2, false), (3, true)] {
        let code = unit.count_mailed_code_try(guest, CodePurpose::SecondFactor, mailed_code_id(number)).await.unwrap();
        assert_eq!(code.is_some(), is_there, "{number}");
    }
    assert_eq!(unit.list_factors(guest).await, Ok(vec![totp(1), passkey(2, 1)]));
    assert_eq!(unit.list_recovery_codes(guest).await, Ok(vec![recovery_code(1), recovery_code(2)]));
}

pub async fn a_sweep_of_tallies_and_mailed_codes_is_bounded(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    for number in 1..=5 {
        let at = after(u64::from(number));
        unit.insert_mailed_code(&MailedCode { sent_at: at, ..mailed_code(number) }).await.unwrap();
        unit.update_tally(&tally_key(number), &Tally { level: number, last_at: at }).await.unwrap();
    }
    let now = after(9).plus(TALLY_KEPT);
    let swept = |count| Ok(Swept { mailed_codes: count, tallies: count, ..Swept::default() });
    assert_eq!(unit.sweep(now, NOW, NOW, NOW, 3).await, swept(3));
    assert_eq!(
        unit.list_mailed_code_sends(guest_id(1), CodePurpose::SecondFactor, NOW).await,
        Ok(vec![after(4), after(5)]),
        "oldest first"
    );
    assert_eq!(unit.sweep(now, NOW, NOW, NOW, 3).await, swept(2));
}

pub async fn a_tally_that_is_being_tried_is_not_swept(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let now = NOW.plus(TALLY_KEPT);
    let mut before = unit(&*store).await;
    before.update_tally(&tally_key(1), &Tally { level: 9, last_at: NOW }).await.unwrap();
    before.commit().await.unwrap();
    let mut trying = unit(&*store).await;
    let found = trying.lock_tally(&tally_key(1)).await.unwrap();
    let sweeping = std::sync::Arc::clone(&store);
    let mut sweep = tokio::spawn(async move {
        let mut unit = unit(&*sweeping).await;
        let swept = unit.sweep(now, NOW, NOW, NOW, 100).await.unwrap();
        unit.commit().await.map(|()| swept)
    });
    // PostgreSQL passes over what is held; on SQLite the sweep has to wait for its turn.
    let passed_over = if fresh.kind == Kind::Postgres { Some((&mut sweep).await) } else { None };
    let counted = Tally { level: found.level + 1, last_at: now };
    trying.update_tally(&tally_key(1), &counted).await.unwrap();
    trying.commit().await.unwrap();
    let swept = match passed_over {
        Some(swept) => swept,
        None => sweep.await,
    };
    assert_eq!(swept.unwrap(), Ok(Swept::default()));
    assert_eq!(unit(&*store).await.lock_tally(&tally_key(1)).await, Ok(counted));
}

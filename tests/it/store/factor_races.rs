//! Acts on second factors, tried by several at the same time on two nodes.

use std::time::Duration;

use entente::base::random::SystemRandom;
use entente::domain::factors::codes::{CodePurpose, MailedCode, MailedCodeId, RecoveryCode, RecoveryCodeId, next_send};
use entente::domain::factors::limits::{Lane, Tally, TallyKey};
use entente::domain::factors::{Enrolled, FactorId, Material};
use entente::domain::store::UnitOfWork;

use super::databases::Fresh;
use super::samples::*;
use super::single_use::{assert_one_first, race};

async fn furnished(fresh: &Fresh) {
    furnish_factors(&*fresh.node("first").await.store).await;
}

async fn reading(fresh: &Fresh) -> Box<dyn UnitOfWork> {
    unit(&*fresh.node("last").await.store).await
}

pub async fn a_step_is_spent_by_one_of_several(fresh: Fresh) {
    furnished(&fresh).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once = unit.remember_totp_step(factor_id(1), 11, after(1)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}

pub async fn a_counter_is_advanced_by_one_of_several(fresh: Fresh) {
    furnished(&fresh).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once = unit.advance_passkey(factor_id(2), &passkey_material(2, 2), after(1)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}

pub async fn a_recovery_code_is_taken_by_one_of_several(fresh: Fresh) {
    furnished(&fresh).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        unit.list_recovery_codes(guest_id(1)).await?;
        let once = unit.take_recovery_code(recovery_code_id(1)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}

pub async fn a_mailed_code_is_taken_by_one_of_several(fresh: Fresh) {
    furnished(&fresh).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once = unit.take_mailed_code(mailed_code_id(1), after(1)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}

pub async fn tries_of_a_mailed_code_are_all_counted(fresh: Fresh) {
    furnished(&fresh).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let code = unit.count_mailed_code_try(guest_id(1), CodePurpose::SecondFactor, mailed_code_id(1)).await?;
        unit.commit().await.map(|()| code.unwrap().tries)
    };
    let mut tries = race(&fresh, act).await;
    tries.sort_unstable();
    assert_eq!(tries, (1..).take(tries.len()).collect::<Vec<u32>>());
}

pub async fn tries_of_a_tally_are_all_counted(fresh: Fresh) {
    furnished(&fresh).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let key = TallyKey::Account(guest_id(1), Lane::Unknown);
        let found = unit.lock_tally(&key).await?;
        let counted = Tally { level: found.level + 1, last_at: after(1) };
        unit.update_tally(&key, &counted).await?;
        unit.commit().await.map(|()| counted.level)
    };
    // The first round makes the row, the second finds it.
    let mut levels = race(&fresh, act).await;
    levels.extend(race(&fresh, act).await);
    let mut sorted = levels.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (1..).take(levels.len()).collect::<Vec<u32>>());
}

pub async fn enrolments_see_each_other(fresh: Fresh) {
    furnished(&fresh).await;
    const MOST: usize = 4;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        if unit.list_factors(guest_id(1)).await?.len() < MOST {
            let id = FactorId::new(NOW, &SystemRandom);
            let Material::Passkey(mut material) = passkey(3, 0).material else { unreachable!() };
            material.credential_id = id.as_bytes().to_vec();
            unit.insert_factor(&Enrolled { id, material: Material::Passkey(material), ..passkey(3, 0) }).await?;
        }
        unit.commit().await
    };
    race(&fresh, act).await;
    assert_eq!(reading(&fresh).await.list_factors(guest_id(1)).await.unwrap().len(), MOST);
}

pub async fn sends_see_each_other(fresh: Fresh) {
    furnished(&fresh).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let now = after(61);
        let sent_at = unit
            .list_mailed_code_sends(guest_id(1), CodePurpose::SecondFactor, NOW.minus(Duration::from_secs(1)))
            .await?;
        let is_open = next_send(&sent_at, now).is_none();
        // A question between reading and writing gives the others time to come in between.
        unit.groups_of(guest_id(1), 1).await?;
        if is_open {
            let id = MailedCodeId::new(now, &SystemRandom);
            unit.insert_mailed_code(&MailedCode { id, sent_at: now, ..mailed_code(2) }).await?;
        }
        unit.commit().await.map(|()| is_open)
    };
    let outcomes = race(&fresh, act).await;
    assert_eq!(outcomes.iter().filter(|sent| **sent).count(), 1, "{outcomes:?}");
}

pub async fn recovery_codes_of_one_of_several_remain(fresh: Fresh) {
    furnished(&fresh).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let new = || RecoveryCode { id: RecoveryCodeId::new(NOW, &SystemRandom), ..recovery_code(1) };
        let mut codes = vec![new(), new(), new()];
        unit.replace_recovery_codes(guest_id(1), &codes).await?;
        codes.sort_unstable_by_key(|code| code.id);
        unit.commit().await.map(|()| codes)
    };
    let written = race(&fresh, act).await;
    let kept = reading(&fresh).await.list_recovery_codes(guest_id(1)).await.unwrap();
    assert!(written.contains(&kept), "{kept:?}");
}

pub async fn a_reset_waits_for_an_enrolment(fresh: Fresh) {
    furnished(&fresh).await;
    let store = fresh.node("one").await.store;
    let mut enrolment = unit(&*store).await;
    enrolment.list_factors(guest_id(1)).await.unwrap();
    enrolment.insert_factor(&passkey(3, 0)).await.unwrap();
    let mut reset = tokio::spawn(async move {
        let mut reset = unit(&*store).await;
        let removed = reset.reset_factors(guest_id(1)).await.unwrap();
        reset.commit().await.map(|()| removed)
    });
    let early = tokio::time::timeout(Duration::from_millis(200), &mut reset).await;
    assert!(early.is_err(), "a reset ended before the enrolment: {early:?}");
    enrolment.commit().await.unwrap();
    assert_eq!(reset.await.unwrap(), Ok(3));
    assert_eq!(reading(&fresh).await.list_factors(guest_id(1)).await, Ok(Vec::new()));
}

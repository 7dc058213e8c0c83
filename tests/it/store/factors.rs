//! Enrolled factors.

use entente::domain::factors::codes::CodePurpose;
use entente::domain::factors::{Enrolled, FactorLabel, KeyProtection, Material, PasskeyMaterial};
use entente::domain::store::sign_ins::Once;
use entente::domain::store::{StoreError, UnitOfWork};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use super::databases::{Fresh, Kind};
use super::samples::*;

pub async fn every_factor_reads_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let protected = |number, protection| {
        let material = PasskeyMaterial { protection, ..passkey_material(number, u32::MAX) };
        Enrolled { material: Material::Passkey(material), used_at: Some(after(100)), ..totp(number) }
    };
    let mut factors = vec![totp(1), passkey(2, 0)];
    factors.extend((3..).zip(KeyProtection::ALL).map(|(number, protection)| protected(number, protection)));
    let mut unit = unit(&*store).await;
    assert_eq!(unit.list_factors(guest_id(1)).await, Ok(Vec::new()));
    for factor in factors.iter().rev() {
        unit.insert_factor(factor).await.unwrap();
    }
    assert_eq!(unit.list_factors(guest_id(1)).await, Ok(factors.clone()), "oldest first");
    for factor in factors {
        assert_eq!(unit.find_factor(guest_id(1), factor.id).await, Ok(Some(factor)));
    }
    assert_eq!(unit.find_factor(guest_id(1), factor_id(99)).await, Ok(None));
}

pub async fn another_guests_factor_is_not_found(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let stranger = guest_id(2);
    let mut unit = unit(&*store).await;
    assert_eq!(unit.find_factor(stranger, factor_id(1)).await, Ok(None));
    assert_eq!(unit.rename_factor(stranger, factor_id(1), &label("Mine")).await, Ok(Once::Again));
    assert_eq!(unit.delete_factor(stranger, factor_id(1)).await, Ok(Once::Again));
    assert_eq!(unit.list_factors(stranger).await, Ok(Vec::new()));
    assert_eq!(unit.count_mailed_code_try(stranger, CodePurpose::SecondFactor, mailed_code_id(1)).await, Ok(None));
    assert_eq!(unit.list_recovery_codes(stranger).await, Ok(Vec::new()));
    assert_eq!(
        unit.list_mailed_code_sends(stranger, CodePurpose::SecondFactor, NOW.minus(std::time::Duration::MAX)).await,
        Ok(Vec::new())
    );
    assert_eq!(unit.find_factor(guest_id(1), factor_id(1)).await, Ok(Some(totp(1))));
    let tried =
        unit.count_mailed_code_try(guest_id(1), CodePurpose::SecondFactor, mailed_code_id(1)).await.unwrap().unwrap();
    assert_eq!(tried.tries, 1, "a stranger's try is not counted");
}

pub async fn a_credential_is_enrolled_once(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let mut unit = unit(&*store).await;
    for guest in [guest_id(1), guest_id(2)] {
        let twin = Enrolled { id: factor_id(3), guest, ..passkey(2, 7) };
        assert_eq!(unit.insert_factor(&twin).await, Err(taken("factors_credential_key")));
    }
    // The unit goes on, and what has no credential meets nobody.
    let other = Enrolled { guest: guest_id(2), ..passkey(4, 0) };
    for factor in [totp(3), other.clone()] {
        unit.insert_factor(&factor).await.unwrap();
    }
    unit.commit().await.unwrap();
    let mut next = super::samples::unit(&*store).await;
    assert_eq!(next.list_factors(guest_id(1)).await, Ok(vec![totp(1), passkey(2, 1), totp(3)]));
    assert_eq!(next.list_factors(guest_id(2)).await, Ok(vec![other]));
}

pub async fn a_factor_is_renamed_and_deleted(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let mut unit = unit(&*store).await;
    assert_eq!(unit.rename_factor(guest_id(1), factor_id(1), &label("Télefon")).await, Ok(Once::First));
    let renamed = Enrolled { label: label("Télefon"), ..totp(1) };
    assert_eq!(unit.list_factors(guest_id(1)).await, Ok(vec![renamed, passkey(2, 1)]));
    assert_eq!(unit.delete_factor(guest_id(1), factor_id(1)).await, Ok(Once::First));
    assert_eq!(unit.delete_factor(guest_id(1), factor_id(1)).await, Ok(Once::Again));
    assert_eq!(unit.rename_factor(guest_id(1), factor_id(1), &label("Gone")).await, Ok(Once::Again));
    assert_eq!(unit.list_factors(guest_id(1)).await, Ok(vec![passkey(2, 1)]));
}

pub async fn a_step_is_spent_once_and_never_before_the_last(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let mut unit = unit(&*store).await;
    for (number, step, expected) in [
        (1, 10, Once::Again),
        (1, 9, Once::Again),
        (1, 11, Once::First),
        (1, 11, Once::Again),
        (1, 10, Once::Again),
        (1, 59_666_666, Once::First),
        (2, 59_666_666, Once::Again),
        (9, 59_666_666, Once::Again),
    ] {
        let spent = unit.remember_totp_step(factor_id(number), step, after(50)).await;
        assert_eq!(spent, Ok(expected), "step {step} of factor {number}");
    }
    let Enrolled { material: Material::Totp(material), used_at, .. } = found(&mut *unit, 1).await else { panic!() };
    assert_eq!((material.last_step, used_at), (59_666_666, Some(after(50))));
    assert_eq!(found(&mut *unit, 2).await, passkey(2, 1), "a passkey has no steps");
}

pub async fn a_counter_rises_or_stays_at_zero(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_factor(&passkey(3, 0)).await.unwrap();
    for (number, counter, expected) in [
        (3, 0, Once::First),
        (3, 0, Once::First),
        (3, 5, Once::First),
        (3, 5, Once::Again),
        (3, 4, Once::Again),
        (3, 0, Once::Again),
        (3, u32::MAX, Once::First),
        (3, u32::MAX, Once::Again),
        (2, 0, Once::Again),
        (2, 1, Once::Again),
        (1, 9, Once::Again),
        (9, 9, Once::Again),
    ] {
        let advanced = unit.advance_passkey(factor_id(number), &passkey_material(8, counter), after(50)).await;
        assert_eq!(advanced, Ok(expected), "{counter} of factor {number}");
    }
    assert_eq!(found(&mut *unit, 1).await, totp(1), "an authenticator app has no counter");
    assert_eq!(found(&mut *unit, 2).await, passkey(2, 1), "a counter that fell changes nothing");
    let learnt =
        PasskeyMaterial { record: vec![5; 3], protection: KeyProtection::Synchronised, ..passkey_material(8, 2) };
    assert_eq!(unit.advance_passkey(factor_id(2), &learnt, after(60)).await, Ok(Once::First));
    let Enrolled { material: Material::Passkey(kept), used_at, .. } = found(&mut *unit, 2).await else { panic!() };
    let credential_id = passkey_material(2, 1).credential_id;
    assert_eq!((kept, used_at), (PasskeyMaterial { credential_id, ..learnt }, Some(after(60))));
}

pub async fn a_factor_that_contradicts_itself_is_named(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_factors(&*store).await;
    for (number, change, column) in [
        (1, "secret = null", "last_step"),
        (1, "secret = null, last_step = null", "kind"),
        (1, "kind = 'passkey'", "kind"),
        (1, "kind = 'recovery_code'", "kind"),
        (1, "kind = 'sms'", "kind"),
        (1, "label = ''", "label"),
        (1, "counter = 1", "credential_id"),
        (2, "kind = 'totp'", "kind"),
        (2, "record = null", "credential_id"),
        (2, "counter = -1", "counter"),
        (2, "counter = 4294967296", "counter"),
        (2, "protection = 'strong'", "protection"),
    ] {
        run(&fresh, &format!("update factors set {change} where label = 'Phone {number}'")).await;
        let mut faulty = unit(&*store).await;
        let told = faulty.find_factor(guest_id(1), factor_id(number)).await;
        let row = factor_id(number).to_string();
        assert_eq!(told, Err(StoreError::Corrupt { table: "factors", column, row }), "{change}");
        drop(faulty);
        // As it was, for the next change.
        let mut restored = unit(&*store).await;
        restored.reset_factors(guest_id(1)).await.unwrap();
        restored.insert_factor(&totp(1)).await.unwrap();
        restored.insert_factor(&passkey(2, 1)).await.unwrap();
        restored.commit().await.unwrap();
    }
}

fn label(text: &str) -> FactorLabel {
    FactorLabel::parse(text).unwrap()
}

async fn found(unit: &mut dyn UnitOfWork, number: u32) -> Enrolled {
    unit.find_factor(guest_id(1), factor_id(number)).await.unwrap().unwrap()
}

/// Runs a statement beside the store.
pub(super) async fn run(fresh: &Fresh, statement: &str) {
    let statement = AssertSqlSafe(statement.to_owned());
    match fresh.kind {
        Kind::Sqlite => drop(SqliteConnection::connect(&fresh.url).await.unwrap().execute(statement).await.unwrap()),
        Kind::Postgres => drop(PgConnection::connect(&fresh.url).await.unwrap().execute(statement).await.unwrap()),
    }
}

//! A unit of work is there in whole or not at all.

use entente::domain::store::StoreError;
use entente::domain::store::objects::Provenance;
use entente::domain::store::sign_ins::Once;

use super::databases::Fresh;
use super::samples::*;

pub async fn a_unit_reads_what_it_wrote(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_session(&session(1)).await.unwrap();
    let reading = unit.read_session(&handle("session", 1), app_id(1)).await.unwrap().unwrap();
    assert_eq!(reading.session, session(1));
}

pub async fn what_a_dropped_unit_did_is_undone(fresh: Fresh) {
    let open = fresh.node("one").await;
    furnish(&*open.store).await;
    let mut dropped = unit(&*open.store).await;
    assert_eq!(dropped.take_attempt(attempt_id(1), after(900)).await, Ok(Once::First));
    dropped.insert_session(&session(1)).await.unwrap();
    dropped.append_audit(&entry(1)).await.unwrap();
    drop(dropped);
    let mut next = unit(&*open.store).await;
    assert_eq!(next.take_attempt(attempt_id(1), after(900)).await, Ok(Once::First));
    assert_eq!(next.read_session_by_id(session_id(1), app_id(1)).await, Ok(None));
    next.commit().await.unwrap();
    assert_eq!(open.directory.session(&handle("session", 1)).await.unwrap(), None);
    let query = entente::domain::audit::AuditQuery { limit: 10, ..Default::default() };
    assert_eq!(open.store.audit(&query).await, Ok(Vec::new()));
}

pub async fn a_unit_goes_on_after_a_taken_name(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut clashing = guest(2);
    clashing.user_principal_name = guest(1).user_principal_name;
    let mut unit = unit(&*store).await;
    unit.append_audit(&entry(1)).await.unwrap();
    assert_eq!(unit.insert_guest(&clashing, Provenance::SignIn).await, Err(taken("guests_upn_key")));
    unit.insert_guest(&guest(2), Provenance::SignIn).await.unwrap();
    unit.commit().await.unwrap();
    let mut next = super::samples::unit(&*store).await;
    assert_eq!(next.guest(guest_id(2)).await.unwrap().unwrap().value.guest, guest(2));
    let query = entente::domain::audit::AuditQuery { limit: 10, ..Default::default() };
    assert_eq!(store.audit(&query).await.unwrap().len(), 1);
}

pub async fn a_unit_that_failed_cannot_be_committed(fresh: Fresh) {
    let open = fresh.node("one").await;
    furnish_whole(&*open.store).await;
    let mut unit = unit(&*open.store).await;
    assert_eq!(unit.take_attempt(attempt_id(1), after(900)).await, Ok(Once::First));
    let mut twin = session(2);
    twin.handle = session(1).handle;
    // SQLite tells with the next answer, PostgreSQL at once.
    let told = match unit.insert_session(&twin).await {
        Ok(()) => unit.take_attempt(attempt_id(2), after(900)).await.map(drop),
        error => error,
    };
    assert_eq!(told, Err(taken("sessions_handle_key")));
    assert_eq!(unit.take_attempt(attempt_id(3), after(900)).await, Err(taken("sessions_handle_key")));
    assert_eq!(unit.commit().await, Err(taken("sessions_handle_key")));
    let mut next = super::samples::unit(&*open.store).await;
    assert_eq!(next.take_attempt(attempt_id(1), after(900)).await, Ok(Once::First));
}

pub async fn a_vanished_session_takes_no_code(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    let told = match unit.insert_code(&code(1)).await {
        Ok(()) => unit.commit().await,
        error => error,
    };
    assert_eq!(told, Err(StoreError::Raced));
}

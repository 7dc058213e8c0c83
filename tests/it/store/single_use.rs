//! What succeeds once only, tried by several at the same time on two nodes.

use std::future::Future;
use std::sync::Arc;

use entente::domain::authentication::OnceKey;
use entente::domain::store::objects::Provenance;
use entente::domain::store::sign_ins::{Once, TakenCode};
use entente::domain::store::upkeep::InstallationRow;
use entente::domain::store::{Store, StoreError, UnitOfWork};
use tokio::sync::Barrier;

use super::databases::Fresh;
use super::samples::*;

/// What several callers on two nodes get of the same act. A caller who lost a race begins again.
pub async fn race<T, F>(fresh: &Fresh, act: fn(Box<dyn UnitOfWork>) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T, StoreError>> + Send + 'static,
{
    const CALLERS: usize = 6;
    let nodes: [Arc<dyn Store>; 2] = [fresh.node("one").await.store, fresh.node("two").await.store];
    let start = Arc::new(Barrier::new(CALLERS));
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (store, start) = (Arc::clone(&nodes[caller % 2]), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                loop {
                    match act(store.unit_of_work().await.unwrap()).await {
                        Err(StoreError::Raced) => {}
                        outcome => return outcome.unwrap(),
                    }
                }
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for caller in callers {
        outcomes.push(caller.await.unwrap());
    }
    outcomes
}

pub fn assert_one_first(outcomes: &[Once]) {
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Once::First).count(), 1, "{outcomes:?}");
}

pub async fn an_attempt_is_taken_by_one_of_several(fresh: Fresh) {
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once = unit.take_attempt(attempt_id(1), after(900)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}

pub async fn a_message_is_remembered_by_one_of_several(fresh: Fresh) {
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let key = OnceKey { issuer: "urn:partner".to_owned(), id: "_1".to_owned(), until: after(60) };
        let once = unit.remember_once(&key).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}

pub async fn a_code_is_taken_by_one_of_several(fresh: Fresh) {
    furnish_whole(&*fresh.node("first").await.store).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let taken = unit.take_code(&handle("code", 1), after(1)).await?;
        unit.commit().await.map(|()| taken)
    };
    let outcomes = race(&fresh, act).await;
    assert_eq!(outcomes.iter().filter(|taken| **taken == TakenCode::Taken(code(1))).count(), 1);
    assert_eq!(outcomes.iter().filter(|taken| **taken == TakenCode::Again(code(1))).count(), outcomes.len() - 1);
    let mut unit = unit(&*fresh.node("last").await.store).await;
    assert_eq!(unit.take_code(&handle("code", 2), after(1)).await, Ok(TakenCode::Unknown));
}

pub async fn the_row_of_an_attempt_is_taken_by_one_of_several(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    let mut unit = unit(&*store).await;
    unit.insert_attempt(attempt_id(1), &handle("attempt", 1), b"sealed", after(900)).await.unwrap();
    unit.commit().await.unwrap();
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let row = unit.take_attempt_row(&handle("attempt", 1), after(1)).await?;
        unit.commit().await.map(|()| row)
    };
    let outcomes = race(&fresh, act).await;
    let rows: Vec<_> = outcomes.into_iter().flatten().collect();
    assert_eq!(rows, [(attempt_id(1), b"sealed".to_vec())]);
}

pub async fn a_guest_is_bound_by_one_of_several(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    let mut first = unit(&*store).await;
    first.insert_guest(&invited(1), Provenance::Applied).await.unwrap();
    first.commit().await.unwrap();
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let mail = invited(1).mail.unwrap();
        unit.read_guest_by_mail(&mail, app_id(1)).await?.unwrap();
        let once = unit.bind_guest(&guest(1)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
    let bound = unit(&*store).await.guest(guest_id(1)).await.unwrap().unwrap();
    assert_eq!(bound.value.guest, guest(1));
}

pub async fn a_session_is_ended_by_one_of_several(fresh: Fresh) {
    furnish_whole(&*fresh.node("first").await.store).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once = unit.end_session(session_id(1), after(1)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}

pub async fn the_installation_is_pinned_by_one_of_several(fresh: Fresh) {
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let row = installation();
        let pinned = unit.pin_installation(&row).await;
        if pinned == Err(taken("installation_pkey")) {
            return Ok(Once::Again);
        }
        pinned?;
        unit.commit().await.map(|()| Once::First)
    };
    assert_one_first(&race(&fresh, act).await);
    let mut unit = unit(&*fresh.node("last").await.store).await;
    assert_eq!(unit.installation().await, Ok(Some(installation())));
}

pub async fn an_expired_row_of_an_attempt_is_not_found(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    let mut unit = unit(&*store).await;
    let end = after(900);
    let row = Some((attempt_id(1), b"sealed".to_vec()));
    unit.insert_attempt(attempt_id(1), &handle("attempt", 1), b"sealed", end).await.unwrap();
    let before = end.minus(std::time::Duration::from_micros(1));
    assert_eq!(unit.find_attempt_row(&handle("attempt", 1), before).await, Ok(row.clone()));
    assert_eq!(unit.find_attempt_row(&handle("attempt", 1), end).await, Ok(None));
    assert_eq!(unit.find_attempt_row(&handle("attempt", 2), before).await, Ok(None));
    assert_eq!(unit.take_attempt_row(&handle("attempt", 1), end).await, Ok(None));
    assert_eq!(unit.take_attempt_row(&handle("attempt", 1), before).await, Ok(row));
    assert_eq!(unit.take_attempt_row(&handle("attempt", 1), before).await, Ok(None));
}

pub async fn a_message_of_another_issuer_is_another_message(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    let mut unit = unit(&*store).await;
    for (issuer, id, expected) in [
        ("urn:a", "_1", Once::First),
        ("urn:a", "_1", Once::Again),
        ("urn:b", "_1", Once::First),
        ("urn:a_", "1", Once::First),
    ] {
        let key = OnceKey { issuer: issuer.to_owned(), id: id.to_owned(), until: after(60) };
        assert_eq!(unit.remember_once(&key).await, Ok(expected), "{issuer} {id}");
    }
}

fn installation() -> InstallationRow {
    InstallationRow {
        organization_id: "11111111-0000-4000-8000-000000000001".to_owned(),
        organization_domain: "contoso.example".to_owned(),
        public_url: "https://gate.example.com".to_owned(),
        sealed_subject_salt: vec![1; 60],
        sealed_key_check: vec![2; 40],
    }
}

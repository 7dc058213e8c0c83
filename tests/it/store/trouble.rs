//! What SQLite's writer does when the disk, another process or the runtime fails it.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use entente::domain::store::sign_ins::Once;
use entente::domain::store::{Store, StoreError};
use entente::store::open::open;
use sqlx::{ConnectOptions as _, Executor as _, SqliteConnection};

use super::databases::{Fresh, Kind, on_fresh};
use super::samples::*;

/// Another process at the same file.
async fn outside(fresh: &Fresh) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(&fresh.path).connect().await.unwrap()
}

async fn try_take(store: &dyn Store, number: u32) -> Result<Once, StoreError> {
    let mut unit = store.unit_of_work().await?;
    let once = unit.take_attempt(attempt_id(number), after(900)).await?;
    unit.commit().await?;
    Ok(once)
}

#[test]
fn a_long_writer_elsewhere_fails_units_clearly_and_all_goes_on() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        let store: Arc<dyn Store> = fresh.node("one").await.store;
        let mut other = outside(&fresh).await;
        other.execute("begin immediate").await.unwrap();
        let locked = StoreError::Unavailable("database is locked".to_owned());
        assert_eq!(try_take(&*store, 1).await, Err(locked));
        let waiting = tokio::spawn({
            let store = Arc::clone(&store);
            async move { try_take(&*store, 1).await }
        });
        other.execute("rollback").await.unwrap();
        assert_eq!(waiting.await.unwrap(), Ok(Once::First));
        assert_eq!(try_take(&*store, 2).await, Ok(Once::First));
    });
}

#[test]
fn a_caller_who_leaves_while_begin_waits_blocks_nobody() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        let store: Arc<dyn Store> = fresh.node("one").await.store;
        let mut other = outside(&fresh).await;
        other.execute("begin immediate").await.unwrap();
        {
            let mut unit = store.unit_of_work().await.unwrap();
            let mut taking = pin!(unit.take_attempt(attempt_id(1), after(900)));
            assert!(tokio::time::timeout(Duration::from_millis(300), taking.as_mut()).await.is_err());
        }
        other.execute("rollback").await.unwrap();
        assert_eq!(try_take(&*store, 1).await, Ok(Once::First));
        other.execute("begin immediate").await.unwrap();
        other.execute("rollback").await.unwrap();
    });
}

/// SQLite rolls back the whole transaction: as with a full disk.
#[test]
fn a_lost_transaction_is_told_to_the_whole_group() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        let store: Arc<dyn Store> = fresh.node("one").await.store;
        let mut other = outside(&fresh).await;
        other
            .execute(
                "create trigger spoil before insert on taken_attempts
                 when (select count(*) from taken_attempts) >= 1 begin select raise(rollback, 'lost'); end",
            )
            .await
            .unwrap();
        let mut first = store.unit_of_work().await.unwrap();
        assert_eq!(first.take_attempt(attempt_id(1), after(900)).await, Ok(Once::First));
        let mut opening = store.unit_of_work();
        assert!(opening.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let first = tokio::spawn(first.commit());
        let mut second = opening.await.unwrap();
        let lost = second.take_attempt(attempt_id(2), after(900)).await;
        assert!(lost.is_err());
        assert!(second.commit().await.is_err());
        let told = first.await.unwrap();
        assert!(told.is_err());
        assert_eq!(try_take(&*store, 1).await, Ok(Once::First));
    });
}

#[test]
fn a_commit_that_fails_is_told_to_the_whole_group_and_all_goes_on() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        let store: Arc<dyn Store> = fresh.node("one").await.store;
        let mut other = outside(&fresh).await;
        other.execute("create table parents (n integer primary key)").await.unwrap();
        other
            .execute("create table children (n integer references parents (n) deferrable initially deferred)")
            .await
            .unwrap();
        other
            .execute("create trigger spoil after insert on taken_attempts begin insert into children values (1); end")
            .await
            .unwrap();
        let mut first = store.unit_of_work().await.unwrap();
        first.take_attempt(attempt_id(1), after(900)).await.unwrap();
        let mut opening = store.unit_of_work();
        assert!(opening.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let first = tokio::spawn(first.commit());
        let mut second = opening.await.unwrap();
        second.take_attempt(attempt_id(2), after(900)).await.unwrap();
        assert!(second.commit().await.is_err());
        assert!(first.await.unwrap().is_err());
        other.execute("drop trigger spoil").await.unwrap();
        assert_eq!(try_take(&*store, 1).await, Ok(Once::First));
        assert_eq!(try_take(&*store, 2).await, Ok(Once::First));
    });
}

#[test]
fn nodes_that_come_and_go_do_not_refuse_each_other() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        fresh.node("first").await;
        let tasks: Vec<_> = (0..6)
            .map(|task| {
                let url = fresh.url.clone();
                tokio::spawn(async move {
                    for round in 0..10_u32 {
                        let store = open(&url, "node").await.unwrap().store;
                        assert_eq!(try_take(&*store, task * 1_000 + round + 1).await, Ok(Once::First));
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[test]
fn a_group_whose_runtime_has_ended_is_committed_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("e.db").display());
    let one = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store: Arc<dyn Store> = one.block_on(async { open(&url, "n").await.unwrap().store });
    one.block_on(async {
        let mut unit = store.unit_of_work().await.unwrap();
        unit.take_attempt(attempt_id(1), after(900)).await.unwrap();
        // Somebody waits, so the unit does not commit alone.
        let mut opening = store.unit_of_work();
        let mut context = Context::from_waker(Waker::noop());
        assert!(opening.as_mut().poll(&mut context).is_pending());
        assert!(unit.commit().as_mut().poll(&mut context).is_pending());
    });
    drop(one);
    let two = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let got = two.block_on(async { tokio::time::timeout(Duration::from_secs(20), try_take(&*store, 2)).await });
    assert_eq!(got.unwrap(), Ok(Once::First));
    let again = two.block_on(async { try_take(&*store, 1).await });
    assert_eq!(again, Ok(Once::Again));
}

//! SQLite's writer commits waiting units together, and one unit's fate is not another's.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use entente::domain::store::sign_ins::Once;
use entente::domain::store::{Store, StoreError, UnitOfWork};

use super::databases::{Fresh, Kind, on_fresh};
use super::samples::*;

type Opening<'a> = Pin<Box<dyn Future<Output = Result<Box<dyn UnitOfWork>, StoreError>> + Send + 'a>>;

/// Opens a unit so far that it waits for its turn.
fn waiting(store: &dyn Store) -> Opening<'_> {
    let mut opening = store.unit_of_work();
    assert!(poll_once(opening.as_mut()).is_pending());
    opening
}

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Begins an act and leaves it there; on a quick machine it may have ended already.
fn begin<F: Future + ?Sized>(future: Pin<&mut F>) {
    let _ = poll_once(future);
}

async fn take(unit: &mut dyn UnitOfWork, number: u32) -> Once {
    unit.take_attempt(attempt_id(number), after(900)).await.unwrap()
}

/// Which of the attempts were taken, as another process sees it.
async fn taken_of(fresh: &Fresh, numbers: std::ops::RangeInclusive<u32>) -> Vec<u32> {
    let other = fresh.node("other").await.store;
    let mut unit = unit(&*other).await;
    let mut found = Vec::new();
    for number in numbers {
        if take(&mut *unit, number).await == Once::Again {
            found.push(number);
        }
    }
    found
}

#[test]
fn waiting_units_share_one_commit_and_are_told_after_it() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        let store = fresh.node("one").await.store;
        let mut first = unit(&*store).await;
        take(&mut *first, 1).await;
        let second = waiting(&*store);
        let first = tokio::spawn(first.commit());
        let mut second = second.await.unwrap();
        take(&mut *second, 2).await;
        // The turn has been handed on, the transaction is open: the first is not told yet.
        assert!(!first.is_finished());
        second.commit().await.unwrap();
        first.await.unwrap().unwrap();
        assert_eq!(taken_of(&fresh, 1..=3).await, [1, 2]);
    });
}

#[test]
fn a_dropped_unit_leaves_its_neighbours_alone() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        let store = fresh.node("one").await.store;
        let mut first = unit(&*store).await;
        take(&mut *first, 1).await;
        let (second, third) = (waiting(&*store), waiting(&*store));
        let first = tokio::spawn(first.commit());
        let mut second = second.await.unwrap();
        take(&mut *second, 2).await;
        drop(second);
        let mut third = third.await.unwrap();
        take(&mut *third, 3).await;
        third.commit().await.unwrap();
        first.await.unwrap().unwrap();
        assert_eq!(taken_of(&fresh, 1..=3).await, [1, 3]);
    });
}

#[test]
fn a_unit_whose_last_statements_fail_leaves_its_neighbours_alone() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        let store = fresh.node("one").await.store;
        furnish_whole(&*store).await;
        let mut first = unit(&*store).await;
        take(&mut *first, 1).await;
        let second = waiting(&*store);
        let first = tokio::spawn(first.commit());
        let mut second = second.await.unwrap();
        take(&mut *second, 2).await;
        let is_taken = Err(taken("sessions_handle_key"));
        assert_eq!(second.insert_session(&session(1)).await, is_taken);
        assert_eq!(second.commit().await, is_taken);
        first.await.unwrap().unwrap();
        assert_eq!(taken_of(&fresh, 1..=2).await, [1]);
    });
}

#[test]
fn a_group_is_committed_when_everyone_who_waited_has_left() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        let store = fresh.node("one").await.store;
        let mut first = unit(&*store).await;
        take(&mut *first, 1).await;
        let second = waiting(&*store);
        let first = tokio::spawn(first.commit());
        let second = second.await.unwrap();
        drop(second);
        first.await.unwrap().unwrap();

        let mut first = unit(&*store).await;
        take(&mut *first, 2).await;
        let second = waiting(&*store);
        let mut commit = first.commit();
        begin(commit.as_mut());
        drop(second);
        commit.await.unwrap();
        assert_eq!(taken_of(&fresh, 1..=3).await, [1, 2]);
    });
}

#[test]
fn a_commit_that_has_begun_is_finished_without_its_caller() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        let store = fresh.node("one").await.store;
        let mut first = unit(&*store).await;
        take(&mut *first, 1).await;
        let mut commit = first.commit();
        begin(commit.as_mut());
        drop(commit);
        let mut next = unit(&*store).await;
        assert_eq!(take(&mut *next, 1).await, Once::Again);
        drop(next);
        // A waiting caller who leaves takes nothing along either.
        let mut first = unit(&*store).await;
        take(&mut *first, 2).await;
        let second = waiting(&*store);
        let mut commit = first.commit();
        begin(commit.as_mut());
        drop(commit);
        second.await.unwrap().commit().await.unwrap();
        assert_eq!(take(&mut *unit(&*store).await, 2).await, Once::Again);
    });
}

#[test]
fn a_caller_who_leaves_in_the_middle_of_a_statement_undoes_the_unit() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        let store = fresh.node("one").await.store;
        let mut first = unit(&*store).await;
        {
            let mut taking = pin!(first.take_attempt(attempt_id(1), after(900)));
            begin(taking.as_mut());
        }
        drop(first);
        let mut next = unit(&*store).await;
        assert_eq!(take(&mut *next, 1).await, Once::First);
        next.commit().await.unwrap();
        assert_eq!(taken_of(&fresh, 1..=1).await, [1]);
    });
}

#[test]
fn more_units_than_one_group_holds_are_all_committed() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        const UNITS: u32 = 100;
        let store: Arc<dyn Store> = fresh.node("one").await.store;
        let first = unit(&*store).await;
        let tasks: Vec<_> = (1..=UNITS)
            .map(|number| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let mut unit = store.unit_of_work().await?;
                    unit.take_attempt(attempt_id(number), after(900)).await?;
                    if number % 3 == 0 { Ok(()) } else { unit.commit().await }
                })
            })
            .collect();
        drop(first);
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let expected: Vec<u32> = (1..=UNITS).filter(|number| number % 3 != 0).collect();
        assert_eq!(taken_of(&fresh, 1..=UNITS).await, expected);
    });
}

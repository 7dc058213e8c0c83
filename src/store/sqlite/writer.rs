//! The one writer of an SQLite database, which commits waiting units together.
//!
//! Units take turns in the order in which they came. A unit that ends while others wait hands the open
//! transaction on and awaits the commit that the last of the group makes for all; whoever comes later in
//! the group works in a savepoint, so that its roll-back leaves its neighbours alone. One sync of the
//! disk then serves the whole group. Nobody is told "committed" before that commit has returned.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::batch::Batch;
use crate::domain::store::StoreError;
use crate::store::errors::{Constraints, from_sqlite};

/// The most units that one commit serves.
const MAX_GROUP: usize = 32;

/// The writer, shared by everyone who wants a unit.
pub(in crate::store) struct Writer {
    state: Arc<Mutex<State>>,
    waiting: AtomicUsize,
    constraints: Constraints,
}

struct State {
    connection: SqliteConnection,
    /// Units that have ended and await the commit; the transaction is open while there are any.
    group: Vec<oneshot::Sender<Result<(), StoreError>>>,
    /// Someone left in the middle and nobody has cleaned up yet.
    abandoned: bool,
}

/// A turn at the writer.
pub(super) struct Turn {
    state: OwnedMutexGuard<State>,
    writer: Arc<Writer>,
}

/// How a unit that will not be committed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Its own work alone is undone.
    Dropped,
    /// The database failed, and may have undone the whole transaction: nobody's work is safe.
    Failed,
}

/// Counts one who waits for a turn.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Writer {
    pub(super) fn new(connection: SqliteConnection, constraints: Constraints) -> Arc<Self> {
        let state = State { connection, group: Vec::new(), abandoned: false };
        Arc::new(Self { state: Arc::new(Mutex::new(state)), waiting: AtomicUsize::new(0), constraints })
    }

    /// Waits for a turn.
    pub(super) async fn turn(self: &Arc<Self>) -> Turn {
        let waiting = Waiting::new(&self.waiting);
        let state = Arc::clone(&self.state).lock_owned().await;
        drop(waiting);
        let mut turn = Turn { state, writer: Arc::clone(self) };
        if turn.state.abandoned {
            turn.undo(Ending::Failed).await;
        }
        turn
    }
}

impl Turn {
    /// Whether others' work is in the transaction already.
    pub(super) fn is_shared(&self) -> bool {
        !self.state.group.is_empty()
    }

    /// Whether this unit should hand the transaction on instead of committing it.
    fn is_to_be_handed_on(&self) -> bool {
        self.writer.waiting.load(Ordering::SeqCst) > 0 && self.state.group.len() + 1 < MAX_GROUP
    }

    pub(super) async fn run(&mut self, batch: Batch) -> Result<Vec<SqliteRow>, StoreError> {
        let outcome = batch.run(&mut self.state.connection).await;
        outcome.map_err(|error| from_sqlite(error, &self.writer.constraints))
    }

    /// Someone may leave in the middle of what follows.
    pub(super) fn set_abandoned(&mut self, abandoned: bool) {
        self.state.abandoned = abandoned;
    }

    /// Commits the unit's last statements, alone or with the group, and returns when they are durable.
    pub(super) async fn commit(mut self, mut last: Batch) -> Result<(), StoreError> {
        let shared = self.is_shared();
        let handing_on = self.is_to_be_handed_on();
        if shared {
            last.word("release unit");
        } else if !handing_on {
            last.word("commit");
        }
        if let Err(error) = self.run(last).await {
            let ending = if matches!(error, StoreError::Unavailable(_)) { Ending::Failed } else { Ending::Dropped };
            self.leave(ending).await;
            return Err(error);
        }
        if !shared && !handing_on {
            return Ok(());
        }
        let (answer, answered) = oneshot::channel();
        self.state.group.push(answer);
        if handing_on {
            self.hand_on(answered).await
        } else {
            self.commit_group().await;
            answered.await.unwrap_or_else(|_| Err(nobody_answered()))
        }
    }

    /// Lets the next one in and awaits the group's commit. Should all who waited have left, this unit is
    /// the one that commits.
    async fn hand_on(self, mut answered: oneshot::Receiver<Result<(), StoreError>>) -> Result<(), StoreError> {
        let Self { state, writer } = self;
        drop(state);
        let regained = tokio::select! {
            biased;
            outcome = &mut answered => return outcome.unwrap_or_else(|_| Err(nobody_answered())),
            state = Arc::clone(&writer.state).lock_owned() => state,
        };
        let mut turn = Self { state: regained, writer };
        if turn.state.abandoned {
            turn.undo(Ending::Failed).await;
        } else {
            turn.commit_group().await;
        }
        drop(turn);
        answered.await.unwrap_or_else(|_| Err(nobody_answered()))
    }

    /// Undoes the unit's own work and sees to it that a group which nobody else will commit is committed.
    pub(super) async fn leave(mut self, ending: Ending) {
        self.undo(ending).await;
        self.pass().await;
    }

    /// Leaves without having done anything.
    pub(super) async fn pass(mut self) {
        if self.is_shared() && self.writer.waiting.load(Ordering::SeqCst) == 0 {
            self.commit_group().await;
        }
    }

    async fn undo(&mut self, ending: Ending) {
        let mut batch = Batch::default();
        if self.is_shared() && ending == Ending::Dropped {
            batch.word("rollback to unit");
            batch.word("release unit");
        } else {
            batch.word("rollback");
        }
        // It fails only where the transaction or savepoint never came to be, and then there is nothing
        // to undo.
        let _ = self.run(batch).await;
        if ending == Ending::Failed {
            self.answer(&Err(StoreError::Unavailable("the shared transaction has failed".to_owned())));
        }
        self.state.abandoned = false;
    }

    async fn commit_group(&mut self) {
        if !self.is_shared() {
            return;
        }
        let mut batch = Batch::default();
        batch.word("commit");
        let outcome = self.run(batch).await;
        if outcome.is_err() {
            let mut undo = Batch::default();
            undo.word("rollback");
            let _ = self.run(undo).await;
        }
        self.answer(&outcome.map(drop));
    }

    fn answer(&mut self, outcome: &Result<(), StoreError>) {
        for waiter in self.state.group.drain(..) {
            // Whoever has left no longer wants to know.
            let _ = waiter.send(outcome.clone());
        }
    }
}

fn nobody_answered() -> StoreError {
    StoreError::Unavailable("the writer has gone".to_owned())
}

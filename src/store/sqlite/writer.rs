//! The one writer of an SQLite database, which commits waiting units together.
//!
//! Units take turns in the order in which they came, and each runs its statements where it is: a
//! statement takes some ten microseconds, less than the way to another thread and back. Waiting is what
//! a thread must not do here, so a commit, which waits for the disk, happens on a thread of its own.
//!
//! A unit that commits joins the group and lets the next one in. The first of a group queues for the
//! writer once more, behind all who wait already and all who are about to; when its turn comes, it
//! commits for the whole group: one sync of the disk then serves them all. Whoever is not the first of
//! its group works in a savepoint, so that its roll-back leaves its neighbours alone. Nobody is told
//! "committed" before that commit has returned.
//!
//! Where nobody waits and the last commit was for one unit alone, there is nobody to share with: the
//! unit goes to its commit straight away, still holding the writer. Whoever comes meanwhile waits, and
//! by that the next ones know that they are not alone. Where the disk took less than [`QUICK`] for the
//! commit before, this one too happens where it is: the way to another thread and back costs more than
//! such a disk. One slow commit, and the next ones wait elsewhere until the disk is quick again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::{Connection, Error, ErrorCode};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::task::JoinHandle;

use super::statement::{Cells, run};
use crate::base::clock::Stopwatch;
use crate::domain::store::StoreError;
use crate::store::errors::{Constraints, from_sqlite};
use crate::store::value::Value;

/// How long a unit waits for another process that writes to the same file.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a commit lets every task that is ready go first, so that those who are about to end a unit
/// share it. It costs nothing where nobody else is at work, and the fewer syncs and pages under load
/// save more than the wait.
const COURTESY: usize = 4;

/// The longest that a disk may have taken for a commit to be waited for where the unit is. So long, once,
/// may whoever shares the thread be kept waiting.
pub(super) const QUICK: Duration = Duration::from_millis(1);

/// The writer, shared by everyone who wants a unit.
pub(in crate::store) struct Writer {
    queue: Arc<Queue>,
}

/// The writer and those who wait for it.
struct Queue {
    state: Arc<Mutex<State>>,
    waiting: AtomicUsize,
}

struct State {
    connection: Connection,
    constraints: Constraints,
    /// Units that have ended and await the commit; the transaction is open while there are any.
    group: Vec<oneshot::Sender<Result<(), StoreError>>>,
    /// Who commits the group.
    committer: Option<JoinHandle<Result<(), StoreError>>>,
    /// How many units the last commit was for.
    last_group: usize,
    /// How long the last commit took, where there was one.
    last_commit: Option<Duration>,
}

/// A turn at the writer. Dropped in the middle, it undoes what it did.
pub(super) struct Turn {
    state: OwnedMutexGuard<State>,
    queue: Arc<Queue>,
    work: Work,
}

/// How far a turn has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Nothing was done.
    None,
    /// It opened the transaction.
    Transaction,
    /// It works in a savepoint of its group's transaction.
    Savepoint,
}

impl Writer {
    pub(super) fn new(connection: Connection, constraints: Constraints) -> Self {
        let (group, committer, last_group, last_commit) = (Vec::new(), None, 0, None);
        let state = State { connection, constraints, group, committer, last_group, last_commit };
        Self { queue: Arc::new(Queue { state: Arc::new(Mutex::new(state)), waiting: AtomicUsize::new(0) }) }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> Turn {
        let queue = Arc::clone(&self.queue);
        let state = queue.lock().await;
        Turn { state, queue, work: Work::None }
    }
}

impl Queue {
    async fn lock(&self) -> OwnedMutexGuard<State> {
        let state = Arc::clone(&self.state);
        if let Ok(state) = Arc::clone(&state).try_lock_owned() {
            return state;
        }
        let waits = Waits::one(&self.waiting);
        let locked = state.lock_owned().await;
        drop(waits);
        locked
    }

    fn is_empty(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) == 0
    }
}

/// One who waits, until dropped: also where the caller leaves.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn one(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl State {
    fn run(&self, text: &str, values: &[Value]) -> Result<Vec<Cells>, StoreError> {
        run(&self.connection, text, values).map_err(|error| from_sqlite(error, &self.constraints))
    }

    /// Whether the transaction has gone: some failures, a full disk for one, make SQLite roll it back.
    fn is_undone(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Whether nobody will commit: the group is empty, or its committer has gone with its runtime.
    fn lacks_committer(&self) -> bool {
        self.group.is_empty() || self.committer.as_ref().is_none_or(JoinHandle::is_finished)
    }

    fn answer(&mut self, outcome: &Result<(), StoreError>) {
        for waiter in self.group.drain(..) {
            // Whoever has left no longer wants to know.
            let _ = waiter.send(outcome.clone());
        }
    }

    /// Tells the group that its work is lost.
    fn fail_group(&mut self) {
        self.answer(&Err(StoreError::Unavailable("the shared transaction has failed".to_owned())));
    }

    fn commit_group(&mut self) {
        if self.group.is_empty() {
            return;
        }
        self.last_group = self.group.len();
        let outcome = self.commit();
        self.answer(&outcome);
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let watch = Stopwatch::start();
        let outcome = self.run("commit", &[]).map(drop);
        self.last_commit = Some(watch.elapsed());
        if !self.is_undone() {
            // Fails only where there is nothing to undo.
            let _ = self.run("rollback", &[]);
        }
        outcome
    }

    /// Whether a commit is likely to be over before another thread would have begun it.
    fn is_quick(&self) -> bool {
        self.last_commit.is_some_and(|took| took < QUICK)
    }
}

impl Turn {
    /// Whether the transaction, or its savepoint, is open.
    pub(super) const fn has_begun(&self) -> bool {
        !matches!(self.work, Work::None)
    }

    /// Opens the transaction, or a savepoint where the group has opened it.
    pub(super) async fn begin(mut self) -> Result<Self, StoreError> {
        if !self.state.group.is_empty() {
            self.state.run("savepoint unit", &[])?;
            self.work = Work::Savepoint;
            return Ok(self);
        }
        match run(&self.state.connection, "begin immediate", &[]) {
            Ok(_) => {
                self.work = Work::Transaction;
                Ok(self)
            }
            Err(error) if is_busy(&error) => on_waiting_thread(move || self.begin_waiting()).await?,
            Err(error) => Err(from_sqlite(error, &self.state.constraints)),
        }
    }

    /// Opens the transaction when the other process that writes has ended its own.
    fn begin_waiting(mut self) -> Result<Self, StoreError> {
        let patience = |timeout| self.state.connection.busy_timeout(timeout);
        let begun = patience(BUSY_TIMEOUT).and_then(|()| run(&self.state.connection, "begin immediate", &[]));
        let begun = begun.and(patience(Duration::ZERO)).map_err(|error| from_sqlite(error, &self.state.constraints));
        if !self.state.is_undone() {
            self.work = Work::Transaction;
        }
        begun.map(|()| self)
    }

    /// Runs a statement where it is.
    pub(super) fn run(&mut self, text: &str, values: &[Value]) -> Result<Vec<Cells>, StoreError> {
        self.state.run(text, values)
    }

    /// Joins the group that will be committed, and returns when the work is durable.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        if self.is_alone() {
            if self.state.is_quick() && has_other_threads() {
                return self.commit_here();
            }
            // What runs there goes on where the caller leaves.
            return on_waiting_thread(move || self.commit_here()).await?;
        }
        if self.work == Work::Savepoint {
            self.state.run("release unit", &[])?;
        }
        self.work = Work::None;
        let (answer, answered) = oneshot::channel();
        let is_first = self.state.lacks_committer();
        self.state.group.push(answer);
        if is_first {
            let queue = Arc::clone(&self.queue);
            // A task of its own: it goes on where the caller leaves.
            self.state.committer = Some(tokio::spawn(async move {
                for _ in 0..COURTESY {
                    tokio::task::yield_now().await;
                }
                let mut state = queue.lock().await;
                on_waiting_thread(move || state.commit_group()).await
            }));
        }
        drop(self);
        answered.await.unwrap_or_else(|_| Err(nobody_answered()))
    }

    /// Whether there is nobody to share a commit with: nobody in the group or waiting, and nobody in the
    /// group before.
    fn is_alone(&self) -> bool {
        self.work == Work::Transaction
            && self.state.group.is_empty()
            && self.state.last_group <= 1
            && self.queue.is_empty()
    }

    fn commit_here(mut self) -> Result<(), StoreError> {
        self.work = Work::None;
        self.state.last_group = 1;
        self.state.commit()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let undo: &[&str] = match self.work {
            Work::None => return,
            Work::Transaction => &["rollback"],
            Work::Savepoint => &["rollback to unit", "release unit"],
        };
        let is_undone = undo.iter().all(|statement| self.state.run(statement, &[]).is_ok());
        if !is_undone && !self.state.is_undone() {
            // A savepoint that cannot be left takes the whole group with it.
            let _ = self.state.run("rollback", &[]);
        }
        if self.state.is_undone() {
            self.state.fail_group();
        }
    }
}

/// Runs what may wait for the disk or for another process.
async fn on_waiting_thread<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(act).await.map_err(|_| nobody_answered())
}

/// Whether others of this runtime go on while this thread waits.
pub(super) fn has_other_threads() -> bool {
    tokio::runtime::Handle::current().metrics().num_workers() > 1
}

pub(super) fn is_busy(error: &Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

fn nobody_answered() -> StoreError {
    StoreError::Unavailable("the writer has gone".to_owned())
}

//! Connections that read outside a unit.
//!
//! A question takes some ten microseconds where its pages are at hand, less than the way to another thread and
//! back, so it is answered where it is asked as long as the one before was quick. One slow answer, of the disk or
//! of a long list, and the next question goes to a thread that may wait, until they are quick again. Readers of a
//! write-ahead log wait for nobody, but for who recovers it or closes it up: that is waited for elsewhere too.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Error};
use tokio::sync::Semaphore;

use super::connect;
use super::statement::{Cells, run};
use super::writer::{BUSY_TIMEOUT, QUICK, has_other_threads, is_busy};
use crate::base::clock::Stopwatch;
use crate::domain::store::StoreError;
use crate::store::errors::{Constraints, from_sqlite};
use crate::store::value::Value;

/// How many questions are answered at once.
const READERS: usize = 4;
/// How many long ones are, beside them.
const LONG_READERS: usize = 2;

/// Where questions are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where they are asked, as long as they are quick.
    Here,
    /// On a thread that may wait.
    Elsewhere,
}

/// The readers of a database.
pub(super) struct Readers {
    path: PathBuf,
    turns: Arc<Semaphore>,
    place: Place,
    idle: Mutex<Vec<Connection>>,
    /// Whether the last answer took less than [`QUICK`].
    is_quick: AtomicBool,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Arc<Self> {
        Self::at(Place::Here, READERS, path)
    }

    /// For lists and counts, which would hold up those who ask where they are: never answered in place, and with turns
    /// of their own.
    pub(super) fn for_long(path: PathBuf) -> Arc<Self> {
        Self::at(Place::Elsewhere, LONG_READERS, path)
    }

    fn at(place: Place, readers: usize, path: PathBuf) -> Arc<Self> {
        let turns = Arc::new(Semaphore::new(readers));
        Arc::new(Self { path, turns, place, idle: Mutex::default(), is_quick: AtomicBool::new(false) })
    }

    /// Runs a statement that only reads.
    pub(super) async fn run(
        self: &Arc<Self>,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Cells>, StoreError> {
        // A reader never writes: its errors have no constraints to name.
        let failed = |error| from_sqlite(error, &Constraints::default());
        if self.place == Place::Here
            && self.is_quick.load(Ordering::Relaxed)
            && has_other_threads()
            && let Ok(_turn) = self.turns.try_acquire()
        {
            match self.run_here(text, &values, Duration::ZERO) {
                Err(error) if is_busy(&error) => {}
                answered => return answered.map_err(failed),
            }
        }
        let gone = || StoreError::Unavailable("a reader has gone".to_owned());
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| gone())?;
        let readers = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || {
            let rows = readers.run_here(text, &values, BUSY_TIMEOUT);
            // The turn ends with the read and not with its caller, who may have left.
            drop(turn);
            rows
        });
        read.await.map_err(|_| gone())?.map_err(failed)
    }

    fn run_here(&self, text: &str, values: &[Value], patience: Duration) -> Result<Vec<Cells>, Error> {
        let watch = Stopwatch::start();
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = idle.map_or_else(|| self.open(), Ok)?;
        let rows = connection.busy_timeout(patience).and_then(|()| run(&connection, text, values));
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        self.is_quick.store(watch.elapsed() < QUICK, Ordering::Relaxed);
        rows
    }

    fn open(&self) -> Result<Connection, Error> {
        let connection = connect(&self.path)?;
        connection.pragma_update(None, "query_only", true)?;
        // What a reader has cached is dropped at the next commit of anybody, so more would only be memory.
        connection.pragma_update(None, "cache_size", -256)?;
        Ok(connection)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value as Cell;

    use super::*;

    fn readers(folder: &tempfile::TempDir) -> Arc<Readers> {
        let path = folder.path().join("read.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch("pragma journal_mode = wal; create table t (id integer); insert into t values (7)")
            .unwrap();
        Readers::new(path)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_answer_is_the_same_wherever_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder);
        for is_quick in [false, true, true] {
            readers.is_quick.store(is_quick, Ordering::Relaxed);
            let rows = readers.run("select id from t where id = $1", vec![Value::Int(Some(7))]).await;
            assert_eq!(rows.unwrap(), [[Cell::Integer(7)]]);
            assert!(readers.run("select nothing from t", Vec::new()).await.is_err());
        }
        assert_eq!(readers.turns.available_permits(), READERS);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_slow_answer_sends_the_next_question_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder);
        readers.is_quick.store(true, Ordering::Relaxed);
        let slow = "with recursive n (x) as (select 1 union all select x + 1 from n where x < 300000)
select count(*) from n";
        assert_eq!(readers.run(slow, Vec::new()).await.unwrap(), [[Cell::Integer(300_000)]]);
        assert!(!readers.is_quick.load(Ordering::Relaxed));
    }
}

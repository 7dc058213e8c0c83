//! Connections that read outside a unit, each question on a thread that may wait for the disk.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Error};
use tokio::sync::Semaphore;

use super::connect;
use super::statement::{Cells, run};
use crate::domain::store::StoreError;
use crate::store::errors::{Constraints, from_sqlite};
use crate::store::value::Value;

/// How many questions are answered at once.
const READERS: usize = 4;

/// The readers of a database.
pub(super) struct Readers {
    path: PathBuf,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Arc<Self> {
        Arc::new(Self { path, turns: Arc::new(Semaphore::new(READERS)), idle: Mutex::default() })
    }

    /// Runs a statement that only reads.
    pub(super) async fn run(
        self: &Arc<Self>,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Cells>, StoreError> {
        let gone = || StoreError::Unavailable("a reader has gone".to_owned());
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| gone())?;
        let readers = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || {
            let rows = readers.run_here(text, &values);
            // The turn ends with the read and not with its caller, who may have left.
            drop(turn);
            rows
        });
        // A reader never writes: its errors have no constraints to name.
        read.await.map_err(|_| gone())?.map_err(|error| from_sqlite(error, &Constraints::default()))
    }

    fn run_here(&self, text: &str, values: &[Value]) -> Result<Vec<Cells>, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = idle.map_or_else(|| self.open(), Ok)?;
        let rows = run(&connection, text, values);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        rows
    }

    fn open(&self) -> Result<Connection, Error> {
        let connection = connect(&self.path)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.busy_timeout(super::writer::BUSY_TIMEOUT)?;
        Ok(connection)
    }
}

//! A unit of work on SQLite: a turn at the writer.

use sqlx::sqlite::SqliteRow;

use super::batch::Batch;
use super::unstoppable::Unstoppable;
use super::writer::{Ending, Turn};
use crate::domain::store::StoreError;
use crate::store::sql::Statement;
use crate::store::value::Value;

/// A turn with its statements. The transaction or savepoint begins with the first statement.
pub(in crate::store) struct SqliteUnit {
    turn: Option<Turn>,
    queued: Batch,
    begun: bool,
    ending: Ending,
}

impl SqliteUnit {
    pub(super) fn new(turn: Turn) -> Self {
        Self { turn: Some(turn), queued: Batch::default(), begun: false, ending: Ending::Dropped }
    }

    /// Runs a statement after those that were queued.
    pub(in crate::store) async fn all(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        self.queued.add(statement, values);
        self.flush().await
    }

    /// Queues a statement that gives no rows; it runs with the next one that does, or at commit.
    pub(in crate::store) fn queue(&mut self, statement: &'static Statement, values: Vec<Value>) {
        self.queued.add(statement, values);
    }

    /// Runs a statement whose failure leaves the unit usable, after those that were queued, so that a
    /// taken name is that of the statement itself.
    pub(in crate::store) async fn attempt(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        self.flush().await.map_err(|error| match error {
            StoreError::Taken { constraint } => StoreError::Unavailable(format!("`{constraint}` is taken")),
            other => other,
        })?;
        self.all(statement, values).await
    }

    async fn flush(&mut self) -> Result<Vec<SqliteRow>, StoreError> {
        let batch = self.take_batch();
        let turn = self.turn.as_mut().ok_or_else(ended)?;
        let outcome = turn.run(batch).await;
        if matches!(outcome, Err(StoreError::Unavailable(_))) {
            self.ending = Ending::Failed;
        }
        outcome
    }

    /// Commits.
    pub(in crate::store) async fn commit(mut self) -> Result<(), StoreError> {
        if !self.begun && self.queued.is_empty() {
            return Ok(());
        }
        let batch = self.take_batch();
        let turn = self.turn.take().ok_or_else(ended)?;
        Unstoppable::new(turn.commit(batch)).await
    }

    /// The queued statements, preceded by the beginning where there was none yet.
    fn take_batch(&mut self) -> Batch {
        let queued = std::mem::take(&mut self.queued);
        if self.begun || queued.is_empty() {
            return queued;
        }
        self.begun = true;
        let mut batch = Batch::default();
        batch.word(if self.turn.as_ref().is_some_and(Turn::is_shared) { "savepoint unit" } else { "begin immediate" });
        batch.extend(queued);
        batch
    }
}

impl Drop for SqliteUnit {
    fn drop(&mut self) {
        let Some(mut turn) = self.turn.take() else { return };
        if self.begun || turn.is_shared() {
            // Cleared by the clean-up; where that cannot run any more, the next turn sees it.
            turn.set_abandoned(self.begun);
            let (begun, ending) = (self.begun, self.ending);
            drop(Unstoppable::new(async move {
                if begun {
                    turn.leave(ending).await;
                } else {
                    turn.pass().await;
                }
            }));
        }
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("the unit has ended".to_owned())
}

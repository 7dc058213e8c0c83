//! A unit of work on SQLite: a turn at the writer.

use super::statement::Cells;
use super::writer::Turn;
use crate::domain::store::StoreError;
use crate::store::sql::Statement;
use crate::store::value::Value;

/// A turn with its statements. The transaction or savepoint begins with the first statement. After a
/// failed statement the unit is not committed; what the statement did is undone by SQLite itself.
pub(in crate::store) struct SqliteUnit {
    turn: Option<Turn>,
}

impl SqliteUnit {
    pub(super) const fn new(turn: Turn) -> Self {
        Self { turn: Some(turn) }
    }

    /// Runs a statement.
    pub(in crate::store) async fn all(
        &mut self,
        statement: &'static Statement,
        values: &[Value],
    ) -> Result<Vec<Cells>, StoreError> {
        // A unit of many statements lets others have the thread now and then.
        tokio::task::coop::consume_budget().await;
        if !self.turn.as_ref().is_some_and(Turn::has_begun) {
            self.turn = Some(self.turn.take().ok_or_else(ended)?.begin().await?);
        }
        self.turn.as_mut().ok_or_else(ended)?.run(statement.sqlite, values)
    }

    /// Commits.
    pub(in crate::store) async fn commit(self) -> Result<(), StoreError> {
        match self.turn {
            Some(turn) if turn.has_begun() => turn.commit().await,
            Some(_) => Ok(()),
            None => Err(ended()),
        }
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("the unit has ended".to_owned())
}

//! What the databases' errors mean to the callers of the store.

use std::collections::HashMap;

use rusqlite::ffi::{SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
use sqlx::error::ErrorKind;

use crate::domain::store::StoreError;

/// The unique constraints of an SQLite database: SQLite reports the columns, code matches on names.
#[derive(Debug, Default)]
pub(super) struct Constraints(HashMap<String, String>);

impl Constraints {
    /// From (name, `table.column, table.column`).
    pub(super) fn new(rows: impl Iterator<Item = (String, String)>) -> Self {
        Self(rows.map(|(name, columns)| (columns, name)).collect())
    }

    fn name_of(&self, message: &str) -> String {
        let columns = message.rsplit("constraint failed: ").next().unwrap_or(message);
        self.0.get(columns).map_or_else(|| columns.to_owned(), Clone::clone)
    }
}

/// An error of SQLite.
pub(super) fn from_sqlite(error: rusqlite::Error, constraints: &Constraints) -> StoreError {
    match &error {
        rusqlite::Error::SqliteFailure(failure, Some(message)) => match failure.extended_code {
            SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY => {
                StoreError::Taken { constraint: constraints.name_of(message) }
            }
            // A row that was referred to has gone meanwhile.
            SQLITE_CONSTRAINT_FOREIGNKEY => StoreError::Raced,
            _ => StoreError::Unavailable(message.clone()),
        },
        _ => StoreError::Unavailable(error.to_string()),
    }
}

/// An error of SQLite while its schema is brought up to date.
pub(super) fn from_sqlx(error: sqlx::Error) -> StoreError {
    common(error)
}

/// An error of PostgreSQL.
pub(super) fn from_postgres(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) if error.kind() == ErrorKind::UniqueViolation => {
            StoreError::Taken { constraint: error.constraint().unwrap_or_default().to_owned() }
        }
        sqlx::Error::Database(error) if error.code().is_some_and(|code| is_lost_race(&code)) => StoreError::Raced,
        // The driver tries again until the time is over and keeps the reason to itself.
        sqlx::Error::PoolTimedOut => StoreError::Unavailable(
            "no connection in time: see that the server of `database.url` runs, can be reached from here and has \
             connections left"
                .to_owned(),
        ),
        other => common(other),
    }
}

/// PostgreSQL's serialization failure, deadlock and lock that was not available.
fn is_lost_race(code: &str) -> bool {
    matches!(code, "40001" | "40P01" | "55P03")
}

fn common(error: sqlx::Error) -> StoreError {
    match error {
        // A row that was referred to has gone meanwhile.
        sqlx::Error::Database(error) if error.kind() == ErrorKind::ForeignKeyViolation => StoreError::Raced,
        sqlx::Error::Database(error) => StoreError::Unavailable(error.message().to_owned()),
        other => StoreError::Unavailable(other.to_string()),
    }
}

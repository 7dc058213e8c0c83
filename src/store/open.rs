//! Opening a database: which one, whether its schema is brought up to date, and what can be wrong.

use std::path::PathBuf;
use std::sync::Arc;

use sqlx::migrate::{MigrateError, Migrator};

use super::cached::CachedDirectory;
use super::handle::{Database, Handle};
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use crate::domain::store::directory::Directory;
use crate::domain::store::{Store, StoreError};

/// Both handles of an open store.
#[derive(Clone)]
pub struct OpenStore {
    /// Transactions and fresh reads.
    pub store: Arc<dyn Store>,
    /// Cached reads for routing and rendering.
    pub directory: Arc<dyn Directory>,
}

impl std::fmt::Debug for OpenStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("OpenStore").finish_non_exhaustive()
    }
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is of no database that is known here.
    #[error("not a database address of the form `sqlite://path` or `postgres://user@host/name`: {0}")]
    Address(String),
    /// The file cannot be made.
    #[error("cannot make `{path}`: {error}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A newer release has been here.
    #[error("the database has schema {found}, this release knows {known} at most: start the newer release")]
    NewerSchema {
        /// The version in the database.
        found: i64,
        /// The newest version that is known here.
        known: i64,
    },
    /// The database has no schema yet.
    #[error("the database is empty: start the gateway once")]
    NoSchema,
    /// The database has an older schema.
    #[error("the database lacks schema {known}: start the gateway once")]
    OlderSchema {
        /// The version that it should have.
        known: i64,
    },
    /// A migration that was applied is not the one that is known here, or could not be applied.
    #[error("schema cannot be brought up to date: {0}")]
    Migration(#[source] MigrateError),
    /// The database cannot be reached or has failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether the schema is brought up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Migrate {
    Yes,
    No,
}

/// Opens the database at `url`, makes it where it is a missing SQLite file, and brings its schema up to
/// date; nodes that start together wait for one another. `node` names this process in the audit and
/// must be another for each.
///
/// **Shape**: `sqlite://path` or `postgres://user:password@host:port/name`; a schema of PostgreSQL is
/// chosen by `?options=-csearch_path%3Dname`.
///
/// # Errors
/// [`OpenError`].
pub async fn open(url: &str, node: &str) -> Result<OpenStore, OpenError> {
    open_as(url, node, Migrate::Yes).await
}

/// Opens the database at `url` as it stands: nothing is made or migrated.
///
/// # Errors
/// [`OpenError`], [`OpenError::NoSchema`] where there is no schema yet.
pub async fn open_existing(url: &str, node: &str) -> Result<OpenStore, OpenError> {
    open_as(url, node, Migrate::No).await
}

async fn open_as(url: &str, node: &str, migrate: Migrate) -> Result<OpenStore, OpenError> {
    let scheme = url.split(':').next().unwrap_or_default();
    let database = match scheme {
        "sqlite" => Database::Sqlite(Sqlite::open(url, migrate).await?),
        "postgres" | "postgresql" => Database::Postgres(Postgres::open(url, migrate).await?),
        other => return Err(OpenError::Address(format!("scheme `{other}`"))),
    };
    let directory = Arc::new(CachedDirectory::new(database.clone()));
    let store = Arc::new(Handle::new(database, node).await?);
    Ok(OpenStore { store, directory })
}

/// The newest version that is known.
fn newest(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// What a failed migration means.
pub(super) fn migration_error(error: MigrateError, migrator: &Migrator) -> OpenError {
    match error {
        MigrateError::VersionMissing(found) if found > newest(migrator) => {
            OpenError::NewerSchema { found, known: newest(migrator) }
        }
        other => OpenError::Migration(other),
    }
}

/// Compares the versions that were applied with those that are known.
pub(super) fn check_schema(migrator: &Migrator, applied: Vec<i64>) -> Result<(), OpenError> {
    let known = newest(migrator);
    match applied.last() {
        None => Err(OpenError::NoSchema),
        Some(found) if *found > known => Err(OpenError::NewerSchema { found: *found, known }),
        Some(found) if *found == known => Ok(()),
        _ => Err(OpenError::OlderSchema { known }),
    }
}

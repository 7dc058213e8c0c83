//! SQLite: one file, one writer, a pool of readers.
//!
//! The schema is brought up to date by sqlx, as on PostgreSQL. Statements are run by rusqlite: sqlx sends
//! each to a thread of its own and waits for it to come back, which costs several times the statement.

mod readers;
mod statement;
mod unit;
pub(super) mod writer;

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};

use self::readers::Readers;
pub(super) use self::statement::Cells;
use self::statement::KEPT_STATEMENTS;
pub(super) use self::unit::SqliteUnit;
use self::writer::{BUSY_TIMEOUT, Writer};
use super::errors::{Constraints, from_sqlite, from_sqlx};
use super::open::{Migrate, OpenError, migration_error};
use super::sql::Statement;
use super::value::Value;
use crate::domain::store::StoreError;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/sqlite");

/// How often opening is tried while other nodes bring the same new file into its mode.
const MAX_TRIES: u32 = 20;

/// An open SQLite database.
#[derive(Clone)]
pub(super) struct Sqlite {
    writer: Arc<Writer>,
    readers: Arc<Readers>,
    long_readers: Arc<Readers>,
}

impl Sqlite {
    /// Opens the file that `url` names, making it where it is missing.
    pub(super) async fn open(url: &str, migrate: Migrate) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|error| OpenError::Address(error.to_string()))?
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        if migrate == Migrate::Yes {
            make_file(options.get_filename())?;
        }
        let mut connection = connect_to_migrate(&options).await?;
        match migrate {
            Migrate::Yes => apply_migrations(&mut connection).await?,
            Migrate::No => super::open::check_schema(&MIGRATOR, applied(&mut connection).await?)?,
        }
        let constraints = read_constraints(&mut connection).await.map_err(failed)?;
        let path = options.get_filename();
        // While this node holds the file open, no other that leaves is the last and locks it to clean up.
        let writer = connect(path).map_err(|error| OpenError::Store(from_sqlite(error, &constraints)))?;
        connection.close().await.map_err(failed)?;
        let readers = Readers::new(path.to_path_buf());
        let long_readers = Readers::for_long(path.to_path_buf());
        Ok(Self { writer: Arc::new(Writer::new(writer, constraints)), readers, long_readers })
    }

    /// The same, for lists and counts.
    pub(super) fn for_long(&self) -> Self {
        Self { readers: Arc::clone(&self.long_readers), ..self.clone() }
    }

    /// Waits for a turn at the writer.
    pub(super) async fn unit(&self) -> SqliteUnit {
        SqliteUnit::new(self.writer.turn().await)
    }

    /// Reads outside a unit.
    pub(super) async fn read(
        &self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<Cells>, StoreError> {
        self.readers.run(statement.sqlite, values).await
    }
}

/// Connects to a file that has its schema.
fn connect(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_prepared_statement_cache_capacity(KEPT_STATEMENTS);
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // The pages that a savepoint keeps aside go to memory; by default they spill to a file after 64 kB.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Rows that come and go within minutes are rewritten many times before they are worth copying.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    // Negative: in kB. The pages of recent sessions, codes and tokens stay at hand.
    connection.pragma_update(None, "cache_size", -8_000)?;
    Ok(connection)
}

fn failed(error: sqlx::Error) -> OpenError {
    OpenError::Store(from_sqlx(error))
}

/// Makes a new file readable to this user alone, and its directory too; SQLite gives the files beside
/// it the same permissions.
fn make_file(path: &Path) -> Result<(), OpenError> {
    let refused = |error: std::io::Error| OpenError::File { path: path.to_path_buf(), error };
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory).map_err(refused)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(refused(error)),
    }
}

/// Connects. While several nodes turn a new file to WAL, SQLite may call it locked without waiting.
async fn connect_to_migrate(options: &SqliteConnectOptions) -> Result<SqliteConnection, OpenError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match SqliteConnection::connect_with(options).await {
            Ok(connection) => return Ok(connection),
            Err(error) if tries < MAX_TRIES && is_locked(&error) => {
                tracing::debug!(tries, "the database file is locked by another process");
                tokio::task::yield_now().await;
            }
            Err(error) => return Err(failed(error)),
        }
    }
}

fn is_locked(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.message().contains("locked"))
}

/// Applies what is missing, within one transaction that keeps other nodes out.
async fn apply_migrations(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let mut transaction = connection.begin_with("begin immediate").await.map_err(failed)?;
    MIGRATOR.run_direct(None, &mut *transaction, false).await.map_err(|error| migration_error(error, &MIGRATOR))?;
    transaction.commit().await.map_err(failed)
}

/// The versions that were applied, none where there was never a schema.
async fn applied(connection: &mut SqliteConnection) -> Result<Vec<i64>, OpenError> {
    let known = connection
        .fetch_optional("select name from sqlite_schema where name = '_sqlx_migrations'")
        .await
        .map_err(failed)?;
    if known.is_none() {
        return Ok(Vec::new());
    }
    let rows = connection.fetch_all("select version from _sqlx_migrations order by version").await.map_err(failed)?;
    rows.iter().map(|row| row.try_get(0).map_err(failed)).collect()
}

const CONSTRAINTS: &str = "
    select
        case list.origin when 'pk' then tables.name || '_pkey' else list.name end,
        (select string_agg(tables.name || '.' || info.name, ', ' order by info.seqno)
            from pragma_index_info(list.name) as info)
    from sqlite_schema as tables
    join pragma_index_list(tables.name) as list
    where tables.type = 'table' and list.\"unique\" = 1";

/// Reads which unique constraint has which columns.
async fn read_constraints(connection: &mut SqliteConnection) -> Result<Constraints, sqlx::Error> {
    let rows = connection.fetch_all(CONSTRAINTS).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.push((row.try_get(0)?, row.try_get(1)?));
    }
    Ok(Constraints::new(found.into_iter()))
}

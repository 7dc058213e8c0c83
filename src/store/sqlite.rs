//! SQLite: one file, one writer, a pool of readers.

mod batch;
mod unit;
mod unstoppable;
pub(super) mod writer;

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};

pub(super) use self::unit::SqliteUnit;
use self::writer::Writer;
use super::errors::{Constraints, from_sqlite};
use super::open::{Migrate, OpenError, migration_error};
use super::sql::Statement;
use super::value::Value;
use crate::domain::store::StoreError;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/sqlite");

/// How long a statement waits for another process that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How many readers there are; each has a thread of its own.
const READERS: u32 = 4;
/// How often opening is tried while other nodes bring the same new file into its mode.
const MAX_TRIES: u32 = 20;

/// An open SQLite database.
#[derive(Clone)]
pub(super) struct Sqlite {
    writer: Arc<Writer>,
    readers: SqlitePool,
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
            .statement_cache_capacity(256)
            .disable_statement_logging();
        if migrate == Migrate::Yes {
            make_file(options.get_filename())?;
        }
        let mut connection = connect(&options).await?;
        match migrate {
            Migrate::Yes => apply_migrations(&mut connection).await?,
            Migrate::No => super::open::check_schema(&MIGRATOR, applied(&mut connection).await?)?,
        }
        let constraints = read_constraints(&mut connection).await.map_err(failed)?;
        // A reader never writes; its errors have no constraints to name.
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options.pragma("query_only", "1"));
        Ok(Self { writer: Writer::new(connection, constraints), readers })
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
    ) -> Result<Vec<sqlx::sqlite::SqliteRow>, StoreError> {
        let mut batch = batch::Batch::default();
        batch.add(statement, values);
        let failed = |error| from_sqlite(error, &Constraints::default());
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        batch.run(&mut connection).await.map_err(failed)
    }
}

fn failed(error: sqlx::Error) -> OpenError {
    OpenError::Store(from_sqlite(error, &Constraints::default()))
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
async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, OpenError> {
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

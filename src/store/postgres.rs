//! PostgreSQL: a pool; each unit is a transaction (read committed) that locks what it reads.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::{Arguments as _, ConnectOptions as _, Executor as _, Row as _, Transaction};

use super::errors::from_postgres;
use super::open::{Migrate, OpenError, migration_error};
use super::sql::Statement;
use super::value::Value;
use crate::domain::store::StoreError;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/postgres");

/// How long a unit waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// The most connections of one node.
const CONNECTIONS: u32 = 16;

/// An open PostgreSQL database.
#[derive(Clone)]
pub(super) struct Postgres {
    pool: PgPool,
}

/// A transaction.
pub(super) struct PostgresUnit {
    transaction: Transaction<'static, sqlx::Postgres>,
}

impl Postgres {
    /// Connects to the database that `url` names.
    pub(super) async fn open(url: &str, migrate: Migrate) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| OpenError::Address(error.to_string()))?
            .application_name("entente")
            .statement_cache_capacity(256)
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .map_err(failed)?;
        match migrate {
            Migrate::Yes => MIGRATOR.run(&pool).await.map_err(|error| migration_error(error, &MIGRATOR))?,
            Migrate::No => super::open::check_schema(&MIGRATOR, applied(&pool).await?)?,
        }
        Ok(Self { pool })
    }

    /// Begins a transaction.
    pub(super) async fn unit(&self) -> Result<PostgresUnit, StoreError> {
        Ok(PostgresUnit { transaction: self.pool.begin().await.map_err(from_postgres)? })
    }

    /// Reads outside a unit.
    pub(super) async fn read(
        &self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<PgRow>, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(from_postgres)?;
        run(&mut connection, statement, values).await
    }
}

impl PostgresUnit {
    /// Runs a statement.
    pub(super) async fn all(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<PgRow>, StoreError> {
        run(&mut self.transaction, statement, values).await
    }

    /// Runs a statement so that its failure leaves the transaction usable.
    pub(super) async fn attempt(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.transaction.execute("savepoint attempted").await.map_err(from_postgres)?;
        let outcome = run(&mut self.transaction, statement, values).await;
        let ending = if outcome.is_ok() { "release attempted" } else { "rollback to attempted" };
        self.transaction.execute(ending).await.map_err(from_postgres)?;
        outcome
    }

    /// Commits.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit().await.map_err(from_postgres)
    }
}

fn failed(error: sqlx::Error) -> OpenError {
    OpenError::Store(from_postgres(error))
}

async fn run(
    connection: &mut PgConnection,
    statement: &'static Statement,
    values: Vec<Value>,
) -> Result<Vec<PgRow>, StoreError> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Text(text) => arguments.add(text),
            Value::Int(number) => arguments.add(number),
            Value::Bytes(bytes) => arguments.add(bytes),
        }
        .map_err(|error| from_postgres(sqlx::Error::Encode(error)))?;
    }
    connection.fetch_all(sqlx::query_with(statement.postgres, arguments)).await.map_err(from_postgres)
}

/// The versions that were applied, none where there was never a schema.
async fn applied(pool: &PgPool) -> Result<Vec<i64>, OpenError> {
    let known = pool.fetch_one("select to_regclass('_sqlx_migrations') is not null").await.map_err(failed)?;
    if !known.try_get::<bool, _>(0).map_err(failed)? {
        return Ok(Vec::new());
    }
    let rows = pool.fetch_all("select version from _sqlx_migrations order by version").await.map_err(failed)?;
    rows.iter().map(|row| row.try_get(0).map_err(failed)).collect()
}

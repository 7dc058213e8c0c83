//! How many rows there are of what a sign-in leaves behind.

use sqlx::{PgPool, SqlitePool};

/// What a sign-in writes, beside the audit.
const TABLES: [&str; 6] = ["guests", "sessions", "codes", "access_tokens", "taken_attempts", "seen_messages"];

/// A look into the database beside the gateway.
pub enum Rows {
    /// SQLite.
    Sqlite(SqlitePool),
    /// PostgreSQL.
    Postgres(PgPool),
}

impl Rows {
    /// Opens the database at `url`.
    pub async fn open(url: &str) -> Self {
        if url.starts_with("sqlite") {
            Self::Sqlite(SqlitePool::connect(url).await.unwrap())
        } else {
            Self::Postgres(PgPool::connect(url).await.unwrap())
        }
    }

    /// The count of each table.
    pub async fn counts(&self) -> Vec<(&'static str, i64)> {
        let mut counts = Vec::with_capacity(TABLES.len());
        for table in TABLES {
            let statement = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
            let count: i64 = match self {
                Self::Sqlite(pool) => sqlx::query_scalar(statement).fetch_one(pool).await.unwrap(),
                Self::Postgres(pool) => sqlx::query_scalar(statement).fetch_one(pool).await.unwrap(),
            };
            counts.push((table, count));
        }
        counts
    }
}

//! What a database holds: the rows of every table, so that "nothing was written" can be asserted.

use std::collections::BTreeMap;

use sqlx::{Connection as _, PgConnection, SqliteConnection};

/// Table by table how many rows there are, and a digest where the database makes one cheaply.
#[derive(Debug, PartialEq, Eq)]
pub struct Rows(BTreeMap<String, (i64, String)>);

/// A connection beside those of the gateway.
pub enum Witness {
    /// Keeps its connection: SQLite counts the commits of others for each connection.
    Sqlite(SqliteConnection),
    /// The server.
    Postgres(PgConnection),
}

impl Witness {
    /// Connects to the database at `url`.
    pub async fn connect(url: &str) -> Self {
        if url.starts_with("sqlite:") {
            Self::Sqlite(SqliteConnection::connect(url).await.unwrap())
        } else {
            Self::Postgres(PgConnection::connect(url).await.unwrap())
        }
    }

    /// Reads all tables.
    pub async fn rows(&mut self) -> Rows {
        let tables = self.tables().await;
        let mut rows = BTreeMap::new();
        for table in tables {
            let found = match self {
                Self::Sqlite(connection) => {
                    let count = format!("select count(*) from {table}");
                    let count: i64 =
                        sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(connection).await.unwrap();
                    (count, String::new())
                }
                Self::Postgres(connection) => {
                    let digest = format!(
                        "select count(*), md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {table} t"
                    );
                    sqlx::query_as(sqlx::AssertSqlSafe(digest)).fetch_one(connection).await.unwrap()
                }
            };
            rows.insert(table, found);
        }
        if let Self::Sqlite(connection) = self {
            // Moves with every commit of another connection that changed anything.
            let version: i64 = sqlx::query_scalar("pragma data_version").fetch_one(connection).await.unwrap();
            rows.insert("pragma data_version".to_owned(), (version, String::new()));
        }
        Rows(rows)
    }

    async fn tables(&mut self) -> Vec<String> {
        match self {
            Self::Sqlite(connection) => {
                let names = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'";
                sqlx::query_scalar(names).fetch_all(connection).await.unwrap()
            }
            Self::Postgres(connection) => {
                let names = "select table_name::text from information_schema.tables where table_schema = 'public'";
                sqlx::query_scalar(names).fetch_all(connection).await.unwrap()
            }
        }
    }
}

impl Rows {
    /// How many rows a table has.
    pub fn count(&self, table: &str) -> i64 {
        self.0.get(table).unwrap_or_else(|| panic!("no table `{table}` in {self:?}")).0
    }
}

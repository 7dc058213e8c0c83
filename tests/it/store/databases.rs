//! A fresh database for each test.

use std::future::Future;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use entente::store::open::{OpenStore, open};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::support::stores::Place;
use crate::support::templates;

const DEADLINE: Duration = Duration::from_secs(120);

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A fresh database.
#[derive(Clone)]
pub struct Fresh {
    pub kind: Kind,
    pub url: String,
    /// The file, for SQLite.
    pub path: PathBuf,
}

impl Fresh {
    /// Opens it as the node `name`.
    pub async fn node(&self, name: &str) -> OpenStore {
        open(&self.url, name).await.unwrap()
    }
}

/// What a database has at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    Schema,
}

/// Runs `test` on a fresh, empty database and removes that afterwards, however the test ended.
pub fn on_fresh<F>(kind: Kind, test: impl FnOnce(Fresh) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    on(kind, Content::Nothing, Place::Disk, test);
}

/// As [`on_fresh`], on a database that has its schema, and in memory where it is a file.
pub fn on_schema<F>(kind: Kind, test: impl FnOnce(Fresh) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    on(kind, Content::Schema, Place::Memory, test);
}

fn on<F>(kind: Kind, content: Content, place: Place, test: impl FnOnce(Fresh) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let directory = place.folder();
    let path = directory.path().join("entente.db");
    let name = database_name();
    let url = match (kind, server()) {
        (Kind::Sqlite, _) => {
            if content == Content::Schema {
                runtime.block_on(templates::write_sqlite(&path));
            }
            format!("sqlite://{}", path.display())
        }
        (Kind::Postgres, None) => return,
        (Kind::Postgres, Some(server)) => {
            match content {
                Content::Nothing => runtime.block_on(at_server(&server, &format!("create database {name}"))),
                Content::Schema => runtime.block_on(templates::create_postgres(&server, &name)),
            }
            let (base, _) = server.rsplit_once('/').unwrap();
            format!("{base}/{name}")
        }
    };
    let running = test(Fresh { kind, url, path });
    let outcome = runtime.block_on(async { tokio::spawn(tokio::time::timeout(DEADLINE, running)).await });
    if let (Kind::Postgres, Some(server)) = (kind, server()) {
        runtime.block_on(at_server(&server, &format!("drop database {name} with (force)")));
    }
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(_)) => panic!("the test did not end in time"),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// The server of the tests.
pub fn server() -> Option<String> {
    let server = std::env::var("ENTENTE_TEST_POSTGRES").ok();
    if server.is_none() {
        assert_ne!(std::env::var("ENTENTE_TEST_STRICT").as_deref(), Ok("1"), "ENTENTE_TEST_POSTGRES is not set");
        // Once, and past the capture of the test's output.
        static SAID: Once = Once::new();
        SAID.call_once(|| {
            let _ = writeln!(std::io::stderr(), "skipped on PostgreSQL: ENTENTE_TEST_POSTGRES is not set");
        });
    }
    server
}

fn database_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("entente_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

async fn at_server(server: &str, statement: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
}

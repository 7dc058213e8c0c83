//! Both databases: each test gets a database of its own.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection as _, Executor as _, PgConnection};

use super::templates;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in a folder of its own.
    Sqlite,
    /// A database of its own on the server that `ENTENTE_TEST_POSTGRES` names.
    Postgres,
}

/// Where files of a test lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In memory where the system has a folder there: nobody pulls the plug in a test, so none waits for a disk.
    Memory,
    /// On the disk, as benches measure it.
    #[allow(dead_code, reason = "for benches, which share this file")]
    Disk,
}

impl Place {
    /// A new folder there.
    pub fn folder(self) -> tempfile::TempDir {
        let in_memory = match self {
            Self::Memory => tempfile::tempdir_in("/dev/shm").ok(),
            Self::Disk => None,
        };
        in_memory.unwrap_or_else(|| tempfile::tempdir().unwrap())
    }
}

/// A database that goes away with the test.
pub struct TestDatabase {
    /// What the configuration would name.
    pub url: String,
    _folder: tempfile::TempDir,
    dropped: Option<(String, String)>,
}

/// Whether `backend` can be had; a missing one is said, and is a failure under the strict switch.
pub fn is_there(backend: Backend) -> bool {
    if backend == Backend::Sqlite || std::env::var_os("ENTENTE_TEST_POSTGRES").is_some() {
        return true;
    }
    assert_ne!(std::env::var("ENTENTE_TEST_STRICT").as_deref(), Ok("1"), "ENTENTE_TEST_POSTGRES names no server");
    eprintln!("skipped: ENTENTE_TEST_POSTGRES names no PostgreSQL server");
    false
}

impl TestDatabase {
    /// Makes a database that has its schema and nothing else.
    pub async fn new(backend: Backend, place: Place) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = place.folder();
        match backend {
            Backend::Sqlite => {
                let path = folder.path().join("entente.db");
                templates::write_sqlite(&path).await;
                let url = format!("sqlite://{}", path.display());
                Self { url, _folder: folder, dropped: None }
            }
            Backend::Postgres => {
                let server = std::env::var("ENTENTE_TEST_POSTGRES").unwrap();
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let name = format!("entente_it_{}_{count}", std::process::id());
                templates::create_postgres(&server, &name).await;
                let (base, _) = server.rsplit_once('/').unwrap();
                Self { url: format!("{base}/{name}"), _folder: folder, dropped: Some((server, name)) }
            }
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = self.dropped.take() else { return };
        // The runtime of the test is ending, so the database is dropped from a thread of its own.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                if let Ok(mut connection) = PgConnection::connect(&server).await {
                    let statement = format!("drop database if exists {name} with (force)");
                    let _ = connection.execute(sqlx::AssertSqlSafe(statement)).await;
                }
            });
        });
        let _ = dropping.join();
    }
}

/// Runs each test on both databases.
macro_rules! on_both_stores {
    ($($(#[$meta:meta])* async fn $name:ident($backend:ident: Backend) $body:block)+) => {
        $(
            $(#[$meta])*
            mod $name {
                #[allow(unused_imports)]
                use super::*;

                async fn run($backend: $crate::support::stores::Backend) $body

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    run($crate::support::stores::Backend::Sqlite).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    if $crate::support::stores::is_there($crate::support::stores::Backend::Postgres) {
                        run($crate::support::stores::Backend::Postgres).await;
                    }
                }
            }
        )+
    };
}

pub(crate) use on_both_stores;

//! Opening a database: several nodes at once, a newer schema, none at all.

use std::sync::Arc;

use entente::store::open::{OpenError, open, open_existing};
use sqlx::{AssertSqlSafe, Executor as _};
use tokio::sync::Barrier;

use super::databases::{Fresh, Kind, on_fresh};
use super::samples::*;

pub async fn several_nodes_start_together_on_an_empty_database(fresh: Fresh) {
    const NODES: usize = 5;
    let start = Arc::new(Barrier::new(NODES));
    let nodes: Vec<_> = (0..NODES)
        .map(|number| {
            let (fresh, start) = (fresh.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                open(&fresh.url, &format!("node {number}")).await
            })
        })
        .collect();
    for node in nodes {
        let open = node.await.unwrap().unwrap();
        open.store.ping().await.unwrap();
        assert_eq!(unit(&*open.store).await.installation().await, Ok(None));
    }
}

/// Runs a statement beside the store.
async fn beside(fresh: &Fresh, statement: &str) {
    let statement = AssertSqlSafe(statement.to_owned());
    match fresh.kind {
        Kind::Sqlite => sqlx::SqlitePool::connect(&fresh.url).await.unwrap().execute(statement).await.map(drop),
        Kind::Postgres => sqlx::PgPool::connect(&fresh.url).await.unwrap().execute(statement).await.map(drop),
    }
    .unwrap();
}

pub async fn a_newer_schema_is_refused(fresh: Fresh) {
    drop(fresh.node("one").await);
    beside(
        &fresh,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         select 99990101000000, 'from a newer release', success, checksum, execution_time
         from _sqlx_migrations
         limit 1",
    )
    .await;
    for refused in [open(&fresh.url, "two").await, open_existing(&fresh.url, "two").await] {
        let error = refused.expect_err("a newer schema");
        assert!(matches!(error, OpenError::NewerSchema { found: 99_990_101_000_000, .. }), "{error:?}");
    }
}

pub async fn an_empty_database_is_not_opened_as_existing(fresh: Fresh) {
    let refused = open_existing(&fresh.url, "one").await.err();
    match fresh.kind {
        Kind::Sqlite => {
            assert!(matches!(refused, Some(OpenError::Store(_))), "{refused:?}");
            assert!(!fresh.path.exists());
        }
        Kind::Postgres => assert!(matches!(refused, Some(OpenError::NoSchema)), "{refused:?}"),
    }
    drop(fresh.node("one").await);
    open_existing(&fresh.url, "two").await.unwrap().store.ping().await.unwrap();
}

#[test]
fn a_new_file_is_readable_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    on_fresh(Kind::Sqlite, |fresh| async move {
        let directory = fresh.path.parent().unwrap().join("data");
        let path = directory.join("entente.db");
        let open = open(&format!("sqlite://{}", path.display()), "one").await.unwrap();
        furnish(&*open.store).await;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700);
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(&directory.join("entente.db-wal")), 0o600);
    });
}

#[test]
fn an_address_of_no_known_database_is_refused() {
    on_fresh(Kind::Sqlite, |_| async {
        for address in ["", "mysql://localhost/x", "entente.db", "sqlite://x.db?mode=sideways"] {
            let error = open(address, "one").await.expect_err("no known database");
            assert!(matches!(error, OpenError::Address(_)), "{address}: {error:?}");
        }
    });
}

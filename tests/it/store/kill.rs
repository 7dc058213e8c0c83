//! A process that is killed after any commit has kept what it acknowledged, and nothing by halves.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use entente::domain::audit::{AuditId, AuditQuery};
use entente::domain::audit_chain::walk::{ChainFault, NodeWalk};
use entente::domain::authentication::OnceKey;
use entente::domain::sessions::{Code, Session};
use entente::domain::store::audit_chain::Stretch;
use entente::domain::store::sign_ins::{Once, TakenCode};
use entente::domain::store::{Store, StoreError};

use super::databases::{Fresh, Kind};
use super::samples::*;

const CHILD: &str = "ENTENTE_TEST_STORE_CHILD";
const TASKS: u32 = 4;
const UNITS: u32 = 50;

/// All that a sign-in writes, under `number`.
async fn sign_in(store: &dyn Store, number: u32) -> Result<(), StoreError> {
    let mut unit = store.unit_of_work().await?;
    assert_eq!(unit.take_attempt(attempt_id(number), after(900)).await?, Once::First);
    assert_eq!(unit.remember_once(&once_key(number)).await?, Once::First);
    let own_session = Session { id: session_id(number), handle: handle("session", number), ..session(1) };
    unit.insert_session(&own_session).await?;
    unit.insert_code(&Code { session: session_id(number), ..code(number) }).await?;
    let mut audited = entry(number);
    audited.attempt = Some(attempt_id(number));
    unit.append_audit(&audited).await?;
    unit.commit().await
}

fn once_key(number: u32) -> OnceKey {
    OnceKey { issuer: "urn:partner".to_owned(), id: number.to_string(), until: after(900) }
}

/// The life of the child: sign-ins one after another in several tasks, each printed when acknowledged.
async fn child(url: String) {
    let store = entente::store::open::open(&url, "child").await.unwrap().store;
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let store: Arc<dyn Store> = Arc::clone(&store);
            tokio::spawn(async move {
                for number in (task * UNITS + 1)..=((task + 1) * UNITS) {
                    sign_in(&*store, number).await.unwrap();
                    let mut out = std::io::stdout();
                    writeln!(out, "\nacknowledged {number}").unwrap();
                    out.flush().unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// The child is this test binary again, told by an environment variable what it is.
#[test]
fn the_child_signs_in_until_it_is_killed() {
    let Ok(url) = std::env::var(CHILD) else { return };
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(child(url));
}

/// Runs a child, kills it after so many acknowledgements and says which those were.
fn acknowledged_before_kill(url: &str, kill_after: usize) -> Vec<u32> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["store::kill::the_child_signs_in_until_it_is_killed", "--exact", "--nocapture"])
        .env(CHILD, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    for line in lines {
        // A line that the kill cut short is no acknowledgement that anyone has read.
        let Ok(line) = line else { break };
        let Some(number) = line.strip_prefix("acknowledged ").and_then(|number| number.parse().ok()) else { continue };
        acknowledged.push(number);
        if acknowledged.len() == kill_after {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= kill_after);
    acknowledged
}

pub async fn what_was_acknowledged_survives_a_kill_and_the_rest_is_whole_or_absent(fresh: Fresh) {
    let store = fresh.node("parent").await.store;
    furnish(&*store).await;
    for kill_after in [1, 2, 3, 7, 20, 45] {
        let url = fresh.url.clone();
        let acknowledged =
            tokio::task::spawn_blocking(move || acknowledged_before_kill(&url, kill_after)).await.unwrap();
        if fresh.kind == Kind::Postgres {
            server_has_let_go(&fresh).await;
        }
        let mut unit = unit(&*store).await;
        for number in 1..=(TASKS * UNITS) {
            let whole = [
                unit.take_attempt(attempt_id(number), after(900)).await == Ok(Once::Again),
                unit.remember_once(&once_key(number)).await == Ok(Once::Again),
                unit.read_session_by_id(session_id(number), app_id(1)).await.unwrap().is_some(),
                unit.take_code(&handle("code", number), NOW).await != Ok(TakenCode::Unknown),
                !store.audit(&of_attempt(number)).await.unwrap().is_empty(),
            ];
            assert!(whole == [true; 5] || whole == [false; 5], "{number}: {whole:?}");
            assert!(whole[0] || !acknowledged.contains(&number), "{number} was acknowledged and is lost");
        }
        drop(unit);
        assert_eq!(faults_of_child(&*store).await, []);
        clear(&fresh).await;
    }
}

/// What a walk along the chains of the child finds.
async fn faults_of_child(store: &dyn Store) -> Vec<ChainFault> {
    let after = (i64::MIN, AuditId::from_uuid(uuid::Uuid::nil()));
    let stretch = Stretch { node: "child", after, until: i64::MAX, limit: TASKS * UNITS };
    let mut walk = NodeWalk::default();
    store.chained_entries(stretch).await.unwrap().iter().flat_map(|entry| walk.take(entry)).collect()
}

fn of_attempt(number: u32) -> AuditQuery {
    AuditQuery { attempt: Some(attempt_id(number)), limit: 1, ..AuditQuery::default() }
}

/// Waits until the killed client's connections have ended at the server.
async fn server_has_let_go(fresh: &Fresh) {
    let pool = sqlx::PgPool::connect(&fresh.url).await.unwrap();
    let ended = async {
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        loop {
            let active: i64 = sqlx::query_scalar(
                "select count(*)
                 from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'",
            )
            .fetch_one(&pool)
            .await
            .unwrap();
            if active == 0 {
                return;
            }
            tick.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap();
}

async fn clear(fresh: &Fresh) {
    for table in ["taken_attempts", "seen_messages", "sessions", "audit"] {
        let statement = sqlx::AssertSqlSafe(format!("delete from {table}"));
        match fresh.kind {
            Kind::Sqlite => {
                let pool = sqlx::SqlitePool::connect(&fresh.url).await.unwrap();
                sqlx::query(statement).execute(&pool).await.map(drop).unwrap();
            }
            Kind::Postgres => {
                let pool = sqlx::PgPool::connect(&fresh.url).await.unwrap();
                sqlx::query(statement).execute(&pool).await.map(drop).unwrap();
            }
        }
    }
}

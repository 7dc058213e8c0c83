//! The audit as evidence: its chains and heads, and what finds a hand in them.

mod chains;
mod cli;
mod pages;
mod reports;
mod tampering;

use entente::base::clock::Timestamp;
use entente::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use entente::flows::audit_chain::verify::{Verified, verify};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::support::gateway::Gateway;
use crate::support::stores::Backend;

/// An entry by an operator.
fn entry(gateway: &Gateway, operator: &str, at: Timestamp) -> AuditEntry {
    let id = AuditId::new(at, gateway.services.random.as_ref());
    let mut entry = AuditEntry::new(id, at, Activity::GuestChanged, Actor::Operator(operator.to_owned()));
    entry.guest = Some(gateway.ana);
    entry.address = Some("192.0.2.7".to_owned());
    entry.details.push(("change", "blocked".to_owned()));
    entry
}

/// Writes one entry in a unit of its own.
async fn append(gateway: &Gateway, operator: &str) {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    unit.append_audit(&entry(gateway, operator, gateway.now())).await.unwrap();
    unit.commit().await.unwrap();
}

async fn verified(gateway: &Gateway) -> Verified {
    verify(&gateway.services).await.unwrap()
}

/// Runs statements behind the store's back.
pub async fn execute(backend: Backend, gateway: &Gateway, statements: &str) {
    let (url, statements) = (gateway.database_url(), AssertSqlSafe(statements.to_owned()));
    match backend {
        Backend::Sqlite => SqliteConnection::connect(url).await.unwrap().execute(statements).await.map(drop),
        Backend::Postgres => PgConnection::connect(url).await.unwrap().execute(statements).await.map(drop),
    }
    .unwrap();
}

/// Puts other canonical bytes and another link under an entry.
async fn rewrite(backend: Backend, gateway: &Gateway, sequence: i64, canonical: &[u8], link: Option<[u8; 32]>) {
    let hex = |bytes: &[u8]| entente::base::encoding::hex(bytes);
    let literal = |bytes: &[u8]| match backend {
        Backend::Sqlite => format!("x'{}'", hex(bytes)),
        Backend::Postgres => format!("'\\x{}'::bytea", hex(bytes)),
    };
    let link = link.map_or("null".to_owned(), |link| literal(&link));
    let node = gateway.services.store.audit_node();
    let canonical = literal(canonical);
    execute(
        backend,
        gateway,
        &format!(
            "update audit set canonical = {canonical}, link = {link} where node = '{node}' and sequence = {sequence}"
        ),
    )
    .await;
}

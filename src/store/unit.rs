//! A unit of work: the traits of the domain, each act handed to its aggregate in `sql`.

use std::sync::Arc;

use async_trait::async_trait;

use super::chains::Held;
use super::handle::{Node, Transaction};
use super::row::Row;
use super::sql::{self, Read, Statement};
use super::value::Value;
use crate::domain::audit::AuditEntry;
use crate::domain::store::{StoreError, UnitOfWork};

mod app_tokens;
mod bulk_jobs;
mod factors;
mod guest_edits;
mod guest_lives;
mod invitations;
mod notices;
mod objects;
mod outbox;
mod people;
mod policies;
mod repeats;
mod roles;
mod sign_ins;
mod upkeep;
mod upstream_tokens;
mod watches;

/// One transaction of either database.
pub(super) struct Unit {
    transaction: Transaction,
    node: Arc<Node>,
    /// The chain of the audit that this unit writes in, from its first entry on.
    chain: Option<Held>,
    /// Whether the chain has gone on to an entry whose writing has not ended.
    is_half_appended: bool,
    /// The failure after which nothing may be committed any more.
    failure: Option<StoreError>,
}

impl Unit {
    pub(super) const fn new(transaction: Transaction, node: Arc<Node>) -> Self {
        Self { transaction, node, chain: None, is_half_appended: false, failure: None }
    }

    /// Writes without an answer.
    pub(super) async fn write(&mut self, statement: &'static Statement, values: Vec<Value>) -> Result<(), StoreError> {
        self.all(statement, values).await.map(drop)
    }

    /// Writes what may meet a taken name: after [`StoreError::Taken`] the unit may go on.
    pub(super) async fn attempt(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.check()?;
        let outcome = match &mut self.transaction {
            Transaction::Sqlite(sqlite) => {
                sqlite.all(statement, &values).await.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Transaction::Postgres(postgres) => Box::pin(postgres.attempt(statement, values))
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        };
        match outcome {
            Err(StoreError::Taken { .. }) => outcome,
            other => self.note(other),
        }
    }

    /// Writes an audit entry at the next place of the unit's chain. Where whoever waits leaves in the middle, the unit
    /// is not committed any more.
    pub(super) async fn append(
        &mut self,
        statement: &'static Statement,
        entry: impl FnOnce(&Node, &mut Held) -> Result<Vec<Value>, StoreError>,
    ) -> Result<(), StoreError> {
        let values = entry(&self.node, self.chain.get_or_insert_with(|| Held::take(&self.node)))?;
        self.is_half_appended = true;
        let written = self.write(statement, values).await;
        self.is_half_appended = false;
        written
    }

    fn check(&self) -> Result<(), StoreError> {
        self.failure.clone().map_or(Ok(()), Err)
    }

    fn note<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &outcome {
            self.failure = Some(error.clone());
        }
        outcome
    }
}

impl Read for Unit {
    async fn all(&mut self, statement: &'static Statement, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.check()?;
        let outcome = match &mut self.transaction {
            Transaction::Sqlite(sqlite) => {
                sqlite.all(statement, &values).await.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Transaction::Postgres(postgres) => {
                // In a place of its own, so that what awaits this stays small: it is made anew for each statement.
                Box::pin(postgres.all(statement, values))
                    .await
                    .map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        self.note(outcome)
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    async fn append_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        sql::audit::append(self, entry).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.check()?;
        let Self { transaction, chain, is_half_appended, .. } = *self;
        if is_half_appended {
            return Err(StoreError::Unavailable("an audit entry was left half written".to_owned()));
        }
        let chain = chain.map(Held::let_go);
        match transaction {
            Transaction::Sqlite(sqlite) => sqlite.commit().await,
            Transaction::Postgres(postgres) => Box::pin(postgres.commit()).await,
        }?;
        if let Some(chain) = chain {
            chain.committed();
        }
        Ok(())
    }
}

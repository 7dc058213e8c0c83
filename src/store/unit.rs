//! A unit of work: the traits of the domain, each act handed to its aggregate in `sql`.

use std::sync::Arc;

use async_trait::async_trait;

use super::handle::{Node, Transaction};
use super::row::Row;
use super::sql::{self, Read, Statement};
use super::value::Value;
use crate::domain::audit::AuditEntry;
use crate::domain::store::{StoreError, UnitOfWork};

mod app_tokens;
mod bulk_jobs;
mod factors;
mod guest_lives;
mod invitations;
mod notices;
mod objects;
mod policies;
mod roles;
mod sign_ins;
mod upkeep;
mod upstream_tokens;
mod watches;

/// One transaction of either database.
pub(super) struct Unit {
    transaction: Transaction,
    node: Arc<Node>,
    /// The failure after which nothing may be committed any more.
    failure: Option<StoreError>,
}

impl Unit {
    pub(super) const fn new(transaction: Transaction, node: Arc<Node>) -> Self {
        Self { transaction, node, failure: None }
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
            Transaction::Postgres(postgres) => {
                postgres.attempt(statement, values).await.map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        match outcome {
            Err(StoreError::Taken { .. }) => outcome,
            other => self.note(other),
        }
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
                postgres.all(statement, values).await.map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        self.note(outcome)
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    async fn append_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let node = Arc::clone(&self.node);
        sql::audit::append(self, &node, entry).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.check()?;
        match self.transaction {
            Transaction::Sqlite(sqlite) => sqlite.commit().await,
            Transaction::Postgres(postgres) => postgres.commit().await,
        }
    }
}

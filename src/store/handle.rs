//! The uncached handle: opens units and reads fresh.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;

use super::chains::Chains;
use super::postgres::{Postgres, PostgresUnit};
use super::row::Row;
use super::sql::{self, Read, Statement};
use super::sqlite::{Sqlite, SqliteUnit};
use super::unit::Unit;
use super::value::Value;
use crate::base::clock::Timestamp;
use crate::domain::audit::{AuditId, AuditQuery, AuditRecord};
use crate::domain::audit_chain::{AuditHead, ChainTip, ChainedEntry};
use crate::domain::bulk::job::BulkJob;
use crate::domain::grants::BearerReading;
use crate::domain::guests::GuestId;
use crate::domain::mails::MailId;
use crate::domain::notices::LogoutNotice;
use crate::domain::reports::{
    AccountLine, Active, Kind, PartnerLine, Place, RedeemedLine, ReportEntry, ReportFilter, Stretch,
};
use crate::domain::sessions::HandleHash;
use crate::domain::store::audit_chain::{self, AuditChains};
use crate::domain::store::reports::Reports;
use crate::domain::store::{Store, StoreError, UnitOfWork};

/// An open database of either kind.
#[derive(Clone)]
pub(super) enum Database {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// A transaction of either kind.
pub(super) enum Transaction {
    Sqlite(SqliteUnit),
    Postgres(PostgresUnit),
}

/// The name of this node, the numbers of its audit entries and the chains in which they stand. What was
/// rolled back leaves a gap in the numbers, and none in a chain.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: String,
    next: AtomicI64,
    pub(super) chains: Chains,
}

impl Node {
    /// The next number.
    pub(super) fn next_sequence(&self) -> i64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

/// The store.
pub(super) struct Handle {
    database: Database,
    node: Arc<Node>,
}

impl Handle {
    pub(super) async fn new(mut database: Database, node: &str) -> Result<Self, StoreError> {
        let next = sql::audit::last_sequence(&mut database, node).await? + 1;
        let node = Node { name: node.to_owned(), next: AtomicI64::new(next), chains: Chains::default() };
        Ok(Self { database, node: Arc::new(node) })
    }
}

impl Handle {
    /// Where statements run that only read, outside any unit.
    pub(super) fn reader(&self) -> Database {
        self.database.clone()
    }

    /// Where lists are read and counted.
    pub(super) fn long_reader(&self) -> Database {
        self.database.for_long()
    }
}

impl Database {
    /// The same, for lists and counts.
    pub(super) fn for_long(&self) -> Self {
        match self {
            Self::Sqlite(sqlite) => Self::Sqlite(sqlite.for_long()),
            Self::Postgres(_) => self.clone(),
        }
    }
}

impl Read for Database {
    async fn all(&mut self, statement: &'static Statement, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(sqlite) => sqlite.read(statement, values).await?.into_iter().map(Row::Sqlite).collect(),
            Self::Postgres(postgres) => {
                Box::pin(postgres.read(statement, values)).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }
}

#[async_trait]
impl Store for Handle {
    async fn unit_of_work(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let transaction = match &self.database {
            Database::Sqlite(sqlite) => Transaction::Sqlite(sqlite.unit().await),
            Database::Postgres(postgres) => Transaction::Postgres(Box::pin(postgres.unit()).await?),
        };
        Ok(Box::new(Unit::new(transaction, Arc::clone(&self.node))))
    }

    async fn bearer(&self, handle: &HandleHash) -> Result<Option<BearerReading>, StoreError> {
        sql::bearers::read(&mut self.database.clone(), handle).await
    }

    async fn due_logout_notices(&self, now: Timestamp, limit: u32) -> Result<Vec<LogoutNotice>, StoreError> {
        sql::notices::due(&mut self.database.clone(), now, limit).await
    }

    async fn waiting_bulk_jobs(&self, now: Timestamp, limit: u32) -> Result<Vec<BulkJob>, StoreError> {
        sql::bulk_jobs::waiting(&mut self.database.clone(), now, limit).await
    }

    async fn due_mails(&self, now: Timestamp, limit: u32) -> Result<Vec<MailId>, StoreError> {
        sql::outbox::due(&mut self.database.clone(), now, limit).await
    }

    async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditRecord>, StoreError> {
        sql::audit::list(&mut self.database.for_long(), query).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sql::installation::ping(&mut self.database.clone()).await
    }
}

#[async_trait]
impl AuditChains for Handle {
    async fn audit_node_after(&self, node: &str) -> Result<Option<String>, StoreError> {
        sql::audit_chain::node_after(&mut self.database.for_long(), node).await
    }

    async fn chained_entries(&self, stretch: audit_chain::Stretch<'_>) -> Result<Vec<ChainedEntry>, StoreError> {
        sql::audit_chain::entries(&mut self.database.for_long(), stretch).await
    }

    async fn audit_heads(&self, after: i64, limit: u32) -> Result<Vec<AuditHead>, StoreError> {
        sql::audit_chain::heads(&mut self.database.for_long(), after, limit).await
    }

    async fn audit_heads_of(&self, node: &str, after: (i64, i64), limit: u32) -> Result<Vec<AuditHead>, StoreError> {
        sql::audit_chain::heads_of(&mut self.database.for_long(), node, after, limit).await
    }

    async fn last_audit_head(&self) -> Result<Option<AuditHead>, StoreError> {
        sql::audit_chain::last_head(&mut self.database.for_long()).await
    }

    fn audit_node(&self) -> &str {
        &self.node.name
    }

    fn tips_without_head(&self) -> Vec<ChainTip> {
        self.node.chains.without_head()
    }

    fn tips_have_heads(&self, tips: &[ChainTip]) {
        self.node.chains.have_heads(tips);
    }
}

#[async_trait]
impl Reports for Handle {
    async fn report_entries(
        &self,
        filter: &ReportFilter,
        stretch: &Stretch,
        limit: u32,
    ) -> Result<Vec<ReportEntry>, StoreError> {
        sql::logs::entries(&mut self.database.for_long(), filter, stretch, limit).await
    }

    async fn report_place(&self, kind: Kind, stretch: &Stretch, count: u32) -> Result<Option<Place>, StoreError> {
        sql::logs::place(&mut self.database.for_long(), kind, stretch, count).await
    }

    async fn report_entry(&self, kind: Kind, id: AuditId) -> Result<Option<ReportEntry>, StoreError> {
        sql::logs::entry(&mut self.database.for_long(), kind, id).await
    }

    async fn count_active(&self, since: Timestamp, until: Timestamp) -> Result<Active, StoreError> {
        sql::reports::count_active(&mut self.database.for_long(), since, until).await
    }

    async fn count_by_partner(
        &self,
        since: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<PartnerLine>, StoreError> {
        sql::reports::by_partner(&mut self.database.for_long(), since, until, limit).await
    }

    async fn list_unredeemed(&self, after: Option<GuestId>, limit: u32) -> Result<Vec<AccountLine>, StoreError> {
        sql::reports::unredeemed(&mut self.database.for_long(), after, limit).await
    }

    async fn list_redeemed(
        &self,
        since: Timestamp,
        after: Option<GuestId>,
        limit: u32,
    ) -> Result<Vec<RedeemedLine>, StoreError> {
        sql::reports::redeemed(&mut self.database.for_long(), since, after, limit).await
    }
}

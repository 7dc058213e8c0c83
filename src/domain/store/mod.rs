//! How all of it is kept: traits whose verbs say the atomic act, implemented by the `store` room.
//!
//! Two handles, told apart by traits. [`Directory`](directory::Directory) may answer from a cache and
//! serves routing and rendering only. A [`UnitOfWork`] is one transaction: what it reads is fresh,
//! what it writes is there in whole after [`commit`](UnitOfWork::commit) has returned, or not at all.
//! Inside a unit nothing is awaited but the database.

pub mod app_tokens;
pub mod audit_chain;
pub mod bulk_jobs;
pub mod directory;
pub mod documents;
pub mod factors;
pub mod guest_edits;
pub mod guest_lives;
pub mod invitations;
pub mod notices;
pub mod objects;
pub mod outbox;
pub mod people;
pub mod policies;
pub mod repeats;
pub mod reports;
pub mod roles;
pub mod sign_ins;
pub mod upkeep;
pub mod upstream_tokens;

use async_trait::async_trait;

use super::audit::{AuditEntry, AuditQuery, AuditRecord};
use super::bulk::job::BulkJob;
use super::grants::BearerReading;
use super::mails::MailId;
use super::notices::LogoutNotice;
use super::sessions::HandleHash;
use crate::base::clock::Timestamp;

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or has failed; the caller may try again.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// Another writer was first; the unit must be done again from its start.
    #[error("another writer was first")]
    Raced,
    /// A value that must be there once is there already.
    #[error("`{constraint}` is taken")]
    Taken {
        /// The constraint's name.
        constraint: String,
    },
    /// The data contradicts itself.
    #[error("contradiction in table `{table}`, column `{column}`, row `{row}`")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Row id.
        row: String,
    },
}

/// The store as `flows` holds it.
#[async_trait]
pub trait Store: audit_chain::AuditChains + people::People + reports::Reports + Send + Sync {
    /// Opens a unit of work. Dropping it without commit rolls everything back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn unit_of_work(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// What is true of the access token that hashes to `handle`, for an app; one fresh statement.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn bearer(&self, handle: &HandleHash) -> Result<Option<BearerReading>, StoreError>;

    /// Notices that are due at `now`, the longest due first, at most `limit`; one fresh statement.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn due_logout_notices(&self, now: Timestamp, limit: u32) -> Result<Vec<LogoutNotice>, StoreError>;

    /// Jobs with rows that wait and that nobody has taken up at `now`, the oldest first, at most `limit`; one fresh
    /// statement.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn waiting_bulk_jobs(&self, now: Timestamp, limit: u32) -> Result<Vec<BulkJob>, StoreError>;

    /// Mails that are due at `now` and that no node has, the longest due first, at most `limit`; one fresh statement.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn due_mails(&self, now: Timestamp, limit: u32) -> Result<Vec<MailId>, StoreError>;

    /// Audit entries, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditRecord>, StoreError>;

    /// Whether the database answers; used by readiness only.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn ping(&self) -> Result<(), StoreError>;
}

/// One transaction.
#[async_trait]
pub trait UnitOfWork:
    sign_ins::SignIns
    + app_tokens::AppTokens
    + bulk_jobs::BulkJobs
    + upstream_tokens::UpstreamTokens
    + factors::Factors
    + objects::Objects
    + documents::Watches
    + notices::LogoutNotices
    + outbox::Outbox
    + people::Memberships
    + policies::PolicyObjects
    + roles::RoleAssignments
    + upkeep::Upkeep
    + invitations::Invitations
    + guest_lives::GuestLives
    + audit_chain::AuditHeads
    + repeats::Repeats
    + guest_edits::GuestEdits
    + Send
{
    /// Writes an audit entry, with this node's name, the next number of its sequence and its link to the
    /// entry before.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn append_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// Makes everything that was written durable, then returns.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was written then.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

//! The chains of the audit: what a walk along them reads, and the heads.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::audit::AuditId;
use crate::domain::audit_chain::{AuditHead, ChainTip, ChainedEntry};

/// A stretch of what one node wrote, in the order of sequence and id.
#[derive(Debug, Clone, Copy)]
pub struct Stretch<'a> {
    /// The node.
    pub node: &'a str,
    /// Behind the entry of this sequence and id.
    pub after: (i64, AuditId),
    /// Up to this sequence.
    pub until: i64,
    /// At most so many.
    pub limit: u32,
}

/// Reads along the chains, each call one fresh statement.
#[async_trait]
pub trait AuditChains: Send + Sync {
    /// The first node behind `node`, in an order of the database's own, of which there are entries or heads.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn audit_node_after(&self, node: &str) -> Result<Option<String>, StoreError>;

    /// Entries of a node.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn chained_entries(&self, stretch: Stretch<'_>) -> Result<Vec<ChainedEntry>, StoreError>;

    /// Heads behind the one with this serial, in their order.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn audit_heads(&self, after: i64, limit: u32) -> Result<Vec<AuditHead>, StoreError>;

    /// Heads of a node behind the one with this sequence and serial, in the order of these.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn audit_heads_of(&self, node: &str, after: (i64, i64), limit: u32) -> Result<Vec<AuditHead>, StoreError>;

    /// The head with the highest serial.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn last_audit_head(&self) -> Result<Option<AuditHead>, StoreError>;

    /// The name of this process among the nodes.
    fn audit_node(&self) -> &str;

    /// How far the chains of this process have come that no head speaks for yet; committed entries only.
    fn tips_without_head(&self) -> Vec<ChainTip>;

    /// Notes that heads speak for these tips.
    fn tips_have_heads(&self, tips: &[ChainTip]);
}

/// Heads inside a unit.
#[async_trait]
pub trait AuditHeads {
    /// Adds a head.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `audit_heads_pkey` where its serial is taken.
    async fn insert_audit_head(&mut self, head: &AuditHead) -> Result<(), StoreError>;
}

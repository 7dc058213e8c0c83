//! How policies and what they name are kept.

use async_trait::async_trait;

use super::StoreError;

/// Policies inside a unit.
#[async_trait]
pub trait PolicyObjects {
    /// The number that grows with every change of a policy, a named location, an authentication strength
    /// or a group of apps. On PostgreSQL it is held, so that what is decided by it stays true until this
    /// unit ends.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn policy_revision(&mut self) -> Result<i64, StoreError>;
}

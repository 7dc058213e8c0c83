//! The watches over the documents of partners and apps.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::documents::{Owner, Watch};

/// Watches inside a unit. A watch goes with its owner.
#[async_trait]
pub trait Watches {
    /// Watches that are due, the longest due first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_due_watches(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Watch>, StoreError>;

    /// The watch of an owner.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_watch(&mut self, owner: Owner) -> Result<Option<Watch>, StoreError>;

    /// Claims a reading: the watch is due at `until` from now on. The first of racing callers who have seen
    /// it due at `seen` gets [`Once::First`].
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim_watch(&mut self, owner: Owner, seen: Timestamp, until: Timestamp) -> Result<Once, StoreError>;

    /// Writes a watch, in the place of the one before; what has been warned of is kept where one was there.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn begin_watch(&mut self, watch: &Watch) -> Result<(), StoreError>;

    /// Writes a watch as it is, in the place of the one before.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn update_watch(&mut self, watch: &Watch) -> Result<(), StoreError>;

    /// Removes a watch, where its owner has nothing to be read any more.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_watch(&mut self, owner: Owner) -> Result<(), StoreError>;
}

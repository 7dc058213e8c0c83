//! The watches over documents.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::documents::{Owner, Watch};
use crate::domain::store::StoreError;
use crate::domain::store::documents::Watches;
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl Watches for Unit {
    async fn list_due_watches(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Watch>, StoreError> {
        sql::watches::due(self, now, limit).await
    }

    async fn find_watch(&mut self, owner: Owner) -> Result<Option<Watch>, StoreError> {
        sql::watches::by_owner(self, owner).await
    }

    async fn claim_watch(&mut self, owner: Owner, seen: Timestamp, until: Timestamp) -> Result<Once, StoreError> {
        sql::watches::claim(self, owner, seen, until).await
    }

    async fn begin_watch(&mut self, watch: &Watch) -> Result<(), StoreError> {
        sql::watches::begin(self, watch).await
    }

    async fn update_watch(&mut self, watch: &Watch) -> Result<(), StoreError> {
        sql::watches::update(self, watch).await
    }

    async fn delete_watch(&mut self, owner: Owner) -> Result<(), StoreError> {
        sql::watches::delete(self, owner).await
    }
}

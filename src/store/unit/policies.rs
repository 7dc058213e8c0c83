//! The acts on policies.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::domain::store::StoreError;
use crate::domain::store::policies::PolicyObjects;

#[async_trait]
impl PolicyObjects for Unit {
    async fn policy_revision(&mut self) -> Result<i64, StoreError> {
        sql::policies::revision(self).await
    }
}

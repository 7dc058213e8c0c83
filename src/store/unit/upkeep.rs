//! Upkeep.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::audit_chain::AuditHead;
use crate::domain::store::StoreError;
use crate::domain::store::audit_chain::AuditHeads;
use crate::domain::store::upkeep::{InstallationRow, KeyRow, Swept, Upkeep};

#[async_trait]
impl Upkeep for Unit {
    async fn installation(&mut self) -> Result<Option<InstallationRow>, StoreError> {
        sql::installation::read(self).await
    }

    async fn pin_installation(&mut self, row: &InstallationRow) -> Result<(), StoreError> {
        sql::installation::pin(self, row).await
    }

    async fn keys(&mut self) -> Result<Vec<KeyRow>, StoreError> {
        sql::keys::list(self).await
    }

    async fn insert_key(&mut self, key: &KeyRow) -> Result<(), StoreError> {
        sql::keys::insert(self, key).await
    }

    async fn sweep(
        &mut self,
        now: Timestamp,
        idle_since: Timestamp,
        begun_since: Timestamp,
        codes_since: Timestamp,
        limit: u32,
    ) -> Result<Swept, StoreError> {
        sql::sweep::sweep(self, now, idle_since, begun_since, codes_since, limit).await
    }
}

#[async_trait]
impl AuditHeads for Unit {
    async fn insert_audit_head(&mut self, head: &AuditHead) -> Result<(), StoreError> {
        sql::audit_chain::insert_head(self, head).await
    }
}

//! The acts on policies. Each change of what decides grows the revision.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::domain::policy::app_groups::AppGroup;
use crate::domain::policy::facts::AppGroupId;
use crate::domain::policy::named_locations::{LocationId, NamedLocation};
use crate::domain::policy::object::{Policy, PolicyId};
use crate::domain::policy::set::PolicyVersion;
use crate::domain::policy::strengths::{Strength, StrengthId};
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance};
use crate::domain::store::policies::{PastSet, PolicyObjects};

#[async_trait]
impl PolicyObjects for Unit {
    async fn policy_revision(&mut self) -> Result<i64, StoreError> {
        sql::policy_sets::revision(self).await
    }

    async fn list_policies(&mut self) -> Result<Vec<Kept<Policy>>, StoreError> {
        sql::policies::list(self).await
    }

    async fn upsert_policy(&mut self, policy: &Policy, provenance: Provenance) -> Result<(), StoreError> {
        sql::policies::upsert(self, policy, provenance).await?;
        sql::policy_sets::grow(self).await
    }

    async fn release_policy(&mut self, id: PolicyId) -> Result<(), StoreError> {
        sql::policies::release(self, id).await
    }

    async fn delete_policy(&mut self, id: PolicyId) -> Result<(), StoreError> {
        sql::policies::delete(self, id).await?;
        sql::policy_sets::grow(self).await
    }

    async fn list_named_locations(&mut self) -> Result<Vec<Kept<NamedLocation>>, StoreError> {
        sql::named_locations::list(self).await
    }

    async fn upsert_named_location(
        &mut self,
        location: &NamedLocation,
        provenance: Provenance,
    ) -> Result<(), StoreError> {
        sql::named_locations::upsert(self, location, provenance).await?;
        sql::policy_sets::grow(self).await
    }

    async fn delete_named_location(&mut self, id: LocationId) -> Result<(), StoreError> {
        sql::named_locations::delete(self, id).await?;
        sql::policy_sets::grow(self).await
    }

    async fn list_strengths(&mut self) -> Result<Vec<Kept<Strength>>, StoreError> {
        sql::strengths::list(self).await
    }

    async fn upsert_strength(&mut self, strength: &Strength, provenance: Provenance) -> Result<(), StoreError> {
        sql::strengths::upsert(self, strength, provenance).await?;
        sql::policy_sets::grow(self).await
    }

    async fn delete_strength(&mut self, id: StrengthId) -> Result<(), StoreError> {
        sql::strengths::delete(self, id).await?;
        sql::policy_sets::grow(self).await
    }

    async fn list_app_groups(&mut self) -> Result<Vec<Kept<AppGroup>>, StoreError> {
        sql::application_groups::list(self).await
    }

    async fn upsert_app_group(&mut self, group: &AppGroup, provenance: Provenance) -> Result<(), StoreError> {
        sql::application_groups::upsert(self, group, provenance).await?;
        sql::policy_sets::grow(self).await
    }

    async fn delete_app_group(&mut self, id: AppGroupId) -> Result<(), StoreError> {
        sql::application_groups::delete(self, id).await?;
        sql::policy_sets::grow(self).await
    }

    async fn remember_policy_set(&mut self, version: PolicyVersion, canonical: &str) -> Result<(), StoreError> {
        sql::policy_sets::remember(self, version, canonical).await
    }

    async fn find_policy_set(&mut self, version: PolicyVersion) -> Result<Option<String>, StoreError> {
        sql::policy_sets::find(self, version).await
    }

    async fn list_policy_sets(&mut self, limit: u32) -> Result<Vec<PastSet>, StoreError> {
        sql::policy_sets::list(self, limit).await
    }
}

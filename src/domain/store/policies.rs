//! How policies and what they name are kept.
//!
//! Every change grows the revision in its own unit, so that whoever decides by what was loaded before
//! notices. On PostgreSQL the revision is a row that deciders hold and changes write: both take it after
//! the rows of partners, apps and guests, so that they do not wait for each other.

use async_trait::async_trait;

use super::StoreError;
use super::objects::{Kept, Provenance};
use crate::base::clock::Timestamp;
use crate::domain::policy::app_groups::AppGroup;
use crate::domain::policy::facts::AppGroupId;
use crate::domain::policy::named_locations::{LocationId, NamedLocation};
use crate::domain::policy::object::{Policy, PolicyId};
use crate::domain::policy::set::PolicyVersion;
use crate::domain::policy::strengths::{Strength, StrengthId};

/// A policy set that decided here once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastSet {
    /// Its version, as the audit has it.
    pub version: PolicyVersion,
    /// When it was first seen.
    pub first_seen: Timestamp,
}

/// Policies inside a unit.
///
/// What a policy names cannot be removed while it does: [`StoreError::Raced`]. A policy that is to be
/// changed in the same unit is let go of first, by [`release_policy`](Self::release_policy).
#[async_trait]
pub trait PolicyObjects {
    /// The number that grows with every change of a policy, a named location, an authentication strength
    /// or a group of apps. On PostgreSQL it is held, so that what is decided by it stays true until this
    /// unit ends.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn policy_revision(&mut self) -> Result<i64, StoreError>;

    /// All policies, by slug.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_policies(&mut self) -> Result<Vec<Kept<Policy>>, StoreError>;

    /// Adds or writes a policy, and holds what it names.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `policies_slug_key`, [`StoreError::Raced`] where something that it names
    /// is not there.
    async fn upsert_policy(&mut self, policy: &Policy, provenance: Provenance) -> Result<(), StoreError>;

    /// Lets go of what a policy names, for a unit that writes or removes the policy after it has removed
    /// some of that. By itself it changes nothing that decides.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn release_policy(&mut self, id: PolicyId) -> Result<(), StoreError>;

    /// Removes a policy.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_policy(&mut self, id: PolicyId) -> Result<(), StoreError>;

    /// All named locations, by slug.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_named_locations(&mut self) -> Result<Vec<Kept<NamedLocation>>, StoreError>;

    /// Adds or writes a named location.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `named_locations_slug_key`.
    async fn upsert_named_location(
        &mut self,
        location: &NamedLocation,
        provenance: Provenance,
    ) -> Result<(), StoreError>;

    /// Removes a named location.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_named_location(&mut self, id: LocationId) -> Result<(), StoreError>;

    /// All authentication strengths of the organisation's own, by slug.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_strengths(&mut self) -> Result<Vec<Kept<Strength>>, StoreError>;

    /// Adds or writes an authentication strength.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `authentication_strengths_slug_key`.
    async fn upsert_strength(&mut self, strength: &Strength, provenance: Provenance) -> Result<(), StoreError>;

    /// Removes an authentication strength.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_strength(&mut self, id: StrengthId) -> Result<(), StoreError>;

    /// All groups of apps, by slug.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_app_groups(&mut self) -> Result<Vec<Kept<AppGroup>>, StoreError>;

    /// Adds or writes a group of apps, with exactly these apps.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `application_groups_slug_key`.
    async fn upsert_app_group(&mut self, group: &AppGroup, provenance: Provenance) -> Result<(), StoreError>;

    /// Removes a group of apps.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_app_group(&mut self, id: AppGroupId) -> Result<(), StoreError>;

    /// Keeps the canonical text of a policy set under its version, for good. It is no change of what
    /// decides.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remember_policy_set(&mut self, version: PolicyVersion, canonical: &str) -> Result<(), StoreError>;

    /// The canonical text that was kept under a version.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_policy_set(&mut self, version: PolicyVersion) -> Result<Option<String>, StoreError>;

    /// The policy sets that decided here, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_policy_sets(&mut self, limit: u32) -> Result<Vec<PastSet>, StoreError>;
}

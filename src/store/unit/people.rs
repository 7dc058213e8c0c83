//! Groups and assignments, one by one.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::groups::{Group, GroupId};
use crate::domain::guests::{Guest, GuestId};
use crate::domain::people::AppAssignment;
use crate::domain::store::StoreError;
use crate::domain::store::people::Memberships;
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl Memberships for Unit {
    async fn insert_group(&mut self, group: &Group, now: Timestamp) -> Result<(), StoreError> {
        sql::people::insert_group(self, group, now).await
    }

    async fn update_group(&mut self, group: &Group) -> Result<Once, StoreError> {
        sql::people::update_group(self, group).await
    }

    async fn hold_group(&mut self, id: GroupId) -> Result<Option<Group>, StoreError> {
        sql::group_owners::hold_group(self, id).await
    }

    async fn owns_any_group(&mut self, guest: GuestId) -> Result<bool, StoreError> {
        sql::group_owners::owns_any(self, guest).await
    }

    async fn owns_group(&mut self, group: GroupId, guest: GuestId) -> Result<bool, StoreError> {
        sql::group_owners::owns(self, group, guest).await
    }

    async fn count_owners(&mut self, group: GroupId) -> Result<u64, StoreError> {
        sql::group_owners::count(self, group).await
    }

    async fn add_owner(&mut self, group: GroupId, guest: GuestId) -> Result<Once, StoreError> {
        sql::group_owners::add(self, group, guest).await
    }

    async fn remove_owner(&mut self, group: GroupId, guest: GuestId) -> Result<Once, StoreError> {
        sql::group_owners::remove(self, group, guest).await
    }

    async fn add_member(&mut self, group: GroupId, guest: GuestId) -> Result<Once, StoreError> {
        sql::people::add_member(self, group, guest).await
    }

    async fn remove_member(&mut self, group: GroupId, guest: GuestId) -> Result<Once, StoreError> {
        sql::people::remove_member(self, group, guest).await
    }

    async fn assign(&mut self, assignment: AppAssignment) -> Result<Once, StoreError> {
        sql::people::assign(self, assignment).await
    }

    async fn unassign(&mut self, assignment: AppAssignment) -> Result<Once, StoreError> {
        sql::people::unassign(self, assignment).await
    }

    async fn write_names(&mut self, guest: &Guest) -> Result<(), StoreError> {
        sql::people::write_names(self, guest).await
    }
}

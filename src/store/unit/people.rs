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

//! Looking through accounts, groups and assignments, past the units.

use async_trait::async_trait;

use super::handle::Handle;
use super::sql::group_owners as owners_sql;
use super::sql::people as sql;
use crate::domain::apps::AppId;
use crate::domain::groups::{Group, GroupId};
use crate::domain::guests::GuestId;
use crate::domain::people::{Person, PersonKey, Principal, Scan};
use crate::domain::store::StoreError;
use crate::domain::store::people::People;

#[async_trait]
impl People for Handle {
    async fn scan_people(&self, scan: &Scan) -> Result<Vec<Person>, StoreError> {
        sql::scan(&mut self.long_reader(), scan).await
    }

    async fn count_people(&self) -> Result<u64, StoreError> {
        sql::count(&mut self.long_reader()).await
    }

    async fn person(&self, key: &PersonKey) -> Result<Option<Person>, StoreError> {
        sql::person(&mut self.reader(), key).await
    }

    async fn scan_groups(&self, after: Option<GroupId>, limit: u32) -> Result<Vec<Group>, StoreError> {
        sql::groups(&mut self.long_reader(), after, limit).await
    }

    async fn count_groups(&self) -> Result<u64, StoreError> {
        sql::count_groups(&mut self.long_reader()).await
    }

    async fn find_group(&self, id: GroupId) -> Result<Option<Group>, StoreError> {
        sql::group(&mut self.reader(), id).await
    }

    async fn members_of(&self, group: GroupId, after: Option<GuestId>, limit: u32) -> Result<Vec<Person>, StoreError> {
        sql::members(&mut self.long_reader(), group, after, limit).await
    }

    async fn owners_of(&self, group: GroupId, after: Option<GuestId>, limit: u32) -> Result<Vec<Person>, StoreError> {
        owners_sql::owners(&mut self.long_reader(), group, after, limit).await
    }

    async fn groups_of_person(
        &self,
        guest: GuestId,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<Group>, StoreError> {
        sql::groups_of(&mut self.long_reader(), guest, after, limit).await
    }

    async fn apps_of(&self, principal: Principal) -> Result<Vec<AppId>, StoreError> {
        sql::apps_of(&mut self.long_reader(), principal).await
    }

    async fn assigned_to(
        &self,
        app: AppId,
        after: Option<Principal>,
        limit: u32,
    ) -> Result<Vec<Principal>, StoreError> {
        sql::assigned_to(&mut self.long_reader(), app, after, limit).await
    }
}

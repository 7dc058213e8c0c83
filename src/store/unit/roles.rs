//! Roles of administrators.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::roles::{Role, RoleAssignment, Roles};
use crate::domain::store::StoreError;
use crate::domain::store::roles::RoleAssignments;
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl RoleAssignments for Unit {
    async fn roles_of(&mut self, guest: GuestId) -> Result<Roles, StoreError> {
        sql::roles::of_guest(self, guest).await
    }

    async fn grant_role(&mut self, guest: GuestId, role: Role, now: Timestamp) -> Result<Once, StoreError> {
        sql::roles::grant(self, guest, role, now).await
    }

    async fn revoke_role(&mut self, guest: GuestId, role: Role) -> Result<Once, StoreError> {
        sql::roles::revoke(self, guest, role).await
    }

    async fn list_role_assignments(&mut self) -> Result<Vec<RoleAssignment>, StoreError> {
        sql::roles::list(self).await
    }
}

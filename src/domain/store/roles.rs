//! Roles of administrators inside a unit.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::roles::{Role, RoleAssignment, Roles};

/// Who administers.
#[async_trait]
pub trait RoleAssignments {
    /// The roles of an account.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn roles_of(&mut self, guest: GuestId) -> Result<Roles, StoreError>;

    /// Gives an account a role; [`Once::Again`] where it had it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn grant_role(&mut self, guest: GuestId, role: Role, now: Timestamp) -> Result<Once, StoreError>;

    /// Takes a role from an account; [`Once::Again`] where it had it not.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn revoke_role(&mut self, guest: GuestId, role: Role) -> Result<Once, StoreError>;

    /// All roles of all accounts, by the account's id.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_role_assignments(&mut self) -> Result<Vec<RoleAssignment>, StoreError>;
}

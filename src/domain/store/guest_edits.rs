//! What administrators change of accounts beside names and details.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::guests::{Guest, GuestId, UserType};

/// Changes of accounts inside a unit.
#[async_trait]
pub trait GuestEdits {
    /// Writes the address of an account, whether it counts as the person's, and the pinned partner.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `guests_mail_key`.
    async fn write_mail(&mut self, guest: &Guest) -> Result<(), StoreError>;

    /// Makes an account a guest or a member.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn write_user_type(&mut self, id: GuestId, user_type: UserType) -> Result<(), StoreError>;
}

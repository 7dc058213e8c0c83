//! What administrators change of accounts beside names and details.

use async_trait::async_trait;

use super::StoreError;
use crate::base::clock::Timestamp;
use crate::domain::guests::{Guest, GuestId, UserType};

/// Changes of accounts inside a unit.
#[async_trait]
pub trait GuestEdits {
    /// Writes the address and the pinned partner of an account.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `guests_mail_key`.
    async fn write_mail(&mut self, guest: &Guest) -> Result<(), StoreError>;

    /// Notes that nobody has proven the address of an account. It is forgotten when the account is to be redeemed anew.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn note_unproven_mail(&mut self, id: GuestId, now: Timestamp) -> Result<(), StoreError>;

    /// Whether it is noted that nobody has proven the address of an account.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn has_unproven_mail(&mut self, id: GuestId) -> Result<bool, StoreError>;

    /// Makes an account a guest or a member.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn write_user_type(&mut self, id: GuestId, user_type: UserType) -> Result<(), StoreError>;
}

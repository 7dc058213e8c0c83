//! What administrators change of accounts beside names and details.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::guests::{Guest, GuestId, UserType};
use crate::domain::mail::MailAddress;

/// Changes of accounts inside a unit.
#[async_trait]
pub trait GuestEdits {
    /// Writes the address of an account, whether it counts as the person's, and the pinned partner.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `guests_mail_key`.
    async fn write_mail(&mut self, guest: &Guest) -> Result<(), StoreError>;

    /// Notes that the address of an account is its person's; does nothing where the account has another by now.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn note_mail_proven(&mut self, id: GuestId, mail: &MailAddress) -> Result<(), StoreError>;

    /// Makes an account a guest or a member.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn write_user_type(&mut self, id: GuestId, user_type: UserType) -> Result<(), StoreError>;
}

//! What administrators change of accounts beside names and details.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::domain::guests::{Guest, GuestId, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::store::StoreError;
use crate::domain::store::guest_edits::GuestEdits;

#[async_trait]
impl GuestEdits for Unit {
    async fn write_mail(&mut self, guest: &Guest) -> Result<(), StoreError> {
        sql::guest_edits::write_mail(self, guest).await
    }

    async fn note_mail_proven(&mut self, id: GuestId, mail: &MailAddress) -> Result<(), StoreError> {
        sql::guest_edits::note_mail_proven(self, id, mail).await
    }

    async fn write_user_type(&mut self, id: GuestId, user_type: UserType) -> Result<(), StoreError> {
        sql::guest_edits::write_user_type(self, id, user_type).await
    }
}

//! The lives of accounts.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::guest_details::{DeletedGuest, GuestDetails, Sponsor};
use crate::domain::guests::{Guest, GuestId};
use crate::domain::mail::MailAddress;
use crate::domain::store::StoreError;
use crate::domain::store::guest_lives::{GuestLives, Purge};
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl GuestLives for Unit {
    async fn guest_details(&mut self, id: GuestId) -> Result<GuestDetails, StoreError> {
        sql::guest_details::read(self, id).await
    }

    async fn write_guest_details(&mut self, id: GuestId, details: &GuestDetails) -> Result<(), StoreError> {
        sql::guest_details::write(self, id, details).await
    }

    async fn note_state_change(&mut self, id: GuestId, now: Timestamp) -> Result<(), StoreError> {
        sql::guest_details::note_state(self, id, now).await
    }

    async fn guests_by_other_mail(&mut self, mail: &MailAddress) -> Result<Vec<GuestId>, StoreError> {
        sql::guest_details::by_other_mail(self, mail).await
    }

    async fn sponsors(&mut self, id: GuestId) -> Result<Vec<Sponsor>, StoreError> {
        sql::guest_details::sponsors(self, id).await
    }

    async fn set_sponsors(&mut self, id: GuestId, sponsors: &[Sponsor]) -> Result<(), StoreError> {
        sql::guest_details::set_sponsors(self, id, sponsors).await
    }

    async fn hold_guest(&mut self, id: GuestId) -> Result<(), StoreError> {
        sql::guests::lock(self, id).await
    }

    async fn unbind_guest(&mut self, guest: &Guest, now: Timestamp) -> Result<u64, StoreError> {
        sql::deleted_guests::unbind(self, guest, now).await
    }

    async fn soft_delete_guest(&mut self, id: GuestId, by: &str, now: Timestamp) -> Result<Once, StoreError> {
        sql::deleted_guests::soft_delete(self, id, by, now).await
    }

    async fn restore_guest(&mut self, id: GuestId) -> Result<Once, StoreError> {
        sql::deleted_guests::restore(self, id).await
    }

    async fn list_deleted_guests(
        &mut self,
        after: Option<GuestId>,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<DeletedGuest>, StoreError> {
        sql::deleted_guests::list(self, after, since, limit).await
    }

    async fn deleted_at(&mut self, id: GuestId) -> Result<Option<Timestamp>, StoreError> {
        sql::deleted_guests::since(self, id).await
    }

    async fn count_held_by_policies(&mut self, until: Timestamp) -> Result<u64, StoreError> {
        sql::deleted_guests::held(self, until).await
    }

    async fn deleted_until(&mut self, until: Timestamp, limit: u32) -> Result<Vec<GuestId>, StoreError> {
        sql::deleted_guests::until(self, until, limit).await
    }

    async fn purge_guest(&mut self, id: GuestId) -> Result<Purge, StoreError> {
        sql::deleted_guests::purge(self, id).await
    }
}

//! Invitations.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::collaboration::Collaboration;
use crate::domain::groups::GroupId;
use crate::domain::guests::{Guest, GuestId};
use crate::domain::invitations::{Invitation, InvitationId};
use crate::domain::mail::MailAddress;
use crate::domain::partners::PartnerId;
use crate::domain::sessions::HandleHash;
use crate::domain::store::StoreError;
use crate::domain::store::invitations::Invitations;
use crate::domain::store::objects::{Kept, Provenance};
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl Invitations for Unit {
    async fn collaboration(&mut self) -> Result<Kept<Collaboration>, StoreError> {
        sql::collaboration::read(self).await
    }

    async fn write_collaboration(
        &mut self,
        settings: &Collaboration,
        provenance: Provenance,
    ) -> Result<(), StoreError> {
        sql::collaboration::write(self, settings, provenance).await
    }

    async fn home_partner(&mut self) -> Result<Option<PartnerId>, StoreError> {
        sql::collaboration::home_partner(self).await
    }

    async fn insert_invitation(&mut self, invitation: &Invitation, ticket: &HandleHash) -> Result<(), StoreError> {
        sql::invitations::insert(self, invitation, ticket).await
    }

    async fn read_invitation(&mut self, ticket: &HandleHash) -> Result<Option<(Invitation, Guest)>, StoreError> {
        sql::invitations::by_ticket(self, ticket).await
    }

    async fn invitations_of(&mut self, guest: GuestId) -> Result<Vec<Invitation>, StoreError> {
        sql::invitations::of_guest(self, guest).await
    }

    async fn invited_without_mail(&mut self, address: &MailAddress) -> Result<Vec<GuestId>, StoreError> {
        sql::invitations::without_mail(self, address).await
    }

    async fn mark_redeemed(&mut self, id: InvitationId, now: Timestamp) -> Result<Once, StoreError> {
        sql::invitations::redeem(self, id, now).await
    }

    async fn delete_invitations_of(&mut self, guest: GuestId) -> Result<u64, StoreError> {
        sql::invitations::delete_of_guest(self, guest).await
    }

    async fn give_app(&mut self, guest: GuestId, app: AppId) -> Result<(), StoreError> {
        sql::invitations::give_app(self, guest, app).await
    }

    async fn give_group(&mut self, guest: GuestId, group: GroupId) -> Result<(), StoreError> {
        sql::invitations::give_group(self, guest, group).await
    }

    async fn has_app(&mut self, id: AppId) -> Result<bool, StoreError> {
        sql::invitations::has_app(self, id).await
    }

    async fn is_owner(&mut self, address: &MailAddress) -> Result<bool, StoreError> {
        sql::invitations::is_owner(self, address).await
    }

    async fn has_group(&mut self, id: GroupId) -> Result<bool, StoreError> {
        sql::invitations::has_group(self, id).await
    }
}

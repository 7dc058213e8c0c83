//! Invitations and the settings that govern them.

use async_trait::async_trait;

use super::StoreError;
use super::objects::{Kept, Provenance};
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::collaboration::Collaboration;
use crate::domain::groups::GroupId;
use crate::domain::guests::{Guest, GuestId};
use crate::domain::invitations::{Invitation, InvitationId};
use crate::domain::mail::MailAddress;
use crate::domain::partners::PartnerId;
use crate::domain::sessions::HandleHash;

/// Invitations inside a unit.
#[async_trait]
pub trait Invitations {
    /// The settings of collaboration, which stay as they are until the unit ends.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn collaboration(&mut self) -> Result<Kept<Collaboration>, StoreError>;

    /// Writes the settings of collaboration.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn write_collaboration(&mut self, settings: &Collaboration, provenance: Provenance)
    -> Result<(), StoreError>;

    /// The home organisation, where one is registered.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn home_partner(&mut self) -> Result<Option<PartnerId>, StoreError>;

    /// Adds an invitation that is opened by the ticket of this hash.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `invitations_ticket_key`.
    async fn insert_invitation(&mut self, invitation: &Invitation, ticket: &HandleHash) -> Result<(), StoreError>;

    /// The invitation that the ticket of this hash opens, whatever has become of it, and its account, which stays
    /// as it is until the unit ends.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn read_invitation(&mut self, ticket: &HandleHash) -> Result<Option<(Invitation, Guest)>, StoreError>;

    /// The invitations of an account, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn invitations_of(&mut self, guest: GuestId) -> Result<Vec<Invitation>, StoreError>;

    /// Whose invitations went to this address: accounts that are there and have no address of their own.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn invited_without_mail(&mut self, address: &MailAddress) -> Result<Vec<GuestId>, StoreError>;

    /// Notes that an invitation was redeemed; [`Once::Again`] where it was.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn mark_redeemed(&mut self, id: InvitationId, now: Timestamp) -> Result<Once, StoreError>;

    /// Removes the invitations of an account, whose links are worth nothing from then on; says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_invitations_of(&mut self, guest: GuestId) -> Result<u64, StoreError>;

    /// Assigns an account to an app and lets it be where it is assigned or the app has gone.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn give_app(&mut self, guest: GuestId, app: AppId) -> Result<(), StoreError>;

    /// Puts an account into a group and lets it be where it is a member or the group has gone.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn give_group(&mut self, guest: GuestId, group: GroupId) -> Result<(), StoreError>;

    /// Whether there is such an app, which then stays until the unit ends.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn has_app(&mut self, id: AppId) -> Result<bool, StoreError>;

    /// Whether an app is owned by whoever has this address.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn is_owner(&mut self, address: &MailAddress) -> Result<bool, StoreError>;

    /// Whether there is such a group, which then stays until the unit ends.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn has_group(&mut self, id: GroupId) -> Result<bool, StoreError>;
}

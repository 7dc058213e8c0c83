//! What happens to accounts beside signing in: what is known of them, their removal and return.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::guest_details::{DeletedGuest, GuestDetails, Sponsor};
use crate::domain::guests::{Guest, GuestId};
use crate::domain::mail::MailAddress;

/// What became of a removal for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purge {
    /// It has gone.
    Done,
    /// It was not removed before.
    NotRemoved,
    /// A policy names it.
    NamedByPolicy,
}

/// The lives of accounts inside a unit.
#[async_trait]
pub trait GuestLives {
    /// What is known of an account beside what a sign-in reads.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn guest_details(&mut self, id: GuestId) -> Result<GuestDetails, StoreError>;

    /// Writes what is known of an account, its further addresses included.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn write_guest_details(&mut self, id: GuestId, details: &GuestDetails) -> Result<(), StoreError>;

    /// Notes when the state of an account's invitation changed.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn note_state_change(&mut self, id: GuestId, now: Timestamp) -> Result<(), StoreError>;

    /// The accounts that have this further address and are not removed, which stay as they are until the unit ends.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn guests_by_other_mail(&mut self, mail: &MailAddress) -> Result<Vec<GuestId>, StoreError>;

    /// Who answers for an account, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sponsors(&mut self, id: GuestId) -> Result<Vec<Sponsor>, StoreError>;

    /// Sets who answers for an account.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn set_sponsors(&mut self, id: GuestId, sponsors: &[Sponsor]) -> Result<(), StoreError>;

    /// Holds an account as it is until the unit ends.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn hold_guest(&mut self, id: GuestId) -> Result<(), StoreError>;

    /// Lets an account be redeemed anew: it is bound to nobody, with the address, pin and name of `guest`, and its
    /// sessions, codes and tokens end; says how many sessions there were.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `guests_mail_key`.
    async fn unbind_guest(&mut self, guest: &Guest, now: Timestamp) -> Result<u64, StoreError>;

    /// Removes an account so that it can be restored: its sessions, codes and tokens end, its address and identity
    /// are free, and it is found by its id alone. [`Once::Again`] where it was removed.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn soft_delete_guest(&mut self, id: GuestId, by: &str, now: Timestamp) -> Result<Once, StoreError>;

    /// Restores an account as it was, with its address, identity, groups and apps; [`Once::Again`] where it was not
    /// removed.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `guests_mail_key` or `guests_identity_key` where another account has them by now.
    async fn restore_guest(&mut self, id: GuestId) -> Result<Once, StoreError>;

    /// Accounts that were removed after `since`, in the order of their ids, behind `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_deleted_guests(
        &mut self,
        after: Option<GuestId>,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<DeletedGuest>, StoreError>;

    /// When an account was removed; absent where it is not.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn deleted_at(&mut self, id: GuestId) -> Result<Option<Timestamp>, StoreError>;

    /// How many accounts were removed at `until` or before and stay because a policy names them.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_held_by_policies(&mut self, until: Timestamp) -> Result<u64, StoreError>;

    /// Accounts that were removed at `until` or before and that no policy names, at most `limit`, the longest removed
    /// first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn deleted_until(&mut self, until: Timestamp, limit: u32) -> Result<Vec<GuestId>, StoreError>;

    /// Removes an account for good, where it was removed already and no policy names it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn purge_guest(&mut self, id: GuestId) -> Result<Purge, StoreError>;
}

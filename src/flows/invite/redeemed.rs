//! What follows when somebody has redeemed: the account gets what its invitations give.

use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::store::{StoreError, UnitOfWork};

/// Gives an account that was redeemed just now what its open invitations give, and marks them all redeemed: none
/// of their links makes or binds anything any more. An app or group that has gone meanwhile is passed over.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(unit: &mut dyn UnitOfWork, guest: GuestId, now: Timestamp) -> Result<(), StoreError> {
    for invitation in unit.invitations_of(guest).await? {
        if invitation.redeemed_at.is_some() {
            continue;
        }
        if !invitation.has_expired(now) {
            for app in &invitation.apps {
                unit.give_app(guest, *app).await?;
            }
            for group in &invitation.groups {
                unit.give_group(guest, *group).await?;
            }
        }
        unit.mark_redeemed(invitation.id, now).await?;
    }
    unit.note_state_change(guest, now).await
}

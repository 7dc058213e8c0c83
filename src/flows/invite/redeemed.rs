//! What follows when somebody has redeemed: the account gets what its invitations give.

use std::collections::BTreeSet;

use crate::base::clock::Timestamp;
use crate::domain::guests::{Binding, GuestId};
use crate::domain::invitations::InvitationId;
use crate::domain::mail::MailAddress;
use crate::domain::store::{StoreError, UnitOfWork};

/// By what a person has shown to be the one who was invited.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The invitation whose link they followed.
    pub ticket: Option<InvitationId>,
    /// The address that they have proven.
    pub proven: Option<&'a MailAddress>,
}

/// Gives an account that was redeemed just now what its open invitations give, as far as each of them would have taken
/// this person, and marks them all redeemed: none of their links makes or binds anything any more. An app or group that
/// has gone meanwhile is passed over.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(
    unit: &mut dyn UnitOfWork,
    guest: GuestId,
    shown: Shown<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (mut apps, mut groups) = (BTreeSet::new(), BTreeSet::new());
    for invitation in unit.invitations_of(guest).await? {
        if invitation.redeemed_at.is_some() {
            continue;
        }
        let is_theirs = shown.ticket == Some(invitation.id) || invitation.takes(shown.proven);
        if is_theirs && !invitation.has_expired(now) {
            apps.extend(invitation.apps);
            groups.extend(invitation.groups);
        }
        unit.mark_redeemed(invitation.id, now).await?;
    }
    for app in apps {
        unit.give_app(guest, app).await?;
    }
    for group in groups {
        unit.give_group(guest, group).await?;
    }
    end_siblings(unit, guest, now).await?;
    unit.note_state_change(guest, now).await
}

/// The first link that is redeemed makes the account of a person who was invited by several addresses: those of
/// accounts that wait at the person's further addresses, as far as these are known, lead nowhere any more.
async fn end_siblings(unit: &mut dyn UnitOfWork, guest: GuestId, now: Timestamp) -> Result<(), StoreError> {
    for address in unit.guest_details(guest).await?.other_mails {
        let Some(kept) = unit.guest_by_mail_key(address.key()).await? else { continue };
        let sibling = kept.value.guest;
        if sibling.id != guest && sibling.binding == Binding::PendingAcceptance {
            // They stay, so that whoever comes by the address itself is still one who was invited, and agrees first.
            for invitation in unit.invitations_of(sibling.id).await? {
                if invitation.redeemed_at.is_none() {
                    unit.mark_redeemed(invitation.id, now).await?;
                }
            }
        }
    }
    Ok(())
}

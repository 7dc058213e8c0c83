//! What the earlier invitations of an account leave to another link of it: what they promised, and who may redeem.

use super::Inviting;
use super::make::Trust;
use crate::domain::audit::Activity;
use crate::domain::guest_details::{CreationType, GuestDetails, MAX_SPONSORS, Sponsor};
use crate::domain::guests::{Binding, Guest};
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::wish::Wish;
use crate::domain::invitations::{AccountMatch, Invitation};
use crate::domain::permissions::Act;
use crate::domain::store::UnitOfWork;
use crate::flows::directory::access::may_touch;

/// Those that nobody has redeemed. One whose time is over counts too: its link is dead, and what it says of the account
/// is not.
pub(super) fn unredeemed(all: &[Invitation]) -> Vec<&Invitation> {
    all.iter().filter(|invitation| invitation.redeemed_at.is_none()).collect()
}

/// How far another link may lead that shows that its holder reads the mail of the address. An internal account is
/// redeemed by an account of the domain of its address alone, whichever link is followed.
pub(super) fn trust(unredeemed: &[&Invitation]) -> Trust {
    let is_bounded = |before: &&Invitation| before.account_match == AccountMatch::SameDomain;
    if unredeemed.iter().any(is_bounded) { Trust::Domain } else { Trust::Full }
}

/// Lets an invitation give what earlier ones promised.
pub(super) fn carry<'a>(wish: &mut Wish, from: impl IntoIterator<Item = &'a Invitation>) {
    for before in from {
        wish.apps.extend(&before.apps);
        wish.groups.extend(&before.groups);
    }
    wish.apps.sort_unstable();
    wish.apps.dedup();
    wish.groups.sort_unstable();
    wish.groups.dedup();
}

/// Whether a colleague added the account: it has nothing to redeem, and waits for the partner that vouches for it.
pub(super) fn is_added(guest: &Guest, all: &[Invitation], details: &GuestDetails) -> bool {
    guest.binding == Binding::PendingAcceptance
        && guest.pinned_partner.is_some()
        && all.is_empty()
        && details.creation_type == Some(CreationType::Invitation)
}

/// Whether whoever asks was the first to invite the account, by right, and nobody has redeemed it.
pub(super) fn is_first(inviting: &Inviting<'_>, guest: &Guest, all: &[Invitation]) -> bool {
    guest.binding == Binding::PendingAcceptance
        && inviting.author.caller.may(Act::InviteGuest)
        && all.last().is_some_and(|first| first.inviter == inviting.inviter())
}

/// Lets those who are named answer for an account that is there, beside those who do.
pub(super) async fn add_sponsors(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    guest: &Guest,
    all: &[Invitation],
) -> Result<(), InviteError> {
    let mut sponsors = unit.sponsors(guest.id).await?;
    let fresh: Vec<Sponsor> = wish.sponsors.iter().filter(|named| !sponsors.contains(named)).copied().collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let caller = inviting.author.caller;
    let may = is_first(inviting, guest, all)
        || (caller.may(Act::UpdateUsers) && may_touch(caller, guest.id, unit.roles_of(guest.id).await?).is_ok());
    if !may {
        let needed = "naming sponsors of an account that is there takes the right to change it";
        return Err(InviteError::NotAllowed { needed });
    }
    if fresh.contains(&Sponsor::Guest(guest.id)) {
        return Err(InviteError::SponsorUnknown { id: guest.id.to_string() });
    }
    sponsors.extend(fresh);
    if sponsors.len() > MAX_SPONSORS {
        return Err(InviteError::SponsorsTooMany { found: sponsors.len() });
    }
    unit.set_sponsors(guest.id, &sponsors).await?;
    let mut entry = inviting.author.entry(Activity::GuestChanged);
    entry.guest = Some(guest.id);
    entry.details.push(("fields", "sponsors".to_owned()));
    Ok(unit.append_audit(&entry).await?)
}

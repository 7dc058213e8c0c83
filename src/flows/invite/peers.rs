//! Adding colleagues without an invitation: a guest from a partner, who may invite here and has shown that they may look
//! through the partner's directory, adds others of that partner. These have nothing to redeem: they come in when the
//! partner vouches for the address, and nobody else can.

use super::Inviting;
use crate::domain::guests::{Binding, UserType};
use crate::domain::holders::{Holder, LookUp};
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::wish::Wish;
use crate::domain::partners::{MAILED_CODE_PARTNER, PartnerId};
use crate::domain::permissions::Caller;
use crate::domain::store::UnitOfWork;
use crate::flows::sign_in::redeem::judge;

/// The partner that the one who invites and the one who is invited have in common, where that is shown; otherwise the
/// invitation is one like any other.
pub(super) async fn home(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
) -> Result<Option<PartnerId>, InviteError> {
    let Caller::Person { guest, .. } = inviting.author.caller else { return Ok(None) };
    let Some(kept) = unit.guest(*guest).await? else { return Ok(None) };
    let Binding::Accepted { partner: home, .. } = kept.value.guest.binding else { return Ok(None) };
    let is_elsewhere = home != MAILED_CODE_PARTNER && inviting.home != Some(home);
    if !is_elsewhere || wish.user_type != UserType::Guest {
        return Ok(None);
    }
    // The partner answers for the address alone, as it must where it is to bind the account.
    let holdings = unit.holdings(&LookUp::of_address(&wish.address)).await?;
    if Holder::of(&holdings) != Holder::One(home) {
        return Ok(None);
    }
    let services = inviting.author.services;
    let Some(record) = unit.read_partner(home).await? else { return Ok(None) };
    // Nobody is added whom the settings would not let come in there.
    if judge::is_in_order(&inviting.settings, &record).is_err() {
        return Ok(None);
    }
    if !record.switch.is_on() || !record.has_proven(wish.address.domain(), services.settings.domain_proof) {
        return Ok(None);
    }
    let (now, lifetimes) = (inviting.author.now, &services.settings.lifetimes);
    let (idle_since, begun_since) = (now.minus(lifetimes.session_idle), now.minus(lifetimes.session_whole));
    let is_shown = unit.has_read_home(*guest, home, idle_since, begun_since).await?;
    Ok(is_shown.then_some(home))
}

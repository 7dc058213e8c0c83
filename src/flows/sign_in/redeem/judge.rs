//! What must be true of an invitation, judged when its link is opened and once more when it is redeemed.

use crate::base::clock::Timestamp;
use crate::domain::collaboration::{Collaboration, PrimaryProvider};
use crate::domain::guests::{Binding, Guest, Standing};
use crate::domain::holders::{Holder, LookUp};
use crate::domain::invitations::Invitation;
use crate::domain::mail::MailAddress;
use crate::domain::partners::{Partner, PartnerKind, Trust};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::sessions::HandleHash;
use crate::domain::store::UnitOfWork;
use crate::flows::sign_in::Halt;

/// The one refusal for every link that leads nowhere, whatever has become of it.
pub(in crate::flows::sign_in) const fn invalid(cause: &'static str) -> Refusal {
    Refusal::new(Code::LinkInvalid, cause)
}

/// The invitation that a ticket opens, and its account.
pub(in crate::flows::sign_in) async fn read(
    unit: &mut dyn UnitOfWork,
    ticket: &HandleHash,
) -> Result<(Invitation, Guest), Halt> {
    Ok(unit.read_invitation(ticket).await?.ok_or(invalid("invitation_unknown"))?)
}

/// Whether the link may still be redeemed.
///
/// # Errors
/// [`Code::LinkInvalid`].
pub(in crate::flows::sign_in) fn is_open(
    invitation: &Invitation,
    guest: &Guest,
    now: Timestamp,
) -> Result<(), Refusal> {
    let cause = match guest.standing {
        Standing::Deleted => "invitation_account_removed",
        Standing::Blocked => "invitation_account_blocked",
        Standing::Active if invitation.redeemed_at.is_some() => "invitation_redeemed",
        Standing::Active if guest.binding != Binding::PendingAcceptance => "invitation_account_taken",
        Standing::Active if invitation.has_expired(now) => "invitation_expired",
        Standing::Active => return Ok(()),
    };
    Err(invalid(cause))
}

/// The lists of domains are judged at the invitation and once more here; who has redeemed is not touched by them.
///
/// # Errors
/// [`Code::DomainBlocked`].
pub(in crate::flows::sign_in) fn lets_in(settings: &Collaboration, address: &MailAddress) -> Result<(), Refusal> {
    if settings.domains.lets_in(address.domain()) {
        Ok(())
    } else {
        Err(Refusal::new(Code::DomainBlocked, "domain_blocked_at_redemption").seen(address.domain().as_str()))
    }
}

/// The link went to the address that the account has, or has none of its own. Where that was corrected since, whoever
/// reads the mail of the old one is nobody.
///
/// # Errors
/// [`Code::LinkInvalid`].
pub(in crate::flows::sign_in) fn is_of_its_account(invitation: &Invitation, guest: &Guest) -> Result<(), Refusal> {
    match &guest.mail {
        Some(mail) if *mail != invitation.address => Err(invalid("invitation_of_former_address")),
        _ => Ok(()),
    }
}

/// The partner is of a kind that the settings let redeem. Our own people and mailed codes stand in no order.
///
/// # Errors
/// [`Code::IdpUserUnknown`].
pub(in crate::flows) fn is_in_order(settings: &Collaboration, partner: &Partner) -> Result<(), Refusal> {
    if rank(&settings.identity_provider_order, partner) == LEFT_OUT {
        return Err(Refusal::new(Code::IdpUserUnknown, "kind_of_home_not_in_order"));
    }
    Ok(())
}

/// The rank of a partner whose kind is left out of the order.
pub(in crate::flows::sign_in) const LEFT_OUT: usize = usize::MAX;

/// Where a partner stands in the order, the first with 0. Our own people stand in no order and are never left out, and
/// nor are mailed codes.
pub(in crate::flows::sign_in) fn rank(order: &[PrimaryProvider], partner: &Partner) -> usize {
    let is_in_no_order = partner.kind == PartnerKind::Home || kind(partner).is_none();
    let place = kind(partner).and_then(|kind| order.iter().position(|known| *known == kind));
    place.unwrap_or(if is_in_no_order { order.len() } else { LEFT_OUT })
}

/// Which kind of home a partner is: organisations are asked by OpenID Connect, other federations by SAML.
pub(in crate::flows::sign_in) const fn kind(partner: &Partner) -> Option<PrimaryProvider> {
    match partner.trust {
        Trust::Oidc(_) => Some(PrimaryProvider::Organization),
        Trust::Saml(_) => Some(PrimaryProvider::ExternalFederation),
        Trust::MailedCode => None,
    }
}

/// Whether nobody but a mailed code proves this address: no partner of a kind that is in the order answers for it, on or
/// off.
pub(in crate::flows::sign_in) async fn is_left_to_code(
    unit: &mut dyn UnitOfWork,
    address: &MailAddress,
) -> Result<bool, Halt> {
    let order = unit.collaboration().await?.value.identity_provider_order;
    let holder = Holder::of(&unit.holdings(&LookUp::of_address(address)).await?);
    for id in holder.partners() {
        let home = unit.read_partner(*id).await?;
        if home.as_ref().and_then(kind).is_some_and(|kind| order.contains(&kind)) {
            return Ok(false);
        }
    }
    Ok(true)
}

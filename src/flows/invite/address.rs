//! Which addresses may be invited.

use super::Inviting;
use crate::domain::collaboration::Collaboration;
use crate::domain::holders::{Holder, LookUp};
use crate::domain::invitations::fault::InviteError;
use crate::domain::mail::MailAddress;
use crate::domain::store::UnitOfWork;

/// Judges whether an address may be invited: it is none of our own people's, and the lists let it in.
///
/// # Errors
/// [`InviteError::OwnDomain`], [`InviteError::DomainBlocked`], or the store's.
pub async fn judge(
    unit: &mut dyn UnitOfWork,
    inviting: &Inviting<'_>,
    address: &MailAddress,
) -> Result<(), InviteError> {
    let domain = address.domain();
    let is_ours = *domain == inviting.author.services.settings.organization.domain;
    if is_ours || is_of_home(unit, inviting, address).await? {
        return Err(InviteError::OwnDomain { domain: domain.clone() });
    }
    judge_domain(&inviting.settings, address)?;
    if !inviting.settings.consumer_domains.is_yes() && inviting.author.services.settings.consumer_domains.has(domain) {
        return Err(InviteError::ConsumerAddress { domain: domain.clone() });
    }
    Ok(())
}

/// Whether the lists of domains let an address in: asked when it is invited, and again when it is redeemed.
///
/// # Errors
/// [`InviteError::DomainBlocked`].
pub fn judge_domain(settings: &Collaboration, address: &MailAddress) -> Result<(), InviteError> {
    if settings.domains.lets_in(address.domain()) {
        Ok(())
    } else {
        Err(InviteError::DomainBlocked { domain: address.domain().clone() })
    }
}

async fn is_of_home(
    unit: &mut dyn UnitOfWork,
    inviting: &Inviting<'_>,
    address: &MailAddress,
) -> Result<bool, InviteError> {
    let Some(home) = inviting.home else { return Ok(false) };
    let holdings = unit.holdings(&LookUp::of_address(address)).await?;
    Ok(Holder::of(&holdings).partners().contains(&home))
}

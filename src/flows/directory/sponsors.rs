//! Who answers for an account.

use crate::domain::groups::GroupId;
use crate::domain::guest_details::Sponsor;
use crate::domain::guests::GuestId;
use crate::domain::invitations::fault::InviteError;
use crate::flows::services::Services;

/// The account or group of this id. Whether there is such an account is asked by whatever writes it.
///
/// # Errors
/// [`InviteError::SponsorUnknown`] where it is no id at all, and the store's.
pub async fn find(services: &Services, id: &str) -> Result<Sponsor, InviteError> {
    let unknown = || InviteError::SponsorUnknown { id: crate::base::trace::shorten(id.to_owned()) };
    let group = GroupId::parse(id).map_err(|_| unknown())?;
    let guest = GuestId::parse(id).map_err(|_| unknown())?;
    let mut unit = services.store.unit_of_work().await?;
    Ok(if unit.has_group(group).await? { Sponsor::Group(group) } else { Sponsor::Guest(guest) })
}

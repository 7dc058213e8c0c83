//! Who answers for an account: people and groups. It gives them no rights.

use super::access::{held, may_touch};
use super::users::{Extent, one, target};
use super::{DirectoryError, permit, until_first};
use crate::domain::audit::Activity;
use crate::domain::groups::GroupId;
use crate::domain::guest_details::{MAX_SPONSORS, Sponsor};
use crate::domain::guests::GuestId;
use crate::domain::invitations::fault::InviteError;
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::UnitOfWork;
use crate::flows::author::Author;
use crate::flows::invite::target::judge_sponsors;
use crate::flows::reports::targets::modified;
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

/// Who answers for an account.
///
/// # Errors
/// [`DirectoryError`].
pub async fn list(services: &Services, caller: &Caller, name: &str) -> Result<Vec<Sponsor>, DirectoryError> {
    let seen = one(services, caller, name).await?;
    if seen.extent != Extent::Whole {
        return Err(DirectoryError::Denied("you may not read who answers for this account"));
    }
    Ok(services.store.unit_of_work().await?.sponsors(seen.person.guest.id).await?)
}

/// What is done with a sponsor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Add,
    Remove,
}

/// Lets somebody more answer for an account: [`MAX_SPONSORS`] at most.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::Conflict`] where they do already.
pub async fn add(services: &Services, caller: &Caller, name: &str, sponsor: Sponsor) -> Result<(), DirectoryError> {
    permit(caller, Act::UpdateUsers)?;
    let id = target(services, name).await?;
    until_first!(changed(services, caller, id, sponsor, Change::Add).await)
}

/// Lets somebody answer for an account no more.
///
/// # Errors
/// [`DirectoryError`].
pub async fn remove(services: &Services, caller: &Caller, name: &str, sponsor: &str) -> Result<(), DirectoryError> {
    permit(caller, Act::UpdateUsers)?;
    let id = target(services, name).await?;
    let known = services.store.unit_of_work().await?.sponsors(id).await?;
    // They may have gone meanwhile, and still stand there.
    let named = known.into_iter().find(|known| match known {
        Sponsor::Guest(guest) => GuestId::parse(sponsor).as_ref() == Ok(guest),
        Sponsor::Group(group) => GroupId::parse(sponsor).as_ref() == Ok(group),
    });
    let named = named.ok_or_else(|| DirectoryError::unknown("sponsor", sponsor))?;
    until_first!(changed(services, caller, id, named, Change::Remove).await)
}

async fn changed(
    services: &Services,
    caller: &Caller,
    id: GuestId,
    sponsor: Sponsor,
    change: Change,
) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    let whole = held(unit.as_mut(), id).await?;
    may_touch(caller, id, whole.roles)?;
    let mut sponsors = unit.sponsors(id).await?;
    let before = sponsors.len();
    let found = sponsors.iter().position(|known| *known == sponsor);
    let label = match sponsor {
        Sponsor::Guest(guest) => guest.to_string(),
        Sponsor::Group(group) => group.to_string(),
    };
    let detail = match (change, found) {
        (Change::Add, Some(_)) => {
            return Err(DirectoryError::Conflict(format!("`{label}` answers for the account already")));
        }
        (Change::Add, None) => {
            judge(unit.as_mut(), id, sponsor, &sponsors).await?;
            sponsors.push(sponsor);
            "sponsor_added"
        }
        (Change::Remove, Some(place)) => {
            sponsors.remove(place);
            "sponsor_removed"
        }
        (Change::Remove, None) => return Err(DirectoryError::unknown("sponsor", label)),
    };
    unit.set_sponsors(id, &sponsors).await?;
    let mut entry = author.entry(Activity::GuestChanged);
    entry.guest = Some(id);
    entry.details.push(("fields", "sponsors".to_owned()));
    entry.details.push(modified("sponsors", before, sponsors.len()));
    entry.details.push((detail, label));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(())
}

async fn judge(
    unit: &mut dyn UnitOfWork,
    id: GuestId,
    sponsor: Sponsor,
    known: &[Sponsor],
) -> Result<(), DirectoryError> {
    if sponsor == Sponsor::Guest(id) {
        return Err(DirectoryError::field("@odata.id", "names the account itself: nobody answers for themselves"));
    }
    if known.len() >= MAX_SPONSORS {
        let fault = format!("would be one sponsor too many: {MAX_SPONSORS} is the most");
        return Err(DirectoryError::field("@odata.id", fault));
    }
    match judge_sponsors(unit, &[sponsor]).await {
        Err(InviteError::Store(error)) => Err(error.into()),
        Err(unknown) => Err(DirectoryError::field("@odata.id", format!("is refused: {unknown}"))),
        Ok(()) => Ok(()),
    }
}

//! Accounts that are removed: for a while they can be restored, and then they are gone.

use super::access::OF_ADMINISTRATOR;
use super::groups::page;
use super::users::target;
use super::{DirectoryError, Page, permit};
use crate::domain::guest_details::RESTORABLE;
use crate::domain::guests::{GuestId, Standing};
use crate::domain::invitations::fault::InviteError;
use crate::domain::people::{Person, PersonKey};
use crate::domain::permissions::{Act, Caller};
use crate::flows::guest_lives;
use crate::flows::operate::Change;
use crate::flows::services::Services;

/// What a removed account is called.
const ITEM: &str = "deletedItem";

/// Removes an account so that it can be restored: its sessions end at once, its groups and apps stay with it.
///
/// # Errors
/// [`DirectoryError`].
pub async fn delete(services: &Services, caller: &Caller, name: &str) -> Result<(), DirectoryError> {
    permit(caller, Act::DeleteUsers)?;
    let id = target(services, name).await?;
    made(guest_lives::delete(services, caller, id).await, "user", id)
}

/// What became of it, in the words of the directory: what was so already is an account that is not there.
fn made(outcome: Result<Change, InviteError>, kind: &'static str, id: GuestId) -> Result<(), DirectoryError> {
    match outcome {
        Ok(Change::Made) => Ok(()),
        Ok(Change::AlreadySo) | Err(InviteError::GuestUnknown { .. } | InviteError::NotRemoved { .. }) => {
            Err(DirectoryError::unknown(kind, id))
        }
        Err(InviteError::NotAllowed { needed }) => Err(DirectoryError::Denied(needed)),
        Err(InviteError::ResetForbidden { .. }) => Err(DirectoryError::Denied(OF_ADMINISTRATOR)),
        Err(InviteError::Store(error)) => Err(error.into()),
        Err(error) => Err(DirectoryError::Conflict(error.to_string())),
    }
}

/// Removed accounts in the order of their ids.
///
/// # Errors
/// [`DirectoryError`].
pub async fn list(
    services: &Services,
    caller: &Caller,
    after: Option<GuestId>,
    top: u32,
) -> Result<Page<Person, GuestId>, DirectoryError> {
    permit(caller, Act::ReadUsers)?;
    let since = services.clock.now().minus(RESTORABLE);
    let removed = services.store.unit_of_work().await?.list_deleted_guests(after, since, top + 1).await?;
    let mut people = Vec::with_capacity(removed.len());
    for one in removed {
        people.extend(services.store.person(&PersonKey::Id(one.guest)).await?);
    }
    Ok(page(people, top, None, |person| person.guest.id))
}

/// One removed account.
///
/// # Errors
/// [`DirectoryError`].
pub async fn one(services: &Services, caller: &Caller, id: &str) -> Result<Person, DirectoryError> {
    permit(caller, Act::ReadUsers)?;
    restorable(services, id).await
}

/// A removed account whose time is not over. One that a policy names may be there longer, to be purged and nothing else.
async fn restorable(services: &Services, id: &str) -> Result<Person, DirectoryError> {
    let person = find(services, id).await?;
    let removed_at = services.store.unit_of_work().await?.deleted_at(person.guest.id).await?;
    let since = services.clock.now().minus(RESTORABLE);
    let is_in_time = removed_at.is_some_and(|at| at > since);
    if is_in_time { Ok(person) } else { Err(DirectoryError::unknown(ITEM, id)) }
}

async fn find(services: &Services, id: &str) -> Result<Person, DirectoryError> {
    let unknown = || DirectoryError::unknown(ITEM, id);
    let parsed = GuestId::parse(id).map_err(|_| unknown())?;
    let found = services.store.person(&PersonKey::Id(parsed)).await?;
    found.filter(|person| person.guest.standing == Standing::Deleted).ok_or_else(unknown)
}

/// Restores an account as it was.
///
/// # Errors
/// [`DirectoryError::Conflict`] where another account has its address or identity by now.
pub async fn restore(services: &Services, caller: &Caller, id: &str) -> Result<Person, DirectoryError> {
    permit(caller, Act::RestoreUsers)?;
    let guest = restorable(services, id).await?.guest.id;
    made(guest_lives::restore(services, caller, guest).await, ITEM, guest)?;
    let found = services.store.person(&PersonKey::Id(guest)).await?;
    found.ok_or_else(|| DirectoryError::unknown("user", guest))
}

/// Removes an account for good that was removed before. What the audit says of it stays.
///
/// # Errors
/// [`DirectoryError`]; an account that a policy names stays.
pub async fn purge(services: &Services, caller: &Caller, id: &str) -> Result<(), DirectoryError> {
    permit(caller, Act::PurgeUsers)?;
    let guest = find(services, id).await?.guest.id;
    made(guest_lives::purge(services, caller, guest).await.map(|()| Change::Made), ITEM, guest)
}

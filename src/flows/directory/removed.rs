//! Accounts that are removed: for a while they can be restored, and then they are gone.

use super::access::{held, may_touch};
use super::groups::page;
use super::users::target;
use super::{DirectoryError, Page, permit, until_first};
use crate::domain::audit::Activity;
use crate::domain::guests::{GuestId, Standing};
use crate::domain::people::{Person, PersonKey};
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::guest_lives::Purge;
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::author::Author;
use crate::flows::services::Services;

/// Removes an account so that it can be restored: its sessions end at once, its groups and apps stay with it.
///
/// # Errors
/// [`DirectoryError`].
pub async fn delete(services: &Services, caller: &Caller, name: &str) -> Result<(), DirectoryError> {
    permit(caller, Act::DeleteUsers)?;
    let id = target(services, name).await?;
    until_first!(deleted(services, caller, id).await)
}

async fn deleted(services: &Services, caller: &Caller, id: GuestId) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    let whole = held(unit.as_mut(), id).await?;
    may_touch(caller, id, whole.roles)?;
    if unit.soft_delete_guest(id, &author.name(), author.now).await? == Once::Again {
        return Err(DirectoryError::unknown("user", id));
    }
    written(&author, unit, Activity::GuestDeleted, id).await
}

async fn written(
    author: &Author<'_>,
    mut unit: Box<dyn UnitOfWork>,
    activity: Activity,
    id: GuestId,
) -> Result<(), DirectoryError> {
    let mut entry = author.entry(activity);
    entry.guest = Some(id);
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    author.services.directory.forget();
    Ok(())
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
    let removed = services.store.unit_of_work().await?.list_deleted_guests(after, top + 1).await?;
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
    find(services, id).await
}

async fn find(services: &Services, id: &str) -> Result<Person, DirectoryError> {
    let unknown = || DirectoryError::unknown("deletedItem", id);
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
    let guest = find(services, id).await?.guest.id;
    until_first!(restored(services, caller, guest).await)?;
    let found = services.store.person(&PersonKey::Id(guest)).await?;
    found.ok_or_else(|| DirectoryError::unknown("user", guest))
}

async fn restored(services: &Services, caller: &Caller, id: GuestId) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    // Its roles come back with it.
    may_touch(caller, id, unit.roles_of(id).await?)?;
    match unit.restore_guest(id).await {
        Ok(Once::First) => written(&author, unit, Activity::GuestRestored, id).await,
        Ok(Once::Again) => Err(DirectoryError::unknown("deletedItem", id)),
        Err(StoreError::Taken { .. }) => {
            let message = "another account has its address or identity by now; remove that one first";
            Err(DirectoryError::Conflict(message.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Removes an account for good that was removed before. What the audit says of it stays.
///
/// # Errors
/// [`DirectoryError`]; an account that a policy names stays.
pub async fn purge(services: &Services, caller: &Caller, id: &str) -> Result<(), DirectoryError> {
    permit(caller, Act::PurgeUsers)?;
    let guest = find(services, id).await?.guest.id;
    until_first!(purged(services, caller, guest).await)
}

async fn purged(services: &Services, caller: &Caller, id: GuestId) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    may_touch(caller, id, unit.roles_of(id).await?)?;
    match unit.purge_guest(id).await? {
        Purge::Done => written(&author, unit, Activity::GuestPurged, id).await,
        Purge::NotRemoved => Err(DirectoryError::unknown("deletedItem", id)),
        Purge::NamedByPolicy => {
            Err(DirectoryError::Conflict("a policy names this account; change the policy first".to_owned()))
        }
    }
}

//! Groups and their members.

use super::access::{Sight, held, may_touch, own, sight};
use super::{DirectoryError, Page, permit, until_first};
use crate::domain::audit::{Activity, AuditEntry};
use crate::domain::groups::{Group, GroupId};
use crate::domain::guests::GuestId;
use crate::domain::names::Slug;
use crate::domain::people::Person;
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::flows::author::Author;
use crate::flows::services::Services;

/// A page of groups.
///
/// # Errors
/// [`DirectoryError`].
pub async fn list(
    services: &Services,
    caller: &Caller,
    after: Option<GroupId>,
    top: u32,
    counts: bool,
) -> Result<Page<Group, GroupId>, DirectoryError> {
    readable(services, caller).await?;
    let count = if counts { Some(services.store.count_groups().await?) } else { None };
    let items = services.store.scan_groups(after, top + 1).await?;
    Ok(page(items, top, count, |group| group.id))
}

/// Of one more than a page has, the page.
pub(super) fn page<T, P>(mut items: Vec<T>, top: u32, count: Option<u64>, place: impl Fn(&T) -> P) -> Page<T, P> {
    let has_more = items.len() > top as usize;
    items.truncate(top as usize);
    let next = items.last().filter(|_| has_more).map(place);
    Page { items, next, count }
}

async fn readable(services: &Services, caller: &Caller) -> Result<Sight, DirectoryError> {
    match sight(services, caller, Act::ReadGroups).await? {
        sight @ (Sight::Everything | Sight::Known) => Ok(sight),
        Sight::Own | Sight::Nothing => Err(DirectoryError::Denied("you may not read groups")),
    }
}

/// One group.
///
/// # Errors
/// [`DirectoryError`].
pub async fn one(services: &Services, caller: &Caller, id: &str) -> Result<Group, DirectoryError> {
    readable(services, caller).await?;
    find(services, id).await
}

async fn find(services: &Services, id: &str) -> Result<Group, DirectoryError> {
    let unknown = || DirectoryError::unknown("group", id);
    let parsed = GroupId::parse(id).map_err(|_| unknown())?;
    services.store.find_group(parsed).await?.ok_or_else(unknown)
}

/// The members of a group, and whether they are to be seen in outline alone.
///
/// # Errors
/// [`DirectoryError`].
pub async fn members(
    services: &Services,
    caller: &Caller,
    id: &str,
    after: Option<GuestId>,
    top: u32,
) -> Result<(Page<Person, GuestId>, Sight), DirectoryError> {
    let sight = readable(services, caller).await?;
    let group = find(services, id).await?;
    // Who may read groups learns who is in them, and what is true of each only where they may read accounts.
    let of_users = super::access::sight(services, caller, Act::ReadUsers).await?;
    let is_whole = sight == Sight::Everything && of_users == Sight::Everything;
    let items = services.store.members_of(group.id, after, top + 1).await?;
    let sight = if is_whole { Sight::Everything } else { Sight::Known };
    Ok((page(items, top, None, |person| person.guest.id), sight))
}

/// The groups of an account. Of one's own groups everybody may know.
///
/// # Errors
/// [`DirectoryError`].
pub async fn of_person(
    services: &Services,
    caller: &Caller,
    name: &str,
    after: Option<GroupId>,
    top: u32,
) -> Result<(Page<Group, GroupId>, Sight), DirectoryError> {
    let sight = sight(services, caller, Act::ReadGroups).await?;
    let denied = || DirectoryError::Denied("you may not read the groups of this account");
    let found = match sight {
        Sight::Everything | Sight::Known => super::users::target(services, name).await,
        Sight::Own => super::users::target(services, name).await.map_err(|_| denied()),
        Sight::Nothing => Err(denied()),
    };
    let person = found?;
    if sight == Sight::Own && own(caller) != Some(person) {
        return Err(denied());
    }
    let items = services.store.groups_of_person(person, after, top + 1).await?;
    Ok((page(items, top, None, |group| group.id), sight))
}

/// A group as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name in files and commands.
    pub slug: Slug,
    /// Its name on pages.
    pub name: String,
}

fn taken(slug: &Slug) -> DirectoryError {
    DirectoryError::Conflict(format!("another group has the `mailNickname` `{slug}`"))
}

fn entry(author: &Author<'_>, activity: Activity, group: &Group) -> AuditEntry {
    let mut entry = author.entry(activity);
    entry.target = Some(uuid::Uuid::from_bytes(*group.id.as_bytes()));
    entry.details.push(("slug", group.slug.to_string()));
    entry
}

/// Makes a group.
///
/// # Errors
/// [`DirectoryError`].
pub async fn create(services: &Services, caller: &Caller, wanted: &Wanted) -> Result<Group, DirectoryError> {
    permit(caller, Act::ManageGroups)?;
    until_first!(created(services, caller, wanted).await)
}

async fn created(services: &Services, caller: &Caller, wanted: &Wanted) -> Result<Group, DirectoryError> {
    let author = Author::new(services, caller);
    let id = GroupId::new(author.now, services.random.as_ref());
    let group = Group { id, slug: wanted.slug.clone(), name: wanted.name.clone() };
    let mut unit = services.store.unit_of_work().await?;
    match unit.insert_group(&group, author.now).await {
        Err(StoreError::Taken { .. }) => return Err(taken(&group.slug)),
        other => other?,
    }
    unit.append_audit(&entry(&author, Activity::ObjectAdded, &group)).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(group)
}

/// Gives a group another name, slug, or both.
///
/// # Errors
/// [`DirectoryError`].
pub async fn rename(
    services: &Services,
    caller: &Caller,
    id: &str,
    (name, slug): (Option<&str>, Option<&Slug>),
) -> Result<(), DirectoryError> {
    permit(caller, Act::ManageGroups)?;
    let mut group = find(services, id).await?;
    if let Some(name) = name {
        name.clone_into(&mut group.name);
    }
    if let Some(slug) = slug {
        group.slug = slug.clone();
    }
    until_first!(renamed(services, caller, &group).await)
}

async fn renamed(services: &Services, caller: &Caller, group: &Group) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    match unit.update_group(group).await {
        Ok(Once::First) => {}
        Ok(Once::Again) => return Err(DirectoryError::unknown("group", group.id)),
        Err(StoreError::Taken { .. }) => return Err(taken(&group.slug)),
        Err(error) => return Err(error.into()),
    }
    unit.append_audit(&entry(&author, Activity::ObjectChanged, group)).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(())
}

/// Removes a group with its memberships and assignments.
///
/// # Errors
/// [`DirectoryError`]; a group that a policy names stays.
pub async fn delete(services: &Services, caller: &Caller, id: &str) -> Result<(), DirectoryError> {
    permit(caller, Act::ManageGroups)?;
    let group = find(services, id).await?;
    match until_first!(deleted(services, caller, &group).await) {
        // What a policy names is held by the database.
        Err(DirectoryError::Store(StoreError::Raced)) => {
            Err(DirectoryError::Conflict("a policy names this group; change the policy first".to_owned()))
        }
        other => other,
    }
}

async fn deleted(services: &Services, caller: &Caller, group: &Group) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    unit.delete_group(group.id).await?;
    unit.append_audit(&entry(&author, Activity::ObjectRemoved, group)).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(())
}

/// Puts an account into a group.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::Conflict`] where it is a member.
pub async fn add_member(services: &Services, caller: &Caller, id: &str, guest: GuestId) -> Result<(), DirectoryError> {
    permit(caller, Act::ManageGroupMembers)?;
    let group = find(services, id).await?;
    until_first!(moved(services, caller, &group, guest, Move::In).await)
}

/// Takes an account out of a group.
///
/// # Errors
/// [`DirectoryError`].
pub async fn remove_member(
    services: &Services,
    caller: &Caller,
    id: &str,
    guest: GuestId,
) -> Result<(), DirectoryError> {
    permit(caller, Act::ManageGroupMembers)?;
    let group = find(services, id).await?;
    until_first!(moved(services, caller, &group, guest, Move::Out).await)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    In,
    Out,
}

async fn moved(
    services: &Services,
    caller: &Caller,
    group: &Group,
    guest: GuestId,
    which: Move,
) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    let whole = held(unit.as_mut(), guest).await?;
    // A policy may spare or bind groups, so whom one may not change one may not move either.
    may_touch(caller, guest, whole.roles)?;
    let (once, detail) = match which {
        Move::In => (unit.add_member(group.id, guest).await?, "member_added"),
        Move::Out => (unit.remove_member(group.id, guest).await?, "member_removed"),
    };
    match (once, which) {
        (Once::First, _) => {}
        (Once::Again, Move::In) => {
            let message = format!("the account `{guest}` is a member of the group already");
            return Err(DirectoryError::Conflict(message));
        }
        (Once::Again, Move::Out) => return Err(DirectoryError::unknown("member", guest)),
    }
    let mut entry = entry(&author, Activity::ObjectChanged, group);
    entry.guest = Some(guest);
    entry.details.push((detail, guest.to_string()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(())
}

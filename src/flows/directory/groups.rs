//! Groups and their members.

use super::access::{Sight, held, may_touch, own, sight};
use super::{DirectoryError, NOT_ALLOWED, Page, permit, until_first};
use crate::domain::audit::{Activity, AuditEntry};
use crate::domain::groups::{Group, GroupId, MAX_OWNERS};
use crate::domain::guests::GuestId;
use crate::domain::names::Slug;
use crate::domain::people::Person;
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::author::Author;
use crate::flows::reports::targets::modified;
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

/// How many groups there are.
///
/// # Errors
/// [`DirectoryError`].
pub async fn count(services: &Services, caller: &Caller) -> Result<u64, DirectoryError> {
    readable(services, caller).await?;
    Ok(services.store.count_groups().await?)
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
    readable_one(services, caller, id).await?;
    find(services, id).await
}

/// As [`readable`], and to its owners a group is readable in any case, in outline.
async fn readable_one(services: &Services, caller: &Caller, id: &str) -> Result<Sight, DirectoryError> {
    match readable(services, caller).await {
        Err(DirectoryError::Denied(text)) if caller.is_let(Act::ReadGroups) => {
            let denied = || DirectoryError::Denied(text);
            let group = GroupId::parse(id).map_err(|_| denied())?;
            let mut unit = services.store.unit_of_work().await?;
            if is_owner(unit.as_mut(), caller, group).await? { Ok(Sight::Known) } else { Err(denied()) }
        }
        other => other,
    }
}

async fn is_owner(unit: &mut dyn UnitOfWork, caller: &Caller, group: GroupId) -> Result<bool, StoreError> {
    match own(caller) {
        Some(person) => unit.owns_group(group, person).await,
        None => Ok(false),
    }
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
    let sight = readable_one(services, caller, id).await?;
    let group = find(services, id).await?;
    let sight = of_people(services, caller, sight).await?;
    let items = services.store.members_of(group.id, after, top + 1).await?;
    Ok((page(items, top, None, |person| person.guest.id), sight))
}

/// The owners of a group, and whether they are to be seen in outline alone.
///
/// # Errors
/// [`DirectoryError`].
pub async fn owners(
    services: &Services,
    caller: &Caller,
    id: &str,
    after: Option<GuestId>,
    top: u32,
) -> Result<(Page<Person, GuestId>, Sight), DirectoryError> {
    let sight = readable_one(services, caller, id).await?;
    let group = find(services, id).await?;
    let sight = of_people(services, caller, sight).await?;
    let items = services.store.owners_of(group.id, after, top + 1).await?;
    Ok((page(items, top, None, |person| person.guest.id), sight))
}

/// How much of the people of a group is to be seen.
async fn of_people(services: &Services, caller: &Caller, sight: Sight) -> Result<Sight, DirectoryError> {
    // Who may read groups learns who is in them, and what is true of each only where they may read accounts.
    let of_users = super::access::sight(services, caller, Act::ReadUsers).await?;
    let is_whole = sight == Sight::Everything && of_users == Sight::Everything;
    Ok(if is_whole { Sight::Everything } else { Sight::Known })
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
    entry.details.push(("kind", "Group".to_owned()));
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
    let group = parsed(id)?;
    until_first!(renamed(services, caller, group, name, slug).await)
}

fn parsed(id: &str) -> Result<GroupId, DirectoryError> {
    GroupId::parse(id).map_err(|_| DirectoryError::unknown("group", id))
}

async fn renamed(
    services: &Services,
    caller: &Caller,
    id: GroupId,
    name: Option<&str>,
    slug: Option<&Slug>,
) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    // Read here, so that what another request has changed meanwhile stays.
    let mut group = unit.hold_group(id).await?.ok_or_else(|| DirectoryError::unknown("group", id))?;
    let mut fields = Vec::new();
    let mut slugs = None;
    if let Some(name) = name.filter(|name| *name != group.name) {
        fields.push("name");
        name.clone_into(&mut group.name);
    }
    if let Some(slug) = slug.filter(|slug| **slug != group.slug) {
        fields.push("slug");
        slugs = Some(modified("slug", &group.slug, slug));
        group.slug = slug.clone();
    }
    match unit.update_group(&group).await {
        Ok(Once::First) => {}
        Ok(Once::Again) => return Err(DirectoryError::unknown("group", id)),
        Err(StoreError::Taken { .. }) => return Err(taken(&group.slug)),
        Err(error) => return Err(error.into()),
    }
    let mut entry = entry(&author, Activity::ObjectChanged, &group);
    if !fields.is_empty() {
        entry.details.push(("fields", fields.join(", ")));
    }
    entry.details.extend(slugs);
    unit.append_audit(&entry).await?;
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

/// What becomes of an account in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// It becomes a member.
    In,
    /// It is a member no more.
    Out,
    /// It becomes an owner.
    Owner,
    /// It is an owner no more.
    NoOwner,
}

impl Move {
    /// What it takes. Owners manage members; who owns is said by who manages groups.
    const fn act(self) -> Act {
        match self {
            Self::In | Self::Out => Act::ManageGroupMembers,
            Self::Owner | Self::NoOwner => Act::ManageGroups,
        }
    }
}

/// Puts an account into a group or takes it out, or makes it an owner or no owner.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::Conflict`] where it is so already.
pub async fn change(
    services: &Services,
    caller: &Caller,
    id: &str,
    guest: &str,
    which: Move,
) -> Result<(), DirectoryError> {
    if !caller.is_let(which.act()) || (which.act() == Act::ManageGroups && !caller.may(which.act())) {
        return Err(DirectoryError::Denied(NOT_ALLOWED));
    }
    let group = parsed(id).map_err(|fault| fault_for(caller, which, fault))?;
    until_first!(moved(services, caller, group, guest, which).await)
}

/// A fault of a request, as it is told to who may ask it about every group.
fn fault_for(caller: &Caller, which: Move, fault: DirectoryError) -> DirectoryError {
    if caller.may(which.act()) { fault } else { DirectoryError::Denied(NOT_ALLOWED) }
}

async fn moved(
    services: &Services,
    caller: &Caller,
    id: GroupId,
    name: &str,
    which: Move,
) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    let found = unit.hold_group(id).await?.ok_or_else(|| DirectoryError::unknown("group", id));
    let group = found.map_err(|fault| fault_for(caller, which, fault))?;
    if !caller.may(which.act()) && !is_owner(unit.as_mut(), caller, id).await? {
        return Err(DirectoryError::Denied(NOT_ALLOWED));
    }
    let guest = GuestId::parse(name).map_err(|_| DirectoryError::unknown("user", name))?;
    let whole = held(unit.as_mut(), guest).await?;
    if which.act() == Act::ManageGroupMembers {
        // A policy may spare or bind groups, so whom one may not change one may not move either.
        may_touch(caller, guest, whole.roles)?;
    }
    if which == Move::Owner && unit.count_owners(id).await? >= MAX_OWNERS {
        return Err(DirectoryError::Conflict(format!("the group has {MAX_OWNERS} owners, which is the most")));
    }
    let (once, detail) = match which {
        Move::In => (unit.add_member(id, guest).await?, "member_added"),
        Move::Out => (unit.remove_member(id, guest).await?, "member_removed"),
        Move::Owner => (unit.add_owner(id, guest).await?, "owner_added"),
        Move::NoOwner => (unit.remove_owner(id, guest).await?, "owner_removed"),
    };
    if once == Once::Again {
        return Err(match which {
            Move::In => DirectoryError::Conflict(format!("the account `{guest}` is a member of the group already")),
            Move::Owner => DirectoryError::Conflict(format!("the account `{guest}` is an owner of the group already")),
            Move::Out => DirectoryError::unknown("member", guest),
            Move::NoOwner => DirectoryError::unknown("owner", guest),
        });
    }
    let mut entry = entry(&author, Activity::ObjectChanged, &group);
    entry.guest = Some(guest);
    entry.details.push((detail, guest.to_string()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(())
}

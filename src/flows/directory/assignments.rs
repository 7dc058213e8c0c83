//! Assigning people and groups to apps.

use std::sync::Arc;

use super::access::{Sight, held, own, sight};
use super::{DirectoryError, NOT_ALLOWED, until_first};
use crate::domain::apps::{App, AppId};
use crate::domain::audit::Activity;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::people::{AppAssignment, PersonKey, Principal};
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::UnitOfWork;
use crate::domain::store::sign_ins::Once;
use crate::flows::author::Author;
use crate::flows::services::Services;

/// A principal as it is named in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'a> {
    /// A person, by id or `#EXT#` name.
    Person(&'a str),
    /// A group, by id.
    Group(&'a str),
}

/// The apps to which somebody is assigned directly, and what the principal is called to who may know it.
///
/// # Errors
/// [`DirectoryError`].
pub async fn of(
    services: &Services,
    caller: &Caller,
    named: Named<'_>,
) -> Result<(Principal, Option<String>, Vec<Arc<App>>), DirectoryError> {
    let sight = sight(services, caller, Act::ReadApps).await?;
    let denied = || DirectoryError::Denied("you may not read who is assigned");
    let found = match sight {
        Sight::Everything => find(services, named).await,
        Sight::Known => find(services, named).await.map_err(|_| denied()),
        Sight::Own | Sight::Nothing => Err(denied()),
    };
    let (principal, name) = found?;
    let is_own = matches!(principal, Principal::Guest(id) if own(caller) == Some(id));
    if sight != Sight::Everything && !is_own {
        return Err(denied());
    }
    let mut apps: Vec<Arc<App>> = Vec::new();
    for id in services.store.apps_of(principal).await? {
        apps.extend(services.directory.app(id).await?);
    }
    apps.sort_unstable_by_key(|app| app.id);
    let label = Labels::of(services, caller).await?.shows(principal).then_some(name);
    Ok((principal, label, apps))
}

/// Which principals somebody may know by name: those that they may read, and themselves. Owning an app or reading apps
/// lets nobody read people.
#[derive(Debug, Clone, Copy)]
pub struct Labels {
    people: bool,
    groups: bool,
    own: Option<GuestId>,
}

impl Labels {
    /// Those of whoever asks.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub async fn of(services: &Services, caller: &Caller) -> Result<Self, DirectoryError> {
        let is_seen = |sight| matches!(sight, Sight::Everything | Sight::Known);
        Ok(Self {
            people: is_seen(sight(services, caller, Act::ReadUsers).await?),
            groups: is_seen(sight(services, caller, Act::ReadGroups).await?),
            own: own(caller).filter(|_| caller.is_let(Act::ReadOwn)),
        })
    }

    fn shows(self, principal: Principal) -> bool {
        match principal {
            Principal::Guest(id) => self.people || self.own == Some(id),
            Principal::Group(_) => self.groups,
        }
    }

    /// What a principal is called, to who may know it.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub async fn label(self, services: &Services, principal: Principal) -> Result<Option<String>, DirectoryError> {
        if !self.shows(principal) {
            return Ok(None);
        }
        Ok(match principal {
            Principal::Guest(id) => {
                let person = services.store.person(&PersonKey::Id(id)).await?;
                person.map(|person| person.guest.display_name.unwrap_or(person.guest.user_principal_name))
            }
            Principal::Group(id) => services.store.find_group(id).await?.map(|group| group.name),
        })
    }
}

async fn find(services: &Services, named: Named<'_>) -> Result<(Principal, String), DirectoryError> {
    match named {
        Named::Person(name) => {
            let found = services.store.person(&super::users::named(name)).await?;
            let standing = crate::domain::guests::Standing::Deleted;
            let found = found.filter(|person| person.guest.standing != standing);
            let person = found.ok_or_else(|| DirectoryError::unknown("user", name))?;
            let label = person.guest.display_name.unwrap_or(person.guest.user_principal_name);
            Ok((Principal::Guest(person.guest.id), label))
        }
        Named::Group(id) => {
            let unknown = || DirectoryError::unknown("group", id);
            let parsed = GroupId::parse(id).map_err(|_| unknown())?;
            let group = services.store.find_group(parsed).await?.ok_or_else(unknown)?;
            Ok((Principal::Group(group.id), group.name))
        }
    }
}

/// Whether this name is that of this account.
///
/// # Errors
/// [`DirectoryError`].
pub async fn is_person(services: &Services, name: &str, id: GuestId) -> Result<bool, DirectoryError> {
    match super::users::named(name) {
        PersonKey::Id(named) => Ok(named == id),
        key => Ok(services.store.person(&key).await?.is_some_and(|person| person.guest.id == id)),
    }
}

/// The app as the unit finds it, where somebody may assign people to it: by role or permission, or because they own it.
/// Whoever may not learns nothing of it.
async fn assignable(
    unit: &mut dyn UnitOfWork,
    caller: &Caller,
    id: AppId,
    unknown: DirectoryError,
) -> Result<App, DirectoryError> {
    let found = unit.read_app(id).await?;
    if caller.may(Act::AssignApps) {
        return found.ok_or(unknown);
    }
    match found {
        Some(app) if caller.is_let(Act::AssignApps) && is_owner(unit, caller, &app).await? => Ok(app),
        _ => Err(DirectoryError::Denied(NOT_ALLOWED)),
    }
}

/// Whether somebody owns an app, by an address that they have proven.
pub(super) async fn is_owner(unit: &mut dyn UnitOfWork, caller: &Caller, app: &App) -> Result<bool, DirectoryError> {
    let Some(person) = own(caller) else { return Ok(false) };
    let mail = unit.guest(person).await?.and_then(|kept| kept.value.guest.proven_mail().cloned());
    Ok(mail.is_some_and(|mail| app.owners.iter().any(|owner| owner.eq_ignore_ascii_case(mail.as_str()))))
}

/// A fault of a request, as it is told to who may ask it at all.
#[must_use]
pub fn fault_for(caller: &Caller, fault: DirectoryError) -> DirectoryError {
    if caller.may(Act::AssignApps) { fault } else { DirectoryError::Denied(NOT_ALLOWED) }
}

/// Assigns a person or group to an app.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::Conflict`] where it is assigned.
pub async fn assign(
    services: &Services,
    caller: &Caller,
    principal: Principal,
    app: AppId,
) -> Result<(App, Option<String>), DirectoryError> {
    let labels = Labels::of(services, caller).await?;
    let assignment = AppAssignment { principal, app };
    let (app, label) = until_first!(changed(services, caller, assignment, Change::Given).await)?;
    let label = label.filter(|_| labels.shows(principal));
    Ok((app, label))
}

/// Takes an assignment back.
///
/// # Errors
/// [`DirectoryError`].
pub async fn unassign(services: &Services, caller: &Caller, assignment: AppAssignment) -> Result<(), DirectoryError> {
    until_first!(changed(services, caller, assignment, Change::Taken).await).map(drop)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Given,
    Taken,
}

/// Changes it; the app, and what the principal is called.
async fn changed(
    services: &Services,
    caller: &Caller,
    assignment: AppAssignment,
    change: Change,
) -> Result<(App, Option<String>), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    let unknown = match change {
        Change::Given => DirectoryError::unknown("servicePrincipal", assignment.app),
        Change::Taken => DirectoryError::unknown("appRoleAssignment", assignment.app),
    };
    let app = assignable(unit.as_mut(), caller, assignment.app, unknown).await?;
    let mut slug = None;
    let (guest, label) = match assignment.principal {
        Principal::Guest(id) => {
            let guest = held(unit.as_mut(), id).await?.guest;
            (Some(guest.id), Some(guest.display_name.unwrap_or(guest.user_principal_name)))
        }
        Principal::Group(id) => match unit.hold_group(id).await? {
            Some(group) => {
                slug = Some(group.slug);
                (None, Some(group.name))
            }
            None if change == Change::Given => return Err(DirectoryError::unknown("group", id)),
            None => (None, None),
        },
    };
    let (once, detail) = match change {
        Change::Given => (unit.assign(assignment).await?, "app_assigned"),
        Change::Taken => (unit.unassign(assignment).await?, "app_unassigned"),
    };
    match (once, change) {
        (Once::First, _) => {}
        (Once::Again, Change::Given) => {
            return Err(DirectoryError::Conflict("the principal is assigned to the app already".to_owned()));
        }
        (Once::Again, Change::Taken) => return Err(DirectoryError::unknown("appRoleAssignment", assignment.app)),
    }
    let activity = if guest.is_some() { Activity::GuestChanged } else { Activity::ObjectChanged };
    let mut entry = author.entry(activity);
    entry.guest = guest;
    if let Principal::Group(id) = assignment.principal {
        entry.target = Some(uuid::Uuid::from_bytes(*id.as_bytes()));
        entry.details.push(("kind", "Group".to_owned()));
        entry.details.extend(slug.map(|slug| ("slug", slug.to_string())));
    }
    entry.details.push((detail, assignment.app.to_string()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok((app, label))
}

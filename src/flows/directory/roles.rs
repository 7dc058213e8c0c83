//! Who has which role, granting roles and taking them away: as at the command line, but that here somebody always stays
//! who may do all, and that an app in its own name makes and unmakes no global administrator.

use std::borrow::Cow;

use super::access::held;
use super::{DirectoryError, Page, permit, until_first};
use crate::domain::filters::{Filter, Value};
use crate::domain::guests::{GuestId, Standing};
use crate::domain::permissions::{Act, Caller};
use crate::domain::roles::Role;
use crate::flows::administrators::{self, Account, NOBODY_LEFT, leaves_nobody};
use crate::flows::author::Author;
use crate::flows::operate::Change;
use crate::flows::services::Services;

/// A property of assignments by which they are filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// The id of the account.
    Principal,
    /// The id of the role.
    Role,
}

/// Who has what.
pub type Granted = (GuestId, Role);

fn is_meant(filter: Option<&Filter<Property>>, (guest, role): Granted) -> bool {
    let value = |property| {
        let text = match property {
            Property::Principal => Cow::Owned(guest.to_string()),
            Property::Role => Cow::Borrowed(role.template_id()),
        };
        Value::Text(Some(text))
    };
    filter.is_none_or(|filter| filter.holds(&value))
}

async fn all(services: &Services, caller: &Caller) -> Result<Vec<Granted>, DirectoryError> {
    permit(caller, Act::ReadRoles)?;
    let all = administrators::list(services).await?;
    let of_present = all.into_iter().filter(|one| one.guest.standing != Standing::Deleted);
    let mut all: Vec<Granted> = of_present.map(|one| (one.guest.id, one.role)).collect();
    all.sort_unstable();
    Ok(all)
}

/// A page of who has which role, by account.
///
/// # Errors
/// [`DirectoryError`].
pub async fn list(
    services: &Services,
    caller: &Caller,
    filter: Option<&Filter<Property>>,
    after: Option<Granted>,
    top: u32,
) -> Result<Page<Granted, Granted>, DirectoryError> {
    let mut items = all(services, caller).await?;
    items.retain(|one| after.is_none_or(|after| *one > after) && is_meant(filter, *one));
    Ok(super::groups::page(items, top, None, |one| *one))
}

/// Holds that an account has a role.
///
/// # Errors
/// [`DirectoryError::Unknown`] of the assignment with the id `name`.
pub async fn one(services: &Services, caller: &Caller, one: Granted, name: &str) -> Result<(), DirectoryError> {
    let is_there = all(services, caller).await?.contains(&one);
    if is_there { Ok(()) } else { Err(unknown(name)) }
}

/// There is no such assignment.
#[must_use]
pub fn unknown(name: &str) -> DirectoryError {
    DirectoryError::unknown("roleAssignment", name)
}

/// Whether somebody may read which roles there are.
///
/// # Errors
/// [`DirectoryError::Denied`].
pub fn may_read(caller: &Caller) -> Result<(), DirectoryError> {
    permit(caller, Act::ReadRoles)
}

/// Whether somebody may grant this role and take it away.
fn may_manage(caller: &Caller, role: Role) -> Result<(), DirectoryError> {
    permit(caller, Act::ManageRoles)?;
    if role == Role::GlobalAdministrator && matches!(caller, Caller::App { .. }) {
        return Err(DirectoryError::Denied(IN_PERSON));
    }
    Ok(())
}

/// What is told to an app that would make or unmake who may do all.
const IN_PERSON: &str = "an app in its own name neither grants nor takes the role of the global administrator; one of these does, in person";

/// Gives an account a role, and says where the account stands.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::Conflict`] where it has it.
pub async fn grant(
    services: &Services,
    caller: &Caller,
    guest: GuestId,
    role: Role,
) -> Result<Account, DirectoryError> {
    may_manage(caller, role)?;
    until_first!(granted(services, caller, guest, role).await)
}

async fn granted(services: &Services, caller: &Caller, guest: GuestId, role: Role) -> Result<Account, DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    let whole = held(unit.as_mut(), guest).await?;
    let (change, account) = administrators::give(author, unit.as_mut(), &whole.guest, role).await?;
    if change == Change::AlreadySo {
        return Err(DirectoryError::Conflict("the account has the role already".to_owned()));
    }
    unit.commit().await?;
    services.directory.forget();
    Ok(account)
}

/// Takes the role of the assignment with the id `name` from an account.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::Conflict`] where nobody would be left who may do all.
pub async fn revoke(services: &Services, caller: &Caller, one: Granted, name: &str) -> Result<(), DirectoryError> {
    may_manage(caller, one.1)?;
    match until_first!(revoked(services, caller, one).await)? {
        Change::Made => Ok(()),
        Change::AlreadySo => Err(unknown(name)),
    }
}

async fn revoked(services: &Services, caller: &Caller, (guest, role): Granted) -> Result<Change, DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    if role == Role::GlobalAdministrator && leaves_nobody(unit.as_mut(), guest).await? {
        return Err(DirectoryError::Conflict(NOBODY_LEFT.to_owned()));
    }
    let is_there = match held(unit.as_mut(), guest).await {
        Ok(_) => true,
        Err(DirectoryError::Unknown { .. }) => false,
        Err(error) => return Err(error),
    };
    if !is_there || administrators::take(author, unit.as_mut(), guest, role).await? == Change::AlreadySo {
        return Ok(Change::AlreadySo);
    }
    unit.commit().await?;
    services.directory.forget();
    Ok(Change::Made)
}

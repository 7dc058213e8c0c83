//! What of the directory somebody may see. Who has a role or permission that lets them read it sees all; members see all; guests see
//! what the setting `guest_user_role` lets them; and an app in between lets nobody see more than it was let read.

use super::DirectoryError;
use crate::domain::collaboration::GuestUserRole;
use crate::domain::guests::{GuestId, Standing, UserType};
use crate::domain::permissions::{Act, Caller};
use crate::domain::roles::{Role, Roles};
use crate::domain::store::UnitOfWork;
use crate::flows::services::Services;

/// How much of the directory is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of it, and lists.
    Everything,
    /// Of accounts, those that are named, in outline; groups and apps.
    Known,
    /// One's own account, and the ids of one's own groups.
    Own,
    /// Nothing.
    Nothing,
}

/// How much somebody sees of what `act` reads.
///
/// # Errors
/// [`DirectoryError::Store`].
pub async fn sight(services: &Services, caller: &Caller, act: Act) -> Result<Sight, DirectoryError> {
    if caller.may(act) {
        return Ok(Sight::Everything);
    }
    let Caller::Person { user_type, .. } = caller else { return Ok(Sight::Nothing) };
    if !caller.is_let(act) {
        return Ok(if caller.is_let(Act::ReadOwn) { Sight::Own } else { Sight::Nothing });
    }
    if *user_type == UserType::Member {
        return Ok(Sight::Everything);
    }
    let settings = services.store.unit_of_work().await?.collaboration().await?;
    Ok(match settings.value.guest_user_role {
        GuestUserRole::Member => Sight::Everything,
        GuestUserRole::Limited => Sight::Known,
        GuestUserRole::Restricted => Sight::Own,
    })
}

/// Whether somebody may know who has an account here. What answers whoever may invite would else tell it of thousands of
/// addresses, and leave no trace.
#[must_use]
pub fn sees_accounts(caller: &Caller) -> bool {
    let is_member = matches!(caller, Caller::Person { user_type: UserType::Member, .. });
    caller.may(Act::ReadUsers) || (is_member && caller.is_let(Act::ReadUsers))
}

/// The account of who asks, where it is a person.
#[must_use]
pub const fn own(caller: &Caller) -> Option<GuestId> {
    match caller {
        Caller::Person { guest, .. } => Some(*guest),
        Caller::Operator(_) | Caller::App { .. } => None,
    }
}

/// Holds that somebody may change an account that has these roles: whoever can change an administrator can become one.
///
/// # Errors
/// [`DirectoryError::Denied`].
pub fn may_touch(caller: &Caller, guest: GuestId, roles: Roles) -> Result<(), DirectoryError> {
    let may = match caller {
        Caller::Operator(_) => true,
        _ if roles.is_empty() => true,
        Caller::App { .. } => false,
        Caller::Person { guest: own, roles: theirs, .. } => {
            theirs.has(Role::GlobalAdministrator) || *own == guest || roles.iter().all(|role| theirs.has(role))
        }
    };
    if may { Ok(()) } else { Err(DirectoryError::Denied(OF_ADMINISTRATOR)) }
}

/// What is told to who may not change an administrator.
pub(super) const OF_ADMINISTRATOR: &str =
    "the account has roles, so only a global administrator, or a person who has all of them, may change it";

/// The account, held until the unit ends, and its roles; one that was removed is not there.
pub(super) async fn held(
    unit: &mut dyn UnitOfWork,
    id: GuestId,
) -> Result<crate::domain::store::objects::WholeGuest, DirectoryError> {
    unit.hold_guest(id).await?;
    let kept = unit.guest(id).await?.filter(|kept| kept.value.guest.standing != Standing::Deleted);
    kept.map(|kept| kept.value).ok_or_else(|| DirectoryError::unknown("user", id))
}

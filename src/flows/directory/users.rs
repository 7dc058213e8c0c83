//! Accounts: reading them one by one, and ending their sessions; [`super::listing`] looks through them.

use super::access::{Sight, held, may_touch, own, sees_accounts, sight};
use super::{DirectoryError, permit, until_first};
use crate::domain::audit::Activity;
use crate::domain::guests::{Binding, Guest, GuestId, Standing, UserType};
use crate::domain::people::{Person, PersonKey, principal_name};
use crate::domain::permissions::{Act, Caller};
use crate::flows::author::Author;
use crate::flows::services::Services;

/// How an account is to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The account.
    pub person: Person,
    /// How much of it.
    pub extent: Extent,
}

/// How much of an account is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All.
    Whole,
    /// Names, address and type.
    Outline,
}

/// The word of how far an invitation has come.
#[must_use]
pub const fn state(guest: &Guest) -> &'static str {
    match guest.binding {
        Binding::PendingAcceptance => "PendingAcceptance",
        Binding::Accepted { .. } => "Accepted",
    }
}

/// The word of guest or member.
#[must_use]
pub const fn user_type(guest: &Guest) -> &'static str {
    word_of_type(guest.user_type)
}

/// The same of the type alone.
#[must_use]
pub const fn word_of_type(user_type: UserType) -> &'static str {
    match user_type {
        UserType::Guest => "Guest",
        UserType::Member => "Member",
    }
}

/// The word of how an account came to be.
#[must_use]
pub fn creation_type(person: &Person) -> Option<&'static str> {
    use crate::domain::guest_details::CreationType;
    person.details.creation_type.map(|kind| match kind {
        CreationType::Invitation => "Invitation",
        CreationType::SelfServiceSignUp => "SelfServiceSignUp",
        CreationType::EmailVerified => "EmailVerified",
    })
}

/// The key of an account that is named by id or `#EXT#` name.
#[must_use]
pub fn named(name: &str) -> PersonKey {
    match GuestId::parse(name) {
        Ok(id) => PersonKey::Id(id),
        Err(_) => PersonKey::PrincipalName(principal_name(name)),
    }
}

/// One account by id or `#EXT#` name, as far as it may be seen.
///
/// # Errors
/// [`DirectoryError`].
pub async fn one(services: &Services, caller: &Caller, name: &str) -> Result<Seen, DirectoryError> {
    let sight = sight(services, caller, Act::ReadUsers).await?;
    let found = services.store.person(&named(name)).await?;
    let found = found.filter(|person| person.guest.standing != Standing::Deleted);
    let is_own = found.as_ref().is_some_and(|person| own(caller) == Some(person.guest.id));
    let extent = match sight {
        Sight::Everything => Extent::Whole,
        _ if is_own && caller.is_let(Act::ReadOwn) => Extent::Whole,
        Sight::Known => Extent::Outline,
        // Whether there is such an account is not told either.
        Sight::Own | Sight::Nothing => return Err(DirectoryError::Denied("you may not read this account")),
    };
    let mut person = found.ok_or_else(|| DirectoryError::unknown("user", name))?;
    if is_own {
        hide_unproven(caller, &mut person);
    }
    Ok(Seen { person, extent })
}

/// The account of who asks.
///
/// # Errors
/// [`DirectoryError`]; an app that acts for nobody has none.
pub async fn me(services: &Services, caller: &Caller) -> Result<Person, DirectoryError> {
    let id = my_id(caller)?;
    if !caller.is_let(Act::ReadOwn) {
        return Err(DirectoryError::Denied("the app was not let read the account; it needs `User.Read`"));
    }
    let found = services.store.person(&PersonKey::Id(id)).await?;
    let mut person = found.ok_or_else(|| DirectoryError::unknown("user", id))?;
    hide_unproven(caller, &mut person);
    Ok(person)
}

/// An app that asks in the name of a person who the person is takes the address for theirs. What nobody has proven is
/// shown to those alone who read accounts as accounts.
fn hide_unproven(caller: &Caller, person: &mut Person) {
    if !sees_accounts(caller) {
        person.guest.mail = person.guest.proven_mail().cloned();
    }
}

/// The id of the account of who asks.
///
/// # Errors
/// [`DirectoryError`]; an app that acts for nobody has none.
pub fn my_id(caller: &Caller) -> Result<GuestId, DirectoryError> {
    own(caller).ok_or(DirectoryError::Denied("an app that acts for nobody has no account"))
}

/// The id of an account that somebody wants to change.
pub(super) async fn target(services: &Services, name: &str) -> Result<GuestId, DirectoryError> {
    let found = services.store.person(&named(name)).await?;
    let found = found.filter(|person| person.guest.standing != Standing::Deleted);
    found.map(|person| person.guest.id).ok_or_else(|| DirectoryError::unknown("user", name))
}

/// Ends all sessions, codes and tokens of an account; one may end one's own, as far as the app was let do it.
///
/// # Errors
/// [`DirectoryError`].
pub async fn revoke_sessions(services: &Services, caller: &Caller, name: &str) -> Result<(), DirectoryError> {
    let is_own = own(caller).is_some_and(|id| named(name) == PersonKey::Id(id));
    if !(is_own && caller.is_let(Act::RevokeSessions)) {
        permit(caller, Act::RevokeSessions)?;
    }
    let id = target(services, name).await?;
    until_first!(revoked(services, caller, id).await)
}

async fn revoked(services: &Services, caller: &Caller, id: GuestId) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    let whole = held(unit.as_mut(), id).await?;
    may_touch(caller, id, whole.roles)?;
    let ended = unit.revoke_guest(id, author.now).await?;
    let mut entry = author.entry(Activity::SessionsRevoked);
    entry.guest = Some(id);
    entry.details.push(("sessions_ended", ended.to_string()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(())
}

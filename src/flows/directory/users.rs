//! Accounts: looking through them, and changing them.

use std::borrow::Cow;

use super::access::{Sight, held, may_touch, own, sight};
use super::{DirectoryError, Page, permit, until_first};
use crate::domain::audit::Activity;
use crate::domain::filters::{Filter, Literal, Operator, Value};
use crate::domain::guests::{Binding, Guest, GuestId, Standing, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::people::{Direction, Order, Person, PersonKey, Place, Scan, key, principal_name};
use crate::domain::permissions::{Act, Caller};
use crate::flows::author::Author;
use crate::flows::services::Services;

/// A property of accounts by which they are filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// Its id.
    Id,
    /// Its `#EXT#` name.
    PrincipalName,
    /// Its name.
    DisplayName,
    /// The given name.
    GivenName,
    /// The family name.
    Surname,
    /// Its address.
    Mail,
    /// Guest or member.
    UserType,
    /// Whether it may sign in.
    AccountEnabled,
    /// How far its invitation has come.
    State,
    /// How it came to be.
    CreationType,
    /// The company.
    CompanyName,
}

/// What is asked of the list.
#[derive(Debug, Clone)]
pub struct Listing {
    /// Which accounts; all where there is none.
    pub filter: Option<Filter<Property>>,
    /// In which order.
    pub order: Option<(Order, Direction)>,
    /// Where the page before ended.
    pub after: Option<Place>,
    /// How many at most.
    pub top: u32,
    /// Whether they are to be counted.
    pub counts: bool,
}

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

/// How many rows are read at a time.
const CHUNK: u32 = 500;
/// How many accounts one request looks through, at most; the next page goes on from there.
const MAX_SCANNED: u32 = 20_000;
/// How many accounts are counted by a filter, at most.
const MAX_COUNTED: u64 = 100_000;

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
    match guest.user_type {
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

fn value(person: &Person, property: Property) -> Value<'_> {
    let guest = &person.guest;
    let text = |text: Option<&'_ str>| Value::Text(text.map(|text| Cow::Owned(text.to_owned())));
    match property {
        Property::Id => Value::Text(Some(Cow::Owned(guest.id.to_string()))),
        Property::PrincipalName => text(Some(&guest.user_principal_name)),
        Property::DisplayName => text(guest.display_name.as_deref()),
        Property::GivenName => text(guest.given_name.as_deref()),
        Property::Surname => text(guest.family_name.as_deref()),
        Property::Mail => text(guest.mail.as_ref().map(MailAddress::as_str)),
        Property::UserType => text(Some(user_type(guest))),
        Property::AccountEnabled => Value::Flag(guest.standing == Standing::Active),
        Property::State => text(Some(state(guest))),
        Property::CreationType => text(creation_type(person)),
        Property::CompanyName => text(person.details.company_name.as_deref()),
    }
}

fn is_meant(filter: Option<&Filter<Property>>, person: &Person) -> bool {
    filter.is_none_or(|filter| filter.holds(&|property| value(person, property)))
}

/// A page of accounts.
///
/// # Errors
/// [`DirectoryError`].
pub async fn list(
    services: &Services,
    caller: &Caller,
    listing: &Listing,
) -> Result<Page<Person, Place>, DirectoryError> {
    if sight(services, caller, Act::ReadUsers).await? != Sight::Everything {
        return Err(DirectoryError::Denied("you may not look through accounts; ask for one by its id"));
    }
    let count = if listing.counts { Some(count(services, listing.filter.as_ref()).await?) } else { None };
    if let Some(keys) = listing.filter.as_ref().and_then(looked_up).filter(|_| listing.order.is_none()) {
        let mut items: Vec<Person> = Vec::new();
        for key in keys {
            let found = services.store.person(&key).await?;
            let is_new = |person: &Person| items.iter().all(|known| known.guest.id != person.guest.id);
            items.extend(found.filter(|person| {
                person.guest.standing != Standing::Deleted
                    && is_meant(listing.filter.as_ref(), person)
                    && is_new(person)
            }));
        }
        items.sort_unstable_by_key(|person| person.guest.id);
        items.retain(|person| listing.after.as_ref().is_none_or(|place| person.guest.id > place.id));
        let top = listing.top as usize;
        let next = (items.len() > top).then(|| place(Order::Id, &items[top - 1]));
        items.truncate(top);
        return Ok(Page { items, next, count });
    }
    let (order, direction, prefix) = drive(listing);
    scanned(services, listing, order, direction, prefix, count).await
}

async fn scanned(
    services: &Services,
    listing: &Listing,
    order: Order,
    direction: Direction,
    prefix: String,
    count: Option<u64>,
) -> Result<Page<Person, Place>, DirectoryError> {
    let top = listing.top as usize;
    let mut items: Vec<Person> = Vec::new();
    let mut after = listing.after.clone();
    let mut looked_through = 0;
    loop {
        // One more than a page needs tells whether another follows.
        let limit = if listing.filter.is_none() { listing.top + 1 } else { CHUNK };
        let scan = Scan { order, direction, after: after.clone(), prefix: prefix.clone(), limit };
        let chunk = services.store.scan_people(&scan).await?;
        let is_last = chunk.len() < limit as usize;
        looked_through += limit;
        for person in chunk {
            let here = place(order, &person);
            if is_meant(listing.filter.as_ref(), &person) {
                if items.len() == top {
                    let next = items.last().map(|last| place(order, last));
                    return Ok(Page { items, next, count });
                }
                items.push(person);
            }
            after = Some(here);
        }
        if is_last {
            return Ok(Page { items, next: None, count });
        }
        if looked_through >= MAX_SCANNED {
            return Ok(Page { items, next: after, count });
        }
    }
}

/// How many accounts are meant.
async fn count(services: &Services, filter: Option<&Filter<Property>>) -> Result<u64, DirectoryError> {
    let Some(filter) = filter else { return Ok(services.store.count_people().await?) };
    if let Some(keys) = looked_up(filter) {
        let mut found = std::collections::BTreeSet::new();
        for key in keys {
            let person = services.store.person(&key).await?;
            let is_there =
                |person: &Person| person.guest.standing != Standing::Deleted && is_meant(Some(filter), person);
            found.extend(person.filter(is_there).map(|person| person.guest.id));
        }
        return Ok(found.len() as u64);
    }
    let listing = Listing { filter: Some(filter.clone()), order: None, after: None, top: 1, counts: false };
    let (order, direction, prefix) = drive(&listing);
    let (mut count, mut looked_through, mut after) = (0, 0, None);
    loop {
        let scan = Scan { order, direction, after, prefix: prefix.clone(), limit: CHUNK };
        let chunk = services.store.scan_people(&scan).await?;
        let is_last = chunk.len() < CHUNK as usize;
        looked_through += chunk.len() as u64;
        after = chunk.last().map(|last| place(order, last));
        count += chunk.iter().filter(|person| is_meant(Some(filter), person)).count() as u64;
        if is_last {
            return Ok(count);
        }
        if looked_through >= MAX_COUNTED {
            return Err(DirectoryError::TooMuch("so many accounts are not counted by a filter; leave `$count` out"));
        }
    }
}

/// Where a page ends that ends with this account.
fn place(order: Order, person: &Person) -> Place {
    let guest = &person.guest;
    let text = match order {
        Order::Id => String::new(),
        Order::Name => key(order, guest.display_name.as_deref().unwrap_or_default()),
        Order::Mail => guest.mail.as_ref().map(|mail| mail.key().to_owned()).unwrap_or_default(),
        Order::PrincipalName => guest.user_principal_name.clone(),
    };
    Place { key: text, id: guest.id }
}

/// The accounts that are named one by one, where the filter names them so.
fn looked_up(filter: &Filter<Property>) -> Option<Vec<PersonKey>> {
    filter.demands().into_iter().find_map(|(property, operator, values)| {
        if operator != Operator::Is {
            return None;
        }
        let texts: Option<Vec<&str>> = values
            .iter()
            .map(|value| match value {
                Literal::Text(text) => Some(text.as_str()),
                Literal::Flag(_) | Literal::Nothing => None,
            })
            .collect();
        let texts = texts?;
        match property {
            Property::Id => Some(texts.iter().filter_map(|id| GuestId::parse(id).ok()).map(PersonKey::Id).collect()),
            Property::PrincipalName => {
                Some(texts.iter().map(|name| PersonKey::PrincipalName(principal_name(name))).collect())
            }
            Property::Mail => Some(texts.iter().map(|mail| PersonKey::Mail(mail.to_lowercase())).collect()),
            _ => None,
        }
    })
}

/// By which order accounts are looked through, and how its key begins.
fn drive(listing: &Listing) -> (Order, Direction, String) {
    let demands = listing.filter.as_ref().map(Filter::demands).unwrap_or_default();
    let begins = |property: Property| {
        demands.iter().find_map(|(found, operator, values)| match (operator, values) {
            (Operator::Begins, [Literal::Text(text)]) if *found == property => Some(text.as_str()),
            _ => None,
        })
    };
    // Beyond ASCII the database does not know small letters from capital ones.
    let prefix = |order: Order, text: &str| key(order, &text.chars().take_while(char::is_ascii).collect::<String>());
    let of = |order: Order| match order {
        Order::Name => begins(Property::DisplayName).map(|text| prefix(order, text)),
        Order::Mail => begins(Property::Mail).map(|text| prefix(order, text)),
        Order::Id | Order::PrincipalName => None,
    };
    match listing.order {
        Some((order, direction)) => (order, direction, of(order).unwrap_or_default()),
        None => {
            let found = [Order::Mail, Order::Name].into_iter().find_map(|order| Some((order, of(order)?)));
            let (order, prefix) = found.unwrap_or((Order::Id, String::new()));
            (order, Direction::Ascending, prefix)
        }
    }
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
    let person = found.ok_or_else(|| DirectoryError::unknown("user", name))?;
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
    found.ok_or_else(|| DirectoryError::unknown("user", id))
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

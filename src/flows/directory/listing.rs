//! Looking through accounts: by what they are filtered, in which order, and where a page ends.
//!
//! A filter is held to each account that an index leads to. Where one of two beginnings is asked for, of a name or of an
//! address, one index after the other leads there, and each account is found by the first that leads to it.

use std::borrow::Cow;

use super::access::{Sight, sight};
use super::users::{creation_type, state, user_type};
use super::{DirectoryError, Page};
use crate::domain::filters::{Filter, Literal, Operator, Value};
use crate::domain::guests::{GuestId, Standing};
use crate::domain::mail::MailAddress;
use crate::domain::people::{Direction, Order, Person, PersonKey, Place, Scan, key, principal_name};
use crate::domain::permissions::{Act, Caller};
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

/// How many rows are read at a time.
const CHUNK: u32 = 500;
/// How many accounts one request looks through, at most; the next page goes on from there.
const MAX_SCANNED: u32 = 20_000;
/// How many accounts are counted by a filter, at most.
const MAX_COUNTED: u64 = 100_000;

fn value(person: &Person, property: Property) -> Value<'_> {
    let guest = &person.guest;
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

fn text(text: Option<&str>) -> Value<'_> {
    Value::Text(text.map(Cow::Borrowed))
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
    readable(services, caller).await?;
    let count = if listing.counts { Some(counted(services, listing.filter.as_ref()).await?) } else { None };
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
    scanned(services, listing, &stages(listing), count).await
}

async fn readable(services: &Services, caller: &Caller) -> Result<(), DirectoryError> {
    match sight(services, caller, Act::ReadUsers).await? {
        Sight::Everything => Ok(()),
        _ => Err(DirectoryError::Denied("you may not look through accounts; ask for one by its id")),
    }
}

/// How many accounts there are of those that a filter means.
///
/// # Errors
/// [`DirectoryError`].
pub async fn count(
    services: &Services,
    caller: &Caller,
    filter: Option<&Filter<Property>>,
) -> Result<u64, DirectoryError> {
    readable(services, caller).await?;
    counted(services, filter).await
}

/// A stretch of an index that leads to all accounts that one part of a filter means.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stage {
    order: Order,
    direction: Direction,
    prefix: String,
}

impl Stage {
    /// Whether it leads to an account.
    fn leads_to(&self, person: &Person) -> bool {
        place(self.order, person).key.starts_with(&self.prefix)
    }
}

async fn scanned(
    services: &Services,
    listing: &Listing,
    stages: &[Stage],
    count: Option<u64>,
) -> Result<Page<Person, Place>, DirectoryError> {
    let (first, mut after) = begin(listing.after.as_ref(), stages)?;
    let top = listing.top as usize;
    let mut items: Vec<(usize, Person)> = Vec::new();
    let mut looked_through = 0;
    for (number, stage) in stages.iter().enumerate().skip(first) {
        loop {
            // One more than a page needs tells whether another follows.
            let limit = if listing.filter.is_none() { listing.top + 1 } else { CHUNK };
            let Stage { order, direction, prefix } = stage.clone();
            let chunk =
                services.store.scan_people(&Scan { order, direction, after: after.take(), prefix, limit }).await?;
            let is_last = chunk.len() < limit as usize;
            looked_through += limit;
            for person in chunk {
                after = Some(place(order, &person));
                let is_new = !stages[..number].iter().any(|earlier| earlier.leads_to(&person));
                if !is_new || !is_meant(listing.filter.as_ref(), &person) {
                    continue;
                }
                if items.len() == top {
                    let last =
                        items.last().map(|(number, last)| end(*number, place(stages[*number].order, last), stages));
                    return Ok(Page { items: items.into_iter().map(|(_, item)| item).collect(), next: last, count });
                }
                items.push((number, person));
            }
            if is_last {
                after = None;
                break;
            }
            if looked_through >= MAX_SCANNED {
                let next = after.map(|place| end(number, place, stages));
                return Ok(Page { items: items.into_iter().map(|(_, item)| item).collect(), next, count });
            }
        }
    }
    Ok(Page { items: items.into_iter().map(|(_, item)| item).collect(), next: None, count })
}

/// The end of a page as it is handed out: where there are several stages, it says in which the page ended.
fn end(number: usize, place: Place, stages: &[Stage]) -> Place {
    if stages.len() == 1 { place } else { Place { key: format!("{number} {}", place.key), id: place.id } }
}

/// In which stage to go on, and after what.
fn begin(after: Option<&Place>, stages: &[Stage]) -> Result<(usize, Option<Place>), DirectoryError> {
    let Some(place) = after else { return Ok((0, None)) };
    if stages.len() == 1 {
        return Ok((0, Some(place.clone())));
    }
    let read = place.key.split_once(' ').and_then(|(number, key)| Some((number.parse::<usize>().ok()?, key)));
    let (number, key) = read.filter(|(number, _)| *number < stages.len()).ok_or_else(|| {
        DirectoryError::field("$skiptoken", "is none of this list: follow `@odata.nextLink` as it stands")
    })?;
    Ok((number, Some(Place { key: key.to_owned(), id: place.id })))
}

/// How many accounts are meant.
async fn counted(services: &Services, filter: Option<&Filter<Property>>) -> Result<u64, DirectoryError> {
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
    let stages = stages(&listing);
    let (mut count, mut looked_through) = (0, 0);
    for (number, stage) in stages.iter().enumerate() {
        let mut after = None;
        loop {
            let Stage { order, direction, prefix } = stage.clone();
            let chunk = services.store.scan_people(&Scan { order, direction, after, prefix, limit: CHUNK }).await?;
            let is_last = chunk.len() < CHUNK as usize;
            looked_through += chunk.len() as u64;
            after = chunk.last().map(|last| place(order, last));
            let is_new = |person: &&Person| !stages[..number].iter().any(|earlier| earlier.leads_to(person));
            count += chunk.iter().filter(is_new).filter(|person| is_meant(Some(filter), person)).count() as u64;
            if is_last {
                break;
            }
            if looked_through >= MAX_COUNTED {
                return Err(DirectoryError::TooMuch(
                    "so many accounts are not counted by a filter; ask for fewer, or do not count",
                ));
            }
        }
    }
    Ok(count)
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
                Literal::Flag(_) | Literal::Time(_) | Literal::Number(_) | Literal::Nothing => None,
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

/// By which indexes accounts are looked through, and how their keys begin: one, or one for each of several beginnings.
fn stages(listing: &Listing) -> Vec<Stage> {
    let direction = Direction::Ascending;
    let demands = listing.filter.as_ref().map(Filter::demands).unwrap_or_default();
    let begins: Vec<(Order, String)> = demands.iter().filter_map(beginning).collect();
    let of = |order: Order| begins.iter().find(|(found, _)| *found == order).map(|(_, prefix)| prefix.clone());
    if let Some((order, direction)) = listing.order {
        return vec![Stage { order, direction, prefix: of(order).unwrap_or_default() }];
    }
    if let Some((order, prefix)) = [Order::Mail, Order::Name].into_iter().find_map(|order| Some((order, of(order)?))) {
        return vec![Stage { order, direction, prefix }];
    }
    let either = listing.filter.as_ref().and_then(either);
    either.unwrap_or_else(|| vec![Stage { order: Order::Id, direction, prefix: String::new() }])
}

/// The stages of what is one of several beginnings, if the filter demands that.
fn either(filter: &Filter<Property>) -> Option<Vec<Stage>> {
    match filter {
        Filter::Every(all) => all.iter().find_map(either),
        Filter::Any(any) => any
            .iter()
            .map(|one| {
                let found = one.demands().iter().find_map(beginning);
                found.map(|(order, prefix)| Stage { order, direction: Direction::Ascending, prefix })
            })
            .collect(),
        Filter::Of { .. } => None,
    }
}

/// How the key of an order must begin, where a demand says so.
fn beginning((property, operator, values): &(Property, Operator, &[Literal])) -> Option<(Order, String)> {
    let order = match property {
        Property::DisplayName => Order::Name,
        Property::Mail => Order::Mail,
        _ => return None,
    };
    let (Operator::Begins, [Literal::Text(text)]) = (operator, values) else { return None };
    // Beyond ASCII the database does not know small letters from capital ones.
    let prefix = key(order, &text.chars().take_while(char::is_ascii).collect::<String>());
    (!prefix.is_empty()).then_some((order, prefix))
}

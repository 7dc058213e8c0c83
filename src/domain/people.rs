//! How accounts are looked through: in which order, from where on, and who they are.

use super::apps::AppId;
use super::groups::GroupId;
use super::guest_details::GuestDetails;
use super::guests::{Guest, GuestId};

/// An account with what is known of it beside what a sign-in reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub guest: Guest,
    /// What else is known.
    pub details: GuestDetails,
}

/// By what one account is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonKey {
    /// Its id.
    Id(GuestId),
    /// Its `#EXT#` name, as rows have it.
    PrincipalName(String),
    /// Its address, in lower case.
    Mail(String),
}

/// Who is assigned to an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// A person.
    Guest(GuestId),
    /// A group, with all its members.
    Group(GroupId),
}

/// That somebody is assigned to an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppAssignment {
    /// Who.
    pub principal: Principal,
    /// To which app.
    pub app: AppId,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By id, which is most often the order in which they were made.
    Id,
    /// By display name; who has none comes first.
    Name,
    /// By mail address; who has none comes first.
    Mail,
    /// By `#EXT#` name.
    PrincipalName,
}

/// In which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// Where a page ends: what the order compares, and the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The key by which the order compares; empty where that is the id.
    pub key: String,
    /// The account.
    pub id: GuestId,
}

/// A stretch of all accounts that are not removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The order.
    pub order: Order,
    /// Its direction.
    pub direction: Direction,
    /// Where the stretch before ended.
    pub after: Option<Place>,
    /// How the key must begin, in the letters of [`key`].
    pub prefix: String,
    /// At most so many.
    pub limit: u32,
}

/// A text as orders compare it: the letters of ASCII count alike in both cases. An `#EXT#` name is compared as it is.
#[must_use]
pub fn key(order: Order, text: &str) -> String {
    match order {
        Order::PrincipalName => text.to_owned(),
        Order::Id | Order::Name | Order::Mail => text.to_ascii_lowercase(),
    }
}

/// An `#EXT#` name as rows have it, whatever the case in which somebody wrote it.
#[must_use]
pub fn principal_name(text: &str) -> String {
    text.to_ascii_lowercase().replace("#ext#", "#EXT#")
}

//! What an expression is turned into.

use std::net::IpAddr;

use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::partners::PartnerId;
use crate::domain::policy::countries::Country;
use crate::domain::policy::facts::AppGroupId;
use crate::domain::policy::methods::MethodSet;
use crate::domain::policy::words::{ClientAppType, Flow, GuestType, Platform};

/// A question about facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tree {
    /// Answered.
    Constant(bool),
    /// The other answer.
    Not(Box<Tree>),
    /// Both.
    And(Box<[Tree; 2]>),
    /// One of both.
    Or(Box<[Tree; 2]>),
    /// The second where the first holds, else the third.
    If(Box<[Tree; 3]>),
    /// Whether the fact, or one value of it, is one of these.
    Is(Wanted),
    /// Whether the mail address looks so.
    Mail(Part, String),
    /// Whether the proof is so old. **Units**: seconds.
    Age(Comparison, i64),
}

impl Tree {
    /// The tree as text; every id in full.
    pub(super) fn canonical(&self) -> String {
        let joined = |word: &str, parts: &[Self]| {
            let parts: Vec<String> = parts.iter().map(Self::canonical).collect();
            format!("({word} {})", parts.join(" "))
        };
        match self {
            Self::Constant(answer) => answer.to_string(),
            Self::Not(inner) => format!("(not {})", inner.canonical()),
            Self::And(both) => joined("and", &**both),
            Self::Or(both) => joined("or", &**both),
            Self::If(parts) => joined("if", &**parts),
            Self::Is(wanted) => wanted.canonical(),
            Self::Mail(part, text) => {
                let word = match part {
                    Part::Start => "starts-with",
                    Part::End => "ends-with",
                    Part::Anywhere => "contains",
                };
                format!("({word} user.mail {text:?})")
            }
            Self::Age(comparison, seconds) => format!("({} authentication.age {seconds})", comparison.as_str()),
        }
    }
}

impl Wanted {
    fn canonical(&self) -> String {
        fn text<T>(field: &str, values: &[T], write: impl Fn(&T) -> String) -> String {
            let mut written: Vec<String> = values.iter().map(write).collect();
            written.sort_unstable();
            written.dedup();
            format!("(is {field} {written:?})")
        }
        match self {
            Self::Guests(ids) => text("user.id", ids, ToString::to_string),
            Self::Mails(mails) => text("user.mail", mails, Clone::clone),
            Self::Groups(ids) => text("user.groups", ids, ToString::to_string),
            Self::Roles(roles) => text("user.roles", roles, Clone::clone),
            Self::GuestTypes(types) => text("user.guest_type", types, |found| found.as_str().to_owned()),
            Self::Partners(ids) => text("partner", ids, ToString::to_string),
            Self::Apps(ids) => text("app", ids, ToString::to_string),
            Self::AppGroups(ids) => text("app_groups", ids, ToString::to_string),
            Self::ClientAppTypes(types) => text("client_app_type", types, |found| found.as_str().to_owned()),
            Self::Platforms(platforms) => text("platform", platforms, |found| found.as_str().to_owned()),
            Self::Addresses(addresses) => text("ip", addresses, ToString::to_string),
            Self::Countries(countries) => text("country", countries, |found| found.as_str().to_owned()),
            Self::Flows(flows) => text("authentication_flow", flows, |found| found.as_str().to_owned()),
            Self::Methods(methods) => {
                let methods: Vec<_> = methods.methods().collect();
                text("authentication.methods", &methods, |found| found.as_str().to_owned())
            }
        }
    }
}

/// Values of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    Guests(Vec<GuestId>),
    Mails(Vec<String>),
    Groups(Vec<GroupId>),
    Roles(Vec<String>),
    GuestTypes(Vec<GuestType>),
    Partners(Vec<PartnerId>),
    Apps(Vec<AppId>),
    AppGroups(Vec<AppGroupId>),
    ClientAppTypes(Vec<ClientAppType>),
    Platforms(Vec<Platform>),
    Addresses(Vec<IpAddr>),
    Countries(Vec<Country>),
    Flows(Vec<Flow>),
    Methods(MethodSet),
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Start,
    End,
    Anywhere,
}

/// A comparison of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// The same with both sides exchanged.
    pub(super) const fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }

    /// Whether it holds.
    pub(super) const fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

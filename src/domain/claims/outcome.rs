//! What became of each claim, and why.

use super::facts::{Fact, Value};
use super::rule::NameFormat;

/// One claim of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Its name.
    pub name: &'a str,
    /// The NameFormat of the attribute.
    pub format: NameFormat,
    /// By which part of its rule.
    pub choice: Choice,
    /// What is sent, or why nothing is.
    pub outcome: Result<Value<'a>, Reason>,
}

/// Which part of a rule decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// None: no condition matched, and there is no value without one.
    Nothing,
    /// What holds without a condition.
    Otherwise,
    /// The condition of this number, from 1, in the order in which they are written.
    Condition(usize),
    /// The gateway itself.
    Overage,
}

/// Why a claim is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// There is no value.
    NoValue,
    /// More groups than a token holds; the app is told that there are some.
    GroupOverage,
    /// The person is in more groups than are ever read, and the value depends on them.
    GroupsUnknown,
    /// The value, or one of several, is too long.
    TooLong,
    /// Too many values.
    TooManyValues,
    /// All claims together are too large.
    TotalTooLarge,
    /// An expression asked for a fact that has no value, such as the name of somebody without one.
    FactAbsent(Fact),
    /// An expression cost more than it may.
    TooCostly,
    /// An expression asked for a place outside a text or a list.
    OutOfRange,
    /// A value holds a character that a SAML answer cannot carry.
    NotWritable,
}

impl Reason {
    /// The reason in a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoValue => "no_value",
            Self::GroupOverage => "group_overage",
            Self::GroupsUnknown => "groups_unknown",
            Self::TooLong => "too_long",
            Self::TooManyValues => "too_many_values",
            Self::TotalTooLarge => "total_too_large",
            Self::FactAbsent(_) => "fact_absent",
            Self::TooCostly => "too_costly",
            Self::OutOfRange => "out_of_range",
            Self::NotWritable => "not_writable",
        }
    }
}

//! What is wrong with a set of policies.

use super::conditions::expression::ExpressionError;
use super::named_locations::{MAX_LOCATIONS, MAX_RANGES, SHORTEST_PREFIX};
use super::object::{MAX_DAYS, MAX_HOURS};
use super::strengths::{MAX_COMBINATIONS, MAX_STRENGTHS};
use crate::domain::names::Slug;

/// The most values and comparisons that one policy may name.
pub const MAX_TERMS: usize = 1000;

/// A fault of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFault {
    /// The object.
    pub object: Faulty,
    /// The key at fault, as object files name it.
    pub key: &'static str,
    /// What is wrong.
    pub kind: FaultKind,
}

/// The object that a fault is of, by its slug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Faulty {
    /// A policy.
    Policy(Slug),
    /// A named location.
    Location(Slug),
    /// An authentication strength.
    Strength(Slug),
}

impl std::fmt::Display for PolicyFault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, slug) = match &self.object {
            Faulty::Policy(slug) => ("policy", slug),
            Faulty::Location(slug) => ("named location", slug),
            Faulty::Strength(slug) => ("authentication strength", slug),
        };
        write!(formatter, "{kind} `{slug}`: `{}`: {}", self.key, self.kind)
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// A reference leads nowhere.
    #[error("there is no {kind} `{found}`")]
    Unknown {
        /// The kind of object.
        kind: &'static str,
        /// The reference.
        found: String,
    },
    /// Another object has the name.
    #[error("another one has this name or id")]
    Doubled,
    /// Nothing is included.
    #[error("includes nothing: a policy says whom and which apps it is about")]
    IncludesNothing,
    /// A value is on both lists.
    #[error("excludes what is included by name; leave one of both out")]
    Contradiction,
    /// A value is there twice.
    #[error("lists a value twice")]
    Repeated,
    /// It demands and sets nothing.
    #[error("has neither grant controls nor session controls")]
    DoesNothing,
    /// Grant controls without a control.
    #[error("needs at least one control")]
    NoControl,
    /// Block beside other controls.
    #[error("`block` stands alone: beside it no other control means anything")]
    BlockIsNotAlone,
    /// A setting that needs all apps.
    #[error(
        "`persistent_browser` needs `include_applications = [\"All\"]` and no exception, since a browser has one session for all apps"
    )]
    NeedsAllApplications,
    /// A frequency out of range.
    #[error("must be 1 to {MAX_HOURS} hours or 1 to {MAX_DAYS} days")]
    FrequencyOutOfRange,
    /// Too many terms.
    #[error("names {found} values; {MAX_TERMS} at most")]
    TooManyTerms {
        /// How many there are.
        found: usize,
    },
    /// A broken expression.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    /// Too many named locations.
    #[error("is one of more than {MAX_LOCATIONS} named locations")]
    TooManyLocations,
    /// Too many ranges.
    #[error("has more than {MAX_RANGES} ranges")]
    TooManyRanges,
    /// A range that is too wide, or whose address has host bits.
    #[error("`{found}` must have a prefix longer than /{SHORTEST_PREFIX} and no bit set after it")]
    Range {
        /// The range.
        found: String,
    },
    /// A place that contains nothing.
    #[error("contains no place")]
    EmptyPlace,
    /// Too many strengths.
    #[error("is one of more than {MAX_STRENGTHS} authentication strengths, the built-in ones included")]
    TooManyStrengths,
    /// A strength that nothing or anything meets.
    #[error("needs 1 to {MAX_COMBINATIONS} combinations, each with more than one factor")]
    Combinations,
}

impl FaultKind {
    /// The name that leads nowhere, where this is what is wrong.
    #[must_use]
    pub fn unknown_name(&self) -> Option<&str> {
        match self {
            Self::Unknown { found, .. } => Some(found),
            Self::Expression(ExpressionError::NeverEqual { literal, .. }) => Some(literal),
            _ => None,
        }
    }
}

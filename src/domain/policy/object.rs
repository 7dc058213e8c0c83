//! A policy with every reference resolved.

use std::time::Duration;

use super::conditions::Conditions;
use super::strengths::StrengthId;
use super::words::{PersistentBrowser, State};
use crate::domain::names::Slug;

crate::id_type!(
    /// Names a policy.
    PolicyId
);

/// How long after a sign-in "every time" does not ask again, so that one journey asks once.
pub const EVERY_TIME_TOLERANCE: Duration = Duration::from_secs(300);

/// The most hours of a sign-in frequency.
pub const MAX_HOURS: u16 = 23;

/// The most days of a sign-in frequency.
pub const MAX_DAYS: u16 = 365;

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its row.
    pub id: PolicyId,
    /// Its name in files and commands.
    pub slug: Slug,
    /// Its name on pages.
    pub display_name: String,
    /// Whether it is enforced.
    pub state: State,
    /// When it applies: all of them must match.
    pub conditions: Conditions,
    /// What it demands; none where it only has session controls.
    pub grant: Option<GrantControls>,
    /// What it sets for the session.
    pub session: SessionControls,
}

/// What a policy demands before anything is issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantControls {
    /// Whether all or one of them.
    pub operator: Operator,
    /// The controls, at least one.
    pub controls: Vec<Control>,
}

/// How controls are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// All of them.
    And,
    /// One of them.
    Or,
}

/// A grant control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Nothing is issued.
    Block,
    /// Several factors.
    Mfa,
    /// Methods that are strong enough.
    Strength(StrengthId),
}

/// What a policy sets for the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionControls {
    /// How often the person signs in again.
    pub sign_in_frequency: Option<SignInFrequency>,
    /// Whether the browser is remembered.
    pub persistent_browser: Option<PersistentBrowser>,
}

/// How often the person signs in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInFrequency {
    /// How often.
    pub interval: Interval,
    /// What is shown again.
    pub of: FrequencyOf,
}

/// An interval between two sign-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// At each use, but for [`EVERY_TIME_TOLERANCE`].
    EveryTime,
    /// Hours, 1 to [`MAX_HOURS`].
    Hours(u16),
    /// Days, 1 to [`MAX_DAYS`].
    Days(u16),
}

impl Interval {
    /// How old a proof may be.
    #[must_use]
    pub const fn limit(self) -> Duration {
        match self {
            Self::EveryTime => EVERY_TIME_TOLERANCE,
            Self::Hours(hours) => Duration::from_secs(hours as u64 * 3600),
            Self::Days(days) => Duration::from_secs(days as u64 * 86_400),
        }
    }
}

/// What a sign-in frequency is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrequencyOf {
    /// The sign-in at the partner and the second factor.
    PrimaryAndSecondary,
    /// The second factor only.
    Secondary,
}

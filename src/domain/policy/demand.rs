//! What a policy that applies demands, ready to be compared.

use std::time::Duration;

use super::object::{Control, FrequencyOf, Operator, Policy};
use super::set::KnownStrength;
use super::strengths::StrengthId;
use super::words::PersistentBrowser;

/// What one policy demands. Strengths are bits, by their place in the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Demand {
    /// Nothing is issued.
    pub(crate) blocks: bool,
    /// Strengths of which all are needed.
    pub(crate) all: u64,
    /// Strengths of which one is needed; none where it is empty.
    pub(crate) any: u64,
    /// How old proofs may be.
    pub(crate) limits: Limits,
    /// Whether the browser is remembered.
    pub(crate) persistent_browser: Option<PersistentBrowser>,
}

/// How old proofs may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Limits {
    /// The sign-in at the partner.
    pub(crate) primary: Option<Duration>,
    /// The second factor.
    pub(crate) secondary: Option<Duration>,
}

impl Limits {
    /// The stricter of both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { primary: shorter(self.primary, other.primary), secondary: shorter(self.secondary, other.secondary) }
    }
}

fn shorter(left: Option<Duration>, right: Option<Duration>) -> Option<Duration> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (one, other) => one.or(other),
    }
}

impl Demand {
    pub(crate) fn of(policy: &Policy, strengths: &[KnownStrength]) -> Self {
        let controls = policy.grant.as_ref().map_or(&[][..], |grant| &grant.controls);
        let mask = controls.iter().fold(0, |mask, control| mask | bit(*control, strengths));
        let is_or = policy.grant.as_ref().is_some_and(|grant| grant.operator == Operator::Or);
        let limits = policy.session.sign_in_frequency.map_or_else(Limits::default, |frequency| {
            let limit = Some(frequency.interval.limit());
            match frequency.of {
                FrequencyOf::PrimaryAndSecondary => Limits { primary: limit, secondary: limit },
                FrequencyOf::Secondary => Limits { primary: None, secondary: limit },
            }
        });
        Self {
            blocks: controls.contains(&Control::Block),
            all: if is_or { 0 } else { mask },
            any: if is_or { mask } else { 0 },
            limits,
            persistent_browser: policy.session.persistent_browser,
        }
    }

    /// Whether `met` strengths are what it asks for.
    pub(crate) const fn is_met(&self, met: u64) -> bool {
        self.all & !met == 0 && (self.any == 0 || self.any & met != 0)
    }
}

fn bit(control: Control, strengths: &[KnownStrength]) -> u64 {
    let wanted = match control {
        Control::Block => return 0,
        Control::Mfa => StrengthId::MULTIFACTOR,
        Control::Strength(id) => id,
    };
    strengths.iter().position(|strength| strength.id == wanted).map_or(0, |place| 1 << place)
}

//! What would be decided: the same engine on facts that somebody makes up.

use super::applicable::NotGiven;
use super::decide::decide_with;
use super::decision::Decision;
use super::facts::{Fact, Facts};
use super::object::Policy;
use super::outcomes::{Condition, Outcome, Outcomes, Why};
use super::set::PolicySet;
use crate::base::clock::Timestamp;

/// A fact of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given<T> {
    /// It is this.
    Known(T),
    /// It could not be found out; judged as in enforcement.
    Unknown,
    /// It is left open: a policy that asks for it does not apply.
    NotGiven,
}

impl<T> Given<T> {
    fn fact(self) -> Fact<T> {
        match self {
            Self::Known(value) => Fact::Known(value),
            Self::Unknown | Self::NotGiven => Fact::Unknown,
        }
    }

    const fn is_open(&self) -> bool {
        matches!(self, Self::NotGiven)
    }
}

/// What somebody asks about. Who, which app and with what is always said; the rest may be left open.
#[derive(Debug, Clone, Copy)]
pub struct Scenario<'a> {
    /// Everything but the facts below, whose values here do not matter.
    pub facts: Facts<'a>,
    /// The address.
    pub ip: Given<std::net::IpAddr>,
    /// Its country.
    pub country: Given<Option<super::countries::Country>>,
    /// The flow.
    pub flow: Given<super::words::Flow>,
}

/// What would be decided, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<'s> {
    /// The policies that apply, with what became of them.
    pub applying: Vec<(&'s Policy, Outcome)>,
    /// The policies that do not, with the first reason.
    pub others: Vec<(&'s Policy, Condition, Why)>,
    /// The decision.
    pub decision: Decision,
}

/// Asks `set` about `scenario`.
#[must_use]
pub fn ask<'s>(set: &'s PolicySet, scenario: &Scenario<'_>, now: Timestamp) -> Answer<'s> {
    let open =
        NotGiven { ip: scenario.ip.is_open(), country: scenario.country.is_open(), flow: scenario.flow.is_open() };
    let facts = Facts {
        ip: scenario.ip.fact(),
        country: scenario.country.fact(),
        flow: scenario.flow.fact(),
        ..scenario.facts
    };
    let mut outcomes = Outcomes::new();
    let decision = decide_with(set, &facts, now, open, 0, &mut outcomes);
    let mut answer = Answer { applying: Vec::new(), others: Vec::new(), decision };
    for (policy, outcome) in set.policies().iter().zip(outcomes.all()) {
        match outcome {
            Outcome::NotApplied(condition, why) => answer.others.push((policy, condition, why)),
            applied => answer.applying.push((policy, applied)),
        }
    }
    answer
}

//! Decides: all policies that apply must be met, in no order; one that blocks ends it.

use super::applicable::{self, NotGiven};
use super::bits;
use super::decision::{Decision, Reason, Refused, SessionTerms};
use super::demand::Limits;
use super::facts::{Asked, Fact, Facts};
use super::methods::MethodSet;
use super::need;
use super::outcomes::Outcomes;
use super::set::{KnownStrength, PolicySet};
use super::strengths::StrengthId;
use crate::base::clock::Timestamp;

/// Decides on `facts` at `now`. What became of each policy is left in `outcomes`, whose content before
/// does not matter. Policies that are only reported are judged beside and change nothing.
#[must_use]
pub fn decide(set: &PolicySet, facts: &Facts<'_>, now: Timestamp, outcomes: &mut Outcomes) -> Decision {
    decide_beside(set, facts, &[], now, outcomes)
}

/// As [`decide`], where one of the strengths `beside` is needed, too: what an app asks for is one more
/// clause beside those of the policies. Strengths that the set does not know are passed over.
#[must_use]
pub fn decide_beside(
    set: &PolicySet,
    facts: &Facts<'_>,
    beside: &[StrengthId],
    now: Timestamp,
    outcomes: &mut Outcomes,
) -> Decision {
    let place = |wanted: &StrengthId| set.strengths.iter().position(|known| known.id == *wanted);
    let any = beside.iter().filter_map(place).fold(0, |any, place| any | 1 << place);
    decide_with(set, facts, now, NotGiven::default(), any, outcomes)
}

pub(crate) fn decide_with(
    set: &PolicySet,
    facts: &Facts<'_>,
    now: Timestamp,
    open: NotGiven,
    beside: u64,
    outcomes: &mut Outcomes,
) -> Decision {
    applicable::find(set, facts, now, open, outcomes);
    let (limits, terms) = terms(set, outcomes);
    let shown = Standing::of(set, facts, limits, now);
    let mut lacking = need::Lacking::default();
    lacking.note_any(beside, shown.met);
    let mut blocked_by = None;
    let Outcomes { alive, lacking: lacks, blocked, .. } = outcomes;
    for policy in bits::each(alive) {
        let demand = &set.demands[policy];
        let is_enforced = bits::has(&set.enforced, policy);
        if demand.blocks {
            bits::set(blocked, policy);
            if is_enforced && blocked_by.is_none() {
                blocked_by = Some(set.policies[policy].id);
            }
            continue;
        }
        // A policy that is only reported adds its own limits to those that hold anyway.
        let own = if is_enforced { limits } else { limits.and(demand.limits) };
        let beside = if own == limits { shown } else { Standing::of(set, facts, own, now) };
        let is_stale = demand.limits.primary.is_some() && beside.is_stale;
        let is_met = demand.is_met(beside.met);
        if is_stale || !is_met {
            bits::set(lacks, policy);
        }
        if is_enforced && !is_met {
            lacking.note(demand, shown.met);
        }
    }
    if let Some(policy) = blocked_by {
        return Decision::Refuse(Refused { policy: Some(policy), reason: Reason::Blocked });
    }
    if lacking.is_empty() && !shown.is_stale {
        return Decision::Allow(terms);
    }
    if shown.is_stale && facts.asked_afresh == Asked::AlreadyAsked {
        return Decision::Refuse(Refused { policy: None, reason: Reason::NotFresh });
    }
    match need::assess(&lacking, &set.strengths, facts, shown.counted, shown.is_stale) {
        Ok(need) => Decision::StepUp(need),
        Err(reason) => Decision::Refuse(Refused { policy: None, reason }),
    }
}

/// The strictest session controls of the policies that apply and are enforced.
fn terms(set: &PolicySet, outcomes: &Outcomes) -> (Limits, SessionTerms) {
    let mut limits = Limits::default();
    let mut persistent_browser = None;
    for (word, (alive, enforced)) in outcomes.alive.iter().zip(&set.enforced).enumerate() {
        for policy in bits::each(&[alive & enforced]).map(|bit| word * 64 + bit) {
            let demand = &set.demands[policy];
            limits = limits.and(demand.limits);
            persistent_browser = persistent_browser.max(demand.persistent_browser);
        }
    }
    let terms =
        SessionTerms { sign_in_within: limits.primary, second_factor_within: limits.secondary, persistent_browser };
    (limits, terms)
}

/// What has been shown, under limits of age.
#[derive(Debug, Clone, Copy)]
struct Standing {
    counted: MethodSet,
    met: u64,
    is_stale: bool,
}

impl Standing {
    fn of(set: &PolicySet, facts: &Facts<'_>, limits: Limits, now: Timestamp) -> Self {
        let counted = facts.counted(limits.secondary, now).known().unwrap_or(MethodSet::EMPTY);
        let is_stale = limits.primary.is_some_and(|limit| match facts.authenticated_at {
            Fact::Known(at) => now.since(at) > limit,
            Fact::Unknown => true,
        });
        Self { counted, met: met(&set.strengths, counted), is_stale }
    }
}

/// The strengths that `counted` methods meet, as bits.
fn met(strengths: &[KnownStrength], counted: MethodSet) -> u64 {
    let is_met = |strength: &KnownStrength| strength.combinations.iter().any(|needed| needed.is_within(counted));
    strengths.iter().enumerate().fold(0, |met, (place, strength)| met | u64::from(is_met(strength)) << place)
}

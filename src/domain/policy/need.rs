//! What is lacking, and where it can be had.

use super::bits;
use super::decision::{Clause, Need, Reason};
use super::demand::Demand;
use super::facts::{Asked, Facts, HomeTrust, Place};
use super::methods::MethodSet;
use super::set::KnownStrength;

/// What the policies that apply lack; strengths are bits.
#[derive(Debug, Default)]
pub(crate) struct Lacking {
    all: u64,
    any: Vec<u64>,
}

impl Lacking {
    /// Adds what a policy lacks beyond what is `met`.
    pub(crate) fn note(&mut self, demand: &Demand, met: u64) {
        self.all |= demand.all & !met;
        self.note_any(demand.any, met);
    }

    /// Adds strengths of which one is needed, where none of them is `met`.
    pub(crate) fn note_any(&mut self, any: u64, met: u64) {
        if any & met == 0 && any != 0 && !self.any.contains(&any) {
            self.any.push(any);
        }
    }

    /// Whether nothing is lacking.
    pub(crate) fn is_empty(&self) -> bool {
        self.all == 0 && self.any.is_empty()
    }
}

/// Says what to ask and where.
///
/// # Errors
/// Why it cannot be had.
pub(crate) fn assess(
    lacking: &Lacking,
    strengths: &[KnownStrength],
    facts: &Facts<'_>,
    counted: MethodSet,
    fresh_sign_in: bool,
) -> Result<Need, Reason> {
    if lacking.is_empty() {
        return Ok(Need { fresh_sign_in, place: Place::Home, clauses: Vec::new() });
    }
    let here = facts.offered_here.and(MethodSet::HERE);
    let (place, reach) = match (facts.home_trust, facts.home_asked) {
        (HomeTrust::NotTrusted, _) | (HomeTrust::Trusted, Asked::AlreadyAsked) => (Place::Here, here),
        (HomeTrust::Trusted, Asked::NotYet) => (Place::Home, here.or(MethodSet::AT_HOME)),
        (HomeTrust::Required, Asked::NotYet) => (Place::Home, MethodSet::AT_HOME),
        (HomeTrust::Required, Asked::AlreadyAsked) => return Err(Reason::NotShownAtHome),
    };
    let single = bits::each(&[lacking.all]).map(|place| 1 << place).collect::<Vec<u64>>();
    // What is lacking under AND may be among the alternatives of another policy, which it then settles.
    let open = lacking.any.iter().copied().filter(|any| any & lacking.all == 0);
    let clauses = single.into_iter().chain(open).map(|mask| clause(mask, strengths, counted, reach));
    let clauses = clauses.collect::<Option<Vec<Clause>>>().ok_or(Reason::OutOfReach)?;
    Ok(Need { fresh_sign_in, place, clauses })
}

fn clause(mask: u64, strengths: &[KnownStrength], counted: MethodSet, reach: MethodSet) -> Option<Clause> {
    let wanted =
        || bits::each(std::slice::from_ref(&mask)).filter_map(|place| strengths.get(place)).collect::<Vec<_>>();
    let mut gaps: Vec<MethodSet> = Vec::new();
    for combination in wanted().into_iter().flat_map(|strength| &strength.combinations) {
        let gap = combination.without(counted);
        if gap.is_within(reach) && !gaps.iter().any(|known| known.is_within(gap)) {
            gaps.retain(|known| !gap.is_within(*known));
            gaps.push(gap);
        }
    }
    gaps.sort_unstable();
    let strengths = wanted().into_iter().map(|strength| strength.id).collect();
    (!gaps.is_empty()).then_some(Clause { strengths, gaps })
}

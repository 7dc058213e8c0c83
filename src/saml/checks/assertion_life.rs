//! An assertion lives at most 24 hours, from the earlier of IssueInstant and NotBefore to the later of
//! the ends of its conditions and of its confirmation.
//!
//! The standard gives no limit; ours bounds the memory against replay.

use super::{AssertionEvidence, Verdict};
use crate::saml::expectation::MAX_ASSERTION_LIFE;

/// Holds the life of the assertion; the limit itself is accepted.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let conditions = evidence.assertion.conditions.as_ref();
    let ends = [
        conditions.and_then(|conditions| conditions.not_on_or_after),
        evidence.confirmation_data().and_then(|data| data.not_on_or_after),
    ];
    let Some(end) = ends.into_iter().flatten().max() else {
        return Verdict::NotJudged("no end");
    };
    let issued = evidence.assertion.issue_instant;
    let start = conditions.and_then(|conditions| conditions.not_before).map_or(issued, |start| start.min(issued));
    let life = end.since(start);
    let saw = format!("{} s", life.as_secs());
    if life <= MAX_ASSERTION_LIFE { Verdict::held(saw) } else { Verdict::broken("assertion_life_too_long", saw) }
}

//! SAML Core 2.5.1.2: the assertion holds already: `not_before <= now + skew`.
//!
//! Where the start is absent the assertion holds from its IssueInstant, which has a row of its own.

use super::{AssertionEvidence, Verdict};

/// Holds `NotBefore` of the conditions.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let Some(conditions) = &evidence.assertion.conditions else {
        return Verdict::NotJudged("no conditions");
    };
    match conditions.not_before {
        None => Verdict::held("absent"),
        Some(start) if start <= evidence.now.plus(evidence.expected.clock_skew) => Verdict::held(start.to_string()),
        Some(start) => Verdict::broken("assertion_not_yet_valid", start.to_string()),
    }
}

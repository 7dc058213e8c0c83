//! SAML Core 2.5.1.2: the assertion ends, after it starts, and has not ended: `now < end + skew`.
//!
//! The text lets the end be absent; here it is required, since an assertion without an end would be
//! good forever for whoever finds it.

use super::{AssertionEvidence, Verdict};

/// Holds `NotOnOrAfter` of the conditions.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let Some(conditions) = &evidence.assertion.conditions else {
        return Verdict::NotJudged("no conditions");
    };
    let Some(end) = conditions.not_on_or_after else {
        return Verdict::broken("conditions_end_absent", "absent");
    };
    if conditions.not_before.is_some_and(|start| start >= end) {
        return Verdict::broken("conditions_window_empty", format!("ends at {end}, before it starts"));
    }
    if evidence.now < end.plus(evidence.expected.clock_skew) {
        Verdict::held(end.to_string())
    } else {
        Verdict::broken("assertion_expired", end.to_string())
    }
}

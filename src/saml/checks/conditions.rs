//! SAML Core 2.5.1: there are conditions, all of them known, none twice that may stand once.
//!
//! OneTimeUse (2.5.1.5) is always honoured: every assertion is remembered and used once.

use super::{AssertionEvidence, Verdict};

/// Holds the kinds of conditions.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let Some(conditions) = &evidence.assertion.conditions else {
        return Verdict::broken("conditions_absent", "absent");
    };
    if !conditions.unknown.is_empty() {
        return Verdict::broken("condition_unknown", conditions.unknown.join(" "));
    }
    if conditions.one_time_use > 1 {
        return Verdict::broken("one_time_use_repeated", conditions.one_time_use.to_string());
    }
    if conditions.proxy_restrictions.len() > 1 {
        return Verdict::broken("proxy_restriction_repeated", conditions.proxy_restrictions.len().to_string());
    }
    Verdict::held(if conditions.one_time_use == 1 { "known, one-time use" } else { "known" })
}

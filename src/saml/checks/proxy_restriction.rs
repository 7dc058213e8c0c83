//! SAML Core 2.5.1.6: what we issue to apps rests on this assertion, so it must let itself be passed
//! on.
//!
//! `Count` of zero forbids it. A list of audiences names parties in the partner's words, which no app
//! of ours answers to; since it cannot be honoured it is refused.

use super::{AssertionEvidence, Verdict};

/// Holds the ProxyRestriction, where there is one.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let Some(conditions) = &evidence.assertion.conditions else {
        return Verdict::NotJudged("no conditions");
    };
    for restriction in &conditions.proxy_restrictions {
        if restriction.count == Some(0) {
            return Verdict::broken("proxying_forbidden", "Count=0");
        }
        if !restriction.audiences.is_empty() {
            return Verdict::broken("proxying_restricted_to_audiences", restriction.audiences.join(" "));
        }
    }
    Verdict::held(if conditions.proxy_restrictions.is_empty() { "absent" } else { "may be passed on" })
}

//! SAML Core 2.5.1.4: the assertion is for us.
//!
//! SAML Profiles 4.1.4.2 requires an AudienceRestriction. Where there are several, each must hold;
//! within one, any of its audiences may be ours.

use super::{AssertionEvidence, Verdict};

/// Holds every AudienceRestriction against our entity ID, octet by octet.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let Some(conditions) = &evidence.assertion.conditions else {
        return Verdict::NotJudged("no conditions");
    };
    let ours = evidence.expected.audience.as_str();
    let restrictions = &conditions.audience_restrictions;
    if restrictions.is_empty() {
        return Verdict::broken("audience_absent", "absent");
    }
    match restrictions.iter().find(|audiences| !audiences.iter().any(|audience| audience == ours)) {
        Some(audiences) => Verdict::broken("audience_not_ours", audiences.join(" ")),
        None => Verdict::held(ours),
    }
}

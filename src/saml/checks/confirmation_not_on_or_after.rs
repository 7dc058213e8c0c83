//! SAML Profiles 4.1.4.3: the bearer confirmation ends, and has not ended: `now < end + skew`.

use super::{AssertionEvidence, Verdict};

/// Holds `NotOnOrAfter` of the chosen confirmation.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let Some(data) = evidence.confirmation_data() else {
        return Verdict::NotJudged("no bearer confirmation with data");
    };
    match data.not_on_or_after {
        None => Verdict::broken("confirmation_end_absent", "absent"),
        Some(end) if evidence.now < end.plus(evidence.expected.clock_skew) => Verdict::held(end.to_string()),
        Some(end) => Verdict::broken("confirmation_expired", end.to_string()),
    }
}

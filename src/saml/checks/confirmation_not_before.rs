//! SAML Profiles 4.1.4.2: a bearer confirmation must not contain a NotBefore.

use super::{AssertionEvidence, Verdict};

/// Holds that `NotBefore` of the chosen confirmation is absent.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let Some(data) = evidence.confirmation_data() else {
        return Verdict::NotJudged("no bearer confirmation with data");
    };
    match data.not_before {
        None => Verdict::held("absent"),
        Some(start) => Verdict::broken("confirmation_not_before_present", start.to_string()),
    }
}

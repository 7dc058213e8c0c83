//! SAML Profiles 4.1.4.3: the bearer confirmation answers the request that was sent.

use super::response_in_response_to::{Causes, judge_request};
use super::{AssertionEvidence, Verdict};

/// Holds `InResponseTo` of the chosen confirmation.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let Some(data) = evidence.confirmation_data() else {
        return Verdict::NotJudged("no bearer confirmation with data");
    };
    let causes = Causes {
        absent: "confirmation_unsolicited",
        other: "confirmation_answers_another_request",
        unasked: "confirmation_answers_a_request",
    };
    judge_request(data.in_response_to.as_deref(), evidence.expected.asked_by, causes)
}

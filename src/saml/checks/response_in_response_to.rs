//! SAML Core 3.2.2: a Response answers the request that was sent; an unsolicited one is refused, and where
//! one is expected, an answer to a request.

use super::{ResponseEvidence, Verdict};
use crate::saml::expectation::AskedBy;

/// Holds `InResponseTo`.
#[must_use]
pub fn judge(evidence: ResponseEvidence<'_>) -> Verdict {
    let causes = Causes {
        absent: "response_unsolicited",
        other: "response_answers_another_request",
        unasked: "response_answers_a_request",
    };
    judge_request(evidence.envelope.in_response_to.as_deref(), evidence.expected.asked_by, causes)
}

pub(super) struct Causes {
    pub(super) absent: &'static str,
    pub(super) other: &'static str,
    pub(super) unasked: &'static str,
}

/// Holds an `InResponseTo`, of the Response or of a confirmation. Its absence is judged even where the
/// request is not known.
pub(super) fn judge_request(found: Option<&str>, asked_by: AskedBy<'_>, causes: Causes) -> Verdict {
    match (found, asked_by) {
        (None, AskedBy::Nobody) => Verdict::held("unsolicited, as its record allows"),
        (Some(found), AskedBy::Nobody) => Verdict::broken(causes.unasked, found),
        (None, _) => Verdict::broken(causes.absent, "absent"),
        (Some(_), AskedBy::UnknownToExplain) => Verdict::NotJudged("the request is not known"),
        (Some(found), AskedBy::Request(asked)) if found == asked => Verdict::held(found),
        (Some(found), AskedBy::Request(_)) => Verdict::broken(causes.other, found),
    }
}

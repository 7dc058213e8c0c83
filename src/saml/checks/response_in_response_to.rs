//! SAML Core 3.2.2: a Response answers the request that was sent; an unsolicited one is refused.

use super::{ResponseEvidence, Verdict};
use crate::saml::expectation::AskedBy;

/// Holds `InResponseTo`.
#[must_use]
pub fn judge(evidence: ResponseEvidence<'_>) -> Verdict {
    let causes = Causes { absent: "response_unsolicited", other: "response_answers_another_request" };
    judge_request(evidence.envelope.in_response_to.as_deref(), evidence.expected.asked_by, causes)
}

pub(super) struct Causes {
    pub(super) absent: &'static str,
    pub(super) other: &'static str,
}

/// Holds an `InResponseTo`, of the Response or of a confirmation. Its absence is judged even where the
/// request is not known.
pub(super) fn judge_request(found: Option<&str>, asked_by: AskedBy<'_>, causes: Causes) -> Verdict {
    match (found, asked_by) {
        (None, _) => Verdict::broken(causes.absent, "absent"),
        (Some(_), AskedBy::UnknownToExplain) => Verdict::NotJudged("the request is not known"),
        (Some(found), AskedBy::Request(asked)) if found == asked => Verdict::held(found),
        (Some(found), AskedBy::Request(_)) => Verdict::broken(causes.other, found),
    }
}

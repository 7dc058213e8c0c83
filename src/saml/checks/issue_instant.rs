//! SAML Core 3.2.2 and 2.3.3: a message was written, not long ago and not in the future.
//!
//! The text gives no limits. Ours: not after `now + skew`, and not before `now - skew` less the longest
//! life of an assertion; both ends belong to the accepted time.

use std::time::Duration;

use super::{AssertionEvidence, ResponseEvidence, Verdict};
use crate::base::clock::Timestamp;
use crate::saml::expectation::MAX_ASSERTION_LIFE;

/// Holds the time of the Response.
#[must_use]
pub fn judge_response(evidence: ResponseEvidence<'_>) -> Verdict {
    let causes = Causes { future: "response_issued_in_future", old: "response_issued_long_ago" };
    judge(evidence.envelope.issue_instant, evidence.now, evidence.expected.clock_skew, causes)
}

/// Holds the time of the assertion.
#[must_use]
pub fn judge_assertion(evidence: AssertionEvidence<'_>) -> Verdict {
    let causes = Causes { future: "assertion_issued_in_future", old: "assertion_issued_long_ago" };
    judge(evidence.assertion.issue_instant, evidence.now, evidence.expected.clock_skew, causes)
}

struct Causes {
    future: &'static str,
    old: &'static str,
}

fn judge(issued: Timestamp, now: Timestamp, skew: Duration, causes: Causes) -> Verdict {
    if issued > now.plus(skew) {
        Verdict::broken(causes.future, issued.to_string())
    } else if issued < now.minus(MAX_ASSERTION_LIFE).minus(skew) {
        Verdict::broken(causes.old, issued.to_string())
    } else {
        Verdict::held(issued.to_string())
    }
}

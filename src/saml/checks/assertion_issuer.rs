//! SAML Profiles 4.1.4.2: the assertion names the partner that was asked.
//!
//! This is the gate between partners: what one of them vouches for never answers for another. The
//! absence of the element is a fault of structure.

use super::response_issuer::{Causes, judge_issuer};
use super::{AssertionEvidence, Verdict};

/// Holds the Issuer of the assertion.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let causes = Causes { other: "assertion_issuer_not_partner", format: "assertion_issuer_format" };
    judge_issuer(&evidence.assertion.issuer, evidence.expected.partner, causes)
}

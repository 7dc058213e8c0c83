//! SAML Core 2.3.3: the version of an assertion is 2.0.

use super::response_version::judge_version;
use super::{AssertionEvidence, Verdict};

/// Holds the version; its absence is a fault of structure.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    judge_version(&evidence.assertion.version, "assertion_version_not_2_0")
}

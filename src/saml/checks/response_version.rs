//! SAML Core 3.2.2: the version of a Response is 2.0.

use super::{ResponseEvidence, Verdict};

/// Holds the version; its absence is a fault of structure.
#[must_use]
pub fn judge(evidence: ResponseEvidence<'_>) -> Verdict {
    judge_version(&evidence.envelope.version, "response_version_not_2_0")
}

/// Holds a version.
pub(super) fn judge_version(version: &str, cause: &'static str) -> Verdict {
    if version == "2.0" { Verdict::held(version) } else { Verdict::broken(cause, version) }
}

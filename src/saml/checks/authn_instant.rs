//! SAML Core 2.7.2: the person signed in before now: `authn_instant <= now + skew`.
//!
//! How long ago is for the app to say, by `max_age`. The attribute's absence is a fault of structure.

use super::{AssertionEvidence, Verdict};

/// Holds the AuthnInstant of every AuthnStatement.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let latest = evidence.assertion.authn_statements.iter().map(|statement| statement.authn_instant).max();
    match latest {
        None => Verdict::NotJudged("no authentication statement"),
        Some(latest) if latest <= evidence.now.plus(evidence.expected.clock_skew) => Verdict::held(latest.to_string()),
        Some(latest) => Verdict::broken("authn_instant_in_future", latest.to_string()),
    }
}

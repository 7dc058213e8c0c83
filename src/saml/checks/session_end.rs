//! SAML Core 2.7.2: the session at the partner has not ended: `now < session_end + skew`.
//!
//! Its absence is accepted: the partner sets no end.

use super::{AssertionEvidence, Verdict};

/// Holds the SessionNotOnOrAfter of every AuthnStatement.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let statements = &evidence.assertion.authn_statements;
    if statements.is_empty() {
        return Verdict::NotJudged("no authentication statement");
    }
    match statements.iter().filter_map(|statement| statement.session_not_on_or_after).min() {
        None => Verdict::held("absent"),
        Some(end) if evidence.now < end.plus(evidence.expected.clock_skew) => Verdict::held(end.to_string()),
        Some(end) => Verdict::broken("partner_session_ended", end.to_string()),
    }
}

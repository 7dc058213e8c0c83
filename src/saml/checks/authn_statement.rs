//! SAML Profiles 4.1.4.2: the assertion says how the person signed in.

use super::{AssertionEvidence, Verdict};

/// Holds that there is an AuthnStatement.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    match evidence.assertion.authn_statements.first() {
        None => Verdict::broken("authn_statement_absent", "absent"),
        Some(statement) => Verdict::held(statement.class_ref.as_deref().unwrap_or("no class")),
    }
}

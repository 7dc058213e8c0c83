//! SAML Core 8.3.7: the qualifiers of the NameID name the partner and us, where they are present.
//!
//! The same value under another qualifier names another person, and only the value is kept. Looked at
//! where the partner's rule takes the subject from the NameID.

use super::{AssertionEvidence, Verdict};
use crate::saml::subject::SubjectRule;

/// Holds NameQualifier against the partner and SPNameQualifier against us.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    if matches!(evidence.expected.subject, SubjectRule::Attribute(_)) {
        return Verdict::NotJudged("the subject is an attribute");
    }
    let Some(name_id) = evidence.assertion.subject.as_ref().and_then(|subject| subject.name_id.as_ref()) else {
        return Verdict::NotJudged("no identifier");
    };
    let is_foreign = |found: &Option<String>, own: &str| found.as_ref().is_some_and(|found| found != own);
    if is_foreign(&name_id.sp_name_qualifier, evidence.expected.audience.as_str()) {
        return Verdict::broken("sp_name_qualifier_not_ours", name_id.sp_name_qualifier.clone().unwrap_or_default());
    }
    if is_foreign(&name_id.name_qualifier, evidence.expected.partner.as_str()) {
        return Verdict::broken("name_qualifier_not_partner", name_id.name_qualifier.clone().unwrap_or_default());
    }
    Verdict::held(if name_id.sp_name_qualifier.is_some() || name_id.name_qualifier.is_some() {
        "ours"
    } else {
        "absent"
    })
}

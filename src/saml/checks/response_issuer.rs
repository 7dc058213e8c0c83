//! SAML Profiles 4.1.4.2: the Response names the partner that was asked.
//!
//! It may be absent only where the Response is not signed.

use super::{Cover, ResponseEvidence, Verdict};
use crate::saml::messages::name_id::NameId;
use crate::saml::names::{EntityId, FORMAT_ENTITY};

/// Holds the Issuer of the Response.
#[must_use]
pub fn judge(evidence: ResponseEvidence<'_>) -> Verdict {
    let causes = Causes { other: "response_issuer_not_partner", format: "response_issuer_format" };
    match (&evidence.envelope.issuer, evidence.cover) {
        (None, Cover::Signed) => Verdict::broken("response_issuer_absent", "absent"),
        (None, Cover::Unsigned) => Verdict::held("absent"),
        (Some(issuer), _) => judge_issuer(issuer, evidence.expected.partner, causes),
    }
}

pub(super) struct Causes {
    pub(super) other: &'static str,
    pub(super) format: &'static str,
}

/// Holds an Issuer against the partner, octet by octet; its Format is absent or says entity.
pub(super) fn judge_issuer(issuer: &NameId, partner: &EntityId, causes: Causes) -> Verdict {
    if let Some(format) = issuer.format.as_deref().filter(|format| *format != FORMAT_ENTITY) {
        return Verdict::broken(causes.format, format);
    }
    if issuer.value == partner.as_str() {
        Verdict::held(issuer.value.as_str())
    } else {
        Verdict::broken(causes.other, issuer.value.as_str())
    }
}

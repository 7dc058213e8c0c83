//! SAML Profiles 4.1.4.3: the bearer confirmation is for the address at which it arrived.

use super::{AssertionEvidence, Verdict};

/// Holds `Recipient` against the address of our assertion consumer service, octet by octet.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let Some(data) = evidence.confirmation_data() else {
        return Verdict::NotJudged("no bearer confirmation with data");
    };
    match data.recipient.as_deref() {
        None => Verdict::broken("recipient_absent", "absent"),
        Some(found) if found == evidence.expected.acs => Verdict::held(found),
        Some(found) => Verdict::broken("recipient_not_ours", found),
    }
}

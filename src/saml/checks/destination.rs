//! SAML Core 3.2.2 and SAML Bindings 3.5.5.2: a Response goes where it was sent to.
//!
//! Required where the Response is signed, and checked whenever it is present.

use super::{Cover, ResponseEvidence, Verdict};

/// Holds `Destination` against the address of our assertion consumer service, octet by octet.
#[must_use]
pub fn judge(evidence: ResponseEvidence<'_>) -> Verdict {
    match (evidence.envelope.destination.as_deref(), evidence.cover) {
        (None, Cover::Signed) => Verdict::broken("destination_absent", "absent"),
        (None, Cover::Unsigned) => Verdict::held("absent"),
        (Some(found), _) if found == evidence.expected.acs => Verdict::held(found),
        (Some(found), _) => Verdict::broken("destination_not_ours", found),
    }
}

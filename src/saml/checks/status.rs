//! SAML Core 3.2.2.1: only Success speaks of a person.
//!
//! An error is the partner's answer and no fault; the row fails all the same, since no one is signed
//! in.

use super::{ResponseEvidence, Verdict};
use crate::base::encoding::fingerprint;

/// Holds the status.
#[must_use]
pub fn judge(evidence: ResponseEvidence<'_>) -> Verdict {
    let status = &evidence.envelope.status;
    if status.is_success() {
        return Verdict::held("Success");
    }
    let short = |code: &str| code.rsplit(':').next().unwrap_or_default().to_owned();
    let second = status.second.as_deref().map(|code| format!(" / {}", short(code))).unwrap_or_default();
    let message = status.message.as_deref().map(|text| format!(": {}", without_mail(text))).unwrap_or_default();
    Verdict::broken("status_not_success", format!("{}{second}{message}", short(&status.top)))
}

/// Partners put the address of the person into their messages; a trace must not hold it.
fn without_mail(text: &str) -> String {
    let words = text.split(' ').map(|word| if word.contains('@') { fingerprint(word) } else { word.to_owned() });
    words.collect::<Vec<_>>().join(" ")
}

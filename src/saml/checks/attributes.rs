//! SAML Core 2.7.3: how many attributes came, and whether values were left out.
//!
//! Too many of them are a fault of structure; the row shows an administrator what there was.

use super::{AssertionEvidence, Verdict};

/// Counts the attributes.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let attributes = &evidence.assertion.attributes;
    let values: usize = attributes.named.iter().map(|(_, values)| values.len()).sum();
    let left_out = match attributes.left_out {
        0 => String::new(),
        count => format!(", {count} values left out"),
    };
    Verdict::held(format!("{} attributes, {values} values{left_out}", attributes.named.len()))
}

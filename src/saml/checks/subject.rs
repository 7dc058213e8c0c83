//! SAML Core 8.3: the value that names the person, by the partner's rule.
//!
//! By default a persistent NameID. A transient one names nobody the next day; a mail address passes
//! from one person to another, so it is taken only under the rule that has `dangerous` in its name.

use super::{AssertionEvidence, Verdict};
use crate::base::encoding::fingerprint;
use crate::saml::messages::name_id::NameId;
use crate::saml::names::{FORMAT_EMAIL, FORMAT_PERSISTENT, FORMAT_TRANSIENT, FORMAT_UNSPECIFIED};
use crate::saml::subject::{MAX_SUBJECT, Subject, SubjectAttribute, SubjectKind, SubjectRule, is_mail_like};

/// Holds the subject.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    match read(evidence) {
        Ok(subject) => Verdict::held(fingerprint(&subject.value)),
        Err((cause, saw)) => Verdict::Broken(cause, saw),
    }
}

/// The subject by the partner's rule.
///
/// # Errors
/// The cause, and what was seen.
pub fn read(evidence: AssertionEvidence<'_>) -> Result<Subject, (&'static str, String)> {
    let subject = evidence.assertion.subject.as_ref().ok_or(("subject_absent", "absent".to_owned()))?;
    let (value, kind) = match evidence.expected.subject {
        SubjectRule::PersistentNameId => {
            (persistent(name_id(subject.name_id.as_ref())?)?, SubjectKind::PersistentNameId)
        }
        SubjectRule::DangerousEmailNameId => (email(name_id(subject.name_id.as_ref())?)?, SubjectKind::EmailNameId),
        SubjectRule::Attribute(attribute) => (by_attribute(evidence, attribute)?, SubjectKind::Attribute),
    };
    hold_shape(value)?;
    Ok(Subject { value: value.to_owned(), kind })
}

fn name_id(found: Option<&NameId>) -> Result<&NameId, (&'static str, String)> {
    found.ok_or(("name_id_absent", "absent".to_owned()))
}

fn persistent(name_id: &NameId) -> Result<&str, (&'static str, String)> {
    let cause = match name_id.format.as_deref() {
        Some(FORMAT_PERSISTENT) if is_mail_like(&name_id.value) => "name_id_mail_like",
        Some(FORMAT_PERSISTENT) => return Ok(&name_id.value),
        Some(FORMAT_TRANSIENT) => "name_id_transient",
        Some(FORMAT_EMAIL) => "name_id_mail",
        None | Some(FORMAT_UNSPECIFIED) => "name_id_unspecified",
        Some(_) => "name_id_format_refused",
    };
    Err((cause, name_id.format.clone().unwrap_or_else(|| "no format".to_owned())))
}

/// Partners that are set to mail addresses say so by the format, or by none.
fn email(name_id: &NameId) -> Result<&str, (&'static str, String)> {
    let cause = match name_id.format.as_deref() {
        None | Some(FORMAT_EMAIL | FORMAT_UNSPECIFIED | FORMAT_PERSISTENT) if is_mail_like(&name_id.value) => {
            return Ok(&name_id.value);
        }
        Some(FORMAT_TRANSIENT) => "name_id_transient",
        None | Some(FORMAT_EMAIL | FORMAT_UNSPECIFIED | FORMAT_PERSISTENT) => "name_id_not_a_mail",
        Some(_) => "name_id_format_refused",
    };
    Err((cause, name_id.format.clone().unwrap_or_else(|| "no format".to_owned())))
}

fn by_attribute<'a>(
    evidence: AssertionEvidence<'a>,
    attribute: &SubjectAttribute,
) -> Result<&'a str, (&'static str, String)> {
    match evidence.assertion.attributes.values(attribute.as_str()) {
        None | Some([]) => Err(("subject_attribute_absent", attribute.as_str().to_owned())),
        Some([value]) => Ok(value),
        Some(values) => Err(("subject_attribute_ambiguous", format!("{} values", values.len()))),
    }
}

fn hold_shape(value: &str) -> Result<(), (&'static str, String)> {
    let length = value.chars().count();
    if value.trim().is_empty() {
        Err(("subject_empty", "empty".to_owned()))
    } else if length > MAX_SUBJECT {
        Err(("subject_too_long", format!("{length} characters")))
    } else if value.trim().len() != value.len() || value.contains(char::is_control) {
        Err(("subject_malformed", "white space at an end, or control characters".to_owned()))
    } else {
        Ok(())
    }
}

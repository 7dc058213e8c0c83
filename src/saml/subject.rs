//! Which value of an assertion names the person: the partner's `subject` rule.
//!
//! # Source
//! SAML Core 8.3; SAML V2.0 Subject Identifier Attributes Profile 3.

/// The most characters of a subject (SAML Core 8.3.7).
pub const MAX_SUBJECT: usize = 256;

/// Attribute names that hold a mail address: a mailbox passes from one person to the next, so none
/// of them may name a person.
const MAIL_ATTRIBUTES: [&str; 6] = [
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:oid:1.2.840.113549.1.9.1",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "mail",
    "email",
    "emailaddress",
];

/// Why a rule cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectRuleError {
    /// The attribute's name is empty or longer than 512 bytes.
    #[error("the name of the subject attribute is empty or longer than 512 bytes")]
    Name,
    /// The attribute holds mail addresses.
    #[error("attribute `{name}` holds mail addresses, which pass from one person to another")]
    Mail {
        /// The attribute.
        name: String,
    },
}

/// The partner's rule: where the subject is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectRule {
    /// The NameID, of Format persistent. The default.
    PersistentNameId,
    /// The one value of the attribute of this name.
    Attribute(SubjectAttribute),
    /// The NameID, a mail address. Dangerous: a mailbox passes from one person to the next, and the
    /// next one gets the account of the first.
    DangerousEmailNameId,
}

/// The name of an attribute that may name a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectAttribute(String);

impl SubjectAttribute {
    /// Reads the name of an attribute.
    ///
    /// # Errors
    /// [`SubjectRuleError`].
    pub fn parse(name: &str) -> Result<Self, SubjectRuleError> {
        if name.is_empty() || name.len() > 512 {
            return Err(SubjectRuleError::Name);
        }
        if MAIL_ATTRIBUTES.iter().any(|mail| mail.eq_ignore_ascii_case(name)) {
            return Err(SubjectRuleError::Mail { name: name.to_owned() });
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What kind of value names the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    /// A persistent NameID.
    PersistentNameId,
    /// The value of an attribute.
    Attribute,
    /// A mail address as NameID.
    EmailNameId,
}

/// The person whom an assertion names, as the partner's rule has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The value. **Shape**: 1 to [`MAX_SUBJECT`] characters, no control characters, no white space
    /// at its ends.
    pub value: String,
    /// Where it was read from.
    pub kind: SubjectKind,
}

/// Whether `text` has the form of a mail address: one `@` with something before it and a dotted
/// name after it.
#[must_use]
pub fn is_mail_like(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.contains('@')
            && !text.contains(char::is_whitespace)
            && domain.split('.').count() > 1
            && domain.split('.').all(|label| !label.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_like_texts_are_told_from_others() {
        for text in ["ana@fabrikam.example", "a@b.c"] {
            assert!(is_mail_like(text), "{text}");
        }
        for text in ["ana", "@b.c", "ana@", "ana@host", "a@b@c.d", "a b@c.d", "a@.c", "a@c."] {
            assert!(!is_mail_like(text), "{text}");
        }
    }

    #[test]
    fn an_attribute_of_mail_addresses_never_names_a_person() {
        for name in ["mail", "Mail", "urn:oid:0.9.2342.19200300.100.1.3"] {
            assert_eq!(SubjectAttribute::parse(name), Err(SubjectRuleError::Mail { name: name.to_owned() }));
        }
        assert_eq!(SubjectAttribute::parse(""), Err(SubjectRuleError::Name));
        assert_eq!(SubjectAttribute::parse(&"x".repeat(513)), Err(SubjectRuleError::Name));
        assert!(SubjectAttribute::parse(&"x".repeat(512)).is_ok());
        assert!(SubjectAttribute::parse("urn:oasis:names:tc:SAML:attribute:subject-id").is_ok());
    }
}

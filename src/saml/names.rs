//! The names of the standard: namespaces, formats, methods and bindings, and the [`EntityId`].

use std::fmt;

use crate::xmlsig::names::is_xml_char;

/// Namespace of protocol messages (SAML Core 3.1).
pub const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// Namespace of assertions (SAML Core 2.1).
pub const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// Namespace of metadata (SAML Metadata 2.1).
pub const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// Namespace of `xsi:type` and `xsi:nil`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Name of a persistent identifier (SAML Core 8.3.7).
pub const FORMAT_PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
/// Name of a transient identifier (SAML Core 8.3.8).
pub const FORMAT_TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
/// Name of a mail address as identifier (SAML Core 8.3.2).
pub const FORMAT_EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
/// Name of an identifier of no stated form (SAML Core 8.3.1).
pub const FORMAT_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
/// Name of an entity as identifier (SAML Core 8.3.6).
pub const FORMAT_ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";

/// Attribute names that are URIs (SAML Core 8.2.2).
pub const NAME_FORMAT_URI: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
/// Attribute names that are plain (SAML Core 8.2.3).
pub const NAME_FORMAT_BASIC: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";

/// Attribute names of which nothing is said (SAML Core 8.2.1).
pub const NAME_FORMAT_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified";

/// The bearer confirmation method (SAML Profiles 3.3).
pub const METHOD_BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// HTTP Redirect (SAML Bindings 3.4).
pub const BINDING_REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// HTTP POST (SAML Bindings 3.5).
pub const BINDING_POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// The authentication context class that says nothing (SAML Authn Context 3.4.25).
pub const CLASS_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";

/// The most characters of an entity ID (SAML Core 8.3.6).
pub const MAX_ENTITY_ID: usize = 1024;

/// The text is no entity ID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntityIdError {
    /// Empty, without a scheme, or with white space or control characters in it.
    #[error("an entity ID is an absolute URI, such as `https://idp.example/saml` or `urn:example:idp`")]
    NotAbsolute,
    /// Longer than [`MAX_ENTITY_ID`] characters.
    #[error("entity ID of {found} characters, at most {MAX_ENTITY_ID} are allowed")]
    TooLong {
        /// The length found, in characters.
        found: usize,
    },
}

/// The name of a SAML party. **Shape**: any absolute URI of at most [`MAX_ENTITY_ID`] characters,
/// compared octet by octet and never normalised.
///
/// # Source
/// SAML Core 8.3.6, SAML Metadata 2.2.1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(String);

impl EntityId {
    /// Reads an entity ID.
    ///
    /// # Errors
    /// [`EntityIdError`].
    pub fn parse(text: &str) -> Result<Self, EntityIdError> {
        let found = text.chars().count();
        if found > MAX_ENTITY_ID {
            return Err(EntityIdError::TooLong { found });
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(EntityIdError::NotAbsolute);
        }
        match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) && !rest.is_empty() => Ok(Self(text.to_owned())),
            _ => Err(EntityIdError::NotAbsolute),
        }
    }

    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The text without the characters that XML cannot carry, which names of people may hold.
#[must_use]
pub fn writable(text: &str) -> String {
    text.chars().filter(|character| is_xml_char(*character)).collect()
}

/// A scheme as RFC 3986 3.1 has it.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_absolute_uri_is_an_entity_id() {
        for text in ["https://idp.example/saml", "urn:example:idp", "tag:idp.example,2026:x", "http://x/ä?y=1#z"] {
            assert_eq!(EntityId::parse(text).map(|id| id.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_has_no_scheme_or_has_white_space_is_refused() {
        for text in ["", "idp.example", "https:", ":x", "1a:x", "https://idp example", "urn:x\n", "//idp.example/x"] {
            assert_eq!(EntityId::parse(text), Err(EntityIdError::NotAbsolute), "{text}");
        }
    }

    #[test]
    fn the_length_limit_counts_characters() {
        let longest = format!("urn:{}", "ä".repeat(1020));
        assert!(EntityId::parse(&longest).is_ok());
        assert_eq!(EntityId::parse(&format!("{longest}x")), Err(EntityIdError::TooLong { found: 1025 }));
    }
}

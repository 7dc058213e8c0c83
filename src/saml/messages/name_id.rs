//! NameID and Issuer: an identifier with its format and qualifiers.
//!
//! # Source
//! SAML Core 2.2.2, 2.2.3 and 2.2.5.

use super::structure::{StructureError, attribute, short_text};
use crate::xmlsig::dom::Element;

/// An identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameId {
    /// The text as it stands, white space included.
    pub value: String,
    /// The format, a URI.
    pub format: Option<String>,
    /// In whose domain the identifier lives.
    pub name_qualifier: Option<String>,
    /// For whom the identifier was made.
    pub sp_name_qualifier: Option<String>,
}

impl NameId {
    /// Reads an element of type NameIDType.
    ///
    /// # Errors
    /// [`StructureError`].
    pub fn read(element: Element<'_, '_>, name: &'static str) -> Result<Self, StructureError> {
        Ok(Self {
            value: short_text(element, name)?,
            format: attribute(element, name, "Format")?,
            name_qualifier: attribute(element, name, "NameQualifier")?,
            sp_name_qualifier: attribute(element, name, "SPNameQualifier")?,
        })
    }
}

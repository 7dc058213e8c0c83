//! Order and number of elements as the schemas have them, and the readers of single values.

use std::collections::VecDeque;

use crate::base::clock::Timestamp;
use crate::xmlsig::dom::Element;

/// The most bytes of an ID, a URI or another short value of a message.
pub const MAX_VALUE: usize = 2048;

/// A message is not built as the schemas have it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StructureError {
    /// The root is another SAML 2.0 message than a Response.
    #[error("the message is not a `Response`")]
    NotResponse,
    /// A message or an assertion of SAML 1.
    #[error("the message is of SAML 1")]
    Saml1,
    /// The root is nothing of SAML.
    #[error("the document is no SAML message")]
    NotSaml,
    /// More than one Assertion.
    #[error("the response holds {found} assertions, one is allowed")]
    SeveralAssertions {
        /// How many stand in the document.
        found: usize,
    },
    /// An Assertion elsewhere than directly in the Response.
    #[error("an assertion stands elsewhere than directly in the response")]
    AssertionMisplaced,
    /// A Response inside the message.
    #[error("a response stands inside the response")]
    ResponseMisplaced,
    /// A Signature elsewhere than directly in the Response or its Assertion.
    #[error("a signature stands elsewhere than directly in the response or the assertion")]
    SignatureMisplaced,
    /// An encrypted assertion of a partner with whom none is agreed.
    #[error("the assertion is encrypted")]
    AssertionEncrypted,
    /// An encrypted identifier.
    #[error("the identifier is encrypted")]
    IdEncrypted,
    /// An encrypted attribute.
    #[error("an attribute is encrypted")]
    AttributeEncrypted,
    /// A success without an Assertion.
    #[error("the response says success and holds no assertion")]
    NoAssertion,
    /// An element is missing.
    #[error("`{parent}` lacks `{child}`")]
    ElementMissing {
        /// The element that should hold it.
        parent: &'static str,
        /// What is missing.
        child: &'static str,
    },
    /// An element that the schema does not have there, or has once or earlier.
    #[error("`{parent}` holds an element out of place")]
    ElementUnexpected {
        /// The element that holds it.
        parent: &'static str,
    },
    /// An attribute is missing.
    #[error("`{element}` lacks the attribute `{attribute}`")]
    AttributeMissing {
        /// The element.
        element: &'static str,
        /// What is missing.
        attribute: &'static str,
    },
    /// A time that is none.
    #[error("`{attribute}` of `{element}` is no time")]
    TimeMalformed {
        /// The element.
        element: &'static str,
        /// The attribute.
        attribute: &'static str,
    },
    /// A number or truth value that is none.
    #[error("`{attribute}` of `{element}` is malformed")]
    ValueMalformed {
        /// The element.
        element: &'static str,
        /// The attribute.
        attribute: &'static str,
    },
    /// A value that is longer than [`MAX_VALUE`] or what its place allows.
    #[error("a value of `{element}` is too long")]
    ValueTooLong {
        /// The element.
        element: &'static str,
    },
    /// More attributes, or more values of them, than are accepted.
    #[error("more attributes or values than are accepted")]
    AttributesTooMany,
}

impl StructureError {
    /// The stable, fine name.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::NotResponse => "message_not_a_response",
            Self::Saml1 => "message_of_saml_1",
            Self::NotSaml => "message_not_saml",
            Self::SeveralAssertions { .. } => "several_assertions",
            Self::AssertionMisplaced => "assertion_misplaced",
            Self::ResponseMisplaced => "response_misplaced",
            Self::SignatureMisplaced => "signature_misplaced",
            Self::AssertionEncrypted => "assertion_encrypted",
            Self::IdEncrypted => "name_id_encrypted",
            Self::AttributeEncrypted => "attribute_encrypted",
            Self::NoAssertion => "assertion_absent",
            Self::ElementMissing { .. } => "element_missing",
            Self::ElementUnexpected { .. } => "element_unexpected",
            Self::AttributeMissing { .. } => "xml_attribute_missing",
            Self::TimeMalformed { .. } => "time_malformed",
            Self::ValueMalformed { .. } => "value_malformed",
            Self::ValueTooLong { .. } => "value_too_long",
            Self::AttributesTooMany => "attributes_too_many",
        }
    }
}

/// Walks the children of one element in the order of its schema.
pub struct Children<'doc, 'input> {
    parent: &'static str,
    rest: VecDeque<Element<'doc, 'input>>,
}

impl<'doc, 'input> Children<'doc, 'input> {
    /// The children of `element`, which is called `parent` in errors.
    #[must_use]
    pub fn of(element: Element<'doc, 'input>, parent: &'static str) -> Self {
        Self { parent, rest: element.children().collect() }
    }

    /// Takes the next child where it has this name.
    pub fn maybe(&mut self, namespace: &str, local: &str) -> Option<Element<'doc, 'input>> {
        if self.rest.front()?.is(namespace, local) { self.rest.pop_front() } else { None }
    }

    /// Takes the next child, which must have this name.
    ///
    /// # Errors
    /// [`StructureError::ElementMissing`].
    pub fn one(&mut self, namespace: &str, local: &'static str) -> Result<Element<'doc, 'input>, StructureError> {
        self.maybe(namespace, local).ok_or(StructureError::ElementMissing { parent: self.parent, child: local })
    }

    /// Takes all children of this name that come next.
    pub fn many(&mut self, namespace: &str, local: &str) -> Vec<Element<'doc, 'input>> {
        let mut found = Vec::new();
        while let Some(element) = self.maybe(namespace, local) {
            found.push(element);
        }
        found
    }

    /// Takes the next child of any name.
    pub fn any(&mut self) -> Option<Element<'doc, 'input>> {
        self.rest.pop_front()
    }

    /// Holds that nothing is left.
    ///
    /// # Errors
    /// [`StructureError::ElementUnexpected`].
    pub fn end(self) -> Result<(), StructureError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.unexpected()) }
    }

    /// The fault of a child that does not belong here.
    #[must_use]
    pub const fn unexpected(&self) -> StructureError {
        StructureError::ElementUnexpected { parent: self.parent }
    }
}

/// The text of an element, which must hold no element and at most [`MAX_VALUE`] bytes.
///
/// # Errors
/// [`StructureError::ElementUnexpected`] and [`StructureError::ValueTooLong`].
pub fn short_text(element: Element<'_, '_>, name: &'static str) -> Result<String, StructureError> {
    let text = element.text().ok_or(StructureError::ElementUnexpected { parent: name })?;
    if text.len() > MAX_VALUE {
        return Err(StructureError::ValueTooLong { element: name });
    }
    Ok(text.into_owned())
}

/// As [`short_text`], for a value of type `xs:anyURI`, whose outer white space means nothing.
///
/// # Errors
/// As [`short_text`].
pub fn uri_text(element: Element<'_, '_>, name: &'static str) -> Result<String, StructureError> {
    let text = short_text(element, name)?;
    let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
    Ok(if trimmed.len() == text.len() { text } else { trimmed.to_owned() })
}

/// An attribute of at most [`MAX_VALUE`] bytes.
///
/// # Errors
/// [`StructureError::ValueTooLong`].
pub fn attribute(
    element: Element<'_, '_>,
    name: &'static str,
    attribute: &str,
) -> Result<Option<String>, StructureError> {
    match element.attribute(attribute) {
        Some(value) if value.len() > MAX_VALUE => Err(StructureError::ValueTooLong { element: name }),
        value => Ok(value.map(str::to_owned)),
    }
}

/// An attribute that must be there.
///
/// # Errors
/// [`StructureError::AttributeMissing`] and [`StructureError::ValueTooLong`].
pub fn required(
    element: Element<'_, '_>,
    name: &'static str,
    attribute_name: &'static str,
) -> Result<String, StructureError> {
    attribute(element, name, attribute_name)?
        .ok_or(StructureError::AttributeMissing { element: name, attribute: attribute_name })
}

/// A time.
///
/// # Errors
/// [`StructureError::TimeMalformed`].
pub fn time(
    element: Element<'_, '_>,
    name: &'static str,
    attribute: &'static str,
) -> Result<Option<Timestamp>, StructureError> {
    let fault = StructureError::TimeMalformed { element: name, attribute };
    element.attribute(attribute).map(|text| Timestamp::parse(text).map_err(|_| fault)).transpose()
}

/// A time that must be there.
///
/// # Errors
/// [`StructureError::AttributeMissing`] and [`StructureError::TimeMalformed`].
pub fn required_time(
    element: Element<'_, '_>,
    name: &'static str,
    attribute: &'static str,
) -> Result<Timestamp, StructureError> {
    time(element, name, attribute)?.ok_or(StructureError::AttributeMissing { element: name, attribute })
}

/// A truth value of type `xs:boolean`.
///
/// # Errors
/// [`StructureError::ValueMalformed`].
pub fn truth(
    element: Element<'_, '_>,
    name: &'static str,
    attribute: &'static str,
) -> Result<Option<bool>, StructureError> {
    match element.attribute(attribute) {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(StructureError::ValueMalformed { element: name, attribute }),
    }
}

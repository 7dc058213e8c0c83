//! The subject of an assertion and the confirmations that say who may present it.
//!
//! # Source
//! SAML Core 2.4.

use super::name_id::NameId;
use super::structure::{Children, StructureError, attribute, required, time};
use crate::base::clock::Timestamp;
use crate::saml::names::ASSERTION;
use crate::xmlsig::dom::Element;

/// Whom an assertion is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertedSubject {
    /// The identifier; an assertion may name the person by an attribute alone.
    pub name_id: Option<NameId>,
    /// Who may present the assertion.
    pub confirmations: Vec<SubjectConfirmation>,
}

/// One way to confirm that the presenter may present the assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectConfirmation {
    /// The method, a URI.
    pub method: String,
    /// The entity that is expected to confirm, where it is not the subject.
    pub entity: Option<NameId>,
    /// The limits of the confirmation.
    pub data: Option<ConfirmationData>,
}

/// The limits of a confirmation. `Address` is not kept: browsers change theirs (SAML Profiles
/// 4.1.4.3 leaves its use open).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationData {
    /// First moment.
    pub not_before: Option<Timestamp>,
    /// The moment from which it holds no more.
    pub not_on_or_after: Option<Timestamp>,
    /// The address to which it may be presented.
    pub recipient: Option<String>,
    /// The request that it answers.
    pub in_response_to: Option<String>,
}

impl AssertedSubject {
    /// Reads a Subject element.
    ///
    /// # Errors
    /// [`StructureError`].
    pub fn read(subject: Element<'_, '_>) -> Result<Self, StructureError> {
        let mut children = Children::of(subject, "Subject");
        let name_id = children.maybe(ASSERTION, "NameID");
        let confirmations = children.many(ASSERTION, "SubjectConfirmation");
        children.end()?;
        Ok(Self {
            name_id: name_id.map(|name_id| NameId::read(name_id, "NameID")).transpose()?,
            confirmations: confirmations.into_iter().map(read_confirmation).collect::<Result<_, _>>()?,
        })
    }
}

fn read_confirmation(element: Element<'_, '_>) -> Result<SubjectConfirmation, StructureError> {
    const DATA: &str = "SubjectConfirmationData";
    let mut children = Children::of(element, "SubjectConfirmation");
    let entity = children.maybe(ASSERTION, "NameID");
    let data = children.maybe(ASSERTION, DATA);
    children.end()?;
    let data = data.map(|data| {
        Ok(ConfirmationData {
            not_before: time(data, DATA, "NotBefore")?,
            not_on_or_after: time(data, DATA, "NotOnOrAfter")?,
            recipient: attribute(data, DATA, "Recipient")?,
            in_response_to: attribute(data, DATA, "InResponseTo")?,
        })
    });
    Ok(SubjectConfirmation {
        method: required(element, "SubjectConfirmation", "Method")?,
        entity: entity.map(|entity| NameId::read(entity, "NameID")).transpose()?,
        data: data.transpose()?,
    })
}

//! The look at a whole message before any cryptography: what kind it is, how many assertions and
//! signatures stand in it and where, and whether something is encrypted.
//!
//! # Source
//! SAML Core 3.3.3 for the shape; that there is one assertion, directly in the Response, and that
//! no signature stands elsewhere, is our profile: it leaves no room for wrapping.

use super::structure::StructureError;
use crate::saml::names::{ASSERTION, PROTOCOL};
use crate::xmlsig::dom::{Document, Element};
use crate::xmlsig::names::DSIG;

const SAML_1_PROTOCOL: &str = "urn:oasis:names:tc:SAML:1.0:protocol";
const SAML_1_ASSERTION: &str = "urn:oasis:names:tc:SAML:1.0:assertion";

/// Where the parts of a Response stand. Nothing here is proven.
#[derive(Clone, Copy)]
pub struct Survey<'doc, 'input> {
    /// The root.
    pub response: Element<'doc, 'input>,
    /// Whether the Response has a signature of its own.
    pub response_signed: bool,
    /// The one assertion.
    pub assertion: Option<Element<'doc, 'input>>,
    /// Whether the assertion has a signature of its own.
    pub assertion_signed: bool,
    /// The one encrypted assertion, in the place of the other.
    pub encrypted: Option<Element<'doc, 'input>>,
}

/// Whether an encrypted assertion is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encrypted {
    /// It is a fault.
    Refused,
    /// It stands for an assertion.
    Counted,
}

/// What was decrypted: an assertion and nothing else. Nothing here is proven.
#[derive(Clone, Copy)]
pub struct Inside<'doc, 'input> {
    /// The root.
    pub assertion: Element<'doc, 'input>,
    /// Whether it has a signature of its own.
    pub signed: bool,
}

impl<'doc, 'input> Inside<'doc, 'input> {
    /// Looks at a document that was decrypted.
    ///
    /// # Errors
    /// [`StructureError`]: the root is no assertion, another or a Response stands in it, a signature is out
    /// of place, or something in it is encrypted again.
    pub fn of(document: &'doc Document<'input>) -> Result<Self, StructureError> {
        let assertion = document.root();
        if !assertion.is(ASSERTION, "Assertion") {
            return Err(StructureError::NoAssertion);
        }
        let mut counts = Counts::looking(Encrypted::Refused);
        counts.add(assertion)?;
        if counts.assertions > 1 {
            return Err(StructureError::SeveralAssertions { found: counts.assertions });
        }
        let signatures = count_signatures(assertion);
        if signatures != counts.signatures || (signatures > 0 && !follows_issuer(assertion)) {
            return Err(StructureError::SignatureMisplaced);
        }
        Ok(Self { assertion, signed: signatures > 0 })
    }
}

impl<'doc, 'input> Survey<'doc, 'input> {
    /// Looks at a document.
    ///
    /// # Errors
    /// [`StructureError`]: the root is no Response, an assertion, a Response or a signature is out of
    /// place or order, there are several assertions, or something is encrypted.
    pub fn of(document: &'doc Document<'input>, encrypted: Encrypted) -> Result<Self, StructureError> {
        let response = document.root();
        check_root(response)?;
        let assertion = response.children_named(ASSERTION, "Assertion").next();
        let mut counts = Counts::looking(encrypted);
        for child in response.children() {
            counts.add(child)?;
        }
        let encrypted = response.children_named(ASSERTION, "EncryptedAssertion").next();
        if counts.assertions > 1 {
            return Err(StructureError::SeveralAssertions { found: counts.assertions });
        }
        if counts.assertions == 1 && assertion.or(encrypted).is_none() {
            return Err(StructureError::AssertionMisplaced);
        }
        let on_response = count_signatures(response);
        let on_assertion = assertion.map_or(0, count_signatures);
        let is_in_order = assertion.is_none_or(|assertion| on_assertion == 0 || follows_issuer(assertion));
        if on_response + on_assertion != counts.signatures || !is_in_order {
            return Err(StructureError::SignatureMisplaced);
        }
        let (response_signed, assertion_signed) = (on_response > 0, on_assertion > 0);
        Ok(Self { response, response_signed, assertion, assertion_signed, encrypted })
    }
}

fn count_signatures(element: Element<'_, '_>) -> usize {
    element.children_named(DSIG, "Signature").count()
}

/// Whether nothing but the Issuer stands before the signature (SAML Core 2.3.3); that there is an
/// Issuer is for the reader to say. Verified elements do not show their signature, so its place is
/// looked at here; that of the Response is held with its envelope.
fn follows_issuer(assertion: Element<'_, '_>) -> bool {
    let has_issuer = assertion.children_named(ASSERTION, "Issuer").next().is_some();
    assertion.children().position(|child| child.is(DSIG, "Signature")) == Some(usize::from(has_issuer))
}

fn check_root(root: Element<'_, '_>) -> Result<(), StructureError> {
    if root.is(PROTOCOL, "Response") {
        return Ok(());
    }
    Err(match root.namespace() {
        PROTOCOL | ASSERTION => StructureError::NotResponse,
        SAML_1_PROTOCOL | SAML_1_ASSERTION => StructureError::Saml1,
        _ => StructureError::NotSaml,
    })
}

struct Counts {
    /// Encrypted ones included.
    assertions: usize,
    signatures: usize,
    encrypted: Encrypted,
}

impl Counts {
    const fn looking(encrypted: Encrypted) -> Self {
        Self { assertions: 0, signatures: 0, encrypted }
    }

    /// Counts in `element` and below; the depth is bounded by the limits of the document.
    fn add(&mut self, element: Element<'_, '_>) -> Result<(), StructureError> {
        match (element.namespace(), element.name()) {
            (ASSERTION, "Assertion") => self.assertions += 1,
            (DSIG, "Signature") => self.signatures += 1,
            (PROTOCOL, "Response") => return Err(StructureError::ResponseMisplaced),
            (ASSERTION, "EncryptedAssertion") if self.encrypted == Encrypted::Counted => self.assertions += 1,
            (ASSERTION, "EncryptedAssertion") => return Err(StructureError::AssertionEncrypted),
            (ASSERTION, "EncryptedID") => return Err(StructureError::IdEncrypted),
            (ASSERTION, "EncryptedAttribute") => return Err(StructureError::AttributeEncrypted),
            (SAML_1_PROTOCOL | SAML_1_ASSERTION, _) => return Err(StructureError::Saml1),
            _ => {}
        }
        element.children().try_for_each(|child| self.add(child))
    }
}

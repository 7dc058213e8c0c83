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
}

impl<'doc, 'input> Survey<'doc, 'input> {
    /// Looks at a document.
    ///
    /// # Errors
    /// [`StructureError`]: the root is no Response, an assertion, a Response or a signature is out of
    /// place or order, there are several assertions, or something is encrypted.
    pub fn of(document: &'doc Document<'input>) -> Result<Self, StructureError> {
        let response = document.root();
        check_root(response)?;
        let assertion = response.children_named(ASSERTION, "Assertion").next();
        let mut counts = Counts::default();
        for child in response.children() {
            counts.add(child)?;
        }
        if counts.assertions > 1 {
            return Err(StructureError::SeveralAssertions { found: counts.assertions });
        }
        if counts.assertions == 1 && assertion.is_none() {
            return Err(StructureError::AssertionMisplaced);
        }
        let on_response = count_signatures(response);
        let on_assertion = assertion.map_or(0, count_signatures);
        let is_in_order = assertion.is_none_or(|assertion| on_assertion == 0 || follows_issuer(assertion));
        if on_response + on_assertion != counts.signatures || !is_in_order {
            return Err(StructureError::SignatureMisplaced);
        }
        Ok(Self { response, response_signed: on_response > 0, assertion, assertion_signed: on_assertion > 0 })
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

#[derive(Default)]
struct Counts {
    assertions: usize,
    signatures: usize,
}

impl Counts {
    /// Counts in `element` and below; the depth is bounded by the limits of the document.
    fn add(&mut self, element: Element<'_, '_>) -> Result<(), StructureError> {
        match (element.namespace(), element.name()) {
            (ASSERTION, "Assertion") => self.assertions += 1,
            (DSIG, "Signature") => self.signatures += 1,
            (PROTOCOL, "Response") => return Err(StructureError::ResponseMisplaced),
            (ASSERTION, "EncryptedAssertion") => return Err(StructureError::AssertionEncrypted),
            (ASSERTION, "EncryptedID") => return Err(StructureError::IdEncrypted),
            (ASSERTION, "EncryptedAttribute") => return Err(StructureError::AttributeEncrypted),
            (SAML_1_PROTOCOL | SAML_1_ASSERTION, _) => return Err(StructureError::Saml1),
            _ => {}
        }
        element.children().try_for_each(|child| self.add(child))
    }
}

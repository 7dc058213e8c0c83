//! An assertion that one of the partner's keys has signed, by itself or with the Response around it.
//!
//! # Source
//! SAML Core 2.3.3.

use super::attributes::Attributes;
use super::authn_statement::AuthnStatement;
use super::conditions::Conditions;
use super::name_id::NameId;
use super::structure::{Children, StructureError, required, required_time};
use super::subject::AssertedSubject;
use crate::base::clock::Timestamp;
use crate::saml::names::{ASSERTION, PROTOCOL};
use crate::xmlsig::dom::Element;
use crate::xmlsig::names::DSIG;
use crate::xmlsig::verify::VerifiedElement;

const NAME: &str = "Assertion";

/// A signed assertion. It can be made only from what the partner's key covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    content: Content,
}

/// What an assertion says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The assertion's ID; with the issuer it is remembered against replay.
    pub id: String,
    /// The version as it stands.
    pub version: String,
    /// When it was written.
    pub issue_instant: Timestamp,
    /// Who vouches.
    pub issuer: NameId,
    /// Whom it is about, and who may present it.
    pub subject: Option<AssertedSubject>,
    /// When and for whom it holds.
    pub conditions: Option<Conditions>,
    /// How the person signed in.
    pub authn_statements: Vec<AuthnStatement>,
    /// What else is said of the person.
    pub attributes: Attributes,
}

impl Assertion {
    /// Reads a verified Assertion, or the one Assertion within a verified Response.
    ///
    /// # Errors
    /// [`StructureError`]; [`StructureError::NoAssertion`] where the verified element is or holds
    /// none, [`StructureError::SeveralAssertions`] where it holds more.
    pub fn new(verified: &VerifiedElement<'_, '_>) -> Result<Self, StructureError> {
        let element = verified.element();
        let assertion = if element.is(PROTOCOL, "Response") {
            let mut within = element.children_named(ASSERTION, NAME);
            let first = within.next().ok_or(StructureError::NoAssertion)?;
            match within.count() {
                0 => first,
                others => return Err(StructureError::SeveralAssertions { found: others + 1 }),
            }
        } else if element.is(ASSERTION, NAME) {
            element
        } else {
            return Err(StructureError::NoAssertion);
        };
        Ok(Self { content: read(assertion)? })
    }

    /// What it says.
    #[must_use]
    pub const fn content(&self) -> &Content {
        &self.content
    }
}

fn read(assertion: Element<'_, '_>) -> Result<Content, StructureError> {
    let mut children = Children::of(assertion, NAME);
    let issuer = children.one(ASSERTION, "Issuer")?;
    children.maybe(DSIG, "Signature");
    let subject = children.maybe(ASSERTION, "Subject");
    let conditions = children.maybe(ASSERTION, "Conditions");
    children.maybe(ASSERTION, "Advice");
    let mut authn_statements = Vec::new();
    let mut attributes = Attributes::default();
    while let Some(statement) = children.any() {
        match (statement.namespace(), statement.name()) {
            (ASSERTION, "AuthnStatement") => authn_statements.push(AuthnStatement::read(statement)?),
            (ASSERTION, "AttributeStatement") => attributes.read(statement)?,
            // Statements of other kinds say nothing that is asked here (SAML Core 2.7.1, 2.7.4).
            (ASSERTION, "Statement" | "AuthzDecisionStatement") => {}
            _ => return Err(children.unexpected()),
        }
    }
    Ok(Content {
        id: required(assertion, NAME, "ID")?,
        version: required(assertion, NAME, "Version")?,
        issue_instant: required_time(assertion, NAME, "IssueInstant")?,
        issuer: NameId::read(issuer, "Issuer")?,
        subject: subject.map(AssertedSubject::read).transpose()?,
        conditions: conditions.map(Conditions::read).transpose()?,
        authn_statements,
        attributes,
    })
}

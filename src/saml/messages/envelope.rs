//! What surrounds an assertion: the Response element without its assertion.
//!
//! An envelope that no signature covers is whatever the browser's owner wants it to be. It is checked
//! all the same, since it may refuse, and nothing else is taken from it.
//!
//! # Source
//! SAML Core 3.2.2.

use super::name_id::NameId;
use super::structure::{Children, StructureError, attribute, required, required_time, short_text};
use crate::base::clock::Timestamp;
use crate::base::trace::shorten;
use crate::saml::names::{ASSERTION, PROTOCOL};
use crate::saml::status::Status;
use crate::xmlsig::dom::Element;
use crate::xmlsig::names::DSIG;

const NAME: &str = "Response";

/// A Response without its assertion, proven or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The message's ID.
    pub id: String,
    /// The version as it stands.
    pub version: String,
    /// When it was written.
    pub issue_instant: Timestamp,
    /// Whereto it was sent.
    pub destination: Option<String>,
    /// The request that it answers.
    pub in_response_to: Option<String>,
    /// Who sent it.
    pub issuer: Option<NameId>,
    /// How it went.
    pub status: Status,
}

impl Envelope {
    /// Reads a Response element, signed or not; order and number of its children are those of the
    /// schema.
    ///
    /// # Errors
    /// [`StructureError`].
    pub fn read(response: Element<'_, '_>) -> Result<Self, StructureError> {
        let mut children = Children::of(response, NAME);
        let issuer = children.maybe(ASSERTION, "Issuer");
        children.maybe(DSIG, "Signature");
        children.maybe(PROTOCOL, "Extensions");
        let status = children.one(PROTOCOL, "Status")?;
        children.maybe(ASSERTION, "Assertion");
        children.maybe(ASSERTION, "EncryptedAssertion");
        children.end()?;
        Ok(Self {
            id: required(response, NAME, "ID")?,
            version: required(response, NAME, "Version")?,
            issue_instant: required_time(response, NAME, "IssueInstant")?,
            destination: attribute(response, NAME, "Destination")?,
            in_response_to: attribute(response, NAME, "InResponseTo")?,
            issuer: issuer.map(|issuer| NameId::read(issuer, "Issuer")).transpose()?,
            status: read_status(status)?,
        })
    }
}

fn read_status(status: Element<'_, '_>) -> Result<Status, StructureError> {
    let mut children = Children::of(status, "Status");
    let top = children.one(PROTOCOL, "StatusCode")?;
    let message = children.maybe(PROTOCOL, "StatusMessage");
    children.maybe(PROTOCOL, "StatusDetail");
    children.end()?;
    let mut below = Children::of(top, "StatusCode");
    let second = below.maybe(PROTOCOL, "StatusCode");
    below.end()?;
    Ok(Status {
        top: required(top, "StatusCode", "Value")?,
        second: second.map(|code| required(code, "StatusCode", "Value")).transpose()?,
        message: message.map(|text| short_text(text, "StatusMessage")).transpose()?.map(shorten),
    })
}

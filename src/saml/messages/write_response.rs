//! Writing a Response, as an identity provider does: from a plain description to canonical text that
//! is signed in up to two steps, the assertion first and the Response around it.
//!
//! Signing is awaited by the caller between `to_sign` and [`ToSign::finish`](crate::xmlsig::sign::ToSign::finish),
//! as everywhere.
//!
//! # Source
//! SAML Core 2.3.3 and 3.2.2, SAML Profiles 4.1.4.2.

use super::name_id::NameId;
use crate::base::clock::Timestamp;
use crate::keys::certificates::Certificate;
use crate::keys::signing::SignatureAlgorithm;
use crate::saml::names::{ASSERTION, METHOD_BEARER, NAME_FORMAT_BASIC, NAME_FORMAT_URI, PROTOCOL};
use crate::saml::status::Status;
use crate::xmlsig::sign::ToSign;
use crate::xmlsig::write::{Name, WriteError, XmlWriter};

/// What surrounds an assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseDescription {
    /// The Response's ID.
    pub id: String,
    /// When it is written.
    pub issue_instant: Timestamp,
    /// Who sends it.
    pub issuer: String,
    /// The receiver's assertion consumer service.
    pub destination: String,
    /// The request that it answers.
    pub in_response_to: Option<String>,
    /// How it went.
    pub status: Status,
}

/// What an assertion says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionDescription {
    /// The assertion's ID.
    pub id: String,
    /// When it is written; also where its conditions start.
    pub issue_instant: Timestamp,
    /// Who vouches.
    pub issuer: String,
    /// The person.
    pub subject: NameId,
    /// To whom it may be presented.
    pub recipient: String,
    /// The request that it answers.
    pub in_response_to: Option<String>,
    /// For whom it is.
    pub audience: String,
    /// Where conditions and confirmation end.
    pub not_on_or_after: Timestamp,
    /// When the person signed in.
    pub authn_instant: Timestamp,
    /// How, a URI.
    pub class_ref: String,
    /// Names the session.
    pub session_index: Option<String>,
    /// When the session ends.
    pub session_not_on_or_after: Option<Timestamp>,
    /// Who else took part.
    pub authenticating_authorities: Vec<String>,
    /// Name and values. A name with a colon is written as a URI, another as a plain name.
    pub attributes: Vec<(String, Vec<String>)>,
    /// More of them, with NameFormats of their own.
    pub formatted: Vec<FormattedAttribute>,
}

/// An attribute whose NameFormat does not follow from its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormattedAttribute {
    /// Its name.
    pub name: String,
    /// Its NameFormat.
    pub format: &'static str,
    /// Its values.
    pub values: Vec<String>,
}

/// With what something is signed.
#[derive(Debug, Clone, Copy)]
pub struct SignedWith<'a> {
    /// The algorithm.
    pub algorithm: SignatureAlgorithm,
    /// The certificate that is shown in KeyInfo; nobody should trust it from there.
    pub certificate: Option<&'a Certificate>,
}

impl AssertionDescription {
    /// The assertion with the place for its signature. [`ToSign::finish`] gives the signed element,
    /// which goes into a Response.
    ///
    /// # Errors
    /// [`WriteError`] where a value holds a character that XML cannot carry.
    pub fn to_sign(&self, with: SignedWith<'_>) -> Result<ToSign, WriteError> {
        ToSign::new(self.writer().finish_halves()?, &self.id, with.algorithm, with.certificate)
    }

    /// The assertion without a signature, for a Response that is signed as a whole.
    ///
    /// # Errors
    /// As [`to_sign`](Self::to_sign).
    pub fn unsigned(&self) -> Result<String, WriteError> {
        self.writer().finish()
    }

    fn writer(&self) -> XmlWriter {
        let mut writer = XmlWriter::new();
        writer.start(assertion("Assertion")).attribute("ID", &self.id).attribute("Version", "2.0");
        writer.attribute("IssueInstant", &self.issue_instant.to_rfc3339());
        writer.leaf(assertion("Issuer"), &self.issuer);
        writer.signature_here();
        self.write_subject(&mut writer);
        self.write_conditions(&mut writer);
        self.write_authn_statement(&mut writer);
        self.write_attributes(&mut writer);
        writer.end();
        writer
    }

    fn write_subject(&self, writer: &mut XmlWriter) {
        let name_id = &self.subject;
        writer.start(assertion("Subject")).start(assertion("NameID"));
        writer.optional_attribute("Format", name_id.format.as_deref());
        writer.optional_attribute("NameQualifier", name_id.name_qualifier.as_deref());
        writer.optional_attribute("SPNameQualifier", name_id.sp_name_qualifier.as_deref());
        writer.text(&name_id.value).end();
        writer.start(assertion("SubjectConfirmation")).attribute("Method", METHOD_BEARER);
        writer.start(assertion("SubjectConfirmationData"));
        writer.attribute("NotOnOrAfter", &self.not_on_or_after.to_rfc3339());
        writer.attribute("Recipient", &self.recipient);
        writer.optional_attribute("InResponseTo", self.in_response_to.as_deref());
        writer.end().end().end();
    }

    fn write_conditions(&self, writer: &mut XmlWriter) {
        writer.start(assertion("Conditions")).attribute("NotBefore", &self.issue_instant.to_rfc3339());
        writer.attribute("NotOnOrAfter", &self.not_on_or_after.to_rfc3339());
        writer.start(assertion("AudienceRestriction")).leaf(assertion("Audience"), &self.audience).end().end();
    }

    fn write_authn_statement(&self, writer: &mut XmlWriter) {
        let session_end = self.session_not_on_or_after.map(Timestamp::to_rfc3339);
        writer.start(assertion("AuthnStatement")).attribute("AuthnInstant", &self.authn_instant.to_rfc3339());
        writer.optional_attribute("SessionIndex", self.session_index.as_deref());
        writer.optional_attribute("SessionNotOnOrAfter", session_end.as_deref());
        writer.start(assertion("AuthnContext")).leaf(assertion("AuthnContextClassRef"), &self.class_ref);
        for authority in &self.authenticating_authorities {
            writer.leaf(assertion("AuthenticatingAuthority"), authority);
        }
        writer.end().end();
    }

    fn write_attributes(&self, writer: &mut XmlWriter) {
        if self.attributes.is_empty() && self.formatted.is_empty() {
            return;
        }
        writer.start(assertion("AttributeStatement"));
        let by_name = self.attributes.iter().map(|(name, values)| (name, format_of(name), values));
        let by_itself = self.formatted.iter().map(|attribute| (&attribute.name, attribute.format, &attribute.values));
        for (name, format, values) in by_name.chain(by_itself) {
            writer.start(assertion("Attribute")).attribute("Name", name).attribute("NameFormat", format);
            for value in values {
                writer.leaf(assertion("AttributeValue"), value);
            }
            writer.end();
        }
        writer.end();
    }
}

/// The NameFormat that a name has by itself.
fn format_of(name: &str) -> &'static str {
    if name.contains(':') { NAME_FORMAT_URI } else { NAME_FORMAT_BASIC }
}

impl ResponseDescription {
    /// The Response with the place for its signature, around an assertion that
    /// [`AssertionDescription`] wrote, signed or not, or its [`EncryptedAssertion`](super::encrypted_assertion); an error answer
    /// has none.
    ///
    /// # Errors
    /// [`WriteError`] where a value holds a character that XML cannot carry.
    pub fn to_sign(&self, assertion: Option<&str>, with: SignedWith<'_>) -> Result<ToSign, WriteError> {
        ToSign::new(self.writer(assertion).finish_halves()?, &self.id, with.algorithm, with.certificate)
    }

    /// The Response without a signature of its own.
    ///
    /// # Errors
    /// As [`to_sign`](Self::to_sign).
    pub fn unsigned(&self, assertion: Option<&str>) -> Result<String, WriteError> {
        self.writer(assertion).finish()
    }

    fn writer(&self, whole_assertion: Option<&str>) -> XmlWriter {
        let mut writer = XmlWriter::new();
        writer.start(protocol("Response")).attribute("ID", &self.id).attribute("Version", "2.0");
        writer.attribute("IssueInstant", &self.issue_instant.to_rfc3339());
        writer.attribute("Destination", &self.destination);
        writer.optional_attribute("InResponseTo", self.in_response_to.as_deref());
        writer.leaf(assertion("Issuer"), &self.issuer);
        writer.signature_here();
        writer.start(protocol("Status")).start(protocol("StatusCode")).attribute("Value", &self.status.top);
        if let Some(second) = &self.status.second {
            writer.start(protocol("StatusCode")).attribute("Value", second).end();
        }
        writer.end();
        if let Some(message) = &self.status.message {
            writer.leaf(protocol("StatusMessage"), message);
        }
        writer.end();
        if let Some(text) = whole_assertion {
            writer.element(text);
        }
        writer.end();
        writer
    }
}

const fn protocol(local: &'static str) -> Name {
    Name::new("samlp", PROTOCOL, local)
}

const fn assertion(local: &'static str) -> Name {
    Name::new("saml", ASSERTION, local)
}

#[cfg(test)]
mod tests;

//! Reading an AuthnRequest, as an identity provider does: small, and tolerant of what it does not
//! know. Whether it is signed is a matter of the binding.

use super::{Comparison, Wish};
use crate::base::clock::Timestamp;
use crate::saml::messages::structure::{
    MAX_VALUE, StructureError, attribute, required, required_time, short_text, truth, uri_text,
};
use crate::saml::names::{ASSERTION, PROTOCOL};
use crate::xmlsig::dom::Document;
use crate::xmlsig::limits::Limits;
use crate::xmlsig::xml_error::XmlError;

/// Why a document is no AuthnRequest that can be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthnRequestError {
    /// No document within the limits.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// Not built as the schema has it.
    #[error(transparent)]
    Structure(#[from] StructureError),
    /// Another root, or another version.
    #[error("not an AuthnRequest of SAML 2.0")]
    NotAuthnRequest,
}

/// What an AuthnRequest asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedAuthn {
    /// The message's ID.
    pub id: String,
    /// When it was written.
    pub issue_instant: Timestamp,
    /// Whereto it was sent.
    pub destination: Option<String>,
    /// Where the answer should go; to be held against the asker's metadata.
    pub acs: Option<String>,
    /// How the answer should travel.
    pub protocol_binding: Option<String>,
    /// Who asks.
    pub issuer: String,
    /// Whether the person must sign in anew.
    pub force_authn: Wish,
    /// Whether nothing may be shown.
    pub passive: Wish,
    /// The format of identifier that is asked for.
    pub name_id_format: Option<String>,
    /// The authentication context classes that are asked for.
    pub classes: Vec<String>,
    /// How they are compared: `exact` where nothing else is said.
    pub comparison: Option<Comparison>,
}

/// Reads an AuthnRequest.
///
/// # Errors
/// [`AuthnRequestError`].
pub fn read(xml: &[u8]) -> Result<AskedAuthn, AuthnRequestError> {
    const NAME: &str = "AuthnRequest";
    let document = Document::parse(xml, &Limits::MESSAGE)?;
    let root = document.root();
    if !root.is(PROTOCOL, NAME) || root.attribute("Version") != Some("2.0") {
        return Err(AuthnRequestError::NotAuthnRequest);
    }
    let issuer =
        root.child(ASSERTION, "Issuer")?.ok_or(StructureError::ElementMissing { parent: NAME, child: "Issuer" })?;
    let policy = root.child(PROTOCOL, "NameIDPolicy")?;
    let context = root.child(PROTOCOL, "RequestedAuthnContext")?;
    let classes = context.iter().flat_map(|context| context.children_named(ASSERTION, "AuthnContextClassRef"));
    let comparison = context.and_then(|context| context.attribute("Comparison")).unwrap_or("exact");
    let wish = |name| {
        Ok::<_, StructureError>(if truth(root, NAME, name)? == Some(true) { Wish::Asked } else { Wish::NotAsked })
    };
    Ok(AskedAuthn {
        id: required(root, NAME, "ID")?,
        issue_instant: required_time(root, NAME, "IssueInstant")?,
        destination: attribute(root, NAME, "Destination")?,
        acs: attribute(root, NAME, "AssertionConsumerServiceURL")?,
        protocol_binding: attribute(root, NAME, "ProtocolBinding")?,
        issuer: short_text(issuer, "Issuer")?,
        force_authn: wish("ForceAuthn")?,
        passive: wish("IsPassive")?,
        name_id_format: policy
            .and_then(|policy| policy.attribute("Format"))
            .filter(|format| format.len() <= MAX_VALUE)
            .map(str::to_owned),
        classes: classes.map(|class| uri_text(class, "AuthnContextClassRef")).collect::<Result<_, _>>()?,
        comparison: Comparison::ALL.into_iter().find(|known| known.as_str() == comparison),
    })
}

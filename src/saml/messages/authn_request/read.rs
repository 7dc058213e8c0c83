//! Reading an AuthnRequest, as an identity provider does: in the order of the schema, bounded in
//! everything that is kept. Whether it is signed is a matter of the binding.

use super::{Comparison, Wish};
use crate::base::clock::Timestamp;
use crate::saml::messages::name_id::NameId;
use crate::saml::messages::structure::{Children, StructureError, attribute, required, required_time, truth, uri_text};
use crate::saml::names::{ASSERTION, PROTOCOL};
use crate::xmlsig::dom::{Document, Element};
use crate::xmlsig::limits::Limits;
use crate::xmlsig::names::DSIG;
use crate::xmlsig::xml_error::XmlError;

const NAME: &str = "AuthnRequest";
/// The most authentication context classes that one request may name.
pub const MAX_CLASSES: usize = 16;
/// The most identity providers that one request may name.
pub const MAX_IDPS: usize = 32;
/// The most requesters that one request may name.
pub const MAX_REQUESTERS: usize = 16;

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

impl AuthnRequestError {
    /// The stable, fine name.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Xml(error) => error.cause(),
            Self::Structure(error) => error.cause(),
            Self::NotAuthnRequest => "message_not_an_authn_request",
        }
    }
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
    /// The same by its index in the asker's metadata.
    pub acs_index: Option<u16>,
    /// How the answer should travel.
    pub protocol_binding: Option<String>,
    /// Who asks.
    pub issuer: String,
    /// The format of the asker's name.
    pub issuer_format: Option<String>,
    /// Of whom an answer is wanted.
    pub subject: AskedSubject,
    /// Whether the person must sign in anew.
    pub force_authn: Wish,
    /// Whether nothing may be shown.
    pub passive: Wish,
    /// The format of identifier that is asked for.
    pub name_id_format: Option<String>,
    /// For whom the identifier should be, where not for the asker.
    pub sp_name_qualifier: Option<String>,
    /// The authentication context classes that are asked for.
    pub classes: Vec<String>,
    /// How they are compared: `exact` where nothing else is said, nothing where the word is unknown.
    pub comparison: Option<Comparison>,
    /// Whether declarations of authentication contexts are asked for.
    pub declarations: Wish,
    /// Whom else the request may be passed on to.
    pub scoping: Scoping,
}

/// Of whom an answer is wanted (SAML Core 3.4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedSubject {
    /// Of whoever signs in.
    Anyone,
    /// Of this person.
    Named(NameId),
    /// In a way that is not understood here: encrypted, of another kind, or with a confirmation.
    Unsupported,
}

/// Whom else a request may be passed on to (SAML Core 3.4.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scoping {
    /// How often it may be passed on; no limit where absent.
    pub proxy_count: Option<u32>,
    /// The entity IDs of the identity providers that the asker takes; all where there are none.
    pub idps: Vec<String>,
    /// On whose behalf it is asked, as the asker says.
    pub requesters: Vec<String>,
}

/// Reads an AuthnRequest.
///
/// # Errors
/// [`AuthnRequestError`].
pub fn read(xml: &[u8]) -> Result<AskedAuthn, AuthnRequestError> {
    read_element(Document::parse(xml, &Limits::MESSAGE)?.root())
}

/// As [`read`], of an element that is parsed already.
///
/// # Errors
/// [`AuthnRequestError`], [`AuthnRequestError::Xml`] excepted.
pub fn read_element(root: Element<'_, '_>) -> Result<AskedAuthn, AuthnRequestError> {
    if !root.is(PROTOCOL, NAME) || root.attribute("Version") != Some("2.0") {
        return Err(AuthnRequestError::NotAuthnRequest);
    }
    let mut children = Children::of(root, NAME);
    let issuer = children.one(ASSERTION, "Issuer")?;
    children.maybe(DSIG, "Signature");
    children.maybe(PROTOCOL, "Extensions");
    let subject = children.maybe(ASSERTION, "Subject");
    let policy = children.maybe(PROTOCOL, "NameIDPolicy");
    // What the asker would have in the conditions binds nobody (SAML Core 3.4.1); ours are our own.
    children.maybe(ASSERTION, "Conditions");
    let context = children.maybe(PROTOCOL, "RequestedAuthnContext");
    let scoping = children.maybe(PROTOCOL, "Scoping");
    children.end()?;
    let of_policy = |name| policy.map_or(Ok(None), |policy| attribute(policy, "NameIDPolicy", name));
    let context = context.map(read_context).transpose()?;
    let (comparison, classes, declarations) = context.unwrap_or((Some(Comparison::Exact), Vec::new(), Wish::NotAsked));
    let issuer = NameId::read(issuer, "Issuer")?;
    Ok(AskedAuthn {
        id: required(root, NAME, "ID")?,
        issue_instant: required_time(root, NAME, "IssueInstant")?,
        destination: attribute(root, NAME, "Destination")?,
        acs: attribute(root, NAME, "AssertionConsumerServiceURL")?,
        acs_index: number(root, NAME, "AssertionConsumerServiceIndex")?,
        protocol_binding: attribute(root, NAME, "ProtocolBinding")?,
        issuer: issuer.value,
        issuer_format: issuer.format,
        subject: subject.map_or(Ok(AskedSubject::Anyone), read_subject)?,
        force_authn: wish(root, "ForceAuthn")?,
        passive: wish(root, "IsPassive")?,
        name_id_format: of_policy("Format")?,
        sp_name_qualifier: of_policy("SPNameQualifier")?,
        classes,
        comparison,
        declarations,
        scoping: scoping.map_or_else(|| Ok(Scoping::default()), read_scoping)?,
    })
}

fn wish(element: Element<'_, '_>, name: &'static str) -> Result<Wish, StructureError> {
    Ok(if truth(element, NAME, name)? == Some(true) { Wish::Asked } else { Wish::NotAsked })
}

fn number<N: std::str::FromStr>(
    element: Element<'_, '_>,
    name: &'static str,
    attribute_name: &'static str,
) -> Result<Option<N>, StructureError> {
    let malformed = || StructureError::ValueMalformed { element: name, attribute: attribute_name };
    let Some(text) = element.attribute(attribute_name) else { return Ok(None) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed());
    }
    text.parse().map(Some).map_err(|_| malformed())
}

fn read_subject(subject: Element<'_, '_>) -> Result<AskedSubject, StructureError> {
    let mut children = Children::of(subject, "Subject");
    let name_id = children.maybe(ASSERTION, "NameID");
    Ok(match (name_id, children.end()) {
        (Some(name_id), Ok(())) => AskedSubject::Named(NameId::read(name_id, "NameID")?),
        _ => AskedSubject::Unsupported,
    })
}

type Context = (Option<Comparison>, Vec<String>, Wish);

fn read_context(context: Element<'_, '_>) -> Result<Context, StructureError> {
    const NAME: &str = "RequestedAuthnContext";
    let mut children = Children::of(context, NAME);
    let classes = children.many(ASSERTION, "AuthnContextClassRef");
    let declarations = children.many(ASSERTION, "AuthnContextDeclRef");
    children.end()?;
    if classes.is_empty() == declarations.is_empty() {
        return Err(StructureError::ElementMissing { parent: NAME, child: "AuthnContextClassRef" });
    }
    if classes.len() > MAX_CLASSES {
        return Err(StructureError::ValueTooLong { element: NAME });
    }
    let word = context.attribute("Comparison").unwrap_or("exact");
    let comparison = Comparison::ALL.into_iter().find(|known| known.as_str() == word);
    let declarations = if declarations.is_empty() { Wish::NotAsked } else { Wish::Asked };
    let classes = classes.into_iter().map(|class| uri_text(class, "AuthnContextClassRef"));
    Ok((comparison, classes.collect::<Result<_, _>>()?, declarations))
}

fn read_scoping(scoping: Element<'_, '_>) -> Result<Scoping, StructureError> {
    const NAME: &str = "Scoping";
    let mut children = Children::of(scoping, NAME);
    let list = children.maybe(PROTOCOL, "IDPList");
    let requesters = children.many(PROTOCOL, "RequesterID");
    children.end()?;
    if requesters.len() > MAX_REQUESTERS {
        return Err(StructureError::ValueTooLong { element: NAME });
    }
    let requesters = requesters.into_iter().map(|requester| uri_text(requester, "RequesterID"));
    let mut idps = Vec::new();
    if let Some(list) = list {
        let mut children = Children::of(list, "IDPList");
        let entries = children.many(PROTOCOL, "IDPEntry");
        // A longer list elsewhere is not fetched: what stands here is all that is taken.
        children.maybe(PROTOCOL, "GetComplete");
        children.end()?;
        if entries.is_empty() || entries.len() > MAX_IDPS {
            return Err(StructureError::ElementUnexpected { parent: "IDPList" });
        }
        let names = entries.into_iter().map(|entry| required(entry, "IDPEntry", "ProviderID"));
        idps = names.collect::<Result<_, _>>()?;
    }
    Ok(Scoping {
        proxy_count: number(scoping, NAME, "ProxyCount")?,
        idps,
        requesters: requesters.collect::<Result<_, _>>()?,
    })
}

//! How and when the person signed in at the partner.
//!
//! # Source
//! SAML Core 2.7.2.

use super::structure::{Children, StructureError, attribute, required_time, time, uri_text};
use crate::base::clock::Timestamp;
use crate::saml::names::ASSERTION;
use crate::xmlsig::dom::Element;

/// The most authorities that are kept; each is one hop of a chain.
pub const MAX_AUTHORITIES: usize = 8;

/// One authentication statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthnStatement {
    /// When the person signed in.
    pub authn_instant: Timestamp,
    /// Names the session at the partner.
    pub session_index: Option<String>,
    /// When the session at the partner ends.
    pub session_not_on_or_after: Option<Timestamp>,
    /// How the person signed in, a URI.
    pub class_ref: Option<String>,
    /// Who else took part, at most [`MAX_AUTHORITIES`].
    pub authenticating_authorities: Vec<String>,
}

impl AuthnStatement {
    /// Reads an AuthnStatement element.
    ///
    /// # Errors
    /// [`StructureError`].
    pub fn read(element: Element<'_, '_>) -> Result<Self, StructureError> {
        const NAME: &str = "AuthnStatement";
        let mut children = Children::of(element, NAME);
        children.maybe(ASSERTION, "SubjectLocality");
        let context = children.one(ASSERTION, "AuthnContext")?;
        children.end()?;
        let mut within = Children::of(context, "AuthnContext");
        let class_ref = within.maybe(ASSERTION, "AuthnContextClassRef");
        if within.maybe(ASSERTION, "AuthnContextDecl").is_none() {
            within.maybe(ASSERTION, "AuthnContextDeclRef");
        }
        let authorities = within.many(ASSERTION, "AuthenticatingAuthority");
        within.end()?;
        if authorities.len() > MAX_AUTHORITIES {
            return Err(StructureError::ElementUnexpected { parent: "AuthnContext" });
        }
        Ok(Self {
            authn_instant: required_time(element, NAME, "AuthnInstant")?,
            session_index: attribute(element, NAME, "SessionIndex")?,
            session_not_on_or_after: time(element, NAME, "SessionNotOnOrAfter")?,
            class_ref: class_ref.map(|class| uri_text(class, "AuthnContextClassRef")).transpose()?,
            authenticating_authorities: authorities
                .into_iter()
                .map(|authority| uri_text(authority, "AuthenticatingAuthority"))
                .collect::<Result<_, _>>()?,
        })
    }
}

//! The AuthnRequest: what we ask a partner, written; and read, for those who answer one.
//!
//! # Source
//! SAML Core 3.4.1, SAML Profiles 4.1.4.1.

pub mod read;

use self::read::Scoping;
use crate::base::clock::Timestamp;
use crate::saml::names::{ASSERTION, BINDING_POST, EntityId, PROTOCOL};
use crate::xmlsig::write::{Name, WriteError, XmlWriter};

/// Whether something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// It is; the attribute is written.
    Asked,
    /// It is not; the attribute is left out, which means the same as false.
    NotAsked,
}

/// How the classes of a [`RequestedAuthnContext`] are compared (SAML Core 3.3.2.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// One of the classes.
    Exact,
    /// At least as strong as one of them.
    Minimum,
    /// As strong as can be, but no stronger than one of them. We never ask so of partners; apps do of us.
    Maximum,
    /// Stronger than all of them.
    Better,
}

impl Comparison {
    /// Every value.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Minimum, Self::Maximum, Self::Better];

    /// The value of the attribute.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Better => "better",
        }
    }
}

/// The authentication context that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedAuthnContext {
    /// How the classes are compared.
    pub comparison: Comparison,
    /// The classes, the preferred first.
    pub classes: Vec<String>,
}

/// What is asked of the identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameIdPolicy {
    /// The format, a URI.
    pub format: Option<String>,
    /// Whether the partner may make a new identifier.
    pub allow_create: Wish,
}

/// A request to sign a person in. The optional parts are left out unless the partner's record names
/// them: each is a reason for some identity provider to refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthnRequest<'a> {
    /// `_` and 128 random bits in hex.
    pub id: &'a str,
    /// When it is written.
    pub issue_instant: Timestamp,
    /// The partner's SSO location.
    pub destination: &'a str,
    /// Our assertion consumer service.
    pub acs: &'a str,
    /// Our entity ID.
    pub issuer: &'a EntityId,
    /// Whether the person must sign in anew.
    pub force_authn: Wish,
    /// Whether the partner must not show anything.
    pub passive: Wish,
    /// What is asked of the identifier, where configured.
    pub name_id_policy: Option<&'a NameIdPolicy>,
    /// What is asked of the authentication, where configured or asked for.
    pub requested_authn_context: Option<&'a RequestedAuthnContext>,
    /// Whom the partner may pass it on to, where it is itself passed on.
    pub scoping: Option<&'a Scoping>,
}

impl AuthnRequest<'_> {
    /// Writes the message. It carries no signature: the Redirect binding signs the query string.
    ///
    /// # Errors
    /// [`WriteError`] where a value holds a character that XML cannot carry.
    pub fn write(&self) -> Result<String, WriteError> {
        let mut writer = XmlWriter::new();
        writer.start(protocol("AuthnRequest"));
        writer.attribute("ID", self.id).attribute("Version", "2.0");
        writer.attribute("IssueInstant", &self.issue_instant.to_rfc3339());
        writer.attribute("Destination", self.destination);
        writer.attribute("AssertionConsumerServiceURL", self.acs).attribute("ProtocolBinding", BINDING_POST);
        writer.optional_attribute("ForceAuthn", asked(self.force_authn));
        writer.optional_attribute("IsPassive", asked(self.passive));
        writer.leaf(assertion("Issuer"), self.issuer.as_str());
        if let Some(policy) = self.name_id_policy {
            writer.start(protocol("NameIDPolicy")).optional_attribute("Format", policy.format.as_deref());
            writer.optional_attribute("AllowCreate", asked(policy.allow_create)).end();
        }
        if let Some(context) = self.requested_authn_context {
            let comparison = context.comparison.as_str();
            writer.start(protocol("RequestedAuthnContext")).attribute("Comparison", comparison);
            for class in &context.classes {
                writer.leaf(assertion("AuthnContextClassRef"), class);
            }
            writer.end();
        }
        if let Some(scoping) = self.scoping {
            write_scoping(&mut writer, scoping);
        }
        writer.end();
        writer.finish()
    }
}

fn write_scoping(writer: &mut XmlWriter, scoping: &Scoping) {
    let count = scoping.proxy_count.map(|count| count.to_string());
    writer.start(protocol("Scoping")).optional_attribute("ProxyCount", count.as_deref());
    if !scoping.idps.is_empty() {
        writer.start(protocol("IDPList"));
        for idp in &scoping.idps {
            writer.start(protocol("IDPEntry")).attribute("ProviderID", idp).end();
        }
        writer.end();
    }
    for requester in &scoping.requesters {
        writer.leaf(protocol("RequesterID"), requester);
    }
    writer.end();
}

fn asked(wish: Wish) -> Option<&'static str> {
    match wish {
        Wish::Asked => Some("true"),
        Wish::NotAsked => None,
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

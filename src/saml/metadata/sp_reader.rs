//! Reading an app's metadata: one service provider, alone or in an aggregate.
//!
//! Tolerant of what does not concern us: other roles, extensions, attributes of others. Single logout
//! is not read.
//!
//! # Source
//! SAML Metadata 2.4.4.

use std::time::Duration;

use super::acs::{Acs, assertion_consumer_services};
use super::encryption_keys::{EncryptionKey, encryption_keys};
use super::entity::{EntityRole, roles};
use super::fault::{MetadataFault, MetadataWarning};
use super::keys::{optional_signing_keys, signing_keys};
use super::locations::LoopbackHttp;
use super::signed::{Trusted, root_of};
use crate::base::clock::Timestamp;
use crate::base::trace::shorten;
use crate::keys::certificates::Certificate;
use crate::saml::names::EntityId;
use crate::xmlsig::dom::Document;
use crate::xmlsig::limits::Limits;

/// Whether an app's requests must be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestSigning {
    /// They must.
    Required,
    /// They may; a signature that is there must hold all the same.
    Optional,
}

/// Whether an app says that it needs something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It does.
    Yes,
    /// It says no, or nothing.
    Unsaid,
}

/// What an app's metadata says of its service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpDocument {
    /// Its name.
    pub entity_id: EntityId,
    /// Where it takes answers, at least one, in the order of the document.
    pub acs: Vec<Acs>,
    /// Its signing keys in the order of the document; none where it does not sign.
    pub signing_certificates: Vec<Certificate>,
    /// The keys to which it may be encrypted, in the order of the document.
    pub encryption_keys: Vec<EncryptionKey>,
    /// Whether it says that it signs its requests.
    pub requests: RequestSigning,
    /// Whether it wants assertions signed.
    pub signed_assertions: Wanted,
    /// The formats of identifiers that it takes.
    pub name_id_formats: Vec<String>,
    /// Until when the document may be used.
    pub valid_until: Option<Timestamp>,
    /// How soon the document should be fetched anew.
    pub cache_duration: Option<Duration>,
    /// When the document was made, where it says so.
    pub published_at: Option<Timestamp>,
    /// What was left out or needs attention.
    pub warnings: Vec<MetadataWarning>,
}

/// Reads a document that is believed by its place, which must hold exactly one service provider.
///
/// # Errors
/// [`MetadataFault`]; [`MetadataFault::NoSigningKey`] only where the app says that it signs its requests.
pub fn read(xml: &[u8], loopback: LoopbackHttp, now: Timestamp) -> Result<SpDocument, MetadataFault> {
    read_trusted(xml, Trusted::ByItsPlace, loopback, now)
}

/// As [`read`], of a document that is believed as `trusted` says.
///
/// # Errors
/// [`MetadataFault`].
pub fn read_trusted(
    xml: &[u8],
    trusted: Trusted<'_>,
    loopback: LoopbackHttp,
    now: Timestamp,
) -> Result<SpDocument, MetadataFault> {
    let document = Document::parse(xml, &Limits::METADATA)?;
    match roles(root_of(&document, trusted)?, "SPSSODescriptor", None)?.as_slice() {
        [] => Err(MetadataFault::NoSp),
        [one] => read_role(one, loopback, now),
        several => Err(MetadataFault::SeveralSps { found: several.len() }),
    }
}

fn read_role(entity: &EntityRole<'_, '_>, loopback: LoopbackHttp, now: Timestamp) -> Result<SpDocument, MetadataFault> {
    let lifetime = entity.lifetime(now)?;
    let role = entity.role;
    let says = |attribute: &'static str| match role.attribute(attribute) {
        Some("true" | "1") => Ok(Wanted::Yes),
        None | Some("false" | "0") => Ok(Wanted::Unsaid),
        Some(other) => Err(MetadataFault::Malformed { attribute, found: shorten(other.to_owned()) }),
    };
    let mut warnings = Vec::new();
    let (requests, signing_certificates) = match says("AuthnRequestsSigned")? {
        Wanted::Yes => (RequestSigning::Required, signing_keys(role, now, &mut warnings)?),
        Wanted::Unsaid => (RequestSigning::Optional, optional_signing_keys(role, now, &mut warnings)),
    };
    Ok(SpDocument {
        entity_id: entity.entity_id()?,
        acs: assertion_consumer_services(role, loopback, &mut warnings)?,
        signing_certificates,
        encryption_keys: encryption_keys(role),
        requests,
        signed_assertions: says("WantAssertionsSigned")?,
        name_id_formats: entity.name_id_formats(),
        valid_until: lifetime.valid_until,
        cache_duration: lifetime.cache_duration,
        published_at: entity.published_at,
        warnings,
    })
}

#[cfg(test)]
mod tests;

//! Reading a partner's metadata: one identity provider, alone or in an aggregate.
//!
//! Tolerant of what does not concern us: other roles, extensions, comments, attributes of others.
//! Single logout is not read.
//!
//! # Source
//! SAML Metadata 2.3, 2.4.

use std::time::Duration;

use super::entity::{EntityRole, roles};
use super::fault::{MetadataFault, MetadataWarning};
use super::keys::signing_keys;
use super::locations::{LoopbackHttp, SsoBinding, SsoLocation, sso_locations};
use super::signed::{Trusted, root_of};
use crate::base::clock::Timestamp;
use crate::keys::certificates::Certificate;
use crate::saml::names::EntityId;
use crate::xmlsig::dom::Document;
use crate::xmlsig::limits::Limits;

/// What a partner's metadata says of its identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdpMetadata {
    /// Its name.
    pub entity_id: EntityId,
    /// Its signing keys, at least one, in the order of the document.
    pub signing_certificates: Vec<Certificate>,
    /// Where it takes requests, at least one, in the order of the document.
    pub sso_locations: Vec<SsoLocation>,
    /// Whether it wants requests signed; ours always are.
    pub wants_signed_requests: bool,
    /// The formats of identifiers that it offers.
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

impl IdpMetadata {
    /// The first location of a binding.
    #[must_use]
    pub fn location(&self, binding: SsoBinding) -> Option<&str> {
        self.sso_locations.iter().find(|sso| sso.binding == binding).map(|sso| sso.location.as_str())
    }
}

/// Reads a document that is believed by its place. `wanted` names the entity where the administrator has; without it the document
/// must hold exactly one identity provider.
///
/// # Errors
/// [`MetadataFault`].
pub fn read(
    xml: &[u8],
    wanted: Option<&EntityId>,
    loopback: LoopbackHttp,
    now: Timestamp,
) -> Result<IdpMetadata, MetadataFault> {
    read_trusted(xml, Trusted::ByItsPlace, wanted, loopback, now)
}

/// As [`read`], of a document that is believed as `trusted` says.
///
/// # Errors
/// [`MetadataFault`].
pub fn read_trusted(
    xml: &[u8],
    trusted: Trusted<'_>,
    wanted: Option<&EntityId>,
    loopback: LoopbackHttp,
    now: Timestamp,
) -> Result<IdpMetadata, MetadataFault> {
    let document = Document::parse(xml, &Limits::METADATA)?;
    let found = roles(root_of(&document, trusted)?, "IDPSSODescriptor", wanted)?;
    match found.as_slice() {
        [] => Err(MetadataFault::NoIdp { wanted: wanted.map(|id| id.as_str().to_owned()) }),
        [one] => read_role(one, loopback, now),
        several => Err(MetadataFault::SeveralIdps { found: several.len() }),
    }
}

fn read_role(
    entity: &EntityRole<'_, '_>,
    loopback: LoopbackHttp,
    now: Timestamp,
) -> Result<IdpMetadata, MetadataFault> {
    let lifetime = entity.lifetime(now)?;
    let role = entity.role;
    let mut warnings = Vec::new();
    let signing_certificates = signing_keys(role, now, &mut warnings)?;
    let sso_locations = sso_locations(role, loopback, &mut warnings);
    if sso_locations.is_empty() {
        return Err(MetadataFault::NoSsoLocation);
    }
    let wants = role.attribute("WantAuthnRequestsSigned").unwrap_or_default();
    Ok(IdpMetadata {
        entity_id: entity.entity_id()?,
        signing_certificates,
        sso_locations,
        wants_signed_requests: matches!(wants, "true" | "1"),
        name_id_formats: entity.name_id_formats(),
        valid_until: lifetime.valid_until,
        cache_duration: lifetime.cache_duration,
        published_at: entity.published_at,
        warnings,
    })
}

#[cfg(test)]
mod tests;

//! Reading a partner's metadata: one identity provider, alone or in an aggregate.
//!
//! Tolerant of what does not concern us: other roles, extensions, comments, attributes of others.
//! Single logout is not read.
//!
//! # Source
//! SAML Metadata 2.3, 2.4.

use std::time::Duration;

use super::duration;
use super::fault::{MetadataFault, MetadataWarning};
use super::keys::signing_keys;
use super::locations::{LoopbackHttp, SsoBinding, SsoLocation, sso_locations};
use crate::base::clock::Timestamp;
use crate::base::trace::shorten;
use crate::keys::certificates::Certificate;
use crate::saml::names::{EntityId, METADATA, PROTOCOL};
use crate::xmlsig::dom::{Document, Element};
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

/// Reads a document. `wanted` names the entity where the administrator has; without it the document
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
    let document = Document::parse(xml, &Limits::METADATA)?;
    let root = document.root();
    let mut found = Vec::new();
    if root.is(METADATA, "EntityDescriptor") || root.is(METADATA, "EntitiesDescriptor") {
        collect(root, wanted, Lifetime::default(), &mut found)?;
    } else {
        return Err(MetadataFault::Root { found: shorten(root.name().to_owned()) });
    }
    match found.as_slice() {
        [] => Err(MetadataFault::NoIdp { wanted: wanted.map(|id| id.as_str().to_owned()) }),
        [one] => one.read(loopback, now),
        several => Err(MetadataFault::SeveralIdps { found: several.len() }),
    }
}

/// How long a document may be used and kept: the least of what stands around an entity.
#[derive(Debug, Clone, Copy, Default)]
struct Lifetime {
    valid_until: Option<Timestamp>,
    cache_duration: Option<Duration>,
}

impl Lifetime {
    fn narrowed_by(self, element: Element<'_, '_>) -> Result<Self, MetadataFault> {
        let malformed = |attribute, text: &str| MetadataFault::Malformed { attribute, found: shorten(text.to_owned()) };
        let until = element
            .attribute("validUntil")
            .map(|text| Timestamp::parse(text.trim()).map_err(|_| malformed("validUntil", text)))
            .transpose()?;
        let cache = element
            .attribute("cacheDuration")
            .map(|text| duration::parse(text.trim()).ok_or_else(|| malformed("cacheDuration", text)))
            .transpose()?;
        Ok(Self {
            valid_until: self.valid_until.into_iter().chain(until).min(),
            cache_duration: self.cache_duration.into_iter().chain(cache).min(),
        })
    }
}

/// An entity that matches, with its one role and the lifetime around it.
struct Match<'doc, 'input> {
    entity: Element<'doc, 'input>,
    role: Element<'doc, 'input>,
    around: Lifetime,
}

/// Collects the matching identity providers; the depth is bounded by the limits of the document.
fn collect<'doc, 'input>(
    element: Element<'doc, 'input>,
    wanted: Option<&EntityId>,
    around: Lifetime,
    found: &mut Vec<Match<'doc, 'input>>,
) -> Result<(), MetadataFault> {
    if element.is(METADATA, "EntityDescriptor") {
        let is_wanted = wanted.is_none_or(|id| element.attribute("entityID") == Some(id.as_str()));
        let roles = element.children_named(METADATA, "IDPSSODescriptor").filter(|role| speaks_saml_2(*role));
        found.extend(roles.filter(|_| is_wanted).map(|role| Match { entity: element, role, around }));
        return Ok(());
    }
    if !element.is(METADATA, "EntitiesDescriptor") {
        return Ok(());
    }
    let around = around.narrowed_by(element)?;
    element.children().try_for_each(|child| collect(child, wanted, around, found))
}

fn speaks_saml_2(role: Element<'_, '_>) -> bool {
    let protocols = role.attribute("protocolSupportEnumeration").unwrap_or_default();
    protocols.split_ascii_whitespace().any(|protocol| protocol == PROTOCOL)
}

impl Match<'_, '_> {
    fn read(&self, loopback: LoopbackHttp, now: Timestamp) -> Result<IdpMetadata, MetadataFault> {
        let entity_id = EntityId::parse(self.entity.attribute("entityID").unwrap_or_default())?;
        let lifetime = self.around.narrowed_by(self.entity)?.narrowed_by(self.role)?;
        if let Some(valid_until) = lifetime.valid_until.filter(|until| *until <= now) {
            return Err(MetadataFault::Expired { valid_until });
        }
        let mut warnings = Vec::new();
        let signing_certificates = signing_keys(self.role, now, &mut warnings)?;
        let sso_locations = sso_locations(self.role, loopback, &mut warnings);
        if sso_locations.is_empty() {
            return Err(MetadataFault::NoSsoLocation);
        }
        let wants = self.role.attribute("WantAuthnRequestsSigned").unwrap_or_default();
        let formats = self.role.children_named(METADATA, "NameIDFormat").filter_map(|format| format.text());
        Ok(IdpMetadata {
            entity_id,
            signing_certificates,
            sso_locations,
            wants_signed_requests: matches!(wants, "true" | "1"),
            name_id_formats: formats.map(|format| shorten(format.trim().to_owned())).take(32).collect(),
            valid_until: lifetime.valid_until,
            cache_duration: lifetime.cache_duration,
            warnings,
        })
    }
}

#[cfg(test)]
mod tests;

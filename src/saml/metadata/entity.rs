//! Entities in a metadata document, alone or in an aggregate, with the lifetime around them.
//!
//! # Source
//! SAML Metadata 2.3.

use std::time::Duration;

use super::duration;
use super::fault::MetadataFault;
use crate::base::clock::Timestamp;
use crate::base::trace::shorten;
use crate::saml::names::{EntityId, METADATA, PROTOCOL};
use crate::xmlsig::dom::Element;

/// The namespace of registration and publication information.
const PUBLICATION: &str = "urn:oasis:names:tc:SAML:metadata:rpi";
/// The most formats of identifiers that are kept of a role.
const MAX_FORMATS: usize = 32;

/// The SAML 2.0 roles of this name in a document, those of the entity that is `wanted` where one is.
///
/// # Errors
/// [`MetadataFault::Root`], and [`MetadataFault::Malformed`] for a lifetime around an entity.
pub(super) fn roles<'doc, 'input>(
    root: Element<'doc, 'input>,
    role_name: &str,
    wanted: Option<&EntityId>,
) -> Result<Vec<EntityRole<'doc, 'input>>, MetadataFault> {
    let mut found = Vec::new();
    if root.is(METADATA, "EntityDescriptor") || root.is(METADATA, "EntitiesDescriptor") {
        collect(root, role_name, wanted, (Lifetime::default(), None), &mut found)?;
        Ok(found)
    } else {
        Err(MetadataFault::Root { found: shorten(root.name().to_owned()) })
    }
}

/// How long a document may be used and kept: the least of what stands around an entity.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lifetime {
    /// Until when it may be used.
    pub(super) valid_until: Option<Timestamp>,
    /// How soon it should be fetched anew.
    pub(super) cache_duration: Option<Duration>,
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
pub(super) struct EntityRole<'doc, 'input> {
    entity: Element<'doc, 'input>,
    /// The role's descriptor.
    pub(super) role: Element<'doc, 'input>,
    around: Lifetime,
    /// When it was published, by the nearest element that says so.
    pub(super) published_at: Option<Timestamp>,
}

/// Collects the matching roles; the depth is bounded by the limits of the document.
fn collect<'doc, 'input>(
    element: Element<'doc, 'input>,
    role_name: &str,
    wanted: Option<&EntityId>,
    (around, published_at): (Lifetime, Option<Timestamp>),
    found: &mut Vec<EntityRole<'doc, 'input>>,
) -> Result<(), MetadataFault> {
    let published_at = publication(element).or(published_at);
    if element.is(METADATA, "EntityDescriptor") {
        let is_wanted = wanted.is_none_or(|id| element.attribute("entityID") == Some(id.as_str()));
        let roles = element.children_named(METADATA, role_name).filter(|role| speaks_saml_2(*role));
        found.extend(roles.filter(|_| is_wanted).map(|role| EntityRole {
            entity: element,
            role,
            around,
            published_at,
        }));
        return Ok(());
    }
    if !element.is(METADATA, "EntitiesDescriptor") {
        return Ok(());
    }
    let around = around.narrowed_by(element)?;
    element.children().try_for_each(|child| collect(child, role_name, wanted, (around, published_at), found))
}

/// When an element was published (SAML Metadata Extensions for Registration and Publication Information
/// 2.3.1); what cannot be read says nothing.
fn publication(element: Element<'_, '_>) -> Option<Timestamp> {
    let extensions = element.children_named(METADATA, "Extensions");
    let instant = extensions
        .flat_map(|extensions| extensions.children_named(PUBLICATION, "PublicationInfo"))
        .find_map(|info| info.attribute("creationInstant"))?;
    Timestamp::parse(instant.trim()).ok()
}

fn speaks_saml_2(role: Element<'_, '_>) -> bool {
    let protocols = role.attribute("protocolSupportEnumeration").unwrap_or_default();
    protocols.split_ascii_whitespace().any(|protocol| protocol == PROTOCOL)
}

impl EntityRole<'_, '_> {
    /// The entity's name.
    pub(super) fn entity_id(&self) -> Result<EntityId, MetadataFault> {
        Ok(EntityId::parse(self.entity.attribute("entityID").unwrap_or_default())?)
    }

    /// The lifetime of the role, which must not be over.
    pub(super) fn lifetime(&self, now: Timestamp) -> Result<Lifetime, MetadataFault> {
        let lifetime = self.around.narrowed_by(self.entity)?.narrowed_by(self.role)?;
        match lifetime.valid_until.filter(|until| *until <= now) {
            Some(valid_until) => Err(MetadataFault::Expired { valid_until }),
            None => Ok(lifetime),
        }
    }

    /// The formats of identifiers that the role names.
    pub(super) fn name_id_formats(&self) -> Vec<String> {
        let formats = self.role.children_named(METADATA, "NameIDFormat").filter_map(|format| format.text());
        formats.map(|format| shorten(format.trim().to_owned())).take(MAX_FORMATS).collect()
    }
}

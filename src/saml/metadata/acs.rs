//! Assertion consumer services: where an app takes our answers.
//!
//! # Source
//! SAML Metadata 2.2.3 and 2.4.4.

use super::fault::{MetadataFault, MetadataWarning};
use super::locations::{LoopbackHttp, is_usable};
use crate::base::trace::shorten;
use crate::saml::names::{BINDING_POST, METADATA};
use crate::xmlsig::dom::Element;

/// The most assertion consumer services of one app.
pub const MAX_ACS: usize = 32;

/// Where an app takes answers, by HTTP-POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acs {
    /// Its number in the app's metadata, by which a request may name it.
    pub index: u16,
    /// Where, as the document has it.
    pub location: String,
    /// Whether it is taken where a request names none.
    pub standing: Standing,
}

/// Whether an assertion consumer service is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is; exactly one is.
    Default,
    /// Only where a request names it.
    ByName,
}

/// Reads the services whose binding is HTTP-POST, in their order; those whose location cannot be used
/// are skipped with a warning.
///
/// # Errors
/// [`MetadataFault::NoAcs`], [`MetadataFault::TooManyAcs`], [`MetadataFault::AcsIndexTwice`] and, for an
/// index or a truth value that is none, [`MetadataFault::Malformed`].
pub fn assertion_consumer_services(
    role: Element<'_, '_>,
    loopback: LoopbackHttp,
    warnings: &mut Vec<MetadataWarning>,
) -> Result<Vec<Acs>, MetadataFault> {
    let mut found = Vec::new();
    for service in role.children_named(METADATA, "AssertionConsumerService") {
        if service.attribute("Binding") != Some(BINDING_POST) {
            continue;
        }
        let location = service.attribute("Location").unwrap_or_default().trim();
        if !is_usable(location, loopback) {
            warnings.push(MetadataWarning::LocationSkipped { location: shorten(location.to_owned()) });
            continue;
        }
        let index = service.attribute("index").unwrap_or_default();
        let malformed = |attribute, text: &str| MetadataFault::Malformed { attribute, found: shorten(text.to_owned()) };
        let number = index.parse().map_err(|_| malformed("index", index))?;
        let mark = match service.attribute("isDefault") {
            None => Mark::Unsaid,
            Some("true" | "1") => Mark::Yes,
            Some("false" | "0") => Mark::No,
            Some(other) => return Err(malformed("isDefault", other)),
        };
        found.push((number, location.to_owned(), mark));
    }
    arrange(found)
}

/// The services at these addresses, numbered in their order, the first of them the default; for an app
/// that has no metadata.
///
/// # Errors
/// The first address that cannot be used.
pub fn listed(locations: &[String], loopback: LoopbackHttp) -> Result<Vec<Acs>, &str> {
    match locations.iter().find(|location| !is_usable(location, loopback)) {
        Some(location) => Err(location),
        None => Ok((0_u16..)
            .zip(locations)
            .map(|(index, location)| Acs {
                index,
                location: location.clone(),
                standing: if index == 0 { Standing::Default } else { Standing::ByName },
            })
            .collect()),
    }
}

/// What `isDefault` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Yes,
    No,
    Unsaid,
}

/// Finds the default: the first that says so, else the first that does not deny it, else the first.
fn arrange(found: Vec<(u16, String, Mark)>) -> Result<Vec<Acs>, MetadataFault> {
    if found.len() > MAX_ACS {
        return Err(MetadataFault::TooManyAcs { found: found.len(), limit: MAX_ACS });
    }
    let twice = |(place, one): (usize, &(u16, String, Mark))| found[..place].iter().any(|other| other.0 == one.0);
    if let Some(place) = found.iter().enumerate().position(twice) {
        return Err(MetadataFault::AcsIndexTwice { index: found[place].0 });
    }
    let marked = |mark| found.iter().position(|one| one.2 == mark);
    let default = marked(Mark::Yes).or_else(|| marked(Mark::Unsaid)).unwrap_or(0);
    let services = found.into_iter().enumerate().map(|(place, (index, location, _))| Acs {
        index,
        location,
        standing: if place == default { Standing::Default } else { Standing::ByName },
    });
    let services: Vec<_> = services.collect();
    if services.is_empty() { Err(MetadataFault::NoAcs) } else { Ok(services) }
}

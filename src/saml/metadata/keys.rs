//! The keys with which a role signs, out of its KeyDescriptors.
//!
//! # Source
//! SAML Metadata 2.4.1.1: a KeyDescriptor without `use` serves both uses. SAML Metadata
//! Interoperability Profile 2.5: a certificate is a container of its key, and nothing else.

use super::fault::{MetadataFault, MetadataWarning};
use crate::base::clock::Timestamp;
use crate::base::encoding::from_base64_lines;
use crate::keys::certificates::{Certificate, MAX_CERTIFICATE};
use crate::saml::names::METADATA;
use crate::xmlsig::dom::Element;
use crate::xmlsig::names::DSIG;

/// The most signing keys of one role; a partner that rotates has two or three.
pub const MAX_KEYS: usize = 16;

/// Reads the signing keys of `role`; those that cannot be used are skipped with a warning.
///
/// # Errors
/// [`MetadataFault::NoSigningKey`] where none is left.
pub fn signing_keys(
    role: Element<'_, '_>,
    now: Timestamp,
    warnings: &mut Vec<MetadataWarning>,
) -> Result<Vec<Certificate>, MetadataFault> {
    let Found { keys, skipped, expired } = find(role, now);
    if keys.is_empty() {
        return Err(MetadataFault::NoSigningKey { skipped: skipped.into_iter().map(|(_, reason)| reason).collect() });
    }
    warnings.extend(expired);
    warnings.extend(skipped.into_iter().map(|(place, reason)| MetadataWarning::KeySkipped { place, reason }));
    Ok(keys)
}

/// Reads the signing keys of `role`, of which there may be none; those that cannot be used are skipped with
/// a warning.
#[must_use]
pub fn optional_signing_keys(
    role: Element<'_, '_>,
    now: Timestamp,
    warnings: &mut Vec<MetadataWarning>,
) -> Vec<Certificate> {
    let Found { keys, skipped, expired } = find(role, now);
    warnings.extend(expired);
    warnings.extend(skipped.into_iter().map(|(place, reason)| MetadataWarning::KeySkipped { place, reason }));
    keys
}

struct Found {
    keys: Vec<Certificate>,
    skipped: Vec<(usize, String)>,
    expired: Vec<MetadataWarning>,
}

fn find(role: Element<'_, '_>, now: Timestamp) -> Found {
    let mut keys: Vec<Certificate> = Vec::new();
    let (mut skipped, mut expired) = (Vec::new(), Vec::new());
    let mut place = 0;
    for descriptor in role.children_named(METADATA, "KeyDescriptor") {
        if descriptor.attribute("use").is_some_and(|found| found != "signing") {
            continue;
        }
        let found: Vec<_> = certificates_of(descriptor).collect();
        if found.is_empty() {
            place += 1;
            skipped.push((place, "it has no X509Certificate".to_owned()));
        }
        for certificate in found {
            place += 1;
            match read(certificate) {
                _ if keys.len() == MAX_KEYS => skipped.push((place, format!("more than {MAX_KEYS} keys"))),
                Ok(certificate) => {
                    if certificate.not_after() < now {
                        let not_after = certificate.not_after();
                        expired.push(MetadataWarning::CertificateExpired { place, not_after });
                    }
                    if !keys.contains(&certificate) {
                        keys.push(certificate);
                    }
                }
                Err(reason) => skipped.push((place, reason)),
            }
        }
    }
    Found { keys, skipped, expired }
}

/// The first certificate of each X509Data: what follows it there is its chain.
fn certificates_of<'doc, 'input>(descriptor: Element<'doc, 'input>) -> impl Iterator<Item = Element<'doc, 'input>> {
    descriptor
        .children_named(DSIG, "KeyInfo")
        .flat_map(|key_info| key_info.children_named(DSIG, "X509Data"))
        .filter_map(|data| data.children_named(DSIG, "X509Certificate").next())
}

/// The certificates of a KeyDescriptor that can be read, however it is meant.
pub(super) fn certificates_of_descriptor(descriptor: Element<'_, '_>) -> Vec<Certificate> {
    certificates_of(descriptor).filter_map(|certificate| read(certificate).ok()).collect()
}

fn read(element: Element<'_, '_>) -> Result<Certificate, String> {
    let text = element.text().filter(|text| text.len() <= 2 * MAX_CERTIFICATE);
    let der = text.and_then(|text| from_base64_lines(&text)).ok_or("its certificate is not base64")?;
    Certificate::from_der(&der).map_err(|fault| fault.to_string())
}

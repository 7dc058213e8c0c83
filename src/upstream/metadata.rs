//! Metadata: ours toward partners, and a partner's as trust.

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::domain::documents::MetadataSource;
use crate::domain::organization::PublicUrl;
use crate::domain::partners::{SamlRequestRules, SamlTrust, SubjectRule};
use crate::keys::ring::{KeyPurpose, KeyRing};
use crate::saml::metadata::idp;
use crate::saml::metadata::locations::{LoopbackHttp, SsoBinding};
use crate::saml::metadata::signed::Trusted;
use crate::saml::metadata::sp::SpMetadata;
use crate::saml::names::EntityId;
use crate::saml::subject::SubjectAttribute;

/// Our entity ID as service provider, behind the public URL.
pub const SP_ENTITY_PATH: &str = "/saml/sp";
/// Where our metadata toward partners is.
pub const SP_METADATA_PATH: &str = "/saml/sp/metadata";
/// Where the one with our encryption certificate is, for a partner by its slug.
pub const SP_ENCRYPTION_METADATA_PATH: &str = "/saml/sp/metadata/{partner}";
/// Our assertion consumer service.
pub const ACS_PATH: &str = "/saml/sp/acs";

/// A fault of a partner's metadata or record, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustFault {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: &'static str,
}

/// What reading a partner's metadata gave.
#[derive(Debug, Clone)]
pub struct ReadTrust {
    /// The trust.
    pub trust: SamlTrust,
    /// What was left out or needs attention.
    pub warnings: Vec<String>,
    /// How soon the document should be fetched anew.
    pub cache_duration: Option<Duration>,
    /// When the document was made, where it says so.
    pub published_at: Option<Timestamp>,
}

/// Reads a SAML partner's metadata, out of a file, and the rules of its record into trust, keys parsed.
///
/// # Errors
/// [`TrustFault`] where there is nothing that could be trusted.
pub fn read_trust(
    document: &str,
    subject: SubjectRule,
    request: SamlRequestRules,
    public_url: &PublicUrl,
    now: Timestamp,
) -> Result<ReadTrust, TrustFault> {
    read_trust_from(None, document, subject, request, public_url, now)
}

/// As [`read_trust`], of a document out of `source`. Where that pins a certificate, its key must have signed
/// the document.
///
/// # Errors
/// [`TrustFault`] where there is nothing that could be trusted.
pub fn read_trust_from(
    source: Option<&MetadataSource>,
    document: &str,
    subject: SubjectRule,
    request: SamlRequestRules,
    public_url: &PublicUrl,
    now: Timestamp,
) -> Result<ReadTrust, TrustFault> {
    let loopback = if public_url.is_loopback_http() { LoopbackHttp::Allowed } else { LoopbackHttp::Refused };
    if let SubjectRule::Attribute(name) = &subject {
        SubjectAttribute::parse(name)
            .map_err(|error| TrustFault { message: error.to_string(), remedy: "name an attribute whose value is never given to another person, such as `urn:oasis:names:tc:SAML:attribute:subject-id`" })?;
    }
    let trusted = Trusted::by(source.and_then(|source| source.certificate.as_ref()));
    let metadata = idp::read_trusted(document.as_bytes(), trusted, None, loopback, now)
        .map_err(|fault| TrustFault { message: fault.to_string(), remedy: fault.remedy() })?;
    let Some(sso) = metadata.location(SsoBinding::Redirect) else {
        return Err(TrustFault {
            message: "no single sign-on location with the HTTP-Redirect binding".to_owned(),
            remedy: "ask the partner for metadata with a SingleSignOnService of the HTTP-Redirect binding",
        });
    };
    let warnings = metadata.warnings.iter().map(ToString::to_string).collect();
    let keys = metadata.signing_certificates.iter().map(|certificate| certificate.key().clone()).collect();
    Ok(ReadTrust {
        trust: SamlTrust {
            entity_id: metadata.entity_id.as_str().to_owned(),
            sso_redirect_url: sso.to_owned(),
            certificates: metadata.signing_certificates.clone(),
            keys,
            valid_until: metadata.valid_until,
            metadata: Some(document.to_owned()),
            source: source.cloned(),
            subject,
            request,
        },
        warnings,
        cache_duration: metadata.cache_duration,
        published_at: metadata.published_at,
    })
}

/// To which partners a document of ours is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// Those that send assertions in the clear.
    Signing,
    /// Those that encrypt.
    Encrypting,
}

/// Our metadata toward partners: the signing keys, the current one first, and toward those that encrypt
/// the certificate to encrypt to (SAML Metadata 2.4.4). `None` where a value cannot be written as XML,
/// which the public URL's form excludes, or where there is no such certificate.
#[must_use]
pub fn sp_metadata(public_url: &PublicUrl, keys: &KeyRing, toward: Toward) -> Option<String> {
    let encryption = match toward {
        Toward::Signing => None,
        Toward::Encrypting => Some(keys.encryption_certificate()?),
    };
    let certificates = keys.certificates(KeyPurpose::SamlSigning);
    let entity_id = EntityId::parse(&public_url.join(SP_ENTITY_PATH)).ok()?;
    let acs = public_url.join(ACS_PATH);
    SpMetadata {
        entity_id: &entity_id,
        signing_certificates: &certificates,
        encryption_certificate: encryption.as_ref(),
        acs: &acs,
    }
    .write()
    .ok()
}

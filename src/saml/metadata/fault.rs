//! What can be wrong with the metadata of a partner or an app, and what to do about it.

use crate::base::clock::Timestamp;
use crate::saml::names::EntityIdError;
use crate::xmlsig::signature_error::SignatureError;
use crate::xmlsig::xml_error::XmlError;

/// Why a document cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataFault {
    /// No XML within the limits.
    #[error("not readable as XML: {0}")]
    Xml(#[from] XmlError),
    /// The pinned key has not signed the document.
    #[error("the pinned certificate's key has not signed the whole document: {0}")]
    Signature(#[from] SignatureError),
    /// The root is neither EntityDescriptor nor EntitiesDescriptor.
    #[error("the root is `{found}`, not `EntityDescriptor` or `EntitiesDescriptor` of SAML 2.0 metadata")]
    Root {
        /// The root's local name.
        found: String,
    },
    /// An entity ID that is none.
    #[error("the entity ID cannot be used: {0}")]
    EntityId(#[from] EntityIdError),
    /// No entity of the wanted name that is a SAML 2.0 identity provider, or none at all.
    #[error("no SAML 2.0 identity provider {} in the document", wanted.as_deref().map_or_else(String::new, |id| format!("`{id}`")))]
    NoIdp {
        /// The entity ID that was wanted.
        wanted: Option<String>,
    },
    /// Several entities match.
    #[error("{found} identity providers in the document, one is needed")]
    SeveralIdps {
        /// How many there are.
        found: usize,
    },
    /// No entity of the wanted name that is a SAML 2.0 service provider, or none at all.
    #[error("no SAML 2.0 service provider in the document")]
    NoSp,
    /// Several service providers.
    #[error("{found} service providers in the document, one is needed")]
    SeveralSps {
        /// How many there are.
        found: usize,
    },
    /// No assertion consumer service that can be used.
    #[error("no AssertionConsumerService with HTTP-POST that can be used")]
    NoAcs,
    /// More assertion consumer services than are kept.
    #[error("{found} assertion consumer services, at most {limit} are allowed")]
    TooManyAcs {
        /// How many there are.
        found: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// Two assertion consumer services of the same index.
    #[error("two assertion consumer services have the index {index}")]
    AcsIndexTwice {
        /// The index.
        index: u16,
    },
    /// The document or its role has expired.
    #[error("the document expired at {valid_until}")]
    Expired {
        /// When it did.
        valid_until: Timestamp,
    },
    /// A time, duration or truth value that is none.
    #[error("`{attribute}` is malformed: `{found}`")]
    Malformed {
        /// The attribute.
        attribute: &'static str,
        /// Its text, shortened.
        found: String,
    },
    /// No key that could verify a signature.
    #[error("no usable signing key{}", skipped.first().map_or_else(String::new, |first| format!("; the first was skipped: {first}")))]
    NoSigningKey {
        /// Why each key was skipped.
        skipped: Vec<String>,
    },
    /// No SSO location of a binding that is spoken here.
    #[error("no SSO location with HTTP-Redirect or HTTP-POST that can be used")]
    NoSsoLocation,
}

impl MetadataFault {
    /// What an administrator should do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Xml(_) => "download the document again and check that it is XML without a DOCTYPE",
            Self::Signature(_) => {
                "check that the certificate is the one that signs the document, and that the document is signed as a whole"
            }
            Self::Root { .. } => {
                "ask its owner for SAML 2.0 metadata: of the identity provider of a partner, of the service provider of an app"
            }
            Self::EntityId(_) => "ask its owner for metadata whose entityID is an absolute URI",
            Self::NoIdp { .. } => "check the entity ID, or ask for the metadata of the identity provider",
            Self::SeveralIdps { .. } => "name the entity ID that is meant, or cut the document down to one entity",
            Self::NoSp => "ask the app's owner for the metadata of its service provider",
            Self::SeveralSps { .. } => "cut the document down to the one service provider that is meant",
            Self::NoAcs => "ask the app's owner for an https AssertionConsumerService with HTTP-POST",
            Self::TooManyAcs { .. } => "cut the document down to the services that are used",
            Self::AcsIndexTwice { .. } => "ask the app's owner for metadata in which each index stands once",
            Self::Expired { .. } => "fetch the current metadata",
            Self::Malformed { .. } => "ask its owner to correct the attribute",
            Self::NoSigningKey { .. } => {
                "ask its owner for metadata with a signing certificate of RSA 2048 bits or more, or ECDSA P-256"
            }
            Self::NoSsoLocation => "ask the partner for an https SingleSignOnService with HTTP-Redirect or HTTP-POST",
        }
    }

    /// The stable, fine name.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Xml(_) => "metadata_not_xml",
            Self::Signature(_) => "metadata_signature",
            Self::Root { .. } => "metadata_root_unknown",
            Self::EntityId(_) => "metadata_entity_id",
            Self::NoIdp { .. } => "metadata_no_idp",
            Self::SeveralIdps { .. } => "metadata_several_idps",
            Self::NoSp => "metadata_no_sp",
            Self::SeveralSps { .. } => "metadata_several_sps",
            Self::NoAcs => "metadata_no_acs",
            Self::TooManyAcs { .. } => "metadata_too_many_acs",
            Self::AcsIndexTwice { .. } => "metadata_acs_index_twice",
            Self::Expired { .. } => "metadata_expired",
            Self::Malformed { .. } => "metadata_malformed",
            Self::NoSigningKey { .. } => "metadata_no_signing_key",
            Self::NoSsoLocation => "metadata_no_sso_location",
        }
    }
}

/// Something in a document that was left out, or that will need attention.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataWarning {
    /// A key that cannot be used.
    #[error("signing key {place} was skipped: {reason}")]
    KeySkipped {
        /// Which of the signing keys, counted from one.
        place: usize,
        /// Why.
        reason: String,
    },
    /// A certificate whose dates have passed; its key is used all the same, since metadata certificates
    /// are containers of keys.
    #[error("the certificate of signing key {place} expired at {not_after}")]
    CertificateExpired {
        /// Which of the signing keys, counted from one.
        place: usize,
        /// When it did.
        not_after: Timestamp,
    },
    /// A location that cannot be used.
    #[error("location `{location}` was skipped: it must be https")]
    LocationSkipped {
        /// The location, shortened.
        location: String,
    },
}

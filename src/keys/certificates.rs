//! X.509 certificates as containers of keys: in SAML metadata a certificate carries a key, its chain
//! and names mean nothing (SAML Metadata Interoperability Profile 2.5). Its dates are kept for
//! warnings.

use std::sync::Arc;

use x509_parser::prelude::FromDer as _;

use super::public::{PublicKey, PublicKeyError};
use crate::base::clock::Timestamp;
use crate::base::encoding::{hex, sha256};

/// The largest certificate that is read. **Units**: bytes of DER.
pub const MAX_CERTIFICATE: usize = 16 * 1024;

/// Why a certificate cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not one X.509 certificate in DER.
    #[error("not an X.509 certificate")]
    Malformed,
    /// Its key cannot be used.
    #[error(transparent)]
    Key(#[from] PublicKeyError),
}

/// A certificate with its key parsed.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Arc<[u8]>,
    key: Arc<PublicKey>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Parses DER.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_CERTIFICATE {
            return Err(CertificateError::Malformed);
        }
        let (rest, parsed) =
            x509_parser::certificate::X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        if !rest.is_empty() {
            return Err(CertificateError::Malformed);
        }
        let validity = parsed.validity();
        Ok(Self {
            der: der.into(),
            key: Arc::new(PublicKey::from_spki(parsed.public_key().raw)?),
            not_before: Timestamp::from_seconds(validity.not_before.timestamp()),
            not_after: Timestamp::from_seconds(validity.not_after.timestamp()),
        })
    }

    /// The DER bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The key inside.
    #[must_use]
    pub const fn key(&self) -> &Arc<PublicKey> {
        &self.key
    }

    /// First moment of validity.
    #[must_use]
    pub const fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Last moment of validity.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// SHA-256 over the DER, lower-case hex.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(&sha256(&self.der))
    }
}

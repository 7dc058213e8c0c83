//! X.509 certificates as containers of keys: in SAML metadata a certificate carries a key, its chain
//! and names mean nothing (SAML Metadata Interoperability Profile 2.5). Its dates are kept for
//! warnings.

use std::sync::Arc;

use x509_parser::prelude::FromDer as _;

use super::public::{PublicKey, PublicKeyError};
use crate::base::clock::Timestamp;
use crate::base::encoding::{from_base64_lines, hex, sha256};

/// The largest certificate that is read. **Units**: bytes of DER.
pub const MAX_CERTIFICATE: usize = 16 * 1024;

/// Why a certificate cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not one X.509 certificate in DER.
    #[error("not an X.509 certificate")]
    Malformed,
    /// No PEM certificate.
    #[error("it holds no PEM certificate")]
    NoPem,
    /// A PEM certificate without its last line.
    #[error("its PEM certificate has no end")]
    PemWithoutEnd,
    /// Several PEM certificates.
    #[error("it holds several certificates, one is needed")]
    SeveralPem,
    /// PEM around what is no base64.
    #[error("its PEM certificate is not base64")]
    PemNotBase64,
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
            key: Arc::new(PublicKey::from_spki(parsed.public_key().raw)?.at_rest()),
            not_before: Timestamp::from_seconds(validity.not_before.timestamp()),
            not_after: Timestamp::from_seconds(validity.not_after.timestamp()),
        })
    }

    /// Reads the one certificate of a PEM file (RFC 7468 5).
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        let (_, rest) = text.split_once("-----BEGIN CERTIFICATE-----").ok_or(CertificateError::NoPem)?;
        let (body, after) = rest.split_once("-----END CERTIFICATE-----").ok_or(CertificateError::PemWithoutEnd)?;
        if after.contains("-----BEGIN CERTIFICATE-----") {
            return Err(CertificateError::SeveralPem);
        }
        let der = from_base64_lines(body.trim()).ok_or(CertificateError::PemNotBase64)?;
        Self::from_der(&der)
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

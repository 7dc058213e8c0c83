//! Public keys of others and of ours, parsed once.

use aws_lc_rs::signature::{self, ParsedPublicKey};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey as X509PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::signing::SignatureAlgorithm;

/// The smallest RSA modulus that is accepted. **Units**: bits.
pub const MIN_RSA_BITS: usize = 2048;
/// The largest RSA modulus that is accepted; larger ones burn time. **Units**: bits.
pub const MAX_RSA_BITS: usize = 8192;

/// The kind of a key; it fixes which algorithms may be used with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA of this many bits.
    Rsa {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// ECDSA on P-256.
    P256,
}

/// Why a public key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// Not a SubjectPublicKeyInfo in DER.
    #[error("not a public key")]
    Malformed,
    /// An RSA key outside [`MIN_RSA_BITS`] to [`MAX_RSA_BITS`].
    #[error("RSA key of {bits} bits, {MIN_RSA_BITS} to {MAX_RSA_BITS} are accepted")]
    RsaSize {
        /// The length found.
        bits: usize,
    },
    /// Neither RSA nor ECDSA on P-256.
    #[error("key is neither RSA nor ECDSA P-256")]
    Kind,
}

/// A public key, parsed once for each algorithm that it may be used with.
pub struct PublicKey {
    kind: KeyKind,
    sha256: ParsedPublicKey,
    sha512: Option<ParsedPublicKey>,
    raw: PublicParts,
}

enum PublicParts {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256 { x: Vec<u8>, y: Vec<u8> },
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PublicKey").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl PublicKey {
    /// Parses a DER SubjectPublicKeyInfo (RFC 5280 4.1.2.7).
    ///
    /// # Errors
    /// [`PublicKeyError`].
    pub fn from_spki(der: &[u8]) -> Result<Self, PublicKeyError> {
        let (rest, spki) = SubjectPublicKeyInfo::from_der(der).map_err(|_| PublicKeyError::Malformed)?;
        if !rest.is_empty() {
            return Err(PublicKeyError::Malformed);
        }
        match spki.parsed().map_err(|_| PublicKeyError::Malformed)? {
            X509PublicKey::RSA(rsa) => {
                let modulus = strip_zeros(rsa.modulus);
                let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
                if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
                    return Err(PublicKeyError::RsaSize { bits });
                }
                Ok(Self {
                    kind: KeyKind::Rsa { bits },
                    sha256: parse(&signature::RSA_PKCS1_2048_8192_SHA256, der)?,
                    sha512: Some(parse(&signature::RSA_PKCS1_2048_8192_SHA512, der)?),
                    raw: PublicParts::Rsa { modulus: modulus.to_vec(), exponent: strip_zeros(rsa.exponent).to_vec() },
                })
            }
            X509PublicKey::EC(point) => {
                let bytes = point.data();
                if bytes.len() != 65 || bytes[0] != 4 {
                    return Err(PublicKeyError::Kind);
                }
                Ok(Self {
                    kind: KeyKind::P256,
                    sha256: parse(&signature::ECDSA_P256_SHA256_FIXED, der)?,
                    sha512: None,
                    raw: PublicParts::P256 { x: bytes[1..33].to_vec(), y: bytes[33..].to_vec() },
                })
            }
            _ => Err(PublicKeyError::Kind),
        }
    }

    /// The kind of the key.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Whether `signature` over `message` was made with this key. An algorithm that does not fit the
    /// kind of the key never verifies. ECDSA signatures are `r` and `s`, 32 bytes each, as JWS and
    /// XML Signature have them.
    #[must_use]
    pub fn has_signed(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        let parsed = match (algorithm, self.kind) {
            (SignatureAlgorithm::RsaSha256, KeyKind::Rsa { .. })
            | (SignatureAlgorithm::EcdsaP256Sha256, KeyKind::P256) => Some(&self.sha256),
            (SignatureAlgorithm::RsaSha512, KeyKind::Rsa { .. }) => self.sha512.as_ref(),
            _ => None,
        };
        parsed.is_some_and(|key| key.verify_sig(message, signature).is_ok())
    }

    /// RSA modulus and exponent, big-endian without leading zeros.
    #[must_use]
    pub fn rsa_parts(&self) -> Option<(&[u8], &[u8])> {
        match &self.raw {
            PublicParts::Rsa { modulus, exponent } => Some((modulus, exponent)),
            PublicParts::P256 { .. } => None,
        }
    }

    /// P-256 coordinates, 32 bytes each.
    #[must_use]
    pub fn p256_parts(&self) -> Option<(&[u8], &[u8])> {
        match &self.raw {
            PublicParts::P256 { x, y } => Some((x, y)),
            PublicParts::Rsa { .. } => None,
        }
    }
}

fn strip_zeros(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    &bytes[start..]
}

fn parse(
    algorithm: &'static dyn signature::VerificationAlgorithm,
    der: &[u8],
) -> Result<ParsedPublicKey, PublicKeyError> {
    ParsedPublicKey::new(algorithm, der).map_err(|_| PublicKeyError::Malformed)
}

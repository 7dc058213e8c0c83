//! Public keys of others and of ours, parsed once.

use std::sync::OnceLock;

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
    /// Ed25519, which only apps use, in tokens that they sign.
    Ed25519,
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

/// A public key, parsed once for each algorithm that it is used with.
pub struct PublicKey {
    kind: KeyKind,
    /// For SHA-256, and of Ed25519 for what it hashes with. Parsed at its first use where the key is at rest.
    usual: OnceLock<Option<Box<ParsedPublicKey>>>,
    /// Parsed at its first use, as the next one: most keys have none.
    sha512: OnceLock<Option<Box<ParsedPublicKey>>>,
    pss: OnceLock<Option<Box<ParsedPublicKey>>>,
    raw: PublicParts,
}

enum PublicParts {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256 { x: Vec<u8>, y: Vec<u8> },
    Ed25519 { x: Vec<u8> },
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
            X509PublicKey::RSA(rsa) => Self::rsa(rsa.modulus, rsa.exponent, der),
            X509PublicKey::EC(point) => Self::p256(point.data(), der),
            _ => Err(PublicKeyError::Kind),
        }
    }

    /// An RSA key from its numbers, big-endian, as a JWK has them (RFC 7518 6.3.1).
    ///
    /// # Errors
    /// [`PublicKeyError`].
    pub fn from_rsa_parts(modulus: &[u8], exponent: &[u8]) -> Result<Self, PublicKeyError> {
        // RFC 8017 A.1.1: RSAPublicKey is a sequence of the two numbers.
        let numbers = [integer(modulus), integer(exponent)].concat();
        Self::rsa(modulus, exponent, &element(0x30, &numbers))
    }

    /// A P-256 key from its coordinates, 32 bytes each, as a JWK has them (RFC 7518 6.2.1).
    ///
    /// # Errors
    /// [`PublicKeyError`].
    pub fn from_p256_parts(x: &[u8], y: &[u8]) -> Result<Self, PublicKeyError> {
        let point = [&[4], x, y].concat();
        if x.len() != 32 || y.len() != 32 {
            return Err(PublicKeyError::Malformed);
        }
        Self::p256(&point, &point)
    }

    /// An Ed25519 key from its one coordinate, 32 bytes, as a JWK has it (RFC 8037 2). No certificate brings one.
    ///
    /// # Errors
    /// [`PublicKeyError`].
    pub fn from_ed25519_part(x: &[u8]) -> Result<Self, PublicKeyError> {
        if x.len() != 32 {
            return Err(PublicKeyError::Malformed);
        }
        Ok(Self {
            kind: KeyKind::Ed25519,
            usual: parsed(&signature::ED25519, x)?,
            sha512: OnceLock::new(),
            pss: OnceLock::new(),
            raw: PublicParts::Ed25519 { x: x.to_vec() },
        })
    }

    fn rsa(modulus: &[u8], exponent: &[u8], encoded: &[u8]) -> Result<Self, PublicKeyError> {
        let modulus = strip_zeros(modulus);
        let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
        if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
            return Err(PublicKeyError::RsaSize { bits });
        }
        Ok(Self {
            kind: KeyKind::Rsa { bits },
            usual: parsed(&signature::RSA_PKCS1_2048_8192_SHA256, encoded)?,
            sha512: OnceLock::new(),
            pss: OnceLock::new(),
            raw: PublicParts::Rsa { modulus: modulus.to_vec(), exponent: strip_zeros(exponent).to_vec() },
        })
    }

    fn p256(point: &[u8], encoded: &[u8]) -> Result<Self, PublicKeyError> {
        if point.len() != 65 || point[0] != 4 {
            return Err(PublicKeyError::Kind);
        }
        Ok(Self {
            kind: KeyKind::P256,
            usual: parsed(&signature::ECDSA_P256_SHA256_FIXED, encoded)?,
            sha512: OnceLock::new(),
            pss: OnceLock::new(),
            raw: PublicParts::P256 { x: point[1..33].to_vec(), y: point[33..].to_vec() },
        })
    }

    /// The same, parsed when it is first used: of many partners few are, and a parsed key takes several times the memory
    /// of its numbers.
    #[must_use]
    pub fn at_rest(mut self) -> Self {
        self.usual = OnceLock::new();
        self
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
            | (SignatureAlgorithm::EcdsaP256Sha256, KeyKind::P256) => self.usual(),
            (SignatureAlgorithm::RsaSha512, KeyKind::Rsa { .. }) => {
                self.rsa_for(&self.sha512, &signature::RSA_PKCS1_2048_8192_SHA512)
            }
            _ => None,
        };
        parsed.is_some_and(|key| key.verify_sig(message, signature).is_ok())
    }

    /// Whether `signature` over `message` is RSASSA-PSS with SHA-256 and was made with this key (RFC 7518 3.5).
    #[must_use]
    pub fn has_signed_pss(&self, message: &[u8], signature: &[u8]) -> bool {
        let parsed = self.rsa_for(&self.pss, &signature::RSA_PSS_2048_8192_SHA256);
        parsed.is_some_and(|key| key.verify_sig(message, signature).is_ok())
    }

    /// The key for the algorithm that is usual for its kind. It was parsed before, to see that it can be.
    fn usual(&self) -> Option<&ParsedPublicKey> {
        let parsed = self.usual.get_or_init(|| {
            let parsed = match &self.raw {
                PublicParts::Rsa { modulus, exponent } => {
                    let numbers = [integer(modulus), integer(exponent)].concat();
                    parse(&signature::RSA_PKCS1_2048_8192_SHA256, &element(0x30, &numbers))
                }
                PublicParts::P256 { x, y } => {
                    parse(&signature::ECDSA_P256_SHA256_FIXED, &[&[4], x.as_slice(), y.as_slice()].concat())
                }
                PublicParts::Ed25519 { x } => parse(&signature::ED25519, x),
            };
            parsed.ok().map(Box::new)
        });
        parsed.as_deref()
    }

    /// The key for another algorithm than the usual one; none where it is not RSA.
    fn rsa_for<'a>(
        &self,
        kept: &'a OnceLock<Option<Box<ParsedPublicKey>>>,
        algorithm: &'static dyn signature::VerificationAlgorithm,
    ) -> Option<&'a ParsedPublicKey> {
        let parsed = kept.get_or_init(|| {
            let (modulus, exponent) = self.rsa_parts()?;
            let numbers = [integer(modulus), integer(exponent)].concat();
            parse(algorithm, &element(0x30, &numbers)).ok().map(Box::new)
        });
        parsed.as_deref()
    }

    /// Whether `signature` over `message` is Ed25519 and was made with this key (RFC 8037 3.1).
    #[must_use]
    pub fn has_signed_ed25519(&self, message: &[u8], signature: &[u8]) -> bool {
        self.kind == KeyKind::Ed25519 && self.usual().is_some_and(|key| key.verify_sig(message, signature).is_ok())
    }

    /// RSA modulus and exponent, big-endian without leading zeros.
    #[must_use]
    pub fn rsa_parts(&self) -> Option<(&[u8], &[u8])> {
        match &self.raw {
            PublicParts::Rsa { modulus, exponent } => Some((modulus, exponent)),
            PublicParts::P256 { .. } | PublicParts::Ed25519 { .. } => None,
        }
    }

    /// P-256 coordinates, 32 bytes each.
    #[must_use]
    pub fn p256_parts(&self) -> Option<(&[u8], &[u8])> {
        match &self.raw {
            PublicParts::P256 { x, y } => Some((x, y)),
            PublicParts::Rsa { .. } | PublicParts::Ed25519 { .. } => None,
        }
    }

    /// The coordinate of an Ed25519 key, 32 bytes.
    #[must_use]
    pub fn ed25519_part(&self) -> Option<&[u8]> {
        match &self.raw {
            PublicParts::Ed25519 { x } => Some(x),
            PublicParts::Rsa { .. } | PublicParts::P256 { .. } => None,
        }
    }
}

fn strip_zeros(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    &bytes[start..]
}

/// A DER element of less than 64 kB (X.690 8.1.3).
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let header = match content.len() {
        0..128 => vec![tag, low],
        128..256 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [header.as_slice(), content].concat()
}

/// A DER INTEGER that is not negative.
fn integer(number: &[u8]) -> Vec<u8> {
    let number = strip_zeros(number);
    let sign: &[u8] = if number.first().is_none_or(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
    element(2, &[sign, number].concat())
}

fn parsed(
    algorithm: &'static dyn signature::VerificationAlgorithm,
    der: &[u8],
) -> Result<OnceLock<Option<Box<ParsedPublicKey>>>, PublicKeyError> {
    Ok(OnceLock::from(Some(Box::new(parse(algorithm, der)?))))
}

fn parse(
    algorithm: &'static dyn signature::VerificationAlgorithm,
    der: &[u8],
) -> Result<ParsedPublicKey, PublicKeyError> {
    ParsedPublicKey::new(algorithm, der).map_err(|_| PublicKeyError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::signing::SigningKey;

    #[test]
    fn a_key_of_numbers_verifies_like_the_key_of_a_document() {
        let rsa = SigningKey::generate_rsa().unwrap();
        let known = PublicKey::from_spki(&rsa.spki().unwrap()).unwrap();
        let (modulus, exponent) = known.rsa_parts().unwrap();
        let signature = rsa.sign(SignatureAlgorithm::RsaSha256, b"m").unwrap();
        for key in [
            PublicKey::from_rsa_parts(modulus, exponent).unwrap(),
            PublicKey::from_rsa_parts(&[&[0, 0], modulus].concat(), exponent).unwrap(),
        ] {
            assert!(key.has_signed(SignatureAlgorithm::RsaSha256, b"m", &signature));
            assert!(!key.has_signed(SignatureAlgorithm::RsaSha256, b"n", &signature));
            assert_eq!(key.kind(), known.kind());
        }
        let ecdsa = SigningKey::generate_p256().unwrap();
        let known = PublicKey::from_spki(&ecdsa.spki().unwrap()).unwrap();
        let (x, y) = known.p256_parts().unwrap();
        let signature = ecdsa.sign(SignatureAlgorithm::EcdsaP256Sha256, b"m").unwrap();
        let key = PublicKey::from_p256_parts(x, y).unwrap();
        assert!(key.has_signed(SignatureAlgorithm::EcdsaP256Sha256, b"m", &signature));
    }

    #[test]
    fn numbers_that_are_no_key_are_refused() {
        let small = PublicKey::from_rsa_parts(&[0xff; 128], &[1, 0, 1]);
        assert_eq!(small.err(), Some(PublicKeyError::RsaSize { bits: 1024 }));
        let large = PublicKey::from_rsa_parts(&[0xff; 2048], &[1, 0, 1]);
        assert_eq!(large.err(), Some(PublicKeyError::RsaSize { bits: 16_384 }));
        assert_eq!(PublicKey::from_rsa_parts(&[0xff; 256], &[]).err(), Some(PublicKeyError::Malformed));
        assert_eq!(PublicKey::from_rsa_parts(&[0xff; 256], &[1]).err(), Some(PublicKeyError::Malformed));
        assert_eq!(PublicKey::from_p256_parts(&[1; 32], &[1; 31]).err(), Some(PublicKeyError::Malformed));
        // Not a point of the curve.
        assert_eq!(PublicKey::from_p256_parts(&[1; 32], &[1; 32]).err(), Some(PublicKeyError::Malformed));
    }
}

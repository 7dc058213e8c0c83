//! The algorithms of the profile by their URIs; what is not here does not exist.

use aws_lc_rs::digest::{Algorithm, SHA256, SHA512};

use crate::keys::public::{KeyKind, PublicKey};
use crate::keys::signing::SignatureAlgorithm;

/// The transform that leaves the signature itself out. Source: XML Signature 1.1 6.6.4.
pub const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const RSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
const DIGEST_SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const DIGEST_SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";

/// The signature algorithm that `uri` names, as in `ds:SignatureMethod` and `SigAlg`.
#[must_use]
pub fn signature_algorithm(uri: &str) -> Option<SignatureAlgorithm> {
    match uri {
        RSA_SHA256 => Some(SignatureAlgorithm::RsaSha256),
        RSA_SHA512 => Some(SignatureAlgorithm::RsaSha512),
        ECDSA_SHA256 => Some(SignatureAlgorithm::EcdsaP256Sha256),
        _ => None,
    }
}

/// The URI that names `algorithm`.
#[must_use]
pub const fn signature_uri(algorithm: SignatureAlgorithm) -> &'static str {
    match algorithm {
        SignatureAlgorithm::RsaSha256 => RSA_SHA256,
        SignatureAlgorithm::RsaSha512 => RSA_SHA512,
        SignatureAlgorithm::EcdsaP256Sha256 => ECDSA_SHA256,
    }
}

/// Whether `key` is of the kind that `algorithm` needs.
#[must_use]
pub const fn fits(algorithm: SignatureAlgorithm, key: &PublicKey) -> bool {
    matches!(
        (algorithm, key.kind()),
        (SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::RsaSha512, KeyKind::Rsa { .. })
            | (SignatureAlgorithm::EcdsaP256Sha256, KeyKind::P256)
    )
}

/// A digest of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Digest {
    /// The digest that `uri` names.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            DIGEST_SHA256 => Some(Self::Sha256),
            DIGEST_SHA512 => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The URI that names it.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Sha256 => DIGEST_SHA256,
            Self::Sha512 => DIGEST_SHA512,
        }
    }

    /// The digest that goes with `algorithm` when we sign.
    #[must_use]
    pub const fn beside(algorithm: SignatureAlgorithm) -> Self {
        match algorithm {
            SignatureAlgorithm::RsaSha512 => Self::Sha512,
            SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::EcdsaP256Sha256 => Self::Sha256,
        }
    }

    /// The digest of `parts`, one after the other.
    #[must_use]
    pub fn of(self, parts: &[&[u8]]) -> aws_lc_rs::digest::Digest {
        let mut context = aws_lc_rs::digest::Context::new(self.algorithm());
        for part in parts {
            context.update(part);
        }
        context.finish()
    }

    const fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Sha256 => &SHA256,
            Self::Sha512 => &SHA512,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_found_by_its_own_uri() {
        for algorithm in
            [SignatureAlgorithm::RsaSha256, SignatureAlgorithm::RsaSha512, SignatureAlgorithm::EcdsaP256Sha256]
        {
            assert_eq!(signature_algorithm(signature_uri(algorithm)), Some(algorithm));
        }
        for digest in [Digest::Sha256, Digest::Sha512] {
            assert_eq!(Digest::from_uri(digest.uri()), Some(digest));
        }
    }

    #[test]
    fn weak_and_foreign_algorithms_do_not_exist() {
        for uri in [
            "",
            "none",
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 ",
        ] {
            assert_eq!(signature_algorithm(uri), None, "{uri}");
        }
        assert_eq!(Digest::from_uri("http://www.w3.org/2000/09/xmldsig#sha1"), None);
    }
}

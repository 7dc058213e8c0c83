//! Private keys, parsed once, and the [`Signer`] that every signature goes through.

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom as AwsRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaKeyPair,
};

use super::public::{KeyKind, MIN_RSA_BITS};
use crate::base::secret::SecretBytes;

crate::id_type!(
    /// Names one of our keys; also its `kid`.
    KeyId
);

/// The signature algorithms that exist here, in JWS as in XML Signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: `RS256`, `xmldsig-more#rsa-sha256`.
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-512: `xmldsig-more#rsa-sha512`.
    RsaSha512,
    /// ECDSA on P-256 with SHA-256: `ES256`, `xmldsig-more#ecdsa-sha256`.
    EcdsaP256Sha256,
}

/// Why a signature could not be made or a private key not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// Not a private key in PKCS#8, or of a kind or size that is not used here.
    #[error("not a usable private key in PKCS#8")]
    Key,
    /// The algorithm does not fit the key.
    #[error("signature algorithm does not fit the key")]
    Algorithm,
    /// No key of this name is here.
    #[error("unknown signing key")]
    UnknownKey,
    /// The key could not sign.
    #[error("signing failed")]
    Failed,
}

/// Makes signatures. Ours sign inline; a hardware signer may wait.
#[async_trait]
pub trait Signer: Send + Sync {
    /// Signs `message` with the key named `key`.
    ///
    /// # Errors
    /// [`SignError`].
    async fn sign(&self, key: KeyId, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// A private key, parsed once.
pub struct SigningKey {
    pair: Pair,
    pkcs8: SecretBytes,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SigningKey").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Generates an RSA key of 2048 bits.
    ///
    /// # Errors
    /// [`SignError::Failed`] where AWS-LC cannot.
    pub fn generate_rsa() -> Result<Self, SignError> {
        let key = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).map_err(|_| SignError::Failed)?;
        let pkcs8 = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key)
            .map_err(|_| SignError::Failed)?;
        Self::from_pkcs8(SecretBytes::new(pkcs8.as_ref().to_vec()))
    }

    /// Generates an ECDSA key on P-256.
    ///
    /// # Errors
    /// [`SignError::Failed`] where AWS-LC cannot.
    pub fn generate_p256() -> Result<Self, SignError> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &AwsRandom::new())
            .map_err(|_| SignError::Failed)?;
        Self::from_pkcs8(SecretBytes::new(pkcs8.as_ref().to_vec()))
    }

    /// Reads PKCS#8 in DER.
    ///
    /// # Errors
    /// [`SignError::Key`].
    pub fn from_pkcs8(pkcs8: SecretBytes) -> Result<Self, SignError> {
        if let Ok(pair) = RsaKeyPair::from_pkcs8(pkcs8.expose()) {
            if pair.public_modulus_len() * 8 < MIN_RSA_BITS {
                return Err(SignError::Key);
            }
            return Ok(Self { pair: Pair::Rsa(pair), pkcs8 });
        }
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.expose())
            .map(|pair| Self { pair: Pair::P256(pair), pkcs8 })
            .map_err(|_| SignError::Key)
    }

    /// The PKCS#8 bytes, to be sealed.
    #[must_use]
    pub const fn pkcs8(&self) -> &SecretBytes {
        &self.pkcs8
    }

    /// The kind of the key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.pair {
            Pair::Rsa(pair) => KeyKind::Rsa { bits: pair.public_modulus_len() * 8 },
            Pair::P256(_) => KeyKind::P256,
        }
    }

    /// The algorithm that this key signs with unless another is asked for.
    #[must_use]
    pub const fn default_algorithm(&self) -> SignatureAlgorithm {
        match &self.pair {
            Pair::Rsa(_) => SignatureAlgorithm::RsaSha256,
            Pair::P256(_) => SignatureAlgorithm::EcdsaP256Sha256,
        }
    }

    /// The public half as DER SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`SignError::Key`] where AWS-LC cannot write it.
    pub fn spki(&self) -> Result<Vec<u8>, SignError> {
        use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
        let der: Result<PublicKeyX509Der<'_>, _> = match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_der(),
            Pair::P256(pair) => pair.public_key().as_der(),
        };
        der.map(|der| der.as_ref().to_vec()).map_err(|_| SignError::Key)
    }

    /// Signs `message`. ECDSA signatures are `r` and `s`, 32 bytes each.
    ///
    /// # Errors
    /// [`SignError::Algorithm`] where the algorithm is of another kind of key.
    pub fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, SignError> {
        match (&self.pair, algorithm) {
            (Pair::Rsa(pair), SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::RsaSha512) => {
                let padding = match algorithm {
                    SignatureAlgorithm::RsaSha512 => &RSA_PKCS1_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &AwsRandom::new(), message, &mut signature).map_err(|_| SignError::Failed)?;
                Ok(signature)
            }
            (Pair::P256(pair), SignatureAlgorithm::EcdsaP256Sha256) => pair
                .sign(&AwsRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| SignError::Failed),
            _ => Err(SignError::Algorithm),
        }
    }
}

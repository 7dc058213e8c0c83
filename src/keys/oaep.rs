//! RSA-OAEP: content keys wrapped with others' keys and unwrapped with ours.
//!
//! Unwrapping never fails: what no key of ours opens becomes a key that nobody knows, so that whoever
//! goes on with it fails where an altered message fails. And it costs the same whatever comes: each of
//! our keys is used once.
//!
//! # Source
//! RFC 8017 7.1; the rejection by a derived key is that of ML-KEM (FIPS 203 6.3), done here for OAEP.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
    PrivateDecryptingKey, PublicEncryptingKey,
};
use x509_parser::prelude::FromDer as _;

use super::certificates::Certificate;
use super::public::{KeyKind, PublicKey};
use super::signing::SigningKey;
use crate::base::encoding::sha256;
use crate::base::secret::SecretBytes;

/// The pairs of digest and mask generation that exist here. AWS-LC knows matched pairs alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oaep {
    /// SHA-1 for both. OAEP does not rest on what is broken in SHA-1.
    Sha1,
    /// SHA-256 for both.
    Sha256,
}

impl Oaep {
    const fn algorithm(self) -> &'static OaepAlgorithm {
        match self {
            Self::Sha1 => &OAEP_SHA1_MGF1SHA1,
            Self::Sha256 => &OAEP_SHA256_MGF1SHA256,
        }
    }
}

/// The key of the certificate cannot be encrypted to, or AWS-LC refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be encrypted to the key of this certificate")]
pub struct WrapError;

/// Whether something can be encrypted to the key of `certificate`: it must be RSA.
#[must_use]
pub fn can_wrap(certificate: &Certificate) -> bool {
    matches!(certificate.key().kind(), KeyKind::Rsa { .. })
}

/// Wraps `content_key` for whoever holds the key of `certificate`.
///
/// # Errors
/// [`WrapError`].
pub fn wrap(certificate: &Certificate, oaep: Oaep, content_key: &[u8]) -> Result<Vec<u8>, WrapError> {
    let (_, parsed) = x509_parser::certificate::X509Certificate::from_der(certificate.der()).map_err(|_| WrapError)?;
    let key = PublicEncryptingKey::from_der(parsed.public_key().raw).map_err(|_| WrapError)?;
    let key = OaepPublicEncryptingKey::new(key).map_err(|_| WrapError)?;
    let mut wrapped = vec![0; key.ciphertext_size()];
    key.encrypt(oaep.algorithm(), content_key, &mut wrapped, None).map_err(|_| WrapError)?;
    Ok(wrapped)
}

/// Our keys to which partners encrypt, parsed once: next, current and previous.
#[derive(Debug, Default)]
pub struct DecryptionKeys {
    keys: Vec<DecryptionKey>,
}

struct DecryptionKey {
    key: OaepPrivateDecryptingKey,
    modulus: Vec<u8>,
    rejection: hmac::Key,
    operations: AtomicU64,
}

impl std::fmt::Debug for DecryptionKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DecryptionKey")
    }
}

impl DecryptionKeys {
    /// Parses the private halves; a key of another kind than RSA is left out.
    #[must_use]
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> Self {
        Self { keys: keys.into_iter().filter_map(DecryptionKey::new).collect() }
    }

    /// The content key of `length` bytes that was wrapped, or one that only we can compute where none of
    /// our keys opens it. `None` only where we have no key at all.
    ///
    /// Each key is used exactly once, whatever `wrapped` is.
    #[must_use]
    pub fn unwrap(&self, oaep: Oaep, wrapped: &[u8], length: usize) -> Option<SecretBytes> {
        let mut content_key = self.keys.first()?.rejected(wrapped, length);
        for key in &self.keys {
            let opened = key.open(oaep, wrapped);
            if let Some(opened) = opened.filter(|opened| opened.expose().len() == length) {
                content_key = opened;
            }
        }
        Some(content_key)
    }

    /// How many private operations were made so far, for metrics and for the tests that compare them.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.keys.iter().map(|key| key.operations.load(Ordering::Relaxed)).sum()
    }

    /// How many keys there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl DecryptionKey {
    fn new(key: &SigningKey) -> Option<Self> {
        let public = PublicKey::from_spki(&key.spki().ok()?).ok()?;
        let modulus = public.rsa_parts()?.0.to_vec();
        let pkcs8 = key.pkcs8().expose();
        let private = PrivateDecryptingKey::from_pkcs8(pkcs8).ok()?;
        // Known to nobody who does not have the key, and the same in every process that has it.
        let secret = SecretBytes::new(sha256(&[b"entente oaep rejection v1", pkcs8.as_slice()].concat()).to_vec());
        Some(Self {
            key: OaepPrivateDecryptingKey::new(private).ok()?,
            modulus,
            rejection: hmac::Key::new(hmac::HMAC_SHA256, secret.expose()),
            operations: AtomicU64::new(0),
        })
    }

    /// `length` bytes, 32 at most, which depend on `wrapped` and on this key.
    fn rejected(&self, wrapped: &[u8], length: usize) -> SecretBytes {
        let tag = hmac::sign(&self.rejection, wrapped);
        SecretBytes::new(tag.as_ref().iter().copied().cycle().take(length).collect())
    }

    /// One private operation. What RSA cannot work on, by its length or its size as a number, is replaced
    /// by a block of which nobody knows what it wraps.
    fn open(&self, oaep: Oaep, wrapped: &[u8]) -> Option<SecretBytes> {
        self.operations.fetch_add(1, Ordering::Relaxed);
        let is_block = wrapped.len() == self.modulus.len() && *wrapped < *self.modulus;
        let replacement;
        let block = if is_block {
            wrapped
        } else {
            let tag = hmac::sign(&self.rejection, wrapped);
            let mut bytes: Vec<u8> = tag.as_ref().iter().copied().cycle().take(self.modulus.len()).collect();
            bytes[0] = 0;
            replacement = bytes;
            &replacement
        };
        let mut plain = SecretBuffer(vec![0; self.key.min_output_size()]);
        let opened = self.key.decrypt(oaep.algorithm(), block, &mut plain.0, None).ok()?;
        is_block.then(|| SecretBytes::new(opened.to_vec()))
    }
}

/// A buffer that is wiped, also where decryption fails.
struct SecretBuffer(Vec<u8>);

impl Drop for SecretBuffer {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::clock::Timestamp;
    use crate::base::random::SystemRandom;
    use crate::keys::generate::self_signed;

    const CONTENT_KEY: &[u8] = &[7; 32];

    fn certified() -> (SigningKey, Certificate) {
        let key = SigningKey::generate_rsa().unwrap();
        let now = Timestamp::from_seconds(1_790_000_000);
        let certificate = self_signed(&SystemRandom, &key, "test", now, now.plus(Duration::from_secs(86_400))).unwrap();
        (key, certificate)
    }

    #[test]
    fn what_is_wrapped_is_unwrapped_by_any_key_of_ours_under_its_own_pair() {
        let (first, second) = (certified(), certified());
        let keys = DecryptionKeys::new([&first.0, &second.0]);
        for certificate in [&first.1, &second.1] {
            for (with, other) in [(Oaep::Sha1, Oaep::Sha256), (Oaep::Sha256, Oaep::Sha1)] {
                let wrapped = wrap(certificate, with, CONTENT_KEY).unwrap();
                assert_eq!(keys.unwrap(with, &wrapped, 32).unwrap().expose(), CONTENT_KEY);
                assert_ne!(keys.unwrap(other, &wrapped, 32).unwrap().expose(), CONTENT_KEY);
            }
        }
    }

    #[test]
    fn whatever_is_wrapped_costs_one_operation_a_key_and_gives_a_key_of_the_asked_length() {
        let (first, second) = (certified(), certified());
        let keys = DecryptionKeys::new([&first.0, &second.0]);
        let good = wrap(&first.1, Oaep::Sha256, CONTENT_KEY).unwrap();
        let short = wrap(&first.1, Oaep::Sha256, &CONTENT_KEY[..16]).unwrap();
        let stranger = wrap(&certified().1, Oaep::Sha256, CONTENT_KEY).unwrap();
        let mut flipped = good.clone();
        flipped[100] ^= 1;
        let too_large = vec![0xff; good.len()];
        for (wrapped, is_good) in [
            (good.as_slice(), true),
            (&short, false),
            (&stranger, false),
            (&flipped, false),
            (&too_large, false),
            (&vec![0; good.len()], false),
            (&good[1..], false),
            (&[], false),
        ] {
            let before = keys.operations();
            let unwrapped = keys.unwrap(Oaep::Sha256, wrapped, 32).unwrap();
            assert_eq!(keys.operations() - before, 2);
            assert_eq!(unwrapped.expose().len(), 32);
            assert_eq!(unwrapped.expose() == CONTENT_KEY, is_good);
            // The same question has the same answer, as a real key would.
            assert_eq!(keys.unwrap(Oaep::Sha256, wrapped, 32), Some(unwrapped));
        }
        assert_eq!(keys.unwrap(Oaep::Sha256, &short, 16).unwrap().expose(), &CONTENT_KEY[..16]);
    }

    #[test]
    fn without_an_rsa_key_there_is_nothing_to_unwrap_with() {
        let key = SigningKey::generate_p256().unwrap();
        let keys = DecryptionKeys::new([&key]);
        assert!(keys.is_empty());
        assert_eq!(keys.unwrap(Oaep::Sha1, &[0; 256], 32), None);
        let now = Timestamp::from_seconds(1_790_000_000);
        let certificate = self_signed(&SystemRandom, &key, "test", now, now.plus(Duration::from_secs(86_400))).unwrap();
        assert!(!can_wrap(&certificate));
        assert_eq!(wrap(&certificate, Oaep::Sha1, CONTENT_KEY), Err(WrapError));
    }
}

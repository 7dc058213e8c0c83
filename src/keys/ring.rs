//! The ring of our own keys: purposes, states of rotation, and the local [`Signer`].

use std::sync::Arc;

use arc_swap::ArcSwap;
use async_trait::async_trait;

use super::certificates::Certificate;
use super::oaep::DecryptionKeys;
use super::public::{KeyKind, PublicKey};
use super::signing::{KeyId, SignError, SignatureAlgorithm, Signer, SigningKey};
use crate::base::clock::Timestamp;

/// What a key is for; a key serves one purpose only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// Signs tokens toward OIDC apps.
    Oidc,
    /// Signs SAML messages.
    SamlSigning,
    /// Decrypts what SAML partners encrypt to us.
    SamlDecryption,
    /// Signs heads of the audit; published nowhere.
    Audit,
}

/// Where a key stands in its rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Published, not yet used.
    Next,
    /// Published and used.
    Current,
    /// Published, no longer used for new signatures.
    Previous,
}

/// One key of ours with all that rotation and publication need.
#[derive(Debug)]
pub struct RingKey {
    /// Its name and `kid`.
    pub id: KeyId,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// Where it stands.
    pub state: KeyState,
    /// The private half, parsed.
    pub key: SigningKey,
    /// The public half, parsed.
    pub public: PublicKey,
    /// The certificate around it, for SAML.
    pub certificate: Option<Certificate>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// All our keys, swapped whole when they change.
#[derive(Debug, Default)]
pub struct KeyRing {
    keys: ArcSwap<Vec<Arc<RingKey>>>,
    decryption: ArcSwap<DecryptionKeys>,
}

impl KeyRing {
    /// A ring of these keys.
    #[must_use]
    pub fn new(keys: Vec<RingKey>) -> Self {
        let ring = Self::default();
        ring.replace(keys);
        ring
    }

    /// Puts other keys in the place of all.
    pub fn replace(&self, keys: Vec<RingKey>) {
        let decrypts = keys.iter().filter(|key| key.purpose == KeyPurpose::SamlDecryption);
        self.decryption.store(Arc::new(DecryptionKeys::new(decrypts.map(|key| &key.key))));
        self.keys.store(Arc::new(keys.into_iter().map(Arc::new).collect()));
    }

    /// The current key for `purpose` and a kind of key, where there is one.
    #[must_use]
    pub fn current(&self, purpose: KeyPurpose, algorithm: SignatureAlgorithm) -> Option<Arc<RingKey>> {
        let keys = self.keys.load();
        keys.iter()
            .find(|key| key.purpose == purpose && key.state == KeyState::Current && fits(key.public.kind(), algorithm))
            .cloned()
    }

    /// All keys of `purpose` in every state, as they are published.
    #[must_use]
    pub fn published(&self, purpose: KeyPurpose) -> Vec<Arc<RingKey>> {
        self.keys.load().iter().filter(|key| key.purpose == purpose).cloned().collect()
    }

    /// The certificates around the keys of `purpose` as they are published, that of the current key first.
    #[must_use]
    pub fn certificates(&self, purpose: KeyPurpose) -> Vec<Certificate> {
        let mut published = self.published(purpose);
        published.sort_by_key(|key| match key.state {
            KeyState::Current => 0,
            KeyState::Next => 1,
            KeyState::Previous => 2,
        });
        published.iter().filter_map(|key| key.certificate.clone()).collect()
    }

    /// The keys to which partners encrypt, in every state: a retired one opens until it is removed.
    #[must_use]
    pub fn decryption(&self) -> Arc<DecryptionKeys> {
        self.decryption.load_full()
    }

    /// The certificate of the current key for decryption. Whoever encrypts takes any that is published,
    /// so there is one.
    #[must_use]
    pub fn encryption_certificate(&self) -> Option<Certificate> {
        let keys = self.keys.load();
        let current = |key: &&Arc<RingKey>| key.purpose == KeyPurpose::SamlDecryption && key.state == KeyState::Current;
        keys.iter().find(current).and_then(|key| key.certificate.clone())
    }

    /// The key named `id`, for verifying what we once signed.
    #[must_use]
    pub fn by_id(&self, id: KeyId) -> Option<Arc<RingKey>> {
        self.keys.load().iter().find(|key| key.id == id).cloned()
    }
}

fn fits(kind: KeyKind, algorithm: SignatureAlgorithm) -> bool {
    match algorithm {
        SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::RsaSha512 => matches!(kind, KeyKind::Rsa { .. }),
        SignatureAlgorithm::EcdsaP256Sha256 => kind == KeyKind::P256,
    }
}

#[async_trait]
impl Signer for KeyRing {
    async fn sign(&self, key: KeyId, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.by_id(key).ok_or(SignError::UnknownKey)?.key.sign(algorithm, message)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::random::SystemRandom;
    use crate::keys::generate::self_signed;
    use crate::keys::jwks::jwks;

    fn ring_key(purpose: KeyPurpose, state: KeyState, key: SigningKey) -> RingKey {
        let now = Timestamp::from_seconds(1_790_000_000);
        let certificate = self_signed(&SystemRandom, &key, "test", now, now.plus(Duration::from_secs(86_400))).unwrap();
        let public = PublicKey::from_spki(&key.spki().unwrap()).unwrap();
        RingKey {
            id: KeyId::new(now, &SystemRandom),
            purpose,
            state,
            key,
            public,
            certificate: Some(certificate),
            created_at: now,
        }
    }

    #[tokio::test]
    async fn a_key_signs_only_under_its_own_kind_of_algorithm() {
        let ring = KeyRing::new(vec![
            ring_key(KeyPurpose::Oidc, KeyState::Current, SigningKey::generate_rsa().unwrap()),
            ring_key(KeyPurpose::Oidc, KeyState::Current, SigningKey::generate_p256().unwrap()),
        ]);
        for algorithm in
            [SignatureAlgorithm::RsaSha256, SignatureAlgorithm::RsaSha512, SignatureAlgorithm::EcdsaP256Sha256]
        {
            let key = ring.current(KeyPurpose::Oidc, algorithm).unwrap();
            let signature = ring.sign(key.id, algorithm, b"message").await.unwrap();
            assert!(key.public.has_signed(algorithm, b"message", &signature));
            assert!(!key.public.has_signed(algorithm, b"massage", &signature));
            let certified = key.certificate.as_ref().unwrap().key();
            assert!(certified.has_signed(algorithm, b"message", &signature));
        }
        let rsa = ring.current(KeyPurpose::Oidc, SignatureAlgorithm::RsaSha256).unwrap();
        let refused = ring.sign(rsa.id, SignatureAlgorithm::EcdsaP256Sha256, b"message").await;
        assert_eq!(refused, Err(SignError::Algorithm));
        assert!(ring.current(KeyPurpose::SamlSigning, SignatureAlgorithm::RsaSha256).is_none());
        assert_eq!(jwks(&ring.published(KeyPurpose::Oidc)).len(), 2);
    }
}

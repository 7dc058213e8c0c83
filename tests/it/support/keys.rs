//! Keys that are made once a test run, since making RSA keys is slow.

use std::sync::LazyLock;
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::random::SystemRandom;
use entente::base::secret::SecretBytes;
use entente::keys::certificates::Certificate;
use entente::keys::generate::self_signed;
use entente::keys::public::PublicKey;
use entente::keys::ring::{KeyPurpose, KeyRing, KeyState, RingKey};
use entente::keys::signing::{KeyId, SigningKey};

/// When every test begins.
pub const START: Timestamp = Timestamp::from_seconds(1_795_168_800);

static OIDC_RSA: LazyLock<Vec<u8>> = LazyLock::new(|| pkcs8(&SigningKey::generate_rsa().unwrap()));
static OIDC_P256: LazyLock<Vec<u8>> = LazyLock::new(|| pkcs8(&SigningKey::generate_p256().unwrap()));
static SAML_RSA: LazyLock<Vec<u8>> = LazyLock::new(|| pkcs8(&SigningKey::generate_rsa().unwrap()));
static DECRYPTION_RSA: LazyLock<Vec<u8>> = LazyLock::new(|| pkcs8(&SigningKey::generate_rsa().unwrap()));
static RETIRED_RSA: LazyLock<Vec<u8>> = LazyLock::new(|| pkcs8(&SigningKey::generate_rsa().unwrap()));
static AUDIT_P256: LazyLock<Vec<u8>> = LazyLock::new(|| pkcs8(&SigningKey::generate_p256().unwrap()));
static PARTNER_RSA: LazyLock<Vec<u8>> = LazyLock::new(|| pkcs8(&SigningKey::generate_rsa().unwrap()));
static STRANGER_RSA: LazyLock<Vec<u8>> = LazyLock::new(|| pkcs8(&SigningKey::generate_rsa().unwrap()));

fn pkcs8(key: &SigningKey) -> Vec<u8> {
    key.pkcs8().expose().clone()
}

fn key(pkcs8: &[u8]) -> SigningKey {
    SigningKey::from_pkcs8(SecretBytes::new(pkcs8.to_vec())).unwrap()
}

/// The gateway's own keys.
pub fn ring() -> KeyRing {
    let one = |purpose, state, pkcs8: &[u8]| {
        let key = key(pkcs8);
        RingKey {
            id: KeyId::new(START, &SystemRandom),
            purpose,
            state,
            public: PublicKey::from_spki(&key.spki().unwrap()).unwrap(),
            certificate: (purpose != KeyPurpose::Oidc).then(|| certificate(&key)),
            key,
            created_at: START,
        }
    };
    KeyRing::new(vec![
        one(KeyPurpose::Oidc, KeyState::Current, &OIDC_RSA),
        one(KeyPurpose::Oidc, KeyState::Current, &OIDC_P256),
        one(KeyPurpose::SamlSigning, KeyState::Current, &SAML_RSA),
        one(KeyPurpose::SamlDecryption, KeyState::Current, &DECRYPTION_RSA),
        one(KeyPurpose::SamlDecryption, KeyState::Previous, &RETIRED_RSA),
        one(KeyPurpose::Audit, KeyState::Current, &AUDIT_P256),
    ])
}

/// The certificate to which partners encrypt.
pub fn encryption_certificate() -> Certificate {
    certificate(&key(&DECRYPTION_RSA))
}

/// The one to which they encrypted before, whose key still opens.
pub fn retired_encryption_certificate() -> Certificate {
    certificate(&key(&RETIRED_RSA))
}

/// The partner's key.
pub fn partner() -> SigningKey {
    key(&PARTNER_RSA)
}

/// A key that nobody trusts.
pub fn stranger() -> SigningKey {
    key(&STRANGER_RSA)
}

/// A certificate around a key, valid for a year from [`START`].
pub fn certificate(key: &SigningKey) -> Certificate {
    self_signed(&SystemRandom, key, "test", START, START.plus(Duration::from_secs(365 * 86_400))).unwrap()
}

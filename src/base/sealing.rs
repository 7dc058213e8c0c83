//! Sealing: AES-256-GCM under keys that HKDF-SHA-256 derives from the one root secret, a key of its
//! own for each purpose, and the place of the value (table and row, or cookie) as additional data,
//! so that a sealed value moved elsewhere does not open. Values sealed under a previous root secret
//! still open.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;

use super::random::Random;
use super::secret::SecretBytes;

/// What a derived key is for. Each has a label of its own, which never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The `Asked` life of an attempt in a cookie.
    AttemptCookie,
    /// Private keys, partner secrets and the salt of subjects in the database.
    DatabaseSecret,
    /// The HMAC under which app secrets are kept.
    AppSecret,
    /// The value in the database that shows whether the root secret is the right one.
    KeyCheck,
    /// Small signed states that pages carry, such as confirmation forms.
    PageState,
    /// The opaque `altsecid` claim.
    AlternativeSecurityId,
    /// Secrets of second factors in the database and in attempts.
    FactorSecret,
    /// The HMAC under which recovery codes are kept.
    RecoveryCode,
    /// The HMAC under which mailed codes are kept.
    MailedCode,
    /// The list of those who passed a second factor in this browser, in its cookie.
    KnownBrowser,
    /// The partner that was chosen last in this browser, in its cookie.
    RememberedPartner,
    /// What proves a domain in the DNS.
    DomainProof,
    /// A request that an app has pushed, in its own name.
    PushedRequest,
    /// The refresh tokens that partners gave us, in the database.
    UpstreamToken,
    /// Sheets of guests and the links that they led to, in the database.
    BulkInvitation,
    /// What is written in the mails of the outbox.
    OutboxMail,
    /// The links by which a person stops invitations.
    MailBlockLink,
    /// What was answered to requests that may come again, in the database.
    KeptAnswer,
}

impl Purpose {
    const ALL: [Self; 18] = [
        Self::AttemptCookie,
        Self::DatabaseSecret,
        Self::AppSecret,
        Self::KeyCheck,
        Self::PageState,
        Self::AlternativeSecurityId,
        Self::FactorSecret,
        Self::RecoveryCode,
        Self::MailedCode,
        Self::KnownBrowser,
        Self::PushedRequest,
        Self::UpstreamToken,
        Self::RememberedPartner,
        Self::DomainProof,
        Self::BulkInvitation,
        Self::OutboxMail,
        Self::MailBlockLink,
        Self::KeptAnswer,
    ];

    const fn label(self) -> &'static [u8] {
        match self {
            Self::AttemptCookie => b"entente attempt cookie v1",
            Self::DatabaseSecret => b"entente database secret v1",
            Self::AppSecret => b"entente app secret v1",
            Self::KeyCheck => b"entente key check v1",
            Self::PageState => b"entente page state v1",
            Self::AlternativeSecurityId => b"entente altsecid v1",
            Self::FactorSecret => b"entente factor secret v1",
            Self::PushedRequest => b"entente pushed request v1",
            Self::UpstreamToken => b"entente upstream token v1",
            Self::RecoveryCode => b"entente recovery code v1",
            Self::MailedCode => b"entente mailed code v1",
            Self::KnownBrowser => b"entente known browser v1",
            Self::RememberedPartner => b"entente remembered partner v1",
            Self::DomainProof => b"entente domain proof v1",
            Self::BulkInvitation => b"entente bulk invitation v1",
            Self::OutboxMail => b"entente outbox mail v1",
            Self::MailBlockLink => b"entente mail block link v1",
            Self::KeptAnswer => b"entente kept answer v1",
        }
    }
}

/// The sealed value does not open: altered, moved, or sealed under another secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed value does not open")]
pub struct SealError;

/// The root secret is unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret key must be at least {MIN_ROOT} bytes")]
pub struct RootError;

/// The fewest bytes that a root secret may have.
pub const MIN_ROOT: usize = 32;

struct Derived {
    aead: Vec<LessSafeKey>,
    mac: Vec<hmac::Key>,
}

/// Seals and opens under one current and any number of previous root secrets. Keys are derived
/// once.
pub struct Sealer {
    derived: Vec<Derived>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sealer")
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive(root: &[u8], label: &[u8], part: &[u8]) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    let info = [label, part];
    let expanded = Salt::new(HKDF_SHA256, b"entente").extract(root);
    let okm = expanded.expand(&info, Length(32)).ok()?;
    okm.fill(&mut key).ok()?;
    Some(key)
}

impl Sealer {
    /// Derives all keys. `previous` secrets only open, they never seal.
    ///
    /// # Errors
    /// [`RootError`] where a secret is shorter than [`MIN_ROOT`].
    pub fn new(current: &SecretBytes, previous: &[SecretBytes]) -> Result<Self, RootError> {
        let mut derived = Vec::new();
        for root in std::iter::once(current).chain(previous) {
            if root.expose().len() < MIN_ROOT {
                return Err(RootError);
            }
            let mut aead = Vec::new();
            let mut mac = Vec::new();
            for purpose in Purpose::ALL {
                let key = derive(root.expose(), purpose.label(), b"aead").ok_or(RootError)?;
                aead.push(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).map_err(|_| RootError)?));
                let key = derive(root.expose(), purpose.label(), b"hmac").ok_or(RootError)?;
                mac.push(hmac::Key::new(hmac::HMAC_SHA256, &key));
            }
            derived.push(Derived { aead, mac });
        }
        Ok(Self { derived })
    }

    /// Seals `plain` for `place`. The result is nonce, ciphertext and tag.
    ///
    /// # Errors
    /// [`SealError`] where AWS-LC refuses, which its limits of 64 GiB a message alone allow.
    pub fn seal(
        &self,
        random: &dyn Random,
        purpose: Purpose,
        place: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = plain.to_vec();
        self.derived[0].aead[purpose as usize]
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed)
            .map_err(|_| SealError)?;
        let mut out = nonce.to_vec();
        out.append(&mut sealed);
        Ok(out)
    }

    /// Opens what [`seal`](Self::seal) made for the same purpose and place.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(&self, purpose: Purpose, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        for derived in &self.derived {
            let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
            let mut plain = body.to_vec();
            if let Ok(opened) = derived.aead[purpose as usize].open_in_place(nonce, Aad::from(place), &mut plain) {
                let length = opened.len();
                plain.truncate(length);
                return Ok(plain);
            }
        }
        Err(SealError)
    }

    /// HMAC-SHA-256 of `message` under the current secret.
    #[must_use]
    pub fn mac(&self, purpose: Purpose, message: &[u8]) -> [u8; 32] {
        mac_under(&self.derived[0].mac[purpose as usize], message)
    }

    /// Whether `expected` is the HMAC of `message` under the current or a previous secret.
    #[must_use]
    pub fn has_mac(&self, purpose: Purpose, message: &[u8], expected: &[u8]) -> bool {
        self.derived.iter().any(|derived| hmac::verify(&derived.mac[purpose as usize], message, expected).is_ok())
    }
}

fn mac_under(key: &hmac::Key, message: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(key, message);
    let mut out = [0; 32];
    out.copy_from_slice(tag.as_ref());
    out
}

/// HMAC-SHA-256 under a key that is not one of the sealer's, such as the salt of subjects.
#[must_use]
pub fn mac_with(key: &[u8], message: &[u8]) -> [u8; 32] {
    mac_under(&hmac::Key::new(hmac::HMAC_SHA256, key), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemRandom;

    fn sealer(root: u8, previous: &[u8]) -> Sealer {
        let previous: Vec<_> = previous.iter().map(|byte| SecretBytes::new(vec![*byte; 32])).collect();
        Sealer::new(&SecretBytes::new(vec![root; 32]), &previous).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_only_at_its_place_and_purpose() {
        let one = sealer(1, &[]);
        let sealed = one.seal(&SystemRandom, Purpose::AttemptCookie, b"here", b"plain").unwrap();
        assert_eq!(one.open(Purpose::AttemptCookie, b"here", &sealed).as_deref(), Ok(&b"plain"[..]));
        assert_eq!(one.open(Purpose::AttemptCookie, b"there", &sealed), Err(SealError));
        assert_eq!(one.open(Purpose::PageState, b"here", &sealed), Err(SealError));
        let mut altered = sealed;
        *altered.last_mut().unwrap() ^= 1;
        assert_eq!(one.open(Purpose::AttemptCookie, b"here", &altered), Err(SealError));
    }

    #[test]
    fn a_previous_secret_still_opens_and_never_seals() {
        let old = sealer(1, &[]).seal(&SystemRandom, Purpose::DatabaseSecret, b"row", b"plain").unwrap();
        assert!(sealer(2, &[1]).open(Purpose::DatabaseSecret, b"row", &old).is_ok());
        let new = sealer(2, &[1]).seal(&SystemRandom, Purpose::DatabaseSecret, b"row", b"plain").unwrap();
        assert_eq!(sealer(1, &[]).open(Purpose::DatabaseSecret, b"row", &new), Err(SealError));
    }

    #[test]
    fn a_short_root_is_refused() {
        assert!(Sealer::new(&SecretBytes::new(vec![0; 31]), &[]).is_err());
        assert!(Sealer::new(&SecretBytes::new(vec![0; 32]), &[]).is_ok());
    }
}

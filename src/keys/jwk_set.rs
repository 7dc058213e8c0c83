//! The keys of somebody else as a JWK Set (RFC 7517 5), parsed once.

use std::sync::Arc;

use serde::Deserialize;

use super::public::{KeyKind, PublicKey};
use super::signing::SignatureAlgorithm;
use crate::base::encoding::from_base64url;

/// The largest document that is read. **Units**: bytes.
pub const MAX_DOCUMENT: usize = 256 * 1024;
/// The most keys that are read of one document.
pub const MAX_KEYS: usize = 64;

/// The signature algorithms of tokens that others make (RFC 7518 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519 (RFC 8037 3.1).
    EdDsa,
}

impl TokenAlgorithm {
    /// All, in the order in which they are written.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];
    /// Those that a profile of high security takes (FAPI 2.0 Security Profile 5.4.1).
    pub const STRICT: [Self; 3] = [Self::Ps256, Self::Es256, Self::EdDsa];

    /// The value of `alg`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Whether a header or a key names it so; `Ed25519` is the newer name of what `EdDSA` means here (RFC 9864 2.2).
    #[must_use]
    pub fn is_named(self, name: &str) -> bool {
        self.as_str() == name || (self == Self::EdDsa && name == "Ed25519")
    }

    /// The algorithm of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.is_named(name))
    }

    /// Whether a key of this kind is used with it.
    #[must_use]
    pub const fn fits(self, kind: KeyKind) -> bool {
        matches!(
            (kind, self),
            (KeyKind::Rsa { .. }, Self::Rs256 | Self::Ps256)
                | (KeyKind::P256, Self::Es256)
                | (KeyKind::Ed25519, Self::EdDsa)
        )
    }

    /// Whether `signature` over `message` was made with `key`.
    #[must_use]
    pub fn has_signed(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rs256 => key.has_signed(SignatureAlgorithm::RsaSha256, message, signature),
            Self::Es256 => key.has_signed(SignatureAlgorithm::EcdsaP256Sha256, message, signature),
            Self::Ps256 => key.has_signed_pss(message, signature),
            Self::EdDsa => key.has_signed_ed25519(message, signature),
        }
    }
}

/// A key that signs.
#[derive(Debug, Clone)]
struct NamedKey {
    kid: Option<String>,
    alg: Option<String>,
    key: Arc<PublicKey>,
}

/// The signing keys of a provider, parsed once.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<NamedKey>,
}

/// Why a key document is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Too large, no JSON or no list of keys.
    #[error("the key document cannot be read")]
    Malformed,
    /// More keys than [`MAX_KEYS`].
    #[error("the key document has more than {MAX_KEYS} keys")]
    TooMany,
    /// None that is known here.
    #[error("the key document has no RSA, P-256 or Ed25519 key for signatures")]
    Empty,
    /// Two keys of one name.
    #[error("the key document has two keys of one `kid`")]
    Doubled,
    /// Half of a pair that belongs to nobody else.
    #[error("the key document has a private key; give the public half alone, and take the pair for lost")]
    Private,
}

impl KeySetError {
    /// The stable cause of a refusal.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            // The last is told where it stands, before anything is signed with it.
            Self::Malformed | Self::Private => "jwks_malformed",
            Self::TooMany => "jwks_too_many_keys",
            Self::Empty => "jwks_without_key",
            Self::Doubled => "jwks_kid_doubled",
        }
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads a document. Keys of other kinds, for other purposes, or outside our limits are left out, since a
    /// provider may have them for others.
    ///
    /// # Errors
    /// [`KeySetError`].
    pub fn read(document: &[u8]) -> Result<Self, KeySetError> {
        Self::read_as(document, |key| key)
    }

    fn read_as(document: &[u8], kept: fn(PublicKey) -> PublicKey) -> Result<Self, KeySetError> {
        if document.len() > MAX_DOCUMENT {
            return Err(KeySetError::Malformed);
        }
        let document: Document = serde_json::from_slice(document).map_err(|_| KeySetError::Malformed)?;
        if document.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooMany);
        }
        let keys: Vec<NamedKey> = document.keys.into_iter().filter_map(|value| read_key(value, kept)).collect();
        let is_doubled =
            |key: &NamedKey| keys.iter().filter(|other| key.kid.is_some() && other.kid == key.kid).count() > 1;
        if keys.iter().any(is_doubled) {
            return Err(KeySetError::Doubled);
        }
        if keys.is_empty() { Err(KeySetError::Empty) } else { Ok(Self { keys }) }
    }

    /// As [`read`](Self::read), of an app's record: nothing private may be in it. Its keys are at rest, since apps stay
    /// in memory whether they are used or not.
    ///
    /// # Errors
    /// [`KeySetError`].
    pub fn register(document: &[u8]) -> Result<Self, KeySetError> {
        let set = Self::read_as(document, PublicKey::at_rest)?;
        let read: Document = serde_json::from_slice(document).map_err(|_| KeySetError::Malformed)?;
        if read.keys.iter().any(is_private) { Err(KeySetError::Private) } else { Ok(set) }
    }

    /// The key that a header names, fit for `algorithm`. Without a name there must be one that fits.
    ///
    /// # Errors
    /// The stable cause.
    pub fn find(&self, kid: Option<&str>, algorithm: TokenAlgorithm) -> Result<&PublicKey, &'static str> {
        let fits = |key: &&NamedKey| {
            algorithm.fits(key.key.kind()) && key.alg.as_deref().is_none_or(|alg| algorithm.is_named(alg))
        };
        let Some(kid) = kid else {
            let mut fitting = self.keys.iter().filter(fits);
            return match (fitting.next(), fitting.next()) {
                (Some(only), None) => Ok(&only.key),
                (None, _) => Err(KEY_UNKNOWN),
                (Some(_), Some(_)) => Err("token_kid_missing"),
            };
        };
        let named = self.keys.iter().find(|key| key.kid.as_deref() == Some(kid)).ok_or(KEY_UNKNOWN)?;
        if fits(&named) { Ok(&named.key) } else { Err("token_key_of_another_kind") }
    }
}

/// Whether a JWK has the half of a pair that belongs to nobody else, or is a secret (RFC 7518 6.2.2, 6.3.2, 6.4.1).
fn is_private(key: &serde_json::Value) -> bool {
    ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| key.get(name).is_some())
}

/// The key of a JWK that stands alone, as in a header; `None` where it is private, of a kind that is not known here or
/// not for signatures.
#[must_use]
pub fn public_jwk(jwk: &serde_json::Value) -> Option<Arc<PublicKey>> {
    if is_private(jwk) { None } else { read_key(jwk.clone(), |key| key).map(|named| named.key) }
}

fn read_key(value: serde_json::Value, kept: fn(PublicKey) -> PublicKey) -> Option<NamedKey> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let signs = jwk.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
        && jwk.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    if !signs {
        return None;
    }
    let bytes = |text: &Option<String>| text.as_deref().and_then(from_base64url);
    let key = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => PublicKey::from_rsa_parts(&bytes(&jwk.n)?, &bytes(&jwk.e)?).ok()?,
        ("EC", Some("P-256")) => PublicKey::from_p256_parts(&bytes(&jwk.x)?, &bytes(&jwk.y)?).ok()?,
        ("OKP", Some("Ed25519")) => PublicKey::from_ed25519_part(&bytes(&jwk.x)?).ok()?,
        _ => return None,
    };
    Some(NamedKey { kid: jwk.kid, alg: jwk.alg, key: Arc::new(kept(key)) })
}

/// The cause of a refusal in which the document has no key of the token's name; a newer one may.
pub const KEY_UNKNOWN: &str = "token_key_unknown";

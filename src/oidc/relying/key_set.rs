//! The keys of a provider (RFC 7517 5), and what they have signed.

use std::sync::Arc;

use serde::Deserialize;

use crate::base::encoding::from_base64url;
use crate::keys::public::{KeyKind, PublicKey};
use crate::oidc::jose::JwsAlgorithm;

/// The largest document that is read. **Units**: bytes.
pub const MAX_DOCUMENT: usize = 256 * 1024;
/// The most keys that are read of one document.
pub const MAX_KEYS: usize = 64;
/// The longest token that is read. **Units**: bytes.
pub const MAX_TOKEN: usize = 64 * 1024;

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
    #[error("the key document has no RSA or P-256 key for signatures")]
    Empty,
    /// Two keys of one name.
    #[error("the key document has two keys of one `kid`")]
    Doubled,
}

impl KeySetError {
    /// The stable cause of a refusal.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Malformed => "jwks_malformed",
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
        if document.len() > MAX_DOCUMENT {
            return Err(KeySetError::Malformed);
        }
        let document: Document = serde_json::from_slice(document).map_err(|_| KeySetError::Malformed)?;
        if document.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooMany);
        }
        let keys: Vec<NamedKey> = document.keys.into_iter().filter_map(read_key).collect();
        let is_doubled =
            |key: &NamedKey| keys.iter().filter(|other| key.kid.is_some() && other.kid == key.kid).count() > 1;
        if keys.iter().any(is_doubled) {
            return Err(KeySetError::Doubled);
        }
        if keys.is_empty() { Err(KeySetError::Empty) } else { Ok(Self { keys }) }
    }

    /// The key that a header names, fit for `algorithm`. Without a name there must be one that fits.
    fn find(&self, kid: Option<&str>, algorithm: JwsAlgorithm) -> Result<&PublicKey, &'static str> {
        let fits = |key: &&NamedKey| {
            let is_kind = matches!(
                (key.key.kind(), algorithm),
                (KeyKind::Rsa { .. }, JwsAlgorithm::Rs256) | (KeyKind::P256, JwsAlgorithm::Es256)
            );
            is_kind && key.alg.as_deref().is_none_or(|alg| alg == algorithm.as_str())
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

fn read_key(value: serde_json::Value) -> Option<NamedKey> {
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
        _ => return None,
    };
    Some(NamedKey { kid: jwk.kid, alg: jwk.alg, key: Arc::new(key) })
}

/// The cause of a refusal in which the provider's document has no key of the token's name; a newer one may.
pub const KEY_UNKNOWN: &str = "token_key_unknown";

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
    b64: Option<serde_json::Value>,
}

/// Verifies a token with a key of the set and the one algorithm that our record fixes; `jku`, `jwk`, `x5u`
/// and `x5c` of the header are not looked at (RFC 8725 3.1, 3.10).
///
/// # Errors
/// The stable cause and what was seen.
pub fn verify(token: &str, keys: &KeySet, algorithm: JwsAlgorithm) -> Result<Vec<u8>, (&'static str, String)> {
    let bare = |cause| (cause, String::new());
    if token.len() > MAX_TOKEN {
        return Err(bare("token_too_large"));
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        return Err(bare(if parts.len() == 5 { "token_encrypted" } else { "token_malformed" }));
    };
    let decoded = |part: &str| from_base64url(part).ok_or_else(|| bare("token_malformed"));
    let signed = &token[..header.len() + 1 + payload.len()];
    let (header, payload, signature) = (decoded(header)?, decoded(payload)?, decoded(signature)?);
    let header: Header = serde_json::from_slice(&header).map_err(|_| bare("token_header_malformed"))?;
    if header.crit.is_some() || header.b64.is_some() {
        return Err(bare("token_critical_extension"));
    }
    if !header.typ.as_deref().is_none_or(|typ| typ.eq_ignore_ascii_case("jwt")) {
        return Err(("token_of_another_type", header.typ.unwrap_or_default()));
    }
    if header.alg != algorithm.as_str() {
        return Err(("token_algorithm_refused", header.alg));
    }
    let key = keys.find(header.kid.as_deref(), algorithm);
    let key = key.map_err(|cause| (cause, header.kid.clone().unwrap_or_default()))?;
    if key.has_signed(algorithm.signature_algorithm(), signed.as_bytes(), &signature) {
        Ok(payload)
    } else {
        Err(("token_signature_refused", header.kid.unwrap_or_default()))
    }
}

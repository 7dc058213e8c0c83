//! Tokens that others sign: verified by their keys, never by what the token says of itself.

use serde::Deserialize;

use crate::base::encoding::from_base64url;
use crate::keys::jwk_set::{KeySet, TokenAlgorithm};

/// The longest token that is read. **Units**: bytes.
pub const MAX_TOKEN: usize = 64 * 1024;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
    b64: Option<serde_json::Value>,
}

/// Verifies a token with a key of the set and one of the algorithms that our record fixes; `jku`, `jwk`, `x5u`
/// and `x5c` of the header are not looked at (RFC 8725 3.1, 3.10).
///
/// # Errors
/// The stable cause and what was seen.
pub fn verify(token: &str, keys: &KeySet, algorithms: &[TokenAlgorithm]) -> Result<Vec<u8>, (&'static str, String)> {
    verify_typed(token, keys, algorithms, &["jwt"])
}

/// As [`verify`], of a token whose header may name one of these media types, in lower case, or none (RFC 8725 3.11).
///
/// # Errors
/// The stable cause and what was seen.
pub fn verify_typed(
    token: &str,
    keys: &KeySet,
    algorithms: &[TokenAlgorithm],
    types: &[&str],
) -> Result<Vec<u8>, (&'static str, String)> {
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
    if !header.typ.as_deref().is_none_or(|typ| types.iter().any(|known| typ.eq_ignore_ascii_case(known))) {
        return Err(("token_of_another_type", header.typ.unwrap_or_default()));
    }
    let algorithm = algorithms.iter().copied().find(|algorithm| algorithm.is_named(&header.alg));
    let Some(algorithm) = algorithm else { return Err(("token_algorithm_refused", header.alg)) };
    let key = keys.find(header.kid.as_deref(), algorithm);
    let key = key.map_err(|cause| (cause, header.kid.clone().unwrap_or_default()))?;
    if algorithm.has_signed(key, signed.as_bytes(), &signature) {
        Ok(payload)
    } else {
        Err(("token_signature_refused", header.kid.unwrap_or_default()))
    }
}

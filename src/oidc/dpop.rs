//! Proofs of possession (DPoP, RFC 9449): a token that is signed for one request with a key that it shows, to which
//! the tokens of the answer, or the one that is used, are bound.
//!
//! There are no nonces of ours (RFC 9449 8): a proof is good for [`WINDOW`] around its `iat` and once, on every node,
//! so one that was made beforehand is worth little, and apps need no second request.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url, sha256};
use crate::base::secret::same_bytes;
use crate::keys::jwk_set::{TokenAlgorithm, public_jwk};
use crate::keys::thumbprint::Thumbprint;

/// The header that carries a proof.
pub const HEADER: &str = "dpop";
/// What a proof may be signed with: nothing symmetric, and never `none` (RFC 9449 4.2).
pub const ALGORITHMS: [TokenAlgorithm; 4] = TokenAlgorithm::ALL;
/// How far `iat` may lie in the past or in the future, since clocks differ.
pub const WINDOW: Duration = Duration::from_secs(60);
/// The longest proof. **Units**: bytes.
pub const MAX_PROOF: usize = 8 * 1024;
/// The longest `jti`. **Units**: bytes.
const MAX_ID: usize = 256;
/// The longest `htu`. **Units**: bytes.
const MAX_URI: usize = 2048;
const TYPE: &str = "dpop+jwt";

/// What a proof is held against.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The method of the request, in capitals.
    pub method: &'a str,
    /// Where the request was sent: our address of it, never the `Host` header.
    pub address: &'a str,
    /// The access token beside it, where there is one.
    pub access_token: Option<&'a str>,
}

/// A proof that holds. It must be remembered, since it is good once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DpopProof {
    /// Whose holder made it.
    pub key: Thumbprint,
    /// How it is signed.
    pub algorithm: TokenAlgorithm,
    /// Its `jti`.
    pub id: String,
    /// Until when it could be shown again.
    pub until: Timestamp,
}

#[derive(Deserialize)]
struct Header {
    typ: Option<String>,
    alg: String,
    jwk: Option<Value>,
    crit: Option<Value>,
    b64: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    jti: Option<String>,
    htm: Option<String>,
    htu: Option<String>,
    iat: Option<i64>,
    ath: Option<String>,
}

/// Judges the proof in all headers of that name (RFC 9449 4.3); `None` where there is none.
///
/// # Errors
/// The stable cause.
pub fn read(headers: &[&[u8]], expected: &Expectation<'_>, now: Timestamp) -> Result<Option<DpopProof>, &'static str> {
    let proof = match headers {
        [] => return Ok(None),
        [one] => one,
        _ => return Err("dpop_proof_doubled"),
    };
    let text = std::str::from_utf8(proof).map_err(|_| "dpop_proof_malformed")?;
    judge(text, expected, now).map(Some)
}

fn judge(proof: &str, expected: &Expectation<'_>, now: Timestamp) -> Result<DpopProof, &'static str> {
    if proof.len() > MAX_PROOF {
        return Err("dpop_proof_too_long");
    }
    let parts: Vec<&str> = proof.split('.').collect();
    let [header, payload, signature] = parts[..] else { return Err("dpop_proof_malformed") };
    let signed = &proof[..header.len() + 1 + payload.len()];
    let decoded = |part: &str| from_base64url(part).ok_or("dpop_proof_malformed");
    let (header, payload, signature) = (decoded(header)?, decoded(payload)?, decoded(signature)?);
    let header: Header = serde_json::from_slice(&header).map_err(|_| "dpop_proof_malformed")?;
    if header.crit.is_some() || header.b64.is_some() {
        return Err("dpop_proof_malformed");
    }
    if !header.typ.is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE)) {
        return Err("dpop_proof_of_another_type");
    }
    let algorithm = ALGORITHMS.into_iter().find(|algorithm| algorithm.is_named(&header.alg));
    let algorithm = algorithm.ok_or("dpop_algorithm_refused")?;
    let jwk = header.jwk.ok_or("dpop_key_missing")?;
    // A key of another kind, one that is no public key, and one outside our limits.
    let key = public_jwk(&jwk).filter(|key| algorithm.fits(key.kind())).ok_or("dpop_key_refused")?;
    if jwk.get("alg").is_some_and(|alg| !alg.as_str().is_some_and(|alg| algorithm.is_named(alg))) {
        return Err("dpop_key_refused");
    }
    if !algorithm.has_signed(&key, signed.as_bytes(), &signature) {
        return Err("dpop_signature_refused");
    }
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| "dpop_proof_malformed")?;
    if claims.htm.as_deref() != Some(expected.method) {
        return Err("dpop_method_differs");
    }
    if !claims.htu.is_some_and(|htu| is_same_address(&htu, expected.address)) {
        return Err("dpop_address_differs");
    }
    let made = claims.iat.ok_or("dpop_proof_without_time")?;
    let made = Timestamp::from_seconds(made.clamp(0, LAST_SECOND));
    if now > made.plus(WINDOW) {
        return Err("dpop_proof_too_old");
    }
    if made > now.plus(WINDOW) {
        return Err("dpop_proof_not_yet_valid");
    }
    if let Some(token) = expected.access_token {
        let hash = base64url(sha256(token.as_bytes()));
        if !claims.ath.is_some_and(|ath| same_bytes(ath.as_bytes(), hash.as_bytes())) {
            return Err("dpop_token_hash_differs");
        }
    }
    let id = claims.jti.filter(|id| (1..=MAX_ID).contains(&id.len())).ok_or("dpop_proof_without_id")?;
    let key = Thumbprint::of(&key).ok_or("dpop_key_refused")?;
    // The last moment at which it would pass, and one more second, since times are compared in microseconds.
    let until = made.plus(WINDOW).plus(Duration::from_secs(1));
    Ok(DpopProof { key, algorithm, id, until })
}

/// Whether both are one address without query and fragment, normalised by syntax and scheme (RFC 9449 4.3, RFC 3986
/// 6.2.2 and 6.2.3).
fn is_same_address(found: &str, expected: &str) -> bool {
    let bare = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    found.len() <= MAX_URI && bare(found).is_some_and(|found| Some(found) == bare(expected))
}

/// What an app's developer is told of a fault, in the characters of RFC 6749 5.2.
#[must_use]
pub fn description(cause: &str) -> &'static str {
    match cause {
        "dpop_proof_missing" => "a DPoP proof is needed: send one JWT in the header DPoP",
        "dpop_proof_doubled" => "the header DPoP is given more than once",
        "dpop_proof_too_long" => "the DPoP proof is too long",
        "dpop_proof_of_another_type" => "the typ of the DPoP proof must be dpop+jwt",
        "dpop_algorithm_refused" => "the alg of the DPoP proof is not supported; see the metadata",
        "dpop_key_missing" => "the DPoP proof has no jwk in its header",
        "dpop_key_refused" => "the jwk of the DPoP proof must be a public key that fits its alg",
        "dpop_signature_refused" => "the signature of the DPoP proof is not that of its jwk",
        "dpop_method_differs" => "the htm of the DPoP proof is not the method of the request",
        "dpop_address_differs" => "the htu of the DPoP proof is not the address of the request",
        "dpop_proof_without_time" => "the DPoP proof has no iat",
        "dpop_proof_too_old" => "the iat of the DPoP proof is too old; make one for each request",
        "dpop_proof_not_yet_valid" => "the iat of the DPoP proof lies in the future",
        "dpop_token_hash_differs" => "the ath of the DPoP proof is not the hash of the access token",
        "dpop_proof_without_id" => "the DPoP proof needs a jti of 1 to 256 bytes",
        "dpop_proof_replayed" => "the DPoP proof was used before; make one for each request",
        "dpop_jkt_differs" => "dpop_jkt is not the thumbprint of the key of the DPoP proof",
        _ => "the DPoP proof is malformed",
    }
}

/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

#[cfg(test)]
mod tests;

//! What the demo app demands of an ID token before it believes it.
//!
//! # Source
//! OIDC Core 3.1.3.7 and 3.1.3.8.

use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::fault::IdTokenFault;
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, sha256};

/// How far the gateway's clock may be off.
pub const SKEW: Duration = Duration::from_secs(60);

/// What an ID token is held against.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The gateway.
    pub issuer: &'a str,
    /// The app.
    pub client_id: &'a str,
    /// The one algorithm that the app has registered.
    pub algorithm: Algorithm,
    /// What was sent along.
    pub nonce: &'a str,
    /// What came with the token.
    pub access_token: &'a str,
    /// What was asked of the age of the authentication. **Units**: seconds.
    pub max_age: Option<i64>,
    /// The present time.
    pub now: Timestamp,
}

/// Verifies `token` with the gateway's `keys` and gives its claims.
///
/// # Errors
/// [`IdTokenFault`], the first in the order of its variants.
pub fn verify(token: &str, keys: &JwkSet, expected: &Expected<'_>) -> Result<Map<String, Value>, IdTokenFault> {
    let header = decode_header(token).map_err(|_| IdTokenFault::Malformed)?;
    if header.alg != expected.algorithm {
        return Err(IdTokenFault::Algorithm);
    }
    let jwk = header.kid.as_deref().and_then(|kid| keys.find(kid)).ok_or(IdTokenFault::KeyUnknown)?;
    let key = DecodingKey::from_jwk(jwk).map_err(|_| IdTokenFault::KeyUnknown)?;
    // The claims are judged below, by the clock that is handed in.
    let mut signature_only = Validation::new(expected.algorithm);
    signature_only.required_spec_claims.clear();
    signature_only.validate_exp = false;
    signature_only.validate_aud = false;
    let read = decode::<Map<String, Value>>(token, &key, &signature_only).map_err(|_| IdTokenFault::Signature)?;
    judge(&read.claims, expected)?;
    Ok(read.claims)
}

/// Judges the claims of a token whose signature has been verified.
fn judge(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), IdTokenFault> {
    let is = |name: &str, wanted: &str| claims.get(name).and_then(Value::as_str) == Some(wanted);
    let time = |name: &str| claims.get(name).and_then(Value::as_i64).map(Timestamp::from_seconds);
    let latest = expected.now.plus(SKEW);
    let is_ours = match claims.get("aud") {
        Some(Value::Array(list)) => list.len() == 1 && list[0].as_str() == Some(expected.client_id),
        _ => is("aud", expected.client_id),
    };
    let oldest = expected.max_age.map(|seconds| Timestamp::from_seconds(expected.now.minus(SKEW).seconds() - seconds));
    let rules = [
        (is("iss", expected.issuer), IdTokenFault::Issuer),
        (is_ours, IdTokenFault::Audience),
        (claims.get("sub").and_then(Value::as_str).is_some_and(|sub| !sub.is_empty()), IdTokenFault::Subject),
        (time("exp").is_some_and(|exp| expected.now < exp.plus(SKEW)), IdTokenFault::Expired),
        (!claims.contains_key("nbf") || time("nbf").is_some_and(|nbf| nbf <= latest), IdTokenFault::NotYet),
        (time("iat").is_some_and(|iat| iat <= latest), IdTokenFault::IssuedAt),
        (is("nonce", expected.nonce), IdTokenFault::Nonce),
        (is("at_hash", &at_hash(expected.access_token)), IdTokenFault::AccessTokenHash),
        (oldest.is_none_or(|oldest| time("auth_time").is_some_and(|at| oldest <= at)), IdTokenFault::AuthTime),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, fault)) => Err(fault),
        None => Ok(()),
    }
}

/// The left half of the hash of an access token (OIDC Core 3.1.3.6); RS256 and ES256 both hash by
/// SHA-256.
#[must_use]
pub fn at_hash(access_token: &str) -> String {
    base64url(&sha256(access_token.as_bytes())[..16])
}

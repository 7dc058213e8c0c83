//! Proofs of possession that an app shows beside its requests (RFC 9449), each held against the address to which it
//! was sent.

use super::tokens::{AppAnswer, ShownToken, refused, refused_at_resource};
use crate::base::clock::Timestamp;
use crate::domain::authentication::OnceKey;
use crate::domain::organization::PublicUrl;
use crate::keys::jwk_set::TokenAlgorithm;
use crate::keys::thumbprint::Thumbprint;
use crate::oidc::bearer::{BearerError, Scheme};
use crate::oidc::discovery::{PUSH_PATH, TOKEN_PATH, USERINFO_PATH};
use crate::oidc::dpop::{self, DpopProof, Expectation};
use crate::oidc::parameter::ParamFault;
use crate::oidc::token_error::{TokenError, TokenErrorCode};

/// What stands for an issuer where a proof is remembered; no partner is called so.
const PROOF_BY: &str = " proof of possession by ";

/// A proof that holds; it is good once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyProof(DpopProof);

impl KeyProof {
    /// The key whose holder made it.
    #[must_use]
    pub const fn key(&self) -> &Thumbprint {
        &self.0.key
    }

    /// Whether it is signed as strictly as a profile of high security asks for.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        TokenAlgorithm::STRICT.contains(&self.0.algorithm)
    }

    /// What must be remembered. Holders of other keys cannot spend it.
    #[must_use]
    pub fn once(&self) -> OnceKey {
        OnceKey { issuer: format!("{PROOF_BY}{}", self.0.key), id: self.0.id.clone(), until: self.0.until }
    }
}

/// Reads the proof of a request to the token endpoint, where it has one.
///
/// # Errors
/// `invalid_dpop_proof`.
pub fn at_token(headers: &[&[u8]], public_url: &PublicUrl, now: Timestamp) -> Result<Option<KeyProof>, AppAnswer> {
    of_post(headers, &public_url.join(TOKEN_PATH), now)
}

/// Reads the proof of a request that is pushed, where it has one.
///
/// # Errors
/// `invalid_dpop_proof`.
pub fn at_push(headers: &[&[u8]], public_url: &PublicUrl, now: Timestamp) -> Result<Option<KeyProof>, AppAnswer> {
    of_post(headers, &public_url.join(PUSH_PATH), now)
}

fn of_post(headers: &[&[u8]], address: &str, now: Timestamp) -> Result<Option<KeyProof>, AppAnswer> {
    let expected = Expectation { method: "POST", address, access_token: None };
    let read = dpop::read(headers, &expected, now);
    read.map(|proof| proof.map(KeyProof)).map_err(invalid_proof)
}

/// Reads the proof beside an access token at userinfo; none where the token is shown for whoever has it.
///
/// # Errors
/// `invalid_dpop_proof`.
pub fn at_userinfo(
    headers: &[&[u8]],
    method: &str,
    shown: &ShownToken,
    public_url: &PublicUrl,
    now: Timestamp,
) -> Result<Option<KeyProof>, AppAnswer> {
    at_resource(headers, (method, USERINFO_PATH), shown, public_url, now)
}

/// Reads the proof beside an access token that is shown with a request to `path`; none where the token is shown for
/// whoever has it.
///
/// # Errors
/// `invalid_dpop_proof`.
pub fn at_resource(
    headers: &[&[u8]],
    (method, path): (&str, &str),
    shown: &ShownToken,
    public_url: &PublicUrl,
    now: Timestamp,
) -> Result<Option<KeyProof>, AppAnswer> {
    if !shown.is_with_proof() {
        return Ok(None);
    }
    let address = public_url.join(path);
    let expected = Expectation { method, address: &address, access_token: Some(shown.token()) };
    let read = dpop::read(headers, &expected, now).and_then(|proof| proof.ok_or("dpop_proof_missing"));
    read.map(|proof| Some(KeyProof(proof))).map_err(invalid_proof_at_resource)
}

/// The proof is missing or does not hold; `cause` says why.
#[must_use]
pub fn invalid_proof(cause: &'static str) -> AppAnswer {
    let fault = ParamFault { cause, description: dpop::description(cause) };
    refused(&TokenError::new(TokenErrorCode::InvalidDpopProof, fault))
}

/// As [`invalid_proof`], of a use of a token.
#[must_use]
pub fn invalid_proof_at_resource(cause: &'static str) -> AppAnswer {
    refused_at_resource(&BearerError::invalid_proof(cause), Scheme::Dpop)
}

//! One sign-in, as the demo app sees it: off to the gateway, and back with a code.
//!
//! # Source
//! OIDC Core 3.1, RFC 9207, RFC 9700 2.1.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::fault::AppFault;
use super::id_token::{Expected, verify};
use super::provider::{Provider, read};
use super::{DemoApp, Pkce};
use crate::base::encoding::{base64, base64url, sha256};
use crate::base::params::{RawParams, encode};
use crate::base::random::new_handle;
use crate::base::secret::SecretText;

/// The parameters of the authorize request that `/login` passes on.
pub const PASSED_ON: [&str; 8] =
    ["scope", "prompt", "max_age", "login_hint", "domain_hint", "acr_values", "ui_locales", "id_token_hint"];

/// A sign-in that waits for its answer.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Comes back with the answer.
    pub state: String,
    /// Comes back in the ID token.
    pub nonce: String,
    /// Proves that the code was asked for here.
    pub verifier: Option<SecretText>,
    /// What was asked of the age of the authentication. **Units**: seconds.
    pub max_age: Option<i64>,
}

/// A person who is signed in at the app.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The ID token as it came, for logout.
    pub id_token: SecretText,
    /// Its claims.
    pub claims: Map<String, Value>,
    /// What userinfo says.
    pub userinfo: Map<String, Value>,
    /// The access token.
    pub access_token: SecretText,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    id_token: String,
}

#[derive(Deserialize)]
struct TokenError {
    error: String,
}

impl DemoApp {
    /// Starts a sign-in: where the browser goes, and what to remember. `asked` is the query of
    /// `/login`; of it, [`PASSED_ON`] goes along.
    #[must_use]
    pub fn begin(&self, provider: &Provider, asked: &RawParams) -> (String, Pending) {
        let config = self.config();
        let pending = Pending {
            state: new_handle(&*config.random),
            nonce: new_handle(&*config.random),
            verifier: (config.pkce == Pkce::Sent).then(|| SecretText::new(new_handle(&*config.random))),
            max_age: asked.one("max_age").ok().flatten().and_then(|seconds| seconds.parse().ok()),
        };
        let mut fields = vec![
            ("response_type", "code".to_owned()),
            ("client_id", config.client_id.clone()),
            ("redirect_uri", self.redirect_uri()),
            ("state", pending.state.clone()),
            ("nonce", pending.nonce.clone()),
        ];
        if let Some(verifier) = &pending.verifier {
            fields.push(("code_challenge", base64url(sha256(verifier.expose().as_bytes()))));
            fields.push(("code_challenge_method", "S256".to_owned()));
        }
        if !asked.has("scope") {
            fields.push(("scope", config.scope.clone()));
        }
        for name in PASSED_ON {
            fields.extend(asked.iter().filter(|param| param.name == name).map(|param| (name, param.value.clone())));
        }
        (with_query(&provider.authorization_endpoint, &fields), pending)
    }

    /// Ends a sign-in with the query that came back. `pending` is what this browser's cookie stands
    /// for.
    ///
    /// # Errors
    /// [`AppFault`]: whatever a careful relying party refuses.
    pub async fn complete(&self, answer: &RawParams, pending: Option<Pending>) -> Result<SignedIn, AppFault> {
        let (code, pending) = self.judge_answer(answer, pending)?;
        let provider = self.provider().await?;
        let tokens = self.redeem(&provider, code, &pending).await?;
        let config = self.config();
        let expected = Expected {
            issuer: &config.issuer,
            client_id: &config.client_id,
            algorithm: config.algorithm,
            nonce: &pending.nonce,
            access_token: &tokens.access_token,
            max_age: pending.max_age,
            now: config.clock.now(),
        };
        let claims = verify(&tokens.id_token, &self.keys(&provider).await?, &expected)?;
        let userinfo = self.userinfo(&provider, &tokens.access_token).await?;
        if userinfo.get("sub") != claims.get("sub") {
            return Err(AppFault::UserinfoSubject);
        }
        Ok(SignedIn {
            id_token: SecretText::new(tokens.id_token),
            claims,
            userinfo,
            access_token: SecretText::new(tokens.access_token),
        })
    }

    /// Holds state and issuer against the sign-in that waits, before anything else is believed.
    fn judge_answer<'a>(
        &self,
        answer: &'a RawParams,
        pending: Option<Pending>,
    ) -> Result<(&'a str, Pending), AppFault> {
        let pending = pending.ok_or(AppFault::State)?;
        if answer.one("state")? != Some(&pending.state) {
            return Err(AppFault::State);
        }
        if answer.one("iss")? != Some(&self.config().issuer) {
            return Err(AppFault::Issuer);
        }
        if let Some(code) = answer.one("error")? {
            let description = answer.one("error_description")?.map(str::to_owned);
            return Err(AppFault::Answered { code: code.to_owned(), description });
        }
        Ok((answer.one("code")?.ok_or(AppFault::CodeAbsent)?, pending))
    }

    async fn redeem(&self, provider: &Provider, code: &str, pending: &Pending) -> Result<TokenAnswer, AppFault> {
        let config = self.config();
        let mut form = vec![
            ("grant_type".to_owned(), "authorization_code".to_owned()),
            ("code".to_owned(), code.to_owned()),
            ("redirect_uri".to_owned(), self.redirect_uri()),
        ];
        let mut headers = HeaderMap::new();
        match &config.client_secret {
            // RFC 6749 2.3.1: both halves are form-encoded before they are joined.
            Some(secret) => {
                let pair = format!("{}:{}", encode(&config.client_id), encode(secret.expose()));
                headers.insert(AUTHORIZATION, credential("Basic", &base64(pair))?);
            }
            None => form.push(("client_id".to_owned(), config.client_id.clone())),
        }
        if let Some(verifier) = &pending.verifier {
            form.push(("code_verifier".to_owned(), verifier.expose().clone()));
        }
        let fetched = config.http.post_form(&provider.token_endpoint, &form, headers).await?;
        if let Ok(TokenError { error }) = serde_json::from_slice(&fetched.body) {
            return Err(AppFault::TokenRefused { code: error });
        }
        read("token answer", &fetched)
    }

    async fn userinfo(&self, provider: &Provider, access_token: &str) -> Result<Map<String, Value>, AppFault> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, credential("Bearer", access_token)?);
        read("userinfo", &self.config().http.get(&provider.userinfo_endpoint, headers).await?)
    }

    /// Where the browser goes to sign out at the gateway (RP-Initiated Logout 2).
    #[must_use]
    pub fn logout_url(&self, provider: &Provider, signed_in: &SignedIn) -> String {
        let fields = [
            ("id_token_hint", signed_in.id_token.expose().clone()),
            ("post_logout_redirect_uri", self.post_logout_redirect_uri()),
        ];
        with_query(&provider.end_session_endpoint, &fields)
    }
}

fn credential(scheme: &str, value: &str) -> Result<HeaderValue, AppFault> {
    let mut header = HeaderValue::try_from(format!("{scheme} {value}"))
        .map_err(|_| AppFault::Document { name: "access token", why: "it cannot stand in a header".to_owned() })?;
    header.set_sensitive(true);
    Ok(header)
}

fn with_query(address: &str, fields: &[(&str, String)]) -> String {
    let joint = if address.contains('?') { '&' } else { '?' };
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    format!("{address}{joint}{}", pairs.join("&"))
}

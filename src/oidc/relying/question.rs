//! Our question to a provider (OpenID Connect Core 3.1.2.1, RFC 7636 4.3).

use url::Url;

use super::provider::Provider;
use crate::base::encoding::{base64url, sha256};

/// What we ask.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What we are called there.
    pub client_id: &'a str,
    /// Where the answer comes to; one address for each provider.
    pub redirect_uri: &'a str,
    /// Scopes beside `openid`.
    pub scopes: &'a [String],
    /// Comes back with the answer.
    pub state: &'a str,
    /// The secret of this question, of which challenge and nonce are made.
    pub verifier: &'a str,
    /// What may or must be shown.
    pub prompt: Option<&'static str>,
    /// The oldest proof that will do. **Units**: seconds.
    pub max_age: Option<u32>,
    /// Classes that will do, the preferred first.
    pub acr_values: &'a [String],
    /// Who is expected.
    pub login_hint: Option<&'a str>,
}

/// The nonce of a question: bound to its secret, which it does not tell.
#[must_use]
pub fn nonce(verifier: &str) -> String {
    base64url(sha256(format!("entente nonce {verifier}").as_bytes()))
}

/// The S256 challenge of a question (RFC 7636 4.2).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    base64url(sha256(verifier.as_bytes()))
}

/// The address on which the browser takes the question there; `None` where the provider's endpoint is none.
#[must_use]
pub fn address(question: &Question<'_>, provider: &Provider) -> Option<String> {
    let mut url = Url::parse(&provider.authorization_endpoint).ok()?;
    let scope = std::iter::once("openid").chain(question.scopes.iter().map(String::as_str));
    let scope = scope.collect::<Vec<_>>().join(" ");
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("response_type", "code");
        query.append_pair("client_id", question.client_id);
        query.append_pair("redirect_uri", question.redirect_uri);
        query.append_pair("scope", &scope);
        query.append_pair("state", question.state);
        query.append_pair("nonce", &nonce(question.verifier));
        query.append_pair("code_challenge", &challenge(question.verifier));
        query.append_pair("code_challenge_method", "S256");
        if let Some(prompt) = question.prompt {
            query.append_pair("prompt", prompt);
        }
        if let Some(max_age) = question.max_age {
            query.append_pair("max_age", &max_age.to_string());
        }
        if !question.acr_values.is_empty() {
            query.append_pair("acr_values", &question.acr_values.join(" "));
        }
        if let Some(hint) = question.login_hint {
            query.append_pair("login_hint", hint);
        }
    }
    Some(url.into())
}

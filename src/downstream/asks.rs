//! What an app shows at the token endpoint and its neighbours: who it is, and what it wants.

use super::oidc::{from_scopes, to_scopes};
use super::tokens::{AppAnswer, invalid_client, invalid_grant, refused};
use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::secret::SecretText;
use crate::domain::apps::token_rules::Profile;
use crate::domain::apps::{App, Confidentiality};
use crate::domain::authentication::OnceKey;
use crate::domain::organization::PublicUrl;
use crate::domain::permissions::Permissions;
use crate::domain::requests::{OidcReturn, Scopes};
use crate::keys::jwk_set::TokenAlgorithm;
use crate::oidc::client_assertion;
use crate::oidc::client_credentials::ClientCredentials;
use crate::oidc::discovery::TOKEN_PATH;
use crate::oidc::introspection;
use crate::oidc::pkce::CodeChallenge;
use crate::oidc::refresh::RefreshGrant;
use crate::oidc::token::{CodeGrant, TokenRequest};

/// What stands for an issuer where an app's assertion is remembered; no partner is called so.
const ASSERTION_OF: &str = " client assertion of ";

/// What an app shows at the token endpoint.
#[derive(Debug)]
pub struct TokenAsk {
    credentials: ClientCredentials,
}

/// What a proven app wants to redeem.
#[derive(Debug)]
pub enum Wish {
    /// A code.
    Code(Redemption),
    /// A refresh token.
    Renewal(Renewal),
    /// Its own proof, for these APIs.
    Own(Vec<String>),
}

/// A code and what binds it.
#[derive(Debug)]
pub struct Redemption(CodeGrant);

/// A refresh token and what is asked by it.
#[derive(Debug)]
pub struct Renewal(RefreshGrant);

impl Wish {
    /// Reads what is to be redeemed; only once the app has proven itself, so that strangers learn nothing.
    ///
    /// # Errors
    /// The answer to give instead.
    pub fn read(form: &RawParams) -> Result<Self, AppAnswer> {
        let request = TokenRequest::read(form).map_err(|error| refused(&error))?;
        Ok(match request {
            TokenRequest::Code(grant) => Self::Code(Redemption(grant)),
            TokenRequest::Refresh(grant) => Self::Renewal(Renewal(grant)),
            TokenRequest::ClientCredentials { resources } => Self::Own(resources),
        })
    }
}

impl TokenAsk {
    /// Reads who asks.
    ///
    /// # Errors
    /// The answer to give instead.
    pub fn read(authorization: &[&[u8]], form: &RawParams) -> Result<Self, AppAnswer> {
        let credentials = ClientCredentials::read(authorization, form).map_err(|error| refused(&error))?;
        Ok(Self { credentials })
    }

    /// Who says to ask.
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.credentials.client_id()
    }

    /// Whether the app has proven itself as `app`: with its secret, with a token that it signed, or, for a public
    /// app, by showing nothing. `has_mac` says whether a HMAC is the one of a client id and secret. What comes back
    /// must be remembered, since it is good once.
    ///
    /// # Errors
    /// `invalid_client`.
    pub fn prove(
        &self,
        app: &App,
        has_mac: impl Fn(&str, &SecretText, &[u8]) -> bool,
        public_url: &PublicUrl,
        now: Timestamp,
    ) -> Result<Option<OnceKey>, AppAnswer> {
        let Some(oidc) = app.oidc() else { return Err(invalid_client("app_not_oidc")) };
        let refused = |cause| Err(invalid_client(cause));
        match (&oidc.confidentiality, &self.credentials) {
            (
                Confidentiality::Secret { mac },
                ClientCredentials::Basic { secret, .. } | ClientCredentials::Post { secret, .. },
            ) if has_mac(&oidc.client_id, secret, mac) => Ok(None),
            (Confidentiality::Public, ClientCredentials::None { .. }) => Ok(None),
            (Confidentiality::Keys(keys), ClientCredentials::Assertion { assertion, .. }) => {
                let token_endpoint = public_url.join(TOKEN_PATH);
                let is_strict = oidc.tokens.profile == Profile::Fapi2;
                let expected = client_assertion::Expectation {
                    client_id: &oidc.client_id,
                    issuer: public_url.as_str(),
                    token_endpoint: (!is_strict).then_some(token_endpoint.as_str()),
                    keys: keys.set(),
                    algorithms: if is_strict { &TokenAlgorithm::STRICT } else { &TokenAlgorithm::ALL },
                };
                let once = client_assertion::judge(assertion.expose(), &expected, now).map_err(invalid_client)?;
                let issuer = format!("{ASSERTION_OF}{}", app.id);
                Ok(Some(OnceKey { issuer, id: once.id, until: once.until }))
            }
            (Confidentiality::Keys(_), _) => refused("client_assertion_needed"),
            (_, ClientCredentials::Assertion { .. }) => refused("client_assertion_unexpected"),
            (Confidentiality::Secret { .. } | Confidentiality::Public, _) => refused("client_secret_refused"),
        }
    }
}

impl Redemption {
    /// The code.
    #[must_use]
    pub const fn code(&self) -> &SecretText {
        &self.0.code
    }

    /// The APIs that the access token is for; all that were granted where there are none.
    #[must_use]
    pub fn resources(&self) -> &[String] {
        &self.0.resources
    }

    /// Checks redirect URI and PKCE verifier against those of the request.
    ///
    /// # Errors
    /// `invalid_grant`.
    pub fn check_binding(&self, request: &OidcReturn) -> Result<(), AppAnswer> {
        let challenge = match request.code_challenge.as_deref().map(CodeChallenge::parse) {
            Some(None) => return Err(invalid_grant("code_challenge_unreadable")),
            Some(challenge) => challenge,
            None => None,
        };
        self.0.check_binding(&request.redirect_uri, challenge.as_ref()).map_err(|error| refused(&error))
    }
}

/// Reads the token that an app asks about or gives back; only once the app has proven itself.
///
/// # Errors
/// The answer to give instead.
pub fn shown_token(form: &RawParams) -> Result<SecretText, AppAnswer> {
    introspection::read(form).map_err(|error| refused(&error))
}

impl Renewal {
    /// The refresh token.
    #[must_use]
    pub const fn token(&self) -> &SecretText {
        &self.0.token
    }

    /// The APIs that the new access token is for; all that were granted where there are none.
    #[must_use]
    pub fn resources(&self) -> &[String] {
        &self.0.resources
    }

    /// What the new tokens are for.
    ///
    /// # Errors
    /// `invalid_scope` where more is asked than was granted.
    pub fn narrowed(&self, granted: Scopes) -> Result<Scopes, AppAnswer> {
        self.0.narrowed(from_scopes(granted)).map(to_scopes).map_err(|error| refused(&error))
    }

    /// What the new access token lets the app do here: what is asked, within what was granted.
    ///
    /// # Errors
    /// `invalid_scope` where more is asked than was granted.
    pub fn narrowed_permissions(&self, granted: Permissions) -> Result<Permissions, AppAnswer> {
        let Some(words) = &self.0.scope_words else { return Ok(granted) };
        let asked = Permissions::of_words(words.iter().map(String::as_str));
        if asked.within(granted) == asked { Ok(asked) } else { Err(refused(&RefreshGrant::beyond())) }
    }
}

//! What the demo app reads of the gateway: its discovery document and its keys.

use http::HeaderMap;
use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::DemoApp;
use super::fault::AppFault;
use crate::outbound::client::Fetched;

/// The parts of the discovery document that the app uses (OIDC Discovery 3).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Provider {
    /// The issuer; must be the one that the app was told.
    pub issuer: String,
    /// Where browsers are sent to sign in.
    pub authorization_endpoint: String,
    /// Where codes are redeemed.
    pub token_endpoint: String,
    /// Where claims are asked for.
    pub userinfo_endpoint: String,
    /// Where the keys are.
    pub jwks_uri: String,
    /// Where browsers are sent to sign out.
    pub end_session_endpoint: String,
}

impl DemoApp {
    /// The gateway's discovery document, whose issuer is the one that the app was told
    /// (OIDC Discovery 4.3).
    ///
    /// # Errors
    /// [`AppFault::Fetch`] and [`AppFault::Document`].
    pub async fn provider(&self) -> Result<Provider, AppFault> {
        const NAME: &str = "discovery document";
        let url = format!("{}/.well-known/openid-configuration", self.config().issuer);
        let provider: Provider = read(NAME, &self.config().http.get(&url, HeaderMap::new()).await?)?;
        if provider.issuer != self.config().issuer {
            return Err(AppFault::Document { name: NAME, why: format!("its issuer is `{}`", provider.issuer) });
        }
        Ok(provider)
    }

    /// The gateway's keys.
    ///
    /// # Errors
    /// As [`provider`](Self::provider).
    pub async fn keys(&self, provider: &Provider) -> Result<JwkSet, AppFault> {
        read("JWK Set", &self.config().http.get(&provider.jwks_uri, HeaderMap::new()).await?)
    }
}

/// Reads a JSON document that came with a success.
pub(super) fn read<T: DeserializeOwned>(name: &'static str, fetched: &Fetched) -> Result<T, AppFault> {
    if !fetched.status.is_success() {
        return Err(AppFault::Document { name, why: format!("status {}", fetched.status.as_u16()) });
    }
    serde_json::from_slice(&fetched.body).map_err(|error| AppFault::Document { name, why: error.to_string() })
}

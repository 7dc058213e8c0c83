//! A demo app that speaks SAML: a careful service provider with a key and a store of its own.
//!
//! It meets the gateway by two metadata documents and through browsers, and by nothing else.
//!
//! Start reading at [`DemoSamlApp`]; [`sign_in`] is the journey.

pub mod fault;
pub mod sign_in;

mod routes;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use serde_json::{Map, Value};
use tokio::net::TcpListener;

use self::fault::SamlAppFault;
use self::sign_in::Pending;
use super::shelf::Shelf;
use super::web::{Party, PartyCookie};
use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::keys::certificates::Certificate;
use crate::keys::generate::self_signed;
use crate::keys::signing::SigningKey;
use crate::outbound::client::HttpClient;
use crate::saml::metadata::sp::SpMetadata;
use crate::saml::names::EntityId;

/// How long a person stays signed in at the app.
pub const SESSION_LIFE: Duration = Duration::from_secs(8 * 60 * 60);

/// How long a sign-in may take.
pub const PENDING_LIFE: Duration = Duration::from_secs(15 * 60);

const CERTIFICATE_LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What a SAML app is made of.
pub struct SamlAppConfig {
    /// Its name on pages.
    pub name: String,
    /// The colour of its pages: `green`, `amber`, `blue` or `plum`.
    pub look: &'static str,
    /// Its entity ID.
    pub entity_id: EntityId,
    /// The key with which it signs requests.
    pub key: SigningKey,
    /// Where browsers reach it, without trailing slash.
    pub base_url: String,
    /// The address of the gateway's metadata toward apps.
    pub idp_metadata_url: String,
    /// Fetches the gateway's metadata.
    pub http: HttpClient,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Its chance.
    pub random: Arc<dyn Random>,
}

/// A running app; clones are the same one.
#[derive(Clone)]
pub struct DemoSamlApp(Arc<Inner>);

struct Inner {
    config: SamlAppConfig,
    certificate: Certificate,
    party: Party,
    session_cookie: PartyCookie,
    pending_cookie: PartyCookie,
    pending: Shelf<Pending>,
    sessions: Shelf<Arc<Map<String, Value>>>,
}

impl DemoSamlApp {
    /// Makes the app and a certificate around its key.
    ///
    /// # Errors
    /// [`SamlAppFault::Sign`] where the key cannot sign.
    pub fn new(config: SamlAppConfig) -> Result<Self, SamlAppFault> {
        let now = config.clock.now();
        let certificate = self_signed(&*config.random, &config.key, &config.name, now, now.plus(CERTIFICATE_LIFE))?;
        Ok(Self(Arc::new(Inner {
            certificate,
            party: Party { name: config.name.clone(), role: "demo app", look: config.look },
            session_cookie: PartyCookie::new("app", &config.base_url),
            pending_cookie: PartyCookie::new("signing_in", &config.base_url),
            pending: Shelf::new(PENDING_LIFE),
            sessions: Shelf::new(SESSION_LIFE),
            config,
        })))
    }

    /// What it is made of.
    #[must_use]
    pub fn config(&self) -> &SamlAppConfig {
        &self.0.config
    }

    /// Where answers are posted.
    #[must_use]
    pub fn acs(&self) -> String {
        format!("{}/acs", self.0.config.base_url)
    }

    /// Its metadata, for the gateway's administrator.
    ///
    /// # Errors
    /// [`SamlAppFault::Write`] where a value cannot be written as XML.
    pub fn metadata(&self) -> Result<String, SamlAppFault> {
        let metadata = SpMetadata {
            entity_id: &self.0.config.entity_id,
            signing_certificates: std::slice::from_ref(&self.0.certificate),
            encryption_certificate: None,
            acs: &self.acs(),
        };
        Ok(metadata.write()?)
    }

    /// What was said of the person whose session the cookies of a request name.
    #[must_use]
    pub fn signed_in(&self, headers: &HeaderMap) -> Option<Arc<Map<String, Value>>> {
        self.0.sessions.find(self.0.session_cookie.value(headers)?, self.0.config.clock.now())
    }

    /// Answers on `listener` until the future is dropped.
    ///
    /// # Errors
    /// Where the listener fails.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        axum::serve(listener, routes::router(self)).await
    }
}

#[cfg(test)]
mod tests;

//! A demo app: a careful OpenID Connect relying party with a store of its own.
//!
//! It meets the gateway by an object file, by HTTP and through browsers, and by nothing else.
//!
//! Start reading at [`DemoApp`]; [`sign_in`] is the journey, [`id_token`] what it believes.

pub mod fault;
pub mod id_token;
pub mod provider;
pub mod sign_in;

mod routes;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use jsonwebtoken::Algorithm;
use tokio::net::TcpListener;

use self::sign_in::{Pending, SignedIn};
use super::shelf::Shelf;
use super::web::{Party, PartyCookie};
use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::base::secret::SecretText;
use crate::outbound::client::HttpClient;

/// How long a person stays signed in at the app.
pub const SESSION_LIFE: Duration = Duration::from_secs(8 * 60 * 60);

/// How long a sign-in may take.
pub const PENDING_LIFE: Duration = Duration::from_secs(15 * 60);

/// Whether the app binds its code by PKCE (RFC 7636).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pkce {
    /// It does, by S256.
    Sent,
    /// It does not and relies on its nonce.
    NotSent,
}

/// What an app is made of.
pub struct AppConfig {
    /// Its name on pages.
    pub name: String,
    /// The colour of its pages: `green`, `amber`, `blue` or `plum`.
    pub look: &'static str,
    /// Its public name.
    pub client_id: String,
    /// Its secret, sent by `client_secret_basic`; none for a public app.
    pub client_secret: Option<SecretText>,
    /// How its ID tokens must be signed.
    pub algorithm: Algorithm,
    /// Whether it sends a code challenge.
    pub pkce: Pkce,
    /// What it asks for unless `/login?scope=` says otherwise.
    pub scope: String,
    /// Where browsers reach it, without trailing slash.
    pub base_url: String,
    /// The gateway.
    pub issuer: String,
    /// Talks to the gateway.
    pub http: HttpClient,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Its chance.
    pub random: Arc<dyn Random>,
}

/// A running app; clones are the same one.
#[derive(Clone)]
pub struct DemoApp(Arc<Inner>);

struct Inner {
    config: AppConfig,
    party: Party,
    session_cookie: PartyCookie,
    pending_cookie: PartyCookie,
    pending: Shelf<Pending>,
    sessions: Shelf<Arc<SignedIn>>,
}

impl DemoApp {
    /// Makes the app.
    #[must_use]
    pub fn new(config: AppConfig) -> Self {
        Self(Arc::new(Inner {
            party: Party { name: config.name.clone(), role: "demo app", look: config.look },
            session_cookie: PartyCookie::new("app", &config.base_url),
            pending_cookie: PartyCookie::new("signing_in", &config.base_url),
            pending: Shelf::new(PENDING_LIFE),
            sessions: Shelf::new(SESSION_LIFE),
            config,
        }))
    }

    /// What it is made of.
    #[must_use]
    pub fn config(&self) -> &AppConfig {
        &self.0.config
    }

    /// Where codes are sent.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("{}/callback", self.0.config.base_url)
    }

    /// Where a browser comes back after it was signed out at the gateway.
    #[must_use]
    pub fn post_logout_redirect_uri(&self) -> String {
        format!("{}/signed-out", self.0.config.base_url)
    }

    /// The person whose session the cookies of a request name.
    #[must_use]
    pub fn signed_in(&self, headers: &HeaderMap) -> Option<Arc<SignedIn>> {
        self.0.sessions.find(self.0.session_cookie.value(headers)?, self.0.config.clock.now())
    }

    /// What it answers to browsers.
    pub fn router(&self) -> axum::Router {
        routes::router(self.clone())
    }

    /// Answers on `listener` until the future is dropped.
    ///
    /// # Errors
    /// Where the listener fails.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        axum::serve(listener, self.router()).await
    }
}

#[cfg(test)]
mod tests;

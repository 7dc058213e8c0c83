//! A demo partner that speaks OpenID Connect: a well-behaved provider with a key, people and sessions of its
//! own.
//!
//! It meets the gateway by its discovery document, its keys, its token endpoint, and browsers. The gateway
//! is its one client, registered as an administrator would do it: by `client_id`, secret, and the address
//! below which the gateway takes answers.
//!
//! Start reading at [`DemoProvider`]; `routes` is what browsers and the gateway see.

mod routes;
mod token;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::partner::person::Person;
use super::partner::{QUESTION_LIFE, SESSION_LIFE};
use super::shelf::Shelf;
use super::web::{Party, PartyCookie};
use crate::base::clock::{Clock, Timestamp};
use crate::base::random::Random;
use crate::base::secret::SecretText;
use crate::keys::public::{PublicKey, PublicKeyError};
use crate::keys::ring::{KeyPurpose, KeyState, RingKey};
use crate::keys::signing::{KeyId, SignError, SigningKey};

/// How long a code may wait.
const CODE_LIFE: Duration = Duration::from_secs(60);

/// What a provider is made of.
pub struct ProviderConfig {
    /// Its name on pages.
    pub name: String,
    /// Where browsers and the gateway reach it, without trailing slash; also its issuer.
    pub base_url: String,
    /// Who works there.
    pub people: Vec<Person>,
    /// What the gateway is called there.
    pub client_id: String,
    /// The gateway's secret there.
    pub client_secret: SecretText,
    /// The address below which the gateway takes answers.
    pub callbacks: String,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Its chance.
    pub random: Arc<dyn Random>,
}

/// Why a provider cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ProviderFault {
    /// No key.
    #[error(transparent)]
    Key(#[from] SignError),
    /// A key that nobody can use.
    #[error(transparent)]
    Public(#[from] PublicKeyError),
}

/// A running provider; clones are the same one.
#[derive(Clone)]
pub struct DemoProvider(Arc<Inner>);

struct Inner {
    config: ProviderConfig,
    key: Arc<RingKey>,
    party: Party,
    cookie: PartyCookie,
    sessions: Shelf<Session>,
    questions: Shelf<Question>,
    codes: Shelf<Granted>,
}

/// A person who is signed in at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Session {
    person: String,
    since: Timestamp,
}

/// What the gateway asked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Question {
    redirect_uri: String,
    state: String,
    nonce: String,
    challenge: String,
}

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Granted {
    question: Question,
    session: Session,
}

impl DemoProvider {
    /// Makes the provider and its key.
    ///
    /// # Errors
    /// [`ProviderFault`].
    pub fn new(config: ProviderConfig) -> Result<Self, ProviderFault> {
        let key = SigningKey::generate_rsa()?;
        let public = PublicKey::from_spki(&key.spki()?)?;
        let created_at = config.clock.now();
        let id = KeyId::new(created_at, &*config.random);
        let (purpose, state) = (KeyPurpose::Oidc, KeyState::Current);
        Ok(Self(Arc::new(Inner {
            key: Arc::new(RingKey { id, purpose, state, key, public, certificate: None, created_at }),
            party: Party { name: config.name.clone(), role: "demo organisation", look: "plum" },
            cookie: PartyCookie::new("provider", &config.base_url),
            sessions: Shelf::new(SESSION_LIFE),
            questions: Shelf::new(QUESTION_LIFE),
            codes: Shelf::new(CODE_LIFE),
            config,
        })))
    }

    /// What it is made of.
    #[must_use]
    pub fn config(&self) -> &ProviderConfig {
        &self.0.config
    }

    /// Answers on `listener` until the future is dropped.
    ///
    /// # Errors
    /// Where the listener fails.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        axum::serve(listener, routes::router(self)).await
    }

    fn person(&self, id: &str) -> Option<&Person> {
        self.0.config.people.iter().find(|person| person.id == id)
    }
}

//! A demo partner: a well-behaved SAML identity provider with keys, people and sessions of its own.
//!
//! It meets the gateway by two metadata documents and through browsers, and by nothing else. Whoever
//! needs an answer that deviates, and is still rightly signed, takes [`DemoPartner::respond`].
//!
//! Start reading at [`DemoPartner`]; `routes` is what a browser sees.

pub mod answer;
pub mod fault;
pub mod person;
pub mod question;
pub mod service_provider;

mod routes;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Mutex;

use self::answer::{Answer, Signs};
use self::fault::PartnerFault;
use self::person::Person;
use self::question::Question;
use self::service_provider::{ServiceProvider, ServiceProviderSource};
use super::shelf::Shelf;
use super::web::{Party, PartyCookie};
use crate::base::clock::{Clock, Timestamp};
use crate::base::random::Random;
use crate::keys::certificates::Certificate;
use crate::keys::generate::self_signed;
use crate::keys::signing::SigningKey;
use crate::outbound::client::HttpClient;
use crate::saml::metadata::idp_writer::IdpDescription;
use crate::saml::metadata::locations::{SsoBinding, SsoLocation};
use crate::saml::names::EntityId;

/// How long a person stays signed in at the partner.
pub const SESSION_LIFE: Duration = Duration::from_secs(8 * 60 * 60);

/// How long a page of choice may stay open.
pub const QUESTION_LIFE: Duration = Duration::from_secs(15 * 60);

const CERTIFICATE_LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What a partner is made of.
pub struct PartnerConfig {
    /// Its name on pages.
    pub name: String,
    /// Its entity ID.
    pub entity_id: EntityId,
    /// Where browsers reach it, without trailing slash.
    pub base_url: String,
    /// Who works there.
    pub people: Vec<Person>,
    /// Its signing key, RSA or P-256.
    pub key: SigningKey,
    /// What it signs.
    pub signs: Signs,
    /// Where it has the gateway's metadata from.
    pub service_provider: ServiceProviderSource,
    /// Fetches the gateway's metadata.
    pub http: HttpClient,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Its chance.
    pub random: Arc<dyn Random>,
}

/// A running partner; clones are the same one.
#[derive(Clone)]
pub struct DemoPartner(Arc<Inner>);

struct Inner {
    config: PartnerConfig,
    certificate: Certificate,
    party: Party,
    cookie: PartyCookie,
    sessions: Shelf<Session>,
    questions: Shelf<Question>,
    service_provider: Mutex<Option<Arc<ServiceProvider>>>,
}

/// A person who is signed in at the partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who, by [`Person::id`].
    pub person: String,
    /// Since when.
    pub authn_instant: Timestamp,
    /// Its name in assertions.
    pub index: String,
}

impl DemoPartner {
    /// Makes the partner and a certificate around its key.
    ///
    /// # Errors
    /// [`PartnerFault::Sign`] where the key cannot sign.
    pub fn new(config: PartnerConfig) -> Result<Self, PartnerFault> {
        let now = config.clock.now();
        let certificate = self_signed(&*config.random, &config.key, &config.name, now, now.plus(CERTIFICATE_LIFE))?;
        Ok(Self(Arc::new(Inner {
            certificate,
            party: Party { name: config.name.clone(), role: "demo organisation", look: "plum" },
            cookie: PartyCookie::new("partner", &config.base_url),
            sessions: Shelf::new(SESSION_LIFE),
            questions: Shelf::new(QUESTION_LIFE),
            service_provider: Mutex::new(None),
            config,
        })))
    }

    /// Its metadata, for the gateway's administrator.
    ///
    /// # Errors
    /// [`PartnerFault::Write`] where a value cannot be written as XML.
    pub fn metadata(&self) -> Result<String, PartnerFault> {
        let description = IdpDescription {
            entity_id: &self.0.config.entity_id,
            signing_certificates: std::slice::from_ref(&self.0.certificate),
            sso_locations: &[SsoLocation { binding: SsoBinding::Redirect, location: self.sso_url() }],
            valid_until: None,
        };
        Ok(description.write()?)
    }

    /// Where it takes requests.
    #[must_use]
    pub fn sso_url(&self) -> String {
        format!("{}/sso", self.0.config.base_url)
    }

    /// What it is made of.
    #[must_use]
    pub fn config(&self) -> &PartnerConfig {
        &self.0.config
    }

    /// The certificate around its key.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }

    /// The person of this id.
    #[must_use]
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.0.config.people.iter().find(|person| person.id == id)
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

    /// A signed answer to `question` about `person`, who signs in now; `tweak` changes what it says
    /// before it is signed.
    ///
    /// # Errors
    /// [`PartnerFault::Write`] and [`PartnerFault::Sign`].
    pub fn respond(
        &self,
        question: &Question,
        person: &Person,
        tweak: impl FnOnce(&mut Answer),
    ) -> Result<String, PartnerFault> {
        let mut answer = Answer::of(self, question, person, &self.session_of(person));
        tweak(&mut answer);
        answer.sign(&self.0.config.key, &self.0.certificate)
    }

    fn session_of(&self, person: &Person) -> Session {
        Session {
            person: person.id.clone(),
            authn_instant: self.0.config.clock.now(),
            index: crate::base::random::new_xml_id(&*self.0.config.random),
        }
    }
}

#[cfg(test)]
mod tests;

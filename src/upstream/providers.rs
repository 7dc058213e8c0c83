//! The documents of OIDC partners: fetched for `flows`, which keep them in the partner's record, and parsed
//! once a process for whoever is decided on.
//!
//! What stands in the record decides: a key that has left it is refused from then on, by every process.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::documents::ProviderDocuments;
use crate::domain::organization::PublicUrl;
use crate::domain::partners::{Network, OidcTerms, OidcTrust, PartnerId};
use crate::domain::refusal::{Code, Refusal};
use crate::keys::jwk_set::KeySet;
use crate::oidc::relying::provider::{self, Addresses, Provider};
use crate::outbound::client::{FetchError, HttpClient, TIMEOUT};
use crate::outbound::web::{BringError, Brought, Scope, Web};

/// How long after a reading that failed a visitor causes the next one.
pub const TRY_AGAIN: Duration = Duration::from_secs(10);
/// How long after a reading an unknown key is worth another.
pub const KEYS_AGAIN: Duration = Duration::from_secs(60);

/// What an OIDC partner published, parsed.
#[derive(Debug)]
pub struct Documents {
    /// Its endpoints.
    pub provider: Provider,
    /// Its keys.
    pub keys: KeySet,
    /// What was parsed.
    texts: ProviderDocuments,
}

/// What a reading gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadDocuments {
    /// The documents, which can be used.
    pub documents: ProviderDocuments,
    /// Their validators, by address.
    pub etags: BTreeMap<String, String>,
}

/// Fetches and parses the documents of OIDC partners.
#[derive(Debug)]
pub struct Providers {
    web: Web,
    addresses: Addresses,
    known: RwLock<HashMap<PartnerId, Arc<Known>>>,
    apps: RwLock<HashMap<AppId, Arc<Mutex<Tried>>>>,
}

#[derive(Debug, Default)]
struct Known {
    parsed: RwLock<Option<Arc<Documents>>>,
    tried: Arc<Mutex<Tried>>,
}

#[derive(Debug, Default)]
struct Tried(Option<(Timestamp, Option<Refusal>)>);

/// The right to read a partner's documents, which one visitor has at a time, and what came of it last.
#[derive(Debug)]
pub struct Turn(OwnedMutexGuard<Tried>);

impl Turn {
    /// Whether `after` has gone by since they were read last.
    #[must_use]
    pub fn is_due(&self, after: Duration, now: Timestamp) -> bool {
        self.0.0.as_ref().is_none_or(|(at, _)| now >= at.plus(after))
    }

    /// Why the last reading failed, where it did.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.0.0.as_ref().and_then(|(_, refusal)| refusal.clone())
    }

    /// Notes a reading.
    pub fn note(&mut self, now: Timestamp, refusal: Option<Refusal>) {
        self.0.0 = Some((now, refusal));
    }
}

impl Providers {
    /// For a gateway at this address: only where that is on loopback itself may partners be.
    #[must_use]
    pub fn of(public_url: &PublicUrl) -> Self {
        Self::with_patience(public_url, TIMEOUT)
    }

    /// The same, waiting for each answer as long as this.
    #[must_use]
    pub fn with_patience(public_url: &PublicUrl, patience: Duration) -> Self {
        let addresses = super::addresses(public_url);
        Self {
            web: Web::new(addresses == Addresses::LoopbackToo, patience),
            addresses,
            known: RwLock::default(),
            apps: RwLock::default(),
        }
    }

    /// The clients by which documents are fetched.
    #[must_use]
    pub const fn web(&self) -> &Web {
        &self.web
    }

    /// The client for a partner's services.
    ///
    /// # Errors
    /// [`Code::PartnerUnreachable`] where it cannot be made.
    pub(super) async fn client(&self, terms: &OidcTerms) -> Result<&HttpClient, Refusal> {
        self.web.client(scope(terms.network)).await.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "partners cannot be asked");
            no_answer("http_client_unavailable", &error)
        })
    }

    /// The partner's documents as its record has them.
    ///
    /// # Errors
    /// [`Code::PartnerUnreachable`] where they have not been read yet, or cannot be used.
    pub fn documents(&self, partner: PartnerId, trust: &OidcTrust) -> Result<Arc<Documents>, Refusal> {
        let texts = trust.documents.as_ref().ok_or_else(|| unreachable("provider_unknown"))?;
        let known = self.known(partner);
        let parsed = known.parsed.read().unwrap_or_else(PoisonError::into_inner).clone();
        let is_this = |parsed: &Arc<Documents>| parsed.texts == *texts && parsed.provider.issuer == trust.terms.issuer;
        if let Some(parsed) = parsed.filter(is_this) {
            return Ok(parsed);
        }
        let parsed = Arc::new(self.parse(&trust.terms, texts.clone())?);
        *known.parsed.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&parsed));
        Ok(parsed)
    }

    /// Fetches the documents. What has not changed since `kept` was read, by `etags`, is not sent again.
    ///
    /// # Errors
    /// [`Code::PartnerUnreachable`] where one cannot be had or cannot be used.
    pub async fn read(
        &self,
        terms: &OidcTerms,
        kept: Option<&ProviderDocuments>,
        etags: &BTreeMap<String, String>,
    ) -> Result<ReadDocuments, Refusal> {
        let mut new_etags = BTreeMap::new();
        let scope = scope(terms.network);
        let address = provider::document_address(&terms.issuer);
        let before = kept.map(|kept| (kept.discovery.as_str(), etags));
        let discovery = self.text(&address, scope, before, &mut new_etags, "discovery_no_answer").await?;
        let provider = provider::read(discovery.as_bytes(), &terms.issuer, self.addresses);
        let jwks_uri = provider.map_err(|error| unreachable(error.cause()).seen(error.to_string()))?.jwks_uri;
        let before = kept.map(|kept| (kept.keys.as_str(), etags));
        let keys = self.text(&jwks_uri, scope, before, &mut new_etags, "jwks_no_answer").await?;
        let documents = ProviderDocuments { discovery, keys };
        self.parse(terms, documents.clone())?;
        Ok(ReadDocuments { documents, etags: new_etags })
    }

    /// The right to read a partner's documents because a visitor needs them.
    pub async fn turn(&self, partner: PartnerId) -> Turn {
        Turn(self.known(partner).tried.clone().lock_owned().await)
    }

    /// The right to read an app's keys because it signed with one that is not known.
    pub async fn app_turn(&self, app: AppId) -> Turn {
        let tried = self.apps.write().unwrap_or_else(PoisonError::into_inner).entry(app).or_default().clone();
        Turn(tried.lock_owned().await)
    }

    async fn text(
        &self,
        address: &str,
        scope: Scope,
        before: Option<(&str, &BTreeMap<String, String>)>,
        new_etags: &mut BTreeMap<String, String>,
        cause: &'static str,
    ) -> Result<String, Refusal> {
        let before = before.and_then(|(text, etags)| etags.get(address).map(|etag| (text, etag)));
        let brought = self.web.bring(address, scope, before.map(|(_, etag)| etag.as_str())).await;
        let (text, etag) = match (brought, before) {
            (Ok(Brought::Whole { body, etag }), _) => {
                let text = String::from_utf8(body).map_err(|_| unreachable(cause).seen("no UTF-8"))?;
                (text, etag)
            }
            (Ok(Brought::Unchanged), Some((text, etag))) => (text.to_owned(), Some(etag.clone())),
            (Ok(Brought::Unchanged), None) => return Err(unreachable(cause).seen("status 304")),
            (Err(BringError::Status { status, .. }), _) => {
                return Err(unreachable(cause).seen(format!("status {status}")));
            }
            (Err(BringError::Fetch(error)), _) => return Err(no_answer(cause, &error)),
        };
        new_etags.extend(etag.map(|etag| (address.to_owned(), etag)));
        Ok(text)
    }

    fn parse(&self, terms: &OidcTerms, texts: ProviderDocuments) -> Result<Documents, Refusal> {
        let provider = provider::read(texts.discovery.as_bytes(), &terms.issuer, self.addresses);
        let provider = provider.map_err(|error| unreachable(error.cause()).seen(error.to_string()))?;
        let keys = KeySet::read(texts.keys.as_bytes());
        let keys = keys.map_err(|error| unreachable(error.cause()).seen(error.to_string()))?;
        Ok(Documents { provider, keys, texts })
    }

    fn known(&self, partner: PartnerId) -> Arc<Known> {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&partner) {
            return known.clone();
        }
        self.known.write().unwrap_or_else(PoisonError::into_inner).entry(partner).or_default().clone()
    }
}

/// Where addresses of a partner may lead.
#[must_use]
pub const fn scope(network: Network) -> Scope {
    match network {
        Network::Public => Scope::Public,
        Network::DangerousPrivate => Scope::Private,
    }
}

pub(super) fn unreachable(cause: &'static str) -> Refusal {
    Refusal::new(Code::PartnerUnreachable, cause)
}

/// A partner's service that gave no answer.
pub(super) fn no_answer(cause: &'static str, error: &FetchError) -> Refusal {
    unreachable(cause).seen(error.to_string())
}

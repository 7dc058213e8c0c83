//! The documents of OIDC partners: fetched when they are first needed, kept while they are good, and kept
//! on while their source is down.
//!
//! A key that a token names and we do not know is looked for in a newer document at most once a minute
//! ([`KEYS_AGAIN`]); a key that has left the document is refused from the next reading on.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::HeaderMap;
use tokio::sync::{Mutex, OnceCell};

use crate::base::clock::Timestamp;
use crate::domain::organization::PublicUrl;
use crate::domain::partners::{Network, OidcTerms, PartnerId};
use crate::domain::refusal::{Code, Refusal};
use crate::keys::jwk_set::KeySet;
use crate::oidc::relying::provider::{self, Addresses, Provider};
use crate::outbound::client::{FetchError, HttpClient, Reach};

/// How long documents are used before they are read again.
pub const FRESH: Duration = Duration::from_secs(60 * 60);
/// How long after a reading that failed the next one is tried.
pub const TRY_AGAIN: Duration = Duration::from_secs(10);
/// How long after a reading an unknown key is worth another.
pub const KEYS_AGAIN: Duration = Duration::from_secs(60);

/// What an OIDC partner published.
#[derive(Debug)]
pub struct Documents {
    /// Its endpoints.
    pub provider: Provider,
    /// Its keys.
    pub keys: KeySet,
    read_at: Timestamp,
}

/// Fetches and keeps the documents of OIDC partners.
#[derive(Debug)]
pub struct Providers {
    public: OnceCell<HttpClient>,
    private: OnceCell<HttpClient>,
    addresses: Addresses,
    known: RwLock<HashMap<PartnerId, Arc<Known>>>,
}

#[derive(Debug, Default)]
struct Known {
    good: RwLock<Option<Arc<Documents>>>,
    /// When it was last tried and what came of it; whoever holds it reads.
    tried: Mutex<Option<(Timestamp, Option<Refusal>)>>,
}

impl Known {
    fn good(&self, issuer: &str) -> Option<Arc<Documents>> {
        let good = self.good.read().unwrap_or_else(PoisonError::into_inner);
        good.clone().filter(|documents| documents.provider.issuer == issuer)
    }
}

impl Providers {
    /// For a gateway at this address: only where that is on loopback itself may partners be.
    #[must_use]
    pub fn of(public_url: &PublicUrl) -> Self {
        let addresses = super::addresses(public_url);
        Self { public: OnceCell::new(), private: OnceCell::new(), addresses, known: RwLock::default() }
    }

    /// The client for a partner's services, made when the first is asked: it needs the roots of the machine,
    /// which a gateway without OIDC partners runs without.
    ///
    /// # Errors
    /// [`Code::PartnerUnreachable`] where it cannot be made.
    pub(super) async fn client(&self, terms: &OidcTerms) -> Result<&HttpClient, Refusal> {
        let (cell, reach) = match (self.addresses, terms.network) {
            (Addresses::LoopbackToo, _) => (&self.public, Reach::Loopback),
            (Addresses::HttpsOnly, Network::Public) => (&self.public, Reach::Public),
            (Addresses::HttpsOnly, Network::DangerousPrivate) => (&self.private, Reach::Private),
        };
        let made = cell.get_or_try_init(|| std::future::ready(HttpClient::new(reach))).await;
        made.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "partners cannot be asked");
            no_answer("http_client_unavailable", &error)
        })
    }

    /// The partner's documents.
    ///
    /// # Errors
    /// [`Code::PartnerUnreachable`] where there are none and none can be had.
    pub async fn documents(
        &self,
        partner: PartnerId,
        terms: &OidcTerms,
        now: Timestamp,
    ) -> Result<Arc<Documents>, Refusal> {
        let known = self.known(partner);
        match known.good(&terms.issuer) {
            Some(good) if now < good.read_at.plus(FRESH) => return Ok(good),
            // One visitor reads again; nobody else waits for it.
            Some(good) => match known.tried.try_lock() {
                Err(_) => return Ok(good),
                Ok(mut tried) => {
                    if is_due(tried.as_ref(), TRY_AGAIN, now) {
                        self.read_again(&known, &mut tried, terms, now).await;
                    }
                }
            },
            None => {
                let mut tried = known.tried.lock().await;
                if known.good(&terms.issuer).is_none() && is_due(tried.as_ref(), TRY_AGAIN, now) {
                    self.read_again(&known, &mut tried, terms, now).await;
                }
                if let (None, Some((_, Some(refusal)))) = (known.good(&terms.issuer), tried.as_ref()) {
                    return Err(refusal.clone());
                }
            }
        }
        known.good(&terms.issuer).ok_or_else(|| unreachable("provider_unknown"))
    }

    /// The documents once more, since a token names a key that is not among them.
    pub(super) async fn with_new_keys(
        &self,
        partner: PartnerId,
        terms: &OidcTerms,
        now: Timestamp,
    ) -> Option<Arc<Documents>> {
        let known = self.known(partner);
        let mut tried = known.tried.lock().await;
        if is_due(tried.as_ref(), KEYS_AGAIN, now) {
            self.read_again(&known, &mut tried, terms, now).await;
        }
        known.good(&terms.issuer)
    }

    fn known(&self, partner: PartnerId) -> Arc<Known> {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&partner) {
            return known.clone();
        }
        self.known.write().unwrap_or_else(PoisonError::into_inner).entry(partner).or_default().clone()
    }

    async fn read_again(
        &self,
        known: &Known,
        tried: &mut Option<(Timestamp, Option<Refusal>)>,
        terms: &OidcTerms,
        now: Timestamp,
    ) {
        let read = self.read(terms, now).await;
        match read {
            Ok(documents) => {
                *known.good.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(documents));
                *tried = Some((now, None));
            }
            Err(refusal) => {
                tracing::warn!(
                    partner.issuer = terms.issuer,
                    cause = refusal.cause,
                    "the partner's documents cannot be read"
                );
                *tried = Some((now, Some(refusal)));
            }
        }
    }

    async fn read(&self, terms: &OidcTerms, now: Timestamp) -> Result<Documents, Refusal> {
        let client = self.client(terms).await?;
        let document = fetch(client, &provider::document_address(&terms.issuer), "discovery_no_answer").await?;
        let provider = provider::read(&document, &terms.issuer, self.addresses);
        let provider = provider.map_err(|error| unreachable(error.cause()).seen(error.to_string()))?;
        let document = fetch(client, &provider.jwks_uri, "jwks_no_answer").await?;
        let keys = KeySet::read(&document).map_err(|error| unreachable(error.cause()).seen(error.to_string()))?;
        Ok(Documents { provider, keys, read_at: now })
    }
}

async fn fetch(client: &HttpClient, address: &str, cause: &'static str) -> Result<Vec<u8>, Refusal> {
    let fetched = client.get(address, HeaderMap::new()).await;
    let fetched = fetched.map_err(|error| no_answer(cause, &error))?;
    if fetched.status == http::StatusCode::OK {
        Ok(fetched.body)
    } else {
        Err(unreachable(cause).seen(format!("status {}", fetched.status.as_u16())))
    }
}

fn is_due(tried: Option<&(Timestamp, Option<Refusal>)>, after: Duration, now: Timestamp) -> bool {
    tried.is_none_or(|(at, _)| now >= at.plus(after))
}

pub(super) fn unreachable(cause: &'static str) -> Refusal {
    Refusal::new(Code::PartnerUnreachable, cause)
}

/// A partner's service that gave no answer.
pub(super) fn no_answer(cause: &'static str, error: &FetchError) -> Refusal {
    unreachable(cause).seen(error.to_string())
}

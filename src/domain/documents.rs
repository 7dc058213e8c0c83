//! What partners and apps publish about themselves, where it comes from, and the watch over it.
//!
//! What was read last is part of the partner or app and has its version: whoever decides by the record
//! decides by its documents. A [`Watch`] says only when and how they are read again.

use std::collections::BTreeMap;

use super::apps::{AppId, EncryptedAnswers, SignedAnswers, SignedRequests};
use super::partners::{Network, PartnerId};
use crate::base::clock::Timestamp;
use crate::keys::certificates::Certificate;

/// Where a SAML metadata document is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataSource {
    /// Its address.
    pub url: String,
    /// The certificate of the key that must have signed the document, where one is pinned.
    pub certificate: Option<Certificate>,
    /// Where the address may lead.
    pub network: Network,
}

/// Where an app's metadata is fetched, and what its object file asks for beside it: a new document is read
/// with the same wishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppSource {
    /// The document's.
    pub metadata: MetadataSource,
    /// Whether requests must be signed, also where the document does not say so.
    pub requests: SignedRequests,
    /// What of our answers is signed, by the object file.
    pub answers: SignedAnswers,
    /// Whether assertions are encrypted, by the object file.
    pub encryption: EncryptedAnswers,
}

/// What an OIDC provider publishes, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderDocuments {
    /// The discovery document.
    pub discovery: String,
    /// The key document.
    pub keys: String,
}

/// Whose documents they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A partner's.
    Partner(PartnerId),
    /// A SAML app's.
    App(AppId),
}

/// When and how documents are read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Whose.
    pub owner: Owner,
    /// The validator of what was read last, by address (RFC 9110 8.8.3).
    pub etags: BTreeMap<String, String>,
    /// When they were read last, or found unchanged; absent where that is not known.
    pub read_at: Option<Timestamp>,
    /// When they are due again.
    pub next_at: Timestamp,
    /// How many readings have failed since.
    pub failures: u32,
    /// Why the last reading failed.
    pub fault: Option<WatchFault>,
    /// Which ends have been warned of: the name of the end, and for how many days ahead.
    pub warned: BTreeMap<String, u32>,
}

/// Why a reading failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchFault {
    /// The stable, fine name.
    pub cause: String,
    /// What was seen, in words.
    pub message: String,
}

impl Watch {
    /// A watch that is due at `next_at` and knows nothing yet.
    #[must_use]
    pub const fn due(owner: Owner, next_at: Timestamp) -> Self {
        Self {
            owner,
            etags: BTreeMap::new(),
            read_at: None,
            next_at,
            failures: 0,
            fault: None,
            warned: BTreeMap::new(),
        }
    }
}

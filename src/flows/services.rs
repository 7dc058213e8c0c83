//! What every journey holds: time, chance, store, keys and the settings of this installation.

use std::sync::Arc;

use super::limits::PerAddress;
use super::refusals::RefusalLog;
use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::base::sealing::Sealer;
use crate::base::secret::SecretBytes;
use crate::domain::organization::{Organization, PublicUrl};
use crate::domain::sessions::Lifetimes;
use crate::domain::store::Store;
use crate::domain::store::directory::Directory;
use crate::keys::ring::KeyRing;
use crate::keys::signing::Signer;
use crate::outbound::mail::Mailer;
use crate::texts::catalogue::Catalogue;

/// Everything that the journeys need; made once by `cli`.
#[derive(Clone)]
pub struct Services {
    /// The present time; each request reads it once.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// The uncached handle: transactions.
    pub store: Arc<dyn Store>,
    /// The cached handle: routing and rendering only.
    pub directory: Arc<dyn Directory>,
    /// Seals cookies, rows and page states.
    pub sealer: Arc<Sealer>,
    /// Makes every signature.
    pub signer: Arc<dyn Signer>,
    /// Our own keys.
    pub keys: Arc<KeyRing>,
    /// Sends mail; nobody waits for it inside a unit of work.
    pub mail: Arc<dyn Mailer>,
    /// The words of mails and pages.
    pub catalogue: Arc<Catalogue>,
    /// Settings of this installation.
    pub settings: Arc<Settings>,
    /// The queue in front of the audit for refusals.
    pub refusals: RefusalLog,
    /// How often one address may have an attempt kept as a row.
    pub spills: Arc<PerAddress>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Services").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Settings that the journeys need.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the gateway is reached; also its OIDC issuer.
    pub public_url: PublicUrl,
    /// Who runs it.
    pub organization: Organization,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// The salt of pairwise subjects, opened.
    pub subject_salt: SecretBytes,
}

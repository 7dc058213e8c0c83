//! What every journey holds: time, chance, store, keys and the settings of this installation.

use std::sync::Arc;

use super::limits::PerAddress;
use super::policies::Policies;
use super::refusals::RefusalLog;
use crate::base::clock::{Clock, Timestamp};
use crate::base::random::Random;
use crate::base::sealing::Sealer;
use crate::base::secret::SecretBytes;
use crate::domain::domain_proofs::DemandedProof;
use crate::domain::factors::choice::MailedCodes;
use crate::domain::invitations::consumer::ConsumerDomains;
use crate::domain::organization::{Organization, PublicUrl};
use crate::domain::policy::countries::Register;
use crate::domain::policy::methods::{Method, MethodSet};
use crate::domain::sessions::Lifetimes;
use crate::domain::store::Store;
use crate::domain::store::directory::Directory;
use crate::downstream::saml::Ours;
use crate::factors::passkey::attestation::Attestation;
use crate::factors::passkey::{Discoverable, RelyingParty};
use crate::keys::ring::KeyRing;
use crate::keys::signing::Signer;
use crate::outbound::mail::Mailer;
use crate::outbound::txt::TxtSource;
use crate::texts::catalogue::Catalogue;
use crate::texts::invitation::Templates;
use crate::texts::language::Language;
use crate::upstream::providers::Providers;

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
    /// The policies that decide.
    pub policies: Arc<Policies>,
    /// Where addresses are.
    pub countries: Arc<dyn Register>,
    /// Sends mail; nobody waits for it inside a unit of work.
    pub mail: Arc<dyn Mailer>,
    /// The words of mails and pages.
    pub catalogue: Arc<Catalogue>,
    /// Ourselves toward passkeys; absent where there are none.
    pub passkeys: Option<Arc<RelyingParty>>,
    /// The documents of OIDC partners.
    pub providers: Arc<Providers>,
    /// The DNS, for proofs of domains.
    pub dns: Arc<dyn TxtSource>,
    /// Settings of this installation.
    pub settings: Arc<Settings>,
    /// The queue in front of the audit for refusals.
    pub refusals: RefusalLog,
    /// How often one address may have an attempt kept as a row.
    pub spills: Arc<PerAddress>,
}

impl Services {
    /// What of ours an answer to an app needs.
    #[must_use]
    pub fn toward_apps(&self, now: Timestamp) -> Ours<'_> {
        Ours {
            public_url: &self.settings.public_url,
            keys: &self.keys,
            signer: self.signer.as_ref(),
            random: self.random.as_ref(),
            now,
        }
    }
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
    /// Which second factors there are here.
    pub factors: FactorSettings,
    /// What a partner's domain needs before it counts.
    pub domain_proof: DemandedProof,
    /// At which domains everybody can have an address.
    pub consumer_domains: ConsumerDomains,
    /// How mails are written.
    pub mail: MailSettings,
}

/// How mails are written.
#[derive(Debug, Clone, Default)]
pub struct MailSettings {
    /// The language for those of whom none is known that is spoken here.
    pub language: Language,
    /// What an invitation looks like.
    pub templates: Templates,
}

/// Whether a kind of second factor is to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It is.
    On,
    /// It is not: none can be enrolled, and what is enrolled already is not accepted.
    Off,
}

/// Which second factors there are here.
#[derive(Debug, Clone)]
pub struct FactorSettings {
    /// Authenticator apps.
    pub totp: Offer,
    /// Passkeys.
    pub passkeys: Offer,
    /// Codes by mail.
    pub mailed_codes: MailedCodes,
    /// Which passkeys are accepted.
    pub passkey_attestation: Attestation,
    /// Whether passkeys are kept so that they are found without naming the account.
    pub discoverable: Discoverable,
}

impl FactorSettings {
    /// Every kind, and passkeys of any make: what holds where nothing is set.
    pub const STANDARD: Self = Self {
        totp: Offer::On,
        passkeys: Offer::On,
        mailed_codes: MailedCodes::On,
        passkey_attestation: Attestation::None,
        discoverable: Discoverable::Discouraged,
    };

    /// Ourselves toward passkeys. They are switched off where the host of `public_url` cannot have any, so
    /// that no policy counts on them.
    #[must_use]
    pub fn open_passkeys(&mut self, public_url: &PublicUrl, name: &str) -> Option<Arc<RelyingParty>> {
        if self.passkeys == Offer::Off {
            return None;
        }
        let attestation = self.passkey_attestation.clone();
        match RelyingParty::new(public_url.as_str(), name, attestation, self.discoverable) {
            Ok(party) => Some(Arc::new(party)),
            Err(fault) => {
                tracing::warn!(%fault, "there are no passkeys here");
                self.passkeys = Offer::Off;
                None
            }
        }
    }

    /// The methods that can be shown here. Recovery codes stand in for what can be enrolled.
    #[must_use]
    pub fn offered(&self) -> MethodSet {
        let rows = [
            (self.totp == Offer::On, Method::SoftwareOath),
            (self.passkeys == Offer::On, Method::Fido2),
            (self.mailed_codes == MailedCodes::On, Method::Email),
            (self.totp == Offer::On || self.passkeys == Offer::On, Method::RecoveryCode),
        ];
        rows.iter().filter(|(is_on, _)| *is_on).fold(MethodSet::EMPTY, |methods, (_, method)| methods.with(*method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_switched_off_is_not_offered() {
        let check = |settings: FactorSettings, expected: &[Method]| {
            assert_eq!(settings.offered(), MethodSet::of(expected), "{settings:?}");
        };
        let standard = FactorSettings::STANDARD;
        assert_eq!(standard.offered(), MethodSet::HERE);
        check(
            FactorSettings { mailed_codes: MailedCodes::Off, ..standard.clone() },
            &[Method::SoftwareOath, Method::Fido2, Method::RecoveryCode],
        );
        check(
            FactorSettings { totp: Offer::Off, mailed_codes: MailedCodes::Off, ..standard.clone() },
            &[Method::Fido2, Method::RecoveryCode],
        );
        check(FactorSettings { totp: Offer::Off, passkeys: Offer::Off, ..standard }, &[Method::Email]);
    }
}

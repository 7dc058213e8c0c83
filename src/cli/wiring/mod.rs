//! From the configuration to the services that the journeys hold: opens the secret key, the database,
//! the installation and our keys, in that order. Time and chance are handed in.

pub mod countries;
mod node;
pub mod secret_key;

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::clock::Clock;
use crate::base::random::{Random, new_handle};
use crate::base::sealing::{RootError, Sealer};
use crate::base::secret::SecretBytes;
use crate::cli::config::{Config, Database, MailWay};
use crate::domain::invitations::consumer::{ConsumerDomains, MAX_LIST};
use crate::domain::policy::countries::{NoRegister, Register, RegisterError};
use crate::domain::store::StoreError;
use crate::domain::store::directory::Directory;
use crate::flows::audit_chain::heads::{self, HeadError};
use crate::flows::install::{self, InstallError, Pins};
use crate::flows::limits::PerAddress;
use crate::flows::policies::{Policies, remember};
use crate::flows::refusals::RefusalLog;
use crate::flows::services::{MailSettings, Services, Settings};
use crate::keys::ring::{KeyRing, RingKey};
use crate::outbound::mail::line::MAX_LINE;
use crate::outbound::mail::outbox::Outbox;
use crate::outbound::mail::smtp::{Smtp, SmtpSettings, SmtpSetupError};
use crate::outbound::mail::{Line, Mailer, Sender};
use crate::outbound::txt::DnsResolver;
use crate::store::open::{OpenError, OpenStore, open as open_store, open_existing};
use crate::texts::catalogue::{Catalogue, CatalogueError};
use crate::upstream::providers::Providers;
use countries::MaxMindFile;
use secret_key::SecretKeyError;

/// Refusals of one address that reach the audit. **Units**: a minute.
const AUDITED_REFUSALS: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);
/// Attempts too large for a cookie that one address may have kept. **Units**: a minute.
const KEPT_ATTEMPTS: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);

/// Why the services could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// The secret key.
    #[error(transparent)]
    SecretKey(#[from] SecretKeyError),
    /// A secret is too short.
    #[error("`{setting}`: {error}")]
    Root {
        /// `secrets.key` or `secrets.previous`.
        setting: &'static str,
        /// Why.
        error: RootError,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Nothing has been installed in the database yet.
    #[error("nothing is installed in the database yet: `entente apply` or `entente serve` does it at its first run")]
    NotInstalled,
    /// The installation or our keys.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// The first heads of the audit.
    #[error(transparent)]
    Heads(#[from] HeadError),
    /// The file of countries.
    #[error("`countries.file`: {0}")]
    Countries(#[from] RegisterError),
    /// The list of domains at which everybody can have an address.
    #[error("`invitations.consumer_domains`: `{path}`: {why}", path = path.display())]
    ConsumerDomains {
        /// The file.
        path: PathBuf,
        /// Why it cannot be used.
        why: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The way to the mail server.
    #[error("`mail`: {0}")]
    Mail(#[from] SmtpSetupError),
    /// The built-in texts.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
}

/// What is handed in instead of being read from the system.
#[derive(Clone)]
pub struct Chance {
    /// The present time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub random: Arc<dyn Random>,
}

impl std::fmt::Debug for Chance {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Chance")
    }
}

impl Chance {
    /// The clock and the randomness of the system.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(crate::base::clock::SystemClock), random: Arc::new(crate::base::random::SystemRandom) }
    }
}

/// Opens everything, and makes what is missing: the database, its schema, the secret key of an empty
/// database, the pinned installation and our keys.
///
/// # Errors
/// [`WiringError`].
pub async fn open(config: &Config, chance: &Chance) -> Result<Services, WiringError> {
    let random = chance.random.as_ref();
    let opened = open_store(config.database.url().expose(), &node::name(random)).await?;
    let mut key = secret_key::read(&config.secrets.key)?;
    if key.is_none() {
        // Only an empty database may get a new key: with another one, everything that is sealed in it
        // would be lost.
        let installed = opened.store.unit_of_work().await?.installation().await?.is_some();
        key = Some(secret_key::make_for(&config.secrets.key, installed, random)?);
    }
    let sealer = sealer(config, key)?;
    let pins = Pins { organization: &config.organization, public_url: &config.public_url };
    let salt = install::open_installation(opened.store.as_ref(), &sealer, random, pins).await?;
    let clock = chance.clock.as_ref();
    let keys = install::open_keys(opened.store.as_ref(), &sealer, clock, random, &config.public_url).await?;
    let services = services(config, chance, opened, Opened { sealer, salt, keys }).await?;
    remember(services.store.unit_of_work().await?, &services.policies.current().set).await?;
    heads::begin(&services).await?;
    Ok(services)
}

/// Opens what is there and makes nothing: for commands that only read, or that act on what exists.
///
/// # Errors
/// [`WiringError`], [`WiringError::NotInstalled`] where there is nothing yet.
pub async fn open_installed(config: &Config, chance: &Chance) -> Result<Services, WiringError> {
    if matches!(&config.database, Database::Sqlite(path) if !path.exists()) {
        return Err(WiringError::NotInstalled);
    }
    let opened = match open_existing(config.database.url().expose(), &node::name(chance.random.as_ref())).await {
        Err(OpenError::NoSchema) => return Err(WiringError::NotInstalled),
        other => other?,
    };
    let Some(key) = secret_key::read(&config.secrets.key)? else {
        let installed = opened.store.unit_of_work().await?.installation().await?.is_some();
        return Err(if installed {
            secret_key::missing(&config.secrets.key).into()
        } else {
            WiringError::NotInstalled
        });
    };
    let sealer = sealer(config, Some(key))?;
    let pins = Pins { organization: &config.organization, public_url: &config.public_url };
    let salt = install::check_installation(opened.store.as_ref(), &sealer, pins).await?;
    let salt = salt.ok_or(WiringError::NotInstalled)?;
    let keys = install::read_keys(opened.store.as_ref(), &sealer).await?;
    services(config, chance, opened, Opened { sealer, salt, keys }).await
}

/// Services on an empty database that is gone with it: what applying would do to a database that does
/// not exist yet.
#[derive(Debug)]
pub struct Draft {
    /// The services; nothing that they write is kept.
    pub services: Services,
    folder: PathBuf,
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What cannot be removed holds nothing but what the object files say anyway.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Opens an empty database in a folder for temporary files.
///
/// # Errors
/// [`WiringError`].
pub async fn open_draft(config: &Config, chance: &Chance) -> Result<Draft, WiringError> {
    let random = chance.random.as_ref();
    let folder = std::env::temp_dir().join(format!("entente-draft-{}", new_handle(random)));
    let database = Database::Sqlite(folder.join("draft.db"));
    let store = open_store(database.url().expose(), &node::name(random)).await?;
    let mut key = vec![0; 32];
    random.fill(&mut key);
    let sealer = Sealer::new(&SecretBytes::new(key), &[])
        .map_err(|error| WiringError::Root { setting: "secrets.key", error })?;
    let opened = Opened { sealer, salt: SecretBytes::new(Vec::new()), keys: Vec::new() };
    Ok(Draft { services: services(config, chance, store, opened).await?, folder })
}

struct Opened {
    sealer: Sealer,
    salt: SecretBytes,
    keys: Vec<RingKey>,
}

async fn services(config: &Config, chance: &Chance, store: OpenStore, opened: Opened) -> Result<Services, WiringError> {
    let policies = Policies::load(store.store.as_ref()).await?;
    let mut factors = config.factors.clone();
    let passkeys = factors.open_passkeys(&config.public_url, &config.organization.name);
    let countries: Arc<dyn Register> = match &config.countries {
        None => Arc::new(NoRegister),
        Some(path) => Arc::new(MaxMindFile::open(path.clone())?),
    };
    let keys = Arc::new(KeyRing::new(opened.keys));
    let directory: Arc<dyn Directory> = store.directory;
    let limit = |a_minute| PerAddress::new(chance.clock.clone(), a_minute);
    Ok(Services {
        clock: chance.clock.clone(),
        random: chance.random.clone(),
        refusals: RefusalLog::start(store.store.clone(), limit(AUDITED_REFUSALS)),
        spills: Arc::new(limit(KEPT_ATTEMPTS)),
        store: store.store,
        directory,
        sealer: Arc::new(opened.sealer),
        signer: keys.clone(),
        keys,
        mail: mailer(config, chance)?,
        catalogue: Arc::new(Catalogue::new()?),
        passkeys,
        providers: Arc::new(Providers::of(&config.public_url)),
        settings: Arc::new(Settings {
            public_url: config.public_url.clone(),
            organization: config.organization.clone(),
            lifetimes: config.lifetimes,
            subject_salt: opened.salt,
            factors,
            domain_proof: config.domains.proof,
            consumer_domains: consumer_domains(config.consumer_domains.as_deref())?,
            mail: MailSettings { language: config.mail.language, templates: config.mail.templates.clone() },
        }),
        dns: Arc::new(DnsResolver::at(config.domains.resolver)),
        policies: Arc::new(policies),
        countries,
    })
}

/// The list of the configuration, or the one that comes with the program.
fn consumer_domains(path: Option<&Path>) -> Result<ConsumerDomains, WiringError> {
    let Some(path) = path else { return Ok(ConsumerDomains::shipped()) };
    let fault = |why: String| WiringError::ConsumerDomains { path: path.to_owned(), why };
    let length = std::fs::metadata(path).map_err(|error| fault(error.to_string()))?.len();
    if length > MAX_LIST as u64 {
        return Err(fault(format!("longer than {MAX_LIST} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    ConsumerDomains::parse(&text).map_err(|error| fault(error.to_string()))
}

fn mailer(config: &Config, chance: &Chance) -> Result<Arc<dyn Mailer>, WiringError> {
    let name = Line::cleaned(&config.organization.name, MAX_LINE);
    let sender = Sender { address: config.mail.from.clone(), name };
    let random = chance.random.clone();
    Ok(match &config.mail.way {
        MailWay::Outbox(folder) => Arc::new(Outbox::new(folder.clone(), sender, random)),
        MailWay::Smtp { server, login, authorities } => {
            let settings = SmtpSettings {
                server: server.clone(),
                login: login.clone(),
                authorities: authorities.clone(),
                hello: config.public_url.host().to_owned(),
            };
            Arc::new(Smtp::new(settings, sender, random)?)
        }
    })
}

fn sealer(config: &Config, key: Option<SecretBytes>) -> Result<Sealer, WiringError> {
    let key = key.ok_or_else(|| secret_key::missing(&config.secrets.key))?;
    let mut previous = Vec::new();
    for source in &config.secrets.previous {
        previous.push(secret_key::read(source)?.ok_or_else(|| secret_key::missing_previous(source))?);
    }
    Sealer::new(&key, &[]).map_err(|error| WiringError::Root { setting: "secrets.key", error })?;
    Sealer::new(&key, &previous).map_err(|error| WiringError::Root { setting: "secrets.previous", error })
}

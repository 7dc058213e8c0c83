//! The configuration file `entente.toml`, read as a whole with all faults listed together.
//!
//! Owns the names of settings, their meaning, limits and defaults, and the override of each by an
//! environment variable. Fills plain values for the rooms that use them; opens nothing. Start reading
//! at [`shapes`], then [`read`].

mod environment;
mod factors;
mod mail;
pub mod reference;
pub mod shapes;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;

use crate::base::sealing::MIN_ROOT;
use crate::base::secret::SecretText;
use crate::domain::definitions::{Fault, Origin};
use crate::domain::domain_proofs::DemandedProof;
use crate::domain::mail::MailDomain;
use crate::domain::organization::{Organization, PublicUrl};
use crate::domain::sessions::Lifetimes;
use crate::flows::services::FactorSettings;
use crate::objects::files::read_text;
use crate::objects::secrets::{SecretSource, secret, source, sources as secret_sources};
use crate::objects::sources::Sources;
use crate::objects::table::{Completeness, Reader, Table};
use crate::objects::{texts, toml};
pub use mail::{Mail, MailWay};

/// The configuration. Paths in it are joined to the folder of the file.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the gateway is reached; also its OIDC issuer.
    pub public_url: PublicUrl,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Who runs it.
    pub organization: Organization,
    /// The database.
    pub database: Database,
    /// The root secrets.
    pub secrets: Secrets,
    /// TLS; absent: plain HTTP behind a proxy.
    pub tls: Option<Tls>,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Where metrics and health with reasons are told.
    pub metrics: Option<SocketAddr>,
    /// How mail is sent.
    pub mail: Mail,
    /// How logs are written.
    pub log: Log,
    /// How often one address may ask.
    pub limits: Limits,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// Which second factors there are here.
    pub factors: FactorSettings,
    /// What partners' domains need.
    pub domains: Domains,
    /// The file that knows the countries of addresses.
    pub countries: Option<PathBuf>,
    /// The list of domains at which everybody can have an address, where it is another than the shipped one.
    pub consumer_domains: Option<PathBuf>,
}

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// The embedded one, in this file.
    Sqlite(PathBuf),
    /// A PostgreSQL server, by a URL that may hold a password.
    Postgres(SecretText),
}

impl Database {
    /// The address with which the store opens it.
    #[must_use]
    pub fn url(&self) -> SecretText {
        match self {
            // The store reads the path as that of a URL.
            Self::Sqlite(path) => {
                SecretText::new(format!("sqlite://{}", path.display().to_string().replace('%', "%25")))
            }
            Self::Postgres(url) => url.clone(),
        }
    }
}

/// The root secrets, none of them read yet where they are files.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The current one.
    pub key: SecretSource,
    /// Earlier ones, which open and never seal.
    pub previous: Vec<SecretSource>,
}

/// The certificate and its key.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The chain in PEM, the own certificate first.
    pub certificate: PathBuf,
    /// The private key in PEM.
    pub key: SecretSource,
}

/// How logs are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// For people or for programs.
    pub format: LogFormat,
    /// The least level: `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What partners' domains need, and whom the DNS is asked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Domains {
    /// What a domain needs before it counts.
    pub proof: DemandedProof,
    /// The resolver; the system's where none is named.
    pub resolver: Option<SocketAddr>,
}

/// What one address may have. **Units**: requests a minute, but for `connections`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// At the authorize endpoint.
    pub authorize: NonZeroU32,
    /// Answers to the page that asks for the organisation.
    pub organization: NonZeroU32,
    /// At the assertion consumer service.
    pub acs: NonZeroU32,
    /// At the token endpoint.
    pub token: NonZeroU32,
    /// At the userinfo endpoint.
    pub userinfo: NonZeroU32,
    /// At the end-session endpoint.
    pub end_session: NonZeroU32,
    /// At the API.
    pub api: NonZeroU32,
    /// Connections at once; addresses of trusted proxies are not counted.
    pub connections: NonZeroU32,
}

/// Reads the file at `path` with the overrides of the environment.
///
/// # Errors
/// All faults, by file and line.
pub fn read(path: &Path, sources: &dyn Sources) -> Result<Config, Vec<Fault>> {
    let file = path.display().to_string();
    let text = read_text(path, sources)
        .map_err(|message| vec![Fault { origin: Origin { file: file.clone(), line: 1 }, message }])?;
    let mut parsed = toml::parse(&file, &text);
    let mut faults = std::mem::take(&mut parsed.faults);
    let completeness = if faults.is_empty() { Completeness::Whole } else { Completeness::Partial };
    faults.extend(environment::apply(&mut parsed.root, &shapes::CONFIG, sources));
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let reader = Reader::new(folder, sources, completeness);
    let config = Table::open(&reader, &shapes::CONFIG, &parsed.root).and_then(|root| whole(&root));
    faults.extend(reader.into_faults());
    faults.sort();
    match config {
        Some(config) if faults.is_empty() => Ok(config),
        _ => Err(faults),
    }
}

/// The configuration as far as it can be read; every part is looked at before any is missed.
fn whole(root: &Table<'_>) -> Option<Config> {
    let public_url = root.parsed("public_url", PublicUrl::parse);
    let listen = match root.node("listen") {
        Some(_) => root.parsed("listen", address),
        None => Some(shapes::DEFAULT_LISTEN),
    };
    let organization = root.table("organization").and_then(|table| organization(&table));
    let database = root.table("database").and_then(|table| database(&table));
    let secrets = root.table("secrets").and_then(|table| secrets(&table));
    let tls = root.table("tls").and_then(|table| tls(&table));
    if tls.is_some() && public_url.as_ref().is_some_and(PublicUrl::is_loopback_http) {
        root.fault("tls", "`[tls]` is set, but `public_url` is http; make it https or leave `[tls]` out");
    }
    let proxy = root.table("proxy");
    let trusted_proxies = proxy.map(|table| table.parsed_texts("trusted", network)).unwrap_or_default();
    let metrics = root.table("metrics").and_then(|table| table.parsed("listen", address));
    if metrics.is_some() && metrics == listen {
        root.fault(
            "metrics",
            "`metrics.listen` is the same address as `listen`; whoever reaches the one reaches the other",
        );
    }
    let mail = mail::read(root, organization.as_ref());
    let log = log(root.table("log").as_ref());
    let limits = limits(root.table("limits").as_ref());
    let lifetimes = lifetimes(root.table("lifetimes").as_ref());
    let factors = factors::read(root.table("factors").as_ref());
    let domains = domains(root.table("domains").as_ref());
    let countries = root.table("countries").and_then(|table| table.parsed("file", texts::identifier));
    let consumers = root.table("invitations");
    let consumers = consumers.and_then(|table| table.parsed("consumer_domains", texts::identifier));
    Some(Config {
        public_url: public_url?,
        listen: listen?,
        organization: organization?,
        database: database?,
        secrets: secrets?,
        tls,
        trusted_proxies,
        metrics,
        mail: mail?,
        log,
        limits: limits?,
        lifetimes,
        factors: factors?,
        domains,
        countries: countries.map(|path| root.reader().folder.join(path)),
        consumer_domains: consumers.map(|path| root.reader().folder.join(path)),
    })
}

fn organization(table: &Table<'_>) -> Option<Organization> {
    let id = texts::id(table);
    let name = table.parsed("name", texts::display_name);
    let domain = table.parsed("domain", MailDomain::parse);
    Some(Organization { id: id?, name: name?, domain: domain? })
}

fn database(table: &Table<'_>) -> Option<Database> {
    let url = secret(table, "url")?;
    let text = url.expose();
    if let Some(path) = text.strip_prefix("sqlite://").filter(|path| !path.is_empty() && !path.contains(['?', '#'])) {
        return Some(Database::Sqlite(table.reader().folder.join(path)));
    }
    let is_postgres = url::Url::parse(text)
        .is_ok_and(|parsed| matches!(parsed.scheme(), "postgres" | "postgresql") && parsed.has_authority());
    if is_postgres {
        return Some(Database::Postgres(url));
    }
    table.fault("url", "`url` must be `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`");
    None
}

fn secrets(table: &Table<'_>) -> Option<Secrets> {
    let key = source(table, "key");
    let previous = secret_sources(table, "previous");
    let of_key = key.iter().map(|source| ("key", source));
    for (name, source) in of_key.chain(previous.iter().map(|source| ("previous", source))) {
        if matches!(source, SecretSource::Value(value) if value.expose().len() < MIN_ROOT) {
            table.fault(name, format!("`{name}` must be at least {MIN_ROOT} bytes; make it random"));
        }
    }
    Some(Secrets { key: key?, previous })
}

fn tls(table: &Table<'_>) -> Option<Tls> {
    let certificate = table.parsed("certificate", texts::identifier).map(|path| table.reader().folder.join(path));
    let key = source(table, "key");
    Some(Tls { certificate: certificate?, key: key? })
}

fn log(table: Option<&Table<'_>>) -> Log {
    let word = |name: &str| table.and_then(|table| table.text(name));
    Log {
        format: if word("format") == Some("json") { LogFormat::Json } else { LogFormat::Text },
        level: word("level").unwrap_or("info").to_owned(),
    }
}

fn limits(table: Option<&Table<'_>>) -> Option<Limits> {
    let limit = |name: &str, default: u32| {
        let number = table.and_then(|table| table.integer(name)).unwrap_or_else(|| u64::from(default));
        // Out of range has been told when the table was opened.
        NonZeroU32::new(u32::try_from(number).unwrap_or(default))
    };
    Some(Limits {
        authorize: limit("authorize", shapes::DEFAULT_AUTHORIZE_LIMIT)?,
        organization: limit("organization", shapes::DEFAULT_ORGANIZATION_LIMIT)?,
        acs: limit("acs", shapes::DEFAULT_ACS_LIMIT)?,
        token: limit("token", shapes::DEFAULT_TOKEN_LIMIT)?,
        userinfo: limit("userinfo", shapes::DEFAULT_USERINFO_LIMIT)?,
        end_session: limit("end_session", shapes::DEFAULT_END_SESSION_LIMIT)?,
        api: limit("api", shapes::DEFAULT_API_LIMIT)?,
        connections: limit("connections", shapes::DEFAULT_CONNECTIONS)?,
    })
}

fn domains(table: Option<&Table<'_>>) -> Domains {
    let is_strict = table.and_then(|table| table.text("proof")) == Some("dns_or_host");
    Domains {
        proof: if is_strict { DemandedProof::DnsOrHost } else { DemandedProof::Word },
        resolver: table.and_then(|table| table.parsed("resolver", address)),
    }
}

fn lifetimes(table: Option<&Table<'_>>) -> Lifetimes {
    let Some(table) = table else { return Lifetimes::STANDARD };
    let seconds = |name: &str, default: Duration| table.integer(name).map_or(default, Duration::from_secs);
    let lifetimes = Lifetimes {
        session_idle: seconds("session_idle", Lifetimes::STANDARD.session_idle),
        session_whole: seconds("session_whole", Lifetimes::STANDARD.session_whole),
        code: seconds("code", Lifetimes::STANDARD.code),
        token: seconds("token", Lifetimes::STANDARD.token),
    };
    if lifetimes.session_idle > lifetimes.session_whole {
        table.fault("session_idle", "`session_idle` is longer than `session_whole`");
    }
    lifetimes
}

/// Why a network address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum NetworkError {
    #[error("must be an address with a port, such as `127.0.0.1:8080` or `[::1]:8080`")]
    Address,
    #[error("must be a network, such as `10.0.0.0/8`; one host is `127.0.0.1/32`")]
    Network,
    #[error("is everyone, who could then name any address as theirs; name the networks of the proxies")]
    Everyone,
}

fn address(text: &str) -> Result<SocketAddr, NetworkError> {
    text.parse().map_err(|_| NetworkError::Address)
}

fn network(text: &str) -> Result<IpNet, NetworkError> {
    let network: IpNet = text.parse().map_err(|_| NetworkError::Network)?;
    if network.prefix_len() == 0 { Err(NetworkError::Everyone) } else { Ok(network.trunc()) }
}

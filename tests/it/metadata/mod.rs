//! What partners and apps publish: fetched, polled, signed or not, changed, withdrawn, down, ending.

mod app_keys;
mod apply;
mod apps;
mod ends;
mod kept_out;
mod polling;
mod providers;

use std::io;
use std::path::Path;
use std::time::Duration;

use entente::domain::apps::AppId;
use entente::domain::audit::{AuditQuery, AuditRecord};
use entente::domain::documents::{Owner, Watch};
use entente::flows::apply::report::Report;
use entente::flows::apply::{ApplyError, LockOut, Mode, Options, Pruning, apply};
use entente::flows::documents::{Outcome, Polled, poll, refresh};
use entente::flows::services::Services;
use entente::keys::certificates::Certificate;
use entente::keys::signing::SigningKey;
use entente::objects::files;
use entente::objects::sources::Sources;

use crate::support::gateway::Gateway;
use crate::support::keys;
use crate::support::partner::Partner;
use crate::support::source::{Metadata, Source};
use crate::support::stores::Backend;

/// A little more than an hour: what was read is due again.
const HOUR: Duration = Duration::from_secs(61 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What fabrikam publishes.
fn of_fabrikam(certificates: &[Certificate]) -> Metadata {
    let fabrikam = Partner::fabrikam();
    Metadata::of_idp(&fabrikam.entity_id, &fabrikam.sso, certificates)
}

fn certificates(keys: &[&SigningKey]) -> Vec<Certificate> {
    keys.iter().map(|key| keys::certificate(key)).collect()
}

/// The object file of fabrikam whose metadata is at an address.
fn fabrikam_at(url: &str, more: &str) -> String {
    format!(
        "[[partner]]\nslug = 'fabrikam'\nname = 'Fabrikam'\ndomains = ['fabrikam.example']\nenabled = true\n\
         [partner.saml]\nmetadata_url = '{url}'\n{more}"
    )
}

/// A gateway whose partner fabrikam publishes at an address what it has had.
async fn start(backend: Backend) -> (Gateway, Source) {
    let gateway = Gateway::start(backend).await;
    let source = Source::start(of_fabrikam(&certificates(&[&keys::partner()])).plain()).await;
    applied(&gateway, &fabrikam_at(&source.url, "")).await;
    (gateway, source)
}

/// Object files in memory; beside them a certificate.
struct Files(String);

impl Sources for Files {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match path.file_name().and_then(|name| name.to_str()) {
            Some("objects.toml") => Ok(self.0.clone().into_bytes()),
            Some("signer.pem") => Ok(pem(&keys::certificate(&keys::stranger())).into_bytes()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        (name == "SECRET").then(|| crate::support::provider::SECRET.to_owned())
    }

    fn variables(&self) -> Vec<String> {
        Vec::new()
    }
}

fn pem(certificate: &Certificate) -> String {
    let body = entente::base::encoding::base64(certificate.der());
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

async fn apply_as(services: &Services, text: &str, mode: Mode) -> Result<Report, Vec<String>> {
    let contents = files::read(&["objects.toml".into()], &Files(text.to_owned()));
    let options = Options {
        lock_out: LockOut::Refused,
        pruning: Pruning::Keep,
        mode,
        operator: "olga".to_owned(),
        found: contents.faults,
    };
    apply(services, &contents.definitions, &options).await.map_err(|error| match error {
        ApplyError::Faults(faults) => {
            faults.into_iter().map(|fault| format!("{}: {}", fault.origin.line, fault.message)).collect()
        }
        error @ (ApplyError::Store(_) | ApplyError::LockOut(_)) => panic!("{error}"),
    })
}

/// Applies an object file, which must be good.
async fn applied(gateway: &Gateway, text: &str) -> Report {
    apply_as(&gateway.services, text, Mode::Write).await.unwrap()
}

/// Lets `wait` go by and reads what is due then.
async fn poll_after(gateway: &Gateway, wait: Duration) -> Polled {
    gateway.clock.advance(wait);
    poll(&gateway.services).await.unwrap()
}

const CHANGED: Polled = Polled { changed: 1, unchanged: 0, failed: 0 };
const UNCHANGED: Polled = Polled { changed: 0, unchanged: 1, failed: 0 };
const FAILED: Polled = Polled { changed: 0, unchanged: 0, failed: 1 };
const NOTHING_DUE: Polled = Polled { changed: 0, unchanged: 0, failed: 0 };

impl Gateway {
    /// The version of fabrikam's record.
    async fn partner_version(&self) -> i64 {
        let mut unit = self.services.store.unit_of_work().await.unwrap();
        unit.read_partner(self.partner_id).await.unwrap().unwrap().version
    }
}

/// Reads the documents of fabrikam now.
async fn refreshed(gateway: &Gateway) -> Outcome {
    let actor = entente::domain::audit::Actor::Operator("olga".to_owned());
    refresh(&gateway.services, Owner::Partner(gateway.partner_id), &actor, gateway.now()).await.unwrap()
}

async fn watch(gateway: &Gateway) -> Watch {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    unit.find_watch(Owner::Partner(gateway.partner_id)).await.unwrap().unwrap()
}

async fn app_id(gateway: &Gateway, slug: &str) -> AppId {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let apps = unit.list_apps().await.unwrap();
    apps.iter().find(|kept| kept.value.slug.as_str() == slug).unwrap().value.id
}

/// What the audit has of documents, oldest first.
async fn audited(gateway: &Gateway, activity: &str) -> Vec<AuditRecord> {
    let query = AuditQuery { activity: Some(activity.to_owned()), limit: 100, ..AuditQuery::default() };
    let mut records = gateway.services.store.audit(&query).await.unwrap();
    records.reverse();
    records
}

fn detail<'a>(record: &'a AuditRecord, name: &str) -> &'a str {
    record.details.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
}

//! Object files, from their text to what is stored and audited.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in what it calls too")]

mod collaboration;
mod impact;
mod policies;
mod words;

use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente::base::clock::{ManualClock, Timestamp};
use entente::base::random::SystemRandom;
use entente::base::sealing::Sealer;
use entente::base::secret::SecretBytes;
use entente::domain::audit::{AuditQuery, AuditRecord};
use entente::domain::guests::{Guest, GuestId, Standing, external_name};
use entente::domain::mail::{MailAddress, MailDomain};
use entente::domain::organization::{Organization, PublicUrl};
use entente::domain::policy::countries::NoRegister;
use entente::domain::sessions::Lifetimes;
use entente::domain::store::objects::Provenance;
use entente::flows::apply::report::Report;
use entente::flows::apply::{ApplyError, LockOut, Mode, Options, Pruning, apply};
use entente::flows::limits::PerAddress;
use entente::flows::policies::Policies;
use entente::flows::refusals::RefusalLog;
use entente::flows::services::{FactorSettings, MailSettings, Services, Settings};
use entente::keys::ring::KeyRing;
use entente::objects::files;
use entente::objects::sources::Sources;
use entente::store::open::open;
use entente::texts::catalogue::Catalogue;
use entente::upstream::providers::Providers;

use crate::support::mailbox::Mailbox;
use crate::support::stores::Place;
use crate::support::templates;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

const FILE: &str = "\
[[partner]]
slug = 'fabrikam'
name = 'Fabrikam'
domains = ['fabrikam.example']
enabled = true
[partner.saml]
metadata = 'fabrikam.xml'
[[app]]
slug = 'payroll'
[app.oidc]
client_id = 'payroll'
client_secret = { env = 'PAYROLL_SECRET' }
redirect_uris = ['https://payroll.contoso.example/callback']
[[group]]
slug = 'auditors'
members = ['ana@fabrikam.example']
apps = ['payroll']
[[guest]]
email = 'ana@fabrikam.example'
partner = 'fabrikam'
apps = ['payroll']
";

const ADDED: &str = "\
partner `fabrikam` added
app `payroll` added
guest `ana@fabrikam.example` added
group `auditors` added
4 added, 0 changed, 0 removed, 0 unchanged
";

/// A gateway on an SQLite file, and the object files beside it.
struct Gateway {
    services: Services,
    folder: tempfile::TempDir,
}

struct Environment;

impl Sources for Environment {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn variable(&self, name: &str) -> Option<String> {
        (name == "PAYROLL_SECRET").then(|| "a secret of payroll".to_owned())
    }

    fn variables(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Gateway {
    async fn start() -> Self {
        let folder = Place::Memory.folder();
        let path = folder.path().join("entente.db");
        templates::write_sqlite(&path).await;
        let opened = open(&format!("sqlite://{}", path.display()), "node").await.unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let per_address = || PerAddress::new(clock.clone(), NonZeroU32::MIN);
        let keys = Arc::new(KeyRing::new(vec![]));
        let organization = Organization {
            id: uuid::Uuid::from_u128(1),
            name: "Contoso".to_owned(),
            domain: MailDomain::parse("contoso.example").unwrap(),
        };
        let settings = Settings {
            public_url: PublicUrl::parse("https://gate.example.com").unwrap(),
            organization,
            lifetimes: Lifetimes::STANDARD,
            subject_salt: SecretBytes::new(vec![3; 32]),
            factors: FactorSettings::STANDARD,
            domain_proof: entente::domain::domain_proofs::DemandedProof::Word,
            consumer_domains: entente::domain::invitations::consumer::ConsumerDomains::shipped(),
            mail: MailSettings::default(),
        };
        let policies = Policies::load(opened.store.as_ref()).await.unwrap();
        let services = Services {
            refusals: RefusalLog::start(opened.store.clone(), per_address()),
            spills: Arc::new(per_address()),
            store: opened.store,
            directory: opened.directory,
            random: Arc::new(SystemRandom),
            sealer: Arc::new(Sealer::new(&SecretBytes::new(vec![1; 32]), &[]).unwrap()),
            signer: keys.clone(),
            keys,
            policies: Arc::new(policies),
            countries: Arc::new(NoRegister),
            dns: Arc::new(entente::outbound::txt::DnsResolver::at(Some(([127, 0, 0, 1], 1).into()))),
            providers: Arc::new(Providers::of(&settings.public_url)),
            settings: Arc::new(settings),
            mail: Arc::new(Mailbox::default()),
            catalogue: Arc::new(Catalogue::new().unwrap()),
            passkeys: None,
            clock,
        };
        let gateway = Self { services, folder };
        gateway.write("fabrikam.xml", &metadata("urn:fabrikam", ""));
        gateway
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn apply_as(&self, text: &str, mode: Mode, pruning: Pruning) -> Result<Report, Vec<String>> {
        let path = self.write("objects.toml", text);
        let contents = files::read(&[path], &Environment);
        let options =
            Options { lock_out: LockOut::Refused, pruning, mode, operator: "olga".to_owned(), found: contents.faults };
        apply(&self.services, &contents.definitions, &options).await.map_err(|error| match error {
            ApplyError::Faults(faults) => {
                faults.into_iter().map(|fault| format!("{}: {}", fault.origin.line, fault.message)).collect()
            }
            error @ (ApplyError::Store(_) | ApplyError::LockOut(_)) => panic!("{error}"),
        })
    }

    async fn apply(&self, text: &str) -> Result<Report, Vec<String>> {
        self.apply_as(text, Mode::Write, Pruning::Keep).await
    }

    async fn audit(&self) -> Vec<AuditRecord> {
        let query = AuditQuery { limit: 100, ..AuditQuery::default() };
        self.services.store.audit(&query).await.unwrap()
    }

    /// Slugs and addresses of everything that is stored.
    async fn names(&self) -> Vec<String> {
        let mut unit = self.services.store.unit_of_work().await.unwrap();
        let partners = unit.list_partners().await.unwrap().into_iter();
        let partners = partners.filter(|kept| kept.provenance != Provenance::BuiltIn);
        let partners = partners.map(|kept| kept.value.slug.to_string());
        let apps = unit.list_apps().await.unwrap().into_iter().map(|kept| kept.value.slug.to_string());
        let groups = unit.list_groups().await.unwrap().into_iter().map(|kept| kept.value.group.slug.to_string());
        let guests = unit.list_guests(None, 100).await.unwrap().into_iter();
        let guests = guests.filter(|kept| kept.value.guest.standing != Standing::Deleted);
        let guests = guests.map(|kept| kept.value.guest.mail.unwrap().as_str().to_owned());
        partners.chain(apps).chain(groups).chain(guests).collect()
    }
}

fn metadata(entity_id: &str, attributes: &str) -> String {
    let pem = include_str!("../fixtures/saml/metadata/rsa-2048.pem");
    let certificate: String = pem.lines().filter(|line| !line.starts_with("---")).collect();
    format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{entity_id}\"{attributes}>\
         <IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>\
         <X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
         Location=\"https://login.fabrikam.example/sso\"/></IDPSSODescriptor></EntityDescriptor>"
    )
}

#[tokio::test]
async fn files_become_objects_once_and_a_second_apply_changes_nothing() {
    let gateway = Gateway::start().await;
    assert_eq!(gateway.apply(FILE).await.unwrap().to_string(), ADDED);
    assert_eq!(gateway.names().await, ["fabrikam", "payroll", "auditors", "ana@fabrikam.example"]);
    let entries = gateway.audit().await;
    let mut activities: Vec<_> = entries.iter().map(|entry| entry.activity.as_str()).collect();
    activities.sort_unstable();
    assert_eq!(activities, ["guest_added", "object_added", "object_added", "object_added"]);
    assert!(entries.iter().all(|entry| entry.actor == "operator:olga"));
    assert!(!format!("{entries:?}").contains("ana@"), "the audit of an apply names no address");

    let again = gateway.apply_as(FILE, Mode::Write, Pruning::Remove).await.unwrap();
    assert_eq!(again.to_string(), "0 added, 0 changed, 0 removed, 4 unchanged\n");
    assert_eq!(gateway.audit().await.len(), 4);
}

#[tokio::test]
async fn what_is_applied_is_routed_by_at_once() {
    let gateway = Gateway::start().await;
    let directory = &gateway.services.directory;
    assert!(directory.partner_by_slug("fabrikam").await.unwrap().is_none());
    gateway.apply(FILE).await.unwrap();
    let partner = directory.partner_by_slug("fabrikam").await.unwrap().unwrap();
    assert_eq!((partner.name.as_str(), partner.version), ("Fabrikam", 1));
    let renamed = FILE.replace("'Fabrikam'", "'Fabrikam AG'");
    let report = gateway.apply(&renamed).await.unwrap();
    assert_eq!(report.to_string(), "partner `fabrikam` changed: name\n0 added, 1 changed, 0 removed, 3 unchanged\n");
    let partner = directory.partner_by_slug("fabrikam").await.unwrap().unwrap();
    assert_eq!((partner.name.as_str(), partner.version), ("Fabrikam AG", 2));
    let changed = gateway.audit().await.into_iter().find(|entry| entry.activity == "object_changed").unwrap();
    assert!(changed.details.contains(&("fields".to_owned(), "name".to_owned())));
    assert!(changed.details.contains(&("slug".to_owned(), "fabrikam".to_owned())));
}

#[tokio::test]
async fn any_fault_changes_nothing_and_all_are_told() {
    let gateway = Gateway::start().await;
    gateway.write("broken.xml", "<EntityDescriptor");
    let text = FILE
        .replace("'fabrikam.xml'", "'broken.xml'")
        .replace("slug = 'auditors'", "slug = 'auditors'\nclock = 1")
        .replace("https://payroll.contoso.example/callback", "http://payroll.contoso.example/callback");
    let told = gateway.apply(&text).await.unwrap_err();
    let lines: Vec<_> = told.iter().map(|fault| fault.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["7", "8", "16"], "{told:?}");
    assert!(told[0].contains("partner `fabrikam`: `broken.xml`: "), "{told:?}");
    assert_eq!(
        told[1],
        "8: app `payroll`: `redirect_uris`, `http://payroll.contoso.example/callback`: redirect URI by http to \
         `payroll.contoso.example` is not accepted for this app: use https"
    );
    assert_eq!(told[2], "16: unknown key `clock` in `[[group]]`: not known to this version");

    let lost = FILE.replace("apps = ['payroll']", "apps = ['payrol']");
    assert_eq!(
        gateway.apply(&lost).await.unwrap_err(),
        [
            "14: group `auditors`: there is no app `payrol`",
            "18: guest `ana@fabrikam.example`: there is no app `payrol`",
        ]
    );
    assert_eq!(gateway.names().await, Vec::<String>::new());
    assert_eq!(gateway.audit().await, vec![]);
}

#[tokio::test]
async fn an_app_does_not_ask_for_tokens_for_the_gateway_itself() {
    let gateway = Gateway::start().await;
    let with = |api: &str| FILE.replace("[[group]]", &format!("resources = ['{api}']\n[[group]]"));
    for own in ["https://gate.example.com", "https://gate.example.com/"] {
        let faults = gateway.apply(&with(own)).await.unwrap_err();
        let told = format!("app `payroll`: `resources`, `{own}`: must not be the `public_url` of the gateway");
        assert!(matches!(&faults[..], [fault] if fault.contains(&told)), "{faults:?}");
    }
    gateway.apply(&with("https://gate.example.com/api")).await.unwrap();
}

/// The gateway of these tests is on the public internet, so what it fetches must be there too.
#[tokio::test]
async fn metadata_is_fetched_from_the_public_internet_alone() {
    let gateway = Gateway::start().await;
    let told = async |source: &str| {
        let text = FILE.replace("metadata = 'fabrikam.xml'", source);
        let faults = gateway.apply(&text).await.unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.into_iter().next().unwrap()
    };
    let private = "is an address of this machine or of a private network";
    for (url, fault) in [
        ("https://10.0.0.1/metadata", private),
        ("https://127.0.0.1:1/metadata", private),
        ("https://169.254.169.254/latest", private),
        ("https://[::1]:1/metadata", private),
        ("https://localhost:1/metadata", private),
        ("http://idp.example/metadata", "is not https"),
    ] {
        let told = told(&format!("metadata_url = '{url}'")).await;
        let begins = format!("7: partner `fabrikam`: `{url}`: `{url}` {fault}; check the address");
        assert!(told.starts_with(&begins), "{told}");
    }
    // With the dangerous word it is asked, and nobody is there; by http it is not.
    let allowed = told("metadata_url = 'https://127.0.0.1:1/metadata'\ndangerous_allow_private = true").await;
    assert!(allowed.contains("no answer from `127.0.0.1:1`"), "{allowed}");
    let plain = told("metadata_url = 'http://127.0.0.1:1/metadata'\ndangerous_allow_private = true").await;
    assert!(plain.contains("is not https"), "{plain}");
    assert_eq!(gateway.names().await, Vec::<String>::new());
}

#[tokio::test]
async fn expired_metadata_does_not_enable_a_partner() {
    let gateway = Gateway::start().await;
    let expired = format!(" validUntil=\"{NOW}\"");
    gateway.write("fabrikam.xml", &metadata("urn:fabrikam", &expired));
    let told = gateway.apply(FILE).await.unwrap_err();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("7: partner `fabrikam`: ") && told[0].contains("expired"), "{told:?}");
    assert_eq!(gateway.names().await, Vec::<String>::new());
    let just_alive = format!(" validUntil=\"{}\"", NOW.plus(std::time::Duration::from_secs(1)));
    gateway.write("fabrikam.xml", &metadata("urn:fabrikam", &just_alive));
    assert!(gateway.apply(FILE).await.is_ok());
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let gateway = Gateway::start().await;
    let report = gateway.apply_as(FILE, Mode::DryRun, Pruning::Keep).await.unwrap();
    assert!(report.to_string().ends_with("4 added, 0 changed, 0 removed, 0 unchanged; nothing was written\n"));
    assert_eq!(gateway.names().await, Vec::<String>::new());
    gateway.apply(FILE).await.unwrap();
    let report = gateway.apply_as("", Mode::DryRun, Pruning::Remove).await.unwrap();
    assert_eq!(report.lines.len(), 4);
    assert_eq!(gateway.names().await.len(), 4);
    assert_eq!(gateway.audit().await.len(), 4);
}

#[tokio::test]
async fn pruning_removes_what_was_applied_and_nobody_who_signed_in() {
    let gateway = Gateway::start().await;
    gateway.apply(FILE).await.unwrap();
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let ana = unit.guest_by_mail_key("ana@fabrikam.example").await.unwrap().unwrap().value.guest;
    let mail = MailAddress::parse("ben@fabrikam.example").unwrap();
    let organization = MailDomain::parse("contoso.example").unwrap();
    let ben = Guest {
        id: GuestId::new(NOW, &SystemRandom),
        user_principal_name: external_name(&mail, &organization, 0),
        mail: Some(mail),
        pinned_partner: None,
        ..ana
    };
    unit.insert_guest(&ben, Provenance::SignIn).await.unwrap();
    unit.commit().await.unwrap();

    let with_ben = format!("{FILE}[[guest]]\nemail = 'ben@fabrikam.example'\nname = 'Ben'\n");
    let report = gateway.apply(&with_ben).await.unwrap();
    assert_eq!(
        report.to_string(),
        "guest `ben@fabrikam.example` changed: name\n0 added, 1 changed, 0 removed, 4 unchanged\n"
    );
    let kept = gateway.apply_as("", Mode::Write, Pruning::Keep).await.unwrap();
    assert!(kept.is_empty());
    let pruned = gateway.apply_as("", Mode::Write, Pruning::Remove).await.unwrap();
    assert_eq!(pruned.lines.len(), 4);
    assert_eq!(gateway.names().await, ["ben@fabrikam.example"]);
}

#[tokio::test]
async fn a_taken_external_name_gives_way_to_the_next() {
    let gateway = Gateway::start().await;
    gateway.apply(FILE).await.unwrap();
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let id = unit.guest_by_mail_key("ana@fabrikam.example").await.unwrap().unwrap().value.guest.id;
    drop(unit);
    let moved = FILE
        .replace("members = ['ana@", "members = ['anna@")
        .replace("email = 'ana@", &format!("id = '{id}'\nemail = 'anna@"));
    let both = format!("{moved}[[guest]]\nemail = 'ana@fabrikam.example'\n");
    let report = gateway.apply(&both).await.unwrap();
    assert_eq!(
        report.to_string(),
        "guest `anna@fabrikam.example` changed: email\nguest `ana@fabrikam.example` added\n\
         1 added, 1 changed, 0 removed, 3 unchanged\n"
    );
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let other = unit.guest_by_mail_key("ana@fabrikam.example").await.unwrap().unwrap().value.guest;
    assert_ne!(other.id, id);
    assert_eq!(other.user_principal_name, "ana_fabrikam.example1#EXT#@contoso.example");
}

#[tokio::test]
async fn no_secret_is_in_report_audit_or_database() {
    let gateway = Gateway::start().await;
    let report = gateway.apply(FILE).await.unwrap();
    let audit = gateway.audit().await;
    assert!(!format!("{report} {report:?} {audit:?}").contains("a secret of payroll"));
    for name in ["entente.db", "entente.db-wal"] {
        let content = std::fs::read(gateway.folder.path().join(name)).unwrap_or_default();
        assert!(!content.windows(19).any(|window| window == b"a secret of payroll"), "{name}");
    }
}

//! The gateway in this process, on a real socket, with a database of its own and a clock that stands
//! still.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use entente::base::clock::{Clock, ManualClock, Timestamp};
use entente::base::random::{SystemRandom, new_handle};
use entente::base::sealing::Sealer;
use entente::base::secret::{SecretBytes, SecretText};
use entente::domain::apps::grant_types::GrantTypes;
use entente::domain::apps::{
    AllowedPartners, App, AppId, AppProtocol, ApplicationType, Assignment, Confidentiality, IdTokenAlgorithm, OidcApp,
    PkceRule, RequestRule,
};
use entente::domain::assurance::AssuranceContract;
use entente::domain::attempts::AttemptId;
use entente::domain::audit::{AuditQuery, AuditRecord};
use entente::domain::claims::names::Protocol;
use entente::domain::claims::set::ClaimSet;
use entente::domain::guests::{Binding, Guest, GuestId, MailStanding, NameSource, Standing, UserType, external_name};
use entente::domain::mail::{MailAddress, MailDomain};
use entente::domain::names::Slug;
use entente::domain::organization::{Organization, PublicUrl};
use entente::domain::partners::{
    Admission, AssertionEncryption, AttributeNames, MailAuthority, Partner as PartnerRecord, PartnerId, PartnerKind,
    PassedScoping, PassiveRequests, SamlRequestRules, SubjectRule, Switch, Trust,
};
use entente::domain::policy::countries::NoRegister;
use entente::domain::sessions::Lifetimes;
use entente::domain::store::objects::{Provenance, WholeGuest};
use entente::flows::install::{Pins, open_installation};
use entente::flows::limits::PerAddress;
use entente::flows::policies::Policies;
use entente::flows::refusals::RefusalLog;
use entente::flows::services::{FactorSettings, MailSettings, Services, Settings};
use entente::flows::token::app_secret_mac;
use entente::keys::public::PublicKey;
use entente::keys::ring::KeyPurpose;
use entente::outbound::client::TIMEOUT;
use entente::texts::catalogue::Catalogue;
use entente::upstream::providers::Providers;

use super::client::{Client, Page};
use super::keys::{self, START};
use super::mailbox::Mailbox;
use super::partner::{Answer, Partner, Person, Request};
use super::stores::{Backend, Place, TestDatabase};

/// The secret of the confidential app.
pub const PAYROLL_SECRET: &str = "payroll-secret-of-the-tests";
/// Where the confidential app takes its codes.
pub const PAYROLL_CALLBACK: &str = "http://localhost:9/payroll/callback";
/// Where the public app takes its codes.
pub const TRAVEL_CALLBACK: &str = "http://localhost:9/travel/callback";
/// A PKCE verifier and its challenge (RFC 7636 B).
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The challenge of [`VERIFIER`].
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A running gateway.
pub struct Gateway {
    /// Its public URL.
    pub url: String,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// Its services.
    pub services: Services,
    /// Where its mails arrive.
    #[allow(dead_code, reason = "for the tests alone: the bench shares this file")]
    pub mailbox: Arc<Mailbox>,
    /// The partner `fabrikam`.
    pub partner: Partner,
    /// The same partner's row.
    pub partner_id: PartnerId,
    /// The apps' rows.
    pub payroll: AppId,
    /// The apps' rows.
    pub travel: AppId,
    /// Ana's row, who is invited and assigned to both apps.
    pub ana: GuestId,
    database: TestDatabase,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What a gateway stands on.
struct Ground {
    place: Place,
    /// How long it waits for others.
    patience: Duration,
}

/// Another process on the same database, as far as the database can tell.
pub struct Node {
    /// Its services.
    pub services: Services,
}

impl Gateway {
    /// Starts with the partner `fabrikam`, the apps `payroll` and `travel`, and Ana invited.
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, |_| {}).await
    }

    /// Starts with the partner's record altered first.
    pub async fn start_with(backend: Backend, alter: impl FnOnce(&mut PartnerRecord)) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        Self::start_whole(backend, Ground { place: Place::Memory, patience: TIMEOUT }, clock.clone(), clock, alter)
            .await
    }

    /// Starts one that waits for others no longer than this: for tests of those who say nothing.
    #[allow(dead_code, reason = "for the tests alone: the bench shares this file")]
    pub async fn start_impatient(backend: Backend, patience: Duration) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let ground = Ground { place: Place::Memory, patience };
        Self::start_whole(backend, ground, clock.clone(), clock, |_| {}).await
    }

    /// Starts on another clock, as benches do; [`Gateway::clock`] then moves nothing.
    #[allow(dead_code, reason = "for the bench, which shares this file")]
    pub async fn start_on(backend: Backend, clock: Arc<dyn Clock>, alter: impl FnOnce(&mut PartnerRecord)) -> Self {
        let ground = Ground { place: Place::Disk, patience: TIMEOUT };
        Self::start_whole(backend, ground, Arc::new(ManualClock::new(START)), clock, alter).await
    }

    async fn start_whole(
        backend: Backend,
        ground: Ground,
        clock: Arc<ManualClock>,
        used: Arc<dyn Clock>,
        alter: impl FnOnce(&mut PartnerRecord),
    ) -> Self {
        let database = TestDatabase::new(backend, ground.place).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let mailbox = Arc::new(Mailbox::default());
        let mut services = services(&database.url, &url, used, mailbox.clone()).await;
        services.providers = Arc::new(Providers::with_patience(&services.settings.public_url, ground.patience));
        let partner = Partner::fabrikam();
        let ids = seed(&services, &partner, alter).await;
        let serving = serve(services.clone(), listener);
        let (partner_id, payroll, travel, ana) = ids;
        Self { url, clock, services, mailbox, partner, partner_id, payroll, travel, ana, database, serving }
    }

    /// Where its database is.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// A browser.
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// The present time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Our entity ID toward partners.
    pub fn audience(&self) -> String {
        format!("{}/saml/sp", self.url)
    }

    /// The authorize address of the confidential app, with more parameters.
    pub fn authorize(&self, more: &[(&str, &str)]) -> String {
        let mut base = vec![
            ("client_id", "payroll"),
            ("redirect_uri", PAYROLL_CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile email groups"),
            ("state", "state-1"),
            ("nonce", "nonce-1"),
        ];
        base.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        base.extend_from_slice(more);
        address("/oidc/authorize", &base)
    }

    /// The authorize address of the public app, with more parameters.
    pub fn authorize_travel(&self, more: &[(&str, &str)]) -> String {
        let mut base = vec![
            ("client_id", "travel"),
            ("redirect_uri", TRAVEL_CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("state", "state-2"),
            ("nonce", "nonce-2"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        base.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        base.extend_from_slice(more);
        address("/oidc/authorize", &base)
    }

    /// Asks for a sign-in and reads what the partner is asked.
    pub async fn ask(&self, client: &mut Client, authorize: &str) -> Request {
        let page = client.get(authorize).await;
        assert_eq!(page.status, 303, "{}", page.body);
        self.read_request(&page)
    }

    /// Reads the request to the partner out of a page that leads there.
    pub fn read_request(&self, page: &Page) -> Request {
        self.request_to(&self.partner, page)
    }

    /// Reads the request to any partner out of a page that leads there.
    pub fn request_to(&self, partner: &Partner, page: &Page) -> Request {
        let keys: Vec<Arc<PublicKey>> = self
            .services
            .keys
            .published(KeyPurpose::SamlSigning)
            .iter()
            .map(|key| Arc::new(PublicKey::from_spki(&key.key.spki().unwrap()).unwrap()))
            .collect();
        partner.read_request(&page.onward(), &keys)
    }

    /// The partner's good answer.
    pub fn answer(&self, request: &Request, person: &Person) -> Answer {
        self.partner.answer(request, person, &self.audience(), self.now())
    }

    /// Posts an answer to the ACS.
    pub async fn post(&self, client: &mut Client, request: &Request, answer: &Answer) -> Page {
        self.post_text(client, &request.relay_state, &answer.post(&self.partner)).await
    }

    /// Posts a form value to the ACS.
    pub async fn post_text(&self, client: &mut Client, relay_state: &str, response: &str) -> Page {
        client.post("/saml/sp/acs", &[("SAMLResponse", response), ("RelayState", relay_state)]).await
    }

    /// A whole sign-in of a person to the confidential app, up to the code in the redirect.
    pub async fn sign_in(&self, client: &mut Client, person: &Person) -> Page {
        let authorize = self.authorize(&[("domain_hint", "fabrikam")]);
        let request = self.ask(client, &authorize).await;
        self.post(client, &request, &self.answer(&request, person)).await
    }

    /// Redeems a code as the confidential app.
    pub async fn redeem(&self, code: &str) -> Page {
        let mut app = self.client();
        let request = app
            .request(reqwest::Method::POST, "/oidc/token")
            .basic_auth("payroll", Some(PAYROLL_SECRET))
            .form(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", PAYROLL_CALLBACK)]);
        app.send(request).await
    }

    /// Redeems a code as the public app.
    pub async fn redeem_travel(&self, code: &str) -> Page {
        let mut app = self.client();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "travel"),
            ("code", code),
            ("redirect_uri", TRAVEL_CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        app.post("/oidc/token", &form).await
    }

    /// Asks userinfo with an access token.
    pub async fn userinfo(&self, access_token: &str) -> Page {
        let mut app = self.client();
        let request = app.request(reqwest::Method::GET, "/oidc/userinfo").bearer_auth(access_token);
        app.send(request).await
    }

    /// All audit entries of an attempt, newest first.
    pub async fn audit(&self, attempt: &str) -> Vec<AuditRecord> {
        self.services.refusals.flush().await;
        let query =
            AuditQuery { attempt: Some(AttemptId::parse(attempt).unwrap()), limit: 100, ..AuditQuery::default() };
        self.services.store.audit(&query).await.unwrap()
    }

    /// The cause of the last refusal of an attempt.
    pub async fn cause(&self, attempt: &str) -> Option<String> {
        self.audit(attempt).await.into_iter().find_map(|record| record.cause)
    }

    /// Another process on the same database.
    pub async fn second_node(&self) -> Node {
        let (clock, mailbox) = (self.clock.clone(), self.mailbox.clone());
        Node { services: services(&self.database.url, &self.url, clock, mailbox).await }
    }

    /// Another gateway on the same database and clock, at an address of its own behind the same public
    /// URL.
    pub async fn second_address(&self) -> (String, tokio::task::JoinHandle<()>) {
        let (url, _, serving) = self.second_address_with(|_| {}).await;
        (url, serving)
    }

    /// The same, with services altered first.
    pub async fn second_address_with(
        &self,
        alter: impl FnOnce(&mut Services),
    ) -> (String, Services, tokio::task::JoinHandle<()>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let mut services = self.second_node().await.services;
        services.keys = self.services.keys.clone();
        services.signer = self.services.signer.clone();
        alter(&mut services);
        (url, services.clone(), serve(services, listener))
    }

    /// The same gateway once more, at an address where these proxies are believed.
    #[allow(dead_code, reason = "for the tests alone: the bench shares this file")]
    pub async fn behind_proxies(&self, trusted: &[&str]) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let trusted = trusted.iter().map(|range| range.parse().unwrap()).collect();
        drop(serve_behind(self.services.clone(), listener, trusted));
        url
    }

    /// Alters the stored partner.
    pub async fn alter_partner(&self, services: &Services, alter: impl FnOnce(&mut PartnerRecord)) {
        let mut unit = services.store.unit_of_work().await.unwrap();
        let mut partner = unit.read_partner(self.partner_id).await.unwrap().unwrap();
        alter(&mut partner);
        partner.version += 1;
        unit.update_partner(&partner, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Alters a stored app.
    pub async fn alter_app(&self, services: &Services, id: AppId, alter: impl FnOnce(&mut App)) {
        let mut unit = services.store.unit_of_work().await.unwrap();
        let mut app = unit.read_app(id).await.unwrap().unwrap();
        alter(&mut app);
        app.version += 1;
        unit.update_app(&app, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Invites a guest and assigns apps.
    pub async fn invite(&self, mail: &str, pinned: Option<PartnerId>, apps: &[AppId]) -> GuestId {
        let mut unit = self.services.store.unit_of_work().await.unwrap();
        let guest = guest(mail, pinned);
        unit.insert_guest(&guest, Provenance::Applied).await.unwrap();
        unit.set_guest_apps(guest.id, apps).await.unwrap();
        unit.commit().await.unwrap();
        guest.id
    }

    /// A guest as it is stored.
    pub async fn guest(&self, id: GuestId) -> WholeGuest {
        self.services.store.unit_of_work().await.unwrap().guest(id).await.unwrap().unwrap().value
    }

    /// How many guests there are.
    pub async fn guest_count(&self) -> usize {
        self.services.store.unit_of_work().await.unwrap().list_guests(None, 1_000).await.unwrap().len()
    }
}

/// A path with an encoded query.
pub fn address(path: &str, params: &[(&str, &str)]) -> String {
    let encode = entente::base::params::encode;
    let query: Vec<String> = params.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    format!("{path}?{}", query.join("&"))
}

fn serve(services: Services, listener: tokio::net::TcpListener) -> tokio::task::JoinHandle<()> {
    serve_behind(services, listener, Vec::new())
}

fn serve_behind(
    services: Services,
    listener: tokio::net::TcpListener,
    trusted_proxies: Vec<ipnet::IpNet>,
) -> tokio::task::JoinHandle<()> {
    let many = NonZeroU32::new(1_000_000).unwrap();
    let settings = entente::http::state::Settings {
        trusted_proxies,
        authorize_per_minute: many,
        organization_per_minute: many,
        acs_per_minute: many,
        token_per_minute: many,
        userinfo_per_minute: many,
        end_session_per_minute: many,
        api_per_minute: many,
    };
    let state = Arc::new(entente::http::state::State::new(services, settings));
    let router = entente::http::routes::router(state);
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).await.unwrap();
    })
}

async fn services(database: &str, url: &str, clock: Arc<dyn Clock>, mailbox: Arc<Mailbox>) -> Services {
    let random = Arc::new(SystemRandom);
    let sealer = Arc::new(Sealer::new(&SecretBytes::new(vec![7; 32]), &[]).unwrap());
    let node = format!("test-{}", &new_handle(random.as_ref())[..8]);
    let open = entente::store::open::open(database, &node).await.unwrap();
    let public_url = PublicUrl::parse(url).unwrap();
    let organization = Organization {
        id: uuid::Uuid::parse_str("11111111-0000-4000-8000-000000000001").unwrap(),
        name: "Contoso".to_owned(),
        domain: MailDomain::parse("contoso.example").unwrap(),
    };
    let pins = Pins { organization: &organization, public_url: &public_url };
    let subject_salt = open_installation(open.store.as_ref(), &sealer, random.as_ref(), pins).await.unwrap();
    let keys = Arc::new(keys::ring());
    let many = NonZeroU32::new(1_000_000).unwrap();
    let policies = Policies::load(open.store.as_ref()).await.unwrap();
    let mut factors = FactorSettings::STANDARD;
    let passkeys = factors.open_passkeys(&public_url, &organization.name);
    Services {
        refusals: RefusalLog::start(open.store.clone(), PerAddress::new(clock.clone(), many)),
        spills: Arc::new(PerAddress::new(clock.clone(), many)),
        clock,
        random,
        store: open.store,
        directory: open.directory,
        sealer,
        signer: keys.clone(),
        keys,
        policies: Arc::new(policies),
        dns: Arc::new(entente::outbound::txt::DnsResolver::at(Some(([127, 0, 0, 1], 1).into()))),
        countries: Arc::new(NoRegister),
        mail: mailbox,
        catalogue: Arc::new(Catalogue::new().unwrap()),
        passkeys,
        providers: Arc::new(Providers::of(&public_url)),
        settings: Arc::new(Settings {
            public_url,
            organization,
            lifetimes: Lifetimes::STANDARD,
            subject_salt,
            factors,
            domain_proof: entente::domain::domain_proofs::DemandedProof::Word,
            consumer_domains: entente::domain::invitations::consumer::ConsumerDomains::shipped(),
            mail: MailSettings::default(),
        }),
    }
}

async fn seed(
    services: &Services,
    partner: &Partner,
    alter: impl FnOnce(&mut PartnerRecord),
) -> (PartnerId, AppId, AppId, GuestId) {
    let request = SamlRequestRules {
        name_id_format: None,
        requested_classes: Vec::new(),
        passive: PassiveRequests::Never,
        encryption: AssertionEncryption::Refused,
        scoping: PassedScoping::PassedOn,
        unsolicited: None,
    };
    let read = entente::upstream::metadata::read_trust(
        &partner.metadata(),
        SubjectRule::PersistentNameId,
        request,
        &services.settings.public_url,
        START,
    )
    .unwrap();
    let mut record = PartnerRecord {
        id: PartnerId::new(START, &SystemRandom),
        version: 1,
        slug: Slug::parse("fabrikam").unwrap(),
        name: "Fabrikam".to_owned(),
        handle: new_handle(&SystemRandom),
        shared_domains: Vec::new(),
        addresses: Vec::new(),
        dns_proven: Vec::new(),
        domains: vec![MailDomain::parse("fabrikam.example").unwrap().into()],
        admission: Admission::Invited,
        switch: Switch::Enabled,
        clock_skew: Duration::from_secs(60),
        kind: PartnerKind::Partner,
        mail_authority: MailAuthority::Domains,
        language: None,
        attributes: AttributeNames::default(),
        assurance: AssuranceContract::NOTHING_TRUSTED,
        trust: Trust::Saml(read.trust),
    };
    alter(&mut record);
    let secret = SecretText::new(PAYROLL_SECRET.to_owned());
    let mac = app_secret_mac(&services.sealer, "payroll", &secret).to_vec();
    let payroll = app("payroll", Confidentiality::Secret { mac }, PAYROLL_CALLBACK, IdTokenAlgorithm::Rs256);
    let travel = app("travel", Confidentiality::Public, TRAVEL_CALLBACK, IdTokenAlgorithm::Es256);
    let ana = guest("ana@fabrikam.example", None);
    let mut unit = services.store.unit_of_work().await.unwrap();
    unit.insert_partner(&record, Provenance::Applied).await.unwrap();
    unit.insert_app(&payroll, Provenance::Applied).await.unwrap();
    unit.insert_app(&travel, Provenance::Applied).await.unwrap();
    unit.insert_guest(&ana, Provenance::Applied).await.unwrap();
    unit.set_guest_apps(ana.id, &[payroll.id, travel.id]).await.unwrap();
    unit.commit().await.unwrap();
    (record.id, payroll.id, travel.id, ana.id)
}

fn app(slug: &str, confidentiality: Confidentiality, callback: &str, algorithm: IdTokenAlgorithm) -> App {
    let id = AppId::new(START, &SystemRandom);
    App {
        id,
        version: 1,
        slug: Slug::parse(slug).unwrap(),
        name: slug.to_owned(),
        switch: Switch::Enabled,
        assignment: Assignment::Required,
        partners: AllowedPartners::All,
        owners: Vec::new(),
        sector: id.to_string(),
        protocol: AppProtocol::Oidc(OidcApp {
            client_id: slug.to_owned(),
            confidentiality,
            redirect_uris: vec![callback.to_owned()],
            application_type: ApplicationType::Web,
            id_token_algorithm: algorithm,
            pkce: PkceRule::Optional,
            post_logout_redirect_uris: vec![format!("http://localhost:9/{slug}/signed-out")],
            grants: GrantTypes::STANDARD,
            requests: RequestRule::Any,
            initiate_login_uri: None,
            tokens: entente::domain::apps::token_rules::TokenRules::STANDARD,
            backchannel_logout: None,
        }),
        claims: Arc::new(ClaimSet::none(Protocol::Oidc)),
    }
}

/// What an app is as a relying party, to be altered.
///
/// # Panics
/// Where it is none.
#[allow(dead_code, reason = "for the tests alone: the bench shares this file")]
pub fn oidc(app: &mut App) -> &mut OidcApp {
    match &mut app.protocol {
        AppProtocol::Oidc(oidc) => oidc,
        AppProtocol::Saml(_) => panic!("`{}` speaks SAML", app.slug),
    }
}

/// A guest that has been invited.
pub fn guest(mail: &str, pinned_partner: Option<PartnerId>) -> Guest {
    let mail = MailAddress::parse(mail).unwrap();
    Guest {
        id: GuestId::new(START, &SystemRandom),
        user_principal_name: external_name(&mail, &MailDomain::parse("contoso.example").unwrap(), 0),
        mail: Some(mail),
        mail_standing: MailStanding::Known,
        display_name: None,
        name_source: NameSource::Partner,
        given_name: None,
        family_name: None,
        user_type: UserType::Guest,
        binding: Binding::PendingAcceptance,
        pinned_partner,
        standing: Standing::Active,
        sessions_valid_from: Timestamp::EPOCH,
        created_at: START,
    }
}

//! Partner, gateway and app on three hosts of three sites, each over TLS: the built gateway with its own
//! listener, the demo's partner, and a relying party that is written out here.
//!
//! No name is resolved outside of the browser: it is told where each host is, and that the one key of
//! this test may stand for all of them.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum_server::tls_rustls::RustlsConfig;
use entente::base::clock::SystemClock;
use entente::base::encoding::{base64, base64url, from_base64url, sha256};
use entente::base::random::{SystemRandom, new_handle};
use entente::cli::demo::partner::answer::Signs;
use entente::cli::demo::partner::person::Person;
use entente::cli::demo::partner::service_provider::ServiceProviderSource;
use entente::cli::demo::partner::{DemoPartner, PartnerConfig};
use entente::keys::signing::SigningKey;
use entente::outbound::client::{HttpClient, Reach};
use entente::saml::names::EntityId;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::chromium::{Chromium, Scripts};
use crate::support::client::query;
use crate::support::gateway::address;
use crate::support::stores::Place;

const PROGRAM: &str = env!("CARGO_BIN_EXE_entente");

/// The gateway's site.
pub const GATE: &str = "https://gate.contoso.example";
/// The partner's site.
pub const FABRIKAM: &str = "https://idp.fabrikam.example";
/// The app's site.
pub const PAYROLL: &str = "https://payroll.relying.example";

/// The three of them, stopped when they are dropped.
pub struct Hosts {
    process: Child,
    /// Kept, so that the process can go on writing.
    _output: BufReader<ChildStderr>,
    /// The browser's arguments.
    arguments: [String; 2],
    _folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl Drop for Hosts {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Hosts {
    /// Starts all three.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let folder = Place::Memory.folder();
        let key = rcgen::KeyPair::generate().unwrap();
        let names = [GATE, FABRIKAM, PAYROLL].map(|url| url.trim_start_matches("https://").to_owned());
        let certificate = rcgen::CertificateParams::new(names.to_vec()).unwrap().self_signed(&key).unwrap();
        let write = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path
        };
        write("gate.pem", &certificate.pem());
        write("gate.key", &key.serialize_pem());
        let config = write(
            "entente.toml",
            &format!(
                "public_url = '{GATE}'\nlisten = '127.0.0.1:0'\n[organization]\nname = 'Contoso'\n\
                 id = '11111111-0000-4000-8000-000000000001'\ndomain = 'contoso.example'\n[database]\n\
                 url = 'sqlite://entente.db'\n[secrets]\nkey = {{ file = 'secret.key' }}\n[tls]\n\
                 certificate = 'gate.pem'\nkey = {{ file = 'gate.key' }}\n"
            ),
        );
        let (process, output, gate) = serve(&config, &folder);
        let client = outside(&names[0], gate);
        let metadata = runtime.block_on(async {
            client.get(format!("{GATE}/saml/sp/metadata")).send().await.unwrap().text().await.unwrap()
        });
        let partner = partner(metadata);
        write("fabrikam.xml", &partner.metadata().unwrap());
        let objects = write("objects.toml", &objects());
        let applied = Command::new(PROGRAM).arg("apply").arg("--config").arg(&config).arg(objects).output().unwrap();
        assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(certificate.der().to_vec())],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let tls = RustlsConfig::from_config(Arc::new(tls));
        let app = Arc::new(App { client, pending: Mutex::default() });
        let [idp, payroll] = [partner.router(), app.router()].map(|router| {
            let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            listener.set_nonblocking(true).unwrap();
            let address = listener.local_addr().unwrap();
            let tls = tls.clone();
            runtime.spawn(async move {
                let server = axum_server::from_tcp_rustls(listener, tls).unwrap();
                server.serve(router.into_make_service()).await.unwrap();
            });
            address
        });
        let rules: Vec<String> =
            names.iter().zip([gate, idp, payroll]).map(|(name, address)| format!("MAP {name} {address}")).collect();
        let arguments = [
            format!("--host-resolver-rules={}", rules.join(",")),
            format!(
                "--ignore-certificate-errors-spki-list={}",
                base64(sha256(&rcgen::PublicKeyData::subject_public_key_info(&key)))
            ),
        ];
        Self { process, _output: output, arguments, _folder: folder, _runtime: runtime }
    }

    /// A browser that finds them.
    pub fn browser(&self, scripts: Scripts) -> Chromium {
        Chromium::start_with(scripts, &self.arguments)
    }
}

/// Starts the gateway and reads in its log where it listens.
#[expect(clippy::zombie_processes, reason = "the caller stops it")]
fn serve(config: &std::path::Path, folder: &tempfile::TempDir) -> (Child, BufReader<ChildStderr>, SocketAddr) {
    let mut process = Command::new(PROGRAM)
        .arg("serve")
        .arg("--config")
        .arg(config)
        .env("RUST_LOG", "info")
        .stdin(Stdio::null())
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(process.stderr.take().unwrap());
    let mut said = String::new();
    loop {
        let before = said.len();
        assert_ne!(output.read_line(&mut said).unwrap(), 0, "the gateway does not start: {said}");
        if let Some((_, rest)) = said[before..].split_once("address=") {
            let address = rest.split_whitespace().next().unwrap().parse().unwrap();
            return (process, output, address);
        }
    }
}

/// What an app's server asks the gateway with; it knows its certificate by itself.
#[expect(clippy::disallowed_methods, reason = "the tests are outside of the gateway")]
fn outside(name: &str, gate: SocketAddr) -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.resolve(name, gate).tls_danger_accept_invalid_certs(true).build().unwrap()
}

fn partner(metadata: String) -> DemoPartner {
    DemoPartner::new(PartnerConfig {
        name: "Fabrikam".to_owned(),
        entity_id: EntityId::parse("https://idp.fabrikam.example/saml").unwrap(),
        base_url: FABRIKAM.to_owned(),
        people: Person::of_fabrikam(),
        key: SigningKey::generate_rsa().unwrap(),
        signs: Signs::Assertion,
        service_provider: ServiceProviderSource::Document(metadata),
        http: HttpClient::new(Reach::Public).unwrap(),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    })
    .unwrap()
}

fn objects() -> String {
    format!(
        "[[partner]]\nslug = 'fabrikam'\nname = 'Fabrikam'\ndomains = ['fabrikam.example']\nenabled = true\n\
         admission = 'anyone'\n[partner.saml]\nmetadata = 'fabrikam.xml'\n[[app]]\nslug = 'payroll'\n\
         name = 'Payroll'\nassignment = 'everyone'\n[app.oidc]\nclient_id = 'payroll'\npublic = true\n\
         redirect_uris = ['{PAYROLL}/callback']\n"
    )
}

/// A relying party that binds each sign-in to its browser by a cookie, and each code by PKCE.
struct App {
    client: reqwest::Client,
    /// Verifiers by state.
    pending: Mutex<BTreeMap<String, String>>,
}

impl App {
    fn router(self: &Arc<Self>) -> axum::Router {
        axum::Router::new()
            .route("/login", axum::routing::get(login))
            .route("/callback", axum::routing::get(callback))
            .with_state(self.clone())
    }
}

async fn login(State(app): State<Arc<App>>, RawQuery(more): RawQuery) -> Response {
    let [state, verifier] = [(); 2].map(|()| new_handle(&SystemRandom));
    let authorize = address(
        "/oidc/authorize",
        &[
            ("client_id", "payroll"),
            ("redirect_uri", &format!("{PAYROLL}/callback")),
            ("response_type", "code"),
            ("scope", "openid email"),
            ("state", &state),
            ("code_challenge", &base64url(sha256(verifier.as_bytes()))),
            ("code_challenge_method", "S256"),
        ],
    );
    let cookie = format!("__Host-{state}=asked; Path=/; Secure; HttpOnly; SameSite=Lax");
    app.pending.lock().unwrap().insert(state, verifier);
    let more = more.map(|more| format!("&{more}")).unwrap_or_default();
    let headers = [(header::LOCATION, format!("{GATE}{authorize}{more}")), (header::SET_COOKIE, cookie)];
    (StatusCode::SEE_OTHER, headers).into_response()
}

async fn callback(State(app): State<Arc<App>>, headers: HeaderMap, RawQuery(asked): RawQuery) -> Response {
    let asked = format!("?{}", asked.unwrap());
    let state = query(&asked, "state").unwrap();
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let verifier = app.pending.lock().unwrap().remove(&state);
    let (Some(verifier), Some(code)) = (verifier, query(&asked, "code")) else {
        return Html(format!("<h1>Refused</h1><p>{asked}</p>")).into_response();
    };
    if !cookies.contains(&format!("__Host-{state}=asked")) || query(&asked, "iss").as_deref() != Some(GATE) {
        return Html("<h1>Another browser</h1>".to_owned()).into_response();
    }
    let callback = format!("{PAYROLL}/callback");
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "payroll"),
        ("code", code.as_str()),
        ("redirect_uri", callback.as_str()),
        ("code_verifier", verifier.as_str()),
    ];
    let answer = app.client.post(format!("{GATE}/oidc/token")).form(&form).send().await.unwrap();
    let answer: serde_json::Value = answer.json().await.unwrap();
    let payload = answer["id_token"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&from_base64url(payload).unwrap()).unwrap();
    let (icon, mail) = ("<link rel='icon' href='data:,'>", claims["email"].as_str().unwrap());
    Html(format!("{icon}<h1>Welcome</h1><p>{mail}</p>")).into_response()
}

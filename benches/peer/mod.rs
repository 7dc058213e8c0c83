//! A server in a process of its own, so that its CPU can be told from that of the bench, which is
//! partner, app and browser. The process is this bench once more, told by a variable what to serve.

use std::io::{BufRead as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use entente::base::clock::{Clock as _, SystemClock};
use entente::base::encoding::{base64, from_base64};
use entente::base::params::RawParams;
use entente::base::random::SystemRandom;
use entente::base::secret::SecretBytes;
use entente::cli::surroundings::Surroundings;
use entente::domain::apps::AppId;
use entente::domain::partners::Partner as PartnerRecord;
use entente::flows::apply::{LockOut, Mode, Options, Pruning, apply};
use entente::keys::certificates::Certificate;
use entente::keys::signing::SigningKey;
use entente::objects::files;
use entente::saml::bindings::redirect::{self, MessageParam};
use entente::saml::messages::authn_request::read;

use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::keys;
use crate::support::partner::{Answer, Partner, Person, Request};
use crate::support::saml_app::SamlApp;
use crate::support::stores::Backend;

/// Where a raw RSA-2048 signature takes so long, in microseconds, our unit is one microsecond.
pub const UNIT_US: f64 = 354.0;

const VARIABLE: &str = "ENTENTE_BENCH_SERVES";
const WORD: &str = "ENTENTE_BENCH_WORD";
const ROUNDS: &str = "ENTENTE_BENCH_ROUNDS";
const HOLDS: &str = "ENTENTE_BENCH_HOLDS";

/// How many rounds are wanted, `usual` where nothing is said.
pub fn rounds(usual: usize) -> usize {
    std::env::var(ROUNDS).ok().and_then(|word| word.parse().ok()).unwrap_or(usual)
}

/// What alone is to be done, and without end, for a profiler to look at.
pub fn holds() -> Option<String> {
    std::env::var(HOLDS).ok()
}

/// What this process is to serve; nothing where it is to measure.
pub fn serves() -> Option<String> {
    std::env::var(VARIABLE).ok()
}

/// The word that this process was started with.
pub fn told() -> String {
    std::env::var(WORD).unwrap_or_default()
}

/// Serves a gateway until the input of this process ends, with `policies` applied first.
pub async fn serve_gateway(alter: impl FnOnce(&mut PartnerRecord), policies: &str) {
    serve_prepared(alter, policies, async |_| {}).await;
}

/// The same with more prepared before it is measured.
pub async fn serve_prepared(
    alter: impl FnOnce(&mut PartnerRecord),
    policies: &str,
    prepare: impl AsyncFnOnce(&Gateway),
) {
    let gateway = Gateway::start_on(Backend::Sqlite, Arc::new(SystemClock), alter).await;
    prepare(&gateway).await;
    if !policies.is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policies.toml");
        std::fs::write(&path, policies).unwrap();
        let contents = files::read(&[path], &Surroundings);
        let options = Options {
            lock_out: LockOut::Refused,
            pruning: Pruning::Keep,
            mode: Mode::Write,
            operator: "bench".to_owned(),
            found: contents.faults,
        };
        apply(&gateway.services, &contents.definitions, &options).await.unwrap();
    }
    let [partner, app] = [&gateway.partner.key, &keys::stranger()].map(|key| base64(key.pkcs8().expose()));
    println!("{} {partner} {app} {}", gateway.url, base64(keys::encryption_certificate().der()));
    std::io::stdout().flush().unwrap();
    let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await;
}

/// What is measured, and whom it trusts where it is a gateway.
pub struct Peer {
    pub url: String,
    pub partner: Partner,
    /// The SAML app, where it was added.
    pub app: SamlApp,
    /// To which the partner may encrypt.
    pub decrypts: Option<Certificate>,
    pub serves: &'static str,
    child: Child,
}

impl Peer {
    pub fn start(serves: &'static str) -> Self {
        Self::start_with(serves, "")
    }

    /// Starts with a word for the process, which [`told`] gives it.
    pub fn start_with(serves: &'static str, word: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env(VARIABLE, serves)
            .env(WORD, word)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let mut words = line.trim().split(' ');
        let url = words.next().unwrap().to_owned();
        let mut key = || {
            let pkcs8 = words.next().and_then(from_base64);
            pkcs8.map_or_else(keys::partner, |pkcs8| SigningKey::from_pkcs8(SecretBytes::new(pkcs8)).unwrap())
        };
        let (standard, partner, app) = (Partner::fabrikam(), key(), key());
        Self {
            url,
            partner: Partner::named(&standard.entity_id, &standard.sso, partner),
            app: SamlApp::with_key(app, AppId::new(SystemClock.now(), &SystemRandom)),
            decrypts: words.next().and_then(from_base64).map(|der| Certificate::from_der(&der).unwrap()),
            serves,
            child,
        }
    }

    /// A gateway that was started elsewhere and trusts this partner.
    pub fn around(child: Child, url: &str, partner: Partner) -> Self {
        let app = SamlApp::with_key(keys::stranger(), AppId::new(SystemClock.now(), &SystemRandom));
        Self { url: url.to_owned(), partner, app, decrypts: None, serves: "", child }
    }

    /// Ends one that does not end by itself.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks for a sign-in and posts the answer of the partner to the ACS.
    pub async fn answered(&self, client: &mut Client, authorize: &str, person: &Person) -> Page {
        let page = client.get(authorize).await;
        let request = Self::asked(&page);
        let answer = self.answer(&request, person).post(&self.partner);
        self.post(client, &request, &answer).await
    }

    /// What the partner is asked by a page that leads there.
    pub fn asked(page: &Page) -> Request {
        assert_eq!(page.status, 303, "{}", page.body);
        let params = RawParams::parse(page.location().split_once('?').unwrap().1).unwrap();
        let message = redirect::decode(&params, MessageParam::Request).unwrap();
        Request { asked: read::read(&message.xml).unwrap(), relay_state: message.relay_state.unwrap() }
    }

    /// The partner's good answer.
    pub fn answer(&self, request: &Request, person: &Person) -> Answer {
        self.partner.answer(request, person, &format!("{}/saml/sp", self.url), SystemClock.now())
    }

    /// Posts an answer to the ACS.
    pub async fn post(&self, client: &mut Client, request: &Request, answer: &str) -> Page {
        let form = [("SAMLResponse", answer), ("RelayState", request.relay_state.as_str())];
        client.post("/saml/sp/acs", &form).await
    }

    /// User and system time of its process so far, all threads, in microseconds.
    pub fn cpu_us(&self) -> f64 {
        let mut total = 0_u64;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap() {
            let text = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap_or_default();
            total += text.split(' ').next().and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        }
        total as f64 / 1_000.0
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn resident_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    pub fn stop(mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Raw RSA-2048: the median signature and verification, in microseconds.
pub fn raw_rsa() -> (f64, f64) {
    use entente::keys::public::PublicKey;
    use entente::keys::signing::SignatureAlgorithm::RsaSha256;

    let key = SigningKey::generate_rsa().unwrap();
    let public = PublicKey::from_spki(&key.spki().unwrap()).unwrap();
    let message = [7_u8; 1_000];
    let signature = key.sign(RsaSha256, &message).unwrap();
    let time = |act: &dyn Fn()| {
        let mut samples: Vec<f64> = (0..200)
            .map(|_| {
                let start = std::time::Instant::now();
                act();
                start.elapsed().as_secs_f64() * 1e6
            })
            .collect();
        median(&mut samples)
    };
    let sign = time(&|| assert!(key.sign(RsaSha256, &message).is_ok()));
    let verify = time(&|| assert!(public.has_signed(RsaSha256, &message, &signature)));
    (sign, verify)
}

/// The middle one.
pub fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

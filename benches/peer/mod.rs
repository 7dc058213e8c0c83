//! A server in a process of its own, so that its CPU can be told from that of the bench, which is
//! partner, app and browser. The process is this bench once more, told by a variable what to serve.

use std::io::{BufRead as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use entente::base::clock::{Clock as _, SystemClock};
use entente::base::params::RawParams;
use entente::cli::surroundings::Surroundings;
use entente::domain::partners::Partner as PartnerRecord;
use entente::flows::apply::{Mode, Options, Pruning, apply};
use entente::keys::signing::SigningKey;
use entente::objects::files;
use entente::saml::bindings::redirect::{self, MessageParam};
use entente::saml::messages::authn_request::read;

use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::partner::{Partner, Person, Request};
use crate::support::stores::Backend;

/// Where a raw RSA-2048 signature takes so long, in microseconds, our unit is one microsecond.
pub const UNIT_US: f64 = 354.0;

const VARIABLE: &str = "ENTENTE_BENCH_SERVES";

/// What this process is to serve; nothing where it is to measure.
pub fn serves() -> Option<String> {
    std::env::var(VARIABLE).ok()
}

/// Serves a gateway until the input of this process ends, with `policies` applied first.
pub async fn serve_gateway(alter: impl FnOnce(&mut PartnerRecord), policies: &str) {
    let gateway = Gateway::start_on(Backend::Sqlite, Arc::new(SystemClock), alter).await;
    if !policies.is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policies.toml");
        std::fs::write(&path, policies).unwrap();
        let contents = files::read(&[path], &Surroundings);
        let options =
            Options { pruning: Pruning::Keep, mode: Mode::Write, operator: "bench".to_owned(), found: contents.faults };
        apply(&gateway.services, &contents.definitions, &options).await.unwrap();
    }
    let key = entente::base::encoding::base64(gateway.partner.key.pkcs8().expose());
    println!("{} {key}", gateway.url);
    std::io::stdout().flush().unwrap();
    let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await;
}

/// What is measured, and the partner that it trusts where it is a gateway.
pub struct Peer {
    pub url: String,
    pub partner: Partner,
    pub serves: &'static str,
    child: Child,
}

impl Peer {
    pub fn start(serves: &'static str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env(VARIABLE, serves)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let (url, key) = line.trim().split_once(' ').unwrap();
        let standard = Partner::fabrikam();
        let partner = match entente::base::encoding::from_base64(key) {
            Some(pkcs8) => {
                let key = SigningKey::from_pkcs8(entente::base::secret::SecretBytes::new(pkcs8)).unwrap();
                Partner::named(&standard.entity_id, &standard.sso, key)
            }
            None => standard,
        };
        Self { url: url.to_owned(), partner, serves, child }
    }

    /// Asks for a sign-in and posts the answer of the partner to the ACS.
    pub async fn answered(&self, client: &mut Client, authorize: &str, person: &Person) -> Page {
        let page = client.get(authorize).await;
        assert_eq!(page.status, 303, "{}", page.body);
        let params = RawParams::parse(page.location().split_once('?').unwrap().1).unwrap();
        let message = redirect::decode(&params, MessageParam::Request).unwrap();
        let request = Request { asked: read::read(&message.xml).unwrap(), relay_state: message.relay_state.unwrap() };
        let audience = format!("{}/saml/sp", self.url);
        let answer = self.partner.answer(&request, person, &audience, SystemClock.now()).post(&self.partner);
        let form = [("SAMLResponse", answer.as_str()), ("RelayState", request.relay_state.as_str())];
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

//! A whole sign-in over HTTP on loopback: authorize, ACS, token. The gateway is a process of its own on
//! SQLite in a file with `synchronous=FULL`; this process is partner, app and browser and does not count.
//!
//! Printed at 1 and at 32 in flight: CPU of the gateway above its raw cryptography (two RSA-2048
//! signatures and one verification), that of a bare server with the same exchanges and as many synced
//! transactions, and sign-ins a second; at last resident memory. Gateway, bare server and raw
//! cryptography take turns in short rounds, and medians over the rounds are printed, so that a change of
//! clock rate or a busy neighbour strikes them alike.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench that cannot go on fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(
    dead_code,
    unused_macros,
    unused_imports,
    missing_docs,
    reason = "shared with the tests, which use more of it"
)]

mod floor;
#[path = "../tests/it/support/mod.rs"]
mod support;

use std::io::{BufRead as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use entente::base::clock::{Clock, SystemClock};
use entente::base::params::RawParams;
use entente::keys::public::PublicKey;
use entente::keys::signing::{SignatureAlgorithm, SigningKey};
use entente::saml::bindings::redirect::{self, MessageParam};
use entente::saml::messages::authn_request::read;

use support::client::Client;
use support::gateway::{Gateway, PAYROLL_CALLBACK, PAYROLL_SECRET, address};
use support::partner::{Partner, Person, Request};
use support::stores::Backend;

/// As the gateway's own binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sign-ins of one round.
const SIGN_INS: usize = 256;
const ROUNDS: usize = 13;
const UNIT_US: f64 = 354.0;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match std::env::var("ENTENTE_BENCH_SERVES").as_deref() {
        Ok("gateway") => runtime.block_on(serve()),
        Ok(_) => runtime.block_on(floor::serve()),
        Err(_) => runtime.block_on(measure()),
    }
}

/// The gateway's process: prints its address and runs until its input ends.
async fn serve() {
    let gateway = Gateway::start_on(Backend::Sqlite, Arc::new(SystemClock)).await;
    let key = entente::base::encoding::base64(gateway.partner.key.pkcs8().expose());
    println!("{} {key}", gateway.url);
    std::io::stdout().flush().unwrap();
    let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await;
}

/// What is measured, and the partner that the gateway trusts.
struct Peer {
    url: String,
    partner: Partner,
    child: Child,
    serves: Serves,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Serves {
    Gateway,
    Floor,
}

impl Peer {
    fn start(serves: Serves) -> Self {
        let name = if serves == Serves::Gateway { "gateway" } else { "floor" };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env("ENTENTE_BENCH_SERVES", name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let (url, key) = line.trim().split_once(' ').unwrap();
        let standard = Partner::fabrikam();
        let partner = if serves == Serves::Gateway {
            let pkcs8 = entente::base::encoding::from_base64(key).unwrap();
            let key = SigningKey::from_pkcs8(entente::base::secret::SecretBytes::new(pkcs8)).unwrap();
            Partner::named(&standard.entity_id, &standard.sso, key)
        } else {
            standard
        };
        Self { url: url.to_owned(), partner, child, serves }
    }

    async fn act(&self, client: &mut Client) {
        match self.serves {
            Serves::Gateway => sign_in(self, client).await,
            Serves::Floor => exchange(client).await,
        }
    }
}

/// The bare exchanges of the same sizes.
async fn exchange(client: &mut Client) {
    assert_eq!(client.get("/read").await.status, 303);
    let response = "x".repeat(10_000);
    assert_eq!(client.post("/write", &[("SAMLResponse", response.as_str())]).await.status, 200);
    let code = "x".repeat(200);
    assert_eq!(client.post("/write", &[("code", code.as_str())]).await.status, 200);
}

async fn sign_in(peer: &Peer, client: &mut Client) {
    client.cookies.clear();
    let authorize = address(
        "/oidc/authorize",
        &[
            ("client_id", "payroll"),
            ("redirect_uri", PAYROLL_CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("state", "s"),
            ("nonce", "n"),
            ("domain_hint", "fabrikam"),
        ],
    );
    let page = client.get(&authorize).await;
    assert_eq!(page.status, 303, "{}", page.body);
    let params = RawParams::parse(page.location().split_once('?').unwrap().1).unwrap();
    let message = redirect::decode(&params, MessageParam::Request).unwrap();
    let request = Request { asked: read::read(&message.xml).unwrap(), relay_state: message.relay_state.unwrap() };
    let audience = format!("{}/saml/sp", peer.url);
    let answer = peer.partner.answer(&request, &Person::ana(), &audience, SystemClock.now()).post(&peer.partner);
    let form = [("SAMLResponse", answer.as_str()), ("RelayState", request.relay_state.as_str())];
    let page = client.post("/saml/sp/acs", &form).await;
    assert_eq!(page.status, 303, "{}", page.body);
    let code = page.param("code").unwrap();
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", PAYROLL_CALLBACK)];
    let redeem = client.request(reqwest::Method::POST, "/oidc/token");
    let token = client.send(redeem.basic_auth("payroll", Some(PAYROLL_SECRET)).form(&form)).await;
    assert_eq!(token.status, 200, "{}", token.body);
}

/// User and system time of a process so far, all threads, in microseconds.
fn cpu_us(pid: u32) -> f64 {
    let mut total = 0_u64;
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).unwrap() {
        let text = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap_or_default();
        total += text.split(' ').next().and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    }
    total as f64 / 1_000.0
}

fn resident_kb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn raw_us() -> (f64, f64) {
    let key = SigningKey::generate_rsa().unwrap();
    let public = PublicKey::from_spki(&key.spki().unwrap()).unwrap();
    let message = [7_u8; 1_000];
    let signature = key.sign(SignatureAlgorithm::RsaSha256, &message).unwrap();
    let time = |act: &dyn Fn()| {
        let mut samples: Vec<f64> = (0..100)
            .map(|_| {
                let start = Instant::now();
                act();
                start.elapsed().as_secs_f64() * 1e6
            })
            .collect();
        samples.sort_by(f64::total_cmp);
        samples[samples.len() / 2]
    };
    let sign = time(&|| assert!(key.sign(SignatureAlgorithm::RsaSha256, &message).is_ok()));
    let verify = time(&|| assert!(public.has_signed(SignatureAlgorithm::RsaSha256, &message, &signature)));
    (sign, verify)
}

/// CPU of one act and acts a second.
#[derive(Debug, Clone, Copy)]
struct Cost {
    each: f64,
    a_second: f64,
}

async fn run(peer: &Arc<Peer>, in_flight: usize) -> Cost {
    let pid = peer.child.id();
    let (cpu, began) = (cpu_us(pid), Instant::now());
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let peer = peer.clone();
            tokio::spawn(async move {
                let mut client = Client::new(&peer.url);
                for _ in 0..SIGN_INS / in_flight {
                    peer.act(&mut client).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let done = (SIGN_INS / in_flight * in_flight) as f64;
    Cost { each: (cpu_us(pid) - cpu) / done, a_second: done / began.elapsed().as_secs_f64() }
}

fn stop(peer: Arc<Peer>) {
    let Ok(mut peer) = Arc::try_unwrap(peer) else { panic!("a task is left") };
    drop(peer.child.stdin.take());
    let _ = peer.child.wait();
}

/// One round, in the unit.
#[derive(Debug, Clone, Copy)]
struct Round {
    signature: f64,
    above: f64,
    floor: f64,
    a_second: f64,
}

async fn round(gateway: &Arc<Peer>, floor: &Arc<Peer>, in_flight: usize) -> Round {
    let before = raw_us();
    let cost = run(gateway, in_flight).await;
    let after = raw_us();
    let least = run(floor, in_flight).await;
    let (sign, verify) = (f64::midpoint(before.0, after.0), f64::midpoint(before.1, after.1));
    let unit = UNIT_US / sign;
    Round {
        signature: sign,
        above: (cost.each - 2.0 * sign - verify) * unit,
        floor: least.each * unit,
        a_second: cost.a_second,
    }
}

/// Median, least and most.
fn spread(rounds: &[Round], of: impl Fn(&Round) -> f64) -> [f64; 3] {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    [values[values.len() / 2], values[0], values[values.len() - 1]]
}

async fn measure() {
    let (gateway, floor) = (Arc::new(Peer::start(Serves::Gateway)), Arc::new(Peer::start(Serves::Floor)));
    for peer in [&gateway, &floor] {
        run(peer, 8).await;
    }
    for in_flight in [1, 32] {
        let mut rounds = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            rounds.push(round(&gateway, &floor, in_flight).await);
        }
        let line = |name: &str, [median, least, most]: [f64; 3], of: &str| {
            println!("  {name:<43}{median:>6.0}{of} ({least:.0} to {most:.0})");
        };
        let [signature, ..] = spread(&rounds, |round| round.signature);
        println!("{in_flight} in flight; raw RSA-2048 signature {signature:.0} us; medians of {ROUNDS} rounds");
        line("CPU of the gateway above raw cryptography", spread(&rounds, |round| round.above), " us of 600");
        line("a bare server's exchanges and transactions", spread(&rounds, |round| round.floor), " us");
        line("sign-ins a second (all on the same cores)", spread(&rounds, |round| round.a_second), "");
    }
    println!("resident memory of the gateway {:.1} MB", resident_kb(gateway.child.id()) as f64 / 1024.0);
    println!("CPU in the unit of a machine on which a raw signature takes {UNIT_US} us");
    stop(gateway);
    stop(floor);
}

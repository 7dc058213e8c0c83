//! A whole sign-in over HTTP on loopback: authorize, ACS, token. The gateway is a process of its own on
//! SQLite in a file with `synchronous=FULL`; this process is partner, app and browser and does not count.
//!
//! Printed at 1 and at 32 in flight: CPU of the gateway above its raw cryptography (two RSA-2048
//! signatures and one verification), that of a bare server with the same cryptography, the same exchanges
//! and as many synced transactions, sign-ins a second, the CPU above the raw cryptography of each pairing
//! of partner and app at one gateway that serves them all, and what 100 policies cost a sign-in, against a
//! gateway without any; at last resident memory. The cryptography is timed in the bare server, at work
//! under the same load. All take turns in short rounds, and medians over the rounds are printed, so that
//! a change of clock rate or a busy neighbour strikes them alike. Fails where the policies cost more than
//! 50 us at one in flight.
//!
//! `ENTENTE_BENCH_ROUNDS` gives another number of rounds. With the name of a pairing in `ENTENTE_BENCH_HOLDS`
//! it prints the process of its gateway and does nothing but that pairing, until it is stopped.
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
mod pairings;
mod peer;
#[path = "../tests/it/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::Instant;

use pairings::Pairing;
use peer::{Peer, UNIT_US, median, serve_gateway};
use support::client::Client;
use support::provider::Provider;

/// As the gateway's own binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const GATEWAY: &str = "gateway";
const GUARDED: &str = "guarded";
const PAIRED: &str = "paired";
const FLOOR: &str = "floor";

/// Sign-ins of a round, and rounds of each number in flight.
const SIGN_INS: usize = 256;
const ROUNDS: usize = 21;
/// Sign-ins before anything is measured.
const WARM_UP: usize = 2_048;
const POLICIES: usize = 100;
/// The most that the policies may cost a sign-in. **Units**: microseconds.
const POLICIES_LIMIT: f64 = 50.0;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match peer::serves().as_deref() {
        Some(GATEWAY) => runtime.block_on(serve_gateway(|_| {}, "")),
        Some(PAIRED) => runtime.block_on(pairings::serve()),
        Some(GUARDED) => runtime.block_on(serve_gateway(|_| {}, &policies())),
        Some(_) => runtime.block_on(floor::serve()),
        None => runtime.block_on(measure()),
    }
}

/// Policies of eight conditions each. Half of them apply to the sign-in that is measured and are met by
/// it; the other half is kept from it by its last condition.
fn policies() -> String {
    let policy = |number: usize| {
        let apps = if number.is_multiple_of(2) { "'payroll', 'travel'" } else { "'travel'" };
        format!(
            "[[policy]]
slug = 'policy-{number}'
state = 'enabled'
[policy.conditions]
client_app_types = ['browser']
expression = \"partner == 'fabrikam' && ip != '198.51.100.{number}'\"
[policy.conditions.users.include_guests_or_external_users]
guest_or_external_user_types = ['b2b_collaboration_guest']
external_tenants = {{ membership_kind = 'enumerated', members = ['fabrikam'] }}
[policy.conditions.applications]
include_applications = [{apps}]
exclude_application_groups = ['others-{number}']
[policy.conditions.platforms]
include_platforms = ['all']
exclude_platforms = ['ios']
[policy.conditions.locations]
include_locations = ['All']
exclude_locations = ['elsewhere-{number}']
[policy.session_controls.sign_in_frequency]
is_enabled = true
type = 'hours'
value = 23
[[named_location]]
slug = 'elsewhere-{number}'
ip_ranges = ['198.51.100.{number}/32']
[[app_group]]
slug = 'others-{number}'
apps = []
"
        )
    };
    (0..POLICIES).map(policy).collect()
}

/// The bare exchanges of the same sizes.
async fn exchange(client: &mut Client) {
    assert_eq!(client.get("/authorize").await.status, 303);
    let response = "x".repeat(10_000);
    assert_eq!(client.post("/acs", &[("SAMLResponse", response.as_str())]).await.status, 303);
    let code = "x".repeat(200);
    assert_eq!(client.post("/token", &[("code", code.as_str())]).await.status, 200);
}

/// What a signature and a verification took in the bare server since last asked. **Units**: microseconds.
async fn raw(floor: &Peer) -> (f64, f64) {
    let told = Client::new(&floor.url).get("/raw").await.body;
    let (sign, verify) = told.split_once(' ').unwrap();
    (sign.parse().unwrap(), verify.parse().unwrap())
}

/// CPU of one act and acts a second.
#[derive(Debug, Clone, Copy)]
struct Cost {
    each: f64,
    a_second: f64,
}

/// What is done again and again.
#[derive(Clone)]
enum Act {
    SignIn(Pairing, Arc<Provider>),
    Exchange,
}

impl Act {
    async fn once(&self, peer: &Peer, client: &mut Client) {
        match self {
            Self::SignIn(pairing, provider) => pairings::sign_in(*pairing, peer, provider, client).await,
            Self::Exchange => exchange(client).await,
        }
    }
}

async fn run(peer: &Arc<Peer>, act: &Act, acts: usize, in_flight: usize) -> Cost {
    let (cpu, began) = (peer.cpu_us(), Instant::now());
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let (peer, act) = (peer.clone(), act.clone());
            tokio::spawn(async move {
                let mut client = Client::new(&peer.url);
                for _ in 0..acts / in_flight {
                    act.once(&peer, &mut client).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let done = (acts / in_flight * in_flight) as f64;
    Cost { each: (peer.cpu_us() - cpu) / done, a_second: done / began.elapsed().as_secs_f64() }
}

fn stop(peer: Arc<Peer>) {
    let Ok(peer) = Arc::try_unwrap(peer) else { panic!("a task is left") };
    peer.stop();
}

/// What is measured, each in a process of its own.
struct Peers {
    gateway: Arc<Peer>,
    guarded: Arc<Peer>,
    paired: Arc<Peer>,
    floor: Arc<Peer>,
    provider: Arc<Provider>,
}

impl Peers {
    fn signs_in(&self, pairing: Pairing) -> Act {
        Act::SignIn(pairing, self.provider.clone())
    }
}

/// One round, in the unit.
#[derive(Debug, Clone)]
struct Round {
    signature: f64,
    above: f64,
    floor: f64,
    policies: f64,
    a_second: f64,
    /// Above raw cryptography, as [`Pairing::ALL`] has them.
    pairings: Vec<f64>,
}

async fn round(peers: &Peers, in_flight: usize) -> Round {
    raw(&peers.floor).await;
    let usual = peers.signs_in(Pairing::SamlToOidc);
    let cost = run(&peers.gateway, &usual, SIGN_INS, in_flight).await;
    let guarded = run(&peers.guarded, &usual, SIGN_INS, in_flight).await;
    let least = run(&peers.floor, &Act::Exchange, SIGN_INS, in_flight).await;
    let mut each = Vec::new();
    for pairing in Pairing::ALL {
        each.push(run(&peers.paired, &peers.signs_in(pairing), SIGN_INS / 2, in_flight).await.each);
    }
    let (sign, verify) = raw(&peers.floor).await;
    let above = |(pairing, cost): (Pairing, f64)| {
        let raw = pairing.raw();
        (cost - raw.private * sign - raw.public * verify) * UNIT_US / sign
    };
    let (unit, cryptography) = (UNIT_US / sign, 2.0 * sign + verify);
    Round {
        signature: sign,
        above: (cost.each - cryptography) * unit,
        floor: (least.each - cryptography) * unit,
        policies: (guarded.each - cost.each) * unit,
        a_second: cost.a_second,
        pairings: Pairing::ALL.into_iter().zip(each).map(above).collect(),
    }
}

fn line(name: &str, rounds: &[Round], of: impl Fn(&Round) -> f64, limit: &str) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    let middle = median(&mut values);
    let [least, .., most] = values.as_slice() else { panic!("too few rounds") };
    println!("  {name:<43}{middle:>6.0}{limit:<11} ({least:.0} to {most:.0})");
    middle
}

/// One pairing without end.
async fn hold(name: &str) {
    let pairing = Pairing::ALL.into_iter().find(|pairing| pairing.name() == name).unwrap();
    let provider = pairings::provider().await;
    let peer = Arc::new(Peer::start_with(PAIRED, provider.issuer()));
    println!("process {}", peer.pid());
    let act = Act::SignIn(pairing, provider);
    loop {
        println!("{:.0} us of CPU", run(&peer, &act, 1_024, 32).await.each);
    }
}

async fn measure() {
    if let Some(name) = peer::holds() {
        return hold(&name).await;
    }
    let start = |serves| Arc::new(Peer::start(serves));
    let provider = pairings::provider().await;
    let paired = Arc::new(Peer::start_with(PAIRED, provider.issuer()));
    let peers = Peers { gateway: start(GATEWAY), guarded: start(GUARDED), paired, floor: start(FLOOR), provider };
    for peer in [&peers.gateway, &peers.guarded] {
        run(peer, &peers.signs_in(Pairing::SamlToOidc), WARM_UP, 8).await;
    }
    for pairing in Pairing::ALL {
        run(&peers.paired, &peers.signs_in(pairing), WARM_UP / 4, 8).await;
    }
    run(&peers.floor, &Act::Exchange, WARM_UP, 8).await;
    let mut more = Vec::new();
    for in_flight in [1, 32] {
        let mut rounds = Vec::new();
        for _ in 0..peer::rounds(ROUNDS) {
            rounds.push(round(&peers, in_flight).await);
        }
        let signature = median(&mut rounds.iter().map(|round| round.signature).collect::<Vec<_>>());
        let count = rounds.len();
        println!("{in_flight} in flight; raw RSA-2048 signature {signature:.0} us; medians of {count} rounds");
        line("CPU of the gateway above raw cryptography", &rounds, |round| round.above, " us of 600");
        line("a bare server's exchanges and transactions", &rounds, |round| round.floor, " us");
        line("sign-ins a second (all on the same cores)", &rounds, |round| round.a_second, "");
        for (at, pairing) in Pairing::ALL.into_iter().enumerate() {
            line(pairing.name(), &rounds, |round| round.pairings[at], " us of 900");
        }
        more.push(line("what 100 policies cost more than none", &rounds, |round| round.policies, " us of 50"));
    }
    println!("resident memory of the gateway {:.1} MB", peers.gateway.resident_kb() as f64 / 1024.0);
    println!("CPU in the unit of a machine on which a raw signature takes {UNIT_US} us");
    for peer in [peers.gateway, peers.guarded, peers.paired, peers.floor] {
        stop(peer);
    }
    if more.first().is_some_and(|more| *more > POLICIES_LIMIT) {
        std::process::exit(1);
    }
}

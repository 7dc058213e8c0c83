//! What a renewal by refresh token and an introspection cost the gateway, over HTTP on loopback. It is a
//! process of its own on SQLite in a file with `synchronous=FULL`; this process is the app and does not
//! count.
//!
//! Printed at 1 and at 32 in flight: CPU of the gateway above its raw cryptography, which is one RSA-2048
//! signature for a renewal (its ID token) and nothing for an introspection; and that of a bare server for an
//! exchange of the sizes of an introspection, which answers without looking at anything. Medians over rounds,
//! of which `ENTENTE_BENCH_ROUNDS` gives another number. With `ENTENTE_BENCH_HOLDS` it prints the process of the
//! gateway and does nothing but introspections, until it is stopped.
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

use peer::{Peer, UNIT_US, median, serve_prepared};
use support::client::Client;
use support::gateway::{Gateway, PAYROLL_CALLBACK, PAYROLL_SECRET, address};
use support::partner::Person;
use support::renewing::{AS_PAYROLL, refresh_token};

/// As the gateway's own binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const GATEWAY: &str = "gateway";
const FLOOR: &str = "floor";
/// Acts of one app in a round.
const ACTS: usize = 16;
const ROUNDS: usize = 21;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match peer::serves().as_deref() {
        Some(GATEWAY) => {
            runtime.block_on(serve_prepared(|_| {}, "", async |gateway: &Gateway| gateway.let_apps_renew().await));
        }
        Some(_) => runtime.block_on(floor::serve()),
        None => runtime.block_on(measure()),
    }
}

/// What an app holds of one person.
struct Holder {
    client: Client,
    access_token: String,
    refresh_token: String,
}

impl Holder {
    async fn new(peer: &Peer) -> Self {
        let mut client = Client::new(&peer.url);
        let params = [
            ("client_id", "payroll"),
            ("redirect_uri", PAYROLL_CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("state", "s"),
            ("domain_hint", "fabrikam"),
        ];
        let page = peer.answered(&mut client, &address("/oidc/authorize", &params), &Person::ana()).await;
        let code = page.param("code").unwrap();
        let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", PAYROLL_CALLBACK)];
        let page = client.post("/oidc/token", &[&AS_PAYROLL[..], &form].concat()).await;
        let access_token = page.json()["access_token"].as_str().unwrap().to_owned();
        client.cookies.clear();
        Self { client, access_token, refresh_token: refresh_token(&page) }
    }

    async fn act(&mut self, act: Act) {
        match act {
            Act::Renew => {
                let form = [("grant_type", "refresh_token"), ("refresh_token", self.refresh_token.as_str())];
                let page = self.client.post("/oidc/token", &[&AS_PAYROLL[..], &form].concat()).await;
                self.access_token = page.json()["access_token"].as_str().unwrap().to_owned();
                self.refresh_token = refresh_token(&page);
            }
            Act::Introspect => {
                let form = [("token", self.access_token.as_str())];
                let page = self.client.post("/oidc/introspect", &[&AS_PAYROLL[..], &form].concat()).await;
                assert_eq!(page.json()["active"], true, "{}", page.body);
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Renew,
    Introspect,
}

/// CPU of one act, in microseconds.
async fn run(peer: &Peer, holders: Vec<Holder>, act: Act) -> (Vec<Holder>, f64) {
    let (before, count) = (peer.cpu_us(), holders.len() * ACTS);
    let tasks: Vec<_> = holders
        .into_iter()
        .map(|mut holder| {
            tokio::spawn(async move {
                for _ in 0..ACTS {
                    holder.act(act).await;
                }
                holder
            })
        })
        .collect();
    let mut back = Vec::new();
    for task in tasks {
        back.push(task.await.unwrap());
    }
    (back, (peer.cpu_us() - before) / count as f64)
}

/// CPU of an exchange of the bare server, in microseconds.
async fn bare(floor: &Peer, clients: Vec<Client>) -> (Vec<Client>, f64) {
    let (before, count) = (floor.cpu_us(), clients.len() * ACTS);
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            tokio::spawn(async move {
                let token = "x".repeat(43);
                for _ in 0..ACTS {
                    let form = [("token", token.as_str())];
                    assert_eq!(client.post("/plain", &[&AS_PAYROLL[..], &form].concat()).await.status, 200);
                }
                client
            })
        })
        .collect();
    let mut back = Vec::new();
    for task in tasks {
        back.push(task.await.unwrap());
    }
    (back, (floor.cpu_us() - before) / count as f64)
}

/// What a signature took in the bare server under the same load. **Units**: microseconds.
async fn raw_signature(floor: &Peer) -> f64 {
    let mut client = Client::new(&floor.url);
    client.get("/raw").await;
    for _ in 0..64 {
        assert_eq!(client.get("/authorize").await.status, 303);
        assert_eq!(client.post("/acs", &[("SAMLResponse", "x")]).await.status, 303);
    }
    let told = client.get("/raw").await.body;
    told.split_once(' ').unwrap().0.parse().unwrap()
}

async fn measure() {
    let (peer, floor) = (Peer::start(GATEWAY), Peer::start(FLOOR));
    for in_flight in [1, 32] {
        let mut holders = Vec::new();
        for _ in 0..in_flight {
            holders.push(Holder::new(&peer).await);
        }
        let mut clients: Vec<_> = (0..in_flight).map(|_| Client::new(&floor.url)).collect();
        let (mut renewals, mut introspections, mut exchanges) = (Vec::new(), Vec::new(), Vec::new());
        while peer::holds().is_some() && in_flight == 32 {
            println!("process {}", peer.pid());
            let (back, introspection) = run(&peer, holders, Act::Introspect).await;
            holders = back;
            println!("{introspection:.0} us of CPU");
        }
        let wanted = peer::rounds(ROUNDS);
        for round in 0..=wanted {
            let sign = raw_signature(&floor).await;
            let (back, renewal) = run(&peer, holders, Act::Renew).await;
            let (back, introspection) = run(&peer, back, Act::Introspect).await;
            holders = back;
            let (back, exchange) = bare(&floor, clients).await;
            clients = back;
            // The first round warms up.
            if round > 0 {
                renewals.push((renewal - sign) * UNIT_US / sign);
                introspections.push(introspection * UNIT_US / sign);
                exchanges.push(exchange * UNIT_US / sign);
            }
        }
        println!("{in_flight} in flight, medians of {wanted} rounds, CPU above raw cryptography");
        println!("  renewal       {:>6.0} us of 350", median(&mut renewals));
        println!("  introspection {:>6.0} us of 80", median(&mut introspections));
        println!("  a bare server's exchange of its sizes {:>6.0} us", median(&mut exchanges));
    }
    println!("CPU in the unit of a machine on which a raw signature takes {UNIT_US} us");
    peer.stop();
    floor.stop();
}

//! A whole sign-in over HTTP on loopback: authorize, ACS, token. The gateway is a process of its own on
//! SQLite in a file with `synchronous=FULL`; this process is partner, app and browser and does not count.
//!
//! Printed at 1 and at 32 in flight: CPU of the gateway above its raw cryptography (two RSA-2048
//! signatures and one verification, measured in the same run), that of a bare server with the same
//! exchanges and as many synced transactions, and sign-ins a second; then what 100 policies cost a
//! sign-in, against a gateway without any in turns; at last resident memory. Fails where the policies
//! cost more than 50 us.
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
mod peer;
#[path = "../tests/it/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::Instant;

use peer::{Peer, UNIT_US, median, raw_rsa, serve_gateway};
use support::client::Client;
use support::gateway::{PAYROLL_CALLBACK, PAYROLL_SECRET, address};
use support::partner::Person;

/// As the gateway's own binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const GATEWAY: &str = "gateway";
const GUARDED: &str = "guarded";
const FLOOR: &str = "floor";

const SIGN_INS: usize = 2_048;
const POLICIES: usize = 100;
/// The most that the policies may cost a sign-in. **Units**: microseconds.
const POLICIES_LIMIT: f64 = 50.0;
/// Turns of each gateway, and sign-ins of each turn, when policies are compared with none.
const TURNS: usize = 9;
const OF_A_TURN: usize = 256;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match peer::serves().as_deref() {
        Some(GATEWAY) => runtime.block_on(serve_gateway(|_| {}, "")),
        Some(GUARDED) => runtime.block_on(serve_gateway(|_| {}, &policies())),
        Some(_) => runtime.block_on(floor::serve()),
        None => runtime.block_on(measure()),
    }
}

/// Policies of eight conditions each. Half of them apply to the sign-in that is measured and are met by
/// it; the other half is kept from it by its last condition.
fn policies() -> String {
    let policy = |number: usize| {
        let apps = if number % 2 == 0 { "'payroll', 'travel'" } else { "'travel'" };
        format!(
            "[[policy]]
slug = 'policy-{number}'
state = 'enabled'
[policy.conditions]
client_app_types = ['browser']
expression = \"partner == 'fabrikam' && ip != '198.51.100.{number}'\"
[policy.conditions.users]
exclude_roles = ['Role {number}']
[policy.conditions.users.include_guests_or_external_users]
guest_or_external_user_types = ['b2b_collaboration_guest']
external_tenants = {{ membership_kind = 'enumerated', members = ['fabrikam'] }}
[policy.conditions.applications]
include_applications = [{apps}]
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
"
        )
    };
    (0..POLICIES).map(policy).collect()
}

async fn act(peer: &Peer, client: &mut Client) {
    if peer.serves == FLOOR { exchange(client).await } else { sign_in(peer, client).await }
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
    let page = peer.answered(client, &authorize, &Person::ana()).await;
    assert_eq!(page.status, 303, "{}", page.body);
    let code = page.param("code").unwrap();
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", PAYROLL_CALLBACK)];
    let redeem = client.request(reqwest::Method::POST, "/oidc/token");
    let token = client.send(redeem.basic_auth("payroll", Some(PAYROLL_SECRET)).form(&form)).await;
    assert_eq!(token.status, 200, "{}", token.body);
}

/// CPU of one act and acts a second.
#[derive(Debug, Clone, Copy)]
struct Cost {
    each: f64,
    a_second: f64,
}

async fn run(peer: &Arc<Peer>, acts: usize, in_flight: usize) -> Cost {
    let (cpu, began) = (peer.cpu_us(), Instant::now());
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let peer = peer.clone();
            tokio::spawn(async move {
                let mut client = Client::new(&peer.url);
                for _ in 0..acts / in_flight {
                    act(&peer, &mut client).await;
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

async fn measure() {
    let [gateway, guarded, floor] = [GATEWAY, GUARDED, FLOOR].map(|serves| Arc::new(Peer::start(serves)));
    for peer in [&gateway, &guarded, &floor] {
        run(peer, SIGN_INS, 8).await;
    }
    for in_flight in [1, 32] {
        let (sign, verify) = raw_rsa();
        let (cost, least) = (run(&gateway, SIGN_INS, in_flight).await, run(&floor, SIGN_INS, in_flight).await);
        let (sign_after, verify_after) = raw_rsa();
        let (sign, verify) = (f64::midpoint(sign, sign_after), f64::midpoint(verify, verify_after));
        let unit = UNIT_US / sign;
        println!("{in_flight} in flight; raw RSA-2048 signature {sign:.0} us, verification {verify:.0} us");
        println!(
            "  CPU of the gateway above raw cryptography  {:>6.0} us of 600",
            (cost.each - 2.0 * sign - verify) * unit
        );
        println!("  of which bare exchanges and transactions   {:>6.0} us", least.each * unit);
        println!("  sign-ins a second (all on the same cores)  {:>6.0}", cost.a_second);
    }
    let more = cost_of_policies(&gateway, &guarded).await;
    println!("{POLICIES} policies cost a sign-in {more:.0} us more than none, at most {POLICIES_LIMIT:.0}");
    println!("resident memory of the gateway {:.1} MB", gateway.resident_kb() as f64 / 1024.0);
    println!("CPU in the unit of a machine on which a raw signature takes {UNIT_US} us");
    for peer in [gateway, guarded, floor] {
        stop(peer);
    }
    if more > POLICIES_LIMIT {
        std::process::exit(1);
    }
}

/// The median of what a sign-in costs more with policies, turn by turn, so that a busy neighbour strikes
/// both.
async fn cost_of_policies(without: &Arc<Peer>, with: &Arc<Peer>) -> f64 {
    let (sign, _) = raw_rsa();
    let mut more = Vec::new();
    for _ in 0..TURNS {
        let less = run(without, OF_A_TURN, 1).await.each;
        more.push(run(with, OF_A_TURN, 1).await.each - less);
    }
    median(&mut more) * UNIT_US / sign
}

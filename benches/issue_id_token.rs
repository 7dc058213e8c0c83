//! Issuing one ID token: claims, JSON, base64url and the RS256 signature, against one raw RSA-2048
//! signature in the same run.
//!
//! Prints the ratio, and the value in the unit in which a raw signature takes 354 us.

use std::hint::black_box;
use std::time::{Duration, Instant};

use entente::base::clock::Timestamp;
use entente::base::random::SystemRandom;
use entente::keys::signing::{KeyId, SignError, SigningKey};
use entente::oidc::id_token::{AccountKind, IdTokenClaims, Issue, Person};
use entente::oidc::jose::{self, JwsAlgorithm};
use entente::oidc::scope::ScopeSet;

/// How often both sides are measured in turn.
const ROUNDS: usize = 40;
/// How many acts one measurement covers.
const ACTS: u32 = 25;
/// What a raw signature takes on the machine for which figures are given. **Units**: microseconds.
const RAW_SIGNATURE_US: f64 = 354.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = Timestamp::from_seconds(1_790_000_000);
    let key = SigningKey::generate_rsa()?;
    let id = KeyId::new(now, &SystemRandom);
    let groups = [id.to_string(), id.to_string()];
    let amr = ["pwd".to_owned(), "mfa".to_owned()];

    let message = [0x5a; 700];
    let raw = || key.sign(JwsAlgorithm::Rs256.signature_algorithm(), black_box(&message)).map(drop);
    let issue = || issue_id_token(&key, id, now, &groups, &amr).map(|token| drop(black_box(token)));

    // The two sides take turns, so that both meet the same machine; the least of each is the time
    // without what else the machine did.
    let (mut floor, mut ours) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        floor = floor.min(measure(raw)?);
        ours = ours.min(measure(issue)?);
    }
    let ratio = ours.as_secs_f64() / floor.as_secs_f64();
    println!("issue_id_token: raw RSA-2048 signature {:.1} us, ID token {:.1} us", micros(floor), micros(ours));
    println!("issue_id_token: ratio {ratio:.3}, {:.1} us where a raw signature takes 354 us", ratio * RAW_SIGNATURE_US);
    Ok(())
}

fn issue_id_token(
    key: &SigningKey,
    id: KeyId,
    now: Timestamp,
    groups: &[String],
    amr: &[String],
) -> Result<String, Box<dyn std::error::Error>> {
    let person = Person {
        oid: "33333333-0000-4000-8000-0000000000aa",
        account: AccountKind::Guest,
        idp: Some("https://login.fabrikam.example/idp"),
        altsecid: Some("5::10030000abcdef01"),
        email: Some("ana@fabrikam.example"),
        name: Some("Ana Partner"),
        given_name: Some("Ana"),
        family_name: Some("Partner"),
        preferred_username: Some("ana@fabrikam.example"),
        groups,
        roles: &[],
        own: &[],
    };
    let issue = Issue {
        issuer: "https://gate.example.com",
        tenant: "11111111-0000-4000-8000-000000000001",
        audience: "payroll",
        subject: "pW3kZr0v2h1cXyQeA9nB7uLmT5sGdFj8oKiRtEwQzYc",
        scopes: ScopeSet::parse("openid profile email groups"),
        asked: entente::oidc::requested_claims::PersonClaims::default(),
        nonce: Some("n-0S6_WzA2Mj"),
        sid: Some("08a5019c-17e1-4977-8f42-65a12843ea02"),
        acr: Some("https://refeds.org/profile/mfa"),
        amr,
        auth_time: Some(now),
        access_token: Some("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
        uti: "01890a5d-ac96-774b-bcce-b302099a8057",
        issued_at: now,
        lifetime: Duration::from_secs(3600),
    };
    let claims = IdTokenClaims::new(black_box(&issue), black_box(&person));
    let jws = jose::prepare(JwsAlgorithm::Rs256, id, &claims)?;
    let signature = key.sign(jws.algorithm(), jws.signing_input())?;
    Ok(jws.finish(&signature))
}

/// The time of one act.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn measure<E: From<SignError>>(act: impl Fn() -> Result<(), E>) -> Result<Duration, E> {
    let start = Instant::now();
    for _ in 0..ACTS {
        act()?;
    }
    Ok(start.elapsed() / ACTS)
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

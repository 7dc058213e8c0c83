//! Checking a second factor: a TOTP code and a passkey's answer, each against the raw cryptography that
//! it cannot do without, in the same run. TOTP: three HMAC-SHA-1 (the window) and opening the sealed
//! secret. Passkey: one P-256 verification and two SHA-256. Then the whole challenge over HTTP on
//! loopback: what a sign-in with a challenge costs the gateway, a process of its own, more than one
//! without; page, answer and transaction included. Fails where a check or a challenge costs more than
//! 0.5 ms beyond its raw cryptography.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench that cannot go on fails by panicking")]
#![allow(
    dead_code,
    unused_macros,
    unused_imports,
    missing_docs,
    clippy::disallowed_methods,
    reason = "shared with the tests, which use more of it"
)]

use std::hint::black_box;

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, KeyPair as _, UnparsedPublicKey};
use entente::base::clock::Timestamp;
use entente::base::random::SystemRandom;
use entente::base::sealing::{Purpose, Sealer};
use entente::base::secret::SecretBytes;
use entente::domain::factors::{FactorId, TotpMaterial};
use entente::domain::guests::GuestId;
use entente::factors::passkey::attestation::Attestation;
use entente::factors::passkey::authentication::Kept;
use entente::factors::passkey::registration::AccountNames;
use entente::factors::passkey::{Discoverable, RelyingParty};
use entente::factors::totp::{self, TotpSecret};

#[path = "../src/factors/passkey/tests/authenticator.rs"]
mod authenticator;
mod peer;
#[path = "../tests/it/factors/person.rs"]
mod person;
#[path = "../tests/it/support/mod.rs"]
mod support;
mod timing;

use authenticator::{Authenticator, sha256};
use peer::{Peer, UNIT_US, median, raw_rsa, serve_gateway};
use person::{Phone, answer, options, type_code};
use support::client::{Client, Page};
use support::gateway::{CHALLENGE, PAYROLL_CALLBACK, TRAVEL_CALLBACK, address};
use support::partner::Person;
use timing::medians;

/// As the gateway's own binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// **Units**: microseconds beyond the raw cryptography.
const LIMIT: f64 = 500.0;
const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
const ORIGIN: &str = "https://gate.example";
/// Whom the gateway asks for a second factor: a code is good once, so each challenge by one has a person
/// of its own.
const PEOPLE: usize = 200;
/// Sign-ins of one turn.
const OF_A_TURN: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if peer::serves().is_some() {
        runtime.block_on(serve_gateway(|_| {}, &objects()));
        return Ok(());
    }
    let ((totp, totp_fits), (passkey, passkey_fits)) = (check_totp()?, check_passkey()?);
    let fits = [totp_fits, passkey_fits, runtime.block_on(challenges([totp, passkey]))];
    if fits.contains(&false) {
        std::process::exit(1);
    }
    Ok(())
}

/// A policy for one of the two apps, and the people.
fn objects() -> String {
    let guest = |number: usize| {
        format!("[[guest]]\nemail = '{}'\npartner = 'fabrikam'\napps = ['payroll', 'travel']\n", mail(number))
    };
    let policy = "[[policy]]
slug = 'second-factor'
state = 'enabled'
conditions.users.include_users = ['All']
conditions.applications.include_applications = ['payroll']
grant_controls.built_in_controls = ['mfa']
";
    (0..PEOPLE).map(guest).chain([policy.to_owned()]).collect()
}

fn mail(number: usize) -> String {
    format!("person-{number}@fabrikam.example")
}

fn somebody(number: usize) -> Person {
    Person::new(&format!("person-{number}"), &mail(number), "Some", "Body")
}

/// A fresh browser; few people share an address, so that none meets the limit of a network.
fn browser(peer: &Peer, number: usize) -> Client {
    let last = u8::try_from(number / OF_A_TURN % 200).unwrap();
    Client::at(&peer.url, std::net::IpAddr::from([127, 0, 0, 2 + last]))
}

/// The page after the answer of the partner: at payroll a challenge, at travel the way to the app.
async fn signed_in(peer: &Peer, client: &mut Client, app: &str, number: usize) -> Page {
    let callback = if app == "payroll" { PAYROLL_CALLBACK } else { TRAVEL_CALLBACK };
    let authorize = address(
        "/oidc/authorize",
        &[
            ("client_id", app),
            ("redirect_uri", callback),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "s"),
            ("nonce", "n"),
            ("domain_hint", "fabrikam"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ],
    );
    peer.answered(client, &authorize, &somebody(number)).await
}

fn now() -> Timestamp {
    entente::base::clock::Clock::now(&entente::base::clock::SystemClock)
}

/// Whether the page leads to the app with a code.
fn assert_granted(page: &Page) {
    let onward = page.onward();
    assert!(onward.starts_with("http://localhost:9/") && onward.contains("code="), "{onward}");
}

/// Enrols a factor at first need, up to the app.
async fn enrol(client: &mut Client, page: &Page, kind: &str, given: impl AsyncFnOnce(&mut Client, Page) -> Page) {
    let page = answer(client, page, &[("action", "enrol"), ("kind", kind)]).await;
    let page = given(client, page).await;
    assert_granted(&answer(client, &page, &[("action", "kept")]).await);
}

/// Measures whole challenges, and says whether both are within the limit.
async fn challenges([raw_totp, raw_passkey]: [f64; 2]) -> bool {
    let peer = Peer::start("gateway");
    let (sign, _) = raw_rsa();
    let unit = UNIT_US / sign;

    let mut phones = Vec::new();
    for number in 0..PEOPLE - 1 {
        let mut client = browser(&peer, number);
        let page = signed_in(&peer, &mut client, "payroll", number).await;
        let used = now();
        enrol(&mut client, &page, "totp", async |client, page| {
            phones.push((Phone::set_up(&page), used));
            type_code(client, &page, &phones[number].0.code(used)).await
        })
        .await;
    }
    let by_code = async |number: usize| {
        let (phone, used) = &phones[number];
        let mut client = browser(&peer, number);
        let page = signed_in(&peer, &mut client, "payroll", number).await;
        // The code of the next step, which is good a step early; that of the first is spent.
        let at = now().max(used.plus(std::time::Duration::from_secs(30)));
        assert_granted(&type_code(&mut client, &page, &phone.code(at)).await);
    };
    let cost = more(&peer, (PEOPLE - 1) / OF_A_TURN, by_code).await;
    let totp_fits = report("whole challenge by TOTP", [raw_totp * unit, cost * unit]);

    let number = PEOPLE - 1;
    let key = Authenticator::new(b"key");
    let mut client = browser(&peer, number);
    let page = signed_in(&peer, &mut client, "payroll", number).await;
    enrol(&mut client, &page, "passkey", async |client, page| {
        let ceremony = key.ceremony("webauthn.create", &options(&page), &peer.url, "localhost");
        let made = String::from_utf8(key.register(&ceremony)).unwrap();
        answer(client, &page, &[("action", "check"), ("credential", &made), ("label", "Key")]).await
    })
    .await;
    let counter = std::sync::atomic::AtomicU32::new(2);
    let by_passkey = async |turned: usize| {
        let mut client = browser(&peer, turned);
        let page = signed_in(&peer, &mut client, "payroll", number).await;
        let mut ceremony = key.ceremony("webauthn.get", &options(&page), &peer.url, "localhost");
        ceremony.counter = counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let given = String::from_utf8(key.authenticate(&ceremony)).unwrap();
        assert_granted(&answer(&mut client, &page, &[("action", "check"), ("credential", &given)]).await);
    };
    let cost = more(&peer, (PEOPLE - 1) / OF_A_TURN, by_passkey).await;
    let passkey_fits = report("whole challenge by passkey", [raw_passkey * unit, cost * unit]);
    peer.stop();
    totp_fits && passkey_fits
}

/// What a sign-in with a challenge costs more than one without, turn by turn.
async fn more(peer: &Peer, turns: usize, challenged: impl AsyncFn(usize)) -> f64 {
    let mut more = Vec::new();
    for turn in 0..turns {
        let before = peer.cpu_us();
        for number in turn * OF_A_TURN..(turn + 1) * OF_A_TURN {
            let page = signed_in(peer, &mut browser(peer, number), "travel", number).await;
            assert_granted(&page);
        }
        let between = peer.cpu_us();
        for number in turn * OF_A_TURN..(turn + 1) * OF_A_TURN {
            challenged(number).await;
        }
        more.push((peer.cpu_us() - between - (between - before)) / OF_A_TURN as f64);
    }
    median(&mut more)
}

/// Gives the raw cryptography, in microseconds, and whether the check is within the limit.
fn check_totp() -> Result<(f64, bool), Box<dyn std::error::Error>> {
    let sealer = Sealer::new(&SecretBytes::new(vec![7; 32]), &[])?;
    let id = FactorId::new(NOW, &SystemRandom);
    let secret = TotpSecret::new(&SystemRandom);
    let sealed_secret = secret.seal(&sealer, &SystemRandom, id)?;
    let material = TotpMaterial { sealed_secret: sealed_secret.clone(), last_step: 0 };
    // The code that is good now is found by trying, so that the check does not end early for its shape.
    let code = (0..1_000_000).map(|code| format!("{code:06}"));
    let code = code.into_iter().find(|code| secret.check(code, None, NOW).is_ok()).ok_or("no code")?;

    totp::check(&sealer, id, &material, &code, NOW)?;

    let place = [b"factors/".as_slice(), id.as_bytes()].concat();
    let mut raw = || {
        black_box(sealer.open(Purpose::FactorSecret, &place, black_box(&sealed_secret)).is_ok());
        for step in 0_u64..3 {
            let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, black_box(&[7; 20]));
            black_box(sign(&key, &step.to_be_bytes()));
        }
    };
    let mut ours = || {
        black_box(totp::check(&sealer, id, &material, black_box(&code), NOW).is_ok());
    };
    let measured = medians([&mut raw, &mut ours]);
    Ok((measured[0], report("TOTP code", measured)))
}

/// The same.
fn check_passkey() -> Result<(f64, bool), Box<dyn std::error::Error>> {
    let us = RelyingParty::new(ORIGIN, "Contoso", Attestation::None, Discoverable::Discouraged)?;
    let (guest, id) = (GuestId::new(NOW, &SystemRandom), FactorId::new(NOW, &SystemRandom));
    let authenticator = Authenticator::new(b"credential");
    let names = AccountNames { name: "ana@fabrikam.example", display_name: "Ana" };
    let begun = us.begin_registration(guest, names, &[], NOW)?;
    let ceremony = authenticator.ceremony("webauthn.create", &begun.options, ORIGIN, "gate.example");
    let answer = authenticator.register(&ceremony);
    let material = us.finish_registration(guest, &begun.state, &answer, &[], NOW)?;
    let kept = [Kept { id, material: &material }];
    let begun = us.begin_authentication(guest, &kept, NOW)?;
    let mut ceremony = authenticator.ceremony("webauthn.get", &begun.options, ORIGIN, "gate.example");
    ceremony.counter = 2;
    let answer = authenticator.authenticate(&ceremony);
    us.finish_authentication(guest, &begun.state, &answer, &kept, NOW)?;

    let message = [0x5a; 69];
    let signature = authenticator.sign(&message);
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, authenticator.key.public_key().as_ref().to_vec());
    let mut raw = || {
        black_box(sha256(black_box(&[0x5a; 180])));
        black_box(key.verify(black_box(&message), &signature).is_ok());
    };
    let mut ours = || {
        black_box(us.finish_authentication(guest, &begun.state, black_box(&answer), &kept, NOW).is_ok());
    };
    let measured = medians([&mut raw, &mut ours]);
    Ok((measured[0], report("passkey", measured)))
}

/// Prints what a check costs, and says whether it is within the limit.
fn report(name: &str, [raw, ours]: [f64; 2]) -> bool {
    let beyond = ours - raw;
    println!("challenge_factor: {name}: raw {raw:.1} us, all {ours:.1} us, {beyond:.1} us beyond, at most {LIMIT}");
    beyond <= LIMIT
}

//! Checking a second factor: a TOTP code and a passkey's answer, each against the raw cryptography that
//! it cannot do without, in the same run. TOTP: three HMAC-SHA-1 (the window) and opening the sealed
//! secret. Passkey: one P-256 verification and two SHA-256. Fails where a check costs more than
//! 0.5 ms beyond that.

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
#[expect(dead_code, clippy::unwrap_used, clippy::panic, reason = "it is written for the tests, which use more of it")]
mod authenticator;
#[expect(dead_code, reason = "the limit here is no ratio")]
mod timing;

use authenticator::{Authenticator, sha256};
use timing::medians;

/// **Units**: microseconds beyond the raw cryptography.
const LIMIT: f64 = 500.0;
const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
const ORIGIN: &str = "https://gate.example";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    check_totp()?;
    check_passkey()
}

fn check_totp() -> Result<(), Box<dyn std::error::Error>> {
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
    report("TOTP code", medians([&mut raw, &mut ours]));
    Ok(())
}

fn check_passkey() -> Result<(), Box<dyn std::error::Error>> {
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
    report("passkey", medians([&mut raw, &mut ours]));
    Ok(())
}

/// Prints what a check costs and fails the run where it is above the limit.
fn report(name: &str, [raw, ours]: [f64; 2]) {
    let beyond = ours - raw;
    println!("challenge_factor: {name}: raw {raw:.1} us, check {ours:.1} us, {beyond:.1} us beyond, at most {LIMIT}");
    if beyond > LIMIT {
        std::process::exit(1);
    }
}

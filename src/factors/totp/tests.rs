//! Codes at the edges of their steps, replayed, and in the shapes in which people type them.

use super::*;
use crate::base::random::SystemRandom;

/// The secret of RFC 6238, appendix B, for SHA-1.
fn secret() -> TotpSecret {
    TotpSecret(SecretBytes::new(b"12345678901234567890".to_vec()))
}

fn sealer() -> Sealer {
    Sealer::new(&SecretBytes::new(vec![7; 32]), &[]).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

#[test]
fn the_codes_are_those_of_rfc_6238() {
    // The last six of the eight digits of appendix B.
    let table = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];
    for (seconds, code) in table {
        assert_eq!(secret().check(code, None, at(seconds)), Ok(seconds / 30), "{seconds}");
    }
}

#[test]
fn a_code_is_good_one_step_before_and_after_its_own() {
    // The step of 59 is 1: seconds 30 to 59.
    let check = |micros| secret().check("287082", None, Timestamp::from_micros(micros));
    assert_eq!(check(0), Ok(1));
    assert_eq!(check(89_999_999), Ok(1));
    assert_eq!(check(90_000_000), Err(FactorFault::TotpWrong));
    let later = |micros| secret().check("081804", None, Timestamp::from_micros(micros));
    let begin = 1_111_111_109 / 30 * 30_000_000;
    assert_eq!(later(begin - 30_000_000), Ok(1_111_111_109 / 30));
    assert_eq!(later(begin - 30_000_001), Err(FactorFault::TotpWrong));
}

#[test]
fn a_step_is_good_once_and_no_earlier_one_after_it() {
    let step = 1_111_111_109 / 30;
    let check = |last| secret().check("081804", last, at(1_111_111_109));
    assert_eq!(check(None), Ok(step));
    assert_eq!(check(Some(step - 1)), Ok(step));
    assert_eq!(check(Some(step)), Err(FactorFault::TotpReplayed));
    assert_eq!(check(Some(step + 1)), Err(FactorFault::TotpReplayed));
    // A wrong code says nothing of steps.
    assert_eq!(secret().check("081805", Some(step), at(1_111_111_109)), Err(FactorFault::TotpWrong));
}

#[test]
fn spaces_are_permitted_and_other_shapes_are_not() {
    let check = |input: &str| secret().check(input, None, at(59));
    for input in ["287082", " 287 082 ", "287-082", "2 8 7 0 8 2"] {
        assert_eq!(check(input), Ok(1), "{input}");
    }
    let long = "2".repeat(10_000);
    for input in ["", "28708", "2870820", "28708a", "２８７０８２", "+28708", "0x1234", long.as_str()] {
        assert_eq!(check(input), Err(FactorFault::CodeMalformed), "{input}");
    }
}

#[test]
fn a_secret_opens_only_for_its_factor() {
    let id = FactorId::new(at(59), &SystemRandom);
    let sealed = secret().seal(&sealer(), &SystemRandom, id).unwrap();
    assert_eq!(TotpSecret::open(&sealer(), id, &sealed), Ok(secret()));
    let other = FactorId::new(at(60), &SystemRandom);
    assert_eq!(TotpSecret::open(&sealer(), other, &sealed), Err(FactorFault::SecretSealed));
    let material = TotpMaterial { sealed_secret: sealed, last_step: 0 };
    assert_eq!(check(&sealer(), id, &material, "287082", at(59)), Ok(1));
    assert_eq!(check(&sealer(), other, &material, "287082", at(59)), Err(FactorFault::SecretSealed));
}

#[test]
fn secrets_are_fresh_and_of_160_bits() {
    let one = TotpSecret::new(&SystemRandom);
    assert_eq!(one.0.expose().len(), SECRET_BYTES);
    assert_ne!(one, TotpSecret::new(&SystemRandom));
    assert_eq!(format!("{one:?}"), "TotpSecret([secret])");
}

#[test]
fn the_address_escapes_what_would_break_it() {
    let uri = secret().to_uri("Contoso: R&D", "ana+x@fabrikam.example?secret=A");
    assert_eq!(
        uri.expose(),
        "otpauth://totp/Contoso%20%20R%26D:ana%2Bx%40fabrikam.example%3Fsecret%3DA\
         ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Contoso%20%20R%26D&algorithm=SHA1&digits=6&period=30"
    );
    let read = url::Url::parse(uri.expose()).unwrap();
    assert_eq!(read.query_pairs().filter(|(name, _)| name == "secret").count(), 1);
}

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use super::*;
use crate::keys::public::PublicKey;
use crate::keys::signing::{SignatureAlgorithm, SigningKey};

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
const ADDRESS: &str = "https://gate.example.com/oidc/token";

struct Holder {
    key: SigningKey,
    jwk: Value,
}

impl Holder {
    fn new() -> Self {
        let key = SigningKey::generate_p256().unwrap();
        let public = PublicKey::from_spki(&key.spki().unwrap()).unwrap();
        let (x, y) = public.p256_parts().unwrap();
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)});
        Self { key, jwk }
    }

    fn header(&self) -> Value {
        json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk})
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let signature = self.key.sign(SignatureAlgorithm::EcdsaP256Sha256, input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(signature))
    }

    fn judge(&self, header: &Value, claims: &Value) -> Result<DpopProof, &'static str> {
        judge(&self.sign(header, claims), &expectation(), NOW)
    }
}

fn expectation() -> Expectation<'static> {
    Expectation { method: "POST", address: ADDRESS, access_token: None }
}

fn claims() -> Value {
    json!({"jti": "1", "htm": "POST", "htu": ADDRESS, "iat": NOW.seconds()})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

#[test]
fn a_proof_names_the_key_of_its_holder() {
    let holder = Holder::new();
    let proof = holder.judge(&holder.header(), &claims()).unwrap();
    assert_eq!(proof.key, Thumbprint::of(&public_jwk(&holder.jwk).unwrap()).unwrap());
    assert_eq!((proof.id.as_str(), proof.algorithm), ("1", TokenAlgorithm::Es256));
    assert_eq!(proof.until, NOW.plus(Duration::from_secs(61)));
    let text = holder.sign(&holder.header(), &claims());
    let read = |headers: &[&[u8]]| read(headers, &expectation(), NOW);
    assert_eq!(read(&[]), Ok(None));
    assert_eq!(read(&[text.as_bytes()]), Ok(Some(proof)));
    assert_eq!(read(&[text.as_bytes(), text.as_bytes()]), Err("dpop_proof_doubled"));
    assert_eq!(read(&[&[0xff]]), Err("dpop_proof_malformed"));
}

#[test]
fn each_claim_is_held_against_the_request() {
    let holder = Holder::new();
    let (now, skew) = (NOW.seconds(), 60);
    for (name, value, expected) in [
        ("htm", json!("GET"), "dpop_method_differs"),
        ("htm", json!("post"), "dpop_method_differs"),
        ("htm", Value::Null, "dpop_method_differs"),
        ("htu", Value::Null, "dpop_address_differs"),
        ("htu", json!("https://gate.example.com/oidc/userinfo"), "dpop_address_differs"),
        ("htu", json!("https://gate.example.com/oidc/token/"), "dpop_address_differs"),
        ("htu", json!("http://gate.example.com/oidc/token"), "dpop_address_differs"),
        ("htu", json!("https://gate.example.com:8443/oidc/token"), "dpop_address_differs"),
        ("htu", json!("https://other.example.com/oidc/token"), "dpop_address_differs"),
        ("htu", json!("https://a@gate.example.com/oidc/token"), "dpop_address_differs"),
        ("htu", json!("/oidc/token"), "dpop_address_differs"),
        ("iat", Value::Null, "dpop_proof_without_time"),
        ("iat", json!("soon"), "dpop_proof_malformed"),
        ("iat", json!(now - skew - 1), "dpop_proof_too_old"),
        ("iat", json!(now + skew + 1), "dpop_proof_not_yet_valid"),
        ("iat", json!(i64::MAX), "dpop_proof_not_yet_valid"),
        ("iat", json!(i64::MIN), "dpop_proof_too_old"),
        ("jti", Value::Null, "dpop_proof_without_id"),
        ("jti", json!(""), "dpop_proof_without_id"),
        ("jti", json!("a".repeat(257)), "dpop_proof_without_id"),
    ] {
        assert_eq!(holder.judge(&holder.header(), &with(name, value.clone())), Err(expected), "{name} {value}");
    }
    for (name, value) in [
        ("htu", json!("https://GATE.example.com:443/oidc/./token?a=1#b")),
        ("iat", json!(now - skew)),
        ("iat", json!(now + skew)),
        ("jti", json!("a".repeat(256))),
        ("nonce", json!("whatever")),
        ("ath", json!("whatever")),
    ] {
        assert!(holder.judge(&holder.header(), &with(name, value.clone())).is_ok(), "{name} {value}");
    }
}

#[test]
fn beside_an_access_token_its_hash_stands_in_the_proof() {
    let holder = Holder::new();
    let expected = Expectation { access_token: Some("token"), ..expectation() };
    let judge = |ath: Value| judge(&holder.sign(&holder.header(), &with("ath", ath)), &expected, NOW).map(|_| ());
    assert_eq!(judge(json!(base64url(sha256(b"token")))), Ok(()));
    for wrong in [Value::Null, json!(""), json!(base64url(sha256(b"other")))] {
        assert_eq!(judge(wrong), Err("dpop_token_hash_differs"));
    }
}

#[test]
fn the_header_shows_a_public_key_that_fits() {
    let holder = Holder::new();
    let header = |name: &str, value: Value| {
        let mut header = holder.header();
        header[name] = value;
        header
    };
    let mut private = holder.jwk.clone();
    private["d"] = json!("AA");
    let mut of_another = holder.jwk.clone();
    of_another["alg"] = json!("RS256");
    let secret = json!({"kty": "oct", "k": "AA"});
    for (header, expected) in [
        (header("typ", Value::Null), "dpop_proof_of_another_type"),
        (header("typ", json!("JWT")), "dpop_proof_of_another_type"),
        (header("alg", json!("none")), "dpop_algorithm_refused"),
        (header("alg", json!("HS256")), "dpop_algorithm_refused"),
        (header("alg", json!("RS256")), "dpop_key_refused"),
        (header("jwk", Value::Null), "dpop_key_missing"),
        (header("jwk", json!("x")), "dpop_key_refused"),
        (header("jwk", private), "dpop_key_refused"),
        (header("jwk", of_another), "dpop_key_refused"),
        (header("jwk", secret), "dpop_key_refused"),
        (header("jwk", Holder::new().jwk), "dpop_signature_refused"),
        (header("crit", json!(["x"])), "dpop_proof_malformed"),
        (header("b64", json!(false)), "dpop_proof_malformed"),
    ] {
        assert_eq!(holder.judge(&header, &claims()), Err(expected), "{header}");
    }
    assert!(holder.judge(&header("typ", json!("DPoP+JWT")), &claims()).is_ok());
    for text in ["", "a", "a.b.c", "a.b.c.d.e"] {
        assert_eq!(judge(text, &expectation(), NOW), Err("dpop_proof_malformed"), "{text}");
    }
    assert_eq!(judge(&"a".repeat(MAX_PROOF + 1), &expectation(), NOW), Err("dpop_proof_too_long"));
}

#[test]
fn ed25519_signs_proofs_too() {
    let pair = Ed25519KeyPair::generate().unwrap();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key().as_ref())});
    for alg in ["EdDSA", "Ed25519"] {
        let header = json!({"typ": "dpop+jwt", "alg": alg, "jwk": jwk});
        let input = format!("{}.{}", base64url(header.to_string()), base64url(claims().to_string()));
        let proof = format!("{input}.{}", base64url(pair.sign(input.as_bytes())));
        assert_eq!(judge(&proof, &expectation(), NOW).unwrap().algorithm, TokenAlgorithm::EdDsa);
        let other = format!("{input}.{}", base64url(pair.sign(b"other")));
        assert_eq!(judge(&other, &expectation(), NOW), Err("dpop_signature_refused"));
    }
}

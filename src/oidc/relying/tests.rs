use std::time::Duration;

use serde_json::{Value, json};

use super::callback::{self, Said};
use super::id_token::{AuthTime, Claims, Expectation, Nonce, judge};
use super::provider::{self, Addresses, AnswerIssuer, ProviderError};
use super::question::{Question, address, challenge, nonce};
use super::token_reply;
use super::userinfo::UserInfo;
use crate::base::clock::Timestamp;
use crate::base::encoding::base64url;
use crate::base::params::RawParams;
use crate::keys::jwk_set::{KeySet, KeySetError, TokenAlgorithm};
use crate::keys::public::PublicKey;
use crate::keys::signing::{SignatureAlgorithm, SigningKey};
use crate::oidc::foreign_token;
use crate::oidc::id_token::at_hash;

const ISSUER: &str = "https://op.example";
const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn document() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://op.example/authorize?tenant=1",
        "token_endpoint": "https://op.example/token",
        "jwks_uri": "https://op.example/jwks",
        "userinfo_endpoint": "https://op.example/me",
        "authorization_response_iss_parameter_supported": true,
    })
}

#[test]
fn a_document_is_read_and_every_other_refused() {
    let read = |document: &Value| provider::read(document.to_string().as_bytes(), ISSUER, Addresses::HttpsOnly);
    let good = read(&document()).unwrap();
    assert_eq!((good.token_endpoint.as_str(), good.answers), ("https://op.example/token", AnswerIssuer::Promised));
    for (member, value, cause) in [
        ("issuer", json!("https://op.example/"), "discovery_of_another_issuer"),
        ("issuer", json!("https://OP.example"), "discovery_of_another_issuer"),
        ("issuer", json!("https://login.example/{tenantid}/v2.0"), "discovery_of_another_issuer"),
        ("issuer", Value::Null, "discovery_malformed"),
        ("token_endpoint", json!("http://op.example/token"), "discovery_endpoint_refused"),
        ("token_endpoint", json!("http://localhost/token"), "discovery_endpoint_refused"),
        ("authorization_endpoint", json!("javascript:alert(1)"), "discovery_endpoint_refused"),
        ("authorization_endpoint", json!("https://a@op.example/"), "discovery_endpoint_refused"),
        ("jwks_uri", json!("https://op.example/#keys"), "discovery_endpoint_refused"),
        ("userinfo_endpoint", json!("data:,x"), "discovery_endpoint_refused"),
        ("jwks_uri", json!(7), "discovery_malformed"),
    ] {
        let mut other = document();
        other[member] = value;
        assert_eq!(read(&other).map_err(|error| error.cause()), Err(cause), "{member}: {}", other[member]);
    }
    let here = document().to_string().replace("https://op.example", "http://localhost:1");
    let read = |addresses| provider::read(here.as_bytes(), "http://localhost:1", addresses);
    assert!(read(Addresses::LoopbackToo).is_ok());
    assert_eq!(read(Addresses::HttpsOnly), Err(ProviderError::Endpoint { member: "authorization_endpoint" }));
    let large = vec![b' '; provider::MAX_DOCUMENT + 1];
    assert_eq!(provider::read(&large, ISSUER, Addresses::HttpsOnly), Err(ProviderError::TooLarge));
}

#[test]
fn an_issuer_is_an_https_address_of_one_tenant() {
    for (text, expected) in [
        ("https://op.example", true),
        ("https://op.example/tenant/v2.0", true),
        ("http://op.example", false),
        ("https://op.example?x", false),
        ("https://op.example#x", false),
        ("https://login.example/{tenantid}/v2.0", false),
        ("op.example", false),
    ] {
        assert_eq!(provider::is_issuer(text, Addresses::HttpsOnly), expected, "{text}");
    }
    assert_eq!(
        provider::document_address("https://op.example/a/"),
        "https://op.example/a/.well-known/openid-configuration"
    );
}

#[test]
fn a_question_carries_what_binds_its_answer() {
    let provider = provider::read(document().to_string().as_bytes(), ISSUER, Addresses::HttpsOnly).unwrap();
    let question = Question {
        client_id: "entente",
        redirect_uri: "https://gate.example/oidc/rp/callback/h",
        scopes: &["email".to_owned()],
        state: "s",
        verifier: "v",
        prompt: Some("login"),
        max_age: Some(5),
        acr_values: &["a".to_owned(), "b".to_owned()],
        login_hint: Some("ana@op.example"),
    };
    let url = url::Url::parse(&address(&question, &provider).unwrap()).unwrap();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    for (name, value) in [
        ("tenant", "1"),
        ("response_type", "code"),
        ("client_id", "entente"),
        ("redirect_uri", "https://gate.example/oidc/rp/callback/h"),
        ("scope", "openid email"),
        ("state", "s"),
        ("nonce", &nonce("v")),
        ("code_challenge", &challenge("v")),
        ("code_challenge_method", "S256"),
        ("prompt", "login"),
        ("max_age", "5"),
        ("acr_values", "a b"),
        ("login_hint", "ana@op.example"),
    ] {
        assert!(pairs.contains(&(name.to_owned(), value.to_owned())), "{name}={value} of {url}");
    }
    assert_eq!(pairs.len(), 13);
    assert_ne!(nonce("v"), challenge("v"));
    // RFC 7636 appendix B.
    assert_eq!(challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn an_answer_is_one_thing_of_one_provider() {
    let read = |query: &str| callback::read(&RawParams::parse(query).unwrap());
    let good = read("code=c&state=s&iss=https%3A%2F%2Fop.example&session_state=x").unwrap();
    assert_eq!((good.state.as_deref(), &good.said), (Some("s"), &Said::Code("c".to_owned())));
    let no = read("error=access_denied&error_description=No&state=s").unwrap();
    assert_eq!(no.said, Said::Error { error: "access_denied".to_owned(), description: Some("No".to_owned()) });
    for (query, cause) in [
        ("state=s", "callback_without_code"),
        ("code=c&error=x&state=s", "callback_code_and_error"),
        ("code=&state=s", "callback_without_code"),
        ("code=a&code=b&state=s", "callback_doubled"),
        ("code=a&state=s&state=t", "callback_doubled"),
        ("code=a&state=s&iss=a&iss=b", "callback_doubled"),
        ("response=a.b.c&state=s", "callback_without_code"),
        ("code=a%00&state=s", "callback_malformed"),
    ] {
        assert_eq!(read(query), Err(cause), "{query}");
    }
    let mut provider = provider::read(document().to_string().as_bytes(), ISSUER, Addresses::HttpsOnly).unwrap();
    let bare = read("code=c&state=s").unwrap();
    let other = read("code=c&state=s&iss=https%3A%2F%2Fevil.example").unwrap();
    assert_eq!(callback::check_issuer(&good, &provider), Ok(()));
    assert_eq!(callback::check_issuer(&bare, &provider), Err("callback_issuer_missing"));
    assert_eq!(callback::check_issuer(&other, &provider), Err("callback_of_another_issuer"));
    provider.answers = AnswerIssuer::NotPromised;
    assert_eq!(callback::check_issuer(&bare, &provider), Ok(()));
    assert_eq!(callback::check_issuer(&other, &provider), Err("callback_of_another_issuer"));
}

#[test]
fn a_reply_of_the_token_endpoint_is_read() {
    let read = |status, body: Value| token_reply::read(status, body.to_string().as_bytes());
    let good = json!({"id_token": "i", "access_token": "a", "token_type": "bearer", "expires_in": 5});
    assert_eq!(
        read(200, good.clone()).map(|tokens| (tokens.id_token, tokens.access_token)).ok(),
        Some(("i".to_owned(), "a".to_owned()))
    );
    for (status, member, value, cause) in [
        (400, "error", json!("invalid_grant"), "token_endpoint_refused"),
        (302, "error", Value::Null, "token_endpoint_refused"),
        (200, "token_type", json!("DPoP"), "token_type_refused"),
        (200, "token_type", Value::Null, "token_type_refused"),
        (200, "id_token", Value::Null, "id_token_missing"),
        (200, "access_token", Value::Null, "access_token_missing"),
        (200, "id_token", json!(7), "token_reply_malformed"),
    ] {
        let mut other = good.clone();
        other[member] = value;
        assert_eq!(read(status, other).err().map(|no| no.cause), Some(cause), "{status} {member}");
    }
    let html = token_reply::read(200, b"<html>").err().unwrap();
    assert_eq!(html.cause, "token_reply_malformed");
}

struct Op {
    rsa: SigningKey,
    ecdsa: SigningKey,
}

impl Op {
    fn new() -> Self {
        Self { rsa: SigningKey::generate_rsa().unwrap(), ecdsa: SigningKey::generate_p256().unwrap() }
    }

    fn jwks(&self) -> Value {
        let rsa = PublicKey::from_spki(&self.rsa.spki().unwrap()).unwrap();
        let (n, e) = rsa.rsa_parts().unwrap();
        let ecdsa = PublicKey::from_spki(&self.ecdsa.spki().unwrap()).unwrap();
        let (x, y) = ecdsa.p256_parts().unwrap();
        json!({"keys": [
            {"kty": "RSA", "kid": "r", "use": "sig", "n": base64url(n), "e": base64url(e)},
            {"kty": "EC", "kid": "e", "crv": "P-256", "alg": "ES256", "x": base64url(x), "y": base64url(y)},
            {"kty": "oct", "kid": "o", "k": "AAAA"},
            {"kty": "RSA", "kid": "x", "use": "enc", "n": base64url(n), "e": base64url(e)},
        ]})
    }

    fn keys(&self) -> KeySet {
        KeySet::read(self.jwks().to_string().as_bytes()).unwrap()
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let is_ecdsa = header["alg"] == "ES256";
        let signature = if is_ecdsa {
            self.ecdsa.sign(SignatureAlgorithm::EcdsaP256Sha256, input.as_bytes())
        } else {
            self.rsa.sign(SignatureAlgorithm::RsaSha256, input.as_bytes())
        };
        format!("{input}.{}", base64url(signature.unwrap()))
    }
}

#[test]
fn algorithm_and_key_are_never_the_tokens_choice() {
    let op = Op::new();
    let keys = op.keys();
    let verify = |header: Value, algorithm| {
        foreign_token::verify(&op.sign(&header, &json!({})), &keys, &[algorithm]).map_err(|(cause, _)| cause)
    };
    use TokenAlgorithm::{Es256, Rs256};
    for (header, algorithm, cause) in [
        (json!({"alg": "RS256", "kid": "r"}), Rs256, None),
        (json!({"alg": "RS256"}), Rs256, None),
        (json!({"alg": "RS256", "kid": "r", "typ": "jwt", "jku": "https://evil.example"}), Rs256, None),
        (json!({"alg": "ES256", "kid": "e"}), Es256, None),
        (json!({"alg": "ES256", "kid": "e"}), Rs256, Some("token_algorithm_refused")),
        (json!({"alg": "none"}), Rs256, Some("token_algorithm_refused")),
        (json!({"alg": "HS256", "kid": "r"}), Rs256, Some("token_algorithm_refused")),
        (json!({"alg": "PS256", "kid": "r"}), Rs256, Some("token_algorithm_refused")),
        (json!({"alg": "RS256", "kid": "e"}), Rs256, Some("token_key_of_another_kind")),
        (json!({"alg": "RS256", "kid": "x"}), Rs256, Some("token_key_unknown")),
        (json!({"alg": "RS256", "kid": "new"}), Rs256, Some("token_key_unknown")),
        (json!({"alg": "RS256", "kid": "r", "typ": "at+jwt"}), Rs256, Some("token_of_another_type")),
        (json!({"alg": "RS256", "kid": "r", "typ": "logout+jwt"}), Rs256, Some("token_of_another_type")),
        (json!({"alg": "RS256", "kid": "r", "crit": ["x"], "x": 1}), Rs256, Some("token_critical_extension")),
        (json!({"alg": "RS256", "kid": "r", "b64": false}), Rs256, Some("token_critical_extension")),
        (json!({"kid": "r"}), Rs256, Some("token_header_malformed")),
    ] {
        assert_eq!(verify(header.clone(), algorithm).err(), cause, "{header}");
    }
    let good = op.sign(&json!({"alg": "RS256", "kid": "r"}), &json!({}));
    let cause = |token: &str| foreign_token::verify(token, &keys, &[Rs256]).map_err(|(cause, _)| cause).err();
    assert_eq!(cause(&good), None);
    assert_eq!(cause(&format!("{good}A")), Some("token_signature_refused"));
    assert_eq!(cause(good.rsplit_once('.').unwrap().0), Some("token_malformed"));
    assert_eq!(cause("a.b.c.d.e"), Some("token_encrypted"));
    assert_eq!(cause(&"a".repeat(foreign_token::MAX_TOKEN + 1)), Some("token_too_large"));
    let foreign = Op::new().sign(&json!({"alg": "RS256", "kid": "r"}), &json!({}));
    assert_eq!(cause(&foreign), Some("token_signature_refused"));
}

#[test]
fn a_key_document_is_read_within_its_limits() {
    let op = Op::new();
    let error = |document: Value| KeySet::read(document.to_string().as_bytes()).err();
    let good = op.jwks();
    assert_eq!(error(good.clone()), None);
    let key = good["keys"][0].clone();
    assert_eq!(error(json!({"keys": [key, key]})), Some(KeySetError::Doubled));
    assert_eq!(error(json!({"keys": vec![key.clone(); 65]})), Some(KeySetError::TooMany));
    assert_eq!(error(json!({"keys": [good["keys"][2], good["keys"][3]]})), Some(KeySetError::Empty));
    assert_eq!(error(json!({"keys": {}})), Some(KeySetError::Malformed));
    let mut unnamed = key;
    unnamed["kid"] = Value::Null;
    let two = KeySet::read(json!({"keys": [unnamed, good["keys"][0]]}).to_string().as_bytes()).unwrap();
    let token = op.sign(&json!({"alg": "RS256"}), &json!({}));
    let cause = foreign_token::verify(&token, &two, &[TokenAlgorithm::Rs256]).map_err(|(cause, _)| cause);
    assert_eq!(cause, Err("token_kid_missing"));
}

fn claims() -> Value {
    let now = NOW.seconds();
    json!({
        "iss": ISSUER, "aud": "entente", "sub": "ana", "iat": now, "exp": now + 300, "nonce": "n",
        "at_hash": at_hash("a"), "auth_time": now - 60, "email": "ana@op.example", "email_verified": true,
        "amr": ["pwd", "otp"], "address": {"country": "NL"}, "sid": "s1",
    })
}

#[test]
fn each_claim_of_a_token_is_held_against_the_question() {
    let op = Op::new();
    let keys = op.keys();
    let judge = |claims: &Value, auth_time| {
        let expectation = Expectation {
            issuer: ISSUER,
            client_id: "entente",
            algorithm: TokenAlgorithm::Rs256,
            keys: &keys,
            nonce: Nonce::Of("n"),
            access_token: Some("a"),
            auth_time,
            clock_skew: Duration::from_secs(60),
        };
        judge(&op.sign(&json!({"alg": "RS256", "kid": "r"}), claims), &expectation, NOW).outcome
    };
    let good = judge(&claims(), AuthTime::Required).unwrap();
    assert_eq!((good.subject.as_str(), good.session.as_deref()), ("ana", Some("s1")));
    assert!(good.claims.contains(&("amr".to_owned(), vec!["pwd".to_owned(), "otp".to_owned()])));
    assert!(good.claims.iter().all(|(name, _)| name != "address"));
    let now = NOW.seconds();
    // Each with its neighbour on the other side of the edge.
    for (member, value, cause) in [
        ("iss", json!("https://op.example/"), Some("token_of_another_issuer")),
        ("iss", json!(["https://op.example"]), Some("token_of_another_issuer")),
        ("aud", json!("other"), Some("token_for_another_audience")),
        ("aud", json!(["entente"]), None),
        ("aud", json!(["entente", "other"]), Some("token_azp_missing")),
        ("aud", json!(["entente", 7]), Some("token_for_another_audience")),
        ("aud", json!([]), Some("token_for_another_audience")),
        ("azp", json!("entente"), None),
        ("azp", json!("other"), Some("token_for_another_party")),
        ("exp", json!(now - 59), None),
        ("exp", json!(now - 60), Some("token_expired")),
        ("exp", json!(1e300), Some("token_exp_missing")),
        ("exp", json!("1890000000"), Some("token_exp_missing")),
        ("iat", json!(now + 60), None),
        ("iat", json!(now + 61), Some("token_of_the_future")),
        ("iat", json!(now - 660), None),
        ("iat", json!(now - 661), Some("token_too_old")),
        ("iat", Value::Null, Some("token_iat_missing")),
        ("nbf", json!(now + 60), None),
        ("nbf", json!(now + 61), Some("token_not_yet_valid")),
        ("nbf", json!("x"), Some("token_claims_malformed")),
        ("nonce", json!("N"), Some("token_for_another_question")),
        ("nonce", Value::Null, Some("token_nonce_missing")),
        ("at_hash", json!(at_hash("b")), Some("token_beside_another_access_token")),
        ("at_hash", json!(7), Some("token_beside_another_access_token")),
        ("sub", json!(""), Some("subject_refused")),
        ("sub", json!("a".repeat(255)), None),
        ("sub", json!("a".repeat(256)), Some("subject_refused")),
        ("sub", json!("a\u{0}b"), Some("subject_refused")),
        ("sub", json!(7), Some("subject_refused")),
        ("auth_time", json!(now + 61), Some("token_auth_time_of_the_future")),
        ("auth_time", json!("x"), Some("token_claims_malformed")),
    ] {
        let mut other = claims();
        other[member] = value;
        assert_eq!(judge(&other, AuthTime::Optional).err(), cause, "{member}: {}", other[member]);
    }
    let mut timeless = claims();
    timeless.as_object_mut().unwrap().remove("auth_time");
    assert_eq!(judge(&timeless, AuthTime::Optional).map(|statement| statement.auth_time), Ok(None));
    assert_eq!(judge(&timeless, AuthTime::Required).err(), Some("token_auth_time_missing"));
    let mut both = claims();
    (both["aud"], both["azp"]) = (json!(["other", "entente"]), json!("entente"));
    assert!(judge(&both, AuthTime::Optional).is_ok());
    both["azp"] = json!("other");
    assert_eq!(judge(&both, AuthTime::Optional).err(), Some("token_for_another_party"));
}

/// What claims say of the verification of the address, once.
fn verified(claims: &Claims) -> Option<&'static str> {
    let mut said = claims.iter().filter(|(name, _)| name == "email_verified");
    let (first, more) = (said.next(), said.next());
    assert_eq!(more, None);
    first.map(|(_, values)| values.join(" ")).map(|text| if text == "true" { "true" } else { "false" })
}

#[test]
fn userinfo_joins_only_the_same_person() {
    let read = |body: Value| UserInfo::read(200, Some("application/json; charset=utf-8"), body.to_string().as_bytes());
    let info = read(
        json!({"sub": "ana", "email": "other@op.example", "email_verified": true, "name": "Ana", "groups": ["g"]}),
    )
    .unwrap();
    let own = vec![("email".to_owned(), vec!["ana@op.example".to_owned()])];
    let mut claims = own.clone();
    assert_eq!(info.join("bob", &mut claims), Err("userinfo_of_another_subject"));
    assert_eq!(claims, own);
    info.join("ana", &mut claims).unwrap();
    // The verification of another address is not that of this one.
    assert_eq!(verified(&claims), None);
    assert!(claims.contains(&("name".to_owned(), vec!["Ana".to_owned()])));
    assert_eq!(claims.iter().filter(|(name, _)| name == "email").count(), 1);
    let mut empty = Vec::new();
    info.join("ana", &mut empty).unwrap();
    assert_eq!(verified(&empty), Some("true"));
    for value in [json!(false), json!("false"), json!("no")] {
        let info = read(json!({"sub": "ana", "email_verified": value})).unwrap();
        let mut claims = own.clone();
        claims.push(("email_verified".to_owned(), vec!["true".to_owned()]));
        info.join("ana", &mut claims).unwrap();
        assert_eq!(verified(&claims), Some("false"), "{value}");
    }
    assert_eq!(UserInfo::read(401, Some("application/json"), b"{}"), Err("userinfo_refused"));
    assert_eq!(UserInfo::read(200, Some("application/jwt"), b"a.b.c"), Err("userinfo_malformed"));
    assert_eq!(UserInfo::read(200, None, b"{\"sub\":\"ana\"}"), Err("userinfo_malformed"));
    assert_eq!(read(json!({"email": "x"})), Err("userinfo_subject_missing"));
}

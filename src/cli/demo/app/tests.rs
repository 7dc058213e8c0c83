//! The app against a gateway that answers over a socket, and its judgement of ID tokens.

use std::sync::{LazyLock, Mutex};

use axum::Json;
use axum::routing::{get, post};
use jsonwebtoken::jwk::JwkSet;
use serde_json::{Value, json};

use super::fault::{AppFault, IdTokenFault};
use super::id_token::{Expected, at_hash, verify};
use super::*;
use crate::base::clock::{ManualClock, Timestamp};
use crate::base::encoding::base64url;
use crate::base::params::RawParams;
use crate::base::random::SystemRandom;
use crate::keys::public::PublicKey;
use crate::keys::signing::SigningKey;
use crate::outbound::client::Reach;

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
const ISSUER: &str = "http://localhost:8080";

/// The gateway's key; the tests share it, since nothing depends on its value.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_p256().unwrap());

fn keys() -> Value {
    let public = PublicKey::from_spki(&KEY.spki().unwrap()).unwrap();
    let (x, y) = public.p256_parts().unwrap();
    json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1", "x": base64url(x), "y": base64url(y) }] })
}

fn token(header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
    let signature = KEY.sign(KEY.default_algorithm(), message.as_bytes()).unwrap();
    format!("{message}.{}", base64url(signature))
}

fn good_header() -> Value {
    json!({ "alg": "ES256", "kid": "k1", "typ": "JWT" })
}

fn good_claims(issuer: &str, nonce: &str) -> Value {
    let now = NOW.seconds();
    json!({
        "iss": issuer, "aud": "travel", "sub": "s1", "iat": now, "nbf": now, "exp": now + 3600, "nonce": nonce,
        "at_hash": at_hash("access"), "auth_time": now - 10
    })
}

fn expected() -> Expected<'static> {
    Expected {
        issuer: ISSUER,
        client_id: "travel",
        algorithm: Algorithm::ES256,
        nonce: "n1",
        access_token: "access",
        max_age: None,
        now: NOW,
    }
}

fn check(claim: &str, value: Value, fault: Option<IdTokenFault>) {
    let mut claims = good_claims(ISSUER, "n1");
    match value {
        Value::Null => claims.as_object_mut().unwrap().remove(claim),
        ref value => claims.as_object_mut().unwrap().insert(claim.to_owned(), value.clone()),
    };
    let keys: JwkSet = serde_json::from_value(keys()).unwrap();
    let found = verify(&token(&good_header(), &claims), &keys, &expected()).err();
    assert_eq!(found, fault, "{claim} {value}");
}

#[test]
fn each_claim_is_held_against_what_was_expected() {
    let now = NOW.seconds();
    check("other", json!("x"), None);
    for value in [json!("http://localhost:8081"), json!("http://localhost:8080/"), Value::Null] {
        check("iss", value, Some(IdTokenFault::Issuer));
    }
    check("aud", json!(["travel"]), None);
    for value in [json!("payroll"), json!(["travel", "payroll"]), json!([]), Value::Null] {
        check("aud", value, Some(IdTokenFault::Audience));
    }
    for value in [json!(""), json!(7), Value::Null] {
        check("sub", value, Some(IdTokenFault::Subject));
    }
    check("exp", json!(now - 59), None);
    for value in [json!(now - 60), json!("soon"), Value::Null] {
        check("exp", value, Some(IdTokenFault::Expired));
    }
    check("nbf", json!(now + 60), None);
    check("nbf", Value::Null, None);
    check("nbf", json!(now + 61), Some(IdTokenFault::NotYet));
    check("iat", json!(now + 60), None);
    for value in [json!(now + 61), Value::Null] {
        check("iat", value, Some(IdTokenFault::IssuedAt));
    }
    for value in [json!("n2"), json!(""), Value::Null] {
        check("nonce", value, Some(IdTokenFault::Nonce));
    }
    for value in [json!(at_hash("another")), json!("access"), Value::Null] {
        check("at_hash", value, Some(IdTokenFault::AccessTokenHash));
    }
}

#[test]
fn the_age_of_the_authentication_counts_where_it_was_asked_for() {
    let keys: JwkSet = serde_json::from_value(keys()).unwrap();
    let now = NOW.seconds();
    for (auth_time, max_age, fault) in [
        (json!(now - 160), Some(100), None),
        (json!(now - 161), Some(100), Some(IdTokenFault::AuthTime)),
        (Value::Null, Some(100), Some(IdTokenFault::AuthTime)),
        (Value::Null, None, None),
    ] {
        let mut claims = good_claims(ISSUER, "n1");
        claims["auth_time"] = auth_time;
        let found = verify(&token(&good_header(), &claims), &keys, &Expected { max_age, ..expected() });
        assert_eq!(found.err(), fault);
    }
}

#[test]
fn only_the_registered_algorithm_and_a_known_key_count() {
    let keys: JwkSet = serde_json::from_value(keys()).unwrap();
    let claims = good_claims(ISSUER, "n1");
    let good = token(&good_header(), &claims);
    let check = |token: &str, fault| assert_eq!(verify(token, &keys, &expected()).err(), fault, "{token}");
    check(&good, None);
    check(&token(&json!({ "alg": "RS256", "kid": "k1" }), &claims), Some(IdTokenFault::Algorithm));
    check(&token(&json!({ "alg": "HS256", "kid": "k1" }), &claims), Some(IdTokenFault::Algorithm));
    check(&token(&json!({ "alg": "none" }), &claims), Some(IdTokenFault::Malformed));
    check(&token(&json!({ "alg": "ES256", "kid": "k2" }), &claims), Some(IdTokenFault::KeyUnknown));
    check(&token(&json!({ "alg": "ES256" }), &claims), Some(IdTokenFault::KeyUnknown));
    let (_, payload) = good.split_once('.').unwrap();
    check(&format!("{}x.{payload}", base64url("{")), Some(IdTokenFault::Malformed));
    let other = token(&good_header(), &json!({ "iss": ISSUER }));
    let (head, _) = other.rsplit_once('.').unwrap();
    check(&format!("{head}.{}", good.rsplit_once('.').unwrap().1), Some(IdTokenFault::Signature));
    check("", Some(IdTokenFault::Malformed));
}

/// What the gateway of a test answers at its token and userinfo endpoints.
type Script = Arc<Mutex<(Value, Value)>>;

/// An app, and a gateway that answers by a script.
async fn world() -> (DemoApp, Script) {
    let script: Script = Arc::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let document = json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"), "end_session_endpoint": format!("{issuer}/logout")
    });
    let (tokens, userinfo) = (script.clone(), script.clone());
    let gateway = axum::Router::new()
        .route("/.well-known/openid-configuration", get(move || async move { Json(document) }))
        .route("/jwks", get(|| async { Json(keys()) }))
        .route("/token", post(move || async move { Json(tokens.lock().unwrap().0.clone()) }))
        .route("/userinfo", get(move || async move { Json(userinfo.lock().unwrap().1.clone()) }));
    tokio::spawn(async { axum::serve(listener, gateway).await });
    let app = DemoApp::new(AppConfig {
        name: "Travel".to_owned(),
        look: "amber",
        client_id: "travel".to_owned(),
        client_secret: None,
        algorithm: Algorithm::ES256,
        pkce: Pkce::Sent,
        scope: "openid".to_owned(),
        base_url: "http://localhost:8083".to_owned(),
        issuer,
        http: HttpClient::new(Reach::Loopback).unwrap(),
        clock: Arc::new(ManualClock::new(NOW)),
        random: Arc::new(SystemRandom),
    });
    (app, script)
}

fn pending() -> Pending {
    Pending { state: "st".to_owned(), nonce: "n1".to_owned(), verifier: None, max_age: None }
}

/// Completes a sign-in with `query`, in which `ISS` stands for the gateway's issuer.
async fn complete(app: &DemoApp, query: &str, pending: Option<Pending>) -> Result<SignedIn, AppFault> {
    let query = query.replace("ISS", &crate::base::params::encode(&app.config().issuer));
    app.complete(&RawParams::parse(&query).unwrap(), pending).await
}

#[tokio::test]
async fn the_request_binds_the_answer_and_passes_hints_on() {
    let (app, _) = world().await;
    let provider = app.provider().await.unwrap();
    let asked = RawParams::parse("prompt=none&login_hint=a%40b&redirect_uri=x&max_age=5").unwrap();
    let (location, pending) = app.begin(&provider, &asked);
    let (endpoint, query) = location.split_once('?').unwrap();
    assert_eq!(endpoint, provider.authorization_endpoint);
    let sent = RawParams::parse(query).unwrap();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "travel"),
        ("redirect_uri", "http://localhost:8083/callback"),
        ("state", &pending.state),
        ("nonce", &pending.nonce),
        ("code_challenge_method", "S256"),
        ("scope", "openid"),
        ("prompt", "none"),
        ("login_hint", "a@b"),
        ("max_age", "5"),
    ] {
        assert_eq!(sent.one(name), Ok(Some(value)), "{name}");
    }
    assert_eq!(pending.max_age, Some(5));
    let challenge = crate::oidc::pkce::CodeChallenge::parse(sent.one("code_challenge").unwrap().unwrap()).unwrap();
    let verifier = crate::oidc::pkce::CodeVerifier::parse(pending.verifier.unwrap().expose()).unwrap();
    assert!(challenge.is_met_by(&verifier));
}

#[tokio::test]
async fn a_whole_answer_signs_in_and_each_fault_of_it_does_not() {
    let (app, script) = world().await;
    let id_token = token(&good_header(), &good_claims(&app.config().issuer, "n1"));
    let tokens = json!({ "access_token": "access", "token_type": "Bearer", "id_token": id_token });
    *script.lock().unwrap() = (tokens.clone(), json!({ "sub": "s1" }));
    let good = "code=c&state=st&iss=ISS";
    assert_eq!(complete(&app, good, Some(pending())).await.unwrap().claims["sub"], "s1");

    for (query, held, expected) in [
        (good, None, "state_unknown"),
        ("code=c&state=other&iss=ISS", Some(pending()), "state_unknown"),
        ("code=c&iss=ISS", Some(pending()), "state_unknown"),
        ("error=access_denied&state=other&iss=ISS", Some(pending()), "state_unknown"),
        ("code=c&state=st&iss=http%3A%2F%2Flocalhost%3A1", Some(pending()), "iss_differs"),
        ("code=c&state=st", Some(pending()), "iss_differs"),
        ("error=access_denied&state=st&iss=ISS", Some(pending()), "access_denied"),
        ("state=st&iss=ISS", Some(pending()), "code_absent"),
        ("code=c&code=d&state=st&iss=ISS", Some(pending()), "parameter `code` is given more than once"),
        (good, Some(Pending { nonce: "n2".to_owned(), ..pending() }), "id_token_nonce"),
    ] {
        assert_eq!(complete(&app, query, held).await.unwrap_err().to_string(), expected, "{query}");
    }
    *script.lock().unwrap() = (tokens, json!({ "sub": "s2" }));
    assert_eq!(complete(&app, good, Some(pending())).await.unwrap_err().to_string(), "userinfo_sub_differs");
    *script.lock().unwrap() = (json!({ "error": "invalid_grant" }), json!({}));
    assert_eq!(complete(&app, good, Some(pending())).await.unwrap_err().to_string(), "token_refused: invalid_grant");
}

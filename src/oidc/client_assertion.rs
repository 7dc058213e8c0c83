//! `private_key_jwt`: an app proves who it is by a token that it signs (RFC 7523 3, OIDC Core 9).

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::foreign_token;
use crate::base::clock::Timestamp;
use crate::base::encoding::from_base64url;
use crate::keys::jwk_set::{KeySet, TokenAlgorithm};

/// The value of `client_assertion_type`.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far in the future an assertion may end, beside the skew; it is remembered until then.
pub const MAX_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How far an app's clock may be off.
pub const SKEW: Duration = Duration::from_secs(60);
/// The longest assertion. **Units**: bytes.
pub const MAX_ASSERTION: usize = 8 * 1024;
/// The longest `jti`. **Units**: bytes.
const MAX_ID: usize = 256;
/// The media types that its header may name, where it names one.
const TYPES: [&str; 2] = ["jwt", "client-authentication+jwt"];

/// What an assertion is held against.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The app.
    pub client_id: &'a str,
    /// Our issuer, which may be the audience.
    pub issuer: &'a str,
    /// Our token endpoint, which may be the audience too, unless the app's profile forbids it.
    pub token_endpoint: Option<&'a str>,
    /// The app's keys.
    pub keys: &'a KeySet,
    /// What it may sign with.
    pub algorithms: &'a [TokenAlgorithm],
}

/// What must not be accepted again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Its `jti`.
    pub id: String,
    /// Until when it could be.
    pub until: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Value>,
    exp: Option<i64>,
    nbf: Option<i64>,
    iat: Option<i64>,
    jti: Option<String>,
}

/// Who an assertion says that it is of, before anything is verified.
#[must_use]
pub fn subject(assertion: &str) -> Option<String> {
    let payload = assertion.split('.').nth(1).filter(|_| assertion.len() <= MAX_ASSERTION)?;
    let claims: Claims = serde_json::from_slice(&from_base64url(payload)?).ok()?;
    claims.sub
}

/// Judges an assertion. The audience is one text: an app that lists several servers could be impersonated at each of
/// them by any other.
///
/// # Errors
/// The stable cause.
pub fn judge(assertion: &str, expected: &Expectation<'_>, now: Timestamp) -> Result<Once, &'static str> {
    let payload = foreign_token::verify_typed(assertion, expected.keys, expected.algorithms, &TYPES);
    let payload = payload.map_err(|(cause, _)| match cause {
        "token_signature_refused" => "client_assertion_signature_refused",
        "token_algorithm_refused" => "client_assertion_algorithm_refused",
        "token_key_unknown" | "token_kid_missing" | "token_key_of_another_kind" => "client_assertion_key_unknown",
        _ => "client_assertion_malformed",
    })?;
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| "client_assertion_malformed")?;
    let is_own = |claim: &Option<String>| claim.as_deref() == Some(expected.client_id);
    if !is_own(&claims.iss) || !is_own(&claims.sub) {
        return Err("client_assertion_of_another");
    }
    match claims.aud.as_ref().and_then(Value::as_str) {
        Some(aud) if aud == expected.issuer || Some(aud) == expected.token_endpoint => {}
        _ => return Err("client_assertion_audience_refused"),
    }
    let at = |seconds: i64| Timestamp::from_seconds(seconds.clamp(0, LAST_SECOND));
    let ends = claims.exp.map(at).ok_or("client_assertion_without_end")?;
    if now >= ends.plus(SKEW) {
        return Err("client_assertion_expired");
    }
    if ends > now.plus(MAX_LIFETIME).plus(SKEW) {
        return Err("client_assertion_lives_too_long");
    }
    if [claims.nbf, claims.iat].into_iter().flatten().any(|begins| at(begins) > now.plus(SKEW)) {
        return Err("client_assertion_not_yet_valid");
    }
    let id = claims.jti.filter(|id| (1..=MAX_ID).contains(&id.len())).ok_or("client_assertion_without_id")?;
    Ok(Once { id, until: ends.plus(SKEW) })
}

/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::encoding::base64url;
    use crate::keys::public::PublicKey;
    use crate::keys::signing::{SignatureAlgorithm, SigningKey};

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
    const ISSUER: &str = "https://gate.example.com";

    struct App {
        key: SigningKey,
        keys: KeySet,
    }

    impl App {
        fn new() -> Self {
            let key = SigningKey::generate_p256().unwrap();
            let public = PublicKey::from_spki(&key.spki().unwrap()).unwrap();
            let (x, y) = public.p256_parts().unwrap();
            let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "k", "x": base64url(x), "y": base64url(y)});
            let keys = KeySet::register(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap();
            Self { key, keys }
        }

        fn sign(&self, header: &Value, claims: &Value) -> String {
            let input = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
            let signature = self.key.sign(SignatureAlgorithm::EcdsaP256Sha256, input.as_bytes()).unwrap();
            format!("{input}.{}", base64url(signature))
        }

        fn judge(&self, token: &str) -> Result<Once, &'static str> {
            let expected = Expectation {
                client_id: "payroll",
                issuer: ISSUER,
                token_endpoint: Some("https://gate.example.com/oidc/token"),
                keys: &self.keys,
                algorithms: &TokenAlgorithm::ALL,
            };
            judge(token, &expected, NOW)
        }
    }

    fn claims() -> Value {
        json!({"iss": "payroll", "sub": "payroll", "aud": ISSUER, "exp": NOW.seconds() + 60, "jti": "1"})
    }

    fn header() -> Value {
        json!({"alg": "ES256", "kid": "k"})
    }

    #[test]
    fn an_assertion_of_the_app_is_good_until_its_end() {
        let app = App::new();
        let once = Once { id: "1".to_owned(), until: NOW.plus(Duration::from_secs(120)) };
        assert_eq!(app.judge(&app.sign(&header(), &claims())), Ok(once.clone()));
        for (name, value) in [
            ("aud", json!("https://gate.example.com/oidc/token")),
            ("iat", json!(NOW.seconds() + 60)),
            ("x", json!([])),
        ] {
            let mut claims = claims();
            claims[name] = value;
            assert_eq!(app.judge(&app.sign(&header(), &claims)), Ok(once.clone()), "{name}");
        }
        for header in [
            json!({"alg": "ES256"}),
            json!({"alg": "ES256", "typ": "JWT"}),
            json!({"alg": "ES256", "typ": "client-authentication+jwt"}),
        ] {
            assert_eq!(app.judge(&app.sign(&header, &claims())), Ok(once.clone()), "{header}");
        }
        assert_eq!(subject(&app.sign(&header(), &claims())).as_deref(), Some("payroll"));
    }

    #[test]
    fn each_claim_is_held_against_what_it_must_be() {
        let app = App::new();
        let now = NOW.seconds();
        for (name, value, cause) in [
            ("iss", json!("travel"), "client_assertion_of_another"),
            ("iss", Value::Null, "client_assertion_of_another"),
            ("sub", json!("travel"), "client_assertion_of_another"),
            ("sub", Value::Null, "client_assertion_of_another"),
            ("aud", Value::Null, "client_assertion_audience_refused"),
            ("aud", json!([ISSUER]), "client_assertion_audience_refused"),
            ("aud", json!("https://gate.example.com/"), "client_assertion_audience_refused"),
            ("aud", json!("https://other.example.com"), "client_assertion_audience_refused"),
            ("exp", Value::Null, "client_assertion_without_end"),
            ("exp", json!("soon"), "client_assertion_malformed"),
            ("exp", json!(now - 60), "client_assertion_expired"),
            ("exp", json!(now + 661), "client_assertion_lives_too_long"),
            ("exp", json!(i64::MAX), "client_assertion_lives_too_long"),
            ("nbf", json!(now + 61), "client_assertion_not_yet_valid"),
            ("iat", json!(now + 61), "client_assertion_not_yet_valid"),
            ("jti", Value::Null, "client_assertion_without_id"),
            ("jti", json!(""), "client_assertion_without_id"),
            ("jti", json!("a".repeat(257)), "client_assertion_without_id"),
        ] {
            let mut claims = claims();
            claims[name] = value.clone();
            assert_eq!(app.judge(&app.sign(&header(), &claims)), Err(cause), "{name} {value}");
        }
    }

    #[test]
    fn a_strict_profile_takes_the_issuer_alone_and_no_weak_algorithm() {
        let app = App::new();
        let strict = |algorithms, aud: &str| {
            let expected =
                Expectation { client_id: "payroll", issuer: ISSUER, token_endpoint: None, keys: &app.keys, algorithms };
            let mut claims = claims();
            claims["aud"] = json!(aud);
            judge(&app.sign(&header(), &claims), &expected, NOW).map(|_| ())
        };
        assert_eq!(strict(&TokenAlgorithm::STRICT, ISSUER), Ok(()));
        let endpoint = "https://gate.example.com/oidc/token";
        assert_eq!(strict(&TokenAlgorithm::STRICT, endpoint), Err("client_assertion_audience_refused"));
        assert_eq!(strict(&[TokenAlgorithm::Ps256], ISSUER), Err("client_assertion_algorithm_refused"));
        assert!(!TokenAlgorithm::STRICT.contains(&TokenAlgorithm::Rs256));
    }

    #[test]
    fn only_the_apps_own_key_signs() {
        let app = App::new();
        let stranger = App::new().sign(&header(), &claims());
        assert_eq!(app.judge(&stranger), Err("client_assertion_signature_refused"));
        for (header, cause) in [
            (json!({"alg": "none"}), "client_assertion_algorithm_refused"),
            (json!({"alg": "HS256", "kid": "k"}), "client_assertion_algorithm_refused"),
            (json!({"alg": "RS256", "kid": "k"}), "client_assertion_key_unknown"),
            (json!({"alg": "ES256", "kid": "other"}), "client_assertion_key_unknown"),
            (json!({"alg": "ES256", "kid": "k", "typ": "at+jwt"}), "client_assertion_malformed"),
            (json!({"alg": "ES256", "kid": "k", "crit": ["x"]}), "client_assertion_malformed"),
        ] {
            assert_eq!(app.judge(&app.sign(&header, &claims())), Err(cause), "{header}");
        }
        for token in ["", "a.b.c", "a.b.c.d.e", &"a".repeat(foreign_token::MAX_TOKEN + 1)] {
            assert_eq!(app.judge(token), Err("client_assertion_malformed"));
            assert_eq!(subject(token), None);
        }
    }
}

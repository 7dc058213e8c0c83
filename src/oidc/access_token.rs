//! Access tokens that an API reads by itself (RFC 9068).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::app_claims::{AppClaim, AppClaims};
use super::scope::ScopeSet;
use crate::base::clock::Timestamp;
use crate::keys::thumbprint::Thumbprint;

/// The type in the header (RFC 9068 2.1), by which it is no ID token.
pub const TYPE: &str = "at+jwt";

/// Which of the claims that an app is given by its own rules an API is given too (RFC 9068 2.2.3.1).
pub const AUTHORIZATION_CLAIMS: [&str; 3] = ["groups", "roles", "entitlements"];

/// What one access token says. It has no `Debug`: its text is personal.
#[derive(Clone, Copy)]
pub struct AccessToken<'a> {
    /// Us: the public URL.
    pub issuer: &'a str,
    /// The APIs that it is for, at least one.
    pub audience: &'a [String],
    /// The person as the app knows it, or the app itself.
    pub subject: &'a str,
    /// The app.
    pub client_id: &'a str,
    /// Its name.
    pub id: &'a str,
    /// What was granted.
    pub scopes: ScopeSet,
    /// The session.
    pub sid: Option<&'a str>,
    /// When the person proved itself.
    pub auth_time: Option<Timestamp>,
    /// How strongly.
    pub acr: Option<&'a str>,
    /// By which means.
    pub amr: &'a [String],
    /// The key that it is bound to (RFC 9449 6.1).
    pub key: Option<Thumbprint>,
    /// The groups of the person, where the app is given them.
    pub groups: &'a [String],
    /// What the app's own rules say of [`AUTHORIZATION_CLAIMS`].
    pub own: &'a [AppClaim<'a>],
    /// The present time.
    pub issued_at: Timestamp,
    /// How long it lives.
    pub lifetime: Duration,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: Value,
    sub: &'a str,
    client_id: &'a str,
    jti: &'a str,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    amr: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Value>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    groups: &'a [String],
    #[serde(flatten)]
    own: AppClaims<'a>,
}

impl AccessToken<'_> {
    /// The claims, ready to be written.
    #[must_use]
    pub fn claims(&self) -> impl Serialize {
        Claims {
            iss: self.issuer,
            aud: match self.audience {
                [one] => one.as_str().into(),
                several => several.into(),
            },
            sub: self.subject,
            client_id: self.client_id,
            jti: self.id,
            iat: self.issued_at.seconds(),
            exp: self.issued_at.plus(self.lifetime).seconds(),
            scope: (self.scopes != ScopeSet::default()).then(|| self.scopes.to_string()),
            sid: self.sid,
            auth_time: self.auth_time.map(Timestamp::seconds),
            acr: self.acr,
            amr: self.amr,
            cnf: self.key.map(|key| json!({ "jkt": key.to_string() })),
            groups: self.groups,
            own: AppClaims(self.own),
        }
    }
}

/// What is read of one that comes back.
#[derive(Deserialize)]
struct Known {
    iss: String,
    jti: String,
}

/// The name of a token whose signature has been verified; none where it is not of this issuer.
#[must_use]
pub fn id_of(payload: &[u8], issuer: &str) -> Option<String> {
    let known: Known = serde_json::from_slice(payload).ok()?;
    (known.iss == issuer).then_some(known.jti)
}

/// Whether a token is of this form, as far as can be seen from outside.
#[must_use]
pub fn is_jwt(token: &str) -> bool {
    token.bytes().filter(|byte| *byte == b'.').count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claims_are_those_of_the_rfc() {
        let one = ["https://api.example".to_owned()];
        let at = Timestamp::from_seconds(1_790_000_000);
        let token = AccessToken {
            issuer: "https://gate.example.com",
            audience: &one,
            subject: "payroll",
            client_id: "payroll",
            id: "1",
            scopes: ScopeSet::default(),
            sid: None,
            auth_time: None,
            acr: None,
            amr: &[],
            key: None,
            groups: &[],
            own: &[],
            issued_at: at,
            lifetime: Duration::from_secs(600),
        };
        assert_eq!(
            serde_json::to_string(&token.claims()).unwrap(),
            r#"{"iss":"https://gate.example.com","aud":"https://api.example","sub":"payroll","client_id":"payroll","jti":"1","iat":1790000000,"exp":1790000600}"#
        );
        let two = [one[0].clone(), "urn:other".to_owned()];
        let full = AccessToken {
            audience: &two,
            scopes: ScopeSet::parse("openid email"),
            auth_time: Some(at),
            acr: Some("phr"),
            key: Some(Thumbprint::from_bytes([0; 32])),
            groups: &two,
            ..token
        };
        let claims = serde_json::to_value(full.claims()).unwrap();
        assert_eq!((&claims["aud"], &claims["groups"]), (&json!(two), &json!(two)));
        assert_eq!(claims["cnf"]["jkt"], "A".repeat(43));
        assert_eq!((&claims["scope"], &claims["auth_time"]), (&json!("openid email"), &json!(1_790_000_000)));
        let payload = serde_json::to_vec(&full.claims()).unwrap();
        assert_eq!(id_of(&payload, "https://gate.example.com").as_deref(), Some("1"));
        assert_eq!(id_of(&payload, "https://other.example.com"), None);
        assert!(is_jwt("a.b.c") && !is_jwt("a.b") && !is_jwt("a") && !is_jwt("a.b.c.d"));
    }
}

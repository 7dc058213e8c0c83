//! The checks of an ID token (OpenID Connect Core 3.1.3.7), each a row of the trace.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::base::clock::Timestamp;
use crate::base::trace::{Checked, first_cause};
use crate::keys::jwk_set::{KeySet, TokenAlgorithm};
use crate::oidc::foreign_token;
use crate::oidc::id_token::at_hash;

/// How long after it was made a token may arrive, beside the clock skew.
pub const MAX_AGE: Duration = Duration::from_secs(10 * 60);
/// The longest subject (OpenID Connect Core 2). **Units**: bytes.
pub const MAX_SUBJECT: usize = 255;
/// The most claims that are handed on, and the most values of one.
const MAX_CLAIMS: usize = 256;
/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// Whether the provider must say when the person proved themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthTime {
    /// It must, since a proof of some age was asked for (OpenID Connect Core 2).
    Required,
    /// It may.
    Optional,
}

/// The nonce that a token must carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nonce<'a> {
    /// That of our question.
    Of(&'a str),
    /// That of the question long ago, where the token carries one: it answers a refresh (OpenID Connect Core 12.2).
    OfBefore(&'a str),
    /// Unknown: a captured token is explained, from which nothing is issued.
    UnknownToExplain,
}

/// What a token is held against.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The provider, exactly.
    pub issuer: &'a str,
    /// Ourselves there.
    pub client_id: &'a str,
    /// The one algorithm of our record.
    pub algorithm: TokenAlgorithm,
    /// The provider's keys.
    pub keys: &'a KeySet,
    /// Our nonce.
    pub nonce: Nonce<'a>,
    /// The access token that came beside it.
    pub access_token: Option<&'a str>,
    /// Whether `auth_time` must be there.
    pub auth_time: AuthTime,
    /// How far the provider's clock may be off.
    pub clock_skew: Duration,
}

/// What a verified token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The subject, exactly as stated.
    pub subject: String,
    /// Every claim of text, number or truth, or of a list of them.
    pub claims: Claims,
    /// When the person proved themselves, where it says so.
    pub auth_time: Option<Timestamp>,
    /// When it was made.
    pub issued_at: Timestamp,
    /// The provider's name of its session.
    pub session: Option<String>,
}

/// Claims by name, each with its values as text.
pub type Claims = Vec<(String, Vec<String>)>;

/// What a token comes to.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// Every row.
    pub rows: Vec<Checked>,
    /// What it says, or the first cause.
    pub outcome: Result<Statement, &'static str>,
}

/// Judges a token. Pure.
#[must_use]
pub fn judge(token: &str, expectation: &Expectation<'_>, now: Timestamp) -> Judgement {
    let failed = |name, cause, saw| Judgement { rows: vec![Checked::failed(name, cause, saw)], outcome: Err(cause) };
    let payload = match foreign_token::verify(token, expectation.keys, &[expectation.algorithm]) {
        Ok(payload) => payload,
        Err((cause, saw)) => return failed("signature", cause, crate::base::trace::printable(saw)),
    };
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(&payload) else {
        return failed("claims", "token_claims_malformed", String::new());
    };
    let token = Token { claims: &claims, expectation, now };
    let rows = vec![
        Checked::passed("signature", expectation.algorithm.as_str()),
        token.issuer(),
        token.audience(),
        token.authorized_party(),
        token.expiry(),
        token.issued(),
        token.not_before(),
        token.nonce(),
        token.access_token(),
        token.subject(),
        token.auth_time(),
    ];
    let outcome = match first_cause(&rows) {
        Some(cause) => Err(cause),
        None => token.statement().ok_or("token_claims_malformed"),
    };
    Judgement { rows, outcome }
}

/// The claims of a verified token, held against what is expected.
pub(super) struct Token<'a> {
    pub(super) claims: &'a Map<String, Value>,
    pub(super) expectation: &'a Expectation<'a>,
    pub(super) now: Timestamp,
}

impl Token<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// A NumericDate (RFC 7519 2), parts of a second cut off.
    pub(super) fn time(&self, name: &str) -> Option<Timestamp> {
        let value = self.claims.get(name)?;
        #[expect(clippy::cast_possible_truncation, reason = "cut on purpose, and bounded below")]
        let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))?;
        (0..=LAST_SECOND).contains(&seconds).then(|| Timestamp::from_seconds(seconds))
    }

    pub(super) fn issuer(&self) -> Checked {
        let saw = self.text("iss").unwrap_or_default();
        judged("issuer", saw, saw == self.expectation.issuer, "token_of_another_issuer")
    }

    fn audiences(&self) -> Option<Vec<&str>> {
        match self.claims.get("aud")? {
            Value::String(one) => Some(vec![one.as_str()]),
            Value::Array(several) => several.iter().map(Value::as_str).collect(),
            _ => None,
        }
    }

    pub(super) fn audience(&self) -> Checked {
        let audiences = self.audiences().unwrap_or_default();
        let is_ours = audiences.contains(&self.expectation.client_id);
        judged("audience", audiences.join(" "), is_ours, "token_for_another_audience")
    }

    /// Several audiences need `azp`, and one that stands there is us (OpenID Connect Core 3.1.3.7, 4 and 5).
    fn authorized_party(&self) -> Checked {
        let several = self.audiences().is_some_and(|audiences| audiences.len() > 1);
        match self.claims.get("azp") {
            None if several => Checked::failed("authorized_party", "token_azp_missing", "-"),
            None => Checked::passed("authorized_party", "-"),
            Some(value) => {
                let saw = value.as_str().unwrap_or_default();
                judged("authorized_party", saw, saw == self.expectation.client_id, "token_for_another_party")
            }
        }
    }

    pub(super) fn expiry(&self) -> Checked {
        let Some(end) = self.time("exp") else { return Checked::failed("expiry", "token_exp_missing", "-") };
        judged("expiry", end.to_string(), self.now < end.plus(self.expectation.clock_skew), "token_expired")
    }

    pub(super) fn issued(&self) -> Checked {
        let Some(at) = self.time("iat") else { return Checked::failed("issued", "token_iat_missing", "-") };
        let skew = self.expectation.clock_skew;
        let cause = if at > self.now.plus(skew) { "token_of_the_future" } else { "token_too_old" };
        let is_near = at <= self.now.plus(skew) && self.now <= at.plus(skew).plus(MAX_AGE);
        judged("issued", at.to_string(), is_near, cause)
    }

    pub(super) fn not_before(&self) -> Checked {
        if !self.claims.contains_key("nbf") {
            return Checked::passed("not_before", "-");
        }
        let Some(start) = self.time("nbf") else {
            return Checked::failed("not_before", "token_claims_malformed", "-");
        };
        let has_begun = start <= self.now.plus(self.expectation.clock_skew);
        judged("not_before", start.to_string(), has_begun, "token_not_yet_valid")
    }

    fn nonce(&self) -> Checked {
        let expected = match self.expectation.nonce {
            Nonce::UnknownToExplain => return Checked::not_judged("nonce", "a captured token names no question"),
            Nonce::OfBefore(_) if !self.claims.contains_key("nonce") => return Checked::passed("nonce", "-"),
            Nonce::Of(expected) | Nonce::OfBefore(expected) => expected,
        };
        match self.text("nonce") {
            None => Checked::failed("nonce", "token_nonce_missing", "-"),
            Some(nonce) => judged("nonce", nonce, nonce == expected, "token_for_another_question"),
        }
    }

    fn access_token(&self) -> Checked {
        match (self.claims.get("at_hash"), self.expectation.access_token) {
            (None, _) => Checked::passed("access_token", "-"),
            (Some(_), None) => Checked::not_judged("access_token", "no access token is at hand"),
            (Some(stated), Some(access_token)) => {
                let is_its = stated.as_str() == Some(at_hash(access_token).as_str());
                judged("access_token", stated.as_str().unwrap_or_default(), is_its, "token_beside_another_access_token")
            }
        }
    }

    fn subject(&self) -> Checked {
        let saw = self.text("sub").unwrap_or_default();
        let is_good = !saw.trim().is_empty() && saw.len() <= MAX_SUBJECT && !saw.chars().any(char::is_control);
        judged("subject", saw, is_good, "subject_refused")
    }

    fn auth_time(&self) -> Checked {
        let is_there = self.claims.contains_key("auth_time");
        match (self.time("auth_time"), self.expectation.auth_time) {
            (Some(at), _) => {
                let is_past = at <= self.now.plus(self.expectation.clock_skew);
                judged("auth_time", at.to_string(), is_past, "token_auth_time_of_the_future")
            }
            (None, _) if is_there => Checked::failed("auth_time", "token_claims_malformed", "-"),
            (None, AuthTime::Optional) => Checked::passed("auth_time", "-"),
            (None, AuthTime::Required) => Checked::failed("auth_time", "token_auth_time_missing", "-"),
        }
    }

    fn statement(&self) -> Option<Statement> {
        Some(Statement {
            subject: self.text("sub")?.to_owned(),
            claims: flatten(self.claims),
            auth_time: self.time("auth_time"),
            issued_at: self.time("iat")?,
            session: self.text("sid").map(str::to_owned),
        })
    }
}

pub(super) fn judged(name: &'static str, saw: impl Into<String>, is_good: bool, cause: &'static str) -> Checked {
    if is_good { Checked::passed(name, saw) } else { Checked::failed(name, cause, saw) }
}

/// The claims as names and values; objects are left out.
#[must_use]
pub fn flatten(claims: &Map<String, Value>) -> Claims {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let values = |value: &Value| match value {
        Value::Array(list) => list.iter().take(MAX_CLAIMS).filter_map(text).collect(),
        single => text(single).into_iter().collect::<Vec<_>>(),
    };
    let named = claims.iter().take(MAX_CLAIMS).map(|(name, value)| (name.clone(), values(value)));
    named.filter(|(_, values)| !values.is_empty()).collect()
}

//! What a provider posts when sessions have ended there, and the checks of its logout token (OpenID Connect
//! Back-Channel Logout 1.0 2.5, 2.6), each a row of the trace.
//!
//! An ID token is no logout token: it has no event, and a nonce where it answers a question of ours. So one whose
//! header says `JWT` is as good as one that says `logout+jwt` or nothing (4.1), and any other type is refused.

use std::time::Duration;

use serde_json::{Map, Value};

use super::id_token::{Expectation, MAX_AGE, MAX_SUBJECT, Token, judged};
use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::trace::{Checked, first_cause, printable};
use crate::oidc::foreign_token;
use crate::oidc::logout_token::EVENT;
use crate::oidc::parameter::{ParamRule, param_rule};

/// The longest logout token. **Units**: bytes.
pub const MAX_LOGOUT_TOKEN: usize = 16 * 1024;
/// The longest name of a session, and the longest of a token. **Units**: bytes.
pub const MAX_NAME: usize = 1024;

const LOGOUT_TOKEN: ParamRule = param_rule!("logout_token", MAX_LOGOUT_TOKEN);
/// What `typ` may say, in lower case.
const TYPES: [&str; 3] = ["logout+jwt", "application/logout+jwt", "jwt"];

/// The token in a form.
///
/// # Errors
/// The stable cause.
pub fn read(params: &RawParams) -> Result<&str, &'static str> {
    LOGOUT_TOKEN.required(params).map_err(|fault| fault.cause)
}

/// What a verified logout token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutStatement {
    /// Which sessions have ended.
    pub ended: Ended,
    /// The identifier of the token.
    pub id: String,
    /// Until when the same token could be accepted again.
    pub until: Timestamp,
}

/// Which sessions of the provider have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The one of this `sid`.
    Session(String),
    /// All of this `sub`.
    Person(String),
    /// The one of this `sid`, which is of this `sub`.
    SessionOf(String, String),
}

/// What a logout token comes to.
#[derive(Debug, Clone)]
pub struct LogoutJudgement {
    /// Every row.
    pub rows: Vec<Checked>,
    /// What it says, or the first cause.
    pub outcome: Result<LogoutStatement, &'static str>,
}

/// Judges a logout token. Of `expectation` nonce, access token and `auth_time` are not looked at. Pure.
#[must_use]
pub fn judge(token: &str, expectation: &Expectation<'_>, now: Timestamp) -> LogoutJudgement {
    let failed =
        |name, cause, saw| LogoutJudgement { rows: vec![Checked::failed(name, cause, saw)], outcome: Err(cause) };
    let payload = match foreign_token::verify_typed(token, expectation.keys, &[expectation.algorithm], &TYPES) {
        Ok(payload) => payload,
        Err((cause, saw)) => return failed("signature", cause, printable(saw)),
    };
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(&payload) else {
        return failed("claims", "token_claims_malformed", String::new());
    };
    let token = Token { claims: &claims, expectation, now };
    let rows = vec![
        Checked::passed("signature", expectation.algorithm.as_str()),
        token.issuer(),
        token.audience(),
        token.expiry(),
        token.issued(),
        token.not_before(),
        events(&claims),
        nonce(&claims),
        identifier(&claims),
        named(&claims),
    ];
    let outcome = match first_cause(&rows) {
        Some(cause) => Err(cause),
        None => statement(&token).ok_or("token_claims_malformed"),
    };
    LogoutJudgement { rows, outcome }
}

/// The event of a logout, an object (2.4).
fn events(claims: &Map<String, Value>) -> Checked {
    let events = claims.get("events").and_then(Value::as_object);
    let is_there = events.and_then(|events| events.get(EVENT)).is_some_and(Value::is_object);
    judged("events", if is_there { EVENT } else { "-" }, is_there, "logout_event_missing")
}

/// A logout token never has one, so that no ID token passes for one (2.4).
fn nonce(claims: &Map<String, Value>) -> Checked {
    let is_there = claims.contains_key("nonce");
    judged("nonce", if is_there { "there" } else { "-" }, !is_there, "logout_nonce_present")
}

fn identifier(claims: &Map<String, Value>) -> Checked {
    match name(claims, "jti", MAX_NAME) {
        Some(Ok(id)) => Checked::passed("token_id", printable(id)),
        Some(Err(())) => Checked::failed("token_id", "token_claims_malformed", "-"),
        None => Checked::failed("token_id", "logout_jti_missing", "-"),
    }
}

/// It names a session, a person, or both (2.4).
fn named(claims: &Map<String, Value>) -> Checked {
    match (name(claims, "sid", MAX_NAME), name(claims, "sub", MAX_SUBJECT)) {
        (Some(Err(())), _) | (_, Some(Err(()))) => Checked::failed("named", "token_claims_malformed", "-"),
        (None, None) => Checked::failed("named", "logout_names_nobody", "-"),
        (Some(_), None) => Checked::passed("named", "sid"),
        (None, Some(_)) => Checked::passed("named", "sub"),
        (Some(_), Some(_)) => Checked::passed("named", "sid sub"),
    }
}

/// A claim that is a name: text that is not empty, of at most `max` bytes, without control characters.
fn name(claims: &Map<String, Value>, claim: &str, max: usize) -> Option<Result<String, ()>> {
    let value = claims.get(claim)?;
    let is_name = |text: &&str| !text.trim().is_empty() && text.len() <= max && !text.chars().any(char::is_control);
    Some(value.as_str().filter(is_name).map(str::to_owned).ok_or(()))
}

fn statement(token: &Token<'_>) -> Option<LogoutStatement> {
    let of = |claim: &str, max| name(token.claims, claim, max).and_then(Result::ok);
    let ended = match (of("sid", MAX_NAME), of("sub", MAX_SUBJECT)) {
        (Some(sid), None) => Ended::Session(sid),
        (None, Some(sub)) => Ended::Person(sub),
        (Some(sid), Some(sub)) => Ended::SessionOf(sid, sub),
        (None, None) => return None,
    };
    let last = token.time("exp")?.min(token.time("iat")?.plus(MAX_AGE));
    // One second more than it could be accepted, since its last moment is inside.
    let until = last.plus(token.expectation.clock_skew).plus(Duration::from_secs(1));
    Some(LogoutStatement { ended, id: of("jti", MAX_NAME)?, until })
}

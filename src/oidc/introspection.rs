//! What an app asks about a token (RFC 7662) or gives back (RFC 7009), and the answer.

use serde::Serialize;
use serde_json::json;

use super::parameter::{ParamRule, param_rule};
use super::scope::ScopeSet;
use super::token_error::TokenError;
use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::secret::SecretText;
use crate::keys::thumbprint::Thumbprint;

/// The parameters that are read here; those of `client_credentials` come beside them.
pub const PARAMETERS: [&str; 2] = ["token", "token_type_hint"];

/// The longest token: one that APIs read by themselves, with many groups. **Units**: bytes.
pub const MAX_TOKEN: usize = 16 * 1024;

const TOKEN: ParamRule = param_rule!("token", MAX_TOKEN);
const HINT: ParamRule = param_rule!("token_type_hint", 128);

/// Reads the token. The hint is read and not needed: the kinds of tokens are told apart by their form.
///
/// # Errors
/// `invalid_request`.
pub fn read(form: &RawParams) -> Result<SecretText, TokenError> {
    HINT.optional(form)?;
    Ok(SecretText::new(TOKEN.required(form)?.to_owned()))
}

/// What is true of a token that is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active<'a> {
    /// Ours.
    pub issuer: &'a str,
    /// Whose token it is.
    pub client_id: &'a str,
    /// `Bearer` or `DPoP`; none for a refresh token, which opens nothing.
    pub token_type: Option<&'static str>,
    /// The APIs that it is for; the app alone where there are none.
    pub audience: &'a [String],
    /// The key that it is bound to.
    pub key: Option<Thumbprint>,
    /// What it is for.
    pub scopes: ScopeSet,
    /// What else it is for, by the words of scopes that this room does not know.
    pub permissions: &'a [&'static str],
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The person, as this app knows them; none where the token is about nobody.
    pub subject: Option<&'a str>,
    /// The session.
    pub sid: Option<&'a str>,
}

impl Active<'_> {
    /// The body (RFC 7662 2.2).
    #[must_use]
    pub fn to_json(&self) -> String {
        let body = Body {
            active: true,
            iss: self.issuer,
            client_id: self.client_id,
            aud: match self.audience {
                [] => Audience::One(self.client_id),
                [one] => Audience::One(one),
                several => Audience::Several(several),
            },
            iat: self.issued_at.seconds(),
            exp: self.expires_at.seconds(),
            // An app's own token names the app (RFC 9068 5).
            sub: self.subject.unwrap_or(self.client_id),
            scope: self.scopes.joined(self.permissions),
            cnf: self.key.map(|key| Confirmation { jkt: key.to_string() }),
            token_type: self.token_type,
            sid: self.sid,
        };
        // Texts and numbers cannot fail to be written.
        serde_json::to_string(&body).unwrap_or_else(|_| inactive())
    }
}

#[derive(Serialize)]
struct Body<'a> {
    active: bool,
    iss: &'a str,
    client_id: &'a str,
    aud: Audience<'a>,
    iat: i64,
    exp: i64,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
}

/// The key that a token is bound to (RFC 9449 6.1).
#[derive(Serialize)]
struct Confirmation {
    jkt: String,
}

/// The answer for every other token, which says no more (RFC 7662 2.2).
#[must_use]
pub fn inactive() -> String {
    json!({ "active": false }).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_token_is_needed_once_and_bounded() {
        let read = |form: &str| read(&RawParams::parse(form).unwrap()).map_err(|error| error.cause);
        assert_eq!(read("token=t&token_type_hint=anything"), Ok(SecretText::new("t".to_owned())));
        for (form, cause) in [
            (String::new(), "token_missing"),
            ("token=a&token=b".to_owned(), "token_doubled"),
            (format!("token={}", "a".repeat(MAX_TOKEN + 1)), "token_too_long"),
            ("token=a%0A".to_owned(), "token_malformed"),
            ("token=a&token_type_hint=b&token_type_hint=b".to_owned(), "token_type_hint_doubled"),
        ] {
            assert_eq!(read(&form), Err(cause), "{form}");
        }
    }

    #[test]
    fn an_inactive_token_is_told_nothing_of() {
        assert_eq!(inactive(), r#"{"active":false}"#);
        let at = Timestamp::from_seconds(1_790_000_000);
        let active = Active {
            issuer: "https://gate.example.com",
            client_id: "payroll",
            token_type: Some("DPoP"),
            audience: &[],
            key: Some(Thumbprint::from_bytes([0; 32])),
            scopes: ScopeSet::parse("openid"),
            permissions: &[],
            issued_at: at,
            expires_at: at,
            subject: Some("s"),
            sid: None,
        };
        let body: Value = serde_json::from_str(&active.to_json()).unwrap();
        assert_eq!(body["active"], json!(true));
        assert_eq!((&body["sub"], &body["exp"]), (&json!("s"), &json!(1_790_000_000)));
        assert_eq!(body.get("sid"), None);
        assert_eq!(body["cnf"], json!({ "jkt": "A".repeat(43) }));
        let own = Active { subject: None, key: None, scopes: ScopeSet::default(), ..active };
        let body: Value = serde_json::from_str(&own.to_json()).unwrap();
        assert_eq!((&body["sub"], body.get("scope"), body.get("cnf")), (&json!("payroll"), None, None));
    }
}

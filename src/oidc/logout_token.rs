//! The logout token (OpenID Connect Back-Channel Logout 1.0 2.4): what we tell apps, and the names in what partners
//! tell us.

use std::time::Duration;

use serde::Serialize;

use super::jose::{self, ClaimsError, JwsAlgorithm, JwsToSign};
use crate::base::clock::Timestamp;
use crate::keys::signing::KeyId;

/// The type in the header, which no other token of ours has (RFC 8725 3.11).
pub const TYPE: &str = "logout+jwt";
/// The event that a logout token is about.
pub const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// The parameter in which it is posted.
pub const PARAMETER: &str = "logout_token";
/// How long one of ours is good.
pub const LIFE: Duration = Duration::from_secs(120);

/// What one logout token says.
#[derive(Debug, Clone, Copy)]
pub struct LogoutToken<'a> {
    /// Us: the public URL.
    pub issuer: &'a str,
    /// The app's `client_id`.
    pub audience: &'a str,
    /// The person as this app's sector knows it.
    pub subject: &'a str,
    /// The session as the app's ID tokens name it.
    pub sid: &'a str,
    /// The identifier of this token.
    pub id: &'a str,
    /// The present time.
    pub issued_at: Timestamp,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    sid: &'a str,
    jti: &'a str,
    iat: i64,
    exp: i64,
    events: Events,
}

#[derive(Serialize)]
struct Events {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    logout: Nothing,
}

#[derive(Serialize)]
struct Nothing {}

/// Writes the token; the caller awaits the signature.
///
/// # Errors
/// [`ClaimsError`] where the claims are no JSON.
pub fn prepare(algorithm: JwsAlgorithm, key: KeyId, token: &LogoutToken<'_>) -> Result<JwsToSign, ClaimsError> {
    let claims = Claims {
        iss: token.issuer,
        aud: token.audience,
        sub: token.subject,
        sid: token.sid,
        jti: token.id,
        iat: token.issued_at.seconds(),
        exp: token.issued_at.plus(LIFE).seconds(),
        events: Events { logout: Nothing {} },
    };
    jose::prepare_typed(TYPE, algorithm, key, &claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::encoding::from_base64url;
    use crate::keys::ring::KeyPurpose;
    use crate::oidc::jose::testing::ring;
    use crate::oidc::jose::{JwsError, verify};

    #[test]
    fn a_logout_token_says_what_ended_and_is_no_other_token() {
        let ring = ring();
        let algorithm = JwsAlgorithm::Es256;
        let key = ring.current(KeyPurpose::Oidc, algorithm.signature_algorithm()).unwrap();
        let token = LogoutToken {
            issuer: "https://gate.example.com",
            audience: "payroll",
            subject: "s",
            sid: "one",
            id: "j",
            issued_at: Timestamp::from_seconds(1_790_000_000),
        };
        let jws = prepare(algorithm, key.id, &token).unwrap();
        let signature = key.key.sign(jws.algorithm(), jws.signing_input()).unwrap();
        let token = jws.finish(&signature);
        let part = |index: usize| String::from_utf8(from_base64url(token.split('.').nth(index).unwrap()).unwrap());
        assert_eq!(part(0).unwrap(), format!(r#"{{"alg":"ES256","kid":"{}","typ":"logout+jwt"}}"#, key.id));
        let event = format!(r#""events":{{"{EVENT}":{{}}}}"#);
        let expected = r#"{"iss":"https://gate.example.com","aud":"payroll","sub":"s","sid":"one","jti":"j","#;
        assert_eq!(part(1).unwrap(), format!(r#"{expected}"iat":1790000000,"exp":1790000120,{event}}}"#));
        assert_eq!(verify(&token, |id| ring.by_id(id)), Err(JwsError::Type));
    }
}

//! An ID token of ours that comes back as a hint (OIDC Core 3.1.2.1, RP-Initiated Logout 2). It may
//! have expired: it names a person and an app, it opens nothing.

use std::sync::Arc;

use serde::Deserialize;

use super::jose::{self, JwsError};
use super::parameter::MAX_ID_TOKEN_HINT;
use crate::keys::ring::RingKey;
use crate::keys::signing::KeyId;

/// What a verified hint says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IdTokenHint {
    /// The app that it was issued to.
    pub aud: String,
    /// The person, as that app knows it.
    pub sub: String,
    /// The account here.
    pub oid: String,
    /// The session that it was issued in.
    pub sid: Option<String>,
    iss: String,
}

/// Why a hint is not an ID token of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HintError {
    /// Above [`MAX_ID_TOKEN_HINT`].
    #[error("ID token hint is too long")]
    TooLong,
    /// Not a token of ours.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Claims that an ID token of ours always has are missing or of another type.
    #[error("ID token hint lacks the claims of an ID token")]
    Claims,
    /// Another issuer.
    #[error("ID token hint of the issuer `{found}`")]
    Issuer {
        /// The issuer found.
        found: String,
    },
}

impl HintError {
    /// The stable, fine name of what is wrong.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::TooLong => "id_token_hint_too_long",
            Self::Jws(JwsError::Malformed) => "id_token_hint_malformed",
            Self::Jws(JwsError::Type) => "id_token_hint_type_unknown",
            Self::Jws(JwsError::UnknownKey) => "id_token_hint_key_unknown",
            Self::Jws(JwsError::Algorithm { .. }) => "id_token_hint_algorithm_refused",
            Self::Jws(JwsError::Signature) => "id_token_hint_signature_refused",
            Self::Claims => "id_token_hint_claims_missing",
            Self::Issuer { .. } => "id_token_hint_issuer_differs",
        }
    }
}

/// Verifies a hint with our own keys; its times are not looked at.
///
/// # Errors
/// [`HintError`].
pub fn verify(
    token: &str,
    issuer: &str,
    find_key: impl FnOnce(KeyId) -> Option<Arc<RingKey>>,
) -> Result<IdTokenHint, HintError> {
    if token.len() > MAX_ID_TOKEN_HINT {
        return Err(HintError::TooLong);
    }
    let payload = jose::verify(token, find_key)?;
    let hint: IdTokenHint = serde_json::from_slice(&payload).map_err(|_| HintError::Claims)?;
    if hint.iss == issuer { Ok(hint) } else { Err(HintError::Issuer { found: crate::base::trace::shorten(hint.iss) }) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::oidc::jose::JwsAlgorithm;
    use crate::oidc::jose::testing::{ring, sign};

    const ISSUER: &str = "https://gate.example.com";

    fn good() -> Value {
        json!({"iss": ISSUER, "aud": "payroll", "sub": "s1", "oid": "o1", "sid": "x1", "exp": 1, "nbf": 9_999_999_999_u64})
    }

    #[test]
    fn an_expired_token_of_ours_is_a_hint() {
        let ring = ring();
        for algorithm in [JwsAlgorithm::Rs256, JwsAlgorithm::Es256] {
            let hint = verify(&sign(&ring, algorithm, &good()), ISSUER, |id| ring.by_id(id)).unwrap();
            let found = (hint.aud.as_str(), hint.sub.as_str(), hint.oid.as_str(), hint.sid.as_deref());
            assert_eq!(found, ("payroll", "s1", "o1", Some("x1")));
        }
    }

    #[test]
    fn what_is_no_id_token_of_ours_is_refused_with_its_cause() {
        let ring = ring();
        let check = |change: fn(&mut Value), expected: Result<(), &str>| {
            let mut claims = good();
            change(&mut claims);
            let token = sign(&ring, JwsAlgorithm::Es256, &claims);
            let found = verify(&token, ISSUER, |id| ring.by_id(id));
            assert_eq!(found.map(drop).map_err(|error| error.cause()), expected, "{claims}");
        };
        check(|_| (), Ok(()));
        check(|claims| claims["sid"] = Value::Null, Ok(()));
        check(|claims| claims["iss"] = json!("https://other.example"), Err("id_token_hint_issuer_differs"));
        check(|claims| claims["iss"] = json!(format!("{ISSUER}/")), Err("id_token_hint_issuer_differs"));
        check(|claims| claims["iss"] = Value::Null, Err("id_token_hint_claims_missing"));
        check(|claims| claims["aud"] = json!(["payroll"]), Err("id_token_hint_claims_missing"));
        check(|claims| claims["sub"] = Value::Null, Err("id_token_hint_claims_missing"));
        check(|claims| claims["oid"] = json!(1), Err("id_token_hint_claims_missing"));
        check(|claims| *claims = json!("text"), Err("id_token_hint_claims_missing"));
    }

    #[test]
    fn an_unreadable_hint_is_refused_with_its_cause() {
        let (ring, other) = (ring(), ring());
        let cause = |token: &str| verify(token, ISSUER, |id| ring.by_id(id)).unwrap_err().cause();
        assert_eq!(cause(""), "id_token_hint_malformed");
        assert_eq!(cause(&"a".repeat(MAX_ID_TOKEN_HINT)), "id_token_hint_malformed");
        assert_eq!(cause(&"a".repeat(MAX_ID_TOKEN_HINT + 1)), "id_token_hint_too_long");
        assert_eq!(cause(&sign(&other, JwsAlgorithm::Rs256, &good())), "id_token_hint_key_unknown");
        let token = sign(&ring, JwsAlgorithm::Es256, &good());
        let unsigned = &token[..=token.rfind('.').unwrap()];
        assert_eq!(cause(unsigned), "id_token_hint_signature_refused");
        assert_eq!(HintError::Jws(JwsError::Type).cause(), "id_token_hint_type_unknown");
        let refused = JwsError::Algorithm { found: "none".to_owned() };
        assert_eq!(HintError::Jws(refused).cause(), "id_token_hint_algorithm_refused");
    }
}

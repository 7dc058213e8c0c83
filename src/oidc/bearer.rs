//! Access tokens in requests (RFC 6750 2, RFC 9449 7.1), and the errors about them (RFC 6750 3).

use super::dpop;
use super::parameter::{ParamFault, ParamRule, param_rule};
use crate::base::params::RawParams;
use crate::base::secret::SecretText;
use crate::keys::jwk_set::TokenAlgorithm;

/// The longest access token. **Units**: bytes.
pub const MAX_ACCESS_TOKEN: usize = 4096;

const ACCESS_TOKEN: ParamRule = param_rule!("access_token", MAX_ACCESS_TOKEN);
const SEVERAL: ParamFault =
    ParamFault { cause: "access_token_doubled", description: "the access token is given more than once" };

/// The error codes of a protected resource (RFC 6750 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BearerErrorCode {
    /// The request is malformed.
    InvalidRequest,
    /// The token is unknown, expired or revoked.
    InvalidToken,
    /// The token does not reach so far.
    InsufficientScope,
    /// The proof beside the token is missing or does not hold (RFC 9449 7.1).
    InvalidDpopProof,
}

impl BearerErrorCode {
    /// The code as it stands in an answer.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidDpopProof => "invalid_dpop_proof",
        }
    }
}

/// For whom a token is shown to be good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// For whoever has it.
    Bearer,
    /// For the holder of a key, whose proof stands beside it.
    Dpop,
}

/// An access token as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The token.
    pub token: SecretText,
    /// The scheme that it was shown under.
    pub scheme: Scheme,
}

/// Why a protected resource is not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// No token at all: the answer names the scheme and no error (RFC 6750 3.1).
    #[error("no access token")]
    Missing,
    /// A token or request with a fault.
    #[error("{}", .fault.cause)]
    Refused {
        /// The code.
        code: BearerErrorCode,
        /// What is wrong.
        fault: ParamFault,
    },
}

impl BearerError {
    /// The token is unknown, expired or revoked; `cause` says which, the app is told no more.
    #[must_use]
    pub const fn invalid_token(cause: &'static str) -> Self {
        let fault = ParamFault { cause, description: "the access token is not valid" };
        Self::Refused { code: BearerErrorCode::InvalidToken, fault }
    }

    /// The token was not granted what is asked.
    #[must_use]
    pub const fn insufficient_scope(cause: &'static str) -> Self {
        let fault = ParamFault { cause, description: "the access token was not granted this" };
        Self::Refused { code: BearerErrorCode::InsufficientScope, fault }
    }

    /// The proof beside the token is missing or does not hold.
    #[must_use]
    pub fn invalid_proof(cause: &'static str) -> Self {
        let fault = ParamFault { cause, description: dpop::description(cause) };
        Self::Refused { code: BearerErrorCode::InvalidDpopProof, fault }
    }

    /// The stable, fine name of what is wrong.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Missing => "access_token_missing",
            Self::Refused { fault, .. } => fault.cause,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Missing
            | Self::Refused { code: BearerErrorCode::InvalidToken | BearerErrorCode::InvalidDpopProof, .. } => 401,
            Self::Refused { code: BearerErrorCode::InvalidRequest, .. } => 400,
            Self::Refused { code: BearerErrorCode::InsufficientScope, .. } => 403,
        }
    }

    /// The value of `WWW-Authenticate` (RFC 6750 3, RFC 9449 7.1) toward who used `scheme`; `realm` is of characters
    /// that need no escape.
    #[must_use]
    pub fn www_authenticate(&self, realm: &str, scheme: Scheme) -> String {
        let algorithms = dpop::ALGORITHMS.map(TokenAlgorithm::as_str).join(" ");
        let error = match self {
            Self::Missing => {
                return format!("Bearer realm=\"{realm}\", DPoP realm=\"{realm}\", algs=\"{algorithms}\"");
            }
            Self::Refused { code, fault } => {
                format!("error=\"{}\", error_description=\"{}\"", code.as_str(), fault.description)
            }
        };
        match scheme {
            Scheme::Bearer => format!("Bearer realm=\"{realm}\", {error}"),
            Scheme::Dpop => format!("DPoP realm=\"{realm}\", {error}, algs=\"{algorithms}\""),
        }
    }
}

impl From<ParamFault> for BearerError {
    fn from(fault: ParamFault) -> Self {
        Self::Refused { code: BearerErrorCode::InvalidRequest, fault }
    }
}

/// Reads the access token from all `Authorization` headers as they came, or from the form of a POST
/// (RFC 6750 2.2); `form` is `None` for a GET. A token in the query is not looked at (RFC 9700
/// 4.3.2), nor is an `Authorization` of another scheme. A token in a form is good for whoever has it.
///
/// # Errors
/// [`BearerError::Missing`], or `invalid_request` where there are several or one is malformed.
pub fn read(authorization: &[&[u8]], form: Option<&RawParams>) -> Result<Shown, BearerError> {
    let in_form = form.map(|form| ACCESS_TOKEN.optional(form)).transpose()?.flatten();
    let mut in_header = None;
    for header in authorization {
        if let Some(found) = token_of(header)
            && in_header.replace(found).is_some()
        {
            return Err(SEVERAL.into());
        }
    }
    let (scheme, token) = match (in_header, in_form) {
        (Some(_), Some(_)) => return Err(SEVERAL.into()),
        (None, None) => return Err(BearerError::Missing),
        (Some(found), None) => found,
        (None, Some(token)) => (Scheme::Bearer, token.as_bytes()),
    };
    if token.len() > MAX_ACCESS_TOKEN {
        return Err(ACCESS_TOKEN.too_long.into());
    }
    match std::str::from_utf8(token) {
        Ok(text) if is_b64token(text) => Ok(Shown { token: SecretText::new(text.to_owned()), scheme }),
        _ => Err(ACCESS_TOKEN.malformed.into()),
    }
}

/// What follows the scheme `Bearer` or `DPoP`, in any case (RFC 9110 11.1).
fn token_of(header: &[u8]) -> Option<(Scheme, &[u8])> {
    let end = header.iter().position(|byte| *byte == b' ').unwrap_or(header.len());
    let (scheme, rest) = header.split_at(end);
    let scheme = match scheme {
        _ if scheme.eq_ignore_ascii_case(b"Bearer") => Scheme::Bearer,
        _ if scheme.eq_ignore_ascii_case(b"DPoP") => Scheme::Dpop,
        _ => return None,
    };
    Some((scheme, rest.trim_ascii()))
}

/// RFC 6750 2.1.
fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(headers: &[&str], form: Option<&str>, expected: Result<&str, (u16, &str)>) {
        let headers: Vec<&[u8]> = headers.iter().map(|header| header.as_bytes()).collect();
        let form = form.map(|text| RawParams::parse(text).unwrap());
        let found = read(&headers, form.as_ref());
        let found = found.as_ref().map(|shown| shown.token.expose().as_str());
        assert_eq!(found.map_err(|error| (error.status(), error.cause())), expected, "{headers:?} {form:?}");
    }

    #[test]
    fn a_token_is_read_from_one_place() {
        check(&["Bearer abc-._~+/=="], None, Ok("abc-._~+/=="));
        check(&["bearer abc"], Some(""), Ok("abc"));
        check(&["BEARER  abc "], None, Ok("abc"));
        check(&[], Some("access_token=abc"), Ok("abc"));
        check(&["Basic abc"], Some("access_token=abc"), Ok("abc"));
        check(&["Bearer abc"], Some("access_token="), Ok("abc"));
        let longest = "a".repeat(MAX_ACCESS_TOKEN);
        check(&[&format!("Bearer {longest}")], None, Ok(&longest));
        check(&[], Some(&format!("access_token={longest}")), Ok(&longest));
    }

    #[test]
    fn the_scheme_says_for_whom_a_token_is_good() {
        let scheme = |headers: &[&[u8]]| read(headers, None).map(|shown| shown.scheme);
        assert_eq!(scheme(&[b"Bearer abc"]), Ok(Scheme::Bearer));
        assert_eq!(scheme(&[b"DPoP abc"]), Ok(Scheme::Dpop));
        assert_eq!(scheme(&[b"dpop abc"]), Ok(Scheme::Dpop));
        check(&["DPoP abc", "Bearer abc"], None, Err((400, "access_token_doubled")));
        check(&["DPoP abc"], Some("access_token=abc"), Err((400, "access_token_doubled")));
        let proof = BearerError::invalid_proof("dpop_proof_missing");
        assert_eq!((proof.status(), proof.cause()), (401, "dpop_proof_missing"));
        let challenge = proof.www_authenticate("userinfo", Scheme::Dpop);
        assert!(challenge.starts_with("DPoP realm=\"userinfo\", error=\"invalid_dpop_proof\""), "{challenge}");
        assert!(challenge.ends_with("algs=\"RS256 PS256 ES256 EdDSA\""), "{challenge}");
    }

    #[test]
    fn no_token_is_a_401_without_an_error() {
        for headers in [&[][..], &["Basic abc"], &["Bearerabc"], &["Bear"], &[""], &["Bearer-x abc"]] {
            check(headers, None, Err((401, "access_token_missing")));
        }
        check(&[], Some("access_token="), Err((401, "access_token_missing")));
        assert_eq!(
            BearerError::Missing.www_authenticate("userinfo", Scheme::Bearer),
            "Bearer realm=\"userinfo\", DPoP realm=\"userinfo\", algs=\"RS256 PS256 ES256 EdDSA\""
        );
    }

    #[test]
    fn several_or_malformed_tokens_are_refused() {
        check(&["Bearer abc"], Some("access_token=abc"), Err((400, "access_token_doubled")));
        check(&["Bearer abc", "Bearer abc"], None, Err((400, "access_token_doubled")));
        check(&[], Some("access_token=a&access_token=a"), Err((400, "access_token_doubled")));
        let long = "a".repeat(MAX_ACCESS_TOKEN + 1);
        check(&[&format!("Bearer {long}")], None, Err((400, "access_token_too_long")));
        check(&[], Some(&format!("access_token={long}")), Err((400, "access_token_too_long")));
        for wrong in ["", "a b", "a,b", "=", "a=b", "é", "\"a\""] {
            check(&[&format!("Bearer {wrong}")], None, Err((400, "access_token_malformed")));
        }
        check(&["Bearer"], None, Err((400, "access_token_malformed")));
        check(&[], Some("access_token=a%00"), Err((400, "access_token_malformed")));
        check(&[], Some("access_token=a+b"), Err((400, "access_token_malformed")));
    }

    #[test]
    fn errors_are_written_as_the_rfc_has_them() {
        let expired = BearerError::invalid_token("access_token_expired");
        assert_eq!((expired.status(), expired.cause()), (401, "access_token_expired"));
        assert_eq!(
            expired.www_authenticate("userinfo", Scheme::Bearer),
            "Bearer realm=\"userinfo\", error=\"invalid_token\", error_description=\"the access token is not valid\""
        );
        let narrow = BearerError::insufficient_scope("scope_without_openid");
        assert_eq!((narrow.status(), narrow.cause()), (403, "scope_without_openid"));
        assert!(narrow.www_authenticate("userinfo", Scheme::Bearer).contains("error=\"insufficient_scope\""));
        let malformed = BearerError::from(ACCESS_TOKEN.malformed);
        assert!(malformed.www_authenticate("userinfo", Scheme::Bearer).contains("error=\"invalid_request\""));
    }

    proptest! {
        #[test]
        fn reading_any_header_never_panics(
            header in proptest::collection::vec(any::<u8>(), 0..40),
            rest in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            let bearer = [b"Bearer ", &rest[..]].concat();
            for headers in [&[&header[..]][..], &[&bearer[..]][..]] {
                if let Ok(token) = read(headers, None) {
                    prop_assert!(token.token.expose().is_ascii());
                }
            }
        }
    }
}

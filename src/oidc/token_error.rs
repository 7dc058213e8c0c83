//! Errors of the token endpoint (RFC 6749 5.2).

use super::parameter::ParamFault;
use super::pkce::PkceError;
use super::resource;
use crate::base::params::RawParams;

/// The error codes of the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenErrorCode {
    /// The request lacks, repeats or misshapes a parameter.
    InvalidRequest,
    /// The app did not prove who it is.
    InvalidClient,
    /// The code is unknown, used, expired, revoked or of another app or request.
    InvalidGrant,
    /// The app may not use this grant.
    UnauthorizedClient,
    /// Another grant than those that are known.
    UnsupportedGrantType,
    /// The scope is not acceptable.
    InvalidScope,
    /// A resource is not one that the app may have a token for (RFC 8707 2).
    InvalidTarget,
    /// The proof of possession is missing or does not hold (RFC 9449 5).
    InvalidDpopProof,
}

impl TokenErrorCode {
    /// The code as it stands in a response.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidDpopProof => "invalid_dpop_proof",
        }
    }
}

/// An error that the app is told in the body of the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {cause}", .code.as_str())]
pub struct TokenError {
    /// The code.
    pub code: TokenErrorCode,
    /// One sentence for the app's developer.
    pub description: &'static str,
    /// The stable, fine name of what is wrong, `snake_case`; not told to the app.
    pub cause: &'static str,
}

/// The header that forbids keeping an answer of the token endpoint (RFC 6749 5.1), good or bad.
pub const CACHE_CONTROL: &str = "no-store";

impl TokenError {
    /// An error with this code for this fault.
    #[must_use]
    pub const fn new(code: TokenErrorCode, fault: ParamFault) -> Self {
        Self { code, description: fault.description, cause: fault.cause }
    }

    /// The app did not prove who it is; `cause` says how, the app is told no more.
    #[must_use]
    pub const fn invalid_client(cause: &'static str) -> Self {
        Self { code: TokenErrorCode::InvalidClient, description: "client authentication failed", cause }
    }

    /// The code or refresh token cannot be redeemed; `cause` says why, the app is told no more.
    #[must_use]
    pub const fn invalid_grant(cause: &'static str) -> Self {
        Self { code: TokenErrorCode::InvalidGrant, description: "the code or token cannot be redeemed", cause }
    }

    /// Reads resource indicators.
    ///
    /// # Errors
    /// `invalid_target`.
    pub(super) fn of_resources(form: &RawParams) -> Result<Vec<String>, Self> {
        resource::read(form).map_err(|fault| Self::new(TokenErrorCode::InvalidTarget, fault))
    }

    /// The HTTP status: 401 where the app did not prove who it is, else 400.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self.code {
            TokenErrorCode::InvalidClient => 401,
            _ => 400,
        }
    }

    /// The value of `WWW-Authenticate`, which a 401 must carry (RFC 9110 11.6.1).
    #[must_use]
    pub const fn www_authenticate(&self) -> Option<&'static str> {
        match self.code {
            TokenErrorCode::InvalidClient => Some("Basic realm=\"token\", charset=\"UTF-8\""),
            _ => None,
        }
    }

    /// The body, `application/json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!({ "error": self.code.as_str(), "error_description": self.description }).to_string()
    }
}

impl From<ParamFault> for TokenError {
    /// A fault of a parameter is `invalid_request` unless a check says otherwise.
    fn from(fault: ParamFault) -> Self {
        Self::new(TokenErrorCode::InvalidRequest, fault)
    }
}

impl From<PkceError> for TokenError {
    fn from(error: PkceError) -> Self {
        Self::invalid_grant(match error {
            PkceError::VerifierMissing => "code_verifier_missing",
            PkceError::VerifierUnasked => "code_verifier_unasked",
            PkceError::Mismatch => "code_verifier_mismatch",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failed_authentication_is_a_401_with_a_challenge() {
        let failed = TokenError::invalid_client("secret_wrong");
        assert_eq!(failed.status(), 401);
        assert_eq!(failed.www_authenticate(), Some("Basic realm=\"token\", charset=\"UTF-8\""));
        let spent = TokenError::invalid_grant("code_spent");
        assert_eq!((spent.status(), spent.www_authenticate()), (400, None));
        let body = r#"{"error":"invalid_grant","error_description":"the code or token cannot be redeemed"}"#;
        assert_eq!(spent.to_json(), body);
    }
}

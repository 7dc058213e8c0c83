//! Why the demo app does not sign a person in.

use crate::base::params::ParamError;
use crate::outbound::client::FetchError;

/// Why the app does not sign a person in.
#[derive(Debug, thiserror::Error)]
pub enum AppFault {
    /// The query cannot be read.
    #[error(transparent)]
    Params(#[from] ParamError),
    /// The gateway answered with an error (RFC 6749 4.1.2.1).
    #[error("{code}")]
    Answered {
        /// `error`.
        code: String,
        /// `error_description`.
        description: Option<String>,
    },
    /// No sign-in of this browser has this state (RFC 9700 4.7).
    #[error("state_unknown")]
    State,
    /// The answer is not the gateway's (RFC 9207 2.4).
    #[error("iss_differs")]
    Issuer,
    /// No code.
    #[error("code_absent")]
    CodeAbsent,
    /// The gateway cannot be reached.
    #[error("gateway_unreachable")]
    Fetch(#[from] FetchError),
    /// A document of the gateway is not what it should be.
    #[error("document_malformed")]
    Document {
        /// Which one.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The token endpoint refused the code (RFC 6749 5.2).
    #[error("token_refused: {code}")]
    TokenRefused {
        /// `error`.
        code: String,
    },
    /// The ID token is not believed.
    #[error(transparent)]
    IdToken(#[from] IdTokenFault),
    /// Userinfo is about somebody else (OIDC Core 5.3.2).
    #[error("userinfo_sub_differs")]
    UserinfoSubject,
}

/// Why an ID token is not believed (OIDC Core 3.1.3.7).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenFault {
    /// It is no JWS.
    #[error("id_token_malformed")]
    Malformed,
    /// It is signed by another algorithm than the app has registered.
    #[error("id_token_alg")]
    Algorithm,
    /// No key of the gateway is meant.
    #[error("id_token_kid")]
    KeyUnknown,
    /// The key does not verify it.
    #[error("id_token_signature")]
    Signature,
    /// `iss` is another.
    #[error("id_token_iss")]
    Issuer,
    /// `aud` is another, or not this app alone.
    #[error("id_token_aud")]
    Audience,
    /// `sub` is absent.
    #[error("id_token_sub")]
    Subject,
    /// `exp` is absent or past.
    #[error("id_token_exp")]
    Expired,
    /// `nbf` is to come.
    #[error("id_token_nbf")]
    NotYet,
    /// `iat` is absent or to come.
    #[error("id_token_iat")]
    IssuedAt,
    /// `nonce` is not the one that was sent.
    #[error("id_token_nonce")]
    Nonce,
    /// `at_hash` is not of this access token.
    #[error("id_token_at_hash")]
    AccessTokenHash,
    /// `auth_time` is absent or older than `max_age` allows.
    #[error("id_token_auth_time")]
    AuthTime,
}

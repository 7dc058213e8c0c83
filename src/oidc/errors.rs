//! Errors of the authorize endpoint: those that an app is told, and those that only the visitor sees.

use std::fmt;

use super::parameter::ParamFault;
use super::redirect_uri::RedirectUriMismatch;

/// The error codes of an authentication response (RFC 6749 4.1.2.1, OIDC Core 3.1.2.6, OIDC
/// Unmet Authentication Requirements 1.0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OAuthError {
    /// The request lacks, repeats or misshapes a parameter.
    InvalidRequest,
    /// The app may not ask in this way.
    UnauthorizedClient,
    /// The person, the partner or we refused.
    AccessDenied,
    /// Another response type than `code`.
    UnsupportedResponseType,
    /// The scope is malformed or lacks `openid`.
    InvalidScope,
    /// We failed.
    ServerError,
    /// We cannot answer at present.
    TemporarilyUnavailable,
    /// `prompt=none`, and nobody is signed in.
    LoginRequired,
    /// `prompt=none`, and a page is needed.
    InteractionRequired,
    /// `prompt=none`, and consent is needed.
    ConsentRequired,
    /// `prompt=none`, and a choice of account is needed.
    AccountSelectionRequired,
    /// `request` is not supported.
    RequestNotSupported,
    /// `request_uri` is not supported.
    RequestUriNotSupported,
    /// `registration` is not supported.
    RegistrationNotSupported,
    /// A resource is not one that the app may ask a token for (RFC 8707 2).
    InvalidTarget,
    /// An essential requirement on the authentication could not be met.
    UnmetAuthenticationRequirements,
}

impl OAuthError {
    /// The code as it stands in a response.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::ConsentRequired => "consent_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidTarget => "invalid_target",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
        }
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// An error that the app is told at its redirect URI.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {cause}")]
pub struct AuthorizeError {
    /// The code.
    pub error: OAuthError,
    /// One sentence for the app's developer.
    pub description: &'static str,
    /// The stable, fine name of what is wrong, `snake_case`.
    pub cause: &'static str,
}

impl AuthorizeError {
    /// An error with this code for this fault.
    #[must_use]
    pub const fn new(error: OAuthError, fault: ParamFault) -> Self {
        Self { error, description: fault.description, cause: fault.cause }
    }
}

impl From<ParamFault> for AuthorizeError {
    /// A fault of a parameter is `invalid_request` unless a check says otherwise.
    fn from(fault: ParamFault) -> Self {
        Self::new(OAuthError::InvalidRequest, fault)
    }
}

/// An authorize request that no app may be told about, since it is not known where to: the visitor
/// sees a page (RFC 6749 4.1.2.1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnanswerableRequest {
    /// `client_id` or `redirect_uri` cannot be read.
    #[error(transparent)]
    Parameter(#[from] ParamFault),
    /// The redirect URI is none of the app's.
    #[error(transparent)]
    RedirectUri(#[from] RedirectUriMismatch),
}

impl UnanswerableRequest {
    /// The stable, fine name of what is wrong.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Parameter(fault) => fault.cause,
            Self::RedirectUri(_) => "redirect_uri_not_registered",
        }
    }
}

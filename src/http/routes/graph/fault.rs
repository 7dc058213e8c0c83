//! What is refused, in the one form in which programs that know Graph read it.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::odata::QueryFault;
use super::table::Method;
use crate::base::clock::Timestamp;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::callers::NotProven;
use crate::flows::directory::DirectoryError;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong and what to do, for a developer.
    pub message: String,
    /// The value of `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// The value of `Allow`.
    pub allow: Option<String>,
    /// How long to wait.
    pub wait: Option<Duration>,
}

impl Fault {
    /// Of a status, with a code and what is wrong.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), challenge: None, allow: None, wait: None }
    }

    /// A request that is wrong by itself.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// There is no such address.
    pub fn no_address() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", "there is nothing at this address")
    }

    /// What stands for an id can be none.
    pub fn no_id(segment: &str) -> Self {
        let segment = crate::base::trace::shorten(crate::base::trace::printable(segment.to_owned()));
        Self::bad(format!("`{segment}` is not supported here: no id begins with `$`"))
    }

    /// Something of ours failed, or took too long, which may be better in a moment.
    pub fn of_ours(status: StatusCode) -> Self {
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            let message = "something failed here; tell the operator the `request-id`";
            return Self::new(status, "InternalServerError", message);
        }
        Self { wait: Some(Duration::from_secs(1)), ..Self::new(status, "ServiceNotAvailable", "try again later") }
    }

    /// The address takes other methods.
    pub fn other_method(allowed: &[Method]) -> Self {
        let names: Vec<_> = allowed.iter().map(|method| method.as_str()).collect();
        let names = names.join(", ");
        let message = format!("this address takes {names}");
        let fault = Self::new(StatusCode::METHOD_NOT_ALLOWED, "Request_MethodNotAllowed", message);
        Self { allow: Some(names), ..fault }
    }

    /// The value of `Retry-After`. **Units**: seconds.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        let wait = self.wait?;
        Some(u64::try_from(wait.as_nanos().div_ceil(1_000_000_000)).unwrap_or(u64::MAX).max(1))
    }

    /// As the body tells it.
    #[must_use]
    pub fn body(&self, at: Timestamp, request_id: &str, client_request_id: &str) -> Value {
        json!({
            "error": {
                "code": self.code,
                // What somebody wrote is repeated in it: nothing that a page could take for markup.
                "message": self.message.replace(['<', '>', '&'], "\u{fffd}"),
                "innerError": {
                    "date": at.to_rfc3339(),
                    "request-id": request_id,
                    "client-request-id": client_request_id,
                },
            },
        })
    }
}

impl From<QueryFault> for Fault {
    fn from(fault: QueryFault) -> Self {
        let code = match fault {
            QueryFault::UnknownOption(..) | QueryFault::FilterOperator(_) | QueryFault::OrderBy(..) => {
                "Request_UnsupportedQuery"
            }
            _ => "Request_BadRequest",
        };
        Self::new(StatusCode::BAD_REQUEST, code, fault.to_string())
    }
}

impl From<NotProven> for Fault {
    fn from(not_proven: NotProven) -> Self {
        let status = StatusCode::from_u16(not_proven.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (code, message) = match status {
            StatusCode::UNAUTHORIZED => {
                ("InvalidAuthenticationToken", "the access token is missing, not good here, or not good any more")
            }
            StatusCode::BAD_REQUEST => ("Request_BadRequest", "the access token is malformed or given more than once"),
            _ => ("ServiceNotAvailable", "try again later"),
        };
        Self { challenge: not_proven.challenge, ..Self::new(status, code, message) }
    }
}

impl From<DirectoryError> for Fault {
    fn from(error: DirectoryError) -> Self {
        let (status, code) = match &error {
            DirectoryError::Denied(_) => (StatusCode::FORBIDDEN, "Authorization_RequestDenied"),
            DirectoryError::Unknown { .. } => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
            DirectoryError::Conflict(_) => (StatusCode::CONFLICT, "Request_Conflict"),
            DirectoryError::Field { .. } => (StatusCode::BAD_REQUEST, "Request_BadRequest"),
            DirectoryError::Mail(refused) => {
                return Self { message: error.to_string(), ..super::invitations::told(refused) };
            }
            DirectoryError::TooMuch(_) => (StatusCode::BAD_REQUEST, "Request_UnsupportedQuery"),
            DirectoryError::Store(error) => {
                tracing::error!(%error, "the store failed");
                return Self::of_ours(StatusCode::SERVICE_UNAVAILABLE);
            }
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<&Refusal> for Fault {
    fn from(refusal: &Refusal) -> Self {
        let status = crate::http::respond::status(refusal.code);
        let (code, message) = match refusal.code {
            Code::TooManyRequests => ("TooManyRequests", "too many requests; wait as long as `Retry-After` says"),
            Code::TooLarge => ("Request_EntityTooLarge", "the request is too large"),
            _ => ("Request_BadRequest", "the request cannot be read"),
        };
        Self { wait: refusal.wait, ..Self::new(status, code, format!("{message} ({})", refusal.cause)) }
    }
}

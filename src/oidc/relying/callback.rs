//! The answer that a browser brings from a provider (OpenID Connect Core 3.1.2.5 and 3.1.2.6, RFC 9207).

use super::provider::{AnswerIssuer, Provider};
use crate::base::params::RawParams;

/// The longest code that is read. **Units**: bytes.
pub const MAX_CODE: usize = 4096;
/// The longest of all else that is read. **Units**: bytes.
pub const MAX_TEXT: usize = 1024;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Our state, as the browser says.
    pub state: Option<String>,
    /// Who answers, as the browser says.
    pub issuer: Option<String>,
    /// What it says.
    pub said: Said,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Yes: redeem this.
    Code(String),
    /// No, and why.
    Error {
        /// The error of OAuth 2.0 or OpenID Connect.
        error: String,
        /// Its words for developers.
        description: Option<String>,
    },
}

/// Reads the parameters; what is not known is left alone (RFC 6749 4.1.2).
///
/// # Errors
/// The stable cause.
pub fn read(params: &RawParams) -> Result<Callback, &'static str> {
    let one = |name, limit| match params.one(name) {
        Err(_) => Err("callback_doubled"),
        Ok(Some(text)) if text.len() > limit => Err("callback_too_long"),
        Ok(Some(text)) if text.chars().any(char::is_control) => Err("callback_malformed"),
        Ok(text) => Ok(text.map(str::to_owned)),
    };
    let said = match (one("code", MAX_CODE)?, one("error", MAX_TEXT)?) {
        (Some(code), None) => Said::Code(code),
        (None, Some(error)) => Said::Error { error, description: one("error_description", MAX_TEXT)? },
        (Some(_), Some(_)) => return Err("callback_code_and_error"),
        (None, None) => return Err("callback_without_code"),
    };
    Ok(Callback { state: one("state", MAX_TEXT)?, issuer: one("iss", MAX_TEXT)?, said })
}

/// Whether the answer is of the provider that was asked (RFC 9207 2.4).
///
/// # Errors
/// The stable cause.
pub fn check_issuer(callback: &Callback, provider: &Provider) -> Result<(), &'static str> {
    match (&callback.issuer, provider.answers) {
        (Some(issuer), _) if *issuer == provider.issuer => Ok(()),
        (Some(_), _) => Err("callback_of_another_issuer"),
        (None, AnswerIssuer::NotPromised) => Ok(()),
        (None, AnswerIssuer::Promised) => Err("callback_issuer_missing"),
    }
}

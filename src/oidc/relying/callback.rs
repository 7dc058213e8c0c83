//! The answer that a browser brings from a provider (OpenID Connect Core 3.1.2.5 and 3.1.2.6, RFC 9207).

use super::provider::{AnswerIssuer, Provider};
use crate::base::params::RawParams;

/// The longest code that is read. **Units**: bytes.
pub const MAX_CODE: usize = 4096;

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
    let one = |name| params.one(name).map_err(|_| "callback_malformed");
    let owned = |value: Option<&str>| value.map(str::to_owned);
    if params.has("response") {
        return Err("callback_response_mode_refused");
    }
    let said = match (one("code")?, one("error")?) {
        (Some(code), None) if code.len() > MAX_CODE => return Err("callback_malformed"),
        (Some(code), None) => Said::Code(code.to_owned()),
        (None, Some(error)) => Said::Error { error: error.to_owned(), description: owned(one("error_description")?) },
        (Some(_), Some(_)) => return Err("callback_code_and_error"),
        (None, None) => return Err("callback_without_code"),
    };
    Ok(Callback { state: owned(one("state")?), issuer: owned(one("iss")?), said })
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

//! Parameters of the response that a redirect URI must not hold already: an app that reads the
//! first of two would take the one that is not ours.

use super::RedirectUriError;
use crate::base::params::decode;

/// The parameters of authentication responses (RFC 6749 4.1.2, RFC 9207 2, OIDC Session Management
/// 2, OAuth 2.0 Multiple Response Types 5) and of signed ones (JARM 2.3.1).
const RESERVED: [&str; 12] = [
    "access_token",
    "code",
    "error",
    "error_description",
    "error_uri",
    "expires_in",
    "id_token",
    "iss",
    "response",
    "session_state",
    "state",
    "token_type",
];

pub(super) fn check(query: Option<&str>) -> Result<(), RedirectUriError> {
    // Some servers split at semicolons as well.
    for pair in query.unwrap_or("").split(['&', ';']) {
        let (raw_name, raw_value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(raw_name).ok_or(RedirectUriError::Query)?;
        decode(raw_value).ok_or(RedirectUriError::Query)?;
        // Some frameworks read `code[]` and `code[a]` as `code`, and fold case.
        let stem = name.split('[').next().unwrap_or("").trim();
        if RESERVED.iter().any(|reserved| stem.eq_ignore_ascii_case(reserved)) {
            return Err(RedirectUriError::ReservedParameter { name });
        }
    }
    Ok(())
}

//! The checks of an authorize request, one a file, in the order in which
//! [`Answerable::read`](super::authorize::Answerable::read) asks them, after `state`, which every answer echoes:
//!
//! | check | source |
//! |---|---|
//! | `request_object` | OIDC Core 6, RFC 9101; not supported here |
//! | `response_type` | RFC 6749 3.1.1: `code` only |
//! | `response_mode` | OAuth 2.0 Multiple Response Types 2.1: `query` only |
//! | `scope` | OIDC Core 3.1.2.1 |
//! | `code_challenge` | RFC 7636 4.3, RFC 9700 2.1.1 |
//! | `nonce` | OIDC Core 3.1.2.1 |
//! | `prompt` | OIDC Core 3.1.2.1 |
//! | `max_age` | OIDC Core 3.1.2.1 |
//! | `hints` | OIDC Core 3.1.2.1 |
//! | `acr_values` | OIDC Core 3.1.2.1 |
//! | `claims` | OIDC Core 5.5 |
//! | `ui_locales` | OIDC Core 3.1.2.1 |
//! | `dpop_jkt` | RFC 9449 10 |
//! | `resource` | RFC 8707 2.1 |

pub(super) mod acr_values;
pub(super) mod claims;
pub(super) mod code_challenge;
pub(super) mod dpop_jkt;
pub(super) mod hints;
pub(super) mod max_age;
pub(super) mod nonce;
pub(super) mod prompt;
pub(super) mod request_object;
pub(super) mod response_mode;
pub(super) mod response_type;
pub(super) mod scope;
pub(super) mod ui_locales;

/// What the tests of the checks share.
#[cfg(test)]
pub(super) mod testing {
    use crate::base::params::RawParams;
    use crate::oidc::errors::{AuthorizeError, OAuthError};

    /// Runs one check over a query and compares what it found, or code and cause.
    pub(in crate::oidc) fn check<T: std::fmt::Debug + PartialEq>(
        query: &str,
        read: impl FnOnce(&RawParams) -> Result<T, AuthorizeError>,
        expected: Result<T, (OAuthError, &str)>,
    ) {
        let params = RawParams::parse(query).unwrap();
        let found = read(&params);
        let found = found.as_ref().map_err(|error| (error.error, error.cause));
        assert_eq!(found, expected.as_ref().map_err(|error| *error), "{query}");
    }
}

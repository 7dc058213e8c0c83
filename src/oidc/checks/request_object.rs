//! OIDC Core 6 and 7.2.1: requests by value, by reference and with a registration inside are not
//! supported, and discovery says so; fetching what a request names would let strangers choose where
//! we connect to.

use crate::base::params::RawParams;
use crate::oidc::errors::{AuthorizeError, OAuthError};
use crate::oidc::parameter::{ParamFault, ParamRule, param_fault, param_rule};

const REFUSED: [(ParamRule, OAuthError, ParamFault); 3] = [
    (
        param_rule!("request", usize::MAX),
        OAuthError::RequestNotSupported,
        param_fault!("request", "_not_supported", " is not supported"),
    ),
    (
        param_rule!("request_uri", usize::MAX),
        OAuthError::RequestUriNotSupported,
        param_fault!("request_uri", "_not_supported", " is not supported"),
    ),
    (
        param_rule!("registration", usize::MAX),
        OAuthError::RegistrationNotSupported,
        param_fault!("registration", "_not_supported", " is not supported"),
    ),
];

pub(in crate::oidc) fn check(params: &RawParams) -> Result<(), AuthorizeError> {
    for (rule, error, fault) in REFUSED {
        if rule.optional(params)?.is_some() {
            return Err(AuthorizeError::new(error, fault));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::checks::testing;

    #[test]
    fn each_kind_of_request_object_has_its_own_error() {
        let check = |query, expected| testing::check(query, super::check, expected);
        check("", Ok(()));
        check("request=&request_uri=&registration=", Ok(()));
        check("request=e30.e30.", Err((OAuthError::RequestNotSupported, "request_not_supported")));
        check(
            "request_uri=https%3A%2F%2Fapp.example%2Fr",
            Err((OAuthError::RequestUriNotSupported, "request_uri_not_supported")),
        );
        check("registration=%7B%7D", Err((OAuthError::RegistrationNotSupported, "registration_not_supported")));
        check("request=a&request=b", Err((OAuthError::InvalidRequest, "request_doubled")));
        check("request_uri=a&request_uri=b", Err((OAuthError::InvalidRequest, "request_uri_doubled")));
        check("registration=a&registration=b", Err((OAuthError::InvalidRequest, "registration_doubled")));
        check("request=%0A", Err((OAuthError::InvalidRequest, "request_malformed")));
    }
}

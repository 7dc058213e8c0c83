//! RFC 6749 3.1.1: `response_type` is required; only `code` is answered.

use crate::base::params::RawParams;
use crate::oidc::errors::{AuthorizeError, OAuthError};
use crate::oidc::parameter::{ParamFault, ParamRule, param_fault, param_rule};

const RESPONSE_TYPE: ParamRule = param_rule!("response_type", 64);
const UNSUPPORTED: ParamFault = param_fault!("response_type", "_unsupported", " must be code");

pub(in crate::oidc) fn check(params: &RawParams) -> Result<(), AuthorizeError> {
    match RESPONSE_TYPE.required(params)? {
        "code" => Ok(()),
        _ => Err(AuthorizeError::new(OAuthError::UnsupportedResponseType, UNSUPPORTED)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::checks::testing;

    #[test]
    fn only_code_is_answered() {
        let check = |query: &str, expected| testing::check(query, super::check, expected);
        let invalid = |cause| Err((OAuthError::InvalidRequest, cause));
        check("response_type=code", Ok(()));
        check("", invalid("response_type_missing"));
        check("response_type=", invalid("response_type_missing"));
        check("response_type=code&response_type=code", invalid("response_type_doubled"));
        check(&format!("response_type={}", "a".repeat(65)), invalid("response_type_too_long"));
        check("response_type=co%00de", invalid("response_type_malformed"));
        for other in ["token", "id_token", "code+id_token", "none", "Code", "code+", &"a".repeat(64)] {
            let unsupported = Err((OAuthError::UnsupportedResponseType, "response_type_unsupported"));
            check(&format!("response_type={other}"), unsupported);
        }
    }
}

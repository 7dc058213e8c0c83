//! OAuth 2.0 Multiple Response Types 2.1: `query`, the default of the code flow, is the only mode.

use crate::base::params::RawParams;
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ParamFault, ParamRule, param_fault, param_rule};

const RESPONSE_MODE: ParamRule = param_rule!("response_mode", 64);
const UNSUPPORTED: ParamFault = param_fault!("response_mode", "_unsupported", " must be query");

pub(in crate::oidc) fn check(params: &RawParams) -> Result<(), AuthorizeError> {
    match RESPONSE_MODE.optional(params)? {
        None | Some("query") => Ok(()),
        Some(_) => Err(UNSUPPORTED.into()),
    }
}

#[cfg(test)]
mod tests {
    use crate::oidc::checks::testing;
    use crate::oidc::errors::OAuthError;

    #[test]
    fn only_query_is_answered() {
        let check = |query: &str, expected| testing::check(query, super::check, expected);
        let invalid = |cause| Err((OAuthError::InvalidRequest, cause));
        check("", Ok(()));
        check("response_mode=", Ok(()));
        check("response_mode=query", Ok(()));
        for other in ["fragment", "form_post", "form_post.jwt", "query.jwt", "jwt", "web_message", "Query"] {
            check(&format!("response_mode={other}"), invalid("response_mode_unsupported"));
        }
        check("response_mode=query&response_mode=query", invalid("response_mode_doubled"));
        check(&format!("response_mode={}", "a".repeat(64)), invalid("response_mode_unsupported"));
        check(&format!("response_mode={}", "a".repeat(65)), invalid("response_mode_too_long"));
        check("response_mode=%0d", invalid("response_mode_malformed"));
    }
}

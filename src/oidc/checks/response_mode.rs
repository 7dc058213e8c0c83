//! OAuth 2.0 Multiple Response Types 2.1, OAuth 2.0 Form Post Response Mode 2: `query`, the default of the code flow,
//! or `form_post`, which needs a redirect URI that a browser can post to.

use crate::base::params::RawParams;
use crate::oidc::authorize::ResponseMode;
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ParamFault, ParamRule, param_fault, param_rule};

const RESPONSE_MODE: ParamRule = param_rule!("response_mode", 64);
const UNSUPPORTED: ParamFault = param_fault!("response_mode", "_unsupported", " must be query or form_post");
const NOT_FOR_IT: ParamFault =
    param_fault!("response_mode", "_needs_web_address", " form_post needs a redirect_uri of https");

pub(in crate::oidc) fn read(params: &RawParams, redirect_uri: &str) -> Result<ResponseMode, AuthorizeError> {
    match RESPONSE_MODE.optional(params)? {
        None | Some("query") => Ok(ResponseMode::Query),
        Some("form_post") if ["https://", "http://"].iter().any(|scheme| redirect_uri.starts_with(scheme)) => {
            Ok(ResponseMode::FormPost)
        }
        Some("form_post") => Err(NOT_FOR_IT.into()),
        Some(_) => Err(UNSUPPORTED.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::checks::testing;
    use crate::oidc::errors::OAuthError;

    #[test]
    fn query_and_form_are_answered() {
        let check = |query: &str, expected| {
            testing::check(query, |params| read(params, "https://app.example/cb"), expected);
        };
        let invalid = |cause| Err((OAuthError::InvalidRequest, cause));
        check("", Ok(ResponseMode::Query));
        check("response_mode=", Ok(ResponseMode::Query));
        check("response_mode=query", Ok(ResponseMode::Query));
        check("response_mode=form_post", Ok(ResponseMode::FormPost));
        for other in ["fragment", "form_post.jwt", "query.jwt", "jwt", "web_message", "Query", "Form_Post"] {
            check(&format!("response_mode={other}"), invalid("response_mode_unsupported"));
        }
        check("response_mode=query&response_mode=query", invalid("response_mode_doubled"));
        check(&format!("response_mode={}", "a".repeat(64)), invalid("response_mode_unsupported"));
        check(&format!("response_mode={}", "a".repeat(65)), invalid("response_mode_too_long"));
        check("response_mode=%0d", invalid("response_mode_malformed"));
        let native = |params: &RawParams| read(params, "com.example.app:/cb");
        testing::check("response_mode=form_post", native, invalid("response_mode_needs_web_address"));
        testing::check("response_mode=query", native, Ok(ResponseMode::Query));
    }
}

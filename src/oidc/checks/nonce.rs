//! OIDC Core 3.1.2.1: `nonce` is optional in the code flow and passed unchanged into the ID token.

use crate::base::params::RawParams;
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ParamRule, param_rule};

/// **Units**: bytes.
const MAX_NONCE: usize = 512;
const NONCE: ParamRule = param_rule!("nonce", MAX_NONCE);

pub(in crate::oidc) fn read(params: &RawParams) -> Result<Option<String>, AuthorizeError> {
    Ok(NONCE.optional(params)?.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::checks::testing;
    use crate::oidc::errors::OAuthError;

    #[test]
    fn a_nonce_is_optional_bounded_and_kept_unchanged() {
        let check = |query: &str, expected| testing::check(query, super::read, expected);
        let invalid = |cause| Err((OAuthError::InvalidRequest, cause));
        check("", Ok(None));
        check("nonce=", Ok(None));
        check("nonce=a%2B%20%C3%A9", Ok(Some("a+ é".to_owned())));
        check(&format!("nonce={}", "n".repeat(MAX_NONCE)), Ok(Some("n".repeat(MAX_NONCE))));
        check(&format!("nonce={}", "n".repeat(MAX_NONCE + 1)), invalid("nonce_too_long"));
        check("nonce=a&nonce=b", invalid("nonce_doubled"));
        check("nonce=a%0a", invalid("nonce_malformed"));
    }
}

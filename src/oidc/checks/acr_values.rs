//! OIDC Core 3.1.2.1: `acr_values`, wished classes of assurance in order of preference.

use crate::base::params::RawParams;
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ParamFault, ParamRule, param_fault, param_rule, words};

/// **Units**: bytes.
const MAX_ACR_VALUES: usize = 1024;
/// The most values in one list.
const MAX_COUNT: usize = 16;
const ACR_VALUES: ParamRule = param_rule!("acr_values", MAX_ACR_VALUES);
const TOO_MANY: ParamFault = param_fault!("acr_values", "_too_many", " has more than 16 values");

pub(in crate::oidc) fn read(params: &RawParams) -> Result<Vec<String>, AuthorizeError> {
    let text = ACR_VALUES.optional(params)?.unwrap_or("");
    if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(ACR_VALUES.malformed.into());
    }
    let values: Vec<String> = words(text).map(str::to_owned).collect();
    if values.len() > MAX_COUNT { Err(TOO_MANY.into()) } else { Ok(values) }
}

#[cfg(test)]
mod tests {
    use crate::oidc::checks::testing;
    use crate::oidc::errors::OAuthError;

    #[test]
    fn acr_values_are_a_bounded_list_in_order() {
        let check = |query: &str, expected| testing::check(query, super::read, expected);
        let invalid = |cause| Err((OAuthError::InvalidRequest, cause));
        check("", Ok(vec![]));
        check("acr_values=", Ok(vec![]));
        check("acr_values=b++a", Ok(vec!["b".to_owned(), "a".to_owned()]));
        check(&format!("acr_values={}", "a+".repeat(16)), Ok(vec!["a".to_owned(); 16]));
        check(&format!("acr_values={}", "a+".repeat(17)), invalid("acr_values_too_many"));
        check(&format!("acr_values={}", "a".repeat(1024)), Ok(vec!["a".repeat(1024)]));
        check(&format!("acr_values={}", "a".repeat(1025)), invalid("acr_values_too_long"));
        check("acr_values=%C3%A9", invalid("acr_values_malformed"));
        check("acr_values=a%09b", invalid("acr_values_malformed"));
        check("acr_values=a&acr_values=b", invalid("acr_values_doubled"));
    }
}

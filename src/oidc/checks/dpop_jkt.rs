//! RFC 9449 10: `dpop_jkt`, the thumbprint of the key to which the code is bound.

use crate::base::params::RawParams;
use crate::keys::thumbprint::Thumbprint;
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ParamRule, param_rule};

/// More than 32 bytes take in base64url. **Units**: bytes.
const MAX_THUMBPRINT: usize = 64;
const DPOP_JKT: ParamRule = param_rule!("dpop_jkt", MAX_THUMBPRINT);

pub(in crate::oidc) fn read(params: &RawParams) -> Result<Option<Thumbprint>, AuthorizeError> {
    let text = DPOP_JKT.optional(params)?;
    text.map(|text| Thumbprint::parse(text).ok_or(DPOP_JKT.malformed.into())).transpose()
}

#[cfg(test)]
mod tests {
    use crate::keys::thumbprint::Thumbprint;
    use crate::oidc::checks::testing;
    use crate::oidc::errors::OAuthError;

    #[test]
    fn a_thumbprint_is_32_bytes() {
        let check = |query: &str, expected| testing::check(query, super::read, expected);
        let invalid = |cause| Err((OAuthError::InvalidRequest, cause));
        let text = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        check("", Ok(None));
        check("dpop_jkt=", Ok(None));
        check(&format!("dpop_jkt={text}"), Ok(Thumbprint::parse(text)));
        check(&format!("dpop_jkt={}", &text[1..]), invalid("dpop_jkt_malformed"));
        check(&format!("dpop_jkt={text}%3D"), invalid("dpop_jkt_malformed"));
        check(&format!("dpop_jkt={}", "a".repeat(65)), invalid("dpop_jkt_too_long"));
        check(&format!("dpop_jkt={text}&dpop_jkt={text}"), invalid("dpop_jkt_doubled"));
    }
}

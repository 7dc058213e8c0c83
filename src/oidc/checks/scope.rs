//! OIDC Core 3.1.2.1: `scope` holds `openid`; scopes that are not known are ignored.

use crate::base::params::RawParams;
use crate::oidc::errors::{AuthorizeError, OAuthError};
use crate::oidc::parameter::{ParamFault, ParamRule, param_fault, param_rule, words};
use crate::oidc::scope::{Scope, ScopeSet};

/// **Units**: bytes.
const MAX_SCOPE: usize = 1024;
const SCOPE: ParamRule = param_rule!("scope", MAX_SCOPE);
const WITHOUT_OPENID: ParamFault = param_fault!("scope", "_without_openid", " must hold openid");

pub(in crate::oidc) fn read(params: &RawParams) -> Result<ScopeSet, AuthorizeError> {
    let invalid = |fault| AuthorizeError::new(OAuthError::InvalidScope, fault);
    let Some(text) = SCOPE.optional(params)? else {
        return Err(invalid(SCOPE.missing));
    };
    if !text.bytes().all(is_scope_octet) {
        return Err(invalid(SCOPE.malformed));
    }
    let scopes = ScopeSet::parse(text);
    if scopes.has(Scope::OpenId) { Ok(scopes) } else { Err(invalid(WITHOUT_OPENID)) }
}

/// Every word of a scope that was read, for what other rooms know of them.
pub(in crate::oidc) fn words_of(params: &RawParams) -> Result<Vec<String>, AuthorizeError> {
    Ok(SCOPE.optional(params)?.map(|text| words(text).map(str::to_owned).collect()).unwrap_or_default())
}

/// NQCHAR and the space (RFC 6749 3.3).
const fn is_scope_octet(byte: u8) -> bool {
    matches!(byte, b' ' | 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::checks::testing;

    #[test]
    fn openid_is_demanded_and_unknown_scopes_are_ignored() {
        let check = |query: &str, expected| testing::check(query, super::read, expected);
        let refused = |error, cause| Err((error, cause));
        check("scope=openid", Ok(ScopeSet::parse("openid")));
        check("scope=address+groups+openid", Ok(ScopeSet::parse("openid groups")));
        check("", refused(OAuthError::InvalidScope, "scope_missing"));
        check("scope=", refused(OAuthError::InvalidScope, "scope_missing"));
        check("scope=profile", refused(OAuthError::InvalidScope, "scope_without_openid"));
        check("scope=OpenID", refused(OAuthError::InvalidScope, "scope_without_openid"));
        check("scope=+", refused(OAuthError::InvalidScope, "scope_without_openid"));
        check("scope=openid+%22", refused(OAuthError::InvalidScope, "scope_malformed"));
        check("scope=openid+%5C", refused(OAuthError::InvalidScope, "scope_malformed"));
        check("scope=openid+%C3%A9", refused(OAuthError::InvalidScope, "scope_malformed"));
        check("scope=openid%09profile", refused(OAuthError::InvalidRequest, "scope_malformed"));
        check("scope=openid&scope=email", refused(OAuthError::InvalidRequest, "scope_doubled"));
        let filled = format!("scope=openid+{}", "a".repeat(MAX_SCOPE - 7));
        check(&filled, Ok(ScopeSet::parse("openid")));
        check(&format!("{filled}a"), refused(OAuthError::InvalidRequest, "scope_too_long"));
    }
}

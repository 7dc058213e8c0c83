//! Renewing tokens by a refresh token (RFC 6749 6, OIDC Core 12).

use super::parameter::{ParamFault, ParamRule, param_fault, param_rule, words};
use super::scope::ScopeSet;
use super::token_error::{TokenError, TokenErrorCode};
use crate::base::params::RawParams;
use crate::base::secret::SecretText;

const REFRESH_TOKEN: ParamRule = param_rule!("refresh_token", 512);
const SCOPE: ParamRule = param_rule!("scope", 2048);
const BEYOND: ParamFault = param_fault!("scope", "_beyond_grant", " must not hold more than was granted");

/// A renewal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshGrant {
    /// The refresh token, as it came.
    pub token: SecretText,
    /// What is asked for; all that was granted where it says nothing.
    scopes: Option<ScopeSet>,
    /// All words of `scope`, those that are not known here too; none where it says nothing.
    pub scope_words: Option<Vec<String>>,
    /// The APIs that the new access token is for; all that were granted where there are none.
    pub resources: Vec<String>,
}

impl RefreshGrant {
    /// Reads the form, whose grant type has been read.
    ///
    /// # Errors
    /// `invalid_request`.
    pub fn read(form: &RawParams) -> Result<Self, TokenError> {
        let token = REFRESH_TOKEN.required(form)?;
        let scope = SCOPE.optional(form)?;
        Ok(Self {
            token: SecretText::new(token.to_owned()),
            scopes: scope.map(ScopeSet::parse),
            scope_words: scope.map(|text| words(text).map(str::to_owned).collect()),
            resources: TokenError::of_resources(form)?,
        })
    }

    /// More is asked for than was granted.
    #[must_use]
    pub const fn beyond() -> TokenError {
        TokenError::new(TokenErrorCode::InvalidScope, BEYOND)
    }

    /// What the new tokens are for: what is asked, within what was granted (RFC 6749 6). The grant itself stays
    /// as it was.
    ///
    /// # Errors
    /// `invalid_scope` where more is asked.
    pub fn narrowed(&self, granted: ScopeSet) -> Result<ScopeSet, TokenError> {
        match self.scopes {
            None => Ok(granted),
            Some(asked) if asked.is_within(granted) => Ok(asked),
            Some(_) => Err(Self::beyond()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &str) -> Result<RefreshGrant, TokenError> {
        RefreshGrant::read(&RawParams::parse(form).unwrap())
    }

    #[test]
    fn a_renewal_asks_for_what_was_granted_or_less() {
        let granted = ScopeSet::parse("openid email offline_access");
        let asked = |scope: &str| read(&format!("refresh_token=r&scope={scope}")).unwrap().narrowed(granted);
        assert_eq!(read("refresh_token=r").unwrap().narrowed(granted), Ok(granted));
        assert_eq!(asked(""), Ok(granted), "an empty parameter is one that is left out (RFC 6749 3.2)");
        assert_eq!(asked("openid"), Ok(ScopeSet::parse("openid")));
        assert_eq!(asked("email+unknown"), Ok(ScopeSet::parse("email")));
        let refused = asked("openid+groups").unwrap_err();
        assert_eq!((refused.code, refused.cause), (TokenErrorCode::InvalidScope, "scope_beyond_grant"));
    }

    #[test]
    fn the_token_is_needed_once_and_bounded() {
        for (form, cause) in [
            (String::new(), "refresh_token_missing"),
            ("refresh_token=".to_owned(), "refresh_token_missing"),
            ("refresh_token=a&refresh_token=a".to_owned(), "refresh_token_doubled"),
            (format!("refresh_token={}", "a".repeat(513)), "refresh_token_too_long"),
            ("refresh_token=a%00".to_owned(), "refresh_token_malformed"),
            ("refresh_token=a&scope=a&scope=a".to_owned(), "scope_doubled"),
            (format!("refresh_token=a&scope={}", "a".repeat(2049)), "scope_too_long"),
        ] {
            let refused = read(&form).unwrap_err();
            assert_eq!((refused.code, refused.cause), (TokenErrorCode::InvalidRequest, cause), "{form}");
        }
        assert!(read(&format!("refresh_token={}", "a".repeat(512))).is_ok());
    }
}

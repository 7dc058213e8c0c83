//! OIDC Core 3.1.2.1: `login_hint` and `id_token_hint`; `domain_hint`, a partner's slug or domain,
//! as users of the field know it. A hint names; it proves nothing.

use crate::base::params::RawParams;
use crate::base::secret::SecretText;
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ID_TOKEN_HINT, ParamRule, param_rule};

/// The longest mail address (RFC 5321 4.5.3.1). **Units**: bytes.
const MAX_LOGIN_HINT: usize = 320;
/// The longest domain name (RFC 1035 2.3.4). **Units**: bytes.
const MAX_DOMAIN_HINT: usize = 255;
const LOGIN_HINT: ParamRule = param_rule!("login_hint", MAX_LOGIN_HINT);
const DOMAIN_HINT: ParamRule = param_rule!("domain_hint", MAX_DOMAIN_HINT);

/// What the app knows of the person beforehand.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::oidc) struct Hints {
    pub(in crate::oidc) login: Option<String>,
    pub(in crate::oidc) domain: Option<String>,
    pub(in crate::oidc) id_token: Option<SecretText>,
}

pub(in crate::oidc) fn read(params: &RawParams) -> Result<Hints, AuthorizeError> {
    let owned = |rule: &ParamRule| rule.optional(params).map(|value| value.map(str::to_owned));
    Ok(Hints {
        login: owned(&LOGIN_HINT)?,
        domain: owned(&DOMAIN_HINT)?,
        id_token: owned(&ID_TOKEN_HINT)?.map(SecretText::new),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::checks::testing;
    use crate::oidc::errors::OAuthError;
    use crate::oidc::parameter::MAX_ID_TOKEN_HINT;

    #[test]
    fn hints_are_optional() {
        let none = || Hints { login: None, domain: None, id_token: None };
        testing::check("", read, Ok(none()));
        testing::check("login_hint=&domain_hint=&id_token_hint=", read, Ok(none()));
        let all = Hints {
            login: Some("ana@fabrikam.example".to_owned()),
            domain: Some("fabrikam".to_owned()),
            id_token: Some(SecretText::new("a.b.c".to_owned())),
        };
        let query = "login_hint=ana%40fabrikam.example&domain_hint=fabrikam&id_token_hint=a.b.c";
        testing::check(query, read, Ok(all));
    }

    #[test]
    fn each_hint_is_bounded() {
        for (name, max, causes) in [
            ("login_hint", MAX_LOGIN_HINT, ["login_hint_too_long", "login_hint_doubled", "login_hint_malformed"]),
            ("domain_hint", MAX_DOMAIN_HINT, ["domain_hint_too_long", "domain_hint_doubled", "domain_hint_malformed"]),
            (
                "id_token_hint",
                MAX_ID_TOKEN_HINT,
                ["id_token_hint_too_long", "id_token_hint_doubled", "id_token_hint_malformed"],
            ),
        ] {
            let invalid = |cause| Err((OAuthError::InvalidRequest, cause));
            assert!(read(&RawParams::parse(&format!("{name}={}", "h".repeat(max))).unwrap()).is_ok(), "{name}");
            testing::check(&format!("{name}={}", "h".repeat(max + 1)), read, invalid(causes[0]));
            testing::check(&format!("{name}=a&{name}=b"), read, invalid(causes[1]));
            testing::check(&format!("{name}=a%0D%0Ab"), read, invalid(causes[2]));
        }
    }
}

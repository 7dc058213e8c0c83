//! RFC 7636 4.3 and RFC 9700 2.1.1: a challenge of the method S256, required by the app's rules.
//! A challenge without a method means `plain` and is refused like it.

use crate::base::params::RawParams;
use crate::oidc::client_rules::ClientRules;
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ParamFault, ParamRule, param_fault, param_rule};
use crate::oidc::pkce::{CodeChallenge, MAX_LENGTH};

const CODE_CHALLENGE: ParamRule = param_rule!("code_challenge", MAX_LENGTH);
const METHOD: ParamRule = param_rule!("code_challenge_method", 16);
const UNSUPPORTED: ParamFault = param_fault!("code_challenge_method", "_unsupported", " must be S256");
const ALONE: ParamFault = param_fault!("code_challenge_method", "_alone", " is given without a code_challenge");

pub(in crate::oidc) fn read(
    params: &RawParams,
    rules: &ClientRules<'_>,
) -> Result<Option<CodeChallenge>, AuthorizeError> {
    let challenge = CODE_CHALLENGE.optional(params)?;
    let method = METHOD.optional(params)?;
    match (challenge, method) {
        (Some(challenge), Some("S256")) => {
            CodeChallenge::parse(challenge).map(Some).ok_or_else(|| CODE_CHALLENGE.malformed.into())
        }
        (Some(_), _) => Err(UNSUPPORTED.into()),
        (None, _) if rules.is_pkce_required() => Err(CODE_CHALLENGE.missing.into()),
        (None, Some(_)) => Err(ALONE.into()),
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::checks::testing;
    use crate::oidc::client_rules::{Confidentiality, PkceRule};
    use crate::oidc::errors::OAuthError;

    fn check(query: &str, pkce: PkceRule, expected: Result<Option<CodeChallenge>, &str>) {
        let rules = ClientRules { redirect_uris: &[], confidentiality: Confidentiality::Confidential, pkce };
        let expected = expected.map_err(|cause| (OAuthError::InvalidRequest, cause));
        testing::check(query, |params| read(params, &rules), expected);
    }

    #[test]
    fn an_s256_challenge_is_read_and_a_missing_one_refused_where_required() {
        let text = "a".repeat(43);
        let challenge = CodeChallenge::parse(&text);
        for rule in [PkceRule::Required, PkceRule::Optional] {
            check(&format!("code_challenge={text}&code_challenge_method=S256"), rule, Ok(challenge.clone()));
        }
        check("", PkceRule::Optional, Ok(None));
        check("code_challenge=", PkceRule::Optional, Ok(None));
        check("", PkceRule::Required, Err("code_challenge_missing"));
        check("code_challenge_method=S256", PkceRule::Required, Err("code_challenge_missing"));
    }

    #[test]
    fn plain_in_every_disguise_is_refused() {
        let text = "a".repeat(43);
        for method in ["&code_challenge_method=plain", "", "&code_challenge_method=", "&code_challenge_method=s256"] {
            let query = format!("code_challenge={text}{method}");
            check(&query, PkceRule::Optional, Err("code_challenge_method_unsupported"));
        }
        check("code_challenge_method=S256", PkceRule::Optional, Err("code_challenge_method_alone"));
    }

    #[test]
    fn a_challenge_of_another_shape_is_refused() {
        let with = |challenge: &str| format!("code_challenge={challenge}&code_challenge_method=S256");
        let longest = "a".repeat(128);
        check(&with(&longest), PkceRule::Optional, Ok(CodeChallenge::parse(&longest)));
        check(&with(&"a".repeat(42)), PkceRule::Optional, Err("code_challenge_malformed"));
        check(&with(&"a".repeat(129)), PkceRule::Optional, Err("code_challenge_too_long"));
        check(&with(&format!("{}%2B", "a".repeat(43))), PkceRule::Optional, Err("code_challenge_malformed"));
        check("code_challenge=a&code_challenge=a", PkceRule::Optional, Err("code_challenge_doubled"));
        let doubled = "code_challenge_method=S256&code_challenge_method=S256";
        check(doubled, PkceRule::Optional, Err("code_challenge_method_doubled"));
        let long = format!("code_challenge_method={}", "S".repeat(17));
        check(&long, PkceRule::Optional, Err("code_challenge_method_too_long"));
        check("code_challenge_method=%01", PkceRule::Optional, Err("code_challenge_method_malformed"));
    }
}

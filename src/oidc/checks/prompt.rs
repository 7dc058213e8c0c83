//! OIDC Core 3.1.2.1: `prompt` is `none` alone, or a list of `login`, `consent`, `select_account`.

use crate::base::params::RawParams;
use crate::oidc::authorize::{Prompt, PromptStep};
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ParamFault, ParamRule, param_fault, param_rule, words};

/// **Units**: bytes.
const MAX_PROMPT: usize = 128;
const PROMPT: ParamRule = param_rule!("prompt", MAX_PROMPT);
const NONE_WITH_OTHERS: ParamFault = param_fault!("prompt", "_none_with_others", " none stands with other values");
const UNKNOWN: ParamFault = param_fault!("prompt", "_unknown", " has a value that is not supported");

pub(in crate::oidc) fn read(params: &RawParams) -> Result<Prompt, AuthorizeError> {
    let Some(text) = PROMPT.optional(params)? else {
        return Ok(Prompt::Unspecified);
    };
    let mut steps = Vec::new();
    let mut has_none = false;
    for word in words(text) {
        match word {
            "none" => has_none = true,
            "login" => steps.push(PromptStep::Login),
            "consent" => steps.push(PromptStep::Consent),
            "select_account" => steps.push(PromptStep::SelectAccount),
            _ => return Err(UNKNOWN.into()),
        }
    }
    match (has_none, steps.is_empty()) {
        (true, true) => Ok(Prompt::None),
        (true, false) => Err(NONE_WITH_OTHERS.into()),
        (false, true) => Ok(Prompt::Unspecified),
        (false, false) => Ok(Prompt::Steps(steps)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::checks::testing;
    use crate::oidc::errors::OAuthError;

    #[test]
    fn none_stands_alone_and_unknown_values_are_refused() {
        use PromptStep::{Consent, Login, SelectAccount};
        let check = |query: &str, expected| testing::check(query, super::read, expected);
        let invalid = |cause| Err((OAuthError::InvalidRequest, cause));
        check("", Ok(Prompt::Unspecified));
        check("prompt=", Ok(Prompt::Unspecified));
        check("prompt=+", Ok(Prompt::Unspecified));
        check("prompt=none", Ok(Prompt::None));
        check("prompt=login", Ok(Prompt::Steps(vec![Login])));
        check("prompt=select_account+consent", Ok(Prompt::Steps(vec![SelectAccount, Consent])));
        check("prompt=none+login", invalid("prompt_none_with_others"));
        check("prompt=login+none", invalid("prompt_none_with_others"));
        check("prompt=create", invalid("prompt_unknown"));
        check("prompt=None", invalid("prompt_unknown"));
        check("prompt=login,consent", invalid("prompt_unknown"));
        check("prompt=none&prompt=login", invalid("prompt_doubled"));
        check("prompt=login%09consent", invalid("prompt_malformed"));
        check(&format!("prompt=login{}", "+".repeat(MAX_PROMPT - 5)), Ok(Prompt::Steps(vec![Login])));
        check(&format!("prompt=login{}", "+".repeat(MAX_PROMPT - 4)), invalid("prompt_too_long"));
    }
}

//! One parameter of a request: where it may stand once, how long it may be, and how each fault is
//! named.

use crate::base::params::{ParamError, RawParams};

/// The longest `client_id`. **Units**: bytes.
pub const MAX_CLIENT_ID: usize = 255;
/// The longest `state`: apps keep their own sealed state in it. **Units**: bytes.
pub const MAX_STATE: usize = 2048;
/// The longest `id_token_hint`; ID tokens of ours with many groups stay below. **Units**: bytes.
pub const MAX_ID_TOKEN_HINT: usize = 16 * 1024;
/// The longest `ui_locales`. **Units**: bytes.
pub const MAX_UI_LOCALES: usize = 256;

/// What is wrong with a parameter, in words that an app's developer may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{description}")]
pub struct ParamFault {
    /// The stable, fine name, `snake_case`: the parameter and what is wrong with it.
    pub cause: &'static str,
    /// One sentence in the characters that RFC 6749 4.1.2.1 allows in `error_description`.
    pub description: &'static str,
}

impl From<&ParamError> for ParamFault {
    /// The faults that make all parameters unreadable.
    fn from(error: &ParamError) -> Self {
        match error {
            ParamError::TooMany => {
                Self { cause: "parameters_too_many", description: "the request has too many parameters" }
            }
            ParamError::Encoding(_) => {
                Self { cause: "parameters_badly_encoded", description: "a parameter is not well encoded" }
            }
            ParamError::Doubled(_) => {
                Self { cause: "parameter_doubled", description: "a parameter is given more than once" }
            }
        }
    }
}

/// The rule of one parameter.
#[derive(Debug)]
pub(super) struct ParamRule {
    pub(super) name: &'static str,
    /// **Units**: bytes of the decoded value.
    pub(super) max: usize,
    pub(super) missing: ParamFault,
    pub(super) doubled: ParamFault,
    pub(super) too_long: ParamFault,
    pub(super) malformed: ParamFault,
}

impl ParamRule {
    /// The value where the parameter stands; an empty one counts as absent (RFC 6749 3.1). Control
    /// characters are refused: no parameter of these protocols has them (RFC 6749 A).
    pub(super) fn optional<'p>(&self, params: &'p RawParams) -> Result<Option<&'p str>, ParamFault> {
        let Some(value) = params.one(self.name).map_err(|_| self.doubled)? else {
            return Ok(None);
        };
        if value.len() > self.max {
            return Err(self.too_long);
        }
        if value.chars().any(char::is_control) {
            return Err(self.malformed);
        }
        Ok(Some(value))
    }

    /// As [`optional`](Self::optional) for a parameter that must stand.
    pub(super) fn required<'p>(&self, params: &'p RawParams) -> Result<&'p str, ParamFault> {
        self.optional(params)?.ok_or(self.missing)
    }
}

/// Makes a [`ParamRule`] whose faults are named after the parameter.
macro_rules! param_rule {
    ($name:literal, $max:expr) => {
        $crate::oidc::parameter::ParamRule {
            name: $name,
            max: $max,
            missing: $crate::oidc::parameter::param_fault!($name, "_missing", " is missing"),
            doubled: $crate::oidc::parameter::param_fault!($name, "_doubled", " is given more than once"),
            too_long: $crate::oidc::parameter::param_fault!($name, "_too_long", " is too long"),
            malformed: $crate::oidc::parameter::param_fault!($name, "_malformed", " is malformed"),
        }
    };
}

/// Makes a [`ParamFault`] named after a parameter.
macro_rules! param_fault {
    ($name:literal, $cause:literal, $description:literal) => {
        $crate::oidc::parameter::ParamFault { cause: concat!($name, $cause), description: concat!($name, $description) }
    };
}

pub(super) use {param_fault, param_rule};

/// The `client_id`, wherever it is asked for.
pub(super) const CLIENT_ID: ParamRule = param_rule!("client_id", MAX_CLIENT_ID);
/// The `state`, wherever it is echoed.
pub(super) const STATE: ParamRule = param_rule!("state", MAX_STATE);
/// The `id_token_hint`.
pub(super) const ID_TOKEN_HINT: ParamRule = param_rule!("id_token_hint", MAX_ID_TOKEN_HINT);
/// The `ui_locales`.
pub(super) const UI_LOCALES: ParamRule = param_rule!("ui_locales", MAX_UI_LOCALES);

/// Parts of a list that is delimited by spaces; several spaces count as one.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: ParamRule = param_rule!("thing", 5);

    fn check(query: &str, expected: Result<Option<&str>, &str>) {
        let params = RawParams::parse(query).unwrap();
        assert_eq!(RULE.optional(&params).map_err(|fault| fault.cause), expected, "{query}");
    }

    #[test]
    fn a_parameter_is_read_once_within_its_length() {
        check("", Ok(None));
        check("thing=", Ok(None));
        check("thing=12345", Ok(Some("12345")));
        check("thing=123456", Err("thing_too_long"));
        check("thing=1&thing=1", Err("thing_doubled"));
        check("thing=&thing=", Err("thing_doubled"));
        check("thing=a%0Ab", Err("thing_malformed"));
        check("thing=a%00b", Err("thing_malformed"));
        check("thing=%C2%85", Err("thing_malformed"));
    }

    #[test]
    fn a_required_parameter_that_is_absent_or_empty_is_missing() {
        for query in ["", "thing", "thing=", "other=1"] {
            let fault = RULE.required(&RawParams::parse(query).unwrap()).unwrap_err();
            assert_eq!(fault, ParamFault { cause: "thing_missing", description: "thing is missing" }, "{query}");
        }
    }

    #[test]
    fn unreadable_parameters_have_causes() {
        let cause = |text: &str| ParamFault::from(&RawParams::parse(text).unwrap_err()).cause;
        assert_eq!(cause("a=%"), "parameters_badly_encoded");
        assert_eq!(cause(&"a=1&".repeat(65)), "parameters_too_many");
        assert_eq!(ParamFault::from(&ParamError::Doubled("a".to_owned())).cause, "parameter_doubled");
    }
}

//! OIDC Core 3.1.2.1: `max_age`, whole seconds since the person last proved itself; 0 means anew.

use std::time::Duration;

use crate::base::params::RawParams;
use crate::oidc::errors::AuthorizeError;
use crate::oidc::parameter::{ParamRule, param_rule};

/// The largest `max_age` that is read; more than any session lives. **Units**: seconds.
const MAX_MAX_AGE: u32 = i32::MAX as u32;
const MAX_AGE: ParamRule = param_rule!("max_age", 10);

pub(in crate::oidc) fn read(params: &RawParams) -> Result<Option<Duration>, AuthorizeError> {
    let Some(text) = MAX_AGE.optional(params)? else {
        return Ok(None);
    };
    // `parse` alone would take a plus sign.
    let seconds = text.parse::<u32>().ok().filter(|seconds| *seconds <= MAX_MAX_AGE);
    match seconds {
        Some(seconds) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Some(Duration::from_secs(u64::from(seconds))))
        }
        _ => Err(MAX_AGE.malformed.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::checks::testing;
    use crate::oidc::errors::OAuthError;

    #[test]
    fn max_age_is_a_bounded_number_of_seconds() {
        let check = |query: &str, expected| testing::check(query, super::read, expected);
        let invalid = |cause| Err((OAuthError::InvalidRequest, cause));
        let seconds = |seconds| Ok(Some(Duration::from_secs(seconds)));
        check("", Ok(None));
        check("max_age=", Ok(None));
        check("max_age=0", seconds(0));
        check("max_age=3600", seconds(3600));
        check("max_age=2147483647", seconds(2_147_483_647));
        for wrong in ["2147483648", "9999999999", "-1", "%2B1", "1.5", "1e3", "x", "+1", "0x10", "%D9%A1"] {
            check(&format!("max_age={wrong}"), invalid("max_age_malformed"));
        }
        check("max_age=00000000001", invalid("max_age_too_long"));
        check("max_age=1&max_age=2", invalid("max_age_doubled"));
    }
}

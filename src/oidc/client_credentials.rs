//! How an app proves who it is at the token endpoint (RFC 6749 2.3, OIDC Core 9):
//! `client_secret_basic`, `client_secret_post`, `private_key_jwt` or, for public apps, `none`. Here the proof is
//! read; whether the secret or key is the app's is decided by who knows it.

use super::client_assertion::{self, MAX_ASSERTION};
use super::parameter::{CLIENT_ID, MAX_CLIENT_ID, ParamFault, ParamRule, param_fault, param_rule};
use super::token_error::TokenError;
use crate::base::encoding::from_base64;
use crate::base::params::{RawParams, decode};
use crate::base::secret::SecretText;

/// The longest client secret. **Units**: bytes.
pub const MAX_CLIENT_SECRET: usize = 1024;
/// The longest `Authorization` header: identifier and secret, percent-encoded, in base64.
const MAX_AUTHORIZATION: usize = (MAX_CLIENT_ID + MAX_CLIENT_SECRET + 1) * 3 * 4 / 3 + 16;

const CLIENT_SECRET: ParamRule = param_rule!("client_secret", MAX_CLIENT_SECRET);
const CLIENT_ASSERTION: ParamRule = param_rule!("client_assertion", MAX_ASSERTION);
const ASSERTION_TYPE: ParamRule = param_rule!("client_assertion_type", 128);
const SEVERAL: ParamFault = ParamFault {
    cause: "client_authentication_doubled",
    description: "more than one method of client authentication is used",
};
const ID_DIFFERS: ParamFault = param_fault!("client_id", "_differs", " differs from that of the Authorization header");

/// What an app presents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientCredentials {
    /// `client_secret_basic`: in the `Authorization` header.
    Basic {
        /// Who it says it is.
        client_id: String,
        /// Its secret, unchecked, never empty.
        secret: SecretText,
    },
    /// `client_secret_post`: in the form.
    Post {
        /// Who it says it is.
        client_id: String,
        /// Its secret, unchecked, never empty.
        secret: SecretText,
    },
    /// `private_key_jwt`: a token that the app signs.
    Assertion {
        /// Who it says it is.
        client_id: String,
        /// The token, unchecked.
        assertion: SecretText,
    },
    /// `none`: a public app.
    None {
        /// Who it says it is.
        client_id: String,
    },
}

impl ClientCredentials {
    /// Reads all `Authorization` headers as they came, and the form. Parameters of the query do not
    /// belong in `form` (RFC 6749 2.3.1).
    ///
    /// # Errors
    /// `invalid_client` where the proof is unreadable or of an unknown kind, `invalid_request` where
    /// there are several.
    pub fn read(authorization: &[&[u8]], form: &RawParams) -> Result<Self, TokenError> {
        let client_id = CLIENT_ID.optional(form)?;
        let secret = CLIENT_SECRET.optional(form)?;
        if let Some(assertion) = read_assertion(form)? {
            if !authorization.is_empty() || secret.is_some() {
                return Err(SEVERAL.into());
            }
            let subject = client_assertion::subject(assertion);
            let client_id = subject.ok_or_else(|| TokenError::invalid_client("client_assertion_malformed"))?;
            if client_id.is_empty() || client_id.len() > MAX_CLIENT_ID {
                return Err(TokenError::invalid_client("client_assertion_malformed"));
            }
            if stated_otherwise(form, &client_id)? {
                return Err(TokenError::invalid_client("client_assertion_of_another"));
            }
            return Ok(Self::Assertion { client_id, assertion: SecretText::new(assertion.to_owned()) });
        }
        match (authorization, client_id, secret) {
            ([], Some(client_id), Some(secret)) => {
                Ok(Self::Post { client_id: client_id.to_owned(), secret: SecretText::new(secret.to_owned()) })
            }
            ([], Some(client_id), None) => Ok(Self::None { client_id: client_id.to_owned() }),
            ([], None, Some(_)) => Err(CLIENT_ID.missing.into()),
            ([], None, None) => Err(TokenError::invalid_client("client_authentication_missing")),
            ([_], _, Some(_)) | ([_, _, ..], _, _) => Err(SEVERAL.into()),
            ([header], stated, None) => {
                let (client_id, secret) = read_basic(header).map_err(TokenError::invalid_client)?;
                if stated.is_some_and(|stated| stated != client_id) {
                    return Err(ID_DIFFERS.into());
                }
                Ok(Self::Basic { client_id, secret })
            }
        }
    }

    /// Who the app says it is.
    #[must_use]
    pub fn client_id(&self) -> &str {
        match self {
            Self::Basic { client_id, .. }
            | Self::Post { client_id, .. }
            | Self::Assertion { client_id, .. }
            | Self::None { client_id } => client_id,
        }
    }

    /// The secret that it presents, by whichever way.
    #[must_use]
    pub const fn secret(&self) -> Option<&SecretText> {
        match self {
            Self::Basic { secret, .. } | Self::Post { secret, .. } => Some(secret),
            Self::Assertion { .. } | Self::None { .. } => None,
        }
    }
}

/// The assertion, whose type must stand beside it (RFC 7521 4.2).
fn read_assertion(form: &RawParams) -> Result<Option<&str>, TokenError> {
    match (ASSERTION_TYPE.optional(form)?, CLIENT_ASSERTION.optional(form)?) {
        (None, None) => Ok(None),
        (Some(client_assertion::TYPE), Some(assertion)) => Ok(Some(assertion)),
        (Some(_), Some(_)) => Err(TokenError::invalid_client("client_assertion_type_unknown")),
        (None, Some(_)) => Err(ASSERTION_TYPE.missing.into()),
        (Some(_), None) => Err(CLIENT_ASSERTION.missing.into()),
    }
}

fn stated_otherwise(form: &RawParams, client_id: &str) -> Result<bool, TokenError> {
    Ok(CLIENT_ID.optional(form)?.is_some_and(|stated| stated != client_id))
}

/// RFC 7617 2, with identifier and secret form-encoded before (RFC 6749 2.3.1).
fn read_basic(header: &[u8]) -> Result<(String, SecretText), &'static str> {
    if header.len() > MAX_AUTHORIZATION {
        return Err("authorization_too_long");
    }
    let header = std::str::from_utf8(header).map_err(|_| "authorization_malformed")?;
    let (scheme, credentials) = header.split_once(' ').ok_or("authorization_malformed")?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Err("authorization_scheme_unknown");
    }
    let decoded = from_base64(credentials.trim_matches(' ')).ok_or("authorization_malformed")?;
    let text = SecretText::new(String::from_utf8(decoded).map_err(|_| "authorization_malformed")?);
    let (client_id, secret) = text.expose().split_once(':').ok_or("authorization_malformed")?;
    let client_id = decode(client_id).ok_or("authorization_malformed")?;
    let secret = SecretText::new(decode(secret).ok_or("authorization_malformed")?);
    if client_id.is_empty() || client_id.len() > MAX_CLIENT_ID || client_id.chars().any(char::is_control) {
        return Err("authorization_malformed");
    }
    match secret.expose().len() {
        0 => Err("authorization_without_secret"),
        1..=MAX_CLIENT_SECRET => Ok((client_id, secret)),
        _ => Err("authorization_too_long"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::encoding::{base64, base64url};
    use crate::base::params::encode;
    use crate::oidc::token_error::TokenErrorCode::{self, InvalidClient, InvalidRequest};

    fn check(headers: &[&str], form: &str, expected: Result<ClientCredentials, (TokenErrorCode, &str)>) {
        let headers: Vec<&[u8]> = headers.iter().map(|header| header.as_bytes()).collect();
        let found = ClientCredentials::read(&headers, &RawParams::parse(form).unwrap());
        assert_eq!(found.map_err(|error| (error.code, error.cause)), expected, "{headers:?} {form}");
    }

    fn basic(credentials: &str) -> String {
        format!("Basic {}", base64(credentials))
    }

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    fn by_basic(client_id: &str, text: &str) -> Result<ClientCredentials, (TokenErrorCode, &'static str)> {
        Ok(ClientCredentials::Basic { client_id: client_id.to_owned(), secret: secret(text) })
    }

    #[test]
    fn each_method_is_read() {
        let payroll = || "payroll".to_owned();
        check(&[&basic("payroll:s3cret")], "", by_basic("payroll", "s3cret"));
        check(&[&basic("payroll:s3cret")], "client_id=payroll", by_basic("payroll", "s3cret"));
        let lower = basic("payroll:s3cret").replace("Basic", "basic");
        check(&[&lower], "client_secret=", by_basic("payroll", "s3cret"));
        let post = ClientCredentials::Post { client_id: payroll(), secret: secret("s3 cret") };
        check(&[], "client_id=payroll&client_secret=s3+cret", Ok(post));
        check(&[], "client_id=payroll", Ok(ClientCredentials::None { client_id: payroll() }));
        check(&[], "client_id=payroll&client_secret=", Ok(ClientCredentials::None { client_id: payroll() }));
    }

    #[test]
    fn identifier_and_secret_of_basic_are_form_encoded() {
        let header = basic(&format!("{}:{}", encode("urn:a b"), encode("s:%+é")));
        check(&[&header], "", by_basic("urn:a b", "s:%+é"));
        check(&[&basic("a:b:c")], "", by_basic("a", "b:c"));
        check(&[&basic("a:%zz")], "", Err((InvalidClient, "authorization_malformed")));
    }

    #[test]
    fn an_unreadable_header_is_a_failed_authentication() {
        for (header, cause) in [
            (String::new(), "authorization_malformed"),
            ("Basic".to_owned(), "authorization_malformed"),
            ("Basic ".to_owned(), "authorization_malformed"),
            ("Basic ***".to_owned(), "authorization_malformed"),
            (basic("payroll"), "authorization_malformed"),
            (basic(":secret"), "authorization_malformed"),
            (basic("pay%0Aroll:secret"), "authorization_malformed"),
            (basic("payroll:"), "authorization_without_secret"),
            (format!("Basic {}", base64([0xff, b':', b'x'])), "authorization_malformed"),
            ("Bearer abc".to_owned(), "authorization_scheme_unknown"),
            ("Digest username=x".to_owned(), "authorization_scheme_unknown"),
            (basic(&format!("{}:s", "a".repeat(256))), "authorization_malformed"),
            (basic(&format!("a:{}", "s".repeat(1025))), "authorization_too_long"),
            (format!("Basic {}", "a".repeat(MAX_AUTHORIZATION)), "authorization_too_long"),
        ] {
            check(&[&header], "", Err((InvalidClient, cause)));
        }
        let found = ClientCredentials::read(&[b"Basic \xff"], &RawParams::default());
        assert_eq!(found, Err(TokenError::invalid_client("authorization_malformed")));
        check(&[&basic(&format!("{}:s", "a".repeat(255)))], "", by_basic(&"a".repeat(255), "s"));
        check(&[&basic(&format!("a:{}", "s".repeat(1024)))], "", by_basic("a", &"s".repeat(1024)));
    }

    #[test]
    fn several_methods_or_none_are_refused() {
        let header = basic("payroll:s3cret");
        check(&[&header], "client_secret=s3cret", Err((InvalidRequest, "client_authentication_doubled")));
        check(&[&header, &header], "", Err((InvalidRequest, "client_authentication_doubled")));
        check(&[&header], "client_id=travel", Err((InvalidRequest, "client_id_differs")));
        check(&[], "", Err((InvalidClient, "client_authentication_missing")));
        check(&[], "client_id=", Err((InvalidClient, "client_authentication_missing")));
        check(&[], "client_secret=x", Err((InvalidRequest, "client_id_missing")));
        let typed = format!("client_assertion_type={}", encode(client_assertion::TYPE));
        let token = format!("e30.{}.e30", base64url(r#"{"sub":"payroll"}"#));
        let good = format!("{typed}&client_assertion={token}");
        let read = ClientCredentials::Assertion { client_id: "payroll".to_owned(), assertion: secret(&token) };
        check(&[], &good, Ok(read.clone()));
        check(&[], &format!("{good}&client_id=payroll"), Ok(read));
        check(&[], &format!("{good}&client_id=travel"), Err((InvalidClient, "client_assertion_of_another")));
        check(&[&header], &good, Err((InvalidRequest, "client_authentication_doubled")));
        check(&[], &format!("{good}&client_secret=x"), Err((InvalidRequest, "client_authentication_doubled")));
        check(&[], &typed, Err((InvalidRequest, "client_assertion_missing")));
        check(&[], &format!("client_assertion={token}"), Err((InvalidRequest, "client_assertion_type_missing")));
        let other = format!("client_assertion_type=urn%3Ax&client_assertion={token}");
        check(&[], &other, Err((InvalidClient, "client_assertion_type_unknown")));
        for token in ["x", "a.b.c", "e30.e30.e30"] {
            let form = format!("{typed}&client_assertion={token}");
            check(&[], &form, Err((InvalidClient, "client_assertion_malformed")));
        }
    }

    #[test]
    fn each_parameter_is_bounded() {
        for (form, cause) in [
            ("client_id=a&client_id=a".to_owned(), "client_id_doubled"),
            (format!("client_id={}", "a".repeat(256)), "client_id_too_long"),
            ("client_id=a%00".to_owned(), "client_id_malformed"),
            ("client_id=a&client_secret=a&client_secret=a".to_owned(), "client_secret_doubled"),
            (format!("client_id=a&client_secret={}", "a".repeat(1025)), "client_secret_too_long"),
            ("client_id=a&client_secret=a%0A".to_owned(), "client_secret_malformed"),
            ("client_id=a&client_assertion=a&client_assertion=a".to_owned(), "client_assertion_doubled"),
            ("client_id=a&client_assertion_type=a&client_assertion_type=a".to_owned(), "client_assertion_type_doubled"),
        ] {
            check(&[], &form, Err((InvalidRequest, cause)));
        }
        let longest = ClientCredentials::Post { client_id: "a".repeat(255), secret: secret(&"s".repeat(1024)) };
        check(&[], &format!("client_id={}&client_secret={}", "a".repeat(255), "s".repeat(1024)), Ok(longest.clone()));
        assert_eq!(longest.client_id().len(), 255);
        assert_eq!(longest.secret(), Some(&secret(&"s".repeat(1024))));
    }
}

//! The answer to an authentication request, as the URL that the browser is sent to.

use crate::base::params::encode;
use crate::oidc::errors::AuthorizeError;

/// Where an answer goes: a redirect URI that has been checked, and the `state` to echo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    redirect_uri: String,
    state: Option<String>,
}

impl Reply {
    /// A reply to a redirect URI that was checked when the request was read, most often the one of
    /// an [`AuthorizeRequest`](super::AuthorizeRequest) that was kept meanwhile.
    #[must_use]
    pub const fn new(redirect_uri: String, state: Option<String>) -> Self {
        Self { redirect_uri, state }
    }

    /// The URL that carries `code` (RFC 6749 4.1.2), with `iss` (RFC 9207 2).
    #[must_use]
    pub fn with_code(&self, code: &str, issuer: &str) -> String {
        self.with(&[("code", Some(code)), ("state", self.state.as_deref()), ("iss", Some(issuer))])
    }

    /// The URL that carries an error (RFC 6749 4.1.2.1), with `iss` (RFC 9207 2).
    #[must_use]
    pub fn with_error(&self, error: &AuthorizeError, issuer: &str) -> String {
        self.with(&[
            ("error", Some(error.error.as_str())),
            ("error_description", Some(error.description)),
            ("state", self.state.as_deref()),
            ("iss", Some(issuer)),
        ])
    }

    fn with(&self, params: &[(&str, Option<&str>)]) -> String {
        append_query(&self.redirect_uri, params)
    }
}

/// Appends parameters that have a value to a URI without a fragment, which may have a query.
pub(in crate::oidc) fn append_query(uri: &str, params: &[(&str, Option<&str>)]) -> String {
    let mut url = uri.to_owned();
    let mut separator = match uri.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    for (name, value) in params {
        if let Some(value) = value {
            url.push_str(separator);
            url.push_str(name);
            url.push('=');
            url.push_str(&encode(value));
            separator = "&";
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::errors::OAuthError;
    use crate::oidc::parameter::ParamFault;

    const ISSUER: &str = "https://gate.example.com";

    #[test]
    fn a_code_is_appended_to_every_shape_of_query() {
        for (uri, start) in [
            ("https://app.example/cb", "https://app.example/cb?"),
            ("https://app.example", "https://app.example?"),
            ("https://app.example/cb?", "https://app.example/cb?"),
            ("https://app.example/cb?a=1", "https://app.example/cb?a=1&"),
            ("https://app.example/cb?a=1&", "https://app.example/cb?a=1&"),
            ("com.example.app:/cb", "com.example.app:/cb?"),
        ] {
            let reply = Reply::new(uri.to_owned(), Some("s&t=1 é\"".to_owned()));
            assert_eq!(
                reply.with_code("abc", ISSUER),
                format!("{start}code=abc&state=s%26t%3D1%20%C3%A9%22&iss=https%3A%2F%2Fgate.example.com")
            );
        }
    }

    #[test]
    fn an_error_is_told_with_its_description_and_without_a_state_that_was_not_given() {
        let fault = ParamFault { cause: "nobody_signed_in", description: "nobody is signed in" };
        let error = AuthorizeError::new(OAuthError::LoginRequired, fault);
        assert_eq!(
            Reply::new("https://app.example/cb".to_owned(), None).with_error(&error, ISSUER),
            "https://app.example/cb?error=login_required&error_description=nobody%20is%20signed%20in\
             &iss=https%3A%2F%2Fgate.example.com"
        );
    }
}

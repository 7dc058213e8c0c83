//! The answer to an authentication request: the URL that the browser is sent to, or the form that it posts.

use crate::base::params::encode;
use crate::oidc::errors::AuthorizeError;

/// In which way an answer travels (OAuth 2.0 Multiple Response Types 2.1, OAuth 2.0 Form Post Response Mode).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// As fields of a form.
    FormPost,
}

/// Where an answer goes: a redirect URI that has been checked, in which way, and the `state` to echo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    redirect_uri: String,
    state: Option<String>,
    mode: ResponseMode,
}

/// What the browser is told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Go to this URL.
    Redirect(String),
    /// Post this form.
    Form {
        /// The redirect URI.
        action: String,
        /// Names and values.
        fields: Vec<(&'static str, String)>,
    },
}

impl Answer {
    /// Where the browser goes.
    #[must_use]
    pub fn leads_to(&self) -> &str {
        match self {
            Self::Redirect(url) | Self::Form { action: url, .. } => url,
        }
    }
}

impl Reply {
    /// A reply to a redirect URI that was checked when the request was read, most often the one of
    /// an [`AuthorizeRequest`](super::AuthorizeRequest) that was kept meanwhile.
    #[must_use]
    pub const fn new(redirect_uri: String, state: Option<String>, mode: ResponseMode) -> Self {
        Self { redirect_uri, state, mode }
    }

    /// The answer that carries `code` (RFC 6749 4.1.2), with `iss` (RFC 9207 2).
    #[must_use]
    pub fn with_code(&self, code: &str, issuer: &str) -> Answer {
        self.with(&[("code", Some(code)), ("state", self.state.as_deref()), ("iss", Some(issuer))])
    }

    /// The answer that carries an error (RFC 6749 4.1.2.1), with `iss` (RFC 9207 2).
    #[must_use]
    pub fn with_error(&self, error: &AuthorizeError, issuer: &str) -> Answer {
        self.with(&[
            ("error", Some(error.error.as_str())),
            ("error_description", Some(error.description)),
            ("state", self.state.as_deref()),
            ("iss", Some(issuer)),
        ])
    }

    fn with(&self, params: &[(&'static str, Option<&str>)]) -> Answer {
        match self.mode {
            ResponseMode::Query => Answer::Redirect(append_query(&self.redirect_uri, params)),
            ResponseMode::FormPost => {
                let field = |(name, value): &(&'static str, Option<&str>)| Some((*name, (*value)?.to_owned()));
                Answer::Form { action: self.redirect_uri.clone(), fields: params.iter().filter_map(field).collect() }
            }
        }
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
            let reply = Reply::new(uri.to_owned(), Some("s&t=1 é\"".to_owned()), ResponseMode::Query);
            assert_eq!(
                reply.with_code("abc", ISSUER).leads_to(),
                format!("{start}code=abc&state=s%26t%3D1%20%C3%A9%22&iss=https%3A%2F%2Fgate.example.com")
            );
        }
    }

    #[test]
    fn an_error_is_told_with_its_description_and_without_a_state_that_was_not_given() {
        let fault = ParamFault { cause: "nobody_signed_in", description: "nobody is signed in" };
        let error = AuthorizeError::new(OAuthError::LoginRequired, fault);
        assert_eq!(
            Reply::new("https://app.example/cb".to_owned(), None, ResponseMode::Query)
                .with_error(&error, ISSUER)
                .leads_to(),
            "https://app.example/cb?error=login_required&error_description=nobody%20is%20signed%20in\
             &iss=https%3A%2F%2Fgate.example.com"
        );
    }

    #[test]
    fn a_form_carries_the_same_as_a_query() {
        let uri = "https://app.example/cb?a=1";
        let reply = Reply::new(uri.to_owned(), Some("s&t".to_owned()), ResponseMode::FormPost);
        let fields = vec![("code", "abc".to_owned()), ("state", "s&t".to_owned()), ("iss", ISSUER.to_owned())];
        assert_eq!(reply.with_code("abc", ISSUER), Answer::Form { action: uri.to_owned(), fields });
    }
}

//! How the demo's parties answer browsers: pages with a policy of their own, redirects, one cookie.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

/// Where a form of a page may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forms {
    /// The page has none.
    None,
    /// To the party itself.
    Own,
    /// Anywhere. Browsers hold every redirect that follows a submit against `form-action`, and where
    /// the receiver of an answer sends the person after it, the sender cannot know. The page has one
    /// form, whose address comes from the receiver's metadata, and no other way to get a second one.
    Anywhere,
}

/// Whether a page has the party's script file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// It has none.
    None,
    /// It has.
    Own,
}

/// Who shows a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its name.
    pub name: String,
    /// What it plays, such as `demo organisation`.
    pub role: &'static str,
    /// Its colour: a class of the style sheet.
    pub look: &'static str,
}

/// Answers with a page.
#[must_use]
pub fn page(status: StatusCode, template: &impl Template, scripts: Scripts, forms: Forms) -> Response {
    let Ok(html) = template.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    let policy = content_security_policy(scripts, forms);
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

const fn content_security_policy(scripts: Scripts, forms: Forms) -> &'static str {
    macro_rules! policy {
        ($scripts:literal, $forms:literal) => {
            concat!(
                "default-src 'none'; style-src 'self'; img-src 'self'; script-src ",
                $scripts,
                "; base-uri 'none'; frame-ancestors 'none'",
                $forms
            )
        };
    }
    match (scripts, forms) {
        (Scripts::None, Forms::None) => policy!("'none'", "; form-action 'none'"),
        (Scripts::None, Forms::Own) => policy!("'none'", "; form-action 'self'"),
        (Scripts::None, Forms::Anywhere) => policy!("'none'", ""),
        (Scripts::Own, Forms::None) => policy!("'self'", "; form-action 'none'"),
        (Scripts::Own, Forms::Own) => policy!("'self'", "; form-action 'self'"),
        (Scripts::Own, Forms::Anywhere) => policy!("'self'", ""),
    }
}

/// A page with a few lines and at most one link.
#[derive(Debug, Clone, Template)]
#[template(path = "demo_notice.html")]
pub struct Notice<'a> {
    /// Who shows it.
    pub party: &'a Party,
    /// The heading.
    pub title: String,
    /// What it says.
    pub lines: Vec<String>,
    /// A fault's code.
    pub code: Option<String>,
    /// Words and address of a link.
    pub link: Option<(&'static str, &'static str)>,
}

impl Notice<'_> {
    /// The page.
    #[must_use]
    pub fn answer(&self, status: StatusCode) -> Response {
        page(status, self, Scripts::None, Forms::None)
    }
}

/// Sends the browser elsewhere by GET.
#[must_use]
pub fn redirect(location: &str) -> Response {
    match HeaderValue::try_from(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The one cookie of a party. Its name carries the port, since cookies do not see ports and all
/// parties of the demo share one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyCookie(String);

impl PartyCookie {
    /// The cookie of the party at `base_url`.
    #[must_use]
    pub fn new(kind: &str, base_url: &str) -> Self {
        let port = url::Url::parse(base_url).ok().and_then(|url| url.port_or_known_default()).unwrap_or_default();
        Self(format!("demo_{kind}_{port}"))
    }

    /// Its value in a request.
    #[must_use]
    pub fn value<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let pairs =
            headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
        pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == self.0).map(|(_, value)| value)
    }

    /// Sets it with an answer.
    #[must_use]
    pub fn set(&self, value: &str, response: Response) -> Response {
        self.put(format!("{}={value}; Path=/; HttpOnly; SameSite=Lax", self.0), response)
    }

    /// Removes it with an answer.
    #[must_use]
    pub fn remove(&self, response: Response) -> Response {
        self.put(format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", self.0), response)
    }

    fn put(&self, line: String, mut response: Response) -> Response {
        if let Ok(line) = HeaderValue::try_from(line) {
            response.headers_mut().append(SET_COOKIE, line);
        }
        response
    }
}

/// The files that every page of a party needs.
pub fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let file = |content_type: &'static str, text: &'static str| {
        get(move || async move { ([(CONTENT_TYPE, content_type), (X_CONTENT_TYPE_OPTIONS, "nosniff")], text) })
    };
    Router::new()
        .route("/demo.css", file("text/css; charset=utf-8", include_str!("pages/demo.css")))
        .route("/demo.svg", file("image/svg+xml", include_str!("pages/demo.svg")))
        // Browsers ask here for the icon of what is no page, such as a JSON document.
        .route("/favicon.ico", file("image/svg+xml", include_str!("pages/demo.svg")))
        .route("/send.js", file("text/javascript; charset=utf-8", include_str!("pages/send.js")))
}

/// A document of another type than a page.
#[must_use]
pub fn document(content_type: &'static str, text: String) -> Response {
    const NO_STORE: (HeaderName, &str) = (CACHE_CONTROL, "no-store");
    ([(CONTENT_TYPE, content_type), NO_STORE], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_reads_its_own_cookie_among_those_of_the_host() {
        let cookie = PartyCookie::new("app", "http://localhost:8082");
        let mut headers = HeaderMap::new();
        assert_eq!(cookie.value(&headers), None);
        headers.insert(COOKIE, HeaderValue::from_static("demo_app_8083=other; demo_app_8082=mine; x=y"));
        assert_eq!(cookie.value(&headers), Some("mine"));
        headers.insert(COOKIE, HeaderValue::from_static("demo_app_80821=other; demo_app_8082"));
        assert_eq!(cookie.value(&headers), None);
    }

    #[test]
    fn only_the_page_that_sends_an_answer_may_post_elsewhere() {
        assert!(content_security_policy(Scripts::None, Forms::Own).ends_with("; form-action 'self'"));
        assert!(content_security_policy(Scripts::None, Forms::None).ends_with("; form-action 'none'"));
        assert!(!content_security_policy(Scripts::Own, Forms::Anywhere).contains("form-action"));
        assert!(content_security_policy(Scripts::Own, Forms::Anywhere).starts_with("default-src 'none'; "));
    }
}

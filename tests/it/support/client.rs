//! A scripted browser: keeps what is set, follows nothing by itself.

use std::collections::BTreeMap;

use http::HeaderMap;
use http::header::{LOCATION, SET_COOKIE};

/// Cookies and a connection to the gateway.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// Cookies by name.
    pub cookies: BTreeMap<String, String>,
    /// Headers that are sent with every request.
    pub headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

/// All of it is on loopback in the clear: no roots of the machine, which take a while to read.
#[expect(clippy::disallowed_methods, reason = "the tests are outside of the gateway")]
fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([])
}

impl Client {
    /// A browser without cookies.
    pub fn new(base: &str) -> Self {
        Self::of(builder(), base)
    }

    fn of(http: reqwest::ClientBuilder, base: &str) -> Self {
        let http = http.build().unwrap();
        Self { http, base: base.to_owned(), cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// A browser at another address of this machine.
    #[allow(dead_code, reason = "for the bench, which shares this file")]
    pub fn at(base: &str, address: std::net::IpAddr) -> Self {
        Self::of(builder().local_address(address), base)
    }

    /// The same browser with one more header.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Fetches a path of the gateway, or a whole address.
    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.http.get(self.url(path));
        self.send(request).await
    }

    /// Posts a form.
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let request = self.http.post(self.url(path)).form(form);
        self.send(request).await
    }

    /// Sends any request with this browser's cookies and headers.
    pub async fn send(&mut self, mut request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        self.keep(&headers);
        Page { status, headers, body: response.text().await.unwrap() }
    }

    /// A request that the caller goes on with.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.url(path))
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for header in headers.get_all(SET_COOKIE) {
            let text = header.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The session cookie.
    pub fn session(&self) -> Option<&str> {
        self.cookies.iter().find(|(name, _)| name.ends_with("_session")).map(|(_, value)| value.as_str())
    }
}

impl Page {
    /// Where it sends the browser.
    pub fn location(&self) -> &str {
        self.headers.get(LOCATION).unwrap_or_else(|| panic!("no redirect: {self:?}")).to_str().unwrap()
    }

    /// A parameter of the address that it sends the browser to, decoded.
    pub fn param(&self, name: &str) -> Option<String> {
        query(self.location(), name)
    }

    /// A parameter of the address that it sends the browser to, where it does.
    #[allow(dead_code, reason = "for the tests alone: the bench shares this file")]
    pub fn param_of_redirect(&self, name: &str) -> Option<String> {
        query(self.headers.get(LOCATION)?.to_str().ok()?, name)
    }

    /// The public code of a refusal page.
    pub fn refusal_code(&self) -> Option<&str> {
        between(&self.body, "<code id=\"refusal-code\">", "</code>")
    }

    /// The attempt or request that a refusal page names.
    pub fn attempt_id(&self) -> Option<&str> {
        between(&self.body, "<code id=\"attempt-id\">", "</code>")
    }

    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let at = self.body.find(&format!("name=\"{name}\""))?;
        between(&self.body[at..], "value=\"", "\"")
    }

    /// Where a page of ours leads on: a redirect, or the page that does the same after a form.
    pub fn onward(&self) -> String {
        if self.headers.contains_key(LOCATION) {
            return self.location().to_owned();
        }
        let url =
            between(&self.body, "content=\"0; url=", "\"").or_else(|| between(&self.body, "content=\"0;url=", "\""));
        let url = url.unwrap_or_else(|| panic!("leads nowhere: {}", self.body));
        url.replace("&amp;", "&").replace("&#38;", "&")
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// The part of `text` between two marks.
pub fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let from = text.find(start)? + start.len();
    let length = text[from..].find(end)?;
    Some(&text[from..from + length])
}

/// A parameter of a URL, decoded.
pub fn query(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let params = entente::base::params::RawParams::parse(query).unwrap();
    params.iter().find(|param| param.name == name).map(|param| param.value.clone())
}

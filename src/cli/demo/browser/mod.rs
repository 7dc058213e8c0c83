//! A walker that behaves as a browser does where it matters to a sign-in: cookies, redirects, forms,
//! a refresh at once, and the headers that say who caused a request. It runs no script.
//!
//! Start reading at [`Browser`]; [`cookies`] holds the rules that decide most.

pub mod authenticator;
pub mod cookies;
pub mod page;

use std::sync::Arc;

use http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use url::Url;

use self::cookies::{Cause, CookieJar, site};
use self::page::{Form, Method, Read};
use crate::base::clock::{Clock, Timestamp};
use crate::outbound::client::{FetchError, Fetched, HttpClient};

/// The most steps that one act may lead through.
pub const MAX_STEPS: usize = 20;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const SEC_FETCH_USER: HeaderName = HeaderName::from_static("sec-fetch-user");
const UPGRADE_INSECURE_REQUESTS: HeaderName = HeaderName::from_static("upgrade-insecure-requests");

/// Why a walk ended.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// Not an address.
    #[error("`{found}` is no address")]
    Address {
        /// What was found.
        found: String,
    },
    /// No answer.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A circle, or as good as one.
    #[error("more than {MAX_STEPS} steps, the last to `{last}`")]
    TooManySteps {
        /// The last address.
        last: String,
    },
}

/// The page that a browser shows.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it is.
    pub url: Url,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
    /// What was read of it; nothing where it is no HTML.
    pub read: Read,
    /// Where it would have gone on to, had the walk not been told to stop there.
    pub onward: Option<Url>,
}

/// A browser with one window.
pub struct Browser {
    http: HttpClient,
    clock: Arc<dyn Clock>,
    /// Its cookies.
    pub jar: CookieJar,
    /// The header `Accept`, where it is another than a browser's.
    pub accept: Option<String>,
    stop_at: Option<String>,
    page: Option<Page>,
    visited: Vec<Url>,
}

/// What causes a navigation: the person, or a page with its policy.
#[derive(Debug, Clone)]
struct Initiator(Option<(Url, String)>);

struct Navigation {
    method: Method,
    url: Url,
    fields: Vec<(String, String)>,
    initiator: Initiator,
}

impl Browser {
    /// A fresh browser without cookies.
    #[must_use]
    pub fn new(http: HttpClient, clock: Arc<dyn Clock>) -> Self {
        Self { http, clock, jar: CookieJar::default(), accept: None, stop_at: None, page: None, visited: Vec::new() }
    }

    /// The time on its clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The page that is shown.
    #[must_use]
    pub const fn page(&self) -> Option<&Page> {
        self.page.as_ref()
    }

    /// Every address that was asked, in order.
    #[must_use]
    pub fn visited(&self) -> &[Url] {
        &self.visited
    }

    /// Stops every walk before an address that starts with `prefix`: [`Page::onward`] then names it.
    pub fn stop_at(&mut self, prefix: Option<&str>) {
        self.stop_at = prefix.map(str::to_owned);
    }

    /// Goes to an address that the person typed.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn open(&mut self, url: &str) -> Result<&Page, BrowserError> {
        let url = parse(url)?;
        self.walk(Navigation { method: Method::Get, url, fields: Vec::new(), initiator: Initiator(None) }).await
    }

    /// Follows a link of the page that is shown.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn follow(&mut self, url: &str) -> Result<&Page, BrowserError> {
        let (url, initiator) = (parse(url)?, self.initiator());
        self.walk(Navigation { method: Method::Get, url, fields: Vec::new(), initiator }).await
    }

    /// Sends a form of the page that is shown.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn submit(&mut self, form: &Form) -> Result<&Page, BrowserError> {
        let (mut url, initiator) = (form.action.clone(), self.initiator());
        if form.method == Method::Get {
            url.query_pairs_mut().clear().extend_pairs(&form.fields);
        }
        self.walk(Navigation { method: form.method, url, fields: form.fields.clone(), initiator }).await
    }

    /// Posts fields from a page at `from`, as a form there would.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub async fn post_from(
        &mut self,
        from: &str,
        url: &str,
        fields: &[(String, String)],
    ) -> Result<&Page, BrowserError> {
        let (url, initiator) = (parse(url)?, Initiator(Some((parse(from)?, String::new()))));
        self.walk(Navigation { method: Method::Post, url, fields: fields.to_vec(), initiator }).await
    }

    fn initiator(&self) -> Initiator {
        Initiator(self.page.as_ref().map(|page| (page.url.clone(), referrer_policy(page))))
    }

    async fn walk(&mut self, mut navigation: Navigation) -> Result<&Page, BrowserError> {
        let mut chain = Relation::None;
        for _ in 0..MAX_STEPS {
            chain = chain.max(navigation.initiator.relation(&navigation.url));
            let fetched = self.fetch(&navigation, chain).await?;
            let page = shown(&navigation.url, &fetched);
            let redirect = location(&navigation.url, &fetched);
            let refreshed = page.read.refresh.clone().filter(|_| redirect.is_none());
            let Some(next) = redirect.clone().or_else(|| refreshed.clone()) else {
                return Ok(self.page.insert(page));
            };
            if self.stop_at.as_ref().is_some_and(|prefix| next.as_str().starts_with(prefix.as_str())) {
                return Ok(self.page.insert(Page { onward: Some(next), ..page }));
            }
            if refreshed.is_some() {
                // A navigation of its own, caused by the page that refreshes.
                navigation.initiator = Initiator(Some((navigation.url.clone(), referrer_policy(&page))));
                chain = Relation::None;
            }
            let keeps_method = redirect.is_some() && matches!(fetched.status.as_u16(), 307 | 308);
            if !keeps_method {
                navigation.method = Method::Get;
                navigation.fields.clear();
            }
            navigation.url = next;
        }
        Err(BrowserError::TooManySteps { last: navigation.url.to_string() })
    }

    async fn fetch(&mut self, navigation: &Navigation, chain: Relation) -> Result<Fetched, BrowserError> {
        let Navigation { method, url, fields, initiator } = navigation;
        let now = self.clock.now();
        let cause = match (initiator.is_same_site(url), method) {
            (true, _) => Cause::SameSite,
            (false, Method::Get) => Cause::CrossSiteGet,
            (false, Method::Post) => Cause::CrossSitePost,
        };
        let mut headers = HeaderMap::new();
        let accept = self.accept.as_deref().unwrap_or("text/html,application/xhtml+xml,*/*;q=0.8");
        insert(&mut headers, http::header::ACCEPT, accept);
        insert(&mut headers, http::header::ACCEPT_LANGUAGE, "en");
        insert(&mut headers, UPGRADE_INSECURE_REQUESTS, "1");
        insert(&mut headers, SEC_FETCH_SITE, chain.name());
        insert(&mut headers, SEC_FETCH_MODE, "navigate");
        insert(&mut headers, SEC_FETCH_DEST, "document");
        insert(&mut headers, SEC_FETCH_USER, "?1");
        if let Some(cookies) = self.jar.header(url, cause, now) {
            insert(&mut headers, COOKIE, &cookies);
        }
        self.visited.push(url.clone());
        let fetched = match method {
            Method::Get => self.http.get(url.as_str(), headers).await?,
            Method::Post => {
                insert(&mut headers, ORIGIN, &initiator.origin(url));
                self.http.post_form(url.as_str(), fields, headers).await?
            }
        };
        for line in fetched.headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            self.jar.take_in(line, url, now);
        }
        Ok(fetched)
    }
}

/// How near the cause of a request is to its target, along a whole chain of redirects (Fetch Metadata
/// 2.3); the farthest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Relation {
    /// The person typed it.
    None,
    SameOrigin,
    SameSite,
    CrossSite,
}

impl Relation {
    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SameOrigin => "same-origin",
            Self::SameSite => "same-site",
            Self::CrossSite => "cross-site",
        }
    }
}

impl Initiator {
    fn relation(&self, url: &Url) -> Relation {
        match &self.0 {
            None => Relation::None,
            Some((page, _)) if page.origin() == url.origin() => Relation::SameOrigin,
            Some((page, _)) if site(page) == site(url) => Relation::SameSite,
            Some(_) => Relation::CrossSite,
        }
    }

    fn is_same_site(&self, url: &Url) -> bool {
        self.relation(url) != Relation::CrossSite
    }

    /// The header `Origin` of a POST (Fetch 3.2): the page's policy may hide it.
    fn origin(&self, url: &Url) -> String {
        const HIDDEN: &str = "null";
        let Some((page, policy)) = &self.0 else { return HIDDEN.to_owned() };
        let is_downgrade = page.scheme() == "https" && url.scheme() != "https";
        let is_hidden = match policy.as_str() {
            "no-referrer" => true,
            "same-origin" => page.origin() != url.origin(),
            "origin" | "origin-when-cross-origin" | "unsafe-url" => false,
            _ => is_downgrade,
        };
        if is_hidden { HIDDEN.to_owned() } else { page.origin().ascii_serialization() }
    }
}

fn parse(url: &str) -> Result<Url, BrowserError> {
    Url::parse(url).map_err(|_| BrowserError::Address { found: url.to_owned() })
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

fn referrer_policy(page: &Page) -> String {
    let header = page.headers.get(REFERRER_POLICY).and_then(|value| value.to_str().ok());
    header.unwrap_or("strict-origin-when-cross-origin").to_ascii_lowercase()
}

fn location(url: &Url, fetched: &Fetched) -> Option<Url> {
    let location = fetched.headers.get(LOCATION).and_then(|value| value.to_str().ok())?;
    if matches!(fetched.status.as_u16(), 301 | 302 | 303 | 307 | 308) { url.join(location).ok() } else { None }
}

fn shown(url: &Url, fetched: &Fetched) -> Page {
    let body = fetched.text();
    let content_type = fetched.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let read = if content_type.starts_with("text/html") { page::read(&body, url) } else { Read::default() };
    Page { url: url.clone(), status: fetched.status, headers: fetched.headers.clone(), body, read, onward: None }
}

#[cfg(test)]
mod tests;

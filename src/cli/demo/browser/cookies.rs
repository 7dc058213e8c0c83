//! The cookies of a browser: what it keeps of an answer, and what it sends along.
//!
//! As Chromium does: hosts and not ports are told apart, a cookie without SameSite is Lax, None needs
//! Secure, plain http on loopback counts as secure. Two things are simpler: there is no public suffix
//! list, so a site is a scheme and the last two labels of a host; and a cookie without SameSite is not
//! sent with a cross-site POST in its first two minutes either.
//!
//! # Source
//! RFC 6265bis 5.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use url::{Host, Url};

use crate::base::clock::Timestamp;

/// The most bytes of a cookie's name and value; browsers drop longer ones without a word.
pub const MAX_COOKIE: usize = 4096;

/// When a cookie goes along with a request that another site caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Never.
    Strict,
    /// Where it is a navigation by GET.
    Lax,
    /// Always.
    None,
}

/// What caused a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The person, or a page of the same site.
    SameSite,
    /// A page of another site, by a navigation with a safe method.
    CrossSiteGet,
    /// A page of another site, by posting a form.
    CrossSitePost,
}

/// One cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host that set it, or the domain that it named.
    pub domain: String,
    /// Whether it goes to that host alone.
    pub host_only: bool,
    /// The path that requests must lie under.
    pub path: String,
    /// Whether it travels by https alone.
    pub secure: bool,
    /// Whether scripts cannot read it.
    pub http_only: bool,
    /// When it goes along.
    pub same_site: SameSite,
    /// When it ends; with the browser, where absent.
    pub expires: Option<Timestamp>,
}

/// All cookies of a browser.
#[derive(Debug, Clone, Default)]
pub struct CookieJar(Vec<Cookie>);

impl CookieJar {
    /// Takes in one `Set-Cookie` line of an answer from `url`; a line that a browser refuses changes
    /// nothing.
    pub fn take_in(&mut self, line: &str, url: &Url, now: Timestamp) {
        let Some(cookie) = read(line, url, now) else { return };
        let is_same = |kept: &Cookie| {
            (&kept.name, &kept.domain, &kept.path, kept.host_only)
                == (&cookie.name, &cookie.domain, &cookie.path, cookie.host_only)
        };
        let has_ended = cookie.expires.is_some_and(|expires| expires <= now);
        match (self.0.iter().position(is_same), has_ended) {
            (Some(place), true) => drop(self.0.remove(place)),
            (Some(place), false) => self.0[place] = cookie,
            (None, true) => {}
            (None, false) => self.0.push(cookie),
        }
    }

    /// The cookies that go along with a request to `url`, the longest path first.
    #[must_use]
    pub fn sent_to(&self, url: &Url, cause: Cause, now: Timestamp) -> Vec<&Cookie> {
        let mut sent: Vec<&Cookie> = self.0.iter().filter(|cookie| cookie.goes_to(url, cause, now)).collect();
        sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        sent
    }

    /// The value of the `Cookie` header for a request to `url`.
    #[must_use]
    pub fn header(&self, url: &Url, cause: Cause, now: Timestamp) -> Option<String> {
        let pairs: Vec<String> =
            self.sent_to(url, cause, now).iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// All cookies, ended ones too.
    pub fn iter(&self) -> impl Iterator<Item = &Cookie> {
        self.0.iter()
    }

    /// Drops the cookies for which `keep` says no.
    pub fn retain(&mut self, keep: impl FnMut(&Cookie) -> bool) {
        self.0.retain(keep);
    }
}

impl Cookie {
    fn goes_to(&self, url: &Url, cause: Cause, now: Timestamp) -> bool {
        let host = host_of(url);
        let is_host = host == self.domain || (!self.host_only && is_below(&host, &self.domain));
        let is_allowed = match self.same_site {
            SameSite::None => true,
            SameSite::Lax => cause != Cause::CrossSitePost,
            SameSite::Strict => cause == Cause::SameSite,
        };
        is_host
            && is_allowed
            && path_matches(url.path(), &self.path)
            && (!self.secure || is_trustworthy(url))
            && self.expires.is_none_or(|expires| now < expires)
    }
}

fn read(line: &str, url: &Url, now: Timestamp) -> Option<Cookie> {
    let mut parts = line.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let has_control = line.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t');
    if name.is_empty() || has_control || name.len() + value.len() > MAX_COOKIE {
        return None;
    }
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        domain: host_of(url),
        host_only: true,
        path: default_path(url.path()),
        secure: false,
        http_only: false,
        same_site: SameSite::Lax,
        expires: None,
    };
    let (mut max_age, mut expires) = (None, None);
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "secure" => cookie.secure = true,
            "httponly" => cookie.http_only = true,
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "path" => cookie.path = default_path(url.path()),
            "max-age" => max_age = value.parse::<i64>().ok().or(max_age),
            "expires" => expires = read_date(value).or(expires),
            "domain" if !value.trim_start_matches('.').is_empty() => {
                cookie.host_only = false;
                cookie.domain = value.trim_start_matches('.').to_ascii_lowercase();
            }
            "samesite" => {
                cookie.same_site = match value.to_ascii_lowercase().as_str() {
                    "none" => SameSite::None,
                    "strict" => SameSite::Strict,
                    _ => SameSite::Lax,
                };
            }
            _ => {}
        }
    }
    // Max-Age comes before Expires (RFC 6265bis 5.7).
    cookie.expires = match max_age {
        Some(seconds) => {
            Some(u64::try_from(seconds).map_or(Timestamp::EPOCH, |seconds| now.plus(Duration::from_secs(seconds))))
        }
        None => expires,
    };
    is_acceptable(&cookie, url).then_some(cookie)
}

fn is_acceptable(cookie: &Cookie, url: &Url) -> bool {
    let host = host_of(url);
    let prefix = cookie.name.to_ascii_lowercase();
    let is_prefix_kept = if prefix.starts_with("__host-") {
        cookie.secure && cookie.host_only && cookie.path == "/"
    } else {
        !prefix.starts_with("__secure-") || cookie.secure
    };
    // A domain without a dot would be a whole top level; only the host of that very name may say it.
    let is_domain_ours =
        cookie.host_only || cookie.domain == host || (cookie.domain.contains('.') && is_below(&host, &cookie.domain));
    is_prefix_kept
        && is_domain_ours
        && (!cookie.secure || is_trustworthy(url))
        && (cookie.same_site != SameSite::None || cookie.secure)
}

fn read_date(text: &str) -> Option<Timestamp> {
    let date = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    Some(Timestamp::from_seconds(date.unix_timestamp()))
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_ascii_lowercase()
}

/// Whether `host` is a name below `domain`; an address is below nothing.
fn is_below(host: &str, domain: &str) -> bool {
    let is_name = matches!(Host::parse(host), Ok(Host::Domain(_)));
    is_name && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// RFC 6265bis 5.1.4.
fn default_path(path: &str) -> String {
    match path.rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => path[..end].to_owned(),
    }
}

fn path_matches(path: &str, cookie_path: &str) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| rest.is_empty() || cookie_path.ends_with('/') || rest.starts_with('/'))
}

/// Whether a browser trusts the way to `url`: https, or this machine (Secure Contexts 3.1).
fn is_trustworthy(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}

/// The site of `url`: its scheme, and the host or the last two labels of it.
#[must_use]
pub fn site(url: &Url) -> (String, String) {
    let host = host_of(url);
    let registrable = match url.host() {
        Some(Host::Domain(name)) => {
            let labels: Vec<&str> = name.rsplitn(3, '.').take(2).collect();
            labels.into_iter().rev().collect::<Vec<_>>().join(".")
        }
        _ => host,
    };
    (url.scheme().to_owned(), registrable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn jar(from: &str, lines: &[&str]) -> CookieJar {
        let mut jar = CookieJar::default();
        for line in lines {
            jar.take_in(line, &url(from), NOW);
        }
        jar
    }

    #[track_caller]
    fn check(jar: &CookieJar, to: &str, cause: Cause, expected: Option<&str>) {
        assert_eq!(jar.header(&url(to), cause, NOW).as_deref(), expected, "{to}");
    }

    #[test]
    fn hosts_are_told_apart_and_ports_are_not() {
        let jar = jar("http://localhost:8080/", &["a=1"]);
        check(&jar, "http://localhost:8081/x", Cause::SameSite, Some("a=1"));
        check(&jar, "http://127.0.0.1:8080/", Cause::SameSite, None);
        check(&jar, "http://sub.localhost:8080/", Cause::SameSite, None);
    }

    #[test]
    fn a_domain_reaches_hosts_below_it_and_must_be_the_setters_own() {
        let lines = [
            "a=1; Domain=example.com",
            "b=2; Domain=.gate.example.com",
            "c=3; Domain=other.example",
            "d=4; Domain=com",
        ];
        let jar = jar("https://gate.example.com/", &lines);
        check(&jar, "https://gate.example.com/", Cause::SameSite, Some("a=1; b=2"));
        check(&jar, "https://app.example.com/", Cause::SameSite, Some("a=1"));
        check(&jar, "https://badexample.com/", Cause::SameSite, None);
    }

    #[test]
    fn a_path_covers_what_lies_under_it() {
        let jar = jar("https://a.example/saml/sp", &["d=0", "p=1; Path=/saml", "r=2; Path=/"]);
        check(&jar, "https://a.example/saml/sp", Cause::SameSite, Some("d=0; p=1; r=2"));
        check(&jar, "https://a.example/saml", Cause::SameSite, Some("d=0; p=1; r=2"));
        check(&jar, "https://a.example/samlx", Cause::SameSite, Some("r=2"));
    }

    #[test]
    fn same_site_decides_by_cause() {
        let lines =
            ["s=1; SameSite=Strict", "l=2; SameSite=Lax", "d=3", "n=4; SameSite=None; Secure", "x=5; SameSite=None"];
        let jar = jar("https://a.example/", &lines);
        check(&jar, "https://a.example/", Cause::SameSite, Some("s=1; l=2; d=3; n=4"));
        check(&jar, "https://a.example/", Cause::CrossSiteGet, Some("l=2; d=3; n=4"));
        check(&jar, "https://a.example/", Cause::CrossSitePost, Some("n=4"));
    }

    #[test]
    fn secure_needs_https_or_this_machine() {
        check(&jar("http://a.example/", &["a=1; Secure"]), "https://a.example/", Cause::SameSite, None);
        check(&jar("https://a.example/", &["a=1; Secure"]), "http://a.example/", Cause::SameSite, None);
        check(&jar("http://localhost:1/", &["a=1; Secure"]), "http://localhost:2/", Cause::SameSite, Some("a=1"));
    }

    #[test]
    fn prefixes_are_promises() {
        for (line, is_kept) in [
            ("__Host-a=1; Secure; Path=/", true),
            ("__Host-a=1; Path=/", false),
            ("__Host-a=1; Secure; Path=/x", false),
            ("__Host-a=1; Secure; Path=/; Domain=a.example", false),
            ("__host-a=1; Path=/", false),
            ("__Secure-a=1; Secure", true),
            ("__Secure-a=1", false),
        ] {
            assert_eq!(jar("https://a.example/x/y", &[line]).iter().count() == 1, is_kept, "{line}");
        }
    }

    #[test]
    fn a_cookie_ends_by_age_or_date_and_age_comes_first() {
        let past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
        for (line, is_kept) in [
            ("a=; Max-Age=0".to_owned(), false),
            ("a=; Max-Age=-1".to_owned(), false),
            (format!("a=; {past}"), false),
            (format!("a=; {past}; Max-Age=5"), true),
            ("a=; Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT".to_owned(), false),
            ("a=; Expires=nonsense".to_owned(), true),
        ] {
            let jar = jar("https://a.example/", &["a=1", &line]);
            assert_eq!(jar.iter().count() == 1, is_kept, "{line}");
        }
        let jar = jar("https://a.example/", &["a=1; Max-Age=10"]);
        let at =
            |seconds| jar.header(&url("https://a.example/"), Cause::SameSite, NOW.plus(Duration::from_secs(seconds)));
        assert_eq!(at(9).as_deref(), Some("a=1"));
        assert_eq!(at(10), None);
    }

    #[test]
    fn what_is_too_long_or_nameless_is_dropped() {
        let fits = format!("a={}", "x".repeat(MAX_COOKIE - 1));
        let over = format!("a={}", "x".repeat(MAX_COOKIE));
        for (line, count) in [(fits.as_str(), 1), (&over, 0), ("=x", 0), ("x", 0), ("a=1\u{0}", 0)] {
            assert_eq!(jar("https://a.example/", &[line]).iter().count(), count);
        }
        let replaced = jar("https://a.example/", &["a=1", "a=2"]);
        check(&replaced, "https://a.example/", Cause::SameSite, Some("a=2"));
    }

    #[test]
    fn a_site_is_a_scheme_and_what_was_registered() {
        let same = |left, right| site(&url(left)) == site(&url(right));
        assert!(same("http://localhost:1/", "http://localhost:2/x"));
        assert!(same("https://gate.example.com/", "https://app.example.com/"));
        assert!(!same("https://gate.example.com/", "http://gate.example.com/"));
        assert!(!same("https://a.example/", "https://b.example/"));
        assert!(!same("http://127.0.0.1/", "http://localhost/"));
    }
}

//! Splitting a URI, and the demand that the parser of browsers agrees (WHATWG URL).

use super::RedirectUriError;
use crate::base::params::decode;

/// The parts of a URI as they stand in its text.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    /// In lower case.
    pub(super) scheme: String,
    /// What stands between `//` and the path; `None` without `//`.
    authority: Option<&'a str>,
    /// The host with its brackets, without the port.
    pub(super) host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
    pub(super) query: Option<&'a str>,
}

/// Whether RFC 3986 2 knows the character.
pub(super) fn is_uri_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

/// Whether a scheme is a domain name in reverse: labels of letters, digits and hyphens, at least
/// two of them (RFC 8252 7.1).
pub(super) fn is_reverse_domain(scheme: &str) -> bool {
    scheme.contains('.') && !scheme.contains('+') && scheme.split('.').all(|label| !label.is_empty())
}

impl<'a> Parts<'a> {
    /// Splits as RFC 3986 B does.
    pub(super) fn split(text: &'a str) -> Result<Self, RedirectUriError> {
        let (scheme, rest) = text.split_once(':').ok_or(RedirectUriError::NotAbsolute)?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if !is_scheme {
            return Err(RedirectUriError::NotAbsolute);
        }
        if rest.contains('#') {
            return Err(RedirectUriError::Fragment);
        }
        let (hierarchy, query) = rest.split_once('?').map_or((rest, None), |(left, query)| (left, Some(query)));
        let (authority, path) = match hierarchy.strip_prefix("//") {
            Some(after) => {
                let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
                (Some(authority), path)
            }
            None => (None, hierarchy),
        };
        let (host, port) = split_port(authority.unwrap_or(""));
        Ok(Self { scheme: scheme.to_ascii_lowercase(), authority, host, port, path, query })
    }

    /// The rules of https and http.
    pub(super) fn check_web(&self, text: &str) -> Result<(), RedirectUriError> {
        self.check_no_user_info()?;
        if !is_plain_host(self.host) {
            return Err(RedirectUriError::Host { host: self.host.to_owned() });
        }
        if let Some(port) = self.port
            && !is_port(port)
        {
            return Err(RedirectUriError::Port { port: port.to_owned() });
        }
        self.check_no_dot_segments()?;
        self.check_agreement(text)
    }

    /// The rules of private-use schemes: there is something after the scheme, nothing hides in it.
    pub(super) fn check_private_use(&self, text: &str) -> Result<(), RedirectUriError> {
        self.check_no_user_info()?;
        if self.path.is_empty() && self.host.is_empty() {
            return Err(RedirectUriError::Host { host: String::new() });
        }
        self.check_no_dot_segments()?;
        url::Url::parse(text).map(drop).map_err(|_| RedirectUriError::Ambiguous)
    }

    fn check_no_user_info(&self) -> Result<(), RedirectUriError> {
        if self.authority.is_some_and(|authority| authority.contains('@')) {
            return Err(RedirectUriError::UserInfo);
        }
        Ok(())
    }

    fn check_no_dot_segments(&self) -> Result<(), RedirectUriError> {
        let is_dots = |segment: &str| {
            let decoded = decode(segment).unwrap_or_default();
            matches!(decoded.split(';').next(), Some("." | ".."))
        };
        if self.path.split('/').any(is_dots) {
            return Err(RedirectUriError::DotSegments);
        }
        Ok(())
    }

    /// A browser must find the same host, port, path and query, or the registered text does not
    /// mean what it says: `http://127.1/` is another host, `/a/%2e%2e/b` another path.
    fn check_agreement(&self, text: &str) -> Result<(), RedirectUriError> {
        let url = url::Url::parse(text).map_err(|_| RedirectUriError::Ambiguous)?;
        let same_host = url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(self.host));
        let same_path = url.path() == self.path || (self.path.is_empty() && url.path() == "/");
        let same_port = self.port.is_none_or(|port| port.parse().ok() == url.port_or_known_default());
        let same_query = url.query() == self.query;
        let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if url.scheme() == self.scheme && same_host && same_path && same_port && same_query && bare {
            Ok(())
        } else {
            Err(RedirectUriError::Ambiguous)
        }
    }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    let bracket = authority.rfind(']').map_or(0, |end| end + 1);
    match authority[bracket..].rfind(':') {
        Some(colon) => (&authority[..bracket + colon], Some(&authority[bracket + colon + 1..])),
        None => (authority, None),
    }
}

fn is_plain_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    !host.is_empty()
        && host.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        })
}

/// 1 to 65535 without leading zeros.
pub(super) fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0') && text.parse::<u16>().is_ok()
}

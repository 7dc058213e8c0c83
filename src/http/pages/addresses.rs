//! Addresses that may stand in a page: a form's action, a link, an origin.

use std::borrow::Cow;
use std::fmt;

use url::Url;

/// An address that must not stand in a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The text is no path of this server: it lacks the one leading slash, or has characters that
    /// a browser might take for another authority.
    #[error("`{found}` is no path of this server")]
    NotLocal {
        /// The text.
        found: String,
    },
    /// The text is no absolute URL of printable ASCII.
    #[error("`{found}` is no absolute URL")]
    NotAbsolute {
        /// The text.
        found: String,
    },
    /// The scheme is one that a page must not lead to, `javascript:` above all.
    #[error("scheme `{scheme}` must not be linked to")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// The host has characters that would end a source in a Content-Security-Policy.
    #[error("host of `{found}` cannot stand in a policy")]
    Host {
        /// The URL.
        found: String,
    },
}

/// A path on this server, with its query, where a form or a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPath(Cow<'static, str>);

impl LocalPath {
    /// A path that is written in our own source.
    #[must_use]
    pub const fn own(path: &'static str) -> Self {
        Self(Cow::Borrowed(path))
    }

    /// A path that was put together at run time.
    ///
    /// **Shape**: one leading slash, not two; printable ASCII without backslash and quotes.
    ///
    /// # Errors
    /// [`AddressError::NotLocal`] for anything else.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let local = text.starts_with('/') && !text.starts_with("//") && text.bytes().all(is_plain);
        if local {
            Ok(Self(Cow::Owned(text.to_owned())))
        } else {
            Err(AddressError::NotLocal { found: text.to_owned() })
        }
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An absolute URL of another site, already validated against the app's or the partner's record;
/// this type only adds that it cannot run script, whatever the record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebLink(String);

impl WebLink {
    /// Reads the URL and keeps it byte for byte.
    ///
    /// **Shape**: `https`, `http`, or a private-use scheme of a native app, which has a dot in it
    /// (RFC 8252 7.1).
    ///
    /// # Errors
    /// [`AddressError::NotAbsolute`] and [`AddressError::Scheme`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).ok().filter(|_| text.bytes().all(is_plain));
        let url = url.ok_or_else(|| AddressError::NotAbsolute { found: text.to_owned() })?;
        match url.scheme() {
            "https" | "http" if url.has_host() => Ok(Self(text.to_owned())),
            scheme if scheme.contains('.') => Ok(Self(text.to_owned())),
            scheme => Err(AddressError::Scheme { scheme: scheme.to_owned() }),
        }
    }
}

impl fmt::Display for WebLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An origin that can stand in a Content-Security-Policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin of an `https` or `http` URL.
    ///
    /// # Errors
    /// [`AddressError::NotAbsolute`], [`AddressError::Scheme`], and [`AddressError::Host`] for a
    /// host with a semicolon or comma, which the URL standard allows and which would end the
    /// directive.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).map_err(|_| AddressError::NotAbsolute { found: text.to_owned() })?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(AddressError::Scheme { scheme: url.scheme().to_owned() });
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'[' | b']' | b':');
        match url.host_str() {
            Some(host) if host.bytes().all(plain) => Ok(Self(url.origin().ascii_serialization())),
            _ => Err(AddressError::Host { found: text.to_owned() }),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Printable ASCII that needs no quoting and that no browser rewrites into something else.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'`')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_path_stays_on_this_server() {
        for good in ["/", "/sign-in/home-realm?attempt=1", "/a//b"] {
            assert_eq!(LocalPath::parse(good).unwrap().to_string(), good);
        }
        for bad in [
            "",
            "sign-in",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://x.example",
            "/a b",
            "/\u{e9}",
            "/\n/x",
        ] {
            assert_eq!(LocalPath::parse(bad), Err(AddressError::NotLocal { found: bad.to_owned() }), "{bad}");
        }
    }

    #[test]
    fn a_link_is_kept_byte_for_byte() {
        for good in [
            "https://payroll.contoso.example/callback?code=a%20b&state='x';y",
            "https://PAYROLL.contoso.example",
            "http://127.0.0.1:5001/cb",
            "http://[::1]/",
            "com.example.app:/callback",
        ] {
            assert_eq!(WebLink::parse(good).unwrap().to_string(), good);
        }
    }

    #[test]
    fn a_link_never_runs_script() {
        for (bad, scheme) in [
            ("javascript:alert(1)", "javascript"),
            ("JavaScript:alert(1)", "javascript"),
            ("data:text/html,x", "data"),
            ("vbscript:x", "vbscript"),
            ("file:///etc/passwd", "file"),
            ("myapp:/callback", "myapp"),
        ] {
            assert_eq!(WebLink::parse(bad), Err(AddressError::Scheme { scheme: scheme.to_owned() }), "{bad}");
        }
        for bad in [
            "",
            "/path",
            "//host/path",
            " https://x.example",
            "java\nscript:alert(1)",
            "https://x.example/\"",
            "https://",
        ] {
            assert_eq!(WebLink::parse(bad), Err(AddressError::NotAbsolute { found: bad.to_owned() }), "{bad}");
        }
    }

    #[test]
    fn an_origin_cannot_add_to_a_policy() {
        assert_eq!(Origin::parse("https://App.example:443/cb?x").unwrap().to_string(), "https://app.example");
        assert_eq!(Origin::parse("http://[::1]:8080/cb").unwrap().to_string(), "http://[::1]:8080");
        for bad in
            ["https://a;script-src.example/", "https://a,b.example/", "https://a'b.example/", "https://*.example/"]
        {
            assert_eq!(Origin::parse(bad), Err(AddressError::Host { found: bad.to_owned() }), "{bad}");
        }
        assert_eq!(
            Origin::parse("com.example.app:/cb"),
            Err(AddressError::Scheme { scheme: "com.example.app".into() })
        );
        assert_eq!(Origin::parse("/cb"), Err(AddressError::NotAbsolute { found: "/cb".into() }));
    }
}

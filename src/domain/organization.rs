//! The organisation that runs the gateway, and what is pinned in the database so that it never
//! changes silently.

use uuid::Uuid;

use super::mail::MailDomain;
use crate::base::secret::SecretBytes;

/// The organisation that runs this gateway. All three of id, domain and public URL are pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// `tid` of tokens.
    pub id: Uuid,
    /// Shown on pages.
    pub name: String,
    /// Original default domain, the end of `#EXT#` names.
    pub domain: MailDomain,
}

/// Where the gateway is reached; also its OIDC issuer, exactly. **Shape**: `https://host[:port]`, or
/// `http://` where the host is loopback; no path, query or trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    host: String,
    port: Option<u16>,
    loopback_http: bool,
}

/// Why a public URL is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Not scheme, host and perhaps port alone, in lower case and without trailing slash.
    #[error("`public_url` must be `https://host` or `https://host:port`, without path, query or trailing slash")]
    Shape,
    /// http, and the host is not loopback.
    #[error("`public_url` must be https; http is accepted only for a loopback host (127.0.0.0/8, ::1, localhost)")]
    NotHttps,
}

impl PublicUrl {
    /// Reads a public URL.
    ///
    /// # Errors
    /// [`PublicUrlError`].
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let url = url::Url::parse(text).map_err(|_| PublicUrlError::Shape)?;
        let host = url.host_str().ok_or(PublicUrlError::Shape)?.to_owned();
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        if !bare || !anonymous || url.as_str().strip_suffix('/') != Some(text) {
            return Err(PublicUrlError::Shape);
        }
        let loopback = is_loopback_host(&host);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(PublicUrlError::NotHttps),
            _ => return Err(PublicUrlError::Shape),
        }
        Ok(Self { text: text.to_owned(), host, port: url.port(), loopback_http: url.scheme() == "http" })
    }

    /// The URL without trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host name.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port where it is not the scheme's own.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether this is plain http on loopback, where partners and apps on loopback may be http too
    /// and cookies drop `Secure`.
    #[must_use]
    pub const fn is_loopback_http(&self) -> bool {
        self.loopback_http
    }

    /// The URL of `path`, which starts with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

/// Whether `host` is of this machine: 127.0.0.0/8, ::1 or localhost.
#[must_use]
pub fn is_loopback_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What the database holds of the installation from its first start on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Pinned organisation id.
    pub organization_id: Uuid,
    /// Pinned organisation domain.
    pub organization_domain: MailDomain,
    /// Pinned public URL.
    pub public_url: PublicUrl,
    /// Salt of subject identifiers, opened.
    pub subject_salt: SecretBytes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_urls_are_https_or_loopback() {
        for text in [
            "https://gate.example.com",
            "https://gate.example.com:8443",
            "http://localhost:8080",
            "http://127.0.0.1:1",
            "http://[::1]:8080",
        ] {
            assert!(PublicUrl::parse(text).is_ok(), "{text}");
        }
        assert_eq!(PublicUrl::parse("http://gate.example.com"), Err(PublicUrlError::NotHttps));
        assert_eq!(PublicUrl::parse("http://localhost.example.com"), Err(PublicUrlError::NotHttps));
        for text in [
            "https://gate.example.com/",
            "https://gate.example.com/x",
            "https://u@gate.example.com",
            "https://gate.example.com?x",
            "https://Gate.example.com",
            "ftp://gate.example.com",
            "gate",
            "https://gate.example.com:443",
        ] {
            assert_eq!(PublicUrl::parse(text), Err(PublicUrlError::Shape), "{text}");
        }
    }
}

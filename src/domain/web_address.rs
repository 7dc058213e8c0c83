//! Addresses on the web to which people are sent or which they are shown.

use super::organization::{PublicUrl, is_loopback_host};

/// The longest address. **Units**: bytes.
pub const MAX_WEB_ADDRESS: usize = 2048;

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebAddressError {
    /// No absolute address, too long, or with characters that have no place in one.
    #[error("not an address of the form `https://host/path`, of at most {MAX_WEB_ADDRESS} bytes without spaces")]
    Shape,
    /// Another scheme, or http to another machine.
    #[error("must be https; http is accepted only for a loopback host, where the gateway itself is on loopback")]
    NotHttps,
    /// It names a user.
    #[error("must not name a user or password")]
    WithUser,
}

/// An address that a browser may be sent to. **Shape**: `https://`, or `http://` to this machine; no user, no
/// spaces or control characters; at most [`MAX_WEB_ADDRESS`] bytes. Kept as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress(String);

impl WebAddress {
    /// Reads an address that is kept, or that only a person is shown.
    ///
    /// # Errors
    /// [`WebAddressError`].
    pub fn parse(text: &str) -> Result<Self, WebAddressError> {
        let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>' | '`' | '^' | '{' | '}');
        if text.is_empty() || text.len() > MAX_WEB_ADDRESS || !text.chars().all(is_plain) {
            return Err(WebAddressError::Shape);
        }
        let url = url::Url::parse(text).map_err(|_| WebAddressError::Shape)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(WebAddressError::Shape)?;
        if !url.username().is_empty() || url.password().is_some() || before_path(text).contains('@') {
            return Err(WebAddressError::WithUser);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback_host(host) => {}
            _ => return Err(WebAddressError::NotHttps),
        }
        // What parsers read differently, as `https:/host`, is refused rather than repaired.
        if !text.to_ascii_lowercase().starts_with(&format!("{}://", url.scheme())) {
            return Err(WebAddressError::Shape);
        }
        Ok(Self(text.to_owned()))
    }

    /// Reads an address to which people will be sent from here: http only where we are on loopback ourselves.
    ///
    /// # Errors
    /// [`WebAddressError`].
    pub fn parse_for(text: &str, ours: &PublicUrl) -> Result<Self, WebAddressError> {
        let address = Self::parse(text)?;
        if address.is_https() || ours.is_loopback_http() { Ok(address) } else { Err(WebAddressError::NotHttps) }
    }

    fn is_https(&self) -> bool {
        self.0.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
    }

    /// The text, as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for WebAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Scheme and authority.
fn before_path(text: &str) -> &str {
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_or_this_machine() {
        for text in [
            "https://app.example",
            "https://app.example/a/b?c=d&e=f#g",
            "HTTPS://App.example/",
            "http://127.0.0.1:8080/x",
            "http://localhost/x?to=a@b",
            "https://app.example/@ana",
        ] {
            assert_eq!(WebAddress::parse(text).map(|address| address.as_str().to_owned()), Ok(text.to_owned()));
        }
        for (text, error) in [
            ("", WebAddressError::Shape),
            ("/path", WebAddressError::Shape),
            ("//app.example", WebAddressError::Shape),
            ("app.example", WebAddressError::Shape),
            ("https:/app.example", WebAddressError::Shape),
            ("https:app.example", WebAddressError::Shape),
            ("https://", WebAddressError::Shape),
            ("https://app.example/a b", WebAddressError::Shape),
            ("https://app.example\\@evil.example", WebAddressError::Shape),
            ("https://app.example/\r\nx", WebAddressError::Shape),
            ("https://äpp.example/", WebAddressError::Shape),
            ("https://app.example@evil.example/", WebAddressError::WithUser),
            ("https://@evil.example/", WebAddressError::WithUser),
            ("http://app.example/", WebAddressError::NotHttps),
            ("http://localhost.evil.example/", WebAddressError::NotHttps),
            ("javascript://app.example/%0aalert(1)", WebAddressError::NotHttps),
            ("ftp://app.example/", WebAddressError::NotHttps),
        ] {
            assert_eq!(WebAddress::parse(text), Err(error), "{text}");
        }
        assert_eq!(WebAddress::parse("javascript:alert(1)"), Err(WebAddressError::Shape));
        let longest = format!("https://app.example/{}", "a".repeat(MAX_WEB_ADDRESS - 20));
        assert!(WebAddress::parse(&longest).is_ok());
        assert_eq!(WebAddress::parse(&format!("{longest}a")), Err(WebAddressError::Shape));
    }

    #[test]
    fn http_needs_a_gateway_on_loopback() {
        let (far, near) = ("https://gate.example", "http://127.0.0.1:8080");
        let parse = |text, ours| WebAddress::parse_for(text, &PublicUrl::parse(ours).unwrap()).is_ok();
        assert!(parse("http://localhost/x", near) && parse("https://app.example/", far));
        assert!(!parse("http://localhost/x", far));
    }
}

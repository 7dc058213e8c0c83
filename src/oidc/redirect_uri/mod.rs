//! Redirect URIs: which may be registered, and when one that is presented is a registered one.
//!
//! Matching is equality of the raw strings (RFC 9700 2.1), so nothing that a parser could read in
//! two ways decides anything; the only exception is the port on loopback of native apps
//! (RFC 8252 7.3). Registration is narrow so that no browser reads the URI otherwise than we do.

mod loopback;
mod parts;
mod reserved;

use std::fmt;

use self::parts::Parts;
use super::client_rules::ApplicationType;
use crate::base::trace::shorten;

/// The longest redirect URI. **Units**: bytes.
pub const MAX_REDIRECT_URI: usize = 2048;

/// Whether a web app may be answered by http on loopback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoopbackHttp {
    /// Never: the public URL is https.
    Refused,
    /// The gateway itself stands on loopback: demo and development.
    Allowed,
}

/// Why a redirect URI cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// Empty or above [`MAX_REDIRECT_URI`].
    #[error("redirect URI of {length} bytes, 1 to {MAX_REDIRECT_URI} are accepted")]
    Length {
        /// The length found.
        length: usize,
    },
    /// A character that is not of RFC 3986: controls, spaces, backslashes, quotes, anything beyond
    /// ASCII.
    #[error("redirect URI has the character {found:?}, which no URI has")]
    Character {
        /// The first such character.
        found: char,
    },
    /// No scheme: the URI is not absolute.
    #[error("redirect URI is not absolute")]
    NotAbsolute,
    /// A scheme that is not accepted for this kind of app.
    #[error("redirect URI with the scheme `{scheme}` is not accepted for this app")]
    Scheme {
        /// The scheme in lower case.
        scheme: String,
    },
    /// http to a host that is not loopback, or where loopback is not accepted.
    #[error("redirect URI by http to `{host}` is not accepted for this app: use https")]
    PlainHttp {
        /// The host.
        host: String,
    },
    /// A fragment (RFC 6749 3.1.2).
    #[error("redirect URI has a fragment")]
    Fragment,
    /// User information before the host.
    #[error("redirect URI has user information")]
    UserInfo,
    /// No host, or one that parsers read in different ways.
    #[error("redirect URI has the host `{host}`, which is no plain host")]
    Host {
        /// The host as written.
        host: String,
    },
    /// A port outside 1 to 65535, or none after the colon.
    #[error("redirect URI has the port `{port}`")]
    Port {
        /// The port as written.
        port: String,
    },
    /// Segments `.` or `..`, also encoded or with path parameters.
    #[error("redirect URI has dot segments in its path")]
    DotSegments,
    /// Another parser, that of browsers, reads it otherwise.
    #[error("redirect URI is not in its plain form")]
    Ambiguous,
    /// Its query already holds a parameter that our response would hold, so that an app could read
    /// the wrong one.
    #[error("redirect URI has the parameter `{name}`, which belongs to the response")]
    ReservedParameter {
        /// The name, decoded.
        name: String,
    },
    /// Its query is not well encoded.
    #[error("redirect URI has a query that is not well encoded")]
    Query,
}

/// A presented redirect URI that is none of the app's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("redirect URI `{found}` is not registered")]
pub struct RedirectUriMismatch {
    /// What was presented, shortened.
    pub found: String,
}

/// A registered redirect URI.
///
/// **Shape**: absolute, at most 2048 bytes of RFC 3986 characters; https; http on loopback where
/// allowed or for native apps; for native apps also a private-use scheme with a dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RedirectUri {
    text: String,
    application_type: ApplicationType,
}

impl RedirectUri {
    /// Reads a URI that is to be registered for an app of this type.
    ///
    /// # Errors
    /// [`RedirectUriError`].
    ///
    /// # Source
    /// RFC 6749 3.1.2, RFC 8252 7, RFC 9700 2.1, OIDC Registration 2.
    pub fn register(
        text: &str,
        application_type: ApplicationType,
        loopback_http: LoopbackHttp,
    ) -> Result<Self, RedirectUriError> {
        if text.is_empty() || text.len() > MAX_REDIRECT_URI {
            return Err(RedirectUriError::Length { length: text.len() });
        }
        if let Some(found) = text.chars().find(|c| !parts::is_uri_character(*c)) {
            return Err(RedirectUriError::Character { found });
        }
        let parts = Parts::split(text)?;
        match parts.scheme.as_str() {
            "https" => parts.check_web(text)?,
            "http" => {
                parts.check_web(text)?;
                let allowed = application_type == ApplicationType::Native || loopback_http == LoopbackHttp::Allowed;
                if !(allowed && loopback::is_loopback(parts.host)) {
                    return Err(RedirectUriError::PlainHttp { host: parts.host.to_owned() });
                }
            }
            // A private-use scheme is a domain name in reverse (RFC 8252 7.1), which keeps
            // `javascript`, `data` and their kin out.
            scheme if application_type == ApplicationType::Native && parts::is_reverse_domain(scheme) => {
                parts.check_private_use(text)?;
            }
            _ => return Err(RedirectUriError::Scheme { scheme: parts.scheme }),
        }
        reserved::check(parts.query)?;
        Ok(Self { text: text.to_owned(), application_type })
    }

    /// The URI as registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `presented` is this one: equal, or, for a native app registered on the loopback
    /// literals `127.0.0.1` or `[::1]` by http, equal but for the port (RFC 8252 7.3).
    #[must_use]
    pub fn accepts(&self, presented: &str) -> bool {
        self.text == presented
            || (self.application_type == ApplicationType::Native
                && loopback::is_equal_but_for_port(&self.text, presented))
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Whether one of `registered` accepts `presented`.
///
/// # Errors
/// [`RedirectUriMismatch`].
pub fn check_registered(registered: &[RedirectUri], presented: &str) -> Result<(), RedirectUriMismatch> {
    if registered.iter().any(|uri| uri.accepts(presented)) {
        Ok(())
    } else {
        Err(RedirectUriMismatch { found: shorten(presented.to_owned()) })
    }
}

#[cfg(test)]
mod tests;

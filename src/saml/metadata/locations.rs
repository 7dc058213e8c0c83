//! The SSO locations of an identity provider, and what makes a location usable.
//!
//! # Source
//! SAML Metadata 2.2.2 and 2.4.3.

use url::{Host, Url};

use super::fault::MetadataWarning;
use crate::base::trace::shorten;
use crate::saml::names::{BINDING_POST, BINDING_REDIRECT, METADATA};
use crate::xmlsig::dom::Element;

/// The most bytes of a location.
pub const MAX_LOCATION: usize = 2048;

/// Whether http is accepted toward loopback, as on a developer's machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopbackHttp {
    /// It is, because we are on loopback too.
    Allowed,
    /// It is not.
    Refused,
}

/// The bindings in which an identity provider takes requests from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SsoBinding {
    /// HTTP-Redirect.
    Redirect,
    /// HTTP-POST.
    Post,
}

impl SsoBinding {
    /// The binding's URI.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Redirect => BINDING_REDIRECT,
            Self::Post => BINDING_POST,
        }
    }
}

/// Where an identity provider takes requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoLocation {
    /// How.
    pub binding: SsoBinding,
    /// Where, as the document has it.
    pub location: String,
}

/// Reads the locations whose binding is spoken here; those that cannot be used are skipped with a
/// warning.
#[must_use]
pub fn sso_locations(
    role: Element<'_, '_>,
    loopback: LoopbackHttp,
    warnings: &mut Vec<MetadataWarning>,
) -> Vec<SsoLocation> {
    let mut locations = Vec::new();
    for service in role.children_named(METADATA, "SingleSignOnService") {
        let binding = match service.attribute("Binding") {
            Some(BINDING_REDIRECT) => SsoBinding::Redirect,
            Some(BINDING_POST) => SsoBinding::Post,
            _ => continue,
        };
        let location = service.attribute("Location").unwrap_or_default().trim();
        if is_usable(location, loopback) {
            locations.push(SsoLocation { binding, location: location.to_owned() });
        } else {
            warnings.push(MetadataWarning::LocationSkipped { location: shorten(location.to_owned()) });
        }
    }
    locations
}

/// Whether a browser may be sent there: https, or http on loopback where that is allowed; no user
/// name, no fragment.
pub(super) fn is_usable(location: &str, loopback: LoopbackHttp) -> bool {
    if location.len() > MAX_LOCATION || !location.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let Ok(url) = Url::parse(location) else { return false };
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => is_plain,
        ("http", Some(host)) => is_plain && loopback == LoopbackHttp::Allowed && is_loopback(&host),
        _ => false,
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_usable_elsewhere() {
        for location in ["https://idp.example/sso", "https://idp.example:8443/sso?tenant=1"] {
            assert!(is_usable(location, LoopbackHttp::Refused), "{location}");
        }
        let long = format!("https://idp.example/{}", "x".repeat(MAX_LOCATION));
        for location in [
            "",
            "/sso",
            "http://idp.example/sso",
            "https://user@idp.example/sso",
            "https://idp.example/sso#top",
            "javascript:alert(1)",
            "https://idp.example/ sso",
            "https://idp.example/\nsso",
            &long,
        ] {
            assert!(!is_usable(location, LoopbackHttp::Allowed), "{location}");
        }
    }

    #[test]
    fn http_is_usable_on_loopback_where_allowed() {
        for location in ["http://localhost:8081/sso", "http://127.3.2.1/sso", "http://[::1]:1/sso"] {
            assert!(is_usable(location, LoopbackHttp::Allowed), "{location}");
            assert!(!is_usable(location, LoopbackHttp::Refused), "{location}");
        }
        assert!(!is_usable("http://localhost.example/sso", LoopbackHttp::Allowed));
    }
}

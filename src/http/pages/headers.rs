//! The headers that go out with every page.

use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use super::policy::{Opener, PagePolicy};

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The headers of a page with this policy.
///
/// `Referrer-Policy` is `same-origin`, not `no-referrer`: the latter makes browsers send
/// `Origin: null` with our own forms, which then cannot be told from a stranger's. Other sites
/// learn nothing either way.
#[must_use]
pub fn page_headers(policy: &PagePolicy) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(9);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    headers.insert(
        CROSS_ORIGIN_OPENER_POLICY,
        HeaderValue::from_static(match policy.opener {
            Opener::Severed => "same-origin",
            Opener::Kept => "unsafe-none",
        }),
    );
    // The text is ASCII by construction; were it not, a page that may do nothing is the safe one.
    let content = HeaderValue::try_from(policy.content_security_policy());
    headers.insert(CONTENT_SECURITY_POLICY, content.unwrap_or(HeaderValue::from_static("default-src 'none'")));
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(policy: &PagePolicy, name: &str) -> String {
        page_headers(policy)[name].to_str().unwrap().to_owned()
    }

    #[test]
    fn a_page_is_neither_stored_nor_framed_nor_guessed_at() {
        let policy = PagePolicy::default();
        assert_eq!(value(&policy, "content-type"), "text/html; charset=utf-8");
        assert_eq!(value(&policy, "cache-control"), "no-store");
        assert_eq!(value(&policy, "x-content-type-options"), "nosniff");
        assert_eq!(value(&policy, "x-frame-options"), "DENY");
        assert_eq!(value(&policy, "referrer-policy"), "same-origin");
        assert_eq!(value(&policy, "content-security-policy"), policy.content_security_policy());
    }

    #[test]
    fn an_opener_is_kept_only_on_the_way() {
        assert_eq!(value(&PagePolicy::default(), "cross-origin-opener-policy"), "same-origin");
        assert_eq!(value(&PagePolicy::on_the_way(), "cross-origin-opener-policy"), "unsafe-none");
    }
}

//! What holds for every answer, good or bad.

use entente::domain::organization::PublicUrl;
use http::HeaderMap;

use crate::support::client::Page;

/// Checks the headers of an answer of the gateway at `public_url`.
///
/// # Errors
/// What does not hold.
pub fn check(page: &Page, public_url: &PublicUrl) -> Result<(), String> {
    let headers = &page.headers;
    let must = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    must(page.status != 500, "status 500")?;
    must(text(headers, "x-request-id").len() == 36, "no request id")?;
    for name in ["server", "x-powered-by", "via"] {
        must(!headers.contains_key(name), "names its software")?;
    }
    let content_type = text(headers, "content-type");
    if content_type.starts_with("text/html") {
        check_page(headers)?;
    } else if !content_type.is_empty() {
        must(text(headers, "x-content-type-options") == "nosniff", "without nosniff")?;
        let kept = text(headers, "cache-control");
        must(kept == "no-store" || kept.starts_with("public, "), "without a word on caching")?;
        must(page.status < 400 || kept == "no-store", "an error that may be kept")?;
    } else {
        must(page.body.is_empty(), "a body without a type")?;
    }
    if (300..400).contains(&page.status) && page.status != 304 {
        must(page.status == 303, "a redirect other than 303")?;
        must(text(headers, "cache-control") == "no-store", "a redirect that may be kept")?;
        must(text(headers, "referrer-policy") == "no-referrer", "a redirect that tells where it comes from")?;
    }
    let strict = text(headers, "strict-transport-security");
    let expected = if public_url.is_loopback_http() { "" } else { "max-age=31536000" };
    must(strict == expected, "strict transport security")?;
    for cookie in headers.get_all("set-cookie") {
        check_cookie(cookie.to_str().unwrap_or_default(), public_url)?;
    }
    Ok(())
}

fn check_page(headers: &HeaderMap) -> Result<(), String> {
    let content = text(headers, "content-security-policy");
    let directives: Vec<&str> = content.split(';').map(str::trim).collect();
    for directive in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
        if !directives.contains(&directive) {
            return Err(format!("policy without `{directive}`: {content}"));
        }
    }
    if ["unsafe-", "data:", "blob:", "*", "http:"].iter().any(|loose| content.contains(loose)) {
        return Err(format!("loose policy: {content}"));
    }
    for (name, expected) in [
        ("content-type", "text/html; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        if text(headers, name) != expected {
            return Err(format!("page with `{name}: {}`", text(headers, name)));
        }
    }
    Ok(())
}

fn check_cookie(cookie: &str, public_url: &PublicUrl) -> Result<(), String> {
    let mut parts = cookie.split("; ");
    let name = parts.next().and_then(|pair| pair.split('=').next()).unwrap_or_default();
    let attributes: Vec<&str> = parts.filter(|part| !part.starts_with("Max-Age=")).collect();
    let lax = ["Path=/", "HttpOnly", "SameSite=Lax"];
    let fits = if public_url.is_loopback_http() {
        let port = public_url.port().unwrap_or(80);
        name.starts_with(&format!("entente_{port}_")) && attributes == lax
    } else if name.starts_with("__Host-entente_attempt_") {
        attributes == ["Path=/", "HttpOnly", "SameSite=None", "Secure"]
    } else {
        name.starts_with("__Host-entente_") && attributes == [lax[0], lax[1], lax[2], "Secure"]
    };
    if fits { Ok(()) } else { Err(format!("cookie `{name}` with {attributes:?}")) }
}

/// A header's value, empty where there is none.
pub fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

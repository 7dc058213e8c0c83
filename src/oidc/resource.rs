//! Resource indicators (RFC 8707 2): the APIs for which a token is asked. The parameter may stand several times.

use super::parameter::{ParamFault, param_fault};
use crate::base::params::RawParams;

/// The longest indicator. **Units**: bytes.
pub const MAX_RESOURCE: usize = 2048;
/// The most indicators of one request.
pub const MAX_COUNT: usize = 8;

const TOO_LONG: ParamFault = param_fault!("resource", "_too_long", " is too long");
const MALFORMED: ParamFault = param_fault!("resource", "_malformed", " must be an absolute URI without fragment");
const TOO_MANY: ParamFault = param_fault!("resource", "_too_many", " is given more than 8 times");

/// Reads all of them, each once, in their order; empty ones count as absent.
///
/// # Errors
/// The fault, which is told as `invalid_target`.
pub fn read(params: &RawParams) -> Result<Vec<String>, ParamFault> {
    let mut resources: Vec<String> = Vec::new();
    for param in params.iter().filter(|param| param.name == "resource" && !param.value.is_empty()) {
        let value = &param.value;
        if value.len() > MAX_RESOURCE {
            return Err(TOO_LONG);
        }
        if !is_resource(value) {
            return Err(MALFORMED);
        }
        if !resources.contains(value) {
            resources.push(value.clone());
        }
    }
    if resources.len() > MAX_COUNT { Err(TOO_MANY) } else { Ok(resources) }
}

/// Whether a text is an absolute URI without fragment, of printable ASCII (RFC 8707 2, RFC 3986 4.3).
#[must_use]
pub fn is_resource(text: &str) -> bool {
    let is_plain = text.len() <= MAX_RESOURCE && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain && !text.contains('#') && url::Url::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<&[&str], &str>) {
        let found = read(&RawParams::parse(query).unwrap());
        let found = found.as_ref().map(|all| all.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(found.as_deref().map_err(|fault| fault.cause), expected, "{query}");
    }

    #[test]
    fn indicators_are_absolute_and_bounded() {
        check("", Ok(&[]));
        check("resource=", Ok(&[]));
        check("resource=https%3A%2F%2Fa.example", Ok(&["https://a.example"]));
        check("resource=urn:x&resource=https://a.example/b?c&resource=urn:x", Ok(&["urn:x", "https://a.example/b?c"]));
        for wrong in ["a", "/a", "a.example", "https://", "https://a.example/%23b", "urn:x%20y", "%C3%A9:x", "urn:%0A"]
        {
            check(&format!("resource={wrong}"), Err("resource_malformed"));
        }
        let of = |length: usize| format!("resource=urn:{}", "a".repeat(length - 4));
        assert!(read(&RawParams::parse(&of(MAX_RESOURCE)).unwrap()).is_ok());
        check(&of(MAX_RESOURCE + 1), Err("resource_too_long"));
        let many = |count: usize| (0..count).map(|n| format!("resource=urn:{n}")).collect::<Vec<_>>().join("&");
        assert!(read(&RawParams::parse(&many(MAX_COUNT)).unwrap()).is_ok());
        check(&many(MAX_COUNT + 1), Err("resource_too_many"));
    }
}

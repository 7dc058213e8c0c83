//! Statuses: only the exact word of the standard is success, whatever else the answer holds.

use super::attack::codes::{PARTNER, SIGNATURE};
use super::attack::{Family, after, attack, before, before_either};
use crate::support::partner::Signs;

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

pub fn family() -> Family {
    let other = |name: &str, signs, wrong: &str| {
        attack(name, PARTNER, "partner_failed", before(signs, SUCCESS, wrong)).told_to_the_app()
    };
    let responder = "urn:oasis:names:tc:SAML:2.0:status:Responder";
    let nested = |outer: &str, inner: &str| {
        format!(r#"<samlp:StatusCode Value="{outer}"><samlp:StatusCode Value="{inner}"/></samlp:StatusCode>"#)
    };
    let attacks = vec![
        other("an error beside a signed assertion", Signs::Assertion, responder),
        other("an error in a signed response that holds an assertion", Signs::Response, responder),
        other("success in another case", Signs::Response, "urn:oasis:names:tc:SAML:2.0:status:success"),
        other("success with white space after it", Signs::Response, "urn:oasis:names:tc:SAML:2.0:status:Success "),
        other("success of SAML 1", Signs::Response, "samlp:Success"),
        attack(
            "success below an error",
            PARTNER,
            "partner_failed",
            before_either(
                Signs::Response,
                &format!(r#"<samlp:StatusCode Value="{SUCCESS}"/>"#),
                nested(responder, SUCCESS),
                nested(SUCCESS, responder),
            ),
        )
        .told_to_the_app(),
        attack(
            "an error put over a response that was signed as success",
            SIGNATURE,
            "digest_mismatch",
            after(Signs::Response, SUCCESS, responder),
        ),
    ];
    Family { name: "statuses", attacks }
}

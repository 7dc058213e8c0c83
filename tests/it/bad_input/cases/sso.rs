//! Where SAML apps send their requests. The good request is one of an app that nobody knows: what stands
//! inside of a message that is an app's is judged elsewhere; here query and form are.

use std::sync::LazyLock;

use entente::base::encoding::base64;
use entente::flows::paths;
use entente::http::limits::MAX_QUERY;
use entente::saml::bindings::MAX_RELAY_STATE_RECEIVED;
use entente::saml::bindings::post::MAX_ENCODED;
use entente::saml::bindings::redirect::{MessageParam, encode_to_sign};

use super::{refused, unreadable};
use crate::bad_input::case::{Expect, Face, Faults, Parameter};
use crate::support::client::query;

const XML: &str = concat!(
    r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1""#,
    r#" IssueInstant="2026-09-21T14:13:20Z" Version="2.0"><saml:Issuer"#,
    r#" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://nobody.example/</saml:Issuer></samlp:AuthnRequest>"#
);
const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// The message as an address carries it.
static PACKED: LazyLock<String> = LazyLock::new(|| {
    let algorithm = entente::keys::signing::SignatureAlgorithm::RsaSha256;
    let address =
        encode_to_sign("https://x.example/", MessageParam::Request, XML, None, algorithm).unwrap().finish(&[]);
    query(&address, "SAMLRequest").unwrap()
});

pub(super) fn faces() -> Vec<Face> {
    let mut by_query = Face::new("GET", paths::SSO, &[("SAMLRequest", &PACKED)], unknown());
    by_query.parameters = vec![packed(), relay_state(), algorithm(), signature(), encoding()];
    by_query.parameters.extend(hints());
    let message = base64(XML);
    let mut by_form = Face::new("POST", paths::SSO, &[("SAMLRequest", &message)], unknown());
    by_form.parameters = vec![posted(&message), relay_state()];
    by_form.parameters.extend(hints());
    vec![by_query, by_form]
}

fn unknown() -> Expect {
    refused("APP_UNKNOWN", "app_entity_unknown")
}

fn malformed(cause: &str) -> Expect {
    refused("SAML_REQUEST_REFUSED", cause)
}

fn unsigned(cause: &str) -> Expect {
    Expect::Refused { status: 403, code: "SAML_REQUEST_SIGNATURE_REFUSED", cause: cause.to_owned() }
}

/// A parameter that may be left out and hold anything.
fn opaque(too_long: Expect) -> Faults {
    Faults {
        absent: unknown(),
        doubled: malformed("parameter_doubled"),
        too_long,
        malformed: unknown(),
        unreadable: unreadable(),
    }
}

fn packed() -> Parameter {
    let not_base64 = malformed("message_not_base64");
    let faults = Faults {
        absent: malformed("message_absent"),
        doubled: malformed("parameter_doubled"),
        too_long: Expect::Refused { status: 413, code: "TOO_LARGE", cause: "query_too_long".to_owned() },
        malformed: not_base64.clone(),
        unreadable: unreadable(),
    };
    Parameter::new("SAMLRequest", &PACKED, MAX_QUERY, faults)
        .wrong(&["<x/>", "P", "PHgvPg=", "é", "{}"], &not_base64)
        .wrong(&["PHgvPg==", "AAAA"], &malformed("message_not_deflate"))
        // Base64 may be broken into lines, so white space alone is nothing at all.
        .but_for("%09", &malformed("message_not_deflate"))
}

fn posted(message: &str) -> Parameter {
    let not_base64 = malformed("message_not_base64");
    let faults = Faults {
        absent: malformed("message_absent"),
        doubled: malformed("parameter_doubled"),
        too_long: malformed("message_too_large"),
        malformed: not_base64.clone(),
        unreadable: unreadable(),
    };
    Parameter::new("SAMLRequest", message, MAX_ENCODED, faults)
        .wrong(&["<x/>", "P", "PHgvPg=", "é", "{}"], &not_base64)
        .wrong(&["PHgvPg=="], &malformed("message_not_an_authn_request"))
        .but_for("%09", &malformed("message_absent"))
}

fn relay_state() -> Parameter {
    Parameter::new("RelayState", "state", MAX_RELAY_STATE_RECEIVED, opaque(malformed("relay_state_too_long")))
        .wrong(&["https://evil.example/", "javascript:alert(1)", "é", "<x>"], &unknown())
}

/// Judged only once the app is known.
fn algorithm() -> Parameter {
    let faults = Faults { absent: unsigned("signature_missing"), ..opaque(unknown()) };
    Parameter::new("SigAlg", RSA_SHA256, 2_048, faults)
        .wrong(&["none", "urn:x", "é"], &unknown())
        .with("Signature", Some("AAAA"))
}

fn signature() -> Parameter {
    let invalid = unsigned("signature_invalid");
    let faults =
        Faults { absent: unsigned("signature_missing"), malformed: invalid.clone(), ..opaque(invalid.clone()) };
    Parameter::new("Signature", "AAAA", 2_048, faults)
        .wrong(&["A", "é", "{}"], &invalid)
        .but_for("%09", &unknown())
        .with("SigAlg", Some(RSA_SHA256))
}

fn encoding() -> Parameter {
    let other = malformed("encoding_unknown");
    let faults = Faults { malformed: other.clone(), ..opaque(other.clone()) };
    Parameter::new("SAMLEncoding", DEFLATE, 2_048, faults).wrong(&["DEFLATE", "none", "é"], &other)
}

fn hints() -> [Parameter; 2] {
    ["login_hint", "domain_hint"].map(|name| {
        let faults = Faults { malformed: malformed("hint_malformed"), ..opaque(malformed("hint_too_long")) };
        Parameter::new(name, "fabrikam.example", 320, faults).wrong(&["é", "<x>", "{}"], &unknown())
    })
}

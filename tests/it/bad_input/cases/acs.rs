//! The assertion consumer service, for a browser without an attempt. What stands inside of a message
//! is judged elsewhere; here the form is.

use entente::flows::paths;
use entente::saml::bindings::MAX_RELAY_STATE_RECEIVED;
use entente::saml::bindings::post::MAX_ENCODED;

use super::{refused, shown_or};
use crate::bad_input::case::{Expect, Face, Faults, Parameter};

/// No attempt has this id.
const NO_ATTEMPT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
/// `<x/>`
const MESSAGE: &str = "PHgvPg==";

pub(super) fn faces() -> Vec<Face> {
    let base = [("SAMLResponse", MESSAGE), ("RelayState", NO_ATTEMPT)];
    let mut face = Face::new("POST", paths::ACS, &base, no_attempt());
    face.parameters = vec![message(), relay_state()];
    vec![face]
}

fn no_attempt() -> Expect {
    refused("ATTEMPT_MISSING", "attempt_cookie_missing")
}

fn malformed(cause: &str) -> Expect {
    refused("SAML_RESPONSE_MALFORMED", cause)
}

fn message() -> Parameter {
    let not_base64 = malformed("saml_response_not_base64");
    let faults = Faults {
        doubled: malformed("parameter_doubled"),
        too_long: malformed("saml_response_too_large"),
        ..shown_or(&not_base64, malformed("saml_response_absent"))
    };
    Parameter::new("SAMLResponse", MESSAGE, MAX_ENCODED, faults)
        .wrong(&["<x/>", "P", "PHgvPg=", "PHgvPg==PHgvPg==", "é", "PHgv-g==", "{}"], &not_base64)
        // Base64 may be broken into lines, so white space alone is nothing at all.
        .but_for("%09", &malformed("saml_response_absent"))
        // Whether a document is in it is asked only of a browser that has an attempt.
        .wrong(&["AAAA", "eyJhIjoxfQ=="], &no_attempt())
}

fn relay_state() -> Parameter {
    let unsolicited = refused("SAML_UNSOLICITED", "relay_state_not_ours");
    let faults = Faults {
        doubled: malformed("parameter_doubled"),
        too_long: malformed("relay_state_too_long"),
        ..shown_or(&unsolicited, unsolicited.clone())
    };
    Parameter::new("RelayState", NO_ATTEMPT, MAX_RELAY_STATE_RECEIVED, faults)
        .wrong(&["https://evil.example/", "javascript:alert(1)", "é", "0", "{}"], &unsolicited)
}

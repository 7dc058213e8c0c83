//! The address to which OIDC partners answer, for a browser without an attempt, and the one to which they post
//! logout tokens.

use entente::flows::paths;
use entente::oidc::relying::callback::{MAX_CODE, MAX_TEXT};
use entente::oidc::relying::logout_token::MAX_LOGOUT_TOKEN;

use super::{refused, unreadable};
use crate::bad_input::case::{Expect, Face, Faults, Kind, Parameter};

/// No attempt has this id.
const NO_ATTEMPT: &str = "01890a5d-ac96-774b-bcce-b302099a8057._1";

pub(super) fn faces() -> Vec<Face> {
    let base = [("code", "c"), ("state", NO_ATTEMPT), ("iss", "https://op.example")];
    let mut face = Face::new("GET", paths::RP_CALLBACK, &base, no_attempt());
    face.parameters = vec![code(), state(), issuer(), error(), description()];
    vec![face, logout()]
}

/// A token at an address that is nobody's. Whose it is is asked once the form has been read.
fn logout() -> Face {
    let told = |cause: &str| Expect::Json {
        status: 400,
        error: "invalid_request",
        description: Some("BAD_REQUEST".to_owned()),
        cause: cause.to_owned(),
    };
    let nobody = told("logout_address_unknown");
    let mut face = Face::new("POST", paths::RP_BACKCHANNEL_LOGOUT, &[("logout_token", "e30.e30.e30")], nobody.clone());
    let faults = Faults {
        absent: told("logout_token_missing"),
        doubled: told("logout_token_doubled"),
        too_long: told("logout_token_too_long"),
        malformed: told("logout_token_malformed"),
        unreadable: told("parameters_badly_encoded"),
    };
    let token = Parameter::new("logout_token", "e30.e30.e30", MAX_LOGOUT_TOKEN, faults)
        .wrong(&["0", "{}", "x", "a.b.c.d.e", "' or 1=1 --", "<script>"], &nobody);
    face.parameters = vec![token];
    face
}

fn no_attempt() -> Expect {
    refused("ATTEMPT_MISSING", "attempt_cookie_missing")
}

fn malformed(cause: &str) -> Expect {
    refused("OIDC_RESPONSE_MALFORMED", cause)
}

fn faults(absent: Expect) -> Faults {
    Faults {
        absent,
        doubled: malformed("callback_doubled"),
        too_long: malformed("callback_too_long"),
        malformed: malformed("callback_malformed"),
        unreadable: unreadable(),
    }
}

fn code() -> Parameter {
    Parameter::new("code", "c", MAX_CODE, faults(malformed("callback_without_code")))
        .wrong(&["{}", "<script>", "../x"], &no_attempt())
}

fn state() -> Parameter {
    let unsolicited = refused("OIDC_UNSOLICITED", "state_not_ours");
    Parameter::new("state", NO_ATTEMPT, MAX_TEXT, faults(unsolicited.clone()))
        .wrong(&["0", "x._1", "{}", "https://evil.example/", "01890a5d-ac96-774b-bcce-b302099a8057"], &unsolicited)
}

/// Whose it is is asked only of a browser that has an attempt.
fn issuer() -> Parameter {
    Parameter::new("iss", "https://op.example", MAX_TEXT, faults(no_attempt()))
        .wrong(&["0", "javascript:alert(1)", "{}"], &no_attempt())
}

fn error() -> Parameter {
    Parameter::new("error", "access_denied", MAX_TEXT, faults(malformed("callback_without_code")))
        .wrong(&["0", "<script>", "{}"], &no_attempt())
        .with("code", None)
}

/// Read only beside an error.
fn description() -> Parameter {
    Parameter::new("error_description", "No", MAX_TEXT, faults(no_attempt()))
        .wrong(&["<script>", "{}"], &no_attempt())
        .but(Kind::Doubled, &malformed("callback_doubled"))
        .with("code", None)
        .with("error", Some("access_denied"))
}

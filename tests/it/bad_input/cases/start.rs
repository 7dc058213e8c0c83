//! Links that begin a sign-in which no app has asked for. The good one is of an app that must ask itself.

use entente::flows::paths;

use super::{refused, unreadable};
use crate::bad_input::case::{Expect, Face, Faults, Parameter};

pub(super) fn faces() -> Vec<Face> {
    let mut face = Face::new("GET", paths::START, &[("app", "payroll")], must_ask());
    face.parameters = vec![app(), relay_state(), hint("login_hint"), hint("domain_hint")];
    vec![face]
}

fn must_ask() -> Expect {
    refused("APP_UNKNOWN", "app_must_ask")
}

fn bad(cause: &str) -> Expect {
    refused("BAD_REQUEST", cause)
}

fn faults(absent: Expect, too_long: Expect, malformed: Expect) -> Faults {
    Faults { absent, doubled: bad("parameter_doubled"), too_long, malformed, unreadable: unreadable() }
}

fn app() -> Parameter {
    let unknown = refused("APP_UNKNOWN", "app_slug_unknown");
    Parameter::new("app", "payroll", 64, faults(bad("start_app_missing"), unknown.clone(), unknown.clone()))
        .wrong(&["nobody", "PAYROLL", "é", "../x", "https://evil.example/", "' or 1=1"], &unknown)
}

fn relay_state() -> Parameter {
    let faults = faults(must_ask(), bad("start_relay_state_too_long"), bad("start_relay_state_malformed"));
    Parameter::new("RelayState", "state", 1024, faults)
        .wrong(&["https://evil.example/", "javascript:alert(1)", "é", "<x>"], &must_ask())
}

fn hint(name: &'static str) -> Parameter {
    let faults = faults(must_ask(), bad("hint_too_long"), bad("hint_malformed"));
    Parameter::new(name, "fabrikam.example", 320, faults).wrong(&["é", "<x>", "{}"], &must_ask())
}

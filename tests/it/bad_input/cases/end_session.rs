//! The end-session endpoint. Whatever is wrong is told to the visitor.

use entente::flows::paths;

use super::{refused, shown};
use crate::bad_input::case::{Expect, Face, Parameter};
use crate::support::gateway::PAYROLL_CALLBACK;

/// Where the app is told that the visitor is signed out.
const SIGNED_OUT: &str = "http://localhost:9/payroll/signed-out";

pub(super) fn faces() -> Vec<Face> {
    let base = [("client_id", "payroll"), ("post_logout_redirect_uri", SIGNED_OUT), ("state", "state-1")];
    ["GET", "POST"]
        .into_iter()
        .map(|method| {
            let mut face = Face::new(method, paths::END_SESSION, &base, back());
            face.parameters = parameters();
            face
        })
        .collect()
}

fn back() -> Expect {
    Expect::To(format!("{SIGNED_OUT}?state=state-1"))
}

fn parameters() -> Vec<Parameter> {
    let unregistered = refused("REDIRECT_URI_REFUSED", "post_logout_redirect_uri_not_registered");
    let page = Expect::Shown("You are signed out here");
    let without_state = Expect::To(SIGNED_OUT.to_owned());
    let not_ours = refused("BAD_REQUEST", "id_token_hint_malformed");
    let not_tags = refused("BAD_REQUEST", "ui_locales_malformed");
    let uri = "post_logout_redirect_uri";
    let of_strange_state = |state: &str| Expect::To(format!("{SIGNED_OUT}?state={state}"));
    vec![
        Parameter::new("id_token_hint", "a.b.c", 16 * 1_024, shown("id_token_hint", back()))
            .wrong(&["x", "a.b", "a.b.c.d", "{}", "é"], &not_ours),
        Parameter::new("client_id", "payroll", 255, shown("client_id", unregistered.clone()))
            .wrong(&["nobody", "PAYROLL", "' or 1=1 --"], &refused("APP_UNKNOWN", "client_id_unknown"))
            .wrong(&["travel"], &unregistered),
        Parameter::new(uri, SIGNED_OUT, 2_048, shown(uri, page))
            .wrong(&["https://evil.example/", PAYROLL_CALLBACK, "x", "{}"], &unregistered),
        Parameter::new("state", "state-1", 2_048, shown("state", without_state))
            .wrong(&["&x=1#y"], &of_strange_state("%26x%3D1%23y"))
            .wrong(&["é"], &of_strange_state("%C3%A9")),
        Parameter::new("ui_locales", "de", 256, shown("ui_locales", back()))
            .wrong(&["de_CH", "../../etc/passwd", "é"], &not_tags),
        Parameter::new("logout_hint", "ana@fabrikam.example", 512, shown("logout_hint", back()))
            .wrong(&["not an address", "é", "{}"], &back()),
    ]
}

//! What the pages of second factors post. Nobody is signed in here, so that a form which is read whole
//! comes to the missing cookie.

use entente::flows::paths;
use entente::http::routes::table;

use super::pages::{attempt_parameter, choice};
use super::{Setup, refused, shown_or};
use crate::bad_input::case::{Expect, Face, Kind, Parameter};

/// A row that nobody has.
const FACTOR: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
/// The page for who is not signed in.
const SIGNED_OUT: Expect = Expect::Shown("You are not signed in here");

pub(super) fn faces(setup: &Setup) -> Vec<Face> {
    let missing = refused("ATTEMPT_MISSING", "step_cookie_missing");
    let base = [("attempt", setup.attempt.as_str()), ("action", "check"), ("code", "123456")];
    let mut factor = Face::new("POST", table::FACTOR, &base, missing.clone());
    factor.headers = vec![("cookie", setup.cookie.clone())];
    factor.parameters = vec![
        attempt_parameter(setup, "step_cookie_missing"),
        choice("action", "check", "action_unknown"),
        choice("kind", "totp", "kind_unknown").with("action", Some("pass")),
        typed("code", "123456", &missing),
        typed("credential", "{}", &missing),
        typed("label", "Phone", &missing),
    ];
    let no_token = refused("BAD_REQUEST", "token_missing");
    let base = [("token", "x"), ("action", "new_codes")];
    let mut security = Face::new("POST", paths::SECURITY_INFO, &base, SIGNED_OUT);
    security.parameters = vec![
        // Without a session the token is not even looked at; it must be there.
        typed("token", "x", &SIGNED_OUT).but(Kind::Absent, &no_token).but(Kind::Empty, &no_token),
        choice("action", "new_codes", "action_unknown"),
        choice("kind", "totp", "kind_unknown").with("action", Some("add")),
        factor_id(),
        typed("label", "Phone", &SIGNED_OUT).with("action", Some("save_label")).with("factor", Some(FACTOR)),
    ];
    vec![factor, Face::new("GET", paths::SECURITY_INFO, &[], SIGNED_OUT), security]
}

/// A text that is judged later: any value is read, and only doubling is a fault.
fn typed(name: &'static str, good: &str, read: &Expect) -> Parameter {
    Parameter::new(name, good, 40_000, shown_or(read, read.clone())).wrong(&["0", "é", "\"><script>"], read)
}

fn factor_id() -> Parameter {
    let malformed = refused("BAD_REQUEST", "factor_malformed");
    Parameter::new("factor", FACTOR, 64, shown_or(&malformed, malformed.clone()))
        .wrong(&["0", "x", "é", "../x", "01890a5d-ac96-774b-bcce-b302099a805"], &malformed)
        .with("action", Some("remove"))
}

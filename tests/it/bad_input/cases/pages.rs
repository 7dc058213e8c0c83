//! What our own pages post.

use entente::flows::paths;
use entente::http::routes::table;

use super::{Setup, refused, shown_or};
use crate::bad_input::case::{Expect, Face, Kind, Parameter};

/// The page that asks for the organisation.
const ASKS: Expect = Expect::Shown("name=\"email\"");

pub(super) fn faces(setup: &Setup) -> Vec<Face> {
    let attempt = setup.attempt.as_str();
    let form = |method, path, base: &[(&'static str, &str)], good| {
        let mut face = Face::new(method, path, base, good);
        face.headers = vec![("cookie", setup.cookie.clone())];
        face
    };
    let mut show = form("GET", table::ORGANIZATION, &[("attempt", attempt)], ASKS);
    show.parameters = vec![attempt_parameter(setup, "attempt_cookie_missing")];
    let mut organization =
        form("POST", table::ORGANIZATION, &[("attempt", attempt), ("email", "ana@fabrikam.example")], Expect::Partner);
    let way_unknown = refused("BAD_REQUEST", "way_unknown");
    let forget_unknown = refused("BAD_REQUEST", "forget_unknown");
    organization.parameters = vec![
        attempt_parameter(setup, "attempt_cookie_missing"),
        email(),
        Parameter::new("organization", "nobody", 64, shown_or(&ASKS, Expect::Partner))
            .wrong(&["é", "<script>", "fabrikam"], &ASKS),
        Parameter::new("forget", "yes", 64, shown_or(&forget_unknown, Expect::Partner))
            .wrong(&["1", "true", "é", "YES", "yes "], &forget_unknown),
        Parameter::new("by", "code", 64, shown_or(&way_unknown, Expect::Partner))
            .wrong(&["1", "mail", "é", "CODE", "code "], &way_unknown),
    ];
    let not_offered = refused("BAD_REQUEST", "no_code_offered");
    let base = [("attempt", attempt), ("action", "check"), ("code", "12345678")];
    let mut code = form("POST", table::SIGN_IN_CODE, &base, not_offered.clone());
    code.parameters = vec![
        attempt_parameter(setup, "attempt_cookie_missing"),
        choice("action", "check", "code_action_unknown"),
        // It is judged only where one was asked for.
        Parameter::new("code", "12345678", 40_000, shown_or(&not_offered, not_offered.clone()))
            .wrong(&["0", "é", "\"><script>"], &not_offered),
    ];
    let invalid = Expect::Refused { status: 404, code: "LINK_INVALID", cause: "invitation_unknown".to_owned() };
    let ticket = || {
        Parameter::new("ticket", "x", 64, shown_or(&invalid, invalid.clone()))
            .wrong(&["0", "é", "../x", "\"><script>"], &invalid)
    };
    let mut open = form("GET", paths::REDEEM, &[("ticket", "x")], invalid.clone());
    open.parameters = vec![ticket()];
    let mut begin = form("POST", paths::REDEEM, &[("ticket", "x")], invalid.clone());
    begin.parameters = vec![ticket()];
    let no_step = refused("ATTEMPT_MISSING", "step_cookie_missing");
    let mut agree = form("POST", table::AGREE, &[("attempt", attempt), ("decision", "accept")], no_step);
    agree.parameters =
        vec![attempt_parameter(setup, "step_cookie_missing"), choice("decision", "accept", "decision_unknown")];
    // Nobody is signed in, so that the token is not even looked at; it must be there.
    let panel = Expect::To(paths::PANEL.to_owned());
    let no_token = refused("BAD_REQUEST", "token_missing");
    let mut leave = form("POST", paths::LEAVE, &[("token", "x")], panel.clone());
    leave.parameters = vec![
        Parameter::new("token", "x", 40_000, shown_or(&panel, no_token.clone()))
            .wrong(&["0", "é"], &panel)
            .but(Kind::Empty, &no_token),
    ];
    let mut account = form("POST", table::ACCOUNT, &[("attempt", attempt), ("account", "other")], ASKS);
    account.parameters =
        vec![attempt_parameter(setup, "attempt_cookie_missing"), choice("account", "other", "account_unknown")];
    let missing = refused("ATTEMPT_MISSING", "step_cookie_missing");
    let mut consent = form("POST", table::CONSENT, &[("attempt", attempt), ("decision", "accept")], missing);
    consent.parameters =
        vec![attempt_parameter(setup, "step_cookie_missing"), choice("decision", "accept", "decision_unknown")];
    let refused_token = refused("BAD_REQUEST", "sign_out_token_refused");
    let mut sign_out = form("POST", table::SIGN_OUT, &[("token", "x"), ("decision", "sign_out")], refused_token);
    sign_out.parameters = vec![token(), choice("decision", "sign_out", "decision_unknown")];
    vec![
        Face::new("GET", paths::PANEL, &[], ASKS),
        Face::new("GET", paths::LEAVE, &[], panel),
        open,
        begin,
        agree,
        leave,
        show,
        organization,
        code,
        account,
        consent,
        sign_out,
    ]
}

pub(super) fn attempt_parameter(setup: &Setup, unknown: &str) -> Parameter {
    let malformed = refused("BAD_REQUEST", "attempt_malformed");
    let faults = shown_or(&malformed, refused("BAD_REQUEST", "attempt_missing"));
    Parameter::new("attempt", &setup.attempt, 64, faults)
        .wrong(&["0", "x", "é", "../x", "01890a5d-ac96-774b-bcce-b302099a805"], &malformed)
        .wrong(&["01890a5d-ac96-774b-bcce-b302099a8057"], &refused("ATTEMPT_MISSING", unknown))
}

/// The page asks again, with what was typed; who is of no organisation is offered a code.
fn email() -> Parameter {
    let elsewhere = Expect::Shown("Sign in with a code by e-mail");
    Parameter::new("email", "ana@fabrikam.example", 254, shown_or(&ASKS, ASKS))
        .wrong(&["ana", "@", "ana@", "@fabrikam.example", "ana@fabrikam", "a@b@c.example", "é@fabrikam.example"], &ASKS)
        .wrong(&["<script>@fabrikam.example", "\"><img src=x>", "ana@fabrikam.example, x@y.example"], &ASKS)
        .wrong(&["ana@nobody.example", "ana@fabrikam.example.nobody.example"], &elsewhere)
}

pub(super) fn choice(name: &'static str, good: &str, unknown: &str) -> Parameter {
    let unknown = refused("BAD_REQUEST", unknown);
    Parameter::new(name, good, 64, shown_or(&unknown, unknown.clone()))
        .wrong(&["yes", "1", "true", "é", &good.to_uppercase(), &format!("{good} ")], &unknown)
}

fn token() -> Parameter {
    let refused_token = refused("BAD_REQUEST", "sign_out_token_refused");
    Parameter::new("token", "x", 4_096, shown_or(&refused_token, refused("BAD_REQUEST", "token_missing")))
        .wrong(&["0", "é", "AAAA", "{}"], &refused_token)
}

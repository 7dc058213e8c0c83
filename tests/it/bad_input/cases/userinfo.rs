//! The userinfo endpoint. The good request shows an unknown token.

use entente::flows::paths;

use crate::bad_input::case::{Expect, Face, Faults, Kind, Parameter};

pub(super) fn faces() -> Vec<Face> {
    let mut post = Face::new("POST", paths::USERINFO, &[("access_token", "unknown-token")], unknown());
    let faults = Faults {
        absent: json(401, "invalid_token", None, "access_token_missing"),
        doubled: invalid("access_token_doubled"),
        too_long: invalid("access_token_too_long"),
        malformed: invalid("access_token_malformed"),
        unreadable: json(400, "invalid_request", Some("parameters_badly_encoded"), "parameters_badly_encoded"),
    };
    post.parameters = vec![
        Parameter::new("access_token", "unknown-token", 4_096, faults)
            .wrong(&["0", "x.y"], &unknown())
            // As tokens for APIs look, which open nothing here.
            .wrong(&["x.y.z"], &json(401, "invalid_token", None, "access_token_for_another_audience"))
            .wrong(&["é", "a b", "{}", "=", "' or 1=1 --"], &invalid("access_token_malformed"))
            .but(Kind::Empty, &json(401, "invalid_token", None, "access_token_missing")),
    ];
    vec![Face::new("GET", paths::USERINFO, &[], json(401, "invalid_token", None, "access_token_missing")), post]
}

fn json(status: u16, error: &'static str, description: Option<&str>, cause: &str) -> Expect {
    Expect::Json { status, error, description: description.map(str::to_owned), cause: cause.to_owned() }
}

fn unknown() -> Expect {
    json(401, "invalid_token", None, "access_token_unknown")
}

fn invalid(cause: &str) -> Expect {
    json(400, "invalid_request", None, cause)
}

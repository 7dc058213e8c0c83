//! The token endpoint. The good request shows an unknown code, which is refused last.

use entente::flows::paths;

use crate::bad_input::case::{Expect, Face, Faults, Parameter};
use crate::support::gateway::{PAYROLL_CALLBACK, PAYROLL_SECRET, VERIFIER};

pub(super) fn faces() -> Vec<Face> {
    let base = [
        ("client_id", "payroll"),
        ("client_secret", PAYROLL_SECRET),
        ("grant_type", "authorization_code"),
        ("code", "unknown-code"),
        ("redirect_uri", PAYROLL_CALLBACK),
    ];
    let mut face = Face::new("POST", paths::TOKEN, &base, unknown_code());
    face.parameters = parameters();
    vec![face]
}

fn json(status: u16, error: &'static str, description: &str, cause: &str) -> Expect {
    Expect::Json { status, error, description: Some(description.to_owned()), cause: cause.to_owned() }
}

fn unknown_code() -> Expect {
    json(400, "invalid_grant", "the code cannot be redeemed", "code_unknown")
}

fn invalid_client(cause: &str) -> Expect {
    json(401, "invalid_client", "client authentication failed", cause)
}

fn told(name: &str, absent: Expect) -> Faults {
    let fault =
        |words: &str, what: &str| json(400, "invalid_request", &format!("{name} {words}"), &format!("{name}_{what}"));
    Faults {
        absent,
        doubled: fault("is given more than once", "doubled"),
        too_long: fault("is too long", "too_long"),
        malformed: fault("is malformed", "malformed"),
        unreadable: json(400, "invalid_request", "parameters_badly_encoded", "parameters_badly_encoded"),
    }
}

fn missing(name: &str) -> Expect {
    json(400, "invalid_request", &format!("{name} is missing"), &format!("{name}_missing"))
}

fn parameters() -> Vec<Parameter> {
    let unsupported =
        json(400, "unsupported_grant_type", "grant_type must be authorization_code", "grant_type_unsupported");
    let malformed = json(400, "invalid_request", "code_verifier is malformed", "code_verifier_malformed");
    let assertion = invalid_client("client_assertion_unsupported");
    let unlimited = |name: &'static str| {
        let faults = Faults { too_long: assertion.clone(), ..told(name, unknown_code()) };
        Parameter::new(name, "x", 16_000, faults).wrong(&["eyJhbGciOiJub25lIn0.e30.", "{}"], &assertion)
    };
    vec![
        Parameter::new("grant_type", "authorization_code", 128, told("grant_type", missing("grant_type"))).wrong(
            &[
                "password",
                "refresh_token",
                "client_credentials",
                "implicit",
                "AUTHORIZATION_CODE",
                "authorization_code ",
            ],
            &unsupported,
        ),
        Parameter::new("code", "unknown-code", 512, told("code", missing("code")))
            .wrong(&["0", "é", "' or 1=1 --", "[]"], &unknown_code()),
        Parameter::new("redirect_uri", PAYROLL_CALLBACK, 2_048, told("redirect_uri", missing("redirect_uri")))
            .wrong(&["https://evil.example/", "x", "é"], &unknown_code()),
        Parameter::new("code_verifier", VERIFIER, 128, told("code_verifier", unknown_code()))
            .wrong(&[&VERIFIER[1..], "x", &VERIFIER.replace('-', "+"), "é"], &malformed),
        Parameter::new("client_id", "payroll", 255, told("client_id", missing("client_id")))
            .wrong(&["nobody", "PAYROLL", "é", "' or 1=1 --"], &invalid_client("client_id_unknown"))
            .wrong(&["travel"], &invalid_client("client_secret_refused")),
        Parameter::new(
            "client_secret",
            PAYROLL_SECRET,
            1_024,
            told("client_secret", invalid_client("client_secret_refused")),
        )
        .wrong(&["0", "é", "payroll", "null"], &invalid_client("client_secret_refused")),
        unlimited("client_assertion"),
        unlimited("client_assertion_type"),
    ]
}

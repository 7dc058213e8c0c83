//! The endpoint where apps push requests: what the authorization endpoint says to the app's redirect URI, or to the
//! visitor, is said here in JSON.

use entente::flows::paths;

use super::{authorize, token};
use crate::bad_input::case::{Expect, Face, Kind};
use crate::support::gateway::{PAYROLL_CALLBACK, PAYROLL_SECRET};

const TAKEN: Expect = Expect::Accepted("urn:ietf:params:oauth:request_uri:");

pub(super) fn faces() -> Vec<Face> {
    let base = [
        ("client_id", "payroll"),
        ("client_secret", PAYROLL_SECRET),
        ("redirect_uri", PAYROLL_CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "state-1"),
    ];
    let mut face = Face::new("POST", paths::PUSH, &base, TAKEN);
    face.parameters = token::credentials();
    for mut parameter in authorize::parameters() {
        if parameter.name == "client_id" {
            continue;
        }
        for case in &mut parameter.cases {
            case.expect = told(&case.expect);
        }
        face.parameters.push(match parameter.name {
            // These are longer than a whole pushed request may be.
            "id_token_hint" | "request" | "request_uri" | "registration" => parameter
                .but(Kind::OverLong, &json("invalid_request", "the request is malformed", "pushed_request_too_long")),
            _ => parameter,
        });
    }
    vec![face]
}

fn json(error: &'static str, description: &str, cause: &str) -> Expect {
    Expect::Json { status: 400, error, description: Some(description.to_owned()), cause: cause.to_owned() }
}

fn told(expect: &Expect) -> Expect {
    match expect {
        Expect::App { error: "login_required", .. } => TAKEN,
        Expect::App { error, description, cause, .. } => json(error, description, cause),
        Expect::Refused { cause, .. } if cause == "parameters_badly_encoded" => json("invalid_request", cause, cause),
        Expect::Refused { code: "REDIRECT_URI_REFUSED", cause, .. } => {
            json("invalid_request", "redirect_uri is none of those of the app's registration", cause)
        }
        Expect::Refused { cause, .. } => json("invalid_request", "the request is malformed", cause),
        _ => TAKEN,
    }
}

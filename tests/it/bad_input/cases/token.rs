//! The token endpoint. The good request shows an unknown code, which is refused last.

use entente::flows::paths;
use entente::oidc::client_assertion;

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
    let unknown = unknown("refresh_token_unknown");
    face.parameters.extend([
        Parameter::new("refresh_token", "unknown.token", 512, told("refresh_token", missing("refresh_token")))
            .wrong(&["0", "x.y.z", ".", "' or 1=1 --"], &unknown)
            .with("grant_type", Some("refresh_token")),
        Parameter::new("scope", "openid", 2_048, told("scope", unknown.clone()))
            .wrong(&["nothing", "{}", "é"], &unknown)
            .with("grant_type", Some("refresh_token"))
            .with("refresh_token", Some("unknown.token")),
    ]);
    let mut faces = vec![face];
    for (path, good) in
        [(paths::INTROSPECT, Expect::Shown(r#"{"active":false}"#)), (paths::REVOKE, Expect::Shown("{}"))]
    {
        let base = [
            ("client_id", "payroll"),
            ("client_secret", PAYROLL_SECRET),
            ("token", "unknown"),
            ("token_type_hint", "x"),
        ];
        let mut face = Face::new("POST", path, &base, good.clone());
        face.parameters = shown_token(&good);
        faces.push(face);
    }
    faces
}

fn json(status: u16, error: &'static str, description: &str, cause: &str) -> Expect {
    Expect::Json { status, error, description: Some(description.to_owned()), cause: cause.to_owned() }
}

fn unknown(cause: &str) -> Expect {
    json(400, "invalid_grant", "the code or token cannot be redeemed", cause)
}

fn unknown_code() -> Expect {
    json(400, "invalid_grant", "the code or token cannot be redeemed", "code_unknown")
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

fn shown_token(good: &Expect) -> Vec<Parameter> {
    let mut parameters = credentials();
    parameters.extend([
        Parameter::new("token", "unknown", 16 * 1_024, told("token", missing("token")))
            .wrong(&["0", "x.y", "{}", "é", "' or 1=1 --"], good),
        Parameter::new("token_type_hint", "access_token", 128, told("token_type_hint", good.clone()))
            .wrong(&["refresh_token", "nothing", "é"], good),
    ]);
    parameters
}

/// It may stand several times; the code is looked at before it.
fn resource() -> Parameter {
    let target = |words: &str, what: &str| {
        json(400, "invalid_target", &format!("resource {words}"), &format!("resource_{what}"))
    };
    let malformed = target("must be an absolute URI without fragment", "malformed");
    let faults = Faults {
        absent: unknown_code(),
        doubled: unknown_code(),
        too_long: target("is too long", "too_long"),
        malformed: malformed.clone(),
        unreadable: json(400, "invalid_request", "parameters_badly_encoded", "parameters_badly_encoded"),
    };
    Parameter::new("resource", "urn:api", 2_048, faults)
        .but_with_second("other", &malformed)
        .wrong(&["x", "/api", "{}", "é", "urn:a#b", "' or 1=1 --"], &malformed)
        .wrong(&["urn:api", "https://api.contoso.example"], &unknown_code())
}

fn parameters() -> Vec<Parameter> {
    let mut parameters = credentials();
    parameters.push(resource());
    parameters.extend(of_code());
    parameters
}

/// The parameters by which an app proves itself; `good` is the answer where it has.
pub(super) fn credentials() -> Vec<Parameter> {
    let malformed = invalid_client("client_assertion_malformed");
    // Beside a secret there must be none, and it names who asks.
    let doubled = json(
        400,
        "invalid_request",
        "more than one method of client authentication is used",
        "client_authentication_doubled",
    );
    let own = "e30.eyJzdWIiOiJwYXlyb2xsIn0.e30";
    vec![
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
        Parameter::new("client_assertion", own, 8 * 1024, told("client_assertion", missing("client_assertion")))
            .wrong(&["x", "e30.e30.e30", "a.b.c.d.e", "{}"], &malformed)
            .wrong(&["e30.eyJzdWIiOiJ0cmF2ZWwifQ.e30"], &invalid_client("client_assertion_of_another"))
            .wrong(&[own], &invalid_client("client_assertion_unexpected"))
            .with("client_secret", None)
            .with("client_assertion_type", Some(client_assertion::TYPE)),
        Parameter::new(
            "client_assertion_type",
            client_assertion::TYPE,
            128,
            told("client_assertion_type", missing("client_assertion_type")),
        )
        .wrong(
            &["x", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"],
            &invalid_client("client_assertion_type_unknown"),
        )
        .wrong(&[client_assertion::TYPE], &doubled)
        .with("client_assertion", Some(own)),
    ]
}

fn of_code() -> Vec<Parameter> {
    let unsupported = json(
        400,
        "unsupported_grant_type",
        "grant_type must be authorization_code, refresh_token or client_credentials",
        "grant_type_unsupported",
    );
    let malformed = json(400, "invalid_request", "code_verifier is malformed", "code_verifier_malformed");
    let not_of_app = json(
        400,
        "unauthorized_client",
        "this app may not have this token; see its registration",
        "grant_type_not_of_app",
    );
    vec![
        Parameter::new("grant_type", "authorization_code", 128, told("grant_type", missing("grant_type")))
            .wrong(&["password", "implicit", "AUTHORIZATION_CODE", "authorization_code "], &unsupported)
            .wrong(&["refresh_token"], &missing("refresh_token"))
            .wrong(&["client_credentials"], &not_of_app),
        Parameter::new("code", "unknown-code", 512, told("code", missing("code")))
            .wrong(&["0", "é", "' or 1=1 --", "[]"], &unknown_code()),
        Parameter::new("redirect_uri", PAYROLL_CALLBACK, 2_048, told("redirect_uri", missing("redirect_uri")))
            .wrong(&["https://evil.example/", "x", "é"], &unknown_code()),
        Parameter::new("code_verifier", VERIFIER, 128, told("code_verifier", unknown_code()))
            .wrong(&[&VERIFIER[1..], "x", &VERIFIER.replace('-', "+"), "é"], &malformed),
    ]
}

//! The authorization endpoint. Until the redirect URI has been checked the visitor is told, after that
//! the app.

use entente::flows::paths;

use super::{refused, shown, unreadable};
use crate::bad_input::case::{Expect, Face, Faults, Kind, Parameter};
use crate::support::gateway::{CHALLENGE, PAYROLL_CALLBACK, TRAVEL_CALLBACK};

const STATE: &str = "state-1";
/// The thumbprint of a key.
const KEY: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

pub(super) fn faces() -> Vec<Face> {
    let base = [
        ("client_id", "payroll"),
        ("redirect_uri", PAYROLL_CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", STATE),
        ("nonce", "nonce-1"),
        ("domain_hint", "fabrikam"),
    ];
    ["GET", "POST"]
        .into_iter()
        .map(|method| {
            let mut face = Face::new(method, paths::AUTHORIZE, &base, Expect::Partner);
            face.parameters = parameters();
            face
        })
        .collect()
}

fn app(error: &'static str, description: &str, cause: &str) -> Expect {
    Expect::App { error, description: description.to_owned(), state: Some(STATE), cause: cause.to_owned() }
}

fn invalid(description: &str, cause: &str) -> Expect {
    app("invalid_request", description, cause)
}

/// Faults that the app is told, named after the parameter.
fn told(name: &str, absent: Expect) -> Faults {
    let fault = |words: &str, what: &str| invalid(&format!("{name} {words}"), &format!("{name}_{what}"));
    Faults {
        absent,
        doubled: fault("is given more than once", "doubled"),
        too_long: fault("is too long", "too_long"),
        malformed: fault("is malformed", "malformed"),
        unreadable: unreadable(),
    }
}

fn missing(name: &str, error: &'static str) -> Expect {
    app(error, &format!("{name} is missing"), &format!("{name}_missing"))
}

pub(super) fn parameters() -> Vec<Parameter> {
    let mut all = who_and_where();
    all.extend(what_is_asked());
    all.extend(challenge());
    all.extend(wishes());
    all.extend(hints());
    all.extend(request_objects());
    all
}

fn who_and_where() -> Vec<Parameter> {
    let unknown = refused("APP_UNKNOWN", "client_id_unknown");
    let unregistered = refused("REDIRECT_URI_REFUSED", "redirect_uri_not_registered");
    let absent = |name: &str| refused("BAD_REQUEST", &format!("{name}_missing"));
    vec![
        Parameter::new("client_id", "payroll", 255, shown("client_id", absent("client_id")))
            .wrong(&["nobody", "PAYROLL", "payroll ", "' or 1=1 --", "payroll\u{200b}", "рayroll", "0"], &unknown),
        Parameter::new("redirect_uri", PAYROLL_CALLBACK, 2_048, shown("redirect_uri", absent("redirect_uri")))
            .wrong(&["https://evil.example/", TRAVEL_CALLBACK, "x", "{}"], &unregistered),
    ]
}

fn what_is_asked() -> Vec<Parameter> {
    let unsupported = app("unsupported_response_type", "response_type must be code", "response_type_unsupported");
    let mode = invalid("response_mode must be query or form_post", "response_mode_unsupported");
    let without_openid = app("invalid_scope", "scope must hold openid", "scope_without_openid");
    let malformed = app("invalid_scope", "scope is malformed", "scope_malformed");
    let state = |words: &str, what: &str| Expect::App {
        error: "invalid_request",
        description: format!("state {words}"),
        state: None,
        cause: format!("state_{what}"),
    };
    let state_faults = Faults {
        absent: Expect::Partner,
        doubled: state("is given more than once", "doubled"),
        too_long: state("is too long", "too_long"),
        malformed: state("is malformed", "malformed"),
        unreadable: unreadable(),
    };
    vec![
        Parameter::new("response_type", "code", 64, told("response_type", missing("response_type", "invalid_request")))
            .wrong(&["token", "id_token", "code id_token", "CODE", "code ", "none", "1"], &unsupported),
        Parameter::new("response_mode", "query", 64, told("response_mode", Expect::Partner))
            .wrong(&["fragment", "form_post.jwt", "web_message", "query.jwt", "Query"], &mode),
        Parameter::new("scope", "openid", 1_024, told("scope", missing("scope", "invalid_scope")))
            .wrong(&["profile", "OPENID", "openid,profile", " "], &without_openid)
            .wrong(&["openid \"x\"", "openid \\x", "openid é"], &malformed),
        Parameter::new("state", STATE, 2_048, state_faults)
            .wrong(&["{\"a\":[1]}", "é\u{1f600}", "&state=x", "<script>"], &Expect::Partner),
        Parameter::new("nonce", "nonce-1", 512, told("nonce", Expect::Partner))
            .wrong(&["{}", "é\u{1f600}", "&nonce=x"], &Expect::Partner),
    ]
}

fn challenge() -> Vec<Parameter> {
    let method = "code_challenge_method";
    let unsupported = invalid("code_challenge_method must be S256", "code_challenge_method_unsupported");
    let alone = invalid("code_challenge_method is given without a code_challenge", "code_challenge_method_alone");
    let malformed = invalid("code_challenge is malformed", "code_challenge_malformed");
    let (short, odd) = (&CHALLENGE[1..], CHALLENGE.replace('-', "+"));
    vec![
        Parameter::new("code_challenge", CHALLENGE, 128, told("code_challenge", alone))
            .wrong(&[short, &odd, "x", "{}"], &malformed)
            .with(method, Some("S256")),
        Parameter::new(method, "S256", 16, told(method, unsupported.clone()))
            .wrong(&["plain", "s256", "S512", "0"], &unsupported)
            .with("code_challenge", Some(CHALLENGE)),
    ]
}

fn wishes() -> Vec<Parameter> {
    let with_others = invalid("prompt none stands with other values", "prompt_none_with_others");
    let unknown = invalid("prompt has a value that is not supported", "prompt_unknown");
    let max_age = invalid("max_age is malformed", "max_age_malformed");
    let acr = told("acr_values", Expect::Partner);
    let (too_many, acr_malformed) =
        (invalid("acr_values has more than 16 values", "acr_values_too_many"), acr.malformed.clone());
    let claims = told("claims", Expect::Partner);
    let claims_malformed = claims.malformed.clone();
    let acr_unknown = invalid("claims asks for acr in a way that is not known", "claims_acr_malformed");
    let too_deep = invalid("claims is nested deeper than 8 levels", "claims_too_deep");
    let locales = told("ui_locales", Expect::Partner);
    let not_tags = locales.malformed.clone();
    vec![
        Parameter::new("prompt", "login", 128, told("prompt", Expect::Partner))
            .wrong(&["none login", "consent none"], &with_others)
            .wrong(&["create", "LOGIN", "login,consent", "1"], &unknown)
            .wrong(&["none"], &app("login_required", "INTERACTION_NEEDED", "no_session")),
        Parameter::new("max_age", "0", 10, told("max_age", Expect::Partner))
            .wrong(&["-1", "+5", "1.5", "1e3", "0x10", " 5", "abc", "2147483648", "4294967296", "٣"], &max_age),
        Parameter::new("acr_values", "phr", 1_024, acr)
            .wrong(&[&"a ".repeat(17)], &too_many)
            .wrong(&["é"], &acr_malformed),
        Parameter::new("claims", "{}", 4_096, claims)
            .wrong(&["[]", "null", "x", "{\"id_token\":1}", "{\"a\":1,\"a\":2}", "é"], &claims_malformed)
            .wrong(&["{\"id_token\":{\"acr\":\"phr\"}}", "{\"id_token\":{\"acr\":{\"value\":1}}}"], &acr_unknown)
            .wrong(&[&"[".repeat(9)], &too_deep),
        Parameter::new("ui_locales", "de", 256, locales)
            .wrong(&["de_CH", "../../etc/passwd", "abcdefghi", "*", "é"], &not_tags)
            .but(Kind::Empty, &Expect::Partner),
    ]
}

fn hints() -> Vec<Parameter> {
    let not_ours = |cause| invalid("id_token_hint is not an ID token that this app was given", cause);
    let page = Expect::Shown("name=\"email\"");
    let key = told("dpop_jkt", Expect::Partner);
    let no_key = key.malformed.clone();
    vec![
        Parameter::new("login_hint", "ana@fabrikam.example", 320, told("login_hint", Expect::Partner))
            .wrong(&["not an address", "@", "é@é", "<b>"], &Expect::Partner),
        Parameter::new("domain_hint", "fabrikam", 255, told("domain_hint", page.clone()))
            .wrong(&["nobody", "nobody.example", "..", "é", "' or 1=1 --"], &page),
        Parameter::new("id_token_hint", "a.b.c", 16 * 1_024, told("id_token_hint", Expect::Partner))
            .wrong(&["x", "a.b", "a.b.c.d", "{}", "é"], &not_ours("id_token_hint_malformed")),
        resource(),
        Parameter::new("dpop_jkt", KEY, 64, key).wrong(&["x", &KEY[1..], "{}", "é", "' or 1=1 --"], &no_key),
    ]
}

/// It may stand several times, and this app may have tokens for no API.
fn resource() -> Parameter {
    let target =
        |words: &str, what: &str| app("invalid_target", &format!("resource {words}"), &format!("resource_{what}"));
    let none =
        app("invalid_target", "resource is none of those that this app may have tokens for", "resource_not_of_app");
    let malformed = target("must be an absolute URI without fragment", "malformed");
    let faults = Faults {
        absent: Expect::Partner,
        doubled: none.clone(),
        too_long: target("is too long", "too_long"),
        malformed: malformed.clone(),
        unreadable: unreadable(),
    };
    Parameter::new("resource", "urn:api", 2_048, faults)
        .but_with_second("other", &malformed)
        .wrong(&["x", "/api", "{}", "é", "urn:a#b", "' or 1=1 --"], &malformed)
        .wrong(&["urn:api", "https://api.contoso.example"], &none)
}

fn request_objects() -> Vec<Parameter> {
    let one = |name: &'static str, error: &'static str| {
        let unsupported = app(error, &format!("{name} is not supported"), &format!("{name}_not_supported"));
        let faults = Faults { too_long: unsupported.clone(), ..told(name, Expect::Partner) };
        Parameter::new(name, "x", 16_000, faults)
            .wrong(&["eyJhbGciOiJub25lIn0.e30.", "http://169.254.169.254/", "file:///etc/passwd", "{}"], &unsupported)
    };
    vec![
        one("request", "request_not_supported"),
        one("request_uri", "request_uri_not_supported"),
        one("registration", "registration_not_supported"),
    ]
}

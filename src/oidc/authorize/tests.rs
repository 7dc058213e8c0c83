use proptest::prelude::*;

use super::*;
use crate::oidc::client_rules::{ApplicationType, Confidentiality, PkceRule};
use crate::oidc::errors::OAuthError;
use crate::oidc::redirect_uri::{LoopbackHttp, RedirectUri, RedirectUriMismatch};
use crate::oidc::scope::ScopeSet;

const CALLBACK: &str = "https://app.example/cb";
const ADDRESS: &str = "client_id=payroll&redirect_uri=https%3A%2F%2Fapp.example%2Fcb";
const REST: &str = "response_type=code&scope=openid";

fn callbacks() -> [RedirectUri; 1] {
    [RedirectUri::register(CALLBACK, ApplicationType::Web, LoopbackHttp::Refused).unwrap()]
}

fn rules(redirect_uris: &[RedirectUri]) -> ClientRules<'_> {
    ClientRules { redirect_uris, confidentiality: Confidentiality::Confidential, pkce: PkceRule::Optional }
}

fn unanswerable(query: &str) -> &'static str {
    let params = RawParams::parse(query).unwrap();
    let callbacks = callbacks();
    Addressed::read(&params).and_then(|request| request.answerable(rules(&callbacks)).map(drop)).unwrap_err().cause()
}

/// Reads a request with good `client_id` and `redirect_uri`; gives the reply and the outcome.
fn answer(rest: &str) -> (Reply, Result<AuthorizeRequest, AuthorizeError>) {
    let params = RawParams::parse(&format!("{ADDRESS}&{rest}")).unwrap();
    let callbacks = callbacks();
    let request = Addressed::read(&params).unwrap().answerable(rules(&callbacks)).unwrap();
    (request.reply(), request.read())
}

#[test]
fn a_plain_request_is_read() {
    let (reply, request) = answer(&format!("{REST}&state=s1&nonce=n1&unknown=x&claims=%7B%7D"));
    let expected = AuthorizeRequest {
        mode: ResponseMode::Query,
        client_id: "payroll".to_owned(),
        redirect_uri: CALLBACK.to_owned(),
        state: Some("s1".to_owned()),
        scopes: ScopeSet::parse("openid"),
        scope_words: vec!["openid".to_owned()],
        code_challenge: None,
        nonce: Some("n1".to_owned()),
        prompt: Prompt::Unspecified,
        max_age: None,
        login_hint: None,
        domain_hint: None,
        id_token_hint: None,
        acr_values: vec![],
        claims: RequestedClaims::default(),
        ui_locales: vec![],
        dpop_jkt: None,
        resources: vec![],
    };
    assert_eq!(request, Ok(expected));
    assert_eq!(reply, Reply::new(CALLBACK.to_owned(), Some("s1".to_owned()), ResponseMode::Query));
}

#[test]
fn faults_of_client_id_and_redirect_uri_are_never_answered() {
    let uri = "redirect_uri=https%3A%2F%2Fapp.example%2Fcb";
    for (query, cause) in [
        (format!("{uri}&{REST}"), "client_id_missing"),
        (format!("client_id=&{uri}&{REST}"), "client_id_missing"),
        (format!("client_id=a&client_id=a&{uri}"), "client_id_doubled"),
        (format!("client_id={}&{uri}", "a".repeat(256)), "client_id_too_long"),
        (format!("client_id=a%0A&{uri}"), "client_id_malformed"),
        ("client_id=a".to_owned(), "redirect_uri_missing"),
        ("client_id=a&redirect_uri=".to_owned(), "redirect_uri_missing"),
        (format!("client_id=a&{uri}&{uri}"), "redirect_uri_doubled"),
        (format!("client_id=a&{uri}&redirect_uri=https%3A%2F%2Fevil.example"), "redirect_uri_doubled"),
        (format!("client_id=a&redirect_uri={}", "a".repeat(2049)), "redirect_uri_too_long"),
        (format!("client_id=a&{uri}%0A"), "redirect_uri_malformed"),
        (format!("client_id=a&{uri}%2F"), "redirect_uri_not_registered"),
        (
            "client_id=a&redirect_uri=https%3A%2F%2Fapp.example%40evil.example%2Fcb".to_owned(),
            "redirect_uri_not_registered",
        ),
        ("client_id=a&redirect_uri=javascript%3Aalert(1)&prompt=none".to_owned(), "redirect_uri_not_registered"),
        (format!("client_id=a&redirect_uri={}", "a".repeat(2048)), "redirect_uri_not_registered"),
        (format!("client_id={}&redirect_uri=x", "a".repeat(255)), "redirect_uri_not_registered"),
    ] {
        assert_eq!(unanswerable(&query), cause, "{query}");
    }
    let params = RawParams::parse("client_id=a&redirect_uri=x").unwrap();
    let request = Addressed::read(&params).unwrap();
    assert_eq!(request.client_id(), "a");
    let refused = request.answerable(rules(&callbacks())).map(drop).unwrap_err();
    assert_eq!(refused, UnanswerableRequest::RedirectUri(RedirectUriMismatch { found: "x".to_owned() }));
}

#[test]
fn a_state_that_cannot_be_read_is_not_echoed() {
    let silent = Reply::new(CALLBACK.to_owned(), None, ResponseMode::Query);
    for (state, cause) in [
        ("state=a&state=b".to_owned(), "state_doubled"),
        ("state=a&state=a".to_owned(), "state_doubled"),
        (format!("state={}", "s".repeat(2049)), "state_too_long"),
        ("state=a%0Db".to_owned(), "state_malformed"),
    ] {
        let (reply, request) = answer(&format!("{REST}&{state}"));
        assert_eq!(request.map_err(|error| (error.error, error.cause)), Err((OAuthError::InvalidRequest, cause)));
        assert_eq!(reply, silent);
    }
    let longest = "s".repeat(2048);
    let (reply, request) = answer(&format!("{REST}&state={longest}"));
    assert_eq!(request.unwrap().state.as_ref(), Some(&longest));
    assert_eq!(reply, Reply::new(CALLBACK.to_owned(), Some(longest), ResponseMode::Query));
    for state in ["", "&state=", "&state"] {
        let (reply, request) = answer(&format!("{REST}{state}"));
        assert_eq!(request.unwrap().state, None);
        assert_eq!(reply, silent);
    }
}

#[test]
fn every_other_fault_is_answered_with_the_state() {
    use OAuthError::{InvalidRequest, InvalidScope, RequestNotSupported, UnsupportedResponseType};
    for (rest, error, cause) in [
        ("scope=openid", InvalidRequest, "response_type_missing"),
        ("response_type=token&scope=openid", UnsupportedResponseType, "response_type_unsupported"),
        ("response_type=code", InvalidScope, "scope_missing"),
        ("response_type=code&scope=openid&response_mode=fragment", InvalidRequest, "response_mode_unsupported"),
        ("response_type=code&scope=openid&request=a.b.c", RequestNotSupported, "request_not_supported"),
        ("response_type=code&scope=openid&code_challenge=a", InvalidRequest, "code_challenge_method_unsupported"),
        ("response_type=code&scope=openid&nonce=a&nonce=b", InvalidRequest, "nonce_doubled"),
        ("response_type=code&scope=openid&prompt=none+login", InvalidRequest, "prompt_none_with_others"),
        ("response_type=code&scope=openid&max_age=-1", InvalidRequest, "max_age_malformed"),
        ("response_type=code&scope=openid&login_hint=%00", InvalidRequest, "login_hint_malformed"),
        ("response_type=code&scope=openid&acr_values=%C3%A9", InvalidRequest, "acr_values_malformed"),
        ("response_type=code&scope=openid&claims=x", InvalidRequest, "claims_malformed"),
        ("response_type=code&scope=openid&ui_locales=d_e", InvalidRequest, "ui_locales_malformed"),
    ] {
        let (reply, request) = answer(&format!("{rest}&state=s"));
        let refused = request.unwrap_err();
        assert_eq!((refused.error, refused.cause), (error, cause), "{rest}");
        let answer = reply.with_error(&refused, "https://gate.example.com");
        let url = answer.leads_to();
        assert!(url.starts_with(&format!("{CALLBACK}?error={}&error_description=", error.as_str())), "{url}");
        assert!(url.ends_with("&state=s&iss=https%3A%2F%2Fgate.example.com"), "{url}");
    }
}

#[test]
fn every_parameter_that_is_read_is_refused_when_doubled() {
    // Only `resource` may stand several times (RFC 8707 2).
    for name in PARAMETERS.into_iter().filter(|name| *name != "resource") {
        let once = format!("{ADDRESS}&{REST}");
        let (doubled, expected) = (format!("{once}&{name}=a&{name}=a"), format!("{name}_doubled"));
        let params = RawParams::parse(&doubled).unwrap();
        let callbacks = callbacks();
        let cause = match Addressed::read(&params).and_then(|request| request.answerable(rules(&callbacks))) {
            Err(error) => error.cause(),
            Ok(request) => request.read().unwrap_err().cause,
        };
        assert_eq!(cause, expected);
    }
}

#[test]
fn a_public_app_is_refused_without_a_challenge() {
    let params = RawParams::parse(&format!("{ADDRESS}&{REST}")).unwrap();
    let callbacks = callbacks();
    let public = ClientRules { confidentiality: Confidentiality::Public, ..rules(&callbacks) };
    let refused = Addressed::read(&params).unwrap().answerable(public).unwrap().read().unwrap_err();
    assert_eq!((refused.error, refused.cause), (OAuthError::InvalidRequest, "code_challenge_missing"));
}

#[test]
fn prompts_answer_what_they_ask_for() {
    let prompt = |text: &str| answer(&format!("{REST}&prompt={text}")).1.unwrap().prompt;
    assert!(prompt("none").is_none() && !prompt("none").has(PromptStep::Login));
    assert!(prompt("login").has(PromptStep::Login) && !prompt("login").has(PromptStep::Consent));
    assert!(!prompt("").is_none() && !prompt("").has(PromptStep::SelectAccount));
}

proptest! {
    #[test]
    fn reading_any_query_never_panics_and_never_leaves_the_app(
        names in proptest::collection::vec((0..PARAMETERS.len(), "[ -~é\\n]{0,40}"), 0..24),
        noise in ".{0,80}",
    ) {
        let pairs: Vec<String> = names
            .iter()
            .map(|(index, value)| format!("{}={}", PARAMETERS[*index], crate::base::params::encode(value)))
            .collect();
        for query in [format!("{ADDRESS}&{}", pairs.join("&")), noise] {
            let Ok(params) = RawParams::parse(&query) else { continue };
            let callbacks = callbacks();
            let Ok(request) = Addressed::read(&params).and_then(|request| request.answerable(rules(&callbacks))) else {
                continue;
            };
            if let Err(error) = request.read() {
                let answer = request.reply().with_error(&error, "https://gate.example.com");
                let url = answer.leads_to();
                let is_form = matches!(answer, Answer::Form { .. });
                let start = if is_form { "https://app.example/cb" } else { "https://app.example/cb?error=" };
                prop_assert!(url.starts_with(start));
                prop_assert!(url.bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}

//! What a request says of host and scheme decides nothing: answers are the same to the byte.

use super::cases;
use super::edge::{Call, Edge};
use super::matrix::setup;
use crate::support::gateway::Gateway;
use crate::support::stores::Backend;

/// Headers that some servers build addresses from.
const LIES: &[(&str, &str)] = &[
    ("host", "evil.example"),
    ("host", "evil.example:1@localhost"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "javascript"),
    ("x-forwarded-port", "1"),
    ("x-forwarded-prefix", "//evil.example"),
    ("x-forwarded-for", "127.0.0.1"),
    ("forwarded", "for=127.0.0.1;host=evil.example;proto=http"),
    ("x-original-url", "//evil.example/"),
    ("x-rewrite-url", "//evil.example/"),
    ("x-host", "evil.example"),
    ("x-real-ip", "127.0.0.1"),
    ("x-http-method-override", "DELETE"),
    ("referer", "https://evil.example/"),
];

/// What is drawn anew for each request, taken out.
fn settled(text: &str, drawn: &[&str]) -> String {
    drawn.iter().filter(|drawn| !drawn.is_empty()).fold(text.to_owned(), |text, drawn| text.replace(drawn, "*"))
}

async fn told(edge: &Edge, call: Call) -> String {
    let heard = edge.call(call).await;
    let page = &heard.page;
    let request_id = super::invariants::text(&page.headers, "x-request-id").to_owned();
    let attempt = heard.set_cookies().first().and_then(|cookie| cookie.split(['=', ';']).nth(1)).map(str::to_owned);
    let attempt_id = heard
        .set_cookies()
        .first()
        .and_then(|cookie| cookie.split('=').next())
        .map(|name| name.rsplit('_').next().unwrap_or_default().to_owned());
    let location = super::invariants::text(&page.headers, "location");
    // A request to the partner has an ID, a signature and so a length of its own.
    let location = location.split("SAMLRequest=").next().unwrap_or_default().to_owned();
    let mut headers: Vec<String> = page
        .headers
        .iter()
        .filter(|(name, _)| *name != "location")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    // Nor is a pushed request sealed twice in the same way.
    let body = page.body.split("urn:ietf:params:oauth:request_uri:").next().unwrap_or_default();
    let all = format!("{} {location}\n{}\n{body}", page.status, headers.join("\n"));
    let (attempt, attempt_id) = (attempt.unwrap_or_default(), attempt_id.unwrap_or_default());
    settled(&all, &[&request_id, &attempt, &attempt_id])
}

#[tokio::test]
async fn no_answer_of_any_route_changes_with_what_the_request_says_of_its_host() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let edge = Edge::new(gateway.services.clone());
    let setup = setup(&edge, &gateway.url).await;
    for face in cases::all(&setup) {
        let honest = told(&edge, face.good_call()).await;
        assert!(honest.lines().count() > 1);
        for (name, value) in LIES {
            let lied = told(&edge, face.good_call().header(name, value)).await;
            assert_eq!(lied, honest, "{} {} with `{name}: {value}`", face.method, face.path);
            assert!(!lied.contains("evil.example"));
        }
    }
}

#[tokio::test]
async fn an_absolute_request_target_decides_nothing_either() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let edge = Edge::new(gateway.services.clone());
    let honest = edge.get("/.well-known/openid-configuration").await;
    let heard = edge.get("http://evil.example/.well-known/openid-configuration").await;
    assert_eq!((heard.page.status, &heard.page.body), (200, &honest.page.body));
    assert_eq!(honest.page.json()["issuer"], gateway.url.as_str());
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_whatever_it_says_of_itself() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let edge = Edge::new(gateway.services.clone());
    let setup = setup(&edge, &gateway.url).await;
    let form = format!("attempt={}&email=ana@fabrikam.example", setup.attempt);
    let post = |form: &str| Call::form("/sign-in/organization", form).header("cookie", &setup.cookie);
    let marks = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")];
    for (name, value) in marks {
        for form in [form.clone(), format!("{form}&posted_again=1")] {
            let heard = edge.call(post(&form).header(name, value)).await;
            assert_eq!(heard.page.refusal_code(), Some("BAD_REQUEST"));
            assert_eq!(heard.causes, ["form_of_another_site"], "{name}: {value}, {form}");
        }
    }
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", gateway.url.as_str())] {
        let heard = edge.call(post(&form).header(name, value)).await;
        assert!(heard.causes.is_empty());
        assert!(matches!(heard.page.status, 200 | 303), "{heard:?}");
        assert!(heard.page.onward().starts_with(&gateway.partner.sso));
    }
}

//! The walker against sites that answer over sockets and remember what they were asked.

use std::sync::Mutex;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;

use super::*;
use crate::base::clock::ManualClock;
use crate::outbound::client::Reach;

type Asked = Arc<Mutex<Vec<(String, HeaderMap)>>>;

/// One answer: path, status, headers, body.
type Answer = (&'static str, u16, &'static [(&'static str, &'static str)], &'static str);

/// A site whose answers are looked up by path.
async fn site_of(answers: &'static [Answer]) -> (String, Asked) {
    let asked: Asked = Arc::default();
    let answer = move |State(asked): State<Asked>, request: Request| async move {
        let path = request.uri().path().to_owned();
        asked.lock().unwrap().push((format!("{} {path}", request.method()), request.headers().clone()));
        let Some((_, status, headers, body)) = answers.iter().find(|(at, ..)| *at == path) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let mut response: Response = (StatusCode::from_u16(*status).unwrap(), *body).into_response();
        response.headers_mut().remove(CONTENT_TYPE);
        for (name, value) in *headers {
            response.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new().fallback(answer).with_state(asked.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://localhost:{port}"), asked)
}

fn browser() -> Browser {
    let clock = ManualClock::new(Timestamp::from_seconds(1_790_000_000));
    Browser::new(HttpClient::new(Reach::Loopback).unwrap(), Arc::new(clock))
}

const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

/// What was asked, and one header of each request.
fn seen(asked: &Asked, header: &str) -> Vec<(String, Option<String>)> {
    let value = |headers: &HeaderMap| headers.get(header).map(|value| value.to_str().unwrap().to_owned());
    asked.lock().unwrap().iter().map(|(line, headers)| (line.clone(), value(headers))).collect()
}

fn row(line: &str, value: Option<&str>) -> (String, Option<String>) {
    (line.to_owned(), value.map(str::to_owned))
}

#[tokio::test]
async fn redirects_and_refreshes_lead_on_by_get_and_cookies_come_along() {
    let (url, asked) = site_of(&[
        ("/form", 200, &[HTML], "<form method=post action=/post><input type=hidden name=a value=1></form>"),
        ("/post", 303, &[("location", "/wait"), ("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2; Path=/end")], ""),
        ("/wait", 200, &[HTML], "<meta http-equiv=refresh content='0; url=/end'>"),
        ("/end", 200, &[HTML, ("set-cookie", "a=; Max-Age=0; Path=/")], "<title>End</title>"),
    ])
    .await;
    let mut browser = browser();
    let form = browser.open(&format!("{url}/form")).await.unwrap().read.forms[0].clone();
    let page = browser.submit(&form).await.unwrap();
    assert_eq!((page.url.path(), page.read.title.as_str()), ("/end", "End"));
    let expected = [
        row("GET /form", None),
        row("POST /post", None),
        row("GET /wait", Some("a=1")),
        row("GET /end", Some("b=2; a=1")),
    ];
    assert_eq!(seen(&asked, "cookie"), expected);
    assert_eq!(browser.jar.iter().map(|cookie| cookie.name.as_str()).collect::<Vec<_>>(), ["b"]);
    let same = Some("same-origin");
    let expected =
        [row("GET /form", Some("none")), row("POST /post", same), row("GET /wait", same), row("GET /end", same)];
    assert_eq!(seen(&asked, "sec-fetch-site"), expected);
    assert_eq!(seen(&asked, "origin")[1], row("POST /post", Some(&url)));
    assert_eq!(seen(&asked, "origin")[2], row("GET /wait", None));
}

#[tokio::test]
async fn a_post_from_another_site_takes_no_lax_cookie_along() {
    let (url, asked) = site_of(&[
        ("/set", 200, &[("set-cookie", "lax=1; Path=/"), ("set-cookie", "none=2; Path=/; SameSite=None; Secure")], ""),
        ("/post", 307, &[("location", "/end")], ""),
        ("/end", 200, &[], ""),
    ])
    .await;
    let mut browser = browser();
    browser.open(&format!("{url}/set")).await.unwrap();
    browser.post_from("https://idp.example/sso", &format!("{url}/post"), &[]).await.unwrap();
    let expected = [row("GET /set", None), row("POST /post", Some("none=2")), row("POST /end", Some("none=2"))];
    assert_eq!(seen(&asked, "cookie"), expected);
    assert_eq!(seen(&asked, "sec-fetch-site")[1], row("POST /post", Some("cross-site")));
    // The page there was https and this one is not.
    assert_eq!(seen(&asked, "origin")[1], row("POST /post", Some("null")));
    browser.post_from("http://localhost:1/sso", &format!("{url}/end"), &[]).await.unwrap();
    assert_eq!(seen(&asked, "cookie")[3], row("POST /end", Some("lax=1; none=2")));
    assert_eq!(seen(&asked, "sec-fetch-site")[3], row("POST /end", Some("same-site")));
    assert_eq!(seen(&asked, "origin")[3], row("POST /end", Some("http://localhost:1")));
}

#[tokio::test]
async fn a_pages_policy_may_hide_its_origin() {
    let (other, asked) = site_of(&[("/", 200, &[], "")]).await;
    for (policy, expected) in
        [("no-referrer", "null"), ("same-origin", "null"), ("strict-origin", "http://localhost:9")]
    {
        let mut browser = browser();
        browser.page = Some(Page {
            url: Url::parse("http://localhost:9/page").unwrap(),
            status: StatusCode::OK,
            headers: [(REFERRER_POLICY, HeaderValue::from_static(policy))].into_iter().collect(),
            body: String::new(),
            read: Read::default(),
            onward: None,
        });
        let action = Url::parse(&other).unwrap();
        let form = Form { id: None, method: Method::Post, action, fields: vec![], buttons: vec![] };
        browser.submit(&form).await.unwrap();
        assert_eq!(seen(&asked, "origin").pop().unwrap().1.as_deref(), Some(expected), "{policy}");
    }
}

#[tokio::test]
async fn a_walk_stops_where_it_is_told_and_never_goes_in_circles() {
    let (url, asked) = site_of(&[("/a", 302, &[("location", "/b")], ""), ("/b", 302, &[("location", "/a")], "")]).await;
    let mut browser = browser();
    browser.stop_at(Some(&format!("{url}/b")));
    let onward = browser.open(&format!("{url}/a")).await.unwrap().onward.clone();
    assert_eq!(onward.unwrap().path(), "/b");
    assert_eq!(asked.lock().unwrap().len(), 1);
    browser.stop_at(None);
    let circle = browser.open(&format!("{url}/a")).await.map(|page| page.url.clone());
    assert!(matches!(circle, Err(BrowserError::TooManySteps { .. })), "{circle:?}");
    assert_eq!(asked.lock().unwrap().len(), 1 + MAX_STEPS);
    let refused = browser.open("not an address").await.map(|page| page.url.clone());
    assert!(matches!(refused, Err(BrowserError::Address { .. })), "{refused:?}");
}

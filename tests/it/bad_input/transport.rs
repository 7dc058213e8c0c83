//! What is wrong with a request before its parameters are looked at: method, path, media type, size,
//! time, and text that is no HTTP.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use entente::http::limits::{MAX_ACS_FORM, MAX_FORM, MAX_QUERY};
use entente::http::routes::table::ROUTES;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::edge::{Call, Edge, Heard};
use super::invariants::text;
use super::rows::Witness;
use crate::support::gateway::Gateway;
use crate::support::stores::{Backend, on_both_stores};

/// The routes by path, with the methods that each has.
fn methods() -> BTreeMap<String, Vec<&'static str>> {
    let mut paths: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for route in ROUTES {
        paths.entry(route.path.replace("{file}", "entente.css")).or_default().push(route.method);
    }
    paths
}

/// Every path that takes a form, with the most bytes of it.
fn forms() -> Vec<(&'static str, usize)> {
    // A form with a file is another kind, and a browser without a session has none read.
    let is_form = |path: &&str| *path != "/invite/files";
    let posts = ROUTES.iter().filter(|route| route.method == "POST").map(|route| route.path).filter(is_form);
    posts
        .map(|path| (path, if matches!(path, "/saml/sp/acs" | "/saml/idp/sso") { MAX_ACS_FORM } else { MAX_FORM }))
        .collect()
}

fn assert_refused(heard: &Heard, path: &str, status: u16, code: &str, cause: &str) {
    let page = &heard.page;
    assert_eq!((page.status, heard.causes.as_slice()), (status, &[cause.to_owned()][..]), "{path}: {page:?}");
    let is_told_in_json = matches!(
        path,
        "/oidc/token"
            | "/oidc/par"
            | "/oidc/introspect"
            | "/oidc/revoke"
            | "/oidc/userinfo"
            | "/oidc/rp/backchannel-logout/{handle}"
    );
    if is_told_in_json {
        assert_eq!(page.json()["error"], "invalid_request");
    } else {
        assert_eq!(page.refusal_code(), Some(code), "{path}");
    }
}

on_both_stores! {
    async fn requests_of_a_wrong_shape_write_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let edge = Edge::new(gateway.services.clone());
        let mut witness = Witness::connect(gateway.database_url()).await;
        let before = witness.rows().await;
        wrong_methods(&edge).await;
        unknown_paths(&edge).await;
        wrong_media_types(&edge).await;
        sizes(&edge).await;
        text_that_is_no_http(&gateway).await;
        gateway.services.refusals.flush().await;
        assert_eq!(witness.rows().await, before);
        assert_eq!(gateway.client().get("/health/ready").await.status, 200);
    }
}

async fn wrong_methods(edge: &Edge) {
    for (path, known) in methods() {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get", "X"] {
            let answers = known.contains(&method) || (method == "HEAD" && known.contains(&"GET"));
            if answers {
                continue;
            }
            let heard = edge.call(Call::new(method, &path).body("client_id=payroll")).await;
            assert_eq!(heard.page.status, 405, "{method} {path}");
            let allowed = text(&heard.page.headers, "allow");
            for method in &known {
                assert!(allowed.split(',').any(|other| other == *method), "{path} allows {allowed}");
            }
        }
    }
}

async fn unknown_paths(edge: &Edge) {
    for path in [
        "//",
        "/oidc",
        "/oidc/authorize/",
        "/oidc//authorize",
        "//oidc/authorize",
        "/OIDC/authorize",
        "/oidc%2fauthorize",
        "/oidc/authorize%00",
        "/oidc/authorize;x=1",
        "/oidc/./authorize",
        "/oidc/x/../authorize",
        "/saml/sp/acs/../../..",
        "/assets/",
        "/assets/x.css",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2e%2e/entente.css",
        "/assets/entente.css%00",
        "/assets/%ff",
        "/.env",
        "/.git/config",
        "/sign-in",
        "/health",
        "/metrics",
        "/%3cscript%3e",
    ] {
        let asset = path.strip_prefix("/assets/").is_some_and(|file| !file.is_empty() && !file.contains('/'));
        for (method, status) in [("GET", 404), ("POST", if asset { 405 } else { 404 })] {
            let heard = edge.call(Call::new(method, path)).await;
            assert_eq!(heard.page.status, status, "{method} {path}");
            assert!(heard.page.headers.contains_key("content-security-policy"), "{path}");
        }
    }
}

async fn wrong_media_types(edge: &Edge) {
    for (path, _) in forms() {
        for media_type in [
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencodedx",
            "application/x-www-form-urlencoded, text/plain",
            "application/xml",
            "*/*",
            "",
        ] {
            let call = Call::new("POST", path).header("content-type", media_type).body("client_id=payroll");
            assert_refused(&edge.call(call).await, path, 400, "BAD_REQUEST", "content_type_not_form");
        }
        if path != "/oidc/userinfo" {
            let heard = edge.call(Call::new("POST", path).body("client_id=payroll")).await;
            assert_refused(&heard, path, 400, "BAD_REQUEST", "content_type_not_form");
        }
        for media_type in ["application/x-www-form-urlencoded; charset=utf-8", "Application/X-WWW-Form-Urlencoded"] {
            let call = Call::new("POST", path).header("content-type", media_type).body("x=1");
            assert_ne!(edge.call(call).await.causes, ["content_type_not_form"], "{path}");
        }
    }
}

/// A body that comes in pieces and says nothing of its length.
fn in_pieces(length: usize) -> Body {
    let piece = bytes::Bytes::from(vec![b'a'; 1_024]);
    let pieces = (0..length / 1_024).map(move |_| piece.clone());
    let rest = bytes::Bytes::from(vec![b'a'; length % 1_024]);
    Body::new(Pieces(pieces.chain([rest]).collect()))
}

struct Pieces(std::collections::VecDeque<bytes::Bytes>);

impl axum::body::HttpBody for Pieces {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Ready(self.0.pop_front().map(|piece| Ok(hyper::body::Frame::data(piece))))
    }
}

/// A body of which nothing more ever comes.
pub struct Stalled;

impl axum::body::HttpBody for Stalled {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

/// A body that breaks off.
struct Broken;

impl axum::body::HttpBody for Broken {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Ready(Some(Err(std::io::Error::other("the connection broke"))))
    }
}

async fn sizes(edge: &Edge) {
    for (path, limit) in forms() {
        let form = |body: Body| Call::form(path, "").body(body);
        let too_large = |heard: &Heard| heard.causes.contains(&"body_too_large".to_owned());
        let heard =
            edge.call(form("a".repeat(limit + 1).into()).header("content-length", &(limit + 1).to_string())).await;
        assert_refused(&heard, path, 413, "TOO_LARGE", "body_too_large");
        let heard = edge.call(form(Body::empty()).header("content-length", "18446744073709551615")).await;
        assert_refused(&heard, path, 413, "TOO_LARGE", "body_too_large");
        let heard = edge.call(form(in_pieces(limit + 1))).await;
        assert_refused(&heard, path, 413, "TOO_LARGE", "body_too_large");
        let heard = edge.call(form(Body::new(Broken))).await;
        assert_refused(&heard, path, 400, "BAD_REQUEST", "body_broken");
        assert!(!too_large(&edge.call(form(in_pieces(limit))).await), "{path}");
        assert!(!too_large(&edge.call(form("a".repeat(limit).into())).await), "{path}");

        let heard = edge.call(form(Body::from(vec![b'a', b'=', 0xff]))).await;
        assert_refused(&heard, path, 400, "BAD_REQUEST", "form_not_utf8");
        let heard = edge.call(form("a=1&".repeat(65).into())).await;
        assert_refused(&heard, path, 400, "BAD_REQUEST", "parameters_too_many");
        let heard = edge.call(form("a=1&".repeat(64).into())).await;
        assert!(!heard.causes.contains(&"parameters_too_many".to_owned()), "{path}");
    }
    for route in ROUTES
        .iter()
        .filter(|route| route.method == "GET" && !route.parameters.is_empty() && route.path != "/assets/{file}")
    {
        let path = route.path;
        let heard = edge.get(&format!("{path}?{}", "a".repeat(MAX_QUERY + 1))).await;
        assert_refused(&heard, path, 413, "TOO_LARGE", "query_too_long");
        let heard = edge.get(&format!("{path}?{}", "a".repeat(MAX_QUERY))).await;
        assert!(!heard.causes.contains(&"query_too_long".to_owned()), "{path}");
        let heard = edge.get(&format!("{path}?{}", "a=1&".repeat(65))).await;
        assert_refused(&heard, path, 400, "BAD_REQUEST", "parameters_too_many");
    }
    let many_cookies = "entente_x=1; ".repeat(10_000);
    let call = Call::form("/saml/sp/acs", "SAMLResponse=PHgvPg%3D%3D&RelayState=01890a5d-ac96-774b-bcce-b302099a8057");
    assert_eq!(edge.call(call.header("cookie", &many_cookies)).await.page.refusal_code(), Some("ATTEMPT_MISSING"));
}

#[tokio::test]
async fn a_body_that_stalls_is_waited_for_so_long_and_no_longer() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let (short, long) = (Duration::from_millis(5), Duration::from_secs(600));
    let edge = Edge::with_times(gateway.services.clone(), short, long);
    for (path, _) in forms() {
        let heard = edge.call(Call::form(path, "").body(Body::new(Stalled))).await;
        assert_refused(&heard, path, 400, "BAD_REQUEST", "body_too_slow");
    }
    let edge = Edge::with_times(gateway.services.clone(), long, short);
    for (path, _) in forms() {
        let heard = edge.call(Call::form(path, "").body(Body::new(Stalled))).await;
        assert_eq!(heard.page.status, 503, "{path}");
    }
}

/// What becomes of a connection when everything has been written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// It stays open until the answer's head has come.
    Wait,
    /// It is closed for writing, in the midst of a request.
    HangUp,
}

/// Writes octets to the gateway's socket and reads what comes.
async fn raw(gateway: &Gateway, octets: &[u8], then: Then) -> String {
    let port = gateway.url.rsplit(':').next().unwrap();
    let mut stream = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
    let mut answer = Vec::new();
    let talking = async {
        // The other side may answer and close while it is still being written to.
        let _ = stream.write_all(octets).await;
        if then == Then::HangUp {
            let _ = stream.shutdown().await;
        }
        let mut piece = [0; 4_096];
        while let Ok(length @ 1..) = stream.read(&mut piece).await {
            answer.extend_from_slice(&piece[..length]);
            if answer.windows(4).any(|end| end == b"\r\n\r\n") {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), talking).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn text_that_is_no_http(gateway: &Gateway) {
    let post = "POST /saml/sp/acs HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let get = "GET /health/live HTTP/1.1\r\nHost: x\r\n";
    let flood: String = (0..200).map(|number| format!("X-{number}: 1\r\n")).collect();
    let over_limit = format!("{:x}\r\n{}\r\n0\r\n\r\n", MAX_ACS_FORM + 1, "a".repeat(MAX_ACS_FORM + 1));
    for (octets, expected) in [
        (format!("{post}Transfer-Encoding: chunked\r\n\r\n1\r\nS\r\n0\r\n\r\n"), "400 "),
        (format!("{post}Transfer-Encoding: chunked\r\n\r\n{over_limit}"), "413 "),
        (format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "400 "),
        (format!("{post}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"), "400 "),
        (format!("{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nSAMLR"), "400 "),
        (format!("{post}Content-Length: -1\r\n\r\n"), "400 "),
        (format!("{post}Content-Length: x\r\n\r\n"), "400 "),
        (format!("{post}Transfer-Encoding: gzip\r\n\r\n"), "400 "),
        (format!("{get}{flood}\r\n"), "431 "),
        (format!("{get}X: {}\r\n\r\n", "a".repeat(1_000_000)), "431 "),
        (format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(100_000)), "414 "),
        (format!("{get}X\r\n\r\n"), "400 "),
        (format!("{get}X: \0\r\n\r\n"), "400 "),
        ("GET /\u{0} HTTP/1.1\r\n\r\n".to_owned(), "400 "),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), "400 "),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}".to_owned(), "400 "),
    ] {
        let answer = raw(gateway, octets.as_bytes(), Then::Wait).await;
        let status = answer.strip_prefix("HTTP/1.1 ").unwrap_or(&answer);
        assert!(status.starts_with(expected), "{octets:.120?}: {answer:.200}");
        assert!(!answer.to_ascii_lowercase().contains("\r\nserver:"), "{answer:.200}");
    }
    let cut = format!("{post}Content-Length: 9999\r\n\r\nSAMLResponse=x");
    for octets in ["", "G", "GET / HTTP/1.1\r\nHost", post, &cut] {
        let answer = raw(gateway, octets.as_bytes(), Then::HangUp).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{octets:?}: {answer}");
    }
    assert!(raw(gateway, format!("{get}\r\n").as_bytes(), Then::Wait).await.starts_with("HTTP/1.1 200 "));
}

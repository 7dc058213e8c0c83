//! No open redirect: whatever is presented as an address to come back to, the answer is a page of ours
//! that leads nowhere, or a redirect to exactly an address that the app has registered.

use entente::base::params::encode;
use entente::domain::apps::ApplicationType;

use super::edge::{Call, Edge, Heard};
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, address, oidc};
use crate::support::stores::Backend;

const SIGNED_OUT: &str = "http://localhost:9/payroll/signed-out";

/// Tricks around an address: `{origin}`, `{host}` and `{path}` are those of the registered one.
const TRICKS: &[&str] = &[
    // Another authority.
    "https://evil.example{path}",
    "{origin}@evil.example{path}",
    "{origin}:80@evil.example{path}",
    "http://a@{host}@evil.example{path}",
    "http://evil.example@{host}{path}",
    "http://a:b@{host}{path}",
    "http://@{host}{path}",
    "http://evil.example%40{host}{path}",
    "http://evil.example%00.{host}{path}",
    "http://{host}.evil.example{path}",
    "http://evil.example#@{host}{path}",
    "http://evil.example?@{host}{path}",
    "http://evil.example\\@{host}{path}",
    "http://{host}\\@evil.example{path}",
    "http://{host}\\.evil.example{path}",
    "http://{host}%5c@evil.example{path}",
    "http://evil.example%2f{host}{path}",
    "http://evil.example/{host}{path}",
    "http://[::ffff:127.0.0.1]:9{path}",
    "http://0x7f.1:9{path}",
    "http://2130706433:9{path}",
    "http://localhost.:9{path}",
    "http://local\u{ad}host:9{path}",
    "http://loc\u{430}lhost:9{path}",
    "http://\u{ff4c}ocalhost:9{path}",
    "http://localhost\u{3002}evil.example{path}",
    // Another port.
    "http://localhost{path}",
    "http://localhost:{path}",
    "http://localhost:09{path}",
    "http://localhost:9:80{path}",
    "http://localhost:90{path}",
    "http://localhost:65545{path}",
    "http://localhost:9 {path}",
    // Another scheme, or none.
    "https://{host}{path}",
    "HTTP://{host}{path}",
    "http:{path}",
    "http:/{host}{path}",
    "http:///{host}{path}",
    "http:\\\\{host}{path}",
    "//{host}{path}",
    "///evil.example{path}",
    "\\\\evil.example{path}",
    "/\\evil.example",
    "{path}",
    ".",
    "ftp://{host}{path}",
    "blob:{origin}{path}",
    "view-source:{origin}{path}",
    // Script.
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\u{1}javascript:alert(1)",
    " javascript:alert(1)",
    "javascript://{host}{path}%0aalert(1)",
    "javascript:%0d%0aalert(1)//{origin}{path}",
    "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    // Another path.
    "{origin}{path}/",
    "{origin}{path}/..",
    "{origin}{path}/../evil",
    "{origin}{path}/..;/evil",
    "{origin}{path};/../evil",
    "{origin}{path}/%2e%2e/evil",
    "{origin}{path}/%2E%2E%2Fevil",
    "{origin}{path}%2f..%2fevil",
    "{origin}{path}%5c..%5cevil",
    "{origin}{path}%00",
    "{origin}{path}%0d%0aLocation:%20https://evil.example",
    "{origin}{path}\r\nLocation: https://evil.example",
    "{origin}{path}.",
    "{origin}{path}%",
    "{origin}{path}%20",
    "{origin}{path} ",
    " {origin}{path}",
    "\t{origin}{path}",
    "{origin}{path}\n",
    "\u{feff}{origin}{path}",
    "{origin}/{path}",
    "{origin}//evil.example/%2e%2e{path}",
    "{origin}/x/..{path}",
    "{origin}/.{path}",
    // A fragment or a query, with parameters of an answer standing there before ours.
    "{origin}{path}#",
    "{origin}{path}#x",
    "{origin}{path}?",
    "{origin}{path}?code=stolen",
    "{origin}{path}?code=stolen&state=state-1",
    "{origin}{path}?state=other",
    "{origin}{path}?iss=https://evil.example",
    "{origin}{path}?error=access_denied",
    "{origin}{path}?next=https://evil.example",
    "{origin}{path}&code=stolen",
    "{origin}{path};code=stolen",
    // Two at once, and other shapes of text.
    "{origin}{path},https://evil.example/",
    "{origin}{path} https://evil.example/",
    "https://evil.example/ {origin}{path}",
    "[\"{origin}{path}\"]",
    "<{origin}{path}>",
    "*",
    "null",
    "about:blank",
];

fn tricks(registered: &str) -> Vec<String> {
    let rest = registered.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let origin = format!("http://{host}");
    let fill = |trick: &&str| trick.replace("{origin}", &origin).replace("{host}", host).replace("{path}", path);
    TRICKS.iter().map(fill).filter(|trick| trick != registered).collect()
}

/// Every text that differs from the registered one by something that a parser might skip.
fn near(registered: &str) -> Vec<String> {
    let marks =
        ["\t", "\n", "\r", "\0", " ", "\\", "@", "/", ".", "%09", "%2f", "#", "?", ";", ":", "\u{200b}", "\u{e9}"];
    let places = 0..=registered.len();
    let mut all: Vec<String> = places
        .flat_map(|at| marks.iter().map(move |mark| format!("{}{mark}{}", &registered[..at], &registered[at..])))
        .collect();
    for (at, c) in registered.char_indices() {
        let (before, after) = (&registered[..at], &registered[at + 1..]);
        all.push(format!("{before}{after}"));
        all.push(format!("{before}%{:02x}{after}", u32::from(c)));
        if c.is_ascii_lowercase() {
            all.push(format!("{before}{}{after}", c.to_ascii_uppercase()));
        }
    }
    all.retain(|text| text != registered);
    all
}

/// A page that leads nowhere but to us.
fn leads_nowhere(heard: &Heard, presented: &str) {
    let page = &heard.page;
    assert_eq!(page.status, 400, "{presented:?}: {page:?}");
    assert!(matches!(page.refusal_code(), Some("REDIRECT_URI_REFUSED" | "BAD_REQUEST")), "{presented:?}: {page:?}");
    for name in ["location", "refresh", "link", "content-location"] {
        assert!(!page.headers.contains_key(name), "{presented:?}: {page:?}");
    }
    assert!(!page.body.contains("evil.example"), "{presented:?}: {}", page.body);
    assert!(!page.body.contains("http-equiv"), "{presented:?}: {}", page.body);
    let links = page.body.split("href=\"").skip(1).chain(page.body.split("action=\"").skip(1));
    for link in links {
        assert!(link.starts_with("/assets/"), "{presented:?}: {link:.80}");
    }
}

async fn both_methods(edge: &Edge, path: &str, params: &[(&str, &str)]) -> [Heard; 2] {
    let query = address(path, params);
    let form = query.split_once('?').unwrap().1;
    [edge.get(&query).await, edge.call(Call::form(path, form)).await]
}

fn authorize(redirect_uri: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", "payroll"),
        ("redirect_uri", redirect_uri),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "state-1"),
        ("domain_hint", "fabrikam"),
    ]
}

fn end_session(uri: &str) -> Vec<(&str, &str)> {
    vec![("client_id", "payroll"), ("post_logout_redirect_uri", uri), ("state", "state-1")]
}

#[tokio::test]
async fn authorize_leads_to_nothing_but_what_is_registered() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let edge = Edge::new(gateway.services.clone());
    for presented in tricks(PAYROLL_CALLBACK) {
        for heard in both_methods(&edge, "/oidc/authorize", &authorize(&presented)).await {
            leads_nowhere(&heard, &presented);
        }
        // A request that would be answered with an error, or silently, is no way around.
        for (name, value) in [
            ("prompt", "none"),
            ("response_type", "token"),
            ("request_uri", presented.as_str()),
            ("response_mode", "form_post"),
            ("response_mode", "form_post.jwt"),
            ("response_mode", "fragment"),
        ] {
            let mut params = authorize(&presented);
            params.retain(|(other, _)| *other != name);
            params.push((name, value));
            leads_nowhere(&edge.get(&address("/oidc/authorize", &params)).await, &presented);
        }
    }
    for presented in near(PAYROLL_CALLBACK) {
        leads_nowhere(&edge.get(&address("/oidc/authorize", &authorize(&presented))).await, &presented);
    }
    for heard in both_methods(&edge, "/oidc/authorize", &authorize(PAYROLL_CALLBACK)).await {
        assert!(heard.page.location().starts_with(&gateway.partner.sso));
    }
}

#[tokio::test]
async fn end_session_leads_to_nothing_but_what_is_registered() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let edge = Edge::new(gateway.services.clone());
    let path = entente::flows::paths::END_SESSION;
    // The redirect URI of a sign-in is none of a sign-out, and another app's is none at all.
    let others = [PAYROLL_CALLBACK.to_owned(), "http://localhost:9/travel/signed-out".to_owned()];
    for presented in tricks(SIGNED_OUT).into_iter().chain(near(SIGNED_OUT)).chain(others) {
        for heard in both_methods(&edge, path, &end_session(&presented)).await {
            leads_nowhere(&heard, &presented);
        }
    }
    for nobody in [
        vec![("post_logout_redirect_uri", SIGNED_OUT)],
        vec![("client_id", ""), ("post_logout_redirect_uri", SIGNED_OUT)],
    ] {
        leads_nowhere(&edge.get(&address(path, &nobody)).await, SIGNED_OUT);
    }
    for heard in both_methods(&edge, path, &end_session(SIGNED_OUT)).await {
        assert_eq!(heard.page.location(), format!("{SIGNED_OUT}?state=state-1"));
    }
}

#[tokio::test]
async fn the_port_that_a_native_app_may_choose_is_no_way_out() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let registered =
        vec!["http://127.0.0.1/cb".to_owned(), "http://[::1]:5/cb".to_owned(), "com.example.app:/cb".to_owned()];
    gateway
        .alter_app(&gateway.services, gateway.payroll, |app| {
            oidc(app).application_type = ApplicationType::Native;
            oidc(app).redirect_uris = registered;
        })
        .await;
    gateway.services.directory.forget();
    let edge = Edge::new(gateway.services.clone());
    for presented in [
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:080/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:80x/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:80@evil.example/cb",
        "http://127.0.0.1:80:80/cb",
        "http://127.0.0.1:80\\@evil.example/cb",
        "http://127.0.0.1:\u{661}/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://127.0.0.2:80/cb",
        "http://127.1:80/cb",
        "http://localhost:80/cb",
        "https://127.0.0.1:80/cb",
        "HTTP://127.0.0.1:80/cb",
        "http://127.0.0.1:80/cb/",
        "http://127.0.0.1:80/cb?x",
        "http://127.0.0.1:80/cb#",
        "http://127.0.0.1:80",
        "http://[::1]:80@evil.example/cb",
        "http://[::1]evil.example:80/cb",
        "http://[::2]:80/cb",
        "http://[0:0:0:0:0:0:0:1]:80/cb",
        "com.example.app://evil.example/cb",
        "com.example.app:/cb/../x",
        "COM.example.app:/cb",
        "com.example.app:8/cb",
        "javascript:/cb",
    ] {
        for heard in both_methods(&edge, "/oidc/authorize", &authorize(presented)).await {
            leads_nowhere(&heard, presented);
        }
    }
    for presented in
        ["http://127.0.0.1:49152/cb", "http://127.0.0.1/cb", "http://[::1]:65535/cb", "com.example.app:/cb"]
    {
        let mut params = authorize(presented);
        params.push(("prompt", "none"));
        for heard in both_methods(&edge, "/oidc/authorize", &params).await {
            let issuer = encode(&gateway.url);
            assert_eq!(
                heard.page.location(),
                format!(
                    "{presented}?error=login_required&error_description=INTERACTION_NEEDED&state=state-1&iss={issuer}"
                )
            );
        }
    }
}

#[tokio::test]
async fn nothing_else_that_a_request_carries_becomes_an_address() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let edge = Edge::new(gateway.services.clone());
    let evil = "https://evil.example/";
    for name in ["domain_hint", "login_hint", "state", "nonce", "acr_values", "target_link_uri", "next", "returnTo"] {
        let mut params = authorize(PAYROLL_CALLBACK);
        params.retain(|(other, _)| *other != name);
        params.push((name, evil));
        for heard in both_methods(&edge, "/oidc/authorize", &params).await {
            let location = super::invariants::text(&heard.page.headers, "location");
            assert!(location.is_empty() || location.starts_with(&gateway.partner.sso), "{name}: {location}");
        }
    }
    let mut params = authorize(PAYROLL_CALLBACK);
    params.push(("resource", evil));
    for heard in both_methods(&edge, "/oidc/authorize", &params).await {
        let location = super::invariants::text(&heard.page.headers, "location");
        assert!(location.starts_with(&format!("{PAYROLL_CALLBACK}?error=invalid_target&")), "{location}");
        assert!(!location.contains("evil"), "{location}");
    }
    for relay_state in [evil, "//evil.example", "javascript:alert(1)"] {
        let form = format!("SAMLResponse=PHgvPg%3D%3D&RelayState={}", encode(relay_state));
        let heard = edge.call(Call::form("/saml/sp/acs", &form)).await;
        assert_eq!(heard.page.refusal_code(), Some("SAML_UNSOLICITED"));
        assert!(!heard.page.body.contains("evil.example"));
    }
}

use proptest::prelude::*;

use super::*;
use ApplicationType::{Native, Web};
use LoopbackHttp::{Allowed, Refused};

fn check(
    text: &str,
    application_type: ApplicationType,
    loopback: LoopbackHttp,
    expected: Result<(), RedirectUriError>,
) {
    assert_eq!(RedirectUri::register(text, application_type, loopback).map(drop), expected, "{text}");
}

fn scheme(scheme: &str) -> RedirectUriError {
    RedirectUriError::Scheme { scheme: scheme.to_owned() }
}

fn host(host: &str) -> RedirectUriError {
    RedirectUriError::Host { host: host.to_owned() }
}

fn plain_http(host: &str) -> RedirectUriError {
    RedirectUriError::PlainHttp { host: host.to_owned() }
}

fn registered(text: &str, application_type: ApplicationType) -> RedirectUri {
    RedirectUri::register(text, application_type, Allowed).unwrap()
}

#[test]
fn https_is_registered_for_every_kind_of_app() {
    for text in [
        "https://app.example/callback",
        "https://app.example",
        "https://App.Example:8443/callback?tenant=a&b=",
        "https://[2001:db8::1]/callback",
        "https://app.example:443/callback",
        "https://localhost/callback",
        "https://app.example/a%2Fb/c;d=e",
        "https://app.example/@handle",
    ] {
        for application_type in [Web, Native] {
            check(text, application_type, Refused, Ok(()));
        }
    }
}

#[test]
fn http_is_registered_on_loopback_only_and_only_where_allowed() {
    for (text, shown) in [
        ("http://127.0.0.1:8080/callback", "127.0.0.1"),
        ("http://127.200.3.4/callback", "127.200.3.4"),
        ("http://[::1]:8080/callback", "[::1]"),
        ("http://localhost:8080/callback", "localhost"),
    ] {
        check(text, Web, Allowed, Ok(()));
        check(text, Native, Refused, Ok(()));
        check(text, Web, Refused, Err(plain_http(shown)));
    }
    for (text, shown) in [
        ("http://app.example/callback", "app.example"),
        ("http://localhost.app.example/callback", "localhost.app.example"),
        ("http://127.0.0.1.app.example/callback", "127.0.0.1.app.example"),
        ("http://128.0.0.1/callback", "128.0.0.1"),
        ("http://126.255.255.255/callback", "126.255.255.255"),
        ("http://[::2]/callback", "[::2]"),
        ("http://0.0.0.0/callback", "0.0.0.0"),
    ] {
        check(text, Native, Allowed, Err(plain_http(shown)));
    }
}

#[test]
fn private_use_schemes_are_registered_for_native_apps_with_a_dot() {
    check("com.example.app:/oauth2redirect", Native, Refused, Ok(()));
    check("com.example.app://oauth2redirect/here", Native, Refused, Ok(()));
    check("com.example.app:/oauth2redirect", Web, Allowed, Err(scheme("com.example.app")));
    check("myapp:/callback", Native, Refused, Err(scheme("myapp")));
    check("com..app:/callback", Native, Refused, Err(scheme("com..app")));
    check("com.example.app:", Native, Refused, Err(host("")));
    check("com.example.app://user@host/", Native, Refused, Err(RedirectUriError::UserInfo));
}

#[test]
fn schemes_that_run_or_read_something_are_refused_whatever_their_case() {
    for text in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "JAVASCRIPT://app.example/%0Aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://app.example/x",
        "ftp://app.example/",
        "urn:ietf:wg:oauth:2.0:oob",
        "view-source:https://app.example/",
        "about:blank",
        "ws://app.example/",
    ] {
        let name = text.split(':').next().unwrap().to_ascii_lowercase();
        check(text, Web, Allowed, Err(scheme(&name)));
        check(text, Native, Allowed, Err(scheme(&name)));
    }
}

#[test]
fn authorities_that_parsers_read_differently_are_refused() {
    for (text, expected) in [
        ("https://app.example@evil.example/", RedirectUriError::UserInfo),
        ("https://app.example@@evil.example/", RedirectUriError::UserInfo),
        ("https://a@b@evil.example/", RedirectUriError::UserInfo),
        ("https://user:secret@app.example/", RedirectUriError::UserInfo),
        ("https://@app.example/", RedirectUriError::UserInfo),
        ("https:///app.example/", host("")),
        ("https:/app.example/", host("")),
        ("https:app.example/", host("")),
        ("https://:443/", host("")),
        ("https://app.example./", host("app.example.")),
        ("https://app..example/", host("app..example")),
        ("https://app%2eexample/", host("app%2eexample")),
        ("https://app.example%2f@evil.example/", RedirectUriError::UserInfo),
        ("https://evil.example%00.app.example/", host("evil.example%00.app.example")),
        ("https://[::1/", host("[:")),
        ("https://[app.example]/", host("[app.example]")),
        ("https://*.app.example/", host("*.app.example")),
        ("https://app.example:/", RedirectUriError::Port { port: String::new() }),
        ("https://app.example:0/", RedirectUriError::Port { port: "0".to_owned() }),
        ("https://app.example:65536/", RedirectUriError::Port { port: "65536".to_owned() }),
        ("https://app.example:0443/", RedirectUriError::Port { port: "0443".to_owned() }),
        ("https://app.example:+443/", RedirectUriError::Port { port: "+443".to_owned() }),
        ("http://127.1/", RedirectUriError::Ambiguous),
        ("http://2130706433/", RedirectUriError::Ambiguous),
        ("http://0x7f.0.0.1/", RedirectUriError::Ambiguous),
        ("http://0177.0.0.1/", RedirectUriError::Ambiguous),
    ] {
        check(text, Native, Allowed, Err(expected));
    }
    check("https://app.example:65535/", Web, Refused, Ok(()));
    check("https://app.example:1/", Web, Refused, Ok(()));
}

#[test]
fn characters_that_no_uri_has_are_refused() {
    for (text, found) in [
        ("https://app.example/a b", ' '),
        ("https://app.example\\@evil.example/", '\\'),
        ("https:\\\\app.example/", '\\'),
        ("https://app.example/\n", '\n'),
        ("https://app.example/\r\nSet-Cookie:x", '\r'),
        ("\thttps://app.example/", '\t'),
        ("java\tscript:alert(1)", '\t'),
        ("https://app.example/\0", '\0'),
        ("https://аpp.example/", 'а'),
        ("https://app。example/", '。'),
        ("https://app.example/\u{202e}", '\u{202e}'),
        ("https://app.example/<script>", '<'),
        ("https://app.example/\"", '"'),
        ("https://app.example/{x}", '{'),
    ] {
        check(text, Web, Allowed, Err(RedirectUriError::Character { found }));
    }
}

#[test]
fn what_is_not_absolute_or_has_a_fragment_is_refused() {
    for text in ["/callback", "//app.example/callback", "app.example/callback", "?x=1", "1https://app.example/", ":x"] {
        check(text, Web, Allowed, Err(RedirectUriError::NotAbsolute));
    }
    for text in ["https://app.example/#", "https://app.example/#x", "https://app.example#@evil.example/"] {
        check(text, Web, Allowed, Err(RedirectUriError::Fragment));
    }
}

#[test]
fn paths_that_climb_are_refused() {
    for path in ["a/../b", "..", ".", "a/./b", "%2e%2e/b", ".%2E/b", "a/..;/b", "a/..;x=1/b", "%2E"] {
        check(&format!("https://app.example/{path}"), Web, Refused, Err(RedirectUriError::DotSegments));
    }
    check("https://app.example/a..b/...", Web, Refused, Ok(()));
}

#[test]
fn length_is_held_at_both_ends() {
    let start = "https://app.example/";
    let longest = format!("{start}{}", "a".repeat(MAX_REDIRECT_URI - start.len()));
    check(&longest, Web, Refused, Ok(()));
    check(&format!("{longest}a"), Web, Refused, Err(RedirectUriError::Length { length: 2049 }));
    check("", Web, Refused, Err(RedirectUriError::Length { length: 0 }));
}

#[test]
fn parameters_of_the_response_cannot_be_seeded() {
    for name in ["code", "state", "error", "error_description", "iss", "Code", "c%6Fde", "code%5B%5D", "+code"] {
        let text = format!("https://app.example/cb?a=1&{name}=x");
        let name = crate::base::params::decode(name).unwrap();
        check(&text, Web, Refused, Err(RedirectUriError::ReservedParameter { name }));
    }
    let code = RedirectUriError::ReservedParameter { name: "code".to_owned() };
    check("https://app.example/cb?a=1;code=x", Web, Refused, Err(code.clone()));
    check("https://app.example/cb?code", Web, Refused, Err(code));
    check("https://app.example/cb?a=%zz", Web, Refused, Err(RedirectUriError::Query));
    check("https://app.example/cb?%ff=a", Web, Refused, Err(RedirectUriError::Query));
    check("https://app.example/cb?encoded=1&statement=2", Web, Refused, Ok(()));
    check("https://app.example/cb?", Web, Refused, Ok(()));
}

#[test]
fn matching_is_equality_of_the_raw_string() {
    let uri = registered("https://app.example/callback", Web);
    assert!(uri.accepts("https://app.example/callback"));
    for presented in [
        "",
        "https://app.example/callback/",
        "https://app.example/callback?",
        "https://app.example/callback?x=1",
        "https://app.example/callback#",
        "https://app.example/Callback",
        "https://APP.example/callback",
        "HTTPS://app.example/callback",
        "http://app.example/callback",
        "https://app.example:443/callback",
        "https://app.example./callback",
        "https://app.example//callback",
        "https://app.example/./callback",
        "https://app.example/x/../callback",
        "https://app.example/..;/callback",
        "https://app.example/callback/..;/admin",
        "https://app.example/%63allback",
        "https://app.example%2Fcallback",
        "https://app.example/callback%2F..%2Fadmin",
        "https://app.example/callback%252F..%252Fadmin",
        "https://app.example/callback%00",
        "https://app.example\\callback",
        "https:\\\\app.example\\callback",
        "https://app.example/callback\n",
        "\thttps://app.example/callback",
        " https://app.example/callback",
        "https://app.example/call\tback",
        "https://app.example@evil.example/callback",
        "https://x@app.example/callback",
        "https://a@b@app.example/callback",
        "https://evil.example/https://app.example/callback",
        "https://app.example.evil.example/callback",
        "https://аpp.example/callback",
        "https://app。example/callback",
        "https://sub.app.example/callback",
        "javascript:https://app.example/callback",
    ] {
        assert!(!uri.accepts(presented), "{presented}");
        let refused = check_registered(std::slice::from_ref(&uri), presented).unwrap_err();
        assert_eq!(refused, RedirectUriMismatch { found: shorten(presented.to_owned()) });
    }
    assert_eq!(check_registered(&[uri], "https://app.example/callback"), Ok(()));
    assert!(check_registered(&[], "https://app.example/callback").is_err());
}

#[test]
fn a_native_app_chooses_its_port_on_a_loopback_literal() {
    for literal in ["127.0.0.1", "[::1]"] {
        for port in ["", ":8080"] {
            let uri = registered(&format!("http://{literal}{port}/cb?a=1"), Native);
            for presented in ["", ":1", ":8080", ":65535"] {
                assert!(uri.accepts(&format!("http://{literal}{presented}/cb?a=1")), "{presented}");
            }
            for presented in [
                format!("http://{literal}:0/cb?a=1"),
                format!("http://{literal}:65536/cb?a=1"),
                format!("http://{literal}:08080/cb?a=1"),
                format!("http://{literal}:/cb?a=1"),
                format!("http://{literal}:80@evil.example/cb?a=1"),
                format!("http://{literal}:80\\@evil.example/cb?a=1"),
                format!("http://{literal}.evil.example/cb?a=1"),
                format!("http://{literal}@evil.example/cb?a=1"),
                format!("http://x@{literal}/cb?a=1"),
                format!("https://{literal}:80/cb?a=1"),
                format!("http://{literal}:80/cb?a=2"),
                format!("http://{literal}:80/cb"),
                format!("http://{literal}:80/cb?a=1#x"),
                "http://localhost:80/cb?a=1".to_owned(),
                "http://127.0.0.2:80/cb?a=1".to_owned(),
            ] {
                assert!(!uri.accepts(&presented), "{presented}");
            }
        }
    }
}

#[test]
fn the_port_rule_is_for_native_apps_and_literals_only() {
    for (text, application_type, presented) in [
        ("http://127.0.0.1:8080/cb", Web, "http://127.0.0.1:8081/cb"),
        ("http://localhost:8080/cb", Native, "http://localhost:8081/cb"),
        ("http://127.0.0.2:8080/cb", Native, "http://127.0.0.2:8081/cb"),
        ("https://127.0.0.1:8080/cb", Native, "https://127.0.0.1:8081/cb"),
        ("http://127.0.0.1/cb", Native, "http://[::1]/cb"),
    ] {
        let uri = registered(text, application_type);
        assert!(uri.accepts(text));
        assert!(!uri.accepts(presented), "{text}");
    }
}

proptest! {
    #[test]
    fn registration_and_matching_never_panic(text in "(https?://|com\\.a:)?[ -~\\t\\né@\\[\\]:/?]{0,60}") {
        for application_type in [Web, Native] {
            if let Ok(uri) = RedirectUri::register(&text, application_type, Allowed) {
                prop_assert!(uri.accepts(&text));
            }
        }
        let uri = registered("http://127.0.0.1/", Native);
        prop_assert!(!uri.accepts(&text) || text.starts_with("http://127.0.0.1"));
    }
}

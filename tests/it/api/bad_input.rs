//! Hostile input at every address of the API: paths, bodies, headers, methods.

use entente::domain::permissions::Permission;
use entente::http::routes::graph::table::{BULK_INVITATIONS, Method, ROUTES};
use serde_json::json;

use super::scene::{Scene, assert_fault};
use crate::support::stores::on_both_stores;

/// What may stand for the id of something.
const HOSTILE_IDS: [&str; 15] = [
    "x",
    "%00",
    "%0d%0aX-Evil:1",
    "..",
    "%2e%2e%2fadmin",
    "%27%20or%201=1--",
    "%ff",
    "%zz",
    "00000000-0000-4000-8000-00000000000",
    "%F0%9F%98%80",
    "$value",
    "$count/$value",
    "null",
    "%3Cscript%3E",
    "a%2Fb",
];

on_both_stores! {
    async fn every_route_refuses_hostile_ids(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&Permission::ALL).await;
        let long = "a".repeat(2_000);
        for route in ROUTES.iter().filter(|route| route.path.contains('{')) {
            for id in HOSTILE_IDS.iter().chain([&long.as_str()]) {
                let path = route.path.replace("{id}", id).replace("{assignment}", id).replace("{member}", id).replace("{sponsor}", id);
                let body = matches!(route.method, Method::Post | Method::Patch).then(|| json!({ "displayName": "x" }));
                let page = scene.call(&token, route.method.as_str(), &path, body).await;
                assert!(matches!(page.status, 400 | 404 | 405), "{} {path}: {} {}", route.method.as_str(), page.status, page.body);
                assert!(page.json()["error"]["code"].is_string());
                assert!(!page.body.contains("<script>") && !page.body.contains("X-Evil:1\n"), "{}", page.body);
                assert!(!page.headers.contains_key("x-evil"));
            }
        }
    }

    async fn every_route_refuses_hostile_bodies(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&Permission::ALL).await;
        let id = scene.gateway.ana.to_string();
        let deep = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
        let bodies: [(&str, &str); 11] = [
            ("application/json", "{"),
            ("application/json", "null"),
            ("application/json", "[]"),
            ("application/json", "\"x\""),
            ("application/json", &deep),
            ("application/json", "{\"displayName\":\"a\",\"displayName\":\"b\"}"),
            ("application/json", "{\"__proto__\":{}}"),
            ("application/json", "\u{feff}{}"),
            ("text/plain", "{}"),
            ("application/x-www-form-urlencoded", "displayName=x"),
            ("", "{}"),
        ];
        for route in ROUTES.iter().filter(|route| matches!(route.method, Method::Post | Method::Patch)) {
            let path = route.path.replace("{id}", &id);
            for (content_type, body) in &bodies {
                let mut client = scene.gateway.client();
                let method = reqwest::Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
                let mut request = client.request(method, &path).bearer_auth(&token).body((*body).to_owned());
                if !content_type.is_empty() {
                    request = request.header("content-type", *content_type);
                }
                let page = client.send(request).await;
                let is_refused = matches!(page.status, 400 | 403 | 404 | 415);
                assert!(is_refused, "{} {path} {body}: {} {}", route.method.as_str(), page.status, page.body);
                assert!(page.json()["error"]["code"].is_string());
            }
            // A file of invitations is no JSON, however long.
            if route.path == BULK_INVITATIONS && route.method == Method::Post {
                continue;
            }
            let mut client = scene.gateway.client();
            let method = reqwest::Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
            let large = format!("{{\"displayName\":\"{}\"}}", "a".repeat(300 * 1024));
            let request = client.request(method, &path).bearer_auth(&token).header("content-type", "application/json");
            let page = client.send(request.body(large)).await;
            // Who may not ask at all has nothing read of what they send.
            if route.path.starts_with("/v1.0/me") {
                assert_fault(&page, 403, "Authorization_RequestDenied");
            } else {
                assert_fault(&page, 413, "Request_EntityTooLarge");
            }
        }
        assert_eq!(scene.gateway.guest(scene.gateway.ana).await.guest.display_name, None);
    }

    async fn every_route_refuses_queries_that_it_does_not_read(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&Permission::ALL).await;
        let id = scene.gateway.ana.to_string();
        for route in ROUTES.iter().filter(|route| !route.path.starts_with("/v1.0/me")) {
            let path = route.path.replace("{id}", &id).replace("{assignment}", "AA").replace("{member}", &id).replace("{sponsor}", &id);
            for query in ["$expand=x", "unheard=1", "$filter=", "$top=%ff", "$select=%zz", "=x"] {
                let body = matches!(route.method, Method::Post | Method::Patch).then(|| json!({}));
                let page = scene.call(&token, route.method.as_str(), &format!("{path}?{query}"), body).await;
                assert!(matches!(page.status, 400 | 404), "{} {path}?{query}: {} {}", route.method.as_str(), page.status, page.body);
            }
        }
    }

    async fn addresses_and_methods_that_are_not_there_are_told(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&Permission::ALL).await;
        for path in ["/v1.0/", "/v1.0/nothing", "/v1.0/users/", "/v1.0//users", "/v1.0/Users", "/api/v1/users", "/api/v1/x"] {
            assert_fault(&scene.get(&token, path).await, 404, "Request_ResourceNotFound");
        }
        for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "POST"] {
            let page = scene.call(&token, method, "/v1.0/users", None).await;
            assert_fault(&page, 405, "Request_MethodNotAllowed");
            assert_eq!(page.headers["allow"], "GET");
        }
        let mut client = scene.gateway.client().with_header("client-request-id", "my-request-1");
        let page = client.get("/v1.0/users").await;
        assert_eq!(page.headers["client-request-id"], "my-request-1");
        assert_eq!(page.json()["error"]["innerError"]["client-request-id"], "my-request-1");
        let mut client = scene.gateway.client().with_header("client-request-id", &"x".repeat(500));
        let page = client.get("/v1.0/users").await;
        assert_eq!(page.headers["client-request-id"], page.headers["request-id"]);
    }

    async fn cookies_open_nothing_here(backend: Backend) {
        let scene = Scene::start(backend).await;
        let (mut client, _) = scene.gateway.ana_signed_in().await;
        assert!(client.session().is_some());
        assert_fault(&client.get("/v1.0/me").await, 401, "InvalidAuthenticationToken");
    }
}

//! Headers of answers over https, which exist behind a proxy or our own TLS. What holds for every
//! answer is checked by [`invariants`](super::invariants) with each request of these tests.

use super::cases;
use super::edge::{Call, Edge};
use super::invariants::text;
use super::matrix::setup;
use crate::support::gateway::{Gateway, oidc};
use crate::support::stores::Backend;

#[tokio::test]
async fn every_route_keeps_its_headers_over_https() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let plain = Edge::new(gateway.services.clone());
    let edge = Edge::over_https(gateway.services.clone());
    let mut setup = setup(&plain, &gateway.url).await;
    // Apps on loopback are none where the gateway is not, so the attempt is another gateway's.
    setup.cookie =
        setup.cookie.replace(&format!("entente_{}_", gateway.url.rsplit(':').next().unwrap()), "__Host-entente_");
    let (mut pages, mut documents, mut redirects) = (0, 0, 0);
    for face in cases::all(&setup) {
        let heard = edge.call(face.good_call()).await;
        match text(&heard.page.headers, "content-type") {
            "" => redirects += 1,
            "text/html; charset=utf-8" => pages += 1,
            _ => documents += 1,
        }
    }
    // The checks above are of use only while all three come.
    assert!(pages >= 5 && documents >= 5 && redirects >= 1, "{pages} {documents} {redirects}");
}

#[tokio::test]
async fn the_attempt_cookie_crosses_sites_and_nothing_else_does() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let callback = "https://payroll.contoso.example/callback";
    gateway
        .alter_app(&gateway.services, gateway.payroll, |app| oidc(app).redirect_uris = vec![callback.to_owned()])
        .await;
    gateway.services.directory.forget();
    let edge = Edge::over_https(gateway.services.clone());
    let params = [("client_id", "payroll"), ("redirect_uri", callback), ("response_type", "code"), ("scope", "openid")];
    let heard = edge.get(&crate::support::gateway::address("/oidc/authorize", &params)).await;
    assert_eq!(heard.page.status, 200, "{}", heard.page.body);
    let [cookie] = heard.set_cookies()[..] else { panic!("{:?}", heard.set_cookies()) };
    let attempt = heard.page.field("attempt").unwrap();
    assert!(cookie.starts_with(&format!("__Host-entente_attempt_{attempt}=s.")), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=None; Secure; Max-Age=900"), "{cookie}");
    let heard = edge.get(entente::flows::paths::END_SESSION).await;
    assert!(heard.set_cookies().is_empty(), "nobody was signed in: {:?}", heard.set_cookies());
}

#[tokio::test]
async fn pages_of_faults_have_the_same_headers() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    for edge in [Edge::new(gateway.services.clone()), Edge::over_https(gateway.services.clone())] {
        for (call, status) in [
            (Call::new("GET", "/nowhere"), 404),
            (Call::new("GET", "/assets/nothing.css"), 404),
            (Call::new("DELETE", "/oidc/token"), 405),
            (Call::form("/saml/sp/acs", "SAMLResponse=x").header("accept", "application/json"), 400),
        ] {
            let heard = edge.call(call).await;
            assert_eq!(heard.page.status, status);
            assert!(!heard.page.body.is_empty());
        }
    }
}

//! The walk of one sign-in, step by step.

use std::io::Read as _;

use entente::base::encoding::from_base64;
use entente::saml::messages::authn_request::Wish;

use crate::support::client::{Page, query};
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK};
use crate::support::journey::{Tokens, granted};
use crate::support::partner::{Person, Signs};
use crate::support::stores::on_both_stores;

/// The request in the address, inflated.
fn request_xml(page: &Page) -> String {
    let deflated = from_base64(&query(page.location(), "SAMLRequest").unwrap()).unwrap();
    let mut xml = String::new();
    flate2::read::DeflateDecoder::new(deflated.as_slice()).read_to_string(&mut xml).unwrap();
    xml
}

fn cookies_set(page: &Page) -> Vec<String> {
    page.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

on_both_stores! {
    async fn the_partner_is_asked_by_a_signed_request_that_says_no_more_than_it_must(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let page = gateway.client().get(&gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        assert_eq!(page.status, 303);
        assert_eq!(page.headers["cache-control"], "no-store");
        // Reading it verifies the signature over the query.
        let request = gateway.read_request(&page);
        let asked = &request.asked;
        assert_eq!(asked.issuer, format!("{}/saml/sp", gateway.url));
        assert_eq!(asked.acs, Some(format!("{}/saml/sp/acs", gateway.url)));
        assert_eq!(asked.destination.as_deref(), Some("https://idp.fabrikam.example/sso"));
        assert_eq!(asked.issue_instant, gateway.now());
        assert_eq!((asked.force_authn, asked.passive), (Wish::NotAsked, Wish::NotAsked));
        // An underscore and 128 bits.
        assert!(asked.id.starts_with('_') && asked.id.len() == 33, "{}", asked.id);
        let xml = request_xml(&page);
        for absent in ["RequestedAuthnContext", "Scoping", "NameIDPolicy"] {
            assert!(!xml.contains(absent), "{xml}");
        }
        // The only thing that the partner carries for us is the attempt's id.
        let [cookie] = cookies_set(&page).try_into().unwrap();
        assert!(cookie.contains(&format!("_attempt_{}=", request.relay_state)), "{cookie}");
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=900"), "{cookie}");
    }

    async fn a_sign_in_ends_at_the_app_with_a_code_that_buys_a_token(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let page = gateway.sign_in(&mut client, &Person::ana()).await;
        assert_eq!(page.status, 303, "{}", page.body);
        assert!(page.location().starts_with(&format!("{PAYROLL_CALLBACK}?")), "{}", page.location());
        assert_eq!(page.param("state").as_deref(), Some("state-1"));
        assert_eq!(page.param("iss").as_deref(), Some(gateway.url.as_str()));
        let code = granted(&page);
        assert_eq!(code.len(), 51);
        // The attempt has ended and the session has begun.
        let names: Vec<&String> = client.cookies.keys().collect();
        let [organisation, session] = names.as_slice() else { panic!("{names:?}") };
        assert!(organisation.ends_with("_organisation") && session.ends_with("_session"), "{names:?}");
        let session = cookies_set(&page).into_iter().find(|cookie| cookie.contains("_session=")).unwrap();
        assert!(session.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{session}");

        let answer = gateway.redeem(&code).await;
        let tokens = Tokens::of(&answer);
        assert_eq!(answer.headers["cache-control"], "no-store");
        let json = answer.json();
        assert_eq!(json["token_type"], "Bearer");
        assert_eq!(json["expires_in"], 3600);
        assert_eq!(json["scope"], "openid profile email groups");
        assert_eq!(tokens.access.len(), 51);
        assert_eq!(tokens.id.split('.').count(), 3);
    }

    async fn a_partner_may_sign_the_assertion_the_response_or_both(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for signs in [Signs::Assertion, Signs::Response, Signs::Both] {
            let page = gateway.sign_in_with(&mut gateway.client(), &Person::ana(), |answer| answer.signs = signs).await;
            granted(&page);
        }
    }

    async fn an_app_may_ask_by_post(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let form = [
            ("client_id", "payroll"),
            ("redirect_uri", PAYROLL_CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "state-1"),
            ("domain_hint", "fabrikam"),
        ];
        let page = client.post("/oidc/authorize", &form).await;
        let request = gateway.read_request(&page);
        let answer = gateway.answer(&request, &Person::ana());
        let code = granted(&gateway.post(&mut client, &request, &answer).await);
        Tokens::of(&gateway.redeem(&code).await);
    }

    async fn nothing_is_written_before_a_partner_has_vouched(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        assert_eq!(gateway.audit(&request.relay_state).await, vec![]);
        // The attempt is in the cookie alone: `s.` and sealed bytes.
        assert!(client.cookies.values().all(|value| value.starts_with("s.")), "{:?}", client.cookies);
    }
}

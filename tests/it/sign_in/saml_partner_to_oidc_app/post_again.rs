//! The partner's answer arrives by a post from another site, which brings the attempt's cookie but not
//! the session's: what the gateway needs the session for is asked once more from its own page.

use entente::domain::apps::App;
use entente::domain::partners::Switch;

use crate::support::client::{Client, Page};
use crate::support::gateway::{Gateway, oidc};
use crate::support::journey::{assert_refused, granted};
use crate::support::partner::{Answer, Person, Request};
use crate::support::stores::on_both_stores;

/// Posts as a browser does from another site: without the `Lax` cookie.
async fn from_elsewhere(gateway: &Gateway, client: &Client, request: &Request, answer: &Answer) -> Page {
    let mut bare = client.clone().with_header("Sec-Fetch-Site", "cross-site").with_header("Origin", "null");
    bare.cookies.retain(|name, _| name.contains("_attempt_"));
    gateway.post(&mut bare, request, answer).await
}

/// Submits the form of the page that posts again, as our own page.
async fn submit(gateway: &Gateway, client: &Client, page: &Page) -> Page {
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("id=\"resubmit\"") && page.body.contains("action=\"/saml/sp/acs\""), "{}", page.body);
    let field = |name| page.field(name).unwrap().replace("&#43;", "+").replace("&#x2B;", "+");
    let form = ["SAMLResponse", "RelayState", "posted_again"].map(|name| (name, field(name)));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut ours = client.clone().with_header("Sec-Fetch-Site", "same-origin").with_header("Origin", &gateway.url);
    ours.post("/saml/sp/acs", &form).await
}

async fn signed_in(gateway: &Gateway) -> (Client, Request, Answer) {
    let mut client = gateway.client();
    let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
    let answer = gateway.answer(&request, &Person::ana());
    granted(&gateway.post(&mut client, &request, &answer).await);
    (client, request, answer)
}

on_both_stores! {
    async fn a_first_answer_from_another_site_needs_no_second_post(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let answer = gateway.answer(&request, &Person::ana());
        granted(&from_elsewhere(&gateway, &client, &request, &answer).await);
    }

    async fn a_reloaded_post_is_signed_in_already(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, request, answer) = signed_in(&gateway).await;
        let page = gateway.post(&mut client, &request, &answer).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("You are signed in already"), "{}", page.body);
        // Nothing was done twice.
        assert_eq!(gateway.activities(&request.relay_state).await, ["guest_bound", "sign_in"]);
    }

    async fn who_is_signed_in_already_is_shown_the_way_to_the_app(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (client, request, answer) = signed_in(&gateway).await;
        let link = "href=\"http://localhost:9/\"";
        let reload = async || gateway.post(&mut client.clone(), &request, &answer).await.body;
        assert!(reload().await.contains(link), "{}", reload().await);
        assert!(reload().await.contains("Go to payroll"), "{}", reload().await);
        // Not where the app has several places, and not where it is switched off.
        let callback = |app: &mut App| oidc(app).redirect_uris.push("https://payroll.example/callback".to_owned());
        gateway.alter_app(&gateway.services, gateway.payroll, callback).await;
        gateway.services.directory.forget();
        let page = reload().await;
        assert!(page.contains("You are signed in already") && page.contains("You can close this tab"), "{page}");
        assert!(!page.contains("Go to payroll"), "{page}");
        gateway.alter_app(&gateway.services, gateway.payroll, |app| oidc(app).redirect_uris.truncate(1)).await;
        gateway.services.directory.forget();
        assert!(reload().await.contains(link));
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.switch = Switch::Disabled).await;
        gateway.services.directory.forget();
        assert!(!reload().await.contains(link));
    }

    async fn a_reload_from_another_site_is_posted_again_and_then_signed_in_already(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (client, request, answer) = signed_in(&gateway).await;
        let page = from_elsewhere(&gateway, &client, &request, &answer).await;
        let page = submit(&gateway, &client, &page).await;
        assert!(page.body.contains("You are signed in already"), "{}", page.body);
    }

    async fn a_reload_with_the_attempts_cookie_still_there_is_signed_in_already(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let answer = gateway.answer(&request, &Person::ana());
        let kept = client.cookies.clone();
        granted(&gateway.post(&mut client, &request, &answer).await);
        client.cookies.extend(kept);
        let page = from_elsewhere(&gateway, &client, &request, &answer).await;
        let page = submit(&gateway, &client, &page).await;
        assert!(page.body.contains("You are signed in already"), "{}", page.body);
    }

    async fn a_stranger_is_refused_after_the_second_post_and_not_asked_a_third_time(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, request, answer) = signed_in(&gateway).await;
        let stranger = gateway.client();
        let page = from_elsewhere(&gateway, &stranger, &request, &answer).await;
        let page = submit(&gateway, &stranger, &page).await;
        assert_eq!((page.status, page.refusal_code()), (400, Some("ATTEMPT_MISSING")), "{}", page.body);
    }

    async fn another_session_is_not_the_one_of_the_attempt(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, request, answer) = signed_in(&gateway).await;
        let (mut other, _) = gateway.ana_signed_in().await;
        let page = gateway.post(&mut other, &request, &answer).await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_MISSING"), "{}", page.body);
    }

    async fn an_authorization_request_posted_from_another_site_finds_the_session_by_a_second_post(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (client, _) = gateway.ana_signed_in().await;
        let form = [
            ("client_id", "payroll"),
            ("redirect_uri", crate::support::gateway::PAYROLL_CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "state-1"),
        ];
        let mut bare = gateway.client().with_header("Sec-Fetch-Site", "cross-site").with_header("Origin", "null");
        let page = bare.post("/oidc/authorize", &form).await;
        assert!(page.body.contains("id=\"resubmit\""), "{}", page.body);
        let mut again: Vec<(&str, &str)> = form.iter().map(|(name, _)| (*name, page.field(name).unwrap())).collect();
        again.push(("posted_again", page.field("posted_again").unwrap()));
        let mut ours = client.clone().with_header("Sec-Fetch-Site", "same-origin").with_header("Origin", &gateway.url);
        let page = ours.post("/oidc/authorize", &again).await;
        // Browsers hold `form-action` against a redirect, so our own page leads on by another way.
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.onward().contains("code="), "{}", page.body);
    }

    async fn a_spent_attempt_is_audited(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let answer = gateway.answer(&request, &Person::ana());
        let mut thief = client.clone();
        granted(&gateway.post(&mut client, &request, &answer).await);
        let page = gateway.post(&mut thief, &request, &answer).await;
        assert_refused(&gateway, &page, "ATTEMPT_SPENT", "attempt_spent").await;
    }
}

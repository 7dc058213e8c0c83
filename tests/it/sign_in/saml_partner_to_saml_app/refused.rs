//! Requests that are not what the app sent us, or not the app's, each beside one that is good.

use std::time::Duration;

use entente::base::encoding::base64;
use entente::domain::apps::{Assignment, SignedRequests};

use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::keys;
use crate::support::saml_app::{ACS, Ask, SamlApp, Told};
use crate::support::stores::on_both_stores;

/// Asserts that nobody but the visitor is told, by this code.
fn assert_kept(page: &Page, code: &str) {
    assert_eq!(
        (page.status, page.refusal_code()),
        (if code == "SAML_REQUEST_SIGNATURE_REFUSED" { 403 } else { 400 }, Some(code)),
        "{}",
        page.body
    );
    assert!(Told::in_page(page).is_none() && !page.body.contains("SAMLResponse"), "{}", page.body);
}

/// A browser with Ana's session, to which a good request is answered at once.
async fn ana(gateway: &Gateway, app: &SamlApp) -> Client {
    let (mut client, _) = gateway.ana_signed_in().await;
    let ask = app.ask(gateway);
    app.accept(gateway, &Told::of(&client.get(&app.redirect(gateway, &ask)).await), &ask);
    client
}

/// Changes of a good request, and by which code each is refused in both bindings.
fn hostile(ask: impl Fn() -> Ask) -> Vec<(Ask, &'static str)> {
    let acs = |other: &str| ask().swap(ACS, other);
    vec![
        (acs("https://evil.example/acs"), "REDIRECT_URI_REFUSED"),
        (acs("http://localhost:9/wiki/acs/"), "REDIRECT_URI_REFUSED"),
        (acs("http://localhost:9/wiki/acs?x"), "REDIRECT_URI_REFUSED"),
        (acs("http://localhost:9/payroll/callback"), "REDIRECT_URI_REFUSED"),
        (acs("javascript:alert(1)"), "REDIRECT_URI_REFUSED"),
        (ask().swap("/saml/idp/sso", "/saml/sp/acs"), "SAML_REQUEST_REFUSED"),
        (ask().swap("Destination=\"http://localhost", "Destination=\"https://other.example"), "SAML_REQUEST_REFUSED"),
        (ask().swap("https://wiki.example/saml", "https://nobody.example/saml"), "APP_UNKNOWN"),
        (ask().swap("Version=\"2.0\"", "Version=\"1.1\""), "SAML_REQUEST_REFUSED"),
        (ask().swap("samlp:AuthnRequest", "samlp:LogoutRequest"), "SAML_REQUEST_REFUSED"),
        (ask().asking("<samlp:Evil></samlp:Evil>"), "SAML_REQUEST_REFUSED"),
    ]
}

on_both_stores! {
    async fn requests_that_are_not_for_us_or_lead_elsewhere_are_kept_from_the_app(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let mut client = ana(&gateway, &app).await;
        for (ask, code) in hostile(|| app.ask(&gateway)) {
            assert_kept(&client.get(&app.redirect(&gateway, &ask)).await, code);
            assert_kept(&app.post(&mut client, &app.form(&ask)).await, code);
        }
        ana(&gateway, &app).await;
    }

    async fn a_request_must_be_signed_by_the_app(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let mut client = ana(&gateway, &app).await;
        let refused = "SAML_REQUEST_SIGNATURE_REFUSED";
        let ask = || app.ask(&gateway);
        assert_kept(&client.get(&app.unsigned(&gateway, &ask())).await, refused);
        assert_kept(&client.get(&app.redirect_by(&gateway, &ask(), &keys::partner())).await, refused);
        let url = app.redirect(&gateway, &ask());
        for (old, new) in [("RelayState=relay", "RelayState=other"), ("&RelayState=relay", ""), ("rsa-sha256", "rsa-sha1"), ("&Signature=", "&Signature=AAAA")] {
            assert!(url.contains(old), "{url}");
            assert_kept(&client.get(&url.replace(old, new)).await, refused);
        }
        let mut form = app.form(&ask());
        form[0].1 = base64(ask().xml.replace("{s}", ""));
        assert_kept(&app.post(&mut client, &form).await, refused);
        let good = ask();
        let signed = app.form(&good)[0].1.clone();
        let text = String::from_utf8(entente::base::encoding::from_base64(&signed).unwrap()).unwrap();
        for changed in [text.replace("Version=\"2.0\">", "ForceAuthn=\"true\" Version=\"2.0\">"), text.replace(ACS, "http://localhost:9/wiki/other")] {
            assert_ne!(changed, text);
            form[0].1 = base64(changed);
            assert_kept(&app.post(&mut client, &form).await, refused);
        }
        // The signed request hidden in one that is not.
        let hidden = ask().asking(&format!("<samlp:Extensions>{text}</samlp:Extensions>")).xml.replace("{s}", "");
        form[0].1 = base64(hidden);
        assert_kept(&app.post(&mut client, &form).await, refused);
        // A signature inside a message that came by redirect is nobody's to verify.
        let inside = Ask { id: good.id.clone(), xml: text };
        assert_kept(&client.get(&app.redirect(&gateway, &inside)).await, refused);
        app.accept(&gateway, &Told::of(&client.get(&app.redirect(&gateway, &good)).await), &good);
    }

    async fn an_app_that_need_not_sign_is_believed_unless_it_does_so_wrongly(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let silent = |document: String| document.replace("AuthnRequestsSigned=\"true\" ", "");
        let app = gateway.add_saml_app(silent, |_, app| app.assignment = Assignment::Everyone).await;
        let mut client = ana(&gateway, &app).await;
        let ask = app.ask(&gateway);
        app.accept(&gateway, &Told::of(&client.get(&app.unsigned(&gateway, &ask)).await), &ask);
        let wrong = app.redirect_by(&gateway, &app.ask(&gateway), &keys::partner());
        assert_kept(&client.get(&wrong).await, "SAML_REQUEST_SIGNATURE_REFUSED");
        // Unsigned, it still goes nowhere else.
        let foreign = app.ask(&gateway).swap(ACS, "https://evil.example/acs");
        assert_kept(&client.get(&app.unsigned(&gateway, &foreign)).await, "REDIRECT_URI_REFUSED");
        // The object file may ask for more than the metadata.
        let gateway = Gateway::start(backend).await;
        let app = gateway
            .add_saml_app(silent, |definition, _| definition.requests = SignedRequests::Required)
            .await;
        let mut client = ana(&gateway, &app).await;
        assert_kept(&client.get(&app.unsigned(&gateway, &app.ask(&gateway))).await, "SAML_REQUEST_SIGNATURE_REFUSED");
    }

    async fn a_request_is_good_for_minutes_only(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let mut client = ana(&gateway, &app).await;
        let ask = app.ask(&gateway);
        let url = app.redirect(&gateway, &ask);
        gateway.clock.advance(Duration::from_secs(359));
        app.accept(&gateway, &Told::of(&client.get(&url).await), &ask);
        let old = app.redirect(&gateway, &app.ask(&gateway));
        gateway.clock.advance(Duration::from_secs(360));
        assert_kept(&client.get(&old).await, "SAML_REQUEST_REFUSED");
        let issued = gateway.now().to_rfc3339();
        let future = gateway.now().plus(Duration::from_secs(61)).to_rfc3339();
        let ask = app.ask(&gateway).swap(&issued, &future);
        assert_kept(&client.get(&app.redirect(&gateway, &ask)).await, "SAML_REQUEST_REFUSED");
        let near = gateway.now().plus(Duration::from_secs(60)).to_rfc3339();
        let ask = app.ask(&gateway).swap(&issued, &near);
        Told::of(&client.get(&app.redirect(&gateway, &ask)).await);
    }

    async fn what_is_no_plain_request_is_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let mut client = ana(&gateway, &app).await;
        let ask = app.ask(&gateway);
        let doctype = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>";
        let entity = Ask { id: ask.id.clone(), xml: format!("{doctype}{}", ask.xml.replace("wiki.example/saml<", "wiki.example/saml&e;<")) };
        assert_kept(&client.get(&app.redirect(&gateway, &entity)).await, "SAML_REQUEST_REFUSED");
        assert_kept(&app.post(&mut client, &app.form(&entity)).await, "SAML_REQUEST_REFUSED");
        let comment = ask.clone().swap("wiki.example/saml<", "wiki.example/<!-- x -->saml<");
        assert_kept(&client.get(&app.redirect(&gateway, &comment)).await, "SAML_REQUEST_REFUSED");
        // Large, before and after it is inflated.
        let large = format!("{}{}", ask.xml, " ".repeat(300 * 1024));
        let form = [("SAMLRequest", base64(&large))];
        assert_kept(&app.post(&mut client, &form).await, "SAML_REQUEST_REFUSED");
        let bomb = {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
            std::io::Write::write_all(&mut encoder, large.as_bytes()).unwrap();
            entente::base::params::encode(&base64(encoder.finish().unwrap()))
        };
        assert!(bomb.len() < 4096, "{}", bomb.len());
        assert_kept(&client.get(&format!("/saml/idp/sso?SAMLRequest={bomb}")).await, "SAML_REQUEST_REFUSED");
        // Doubled parameters, and a state that is too long.
        let url = app.redirect(&gateway, &ask);
        for name in ["SAMLRequest", "RelayState", "SigAlg", "Signature"] {
            let doubled = format!("{url}&{name}=x");
            let page = client.get(&doubled).await;
            assert_kept(&page, "SAML_REQUEST_REFUSED");
        }
        let mut form = app.form(&ask);
        form[1].1 = "x".repeat(1025);
        assert_kept(&app.post(&mut client, &form).await, "SAML_REQUEST_REFUSED");
        form[1].1 = "x".repeat(1024);
        let told = Told::of(&app.post(&mut client, &form).await);
        assert_eq!(told.relay_state.map(|state| state.len()), Some(1024));
        // In a frame nothing is shown, so nothing is begun.
        let mut framed = client.clone().with_header("Sec-Fetch-Dest", "iframe");
        let page = framed.get(&app.redirect(&gateway, &app.ask(&gateway))).await;
        assert_kept(&page, "BAD_REQUEST");
    }

    async fn an_app_that_is_off_or_speaks_otherwise_is_told_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let mut client = ana(&gateway, &app).await;
        gateway.alter_app(&gateway.services, app.id, |app| app.switch = entente::domain::partners::Switch::Disabled).await;
        gateway.services.directory.forget();
        let page = client.get(&app.redirect(&gateway, &app.ask(&gateway))).await;
        assert_eq!((page.status, page.refusal_code()), (403, Some("APP_DISABLED")));
        assert!(Told::in_page(&page).is_none());
        // Metadata that has ended is not used any more.
        let gateway = Gateway::start(backend).await;
        let until = gateway.now().plus(Duration::from_secs(600)).to_rfc3339();
        let dated = |document: String| document.replace(" entityID=", &format!(" validUntil=\"{until}\" entityID="));
        let app = gateway.add_saml_app(dated, |_, _| {}).await;
        let mut client = ana(&gateway, &app).await;
        gateway.clock.advance(Duration::from_secs(600));
        let page = client.get(&app.redirect(&gateway, &app.ask(&gateway))).await;
        assert_eq!(page.refusal_code(), Some("APP_DISABLED"), "{}", page.body);
    }
}

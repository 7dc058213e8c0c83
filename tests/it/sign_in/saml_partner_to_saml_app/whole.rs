//! The whole journey in both bindings, and what the app is told.

use std::time::Duration;

use entente::domain::apps::SignedAnswers;

use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::saml_app::{ACS, OTHER_ACS, RELAY_STATE, Told};
use crate::support::stores::on_both_stores;

const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

on_both_stores! {
    async fn a_request_by_redirect_is_answered_with_a_signed_assertion(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (app, mut client) = (gateway.wiki().await, gateway.client());
        let ask = app.ask(&gateway);
        let page = app.sign_in(&gateway, &mut client, &ask, &Person::ana()).await;
        let told = Told::of(&page);
        assert_eq!((told.action.as_str(), told.relay_state.as_deref()), (ACS, Some("relay")));
        let accepted = app.accept(&gateway, &told, &ask);
        assert_eq!(accepted.class_ref.as_deref(), Some(PASSWORD));
        assert_eq!(accepted.authenticating_authorities, [gateway.partner.entity_id.as_str()]);
        assert_eq!(accepted.authn_instant, gateway.now());
        let end = gateway.now().plus(Duration::from_secs(24 * 3600));
        assert_eq!(accepted.session_not_on_or_after, Some(end));
        assert!(accepted.session_index.is_some());
        let one = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
        let expected = [
            one("urn:oid:0.9.2342.19200300.100.1.3", "ana@fabrikam.example"),
            one("urn:oid:2.16.840.1.113730.3.1.241", "Ana Almeida"),
            one("urn:oid:2.5.4.42", "Ana"),
            one("urn:oid:2.5.4.4", "Almeida"),
            one("http://schemas.microsoft.com/identity/claims/objectidentifier", &gateway.ana.to_string()),
            one("http://schemas.microsoft.com/identity/claims/tenantid", "11111111-0000-4000-8000-000000000001"),
            one("http://schemas.microsoft.com/identity/claims/identityprovider", &gateway.partner.entity_id),
            one("http://schemas.microsoft.com/identity/claims/displayname", "Ana Almeida"),
            one("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "ana_fabrikam.example#EXT#@contoso.example"),
            one("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "Ana"),
            one("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "Almeida"),
            one("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "ana@fabrikam.example"),
        ];
        assert_eq!(accepted.attributes, expected);
        assert_eq!(told.xml.matches("attrname-format:uri").count(), expected.len());
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.ends_with("form-action 'self' http://localhost:9"), "{policy}");
        assert!(policy.contains("script-src 'self'") && policy.contains("default-src 'none'"), "{policy}");
        assert!(page.body.contains("<button type=\"submit\">"), "it works without script");
        // The clock that the app has may differ by nothing, and the answer lives for minutes.
        let late = gateway.now().plus(Duration::from_secs(300));
        let rule = entente::saml::subject::SubjectRule::PersistentNameId;
        assert!(app.judge(&gateway, &told, &ask, &rule, late).is_err());
    }

    async fn a_request_by_post_is_answered_with_its_relay_state_untouched(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (app, mut client) = (gateway.wiki().await, gateway.client());
        let ask = app.ask(&gateway);
        let page = app.post(&mut client, &app.form(&ask)).await;
        assert!(page.body.contains("Which organisation"), "{}", page.body);
        let attempt = page.field("attempt").unwrap().to_owned();
        let form = [("attempt", attempt.as_str()), ("email", "ana@fabrikam.example")];
        let page = client.post("/sign-in/organization", &form).await;
        let told = Told::of(&gateway.prove(&mut client, &page, &Person::ana()).await);
        assert_eq!(told.relay_state.as_deref(), Some(RELAY_STATE));
        app.accept(&gateway, &told, &ask);
        let activities = gateway.activities(&attempt).await;
        assert_eq!(activities, ["guest_bound", "sign_in", "token_issued"]);
    }

    async fn a_session_answers_an_app_of_either_protocol(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let sid = gateway.claims(&tokens.id, "payroll").await["sid"].as_str().unwrap().to_owned();
        let ask = app.ask(&gateway);
        let told = Told::of(&client.get(&app.redirect(&gateway, &ask)).await);
        assert_eq!(app.accept(&gateway, &told, &ask).session_index, Some(sid));
        // The other way round.
        let mut other = gateway.client();
        app.sign_in(&gateway, &mut other, &app.ask(&gateway), &Person::ana()).await;
        crate::support::journey::granted(&other.get(&gateway.authorize(&[])).await);
    }

    async fn the_answer_goes_where_the_request_names_one_of_the_apps_addresses(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let url = format!(" AssertionConsumerServiceURL=\"{ACS}\"");
        let by_index = " AssertionConsumerServiceIndex=\"7\"".to_owned();
        let by_url = format!(" AssertionConsumerServiceURL=\"{OTHER_ACS}\"");
        for (named, expected) in [(String::new(), ACS), (by_index, OTHER_ACS), (by_url, OTHER_ACS), (url.clone(), ACS)] {
            let ask = app.ask(&gateway).swap(&url, &named);
            let told = Told::of(&client.get(&app.redirect(&gateway, &ask)).await);
            assert_eq!(told.action, expected, "{named}");
            assert!(told.xml.contains(&format!("Recipient=\"{expected}\"")), "{}", told.xml);
        }
    }

    async fn what_is_signed_is_what_the_app_asks_for(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let signatures = |told: &Told| told.xml.matches("<ds:SignatureValue>").count();
        for (answers, expected) in
            [(SignedAnswers::Assertion, 1), (SignedAnswers::Response, 1), (SignedAnswers::Both, 2)]
        {
            let gateway = if answers == SignedAnswers::Assertion { &gateway } else { &Gateway::start(backend).await };
            let app = gateway.add_saml_app(|document| document, |definition, _| definition.answers = answers).await;
            let mut client = gateway.client();
            let ask = app.ask(gateway);
            let told = Told::of(&app.sign_in(gateway, &mut client, &ask, &Person::ana()).await);
            assert_eq!(signatures(&told), expected, "{answers:?}");
            app.accept(gateway, &told, &ask);
            // A status is signed where responses are.
            let passive = app.ask(gateway).with("IsPassive=\"true\"");
            let told = Told::of(&gateway.client().get(&app.redirect(gateway, &passive)).await);
            let is_signed = usize::from(answers != SignedAnswers::Assertion);
            assert_eq!(signatures(&told), is_signed, "{answers:?}");
        }
        // An app that wants assertions signed has them signed in any case.
        let gateway = Gateway::start(backend).await;
        let wants = |document: String| document.replace("AuthnRequestsSigned", "WantAssertionsSigned=\"true\" AuthnRequestsSigned");
        let app = gateway.add_saml_app(wants, |definition, _| definition.answers = SignedAnswers::Response).await;
        let told = Told::of(&app.sign_in(&gateway, &mut gateway.client(), &app.ask(&gateway), &Person::ana()).await);
        assert_eq!(signatures(&told), 2);
    }
}

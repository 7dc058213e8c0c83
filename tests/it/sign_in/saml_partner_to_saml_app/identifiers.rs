//! How the person is named.

use entente::domain::partners::MailAuthority;
use entente::saml::names::{FORMAT_EMAIL, FORMAT_PERSISTENT, FORMAT_TRANSIENT, FORMAT_UNSPECIFIED};

use crate::support::client::between;
use crate::support::gateway::Gateway;
use crate::support::journey::with_mail;
use crate::support::partner::Person;
use crate::support::saml_app::{Ask, SamlApp, Told, with_hint};
use crate::support::stores::on_both_stores;

fn policy(format: &str) -> String {
    format!("<samlp:NameIDPolicy Format=\"{format}\"></samlp:NameIDPolicy>")
}

/// Format and value of the NameID in an answer.
fn name_id(told: &Told) -> (String, String) {
    let element = between(&told.xml, "<saml:NameID ", "</saml:NameID>").unwrap_or_else(|| panic!("{}", told.xml));
    let (attributes, value) = element.split_once('>').unwrap();
    (between(attributes, "Format=\"", "\"").unwrap().to_owned(), value.to_owned())
}

async fn named(gateway: &Gateway, app: &SamlApp, ask: &Ask) -> (String, String) {
    let (mut client, _) = gateway.ana_signed_in().await;
    name_id(&Told::of(&client.get(&app.redirect(gateway, ask)).await))
}

on_both_stores! {
    async fn the_persistent_name_is_pairwise_and_the_same_at_each_sign_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let first = named(&gateway, &app, &app.ask(&gateway)).await;
        assert_eq!(first.0, FORMAT_PERSISTENT);
        for format in [FORMAT_PERSISTENT, FORMAT_UNSPECIFIED] {
            assert_eq!(named(&gateway, &app, &app.ask(&gateway).asking(&policy(format))).await, first, "{format}");
        }
        let (_, tokens) = gateway.ana_signed_in().await;
        assert_ne!(gateway.claims(&tokens.id, "payroll").await["sub"], first.1, "another app knows another name");
        // Apps of one sector know the same name, whatever they speak.
        let sector = gateway.services.store.unit_of_work().await.unwrap().read_app(app.id).await.unwrap().unwrap().sector;
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.sector = sector).await;
        gateway.services.directory.forget();
        let (_, tokens) = gateway.ana_signed_in().await;
        assert_eq!(gateway.claims(&tokens.id, "payroll").await["sub"], first.1);
    }

    async fn a_transient_name_is_another_each_time(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let ask = || app.ask(&gateway).asking(&policy(FORMAT_TRANSIENT));
        let (first, second) = (named(&gateway, &app, &ask()).await, named(&gateway, &app, &ask()).await);
        assert_eq!((first.0.as_str(), second.0.as_str()), (FORMAT_TRANSIENT, FORMAT_TRANSIENT));
        assert_ne!(first.1, second.1);
    }

    async fn a_mail_address_is_a_name_only_where_it_is_proven(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| {
            partner.admission = entente::domain::partners::Admission::Anyone;
        })
        .await;
        let app = gateway.add_saml_app(|document| document, |_, app| {
            app.assignment = entente::domain::apps::Assignment::Everyone;
        })
        .await;
        let ask = || app.ask(&gateway).asking(&policy(FORMAT_EMAIL));
        let told = Told::of(&app.sign_in(&gateway, &mut gateway.client(), &ask(), &Person::ana()).await);
        assert_eq!(name_id(&told), (FORMAT_EMAIL.to_owned(), "ana@fabrikam.example".to_owned()));
        // A partner whose mail counts only where it says that it is verified.
        gateway.alter_partner(&gateway.services, |partner| {
            partner.domains.clear();
            partner.mail_authority = MailAuthority::VerifiedOnly;
        })
        .await;
        gateway.services.directory.forget();
        let mut client = gateway.client();
        let page = client.get(&format!("{}&domain_hint=fabrikam", app.redirect(&gateway, &ask()))).await;
        let page = gateway.prove(&mut client, &page, &with_mail(Person::ben(), Some("ben@elsewhere.example"))).await;
        let told = Told::of(&page);
        assert_eq!(told.status(), ["Responder", "InvalidNameIDPolicy"]);
        assert!(!told.xml.contains("Assertion ") && client.session().is_none());
    }

    async fn a_name_that_is_not_given_is_a_status(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let ask = app.ask(&gateway).asking(&policy("urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos"));
        let told = Told::of(&gateway.client().get(&app.redirect(&gateway, &ask)).await);
        assert_eq!(told.status(), ["Requester", "InvalidNameIDPolicy"]);
        assert!(told.xml.contains(&format!("InResponseTo=\"{}\"", ask.id)), "{}", told.xml);
        assert_eq!(told.relay_state.as_deref(), Some("relay"));
    }

    async fn an_answer_about_another_than_the_named_person_is_not_given(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let about = |name: &str| {
            let subject = "<saml:Subject xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><saml:NameID>";
            app.ask(&gateway).asking(&format!("{subject}{name}</saml:NameID></saml:Subject>"))
        };
        let mut client = gateway.client();
        let ask = about("Ana@fabrikam.example");
        let page = client.get(&app.redirect(&gateway, &ask)).await;
        let told = Told::of(&gateway.prove(&mut client, &page, &Person::ana()).await);
        let persistent = app.accept(&gateway, &told, &ask).subject.value;
        let ask = about(&persistent);
        app.accept(&gateway, &Told::of(&client.get(&app.redirect(&gateway, &ask)).await), &ask);
        let other = about("somebody@fabrikam.example");
        let mut client = gateway.client();
        let page = client.get(&with_hint(&app.redirect(&gateway, &other))).await;
        let told = Told::of(&gateway.prove(&mut client, &page, &Person::ana()).await);
        assert_eq!(told.status(), ["Responder", "AuthnFailed"]);
    }
}

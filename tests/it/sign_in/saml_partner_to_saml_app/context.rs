//! How strongly the person is proven, and whom the app takes.

use entente::domain::assurance::REFEDS_MFA;

use crate::factors::person::type_code;
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::saml_app::{Ask, SamlApp, Told, with_hint};
use crate::support::stores::on_both_stores;

const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
const KERBEROS: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";

fn context(comparison: &str, classes: &[&str]) -> String {
    let assertion = "urn:oasis:names:tc:SAML:2.0:assertion";
    let class = |class: &&str| {
        format!("<saml:AuthnContextClassRef xmlns:saml=\"{assertion}\">{class}</saml:AuthnContextClassRef>")
    };
    let classes: String = classes.iter().map(class).collect();
    format!("<samlp:RequestedAuthnContext Comparison=\"{comparison}\">{classes}</samlp:RequestedAuthnContext>")
}

fn ana_by(class: &str) -> Person {
    Person { class_ref: class.to_owned(), ..Person::ana() }
}

async fn signed_in(gateway: &Gateway, app: &SamlApp, ask: &Ask, person: &Person) -> Told {
    Told::of(&app.sign_in(gateway, &mut gateway.client(), ask, person).await)
}

on_both_stores! {
    async fn the_class_is_what_the_partner_stated_and_no_more(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let stated = [(PASSWORD, PASSWORD), (KERBEROS, KERBEROS), ("urn:gold", UNSPECIFIED), (REFEDS_MFA, UNSPECIFIED)];
        for (stated, expected) in stated {
            let ask = app.ask(&gateway);
            let told = signed_in(&gateway, &app, &ask, &ana_by(stated)).await;
            assert_eq!(app.accept(&gateway, &told, &ask).class_ref.as_deref(), Some(expected), "{stated}");
        }
    }

    async fn comparisons_are_answered_by_what_is_true(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let cases: [(&str, &[&str], &str, Option<&str>); 8] = [
            ("exact", &[PASSWORD], PASSWORD, Some(PASSWORD)),
            ("exact", &[PASSWORD], KERBEROS, None),
            ("exact", &[KERBEROS, PASSWORD], PASSWORD, Some(PASSWORD)),
            ("exact", &[PASSWORD, UNSPECIFIED], KERBEROS, Some(UNSPECIFIED)),
            ("minimum", &[PASSWORD], KERBEROS, Some(KERBEROS)),
            ("minimum", &[UNSPECIFIED], "urn:gold", Some(UNSPECIFIED)),
            ("maximum", &[PASSWORD], KERBEROS, Some(KERBEROS)),
            ("maximum", &[PASSWORD], "urn:gold", Some(UNSPECIFIED)),
        ];
        for (comparison, classes, stated, expected) in cases {
            let ask = app.ask(&gateway).asking(&context(comparison, classes));
            let told = signed_in(&gateway, &app, &ask, &ana_by(stated)).await;
            match expected {
                Some(expected) => {
                    let accepted = app.accept(&gateway, &told, &ask);
                    assert_eq!(accepted.class_ref.as_deref(), Some(expected), "{comparison} {classes:?} {stated}");
                }
                None => assert_eq!(told.status(), ["Responder", "NoAuthnContext"], "{comparison} {classes:?} {stated}"),
            }
        }
    }

    async fn what_is_lacking_is_shown_here_and_then_told(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, _) = gateway.ana_with_app().await;
        let app = gateway.wiki().await;
        for (comparison, class) in [("exact", REFEDS_MFA), ("better", PASSWORD)] {
            gateway.clock.advance(std::time::Duration::from_secs(120));
            let mut client = gateway.client();
            let ask = app.ask(&gateway).asking(&context(comparison, &[class]));
            let page = app.sign_in(&gateway, &mut client, &ask, &Person::ana()).await;
            assert!(Told::in_page(&page).is_none(), "a second factor comes first: {}", page.body);
            let told = Told::of(&type_code(&mut client, &page, &phone.code(gateway.now())).await);
            assert_eq!(app.accept(&gateway, &told, &ask).class_ref.as_deref(), Some(REFEDS_MFA), "{comparison}");
        }
        for (comparison, class) in [("better", "phrh"), ("exact", "urn:gold"), ("minimum", "urn:gold")] {
            let out_of_reach = app.ask(&gateway).asking(&context(comparison, &[class]));
            let told = Told::of(&gateway.client().get(&app.redirect(&gateway, &out_of_reach)).await);
            assert_eq!(told.status(), ["Responder", "NoAuthnContext"], "{comparison} {class}");
        }
    }

    async fn a_phishing_resistant_proof_is_told_by_its_methods(backend: Backend) {
        let trusted = |partner: &mut entente::domain::partners::Partner| {
            partner.assurance.home_trust = entente::domain::policy::facts::HomeTrust::Trusted;
        };
        let gateway = Gateway::start_with(backend, trusted).await;
        let app = gateway.wiki().await;
        for (class, told_methods) in [("phr", Some(vec!["mfa".to_owned()])), (REFEDS_MFA, None), (PASSWORD, None)] {
            let person = Person { class_ref: class.to_owned(), ..Person::ana() };
            let mut client = gateway.client();
            let ask = app.ask(&gateway);
            let told = Told::of(&app.sign_in(&gateway, &mut client, &ask, &person).await);
            let accepted = app.accept(&gateway, &told, &ask);
            let expected = if class == PASSWORD { PASSWORD } else { REFEDS_MFA };
            assert_eq!(accepted.class_ref.as_deref(), Some(expected), "{class}");
            let methods = accepted.attributes.into_iter().find(|(name, _)| name == "amr").map(|(_, values)| values);
            assert_eq!(methods, told_methods, "{class}");
        }
    }

    async fn an_app_says_whose_word_it_takes(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let scoping = |count: &str, idps: &[&str]| {
            let entries: String =
                idps.iter().map(|idp| format!("<samlp:IDPEntry ProviderID=\"{idp}\"></samlp:IDPEntry>")).collect();
            let list = if idps.is_empty() { String::new() } else { format!("<samlp:IDPList>{entries}</samlp:IDPList>") };
            app.ask(&gateway).asking(&format!("<samlp:Scoping{count}>{list}</samlp:Scoping>"))
        };
        let fabrikam = gateway.partner.entity_id.clone();
        // One that is known leads there without a page.
        let ask = scoping(" ProxyCount=\"1\"", &["urn:unknown", &fabrikam]);
        let mut client = gateway.client();
        let page = client.get(&app.redirect(&gateway, &ask)).await;
        assert_eq!(page.status, 303, "{}", page.body);
        app.accept(&gateway, &Told::of(&gateway.prove(&mut client, &page, &Person::ana()).await), &ask);
        for (ask, status) in [
            (scoping(" ProxyCount=\"0\"", &[]), ["Responder", "ProxyCountExceeded"]),
            (scoping("", &["urn:unknown"]), ["Responder", "NoSupportedIDP"]),
        ] {
            assert_eq!(Told::of(&client.get(&app.redirect(&gateway, &ask)).await).status(), status);
        }
        // Who names us has us choose.
        let ask = scoping("", &[&gateway.idp()]);
        app.accept(&gateway, &Told::of(&client.get(&app.redirect(&gateway, &ask)).await), &ask);
    }

    async fn a_request_is_passed_on_once_less_and_for_whom_it_is_said(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let fabrikam = gateway.partner.entity_id.clone();
        let list = format!("<samlp:IDPList><samlp:IDPEntry ProviderID=\"{fabrikam}\"></samlp:IDPEntry></samlp:IDPList>");
        let requester = "<samlp:RequesterID>urn:behind</samlp:RequesterID>";
        for (scoping, count, idps, requesters) in [
            (" ProxyCount=\"2\">", Some(1), vec![], vec![app.entity_id.as_str()]),
            (" ProxyCount=\"1\">", Some(0), vec![], vec![app.entity_id.as_str()]),
            (&format!(">{list}{requester}"), None, vec![fabrikam.as_str()], vec!["urn:behind", &app.entity_id]),
            (">", None, vec![], vec![]),
        ] {
            let ask = app.ask(&gateway).asking(&format!("<samlp:Scoping{scoping}</samlp:Scoping>"));
            let mut client = gateway.client();
            let page = client.get(&with_hint(&app.redirect(&gateway, &ask))).await;
            let passed = gateway.read_request(&page).asked.scoping;
            assert_eq!((passed.proxy_count, passed.idps, passed.requesters), (count, idps.iter().map(|idp| (*idp).to_owned()).collect(), requesters.iter().map(|one| (*one).to_owned()).collect()));
            app.accept(&gateway, &Told::of(&gateway.prove(&mut client, &page, &Person::ana()).await), &ask);
        }
        gateway.alter_partner(&gateway.services, |partner| {
            let entente::domain::partners::Trust::Saml(trust) = &mut partner.trust else { panic!("no SAML") };
            trust.request.scoping = entente::domain::partners::PassedScoping::LeftOut;
        })
        .await;
        gateway.services.directory.forget();
        let ask = app.ask(&gateway).asking("<samlp:Scoping ProxyCount=\"1\"></samlp:Scoping>");
        let page = gateway.client().get(&with_hint(&app.redirect(&gateway, &ask))).await;
        assert_eq!(gateway.read_request(&page).asked.scoping, entente::saml::messages::authn_request::read::Scoping::default());
    }

    async fn a_partner_that_the_app_does_not_take_is_not_let_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let key = crate::support::keys::stranger();
        let other = crate::support::partner::Partner::named("urn:woodgrove", "https://idp.woodgrove.example/sso", key);
        gateway.add_partner("woodgrove", &other, |_| {}).await;
        let third_key = crate::support::keys::stranger();
        let third = crate::support::partner::Partner::named("urn:third", "https://idp.third.example/sso", third_key);
        gateway.add_partner("third", &third, |_| {}).await;
        let list = "<samlp:Scoping><samlp:IDPList><samlp:IDPEntry ProviderID=\"urn:woodgrove\"></samlp:IDPEntry>\
                    <samlp:IDPEntry ProviderID=\"urn:third\"></samlp:IDPEntry></samlp:IDPList></samlp:Scoping>";
        let ask = app.ask(&gateway).asking(list);
        let page = gateway.client().get(&with_hint(&app.redirect(&gateway, &ask))).await;
        let mut client = gateway.client();
        assert_eq!(page.status, 303);
        let page = client.get(&with_hint(&app.redirect(&gateway, &ask))).await;
        let told = Told::of(&gateway.prove(&mut client, &page, &Person::ana()).await);
        assert_eq!(told.status(), ["Responder", "NoSupportedIDP"]);
        assert!(client.session().is_none());
    }
}

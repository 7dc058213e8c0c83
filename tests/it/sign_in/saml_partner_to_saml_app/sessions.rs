//! Sessions: asked for silently, asked to be proven anew, and what may change on the way.

use std::time::Duration;

use entente::domain::partners::Switch;

use crate::support::gateway::Gateway;
use crate::support::journey::proven_at;
use crate::support::partner::Person;
use crate::support::saml_app::{Told, with_hint};
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_passive_request_shows_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let passive = || app.ask(&gateway).with("IsPassive=\"true\"");
        let told = Told::of(&gateway.client().get(&app.redirect(&gateway, &passive())).await);
        assert_eq!(told.status(), ["Responder", "NoPassive"]);
        let (mut client, _) = gateway.ana_signed_in().await;
        let ask = passive();
        app.accept(&gateway, &Told::of(&client.get(&app.redirect(&gateway, &ask)).await), &ask);
        let both = passive().with("ForceAuthn=\"true\"");
        let told = Told::of(&client.get(&app.redirect(&gateway, &both)).await);
        assert_eq!(told.status(), ["Responder", "NoPassive"]);
    }

    async fn a_forced_request_needs_a_fresh_proof(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let (mut client, _) = gateway.ana_signed_in().await;
        gateway.clock.advance(Duration::from_secs(120));
        let ask = app.ask(&gateway).with("ForceAuthn=\"true\"");
        let page = client.get(&app.redirect(&gateway, &ask)).await;
        let request = gateway.read_request(&page);
        assert_eq!(request.asked.force_authn, entente::saml::messages::authn_request::Wish::Asked);
        let mut stale = gateway.answer(&request, &Person::ana());
        proven_at(&mut stale, gateway.now().minus(Duration::from_secs(120)));
        let told = Told::of(&gateway.post(&mut client.clone(), &request, &stale).await);
        assert_eq!(told.status(), ["Responder", "AuthnFailed"]);
        let told = Told::of(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
        assert_eq!(app.accept(&gateway, &told, &ask).authn_instant, gateway.now());
    }

    async fn a_request_is_answered_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let ask = app.ask(&gateway);
        let url = app.redirect(&gateway, &ask);
        Told::of(&client.get(&url).await);
        let page = client.get(&url).await;
        assert_eq!((page.status, page.refusal_code()), (400, Some("SAML_REQUEST_REPLAYED")), "{}", page.body);
        let attempt = page.attempt_id().unwrap();
        assert_eq!(gateway.cause(attempt).await.as_deref(), Some("request_answered_already"));
        assert!(Told::in_page(&page).is_none(), "the app is not told of what it may never have sent");
        // Another request of the same browser is good, and one that was only begun may be begun again.
        Told::of(&client.get(&app.redirect(&gateway, &app.ask(&gateway))).await);
        let mut other = gateway.client();
        let ask = app.ask(&gateway);
        let url = with_hint(&app.redirect(&gateway, &ask));
        assert_eq!(other.get(&url).await.status, 303);
        let page = other.get(&url).await;
        app.accept(&gateway, &Told::of(&gateway.prove(&mut other, &page, &Person::ana()).await), &ask);
    }

    async fn an_app_that_is_changed_meanwhile_gets_nothing_it_may_not_have(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let mut client = gateway.client();
        let ask = app.ask(&gateway);
        let page = client.get(&with_hint(&app.redirect(&gateway, &ask))).await;
        gateway.alter_app(&gateway.services, app.id, |app| {
            let entente::domain::apps::AppProtocol::Saml(saml) = &mut app.protocol else { panic!("no SAML") };
            saml.acs.retain(|acs| acs.url != crate::support::saml_app::ACS);
            saml.acs[0].standing = entente::domain::apps::AcsStanding::Default;
        })
        .await;
        let page = gateway.prove(&mut client, &page, &Person::ana()).await;
        assert_eq!(page.refusal_code(), Some("REDIRECT_URI_REFUSED"), "{}", page.body);
        assert!(Told::in_page(&page).is_none());
        gateway.services.directory.forget();
        let url = format!(" AssertionConsumerServiceURL=\"{}\"", crate::support::saml_app::ACS);
        let ask = app.ask(&gateway).swap(&url, "");
        let page = client.get(&with_hint(&app.redirect(&gateway, &ask))).await;
        gateway.alter_app(&gateway.services, app.id, |app| app.switch = Switch::Disabled).await;
        let page = gateway.prove(&mut client, &page, &Person::ana()).await;
        assert_eq!(page.refusal_code(), Some("APP_DISABLED"), "{}", page.body);
        assert!(Told::in_page(&page).is_none());
    }

    async fn a_key_that_is_taken_from_the_app_meanwhile_signs_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let signed = app.ask(&gateway);
        let mut client = gateway.client();
        let page = client.get(&with_hint(&app.redirect(&gateway, &signed))).await;
        let alter = async |change: fn(&mut entente::domain::apps::SamlApp)| {
            gateway.alter_app(&gateway.services, app.id, |app| {
                let entente::domain::apps::AppProtocol::Saml(saml) = &mut app.protocol else { panic!("no SAML") };
                change(saml);
            })
            .await;
        };
        // Another change of the record is no reason to refuse.
        alter(|saml| saml.answers = entente::domain::apps::SignedAnswers::Both).await;
        let mut twin = client.clone();
        let good = gateway.prove(&mut twin, &page, &Person::ana()).await;
        app.accept(&gateway, &Told::of(&good), &signed);
        gateway.services.directory.forget();
        let page = client.get(&with_hint(&app.redirect(&gateway, &app.ask(&gateway)))).await;
        alter(|saml| saml.certificates.clear()).await;
        let page = gateway.prove(&mut client, &page, &Person::ana()).await;
        assert_eq!(page.refusal_code(), Some("REDIRECT_URI_REFUSED"), "{}", page.body);
        // Nor does an unsigned request live on where requests must be signed by now.
        alter(|saml| saml.requests = entente::domain::apps::SignedRequests::Optional).await;
        gateway.services.directory.forget();
        let page = client.get(&with_hint(&app.unsigned(&gateway, &app.ask(&gateway)))).await;
        alter(|saml| saml.requests = entente::domain::apps::SignedRequests::Required).await;
        let page = gateway.prove(&mut client, &page, &Person::ana()).await;
        assert_eq!(page.refusal_code(), Some("REDIRECT_URI_REFUSED"), "{}", page.body);
    }

    async fn who_is_not_assigned_is_told_by_a_page_and_the_app_by_its_button(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.set_guest_apps(gateway.ana, &[gateway.payroll]).await.unwrap();
        unit.commit().await.unwrap();
        let mut client = gateway.client();
        let page = app.sign_in(&gateway, &mut client, &app.ask(&gateway), &Person::ana()).await;
        assert_eq!((page.status, page.refusal_code()), (403, Some("NOT_ASSIGNED")), "{}", page.body);
        let told = Told::in_page(&page).unwrap();
        assert_eq!(told.status(), ["Responder", "RequestDenied"]);
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.ends_with("form-action 'self' http://localhost:9"), "{policy}");
    }

    async fn a_request_posted_from_another_site_finds_the_session_by_a_second_post(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let (client, _) = gateway.ana_signed_in().await;
        let ask = app.ask(&gateway);
        let form = app.form(&ask);
        let mut bare = gateway.client().with_header("Sec-Fetch-Site", "cross-site").with_header("Origin", "null");
        let page = app.post(&mut bare, &form).await;
        assert!(page.body.contains("id=\"resubmit\"") && page.body.contains("action=\"/saml/idp/sso\""), "{}", page.body);
        let mut again = form.clone();
        again.push(("posted_again", "1".to_owned()));
        let mut ours = client.clone().with_header("Sec-Fetch-Site", "same-origin").with_header("Origin", &gateway.url);
        app.accept(&gateway, &Told::of(&app.post(&mut ours, &again).await), &ask);
    }
}

//! SAML apps whose metadata is at an address.

use crate::support::gateway::Gateway;
use crate::support::keys;
use crate::support::partner::Person;
use crate::support::saml_app::{ACS, SamlApp};
use crate::support::source::{Says, Source};
use crate::support::stores::on_both_stores;

use super::*;

const ENTITY_ID: &str = "https://wiki.example/saml";

fn of_wiki(keys: &[&SigningKey]) -> Metadata {
    Metadata::of_sp(ENTITY_ID, ACS, &certificates(keys))
}

async fn start_wiki(backend: Backend) -> (Gateway, Source, SamlApp) {
    let gateway = Gateway::start(backend).await;
    let source = Source::start(of_wiki(&[&keys::stranger()]).plain()).await;
    let file = format!("[[app]]\nslug = 'wiki'\nassignment = 'everyone'\n[app.saml]\nmetadata_url = '{}'", source.url);
    applied(&gateway, &file).await;
    let key = keys::stranger();
    let certificate = keys::certificate(&key);
    let id = app_id(&gateway, "wiki").await;
    (gateway, source, SamlApp { entity_id: ENTITY_ID.to_owned(), key, certificate, id })
}

on_both_stores! {
    async fn the_keys_and_addresses_of_an_app_follow_its_document(backend: Backend) {
        let (gateway, source, wiki) = start_wiki(backend).await;
        let sign_in = async || {
            let ask = wiki.ask(&gateway);
            wiki.sign_in(&gateway, &mut gateway.client(), &ask, &Person::ana()).await
        };
        assert_eq!(sign_in().await.status, 200);
        // Its key is withdrawn.
        source.publish(of_wiki(&[&keys::partner()]).plain());
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        let ask = wiki.ask(&gateway);
        let page = gateway.client().get(&wiki.redirect(&gateway, &ask)).await;
        assert_eq!(page.refusal_code(), Some("SAML_REQUEST_SIGNATURE_REFUSED"), "{}", page.body);
        let page = gateway.client().get(&wiki.redirect_by(&gateway, &ask, &keys::partner())).await;
        assert_ne!(page.refusal_code(), Some("SAML_REQUEST_SIGNATURE_REFUSED"));
        // It is back, and the address of answers is not.
        let mut moved = of_wiki(&[&keys::stranger()]);
        moved.services = moved.services.replace(ACS, "https://wiki.example/other");
        source.publish(moved.plain());
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        let page = gateway.client().get(&wiki.redirect(&gateway, &wiki.ask(&gateway))).await;
        assert_eq!(page.refusal_code(), Some("REDIRECT_URI_REFUSED"), "{}", page.body);
        let changes = audited(&gateway, "metadata_changed").await;
        let fields: Vec<_> = changes.iter().map(|change| detail(change, "fields")).collect();
        assert_eq!(fields, ["certificates", "certificates, acs"]);
        assert!(changes.iter().all(|change| change.app.as_ref().map(|(id, _)| *id) == Some(wiki.id) && change.partner.is_none()));
    }

    /// A key that was withdrawn while the person was at the partner.
    async fn a_request_by_a_withdrawn_key_is_not_answered(backend: Backend) {
        let (gateway, source, wiki) = start_wiki(backend).await;
        let ask = wiki.ask(&gateway);
        let mut client = gateway.client();
        let page = client.get(&crate::support::saml_app::with_hint(&wiki.redirect(&gateway, &ask))).await;
        source.publish(of_wiki(&[&keys::partner()]).plain());
        let owner = Owner::App(wiki.id);
        let actor = entente::domain::audit::Actor::System;
        let node = gateway.second_node().await;
        let outcome = refresh(&node.services, owner, &actor, gateway.now()).await.unwrap();
        assert_eq!(outcome, Outcome::Changed(vec!["certificates"]));
        let page = gateway.prove(&mut client, &page, &Person::ana()).await;
        assert_eq!(page.refusal_code(), Some("REDIRECT_URI_REFUSED"), "{}", page.body);
    }

    async fn what_is_no_document_of_the_app_is_kept_out(backend: Backend) {
        let (gateway, source, wiki) = start_wiki(backend).await;
        let other = Metadata { entity_id: "https://evil.example".to_owned(), ..of_wiki(&[&keys::stranger()]) };
        for (says, cause) in [
            (Says::Document(other.plain()), "metadata_of_another_entity"),
            (Says::Document(of_wiki(&[]).plain()), "metadata_unusable"),
            (Says::Html, "metadata_unusable"),
            (Says::Status(500), "metadata_no_answer"),
        ] {
            source.say(says);
            assert_eq!(poll_after(&gateway, HOUR).await, FAILED, "{cause}");
            let mut unit = gateway.services.store.unit_of_work().await.unwrap();
            let watch = unit.find_watch(Owner::App(wiki.id)).await.unwrap().unwrap();
            assert_eq!(watch.fault.unwrap().cause, cause);
            drop(unit);
            let ask = wiki.ask(&gateway);
            let page = wiki.sign_in(&gateway, &mut gateway.client(), &ask, &Person::ana()).await;
            assert_eq!(page.status, 200, "{}", page.body);
        }
        assert_eq!(audited(&gateway, "metadata_refused").await.len(), 2);
    }

    async fn what_the_object_file_asks_for_holds_with_each_document(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut document = of_wiki(&[&keys::stranger()]);
        let source = Source::start(document.plain().replace("AuthnRequestsSigned=\"true\" ", "")).await;
        let file = format!(
            "[[app]]\nslug = 'wiki'\n[app.saml]\nmetadata_url = '{}'\nrequire_signed_requests = true\nsigned = 'both'",
            source.url
        );
        applied(&gateway, &file).await;
        document.certificates = certificates(&[&keys::partner()]);
        source.publish(document.plain().replace("AuthnRequestsSigned=\"true\" ", ""));
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        let id = app_id(&gateway, "wiki").await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let app = unit.read_app(id).await.unwrap().unwrap();
        let saml = app.saml().unwrap();
        assert_eq!(saml.requests, entente::domain::apps::SignedRequests::Required);
        assert_eq!(saml.answers, entente::domain::apps::SignedAnswers::Both);
        assert_eq!(saml.certificates, document.certificates);
    }
}

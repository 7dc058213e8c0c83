//! The same for an app that speaks SAML, and a live session that is not the one which is meant.

use entente::domain::partners::Switch;

use super::{allow, asks_organization, tailspin, woodgrove};
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::saml_app::{Told, with_hint};
use crate::support::stores::on_both_stores;

/// A request that takes the word of these issuers alone.
fn scoping(issuers: &[&str]) -> String {
    let entries: String = issuers.iter().map(|issuer| format!("<samlp:IDPEntry ProviderID=\"{issuer}\"/>")).collect();
    format!("<samlp:Scoping><samlp:IDPList>{entries}</samlp:IDPList></samlp:Scoping>")
}

on_both_stores! {
    async fn issuers_that_the_app_does_not_take_are_answered_like_unknown_ones(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        let off = gateway.add_partner("tailspin", &tailspin(), |partner| partner.switch = Switch::Disabled).await;
        let app = gateway.wiki().await;
        allow(&gateway, app.id, &[other, off]).await;
        let ask = async |issuers: &[&str]| {
            let ask = app.ask(&gateway).asking(&scoping(issuers));
            (gateway.client().get(&app.redirect(&gateway, &ask)).await, ask)
        };
        let shape = |(page, ask): &(_, crate::support::saml_app::Ask)| {
            let told = Told::of(page);
            assert_eq!(told.status(), ["Responder", "NoSupportedIDP"]);
            let id = told.xml.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            let signed = told.xml.split("<ds:Signature").next().unwrap().to_owned();
            signed.replace(&ask.id, "").replace(&id, "")
        };
        let unknown = shape(&ask(&["urn:nobody"]).await);
        for known in [gateway.partner.entity_id.as_str(), "urn:tailspin"] {
            assert_eq!(shape(&ask(&[known]).await), unknown, "{known}");
        }
        // The twin: of several, the one that the app takes is asked.
        let (page, _) = ask(&["urn:nobody", gateway.partner.entity_id.as_str(), "urn:woodgrove"]).await;
        gateway.request_to(&woodgrove(), &page);
    }

    async fn a_list_that_changes_during_the_sign_in_holds_when_it_ends(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        let app = gateway.wiki().await;
        for (allowed, is_taken) in [(other, false), (gateway.partner_id, true)] {
            allow(&gateway, app.id, &[gateway.partner_id, other]).await;
            let (mut client, ask) = (gateway.client(), app.ask(&gateway));
            let page = client.get(&with_hint(&app.redirect(&gateway, &ask))).await;
            allow(&gateway, app.id, &[allowed]).await;
            let told = Told::of(&gateway.prove(&mut client, &page, &Person::ana()).await);
            if is_taken {
                app.accept(&gateway, &told, &ask);
            } else {
                assert_eq!(told.status(), ["Responder", "NoSupportedIDP"]);
            }
        }
    }

    async fn a_session_that_is_not_meant_is_never_used_silently(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        let app = gateway.wiki().await;
        let (client, _) = gateway.ana_signed_in().await;
        let passive = || app.ask(&gateway).with("IsPassive=\"true\"");
        let ask_with = async |hint: &str| {
            let ask = passive();
            let page = client.clone().get(&format!("{}&{hint}", app.redirect(&gateway, &ask))).await;
            (Told::of(&page), ask)
        };
        for fits in ["", "domain_hint=fabrikam", "login_hint=ana%40fabrikam.example"] {
            let (told, ask) = ask_with(fits).await;
            app.accept(&gateway, &told, &ask);
        }
        for differs in [
            "domain_hint=woodgrove",
            "domain_hint=unknown",
            "login_hint=ben%40fabrikam.example",
            "login_hint=wen%40woodgrove.example",
            "login_hint=x%40unknown.example",
        ] {
            assert_eq!(ask_with(differs).await.0.status(), ["Responder", "NoPassive"], "{differs}");
        }
        // Where something may be shown, the other partner is asked, or the person where nobody here is meant.
        let shown = async |hint: &str| {
            client.clone().get(&format!("{}&{hint}", app.redirect(&gateway, &app.ask(&gateway)))).await
        };
        gateway.request_to(&woodgrove(), &shown("domain_hint=woodgrove").await);
        gateway.read_request(&shown("login_hint=ben%40fabrikam.example").await);
        for nobody in ["domain_hint=unknown", "login_hint=x%40unknown.example"] {
            let page = shown(nobody).await;
            assert!(page.body.contains("action=\"/sign-in/account\""), "{nobody} {}", page.body);
        }

        allow(&gateway, app.id, &[other]).await;
        for hint in ["", "domain_hint=fabrikam"] {
            assert_eq!(ask_with(hint).await.0.status(), ["Responder", "NoPassive"], "{hint}");
        }
        gateway.request_to(&woodgrove(), &shown("").await);
        asks_organization(&shown("domain_hint=fabrikam").await);
    }
}

//! `prompt=none` and `prompt=login`.

use std::time::Duration;

use entente::domain::partners::{PassiveRequests, Trust};
use entente::saml::messages::authn_request::Wish;
use entente::saml::status::{NO_PASSIVE, RESPONDER};

use crate::support::gateway::{Gateway, oidc};
use crate::support::journey::{assert_told, attempt, granted, proven_at};
use crate::support::partner::Person;
use crate::support::stores::{Backend, on_both_stores};

async fn with_passive_partner(backend: Backend) -> Gateway {
    Gateway::start_with(backend, |partner| {
        let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
        trust.request.passive = PassiveRequests::Allowed;
    })
    .await
}

on_both_stores! {
    async fn prompt_none_without_a_session_is_login_required_at_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for hints in [vec![("prompt", "none")], vec![("prompt", "none"), ("domain_hint", "fabrikam")]] {
            let mut client = gateway.client();
            let page = client.get(&gateway.authorize(&hints)).await;
            assert_told(&gateway, &page, "login_required", "INTERACTION_NEEDED");
            assert!(client.cookies.is_empty(), "{:?}", client.cookies);
        }
    }

    async fn prompt_none_with_a_session_is_granted(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        granted(&client.get(&gateway.authorize_travel(&[("prompt", "none")])).await);
    }

    async fn prompt_none_with_a_refused_session_tells_the_app(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        gateway.alter_app(&gateway.services, gateway.travel, |app| oidc(app).client_id = "travel".to_owned()).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.set_guest_apps(gateway.ana, &[]).await.unwrap();
        unit.commit().await.unwrap();
        let page = client.get(&gateway.authorize_travel(&[("prompt", "none")])).await;
        assert_told(&gateway, &page, "access_denied", "NOT_ASSIGNED");
    }

    async fn a_partner_whose_record_says_so_is_asked_passively(backend: Backend) {
        let gateway = with_passive_partner(backend).await;
        let mut client = gateway.client();
        let asked = gateway.authorize(&[("prompt", "none"), ("domain_hint", "fabrikam")]);
        let request = gateway.ask(&mut client, &asked).await;
        assert_eq!((request.asked.passive, request.asked.force_authn), (Wish::Asked, Wish::NotAsked));
        let refusal = gateway.partner.refusal(&request, RESPONDER, NO_PASSIVE, gateway.now());
        let page = gateway.post(&mut client, &request, &refusal).await;
        assert_told(&gateway, &page, "login_required", "PARTNER_REFUSED");
        assert_eq!(gateway.cause(attempt(&request)).await.as_deref(), Some("partner_no_passive"));

        let request = gateway.ask(&mut client, &asked).await;
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
    }

    async fn a_partner_that_may_be_asked_passively_is_not_where_nothing_names_it(backend: Backend) {
        let gateway = with_passive_partner(backend).await;
        let page = gateway.client().get(&gateway.authorize(&[("prompt", "none")])).await;
        assert_told(&gateway, &page, "login_required", "INTERACTION_NEEDED");
    }

    async fn prompt_login_asks_the_partner_anew_and_rotates_the_session(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let before = client.session().unwrap().to_owned();
        gateway.clock.advance(Duration::from_secs(600));
        let request = gateway.ask(&mut client, &gateway.authorize(&[("prompt", "login")])).await;
        assert_eq!(request.asked.force_authn, Wish::Asked);
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        granted(&page);
        assert_ne!(client.session(), Some(before.as_str()));
    }

    async fn an_older_proof_than_prompt_login_asks_is_told_as_login_required(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let sent = gateway.now();
        let skew = Duration::from_secs(60);
        for (proof, is_accepted) in [
            (sent, true),
            (sent.minus(skew), true),
            (sent.minus(skew + Duration::from_millis(1)), false),
            (sent.minus(Duration::from_secs(3600)), false),
        ] {
            let mut client = gateway.client();
            let asked = gateway.authorize(&[("prompt", "login"), ("domain_hint", "fabrikam")]);
            let request = gateway.ask(&mut client, &asked).await;
            let mut answer = gateway.answer(&request, &Person::ana());
            proven_at(&mut answer, proof);
            let page = gateway.post(&mut client, &request, &answer).await;
            if is_accepted {
                granted(&page);
            } else {
                assert_told(&gateway, &page, "login_required", "PROOF_TOO_OLD");
                let cause = gateway.cause(attempt(&request)).await;
                assert_eq!(cause.as_deref(), Some("proof_older_than_request"));
                assert_eq!(client.session(), None);
            }
        }
    }

    async fn an_old_proof_will_do_where_nothing_fresh_is_asked(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let proof = gateway.now().minus(Duration::from_secs(7 * 3600));
        let page = gateway.sign_in_with(&mut gateway.client(), &Person::ana(), |answer| proven_at(answer, proof)).await;
        granted(&page);
    }
}

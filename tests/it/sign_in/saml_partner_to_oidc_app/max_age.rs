//! `max_age`: how old the partner's proof may be.

use std::time::Duration;

use entente::saml::messages::authn_request::Wish;

use crate::support::gateway::Gateway;
use crate::support::journey::{assert_told, attempt, granted, proven_at};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_session_is_used_up_to_max_age_and_the_partner_is_asked_after_it(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        gateway.clock.advance(Duration::from_secs(600));
        granted(&client.get(&gateway.authorize(&[("max_age", "600")])).await);
        gateway.clock.advance(Duration::from_micros(1));
        let request = gateway.ask(&mut client, &gateway.authorize(&[("max_age", "600")])).await;
        assert_eq!(request.asked.force_authn, Wish::Asked);
        let page = client.get(&gateway.authorize(&[("max_age", "600"), ("prompt", "none")])).await;
        assert_told(&gateway, &page, "login_required", "PROOF_TOO_OLD");
    }

    async fn max_age_zero_asks_the_partner_anew_even_in_the_same_instant(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let request = gateway.ask(&mut client, &gateway.authorize(&[("max_age", "0")])).await;
        assert_eq!(request.asked.force_authn, Wish::Asked);
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
        let page = client.get(&gateway.authorize(&[("max_age", "0"), ("prompt", "none")])).await;
        assert_told(&gateway, &page, "login_required", "PROOF_TOO_OLD");
    }

    async fn an_answer_within_max_age_and_the_partners_skew_is_accepted_and_an_older_one_is_not(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let oldest = gateway.now().minus(Duration::from_secs(600 + 60));
        for (proof, is_accepted) in [(oldest, true), (oldest.minus(Duration::from_millis(1)), false)] {
            let mut client = gateway.client();
            let asked = gateway.authorize(&[("max_age", "600"), ("domain_hint", "fabrikam")]);
            let request = gateway.ask(&mut client, &asked).await;
            assert_eq!(request.asked.force_authn, Wish::Asked);
            let mut answer = gateway.answer(&request, &Person::ana());
            proven_at(&mut answer, proof);
            let page = gateway.post(&mut client, &request, &answer).await;
            if is_accepted {
                granted(&page);
            } else {
                assert_told(&gateway, &page, "login_required", "PROOF_TOO_OLD");
                let cause = gateway.cause(attempt(&request)).await;
                assert_eq!(cause.as_deref(), Some("proof_older_than_max_age"));
            }
        }
    }

    async fn an_answer_within_max_age_is_accepted_also_after_the_organisation_page(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let page = client.get(&gateway.authorize(&[("max_age", "600")])).await;
        let id = page.field("attempt").unwrap().to_owned();
        let form = [("attempt", id.as_str()), ("email", "ana@fabrikam.example")];
        let page = client.post("/sign-in/organization", &form).await;
        let request = gateway.read_request(&page);
        assert_eq!(request.asked.force_authn, Wish::Asked);
        let mut answer = gateway.answer(&request, &Person::ana());
        proven_at(&mut answer, gateway.now().minus(Duration::from_secs(300)));
        granted(&gateway.post(&mut client, &request, &answer).await);
    }
}

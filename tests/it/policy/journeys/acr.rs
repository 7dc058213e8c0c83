//! What an app asks of `acr`: needed by `claims`, or wished for.

use entente::base::params::encode;

use super::{REFEDS_MFA, ana_by, required, trusted};
use crate::support::client::Client;
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_told, granted};
use crate::support::partner::{Person, Request};
use crate::support::stores::on_both_stores;

fn essential(values: &[&str]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
    format!("{{\"id_token\":{{\"acr\":{{\"essential\":true,\"values\":[{}]}}}}}}", values.join(","))
}

async fn ask_with(gateway: &Gateway, client: &mut Client, more: &[(&str, &str)]) -> Request {
    let all = [&[("domain_hint", "fabrikam")], more].concat();
    gateway.ask(client, &gateway.authorize(&all)).await
}

async fn acr(gateway: &Gateway, code: &str) -> serde_json::Value {
    let tokens = Tokens::of(&gateway.redeem(code).await);
    gateway.claims(&tokens.id, "payroll").await["acr"].clone()
}

on_both_stores! {
    async fn an_essential_acr_is_challenged_here_and_told(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        let mut client = gateway.client();
        let claims = essential(&[REFEDS_MFA]);
        let request = ask_with(&gateway, &mut client, &[("claims", &claims)]).await;
        assert_eq!(request.asked.classes, Vec::<String>::new(), "a partner that is not trusted is not asked");
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let code = gateway.pass(&mut client, &page, &phone).await;
        assert_eq!(acr(&gateway, &code).await, REFEDS_MFA);
        // The session has it by now.
        let page = client.get(&gateway.authorize(&[("claims", &claims), ("prompt", "none")])).await;
        assert_eq!(acr(&gateway, &granted(&page)).await, REFEDS_MFA);
    }

    async fn an_essential_acr_is_asked_of_a_trusted_partner_at_once(backend: Backend) {
        let gateway = Gateway::start_with(backend, trusted).await;
        let mut client = gateway.client();
        let request = ask_with(&gateway, &mut client, &[("claims", &essential(&[REFEDS_MFA]))]).await;
        assert_eq!(request.asked.classes, [REFEDS_MFA]);
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &ana_by("phr"))).await;
        assert_eq!(acr(&gateway, &granted(&page)).await, REFEDS_MFA, "the app is told what it asked for where that is true");
    }

    async fn an_essential_acr_that_cannot_be_met_is_told_as_unmet(backend: Backend) {
        let gateway = Gateway::start_with(backend, required).await;
        for values in [vec!["urn:example:gold"], vec!["phrh"], vec!["https://refeds.org/profile/sfa"]] {
            let mut client = gateway.client();
            let request = ask_with(&gateway, &mut client, &[("claims", &essential(&values))]).await;
            let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
            assert_told(&gateway, &page, "unmet_authentication_requirements", "ASSURANCE_UNMET");
            assert_eq!(gateway.cause(&request.relay_state).await.as_deref(), Some("essential_acr_out_of_reach"));
            assert_eq!(client.session(), None);
        }
        let mut client = gateway.client();
        let request = ask_with(&gateway, &mut client, &[("claims", &essential(&[REFEDS_MFA]))]).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_told(&gateway, &page, "unmet_authentication_requirements", "ASSURANCE_UNMET");
    }

    async fn a_single_factor_is_told_where_the_partner_says_so(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let sfa = "https://refeds.org/profile/sfa";
        let mut client = gateway.client();
        let request = ask_with(&gateway, &mut client, &[("claims", &essential(&[sfa]))]).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &ana_by(sfa))).await;
        assert_eq!(acr(&gateway, &granted(&page)).await, sfa);
    }

    async fn a_voluntary_acr_never_forces_an_enrolment(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = ask_with(&gateway, &mut client, &[("acr_values", "phr https://refeds.org/profile/mfa")]).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_eq!(acr(&gateway, &granted(&page)).await, serde_json::Value::Null);
    }

    async fn a_voluntary_acr_is_challenged_where_something_is_enrolled(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        let mut client = gateway.client();
        let request = ask_with(&gateway, &mut client, &[("acr_values", REFEDS_MFA)]).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let code = gateway.pass(&mut client, &page, &phone).await;
        assert_eq!(acr(&gateway, &code).await, REFEDS_MFA);
        // A code is no passkey, so what the app would like beyond it is not asked.
        let mut other = gateway.client();
        let request = ask_with(&gateway, &mut other, &[("acr_values", "phr")]).await;
        let page = gateway.post(&mut other, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_eq!(acr(&gateway, &granted(&page)).await, serde_json::Value::Null);
    }

    async fn a_voluntary_acr_is_asked_of_a_trusted_partner_and_its_answer_is_the_truth(backend: Backend) {
        let gateway = Gateway::start_with(backend, trusted).await;
        let mut client = gateway.client();
        let request = ask_with(&gateway, &mut client, &[("acr_values", REFEDS_MFA)]).await;
        assert_eq!(request.asked.classes, [REFEDS_MFA]);
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_eq!(acr(&gateway, &granted(&page)).await, serde_json::Value::Null);
        // It is not asked for the same a second time by the session.
        granted(&client.get(&gateway.authorize(&[("acr_values", REFEDS_MFA)])).await);
    }

    async fn a_proof_of_before_does_not_count_where_the_app_wants_a_fresh_one(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        let claims = essential(&[REFEDS_MFA]);
        let mut client = gateway.client();
        let request = ask_with(&gateway, &mut client, &[("claims", &claims)]).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        gateway.pass(&mut client, &page, &phone).await;
        gateway.clock.advance(std::time::Duration::from_secs(120));
        for more in [("prompt", "login"), ("max_age", "60")] {
            let page = client.get(&gateway.authorize(&[("claims", &claims), more])).await;
            let request = gateway.led_to_partner(&page);
            let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
            gateway.pass(&mut client, &page, &phone).await;
            gateway.clock.advance(std::time::Duration::from_secs(120));
        }
        // Without such a wish what was passed is taken over from the session that gives way.
        let page = client.get(&gateway.authorize(&[("claims", &claims), ("max_age", "100000")])).await;
        granted(&page);
        assert!(!encode(&claims).is_empty());
    }
}

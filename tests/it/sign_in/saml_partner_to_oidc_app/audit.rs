//! One entry a decision, with the check table; refusals by the batched writer.

use std::num::NonZeroU32;
use std::time::Duration;

use entente::flows::limits::PerAddress;
use entente::flows::operate::revoke_guest;
use entente::flows::refusals::RefusalLog;

use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_refused, granted};
use crate::support::partner::{Person, Signs};
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_sign_in_is_one_entry_with_every_check(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.ana_signed_in().await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let [entry] = gateway.audit(&request.relay_state).await.try_into().unwrap();
        assert_eq!((entry.activity.as_str(), entry.actor.as_str()), ("sign_in", "visitor"));
        assert_eq!((entry.code, entry.cause), (None, None));
        assert_eq!(entry.guest, Some(gateway.ana));
        assert_eq!(entry.partner.map(|(id, slug)| (id, slug.unwrap())), Some((gateway.partner_id, "fabrikam".to_owned())));
        assert_eq!(entry.app.map(|(id, slug)| (id, slug.unwrap())), Some((gateway.payroll, "payroll".to_owned())));
        assert!(entry.session.is_some());
        assert_eq!(entry.address.as_deref(), Some("127.0.0.1"));
        assert!(entry.checks.len() > 15, "{:?}", entry.checks);
        assert!(entry.checks.iter().all(|check| check.outcome != "failed"), "{:?}", entry.checks);
        assert!(entry.details.contains(&("request_id".to_owned(), request.asked.id.clone())), "{:?}", entry.details);
        assert!(entry.details.contains(&("next".to_owned(), "code".to_owned())), "{:?}", entry.details);

        Tokens::of(&gateway.redeem(&granted(&page)).await);
        let entries = gateway.audit(&request.relay_state).await;
        assert_eq!(entries.len(), 2);
        assert_eq!((entries[0].activity.as_str(), entries[0].actor.as_str()), ("token_issued", "app"));
    }

    async fn the_audit_holds_nothing_personal_of_the_checks(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
        for record in gateway.audit(&request.relay_state).await {
            let text = format!("{:?} {:?}", record.checks, record.details);
            for personal in ["ana-1", "ana@", "Almeida"] {
                assert!(!text.contains(personal), "{personal} in {text}");
            }
        }
    }

    async fn a_refused_answer_is_one_entry_with_the_check_that_failed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let page = gateway
            .sign_in_with(&mut gateway.client(), &Person::ana(), |answer| {
                answer.assertion.as_mut().unwrap().audience = "https://elsewhere.example/sp".to_owned();
            })
            .await;
        assert_eq!(page.status, 403);
        let [entry] = gateway.audit(page.attempt_id().unwrap()).await.try_into().unwrap();
        assert_eq!(entry.activity, "sign_in_refused");
        assert_eq!(entry.code.as_deref(), page.refusal_code());
        let failed: Vec<_> = entry.checks.iter().filter(|check| check.outcome == "failed").collect();
        assert_eq!(failed.len(), 1, "{:?}", entry.checks);
        assert_eq!(failed[0].cause, entry.cause);
        assert!(entry.checks.iter().any(|check| check.outcome == "passed"), "{:?}", entry.checks);
        assert_eq!((entry.guest, entry.session), (None, None));
    }

    async fn a_policy_that_says_no_is_audited_with_the_checks_that_passed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let page = gateway.sign_in(&mut gateway.client(), &Person::ben()).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "not_invited").await;
        let [entry] = gateway.audit(page.attempt_id().unwrap()).await.try_into().unwrap();
        assert!(entry.checks.len() > 15, "{:?}", entry.checks);
        assert!(entry.details.contains(&("side".to_owned(), "visitor".to_owned())), "{:?}", entry.details);
    }

    async fn each_repetition_of_a_refused_post_is_an_entry(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let mut answer = gateway.answer(&request, &Person::ana());
        answer.signs = Signs::Nothing;
        for _ in 0..3 {
            gateway.post(&mut client, &request, &answer).await;
        }
        let entries = gateway.audit(&request.relay_state).await;
        assert_eq!(entries.len(), 3);
        assert_eq!(gateway.services.refusals.dropped(), 0);
    }

    async fn without_a_valid_attempt_nothing_is_written_and_the_page_names_the_request(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let answer = gateway.answer(&request, &Person::ana());
        let page = gateway.post(&mut gateway.client(), &request, &answer).await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_MISSING"));
        assert_eq!(page.attempt_id(), Some(page.headers["x-request-id"].to_str().unwrap()));
        assert_eq!(gateway.audit(&request.relay_state).await, vec![]);
    }

    async fn a_refused_redemption_is_part_of_the_attempts_story(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let code = granted(&page);
        revoke_guest(&gateway.services, gateway.act(), "ana@fabrikam.example").await.unwrap();
        gateway.redeem(&code).await;
        // The code of a session that was ended is gone with it, and nobody knows whose it was.
        assert_eq!(gateway.activities(&request.relay_state).await, ["guest_bound", "sign_in"]);

        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        gateway.clock.advance(Duration::from_secs(60));
        gateway.redeem(&granted(&page)).await;
        let entries = gateway.audit(&request.relay_state).await;
        assert_eq!((entries[0].activity.as_str(), entries[0].actor.as_str()), ("token_refused", "app"));
        assert_eq!((entries[0].code.as_deref(), entries[0].cause.as_deref()), (None, Some("code_expired")));
        assert_eq!((entries[0].guest, entries[0].session), (Some(gateway.ana), entries[1].session));
    }

    async fn an_address_that_is_refused_too_often_is_counted_and_no_longer_written(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let two = NonZeroU32::new(2).unwrap();
        let (url, services, serving) = gateway
            .second_address_with(|services| {
                let limit = PerAddress::new(services.clock.clone(), two);
                services.refusals = RefusalLog::start(services.store.clone(), limit);
            })
            .await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let mut answer = gateway.answer(&request, &Person::ana());
        answer.signs = Signs::Nothing;
        let response = answer.post(&gateway.partner);
        let form = [("SAMLResponse", response.as_str()), ("RelayState", request.relay_state.as_str())];
        for _ in 0..5 {
            let page = client.post(&format!("{url}/saml/sp/acs"), &form).await;
            assert_eq!(page.refusal_code(), Some("SAML_SIGNATURE_REFUSED"), "{}", page.body);
        }
        services.refusals.flush().await;
        assert_eq!(services.refusals.dropped(), 3);
        assert_eq!(gateway.audit(&request.relay_state).await.len(), 2);
        serving.abort();
    }

    async fn a_second_use_of_a_code_is_audited(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let code = granted(&page);
        gateway.redeem(&code).await;
        gateway.redeem(&code).await;
        assert_eq!(gateway.activities(&request.relay_state).await, [
            "guest_bound", "sign_in", "token_issued", "code_replayed"
        ]);
        let entry = &gateway.audit(&request.relay_state).await[0];
        assert!(entry.details.contains(&("tokens_ended".to_owned(), "1".to_owned())), "{:?}", entry.details);
    }
}

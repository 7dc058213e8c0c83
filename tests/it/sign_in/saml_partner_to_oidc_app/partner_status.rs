//! What an app is told where the partner says no.

use entente::domain::guests::{Binding, Standing};
use entente::domain::partners::Trust;
use entente::saml::status::{
    AUTHN_FAILED, NO_AUTHN_CONTEXT, NO_PASSIVE, REQUEST_DENIED, REQUESTER, RESPONDER, UNKNOWN_PRINCIPAL,
};

use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_told, attempt, granted};
use crate::support::partner::Person;
use crate::support::stores::{Backend, on_both_stores};

const MFA: &str = "https://refeds.org/profile/mfa";

async fn that_asks_for_classes(backend: Backend) -> Gateway {
    Gateway::start_with(backend, |partner| {
        let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
        trust.request.requested_classes = vec![MFA.to_owned()];
    })
    .await
}

on_both_stores! {
    async fn each_status_is_told_by_the_table(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for (top, second, error, code, cause) in [
            (RESPONDER, NO_PASSIVE, "login_required", "PARTNER_REFUSED", "partner_no_passive"),
            (RESPONDER, AUTHN_FAILED, "access_denied", "PARTNER_REFUSED", "partner_authn_failed"),
            (RESPONDER, REQUEST_DENIED, "access_denied", "PARTNER_REFUSED", "partner_request_denied"),
            (REQUESTER, UNKNOWN_PRINCIPAL, "access_denied", "PARTNER_REFUSED", "partner_request_denied"),
            (
                RESPONDER,
                NO_AUTHN_CONTEXT,
                "unmet_authentication_requirements",
                "ASSURANCE_UNMET",
                "partner_no_authn_context",
            ),
            (REQUESTER, "urn:example:other", "server_error", "PARTNER_REFUSED", "partner_failed"),
        ] {
            let mut client = gateway.client();
            let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
            let refusal = gateway.partner.refusal(&request, top, second, gateway.now());
            let page = gateway.post(&mut client, &request, &refusal).await;
            assert_told(&gateway, &page, error, code);
            assert_eq!(gateway.cause(attempt(&request)).await.as_deref(), Some(cause));
            assert_eq!(client.session(), None);
        }
    }

    async fn f82_whom_a_partner_has_ended_gets_nothing_new_and_keeps_the_account(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        // The session here ends, and the partner is asked again.
        gateway.clock.advance(std::time::Duration::from_secs(8 * 3_600 + 1));
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let refusal = gateway.partner.refusal(&request, RESPONDER, AUTHN_FAILED, gateway.now());
        assert_told(&gateway, &gateway.post(&mut client, &request, &refusal).await, "access_denied", "PARTNER_REFUSED");
        assert_eq!(gateway.cause(attempt(&request)).await.as_deref(), Some("partner_authn_failed"));
        let kept = gateway.guest(gateway.ana).await.guest;
        assert_eq!((kept.standing, kept.binding != Binding::PendingAcceptance), (Standing::Active, true));
        // The twin: one who is there still comes in, to the same account.
        gateway.ana_signed_in().await;
    }

    async fn a_forged_no_spends_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let refusal = gateway.partner.refusal(&request, RESPONDER, AUTHN_FAILED, gateway.now());
        gateway.post(&mut client, &request, &refusal).await;
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
    }

    async fn a_partner_that_knows_none_of_the_classes_is_asked_once_more_without(backend: Backend) {
        let gateway = that_asks_for_classes(backend).await;
        let mut client = gateway.client();
        let first = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        assert_eq!(first.asked.classes, [MFA]);
        let refusal = gateway.partner.refusal(&first, RESPONDER, NO_AUTHN_CONTEXT, gateway.now());
        let page = gateway.post(&mut client, &first, &refusal).await;
        let second = gateway.read_request(&page);
        assert_eq!(second.asked.classes, Vec::<String>::new());
        assert_eq!(second.relay_state, first.relay_state);
        assert_ne!(second.asked.id, first.asked.id);

        // An answer to the first question is no answer to the second.
        let page = gateway.post(&mut client, &second, &gateway.answer(&first, &Person::ana())).await;
        assert_eq!(page.refusal_code(), Some("SAML_RESPONSE_REFUSED"), "{}", page.body);
        // The answer says what was really done.
        let page = gateway.post(&mut client, &second, &gateway.answer(&second, &Person::ana())).await;
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        assert_eq!(gateway.claims(&tokens.id, "payroll").await.get("acr"), None);
    }

    async fn a_partner_is_not_asked_a_third_time(backend: Backend) {
        let gateway = that_asks_for_classes(backend).await;
        let mut client = gateway.client();
        let first = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let no = |request| gateway.partner.refusal(request, RESPONDER, NO_AUTHN_CONTEXT, gateway.now());
        let second = gateway.read_request(&gateway.post(&mut client, &first, &no(&first)).await);
        let page = gateway.post(&mut client, &second, &no(&second)).await;
        assert_told(&gateway, &page, "unmet_authentication_requirements", "ASSURANCE_UNMET");
    }
}

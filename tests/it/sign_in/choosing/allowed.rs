//! An app that names the partners whose people it takes: on the way there, and again wherever something is
//! issued.

use entente::saml::messages::authn_request::Wish;

use super::{allow, asks_organization, choose, tailspin, without_attempt, woodgrove};
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_invalid_grant, assert_invalid_token, assert_told, attempt, granted};
use crate::support::partner::Person;
use crate::support::renewing::refresh_token;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_partner_that_the_app_does_not_take_is_answered_like_an_unknown_one(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        let third = gateway.add_partner("tailspin", &tailspin(), |_| {}).await;
        allow(&gateway, gateway.payroll, &[other, third]).await;
        for (name, hint) in [
            ("domain_hint", "fabrikam"),
            ("domain_hint", "fabrikam.example"),
            ("login_hint", "ana@fabrikam.example"),
        ] {
            let unknown = hint.replace("fabrikam", "fabricam");
            let (mut one, mut two) = (gateway.client(), gateway.client());
            let known = one.get(&gateway.authorize(&[(name, hint)])).await;
            let unknown = two.get(&gateway.authorize(&[(name, &unknown)])).await;
            asks_organization(&known);
            assert_eq!(known.status, unknown.status);
            assert_eq!(without_attempt(&known), without_attempt(&unknown).replace("fabricam", "fabrikam"));
        }
        let mut client = gateway.client();
        let attempt = asks_organization(&client.get(&gateway.authorize(&[])).await);
        let known = choose(&mut client, &attempt, "ana@fabrikam.example").await;
        let unknown = choose(&mut client, &attempt, "ana@fabricam.example").await;
        assert_eq!((known.status, known.body), (200, unknown.body.replace("fabricam", "fabrikam")));
        // The twin: the other app takes everybody's people, and this one those of the partners that it names.
        let page = client.get(&gateway.authorize_travel(&[("domain_hint", "fabrikam")])).await;
        gateway.read_request(&page);
        let page = choose(&mut client, &attempt, "wen@woodgrove.example").await;
        gateway.request_to(&woodgrove(), &page);
    }

    async fn the_only_partner_of_an_app_is_asked_without_a_question(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        asks_organization(&gateway.client().get(&gateway.authorize(&[])).await);
        allow(&gateway, gateway.payroll, &[gateway.partner_id]).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[])).await;
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
        // A hint at another one is no way around it.
        asks_organization(&gateway.client().get(&gateway.authorize(&[("domain_hint", "woodgrove")])).await);
    }

    async fn a_list_that_changes_during_the_sign_in_holds_when_it_ends(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        for (allowed, is_taken) in [(other, false), (gateway.partner_id, true)] {
            allow(&gateway, gateway.payroll, &[gateway.partner_id, other]).await;
            let mut client = gateway.client();
            let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
            allow(&gateway, gateway.payroll, &[allowed]).await;
            let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
            if is_taken {
                granted(&page);
            } else {
                assert_told(&gateway, &page, "access_denied", "PARTNER_NOT_ACCEPTED");
                let cause = gateway.cause(attempt(&request)).await;
                assert_eq!(cause.as_deref(), Some("partner_not_among_those_of_app"));
                assert_eq!(client.session(), None, "nobody was signed in");
            }
        }
    }

    async fn a_session_through_another_partner_leads_to_one_that_the_app_takes(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        let third = gateway.add_partner("tailspin", &tailspin(), |_| {}).await;
        let (client, _) = gateway.ana_signed_in().await;
        granted(&client.clone().get(&gateway.authorize_travel(&[("prompt", "none")])).await);

        allow(&gateway, gateway.travel, &[other]).await;
        let page = client.clone().get(&gateway.authorize_travel(&[])).await;
        assert_eq!(gateway.request_to(&woodgrove(), &page).asked.force_authn, Wish::NotAsked);
        let page = client.clone().get(&gateway.authorize_travel(&[("prompt", "none")])).await;
        assert_told(&gateway, &page, "login_required", "PARTNER_NOT_ACCEPTED");
        // A hint at the session's own partner does not bring it in either.
        for hint in [("domain_hint", "fabrikam"), ("login_hint", "ana@fabrikam.example")] {
            let page = client.clone().get(&gateway.authorize_travel(&[hint, ("prompt", "none")])).await;
            assert_told(&gateway, &page, "login_required", "PARTNER_NOT_ACCEPTED");
        }

        allow(&gateway, gateway.travel, &[other, third]).await;
        let mut browser = client.clone();
        let attempt = asks_organization(&browser.get(&gateway.authorize_travel(&[])).await);
        gateway.request_to(&woodgrove(), &choose(&mut browser, &attempt, "wen@woodgrove.example").await);

        allow(&gateway, gateway.travel, &[other, gateway.partner_id]).await;
        granted(&client.clone().get(&gateway.authorize_travel(&[("prompt", "none")])).await);
    }

    async fn a_page_that_waits_is_answered_by_the_list_of_then(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        for (allowed, is_taken) in [(other, false), (gateway.partner_id, true)] {
            allow(&gateway, gateway.travel, &[gateway.partner_id, other]).await;
            let (mut client, _) = gateway.ana_signed_in().await;
            let page = client.get(&gateway.authorize_travel(&[("prompt", "consent")])).await;
            let attempt = page.field("attempt").unwrap().to_owned();
            allow(&gateway, gateway.travel, &[allowed]).await;
            let answer = [("attempt", attempt.as_str()), ("decision", "accept")];
            let page = client.post("/sign-in/consent", &answer).await;
            if is_taken {
                granted(&page);
            } else {
                assert_told(&gateway, &page, "access_denied", "PARTNER_NOT_ACCEPTED");
                let cause = gateway.cause(&attempt).await;
                assert_eq!(cause.as_deref(), Some("partner_not_among_those_of_app"));
            }
        }
    }

    async fn what_was_issued_before_ends_with_the_list(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        let (mut client, page) = gateway.ana_renewable().await;
        let (tokens, renewable) = (Tokens::of(&page), refresh_token(&page));
        let page = gateway.renew(&renewable).await;
        let renewable = refresh_token(&page);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        let code = granted(&client.get(&gateway.authorize(&[("prompt", "none")])).await);

        allow(&gateway, gateway.payroll, &[other]).await;
        assert_invalid_grant(&gateway.renew(&renewable).await);
        assert_invalid_grant(&gateway.redeem(&code).await);
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        assert!(!gateway.is_active(&tokens.access).await);

        // Nothing was spent by the refusals.
        allow(&gateway, gateway.payroll, &[other, gateway.partner_id]).await;
        Tokens::of(&gateway.renew(&renewable).await);
        Tokens::of(&gateway.redeem(&code).await);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
    }

    async fn a_list_whose_partners_are_gone_takes_nobody(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        allow(&gateway, gateway.payroll, &[other]).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.delete_partner(other).await.unwrap();
        unit.commit().await.unwrap();
        gateway.services.directory.forget();
        asks_organization(&gateway.client().get(&gateway.authorize(&[])).await);
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_told(&gateway, &page, "access_denied", "PARTNER_NOT_ACCEPTED");
    }

    async fn two_choices_of_an_account_do_not_let_another_partner_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.add_partner("woodgrove", &woodgrove(), |_| {}).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let page = client.get(&gateway.authorize(&[("prompt", "select_account")])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        allow(&gateway, gateway.payroll, &[other]).await;
        let answer = [("attempt", attempt.as_str()), ("account", "current")];
        let page = client.post("/sign-in/account", &answer).await;
        gateway.request_to(&woodgrove(), &page);
    }
}

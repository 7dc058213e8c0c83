//! Codes by mail, for people who have set up nothing better.

use std::time::Duration;

use entente::domain::factors::choice::MailedCodes;
use entente::flows::services::Settings;
use entente::outbound::mail::MailFault;

use super::person::{Demand, amr, answer, assert_asks, assert_slip, type_code};
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::granted;
use crate::support::stores::on_both_stores;

const ANA: &str = "ana@fabrikam.example";

/// A browser on the page that offers to send a code.
async fn offered(gateway: &Gateway) -> (Client, Page) {
    gateway.demand("mfa", gateway.payroll, Demand::Mfa).await;
    let mut client = gateway.client();
    let page = gateway.challenged(&mut client).await;
    let page = answer(&mut client, &page, &[("action", "pass"), ("kind", "mailed_code")]).await;
    assert_asks(&page, "Get a code by e-mail");
    (client, page)
}

on_both_stores! {
    async fn a_code_is_sent_typed_and_good_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, page) = offered(&gateway).await;
        assert!(gateway.mailbox.to(ANA).is_empty(), "nothing is sent before it is asked for");
        assert!(page.body.contains("a•••@fabrikam.example"), "{}", page.body);
        let page = answer(&mut client, &page, &[("action", "send")]).await;
        assert_asks(&page, "Enter the code from the e-mail");
        let code = gateway.mailbox.code(ANA);
        let wrong = type_code(&mut client, &page, if code == "00000000" { "00000001" } else { "00000000" }).await;
        assert_slip(&wrong, "That code is not right");
        let malformed = type_code(&mut client, &wrong, "1234").await;
        assert_slip(&malformed, "Enter the eight digits");
        let told = type_code(&mut client, &malformed, &format!("{} {}", &code[..4], &code[4..])).await;
        let claims = gateway.claims_after(&told).await;
        assert_eq!(amr(&claims), ["mfa", "otp", "pwd"]);
        assert_eq!(claims["acr"], "https://refeds.org/profile/mfa");
        let activities = gateway.activities(page.field("attempt").unwrap()).await;
        assert!(activities.iter().any(|known| known == "mailed_code_sent"), "{activities:?}");

        // It belongs to that step: another one does not take it.
        let mut other = gateway.client();
        gateway.clock.advance(Duration::from_secs(61));
        let page = gateway.challenged(&mut other).await;
        let page = answer(&mut other, &page, &[("action", "pass"), ("kind", "mailed_code")]).await;
        let page = answer(&mut other, &page, &[("action", "send")]).await;
        let refused = type_code(&mut other, &page, &code).await;
        assert_slip(&refused, "That code is not right");
    }

    async fn a_code_ends_after_half_an_hour_and_after_five_tries(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, page) = offered(&gateway).await;
        let mut page = answer(&mut client, &page, &[("action", "send")]).await;
        let code = gateway.mailbox.code(ANA);
        let wrong = if code == "00000000" { "00000001" } else { "00000000" };
        for _ in 0..5 {
            page = type_code(&mut client, &page, wrong).await;
            assert_slip(&page, "That code is not right");
        }
        page = type_code(&mut client, &page, &code).await;
        assert_slip(&page, "There were too many tries");
        gateway.clock.advance(Duration::from_secs(31));
        page = type_code(&mut client, &page, &code).await;
        assert_slip(&page, "That code is no longer good");
        gateway.clock.advance(Duration::from_secs(61));
        page = answer(&mut client, &page, &[("action", "send")]).await;
        assert_asks(&page, "Enter the code from the e-mail");
        let fresh = gateway.mailbox.code(ANA);
        gateway.clock.advance(Duration::from_secs(600));
        granted(&type_code(&mut client, &page, &fresh).await);
    }

    async fn another_code_is_sent_after_a_pause(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, page) = offered(&gateway).await;
        let page = answer(&mut client, &page, &[("action", "send")]).await;
        let page = answer(&mut client, &page, &[("action", "send")]).await;
        assert_slip(&page, "A code was sent a moment ago");
        assert_eq!(gateway.mailbox.to(ANA).len(), 1);
        gateway.clock.advance(Duration::from_secs(60));
        let page = answer(&mut client, &page, &[("action", "send")]).await;
        assert_asks(&page, "Enter the code from the e-mail");
        assert_eq!(gateway.mailbox.to(ANA).len(), 2);
        granted(&type_code(&mut client, &page, &gateway.mailbox.code(ANA)).await);
    }

    async fn a_mail_that_cannot_be_sent_is_told(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, page) = offered(&gateway).await;
        gateway.mailbox.fail(Some(MailFault::Unreachable));
        let page = answer(&mut client, &page, &[("action", "send")]).await;
        assert_slip(&page, "The e-mail could not be sent");
        gateway.mailbox.fail(None);
        gateway.clock.advance(Duration::from_secs(60));
        let page = answer(&mut client, &page, &[("action", "send")]).await;
        granted(&type_code(&mut client, &page, &gateway.mailbox.code(ANA)).await);
    }

    async fn who_sets_something_up_meanwhile_is_not_let_in_by_mail(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, page) = offered(&gateway).await;
        let page = answer(&mut client, &page, &[("action", "send")]).await;
        let mut owner = gateway.client();
        let beside = gateway.challenged(&mut owner).await;
        let beside = answer(&mut owner, &beside, &[("action", "enrol"), ("kind", "totp")]).await;
        let phone = crate::factors::person::Phone::set_up(&beside);
        type_code(&mut owner, &beside, &phone.code(gateway.now())).await;
        let page = type_code(&mut client, &page, &gateway.mailbox.code(ANA)).await;
        assert_asks(&page, "One more step");
        assert!(!page.body.contains("mailed_code"), "{}", page.body);
    }

    async fn codes_by_mail_are_switched_off_also_under_way(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, page) = offered(&gateway).await;
        let page = answer(&mut client, &page, &[("action", "send")]).await;
        let (url, _, serving) = gateway.second_address_with(|services| {
            let mut settings = Settings::clone(&services.settings);
            settings.factors.mailed_codes = MailedCodes::Off;
            services.settings = std::sync::Arc::new(settings);
        }).await;
        let mut there = Client::new(&url);
        there.cookies = client.cookies.clone();
        let page = type_code(&mut there, &page, &gateway.mailbox.code(ANA)).await;
        assert_asks(&page, "Set up a second step");
        client.cookies = there.cookies.clone();
        serving.abort();
    }
}

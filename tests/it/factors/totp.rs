//! Codes of authenticator apps: right, wrong, used, at the edges of their time, and at the same time.

use std::time::Duration;

use super::person::{
    Phone, SECURITY_INFO, answer, assert_asks, assert_managed, assert_slip, manage, type_code, wrong_code,
};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

const ASKS: &str = "Enter the code from your app";

on_both_stores! {
    async fn a_right_code_is_accepted_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let (mut one, mut other) = (gateway.sign_in_anew().await, gateway.sign_in_anew().await);
        let page = one.get(SECURITY_INFO).await;
        assert_asks(&page, ASKS);
        let beside = other.get(SECURITY_INFO).await;
        let wrong = type_code(&mut one, &page, &wrong_code(&phone, gateway.now())).await;
        assert_slip(&wrong, "That code is not right");
        let malformed = type_code(&mut one, &wrong, "12345").await;
        assert_slip(&malformed, "Enter the six digits");
        let code = phone.code(gateway.now());
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        assert_managed(&type_code(&mut one, &malformed, &spaced).await);

        // The same code in another browser, and in a new step of the same one.
        let replayed = type_code(&mut other, &beside, &code).await;
        assert_slip(&replayed, "That code was used before");
        assert_eq!(gateway.refused_factors(&replayed).await, ["totp_replayed"]);
        assert_eq!(gateway.refused_factors(&malformed).await, ["totp_wrong", "factor_code_malformed"]);
        assert_eq!(gateway.activities(page.field("attempt").unwrap()).await, [
            "factor_refused", "factor_refused", "factor_passed"
        ]);
    }

    async fn a_code_of_the_step_before_and_after_is_good_and_no_other(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let mut client = gateway.sign_in_anew().await;
        let mut page = client.get(SECURITY_INFO).await;
        let now = gateway.now();
        let thirty = Duration::from_secs(30);
        for refused in [now.minus(2 * thirty), now.plus(2 * thirty)] {
            page = type_code(&mut client, &page, &phone.code(refused)).await;
            assert_slip(&page, "That code is not right");
        }
        assert_managed(&type_code(&mut client, &page, &phone.code(now.minus(thirty))).await);
        for (browser, at) in [(1, now), (2, now.plus(thirty))] {
            let mut client = gateway.sign_in_anew().await;
            let page = client.get(SECURITY_INFO).await;
            assert_managed(&type_code(&mut client, &page, &phone.code(at)).await);
            assert!(browser > 0);
        }
        // A later step was spent: those before it are spent with it.
        let mut client = gateway.sign_in_anew().await;
        let page = client.get(SECURITY_INFO).await;
        assert_slip(&type_code(&mut client, &page, &phone.code(now)).await, "That code was used before");
    }

    async fn one_code_shown_in_many_browsers_at_once_opens_one(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let code = phone.code(gateway.now());
        let mut racing = Vec::new();
        for _ in 0..4 {
            let mut client = gateway.sign_in_anew().await;
            let page = client.get(SECURITY_INFO).await;
            let code = code.clone();
            racing.push(tokio::spawn(async move { type_code(&mut client, &page, &code).await.status }));
        }
        let mut passed = 0;
        for one in racing {
            passed += i32::from(one.await.unwrap() == 303);
        }
        assert_eq!(passed, 1);
    }

    async fn any_of_several_apps_answers(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, first, _) = gateway.ana_with_app().await;
        let page = client.get(SECURITY_INFO).await;
        let page = manage(&mut client, &page, &[("action", "add"), ("kind", "totp")]).await;
        let second = Phone::set_up(&page);
        assert_managed(&type_code(&mut client, &page, &second.code(gateway.now())).await);
        gateway.wait_eleven_minutes();
        for phone in [&first, &second] {
            let mut client = gateway.sign_in_anew().await;
            let page = client.get(SECURITY_INFO).await;
            assert_managed(&type_code(&mut client, &page, &phone.code(gateway.now())).await);
        }
    }

    async fn what_is_switched_off_is_not_accepted_any_more(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, codes) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let mut client = gateway.sign_in_anew().await;
        let page = client.get(SECURITY_INFO).await;
        assert_asks(&page, ASKS);
        let (url, _, serving) = gateway.second_address_with(|services| {
            let mut settings = entente::flows::services::Settings::clone(&services.settings);
            settings.factors.totp = entente::flows::services::Offer::Off;
            services.settings = std::sync::Arc::new(settings);
        }).await;
        let mut there = crate::support::client::Client::new(&url);
        there.cookies = client.cookies.clone();
        let page = type_code(&mut there, &page, &phone.code(gateway.now())).await;
        assert_asks(&page, "One more step");
        let page = answer(&mut there, &page, &[("action", "pass"), ("kind", "totp")]).await;
        assert_asks(&page, "One more step");
        let page = answer(&mut there, &page, &[("action", "pass"), ("kind", "recovery_code")]).await;
        assert_managed(&type_code(&mut there, &page, &codes[0]).await);
        serving.abort();
    }
}

//! Tries are limited, and a stranger's tries lock the owner out of nothing.

use std::time::Duration;

use super::person::{
    Key, Phone, SECURITY_INFO, answer, assert_asks, assert_managed, assert_slip, manage, type_code, wrong_code,
};
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

/// Tries wrong codes in a strange browser until there must be a wait.
async fn exhaust(gateway: &Gateway, phone: &Phone) -> (Client, Page) {
    let mut stranger = gateway.sign_in_anew().await;
    let mut page = stranger.get(SECURITY_INFO).await;
    for _ in 0..5 {
        page = type_code(&mut stranger, &page, &wrong_code(phone, gateway.now())).await;
        assert_slip(&page, "That code is not right");
    }
    page = type_code(&mut stranger, &page, &wrong_code(phone, gateway.now())).await;
    assert_slip(&page, "There were too many tries. Wait one minute");
    (stranger, page)
}

on_both_stores! {
    async fn after_five_wrong_codes_even_the_right_one_waits(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let (mut stranger, page) = exhaust(&gateway, &phone).await;
        let page = type_code(&mut stranger, &page, &phone.code(gateway.now())).await;
        assert_slip(&page, "There were too many tries");
        gateway.clock.advance(Duration::from_secs(31));
        assert_managed(&type_code(&mut stranger, &page, &phone.code(gateway.now())).await);
        let causes = gateway.refused_factors(&page).await;
        assert_eq!(causes.iter().filter(|cause| *cause == "totp_wrong").count(), 5);
        assert_eq!(causes.iter().filter(|cause| *cause == "factor_tried_too_often").count(), 2);
    }

    async fn a_new_step_or_browser_brings_no_new_tries(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        exhaust(&gateway, &phone).await;
        let mut again = gateway.sign_in_anew().await;
        let page = again.get(SECURITY_INFO).await;
        let page = type_code(&mut again, &page, &phone.code(gateway.now())).await;
        assert_slip(&page, "There were too many tries");
    }

    async fn the_owners_own_browser_does_not_wait_for_a_stranger(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, phone, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        exhaust(&gateway, &phone).await;
        let page = client.get(SECURITY_INFO).await;
        assert_managed(&type_code(&mut client, &page, &phone.code(gateway.now())).await);
        // Nor does a cookie of somebody else's help the stranger.
        let mut forged = gateway.sign_in_anew().await;
        let page = forged.get(SECURITY_INFO).await;
        let (name, value) = client.cookies.iter().find(|(name, _)| name.ends_with("_known")).unwrap();
        let mut altered = value.clone();
        altered.replace_range(4..5, if &altered[4..5] == "A" { "B" } else { "A" });
        forged.cookies.insert(name.clone(), altered);
        let page = type_code(&mut forged, &page, &wrong_code(&phone, gateway.now())).await;
        assert_slip(&page, "There were too many tries");
    }

    async fn another_way_stays_open_to_the_owner(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, phone, codes) = gateway.ana_with_app().await;
        let mut key = Key::new(b"key-of-ana");
        let page = client.get(SECURITY_INFO).await;
        let page = manage(&mut client, &page, &[("action", "add"), ("kind", "passkey")]).await;
        assert_managed(&key.register(&gateway, &mut client, &page).await);
        gateway.wait_eleven_minutes();
        // Somebody who knows the password tries codes in a browser that never passed anything.
        let mut stranger = gateway.sign_in_anew().await;
        let page = stranger.get(SECURITY_INFO).await;
        assert_asks(&page, "Use your passkey");
        let mut page = answer(&mut stranger, &page, &[("action", "pass"), ("kind", "totp")]).await;
        for _ in 0..6 {
            page = type_code(&mut stranger, &page, &wrong_code(&phone, gateway.now())).await;
        }
        assert_slip(&page, "There were too many tries");
        // The owner, also in a new browser, has a passkey and recovery codes.
        let mut owner = gateway.sign_in_anew().await;
        let page = owner.get(SECURITY_INFO).await;
        assert_managed(&key.show(&gateway, &mut owner, &page).await);
        let mut owner = gateway.sign_in_anew().await;
        let page = owner.get(SECURITY_INFO).await;
        let page = answer(&mut owner, &page, &[("action", "pass"), ("kind", "recovery_code")]).await;
        assert_managed(&type_code(&mut owner, &page, &codes[0]).await);
    }
}

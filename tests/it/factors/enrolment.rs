//! Setting factors up: the first straight after a fresh sign-in, everything else with one that is there.

use std::time::Duration;

use super::person::{
    Key, Phone, SECURITY_INFO, answer, assert_asks, assert_managed, assert_slip, manage, options, recovery_codes,
    type_code, wrong_code,
};
use crate::support::client::between;
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn an_app_is_kept_once_its_first_code_was_right(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let page = client.get(SECURITY_INFO).await;
        assert_asks(&page, "Your second step");
        assert!(page.body.contains("You have set up nothing yet."), "{}", page.body);
        let page = manage(&mut client, &page, &[("action", "add"), ("kind", "totp")]).await;
        let phone = Phone::set_up(&page);
        assert!(page.body.contains("<svg ") && page.body.contains("role=\"img\""), "{}", page.body);
        let wrong = type_code(&mut client, &page, &wrong_code(&phone, gateway.now())).await;
        assert_slip(&wrong, "That code is not right");
        assert_eq!(Phone::set_up(&wrong).code(gateway.now()), phone.code(gateway.now()), "the key stays");
        let list = client.get(SECURITY_INFO).await;
        assert!(list.body.contains("You have set up nothing yet."), "nothing is kept before it works");

        let session = client.session().unwrap().to_owned();
        let form = [("action", "check"), ("code", &phone.code(gateway.now())), ("label", "Phone of Ana")];
        let page = answer(&mut client, &wrong, &form).await;
        assert_asks(&page, "Keep your recovery codes");
        let codes = recovery_codes(&page);
        assert_eq!(codes.len(), 10);
        assert!(client.session() == Some(session.as_str()), "nothing counts before the codes are kept");
        let again = answer(&mut client, &page, &[("action", "ways")]).await;
        assert_eq!(recovery_codes(&again), codes, "they stay until they are kept");
        let managed = answer(&mut client, &again, &[("action", "kept")]).await;
        assert_managed(&managed);
        assert!(client.session() != Some(session.as_str()), "the session has another handle");

        let page = client.get(SECURITY_INFO).await;
        assert_asks(&page, "Your second step");
        assert!(page.body.contains("Phone of Ana") && page.body.contains("You have 10 left"), "{}", page.body);
        assert!(!page.body.contains(&codes[0]));
        let attempt = wrong.field("attempt").unwrap();
        assert_eq!(gateway.activities(attempt).await, [
            "factor_refused", "factor_enrolled", "recovery_codes_made", "factor_passed"
        ]);
    }

    async fn a_passkey_is_kept_once_it_was_made(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        gateway.add_key(&mut client, b"key-1").await;
        let page = client.get(SECURITY_INFO).await;
        assert!(page.body.contains("Key of Ana") && page.body.contains("Passkey"), "{}", page.body);

        // The same authenticator is not set up twice, by whomever.
        let page = manage(&mut client, &page, &[("action", "add"), ("kind", "passkey")]).await;
        assert!(options(&page).contains("excludeCredentials"));
        let again = Key::new(b"key-1").register(&gateway, &mut client, &page).await;
        assert_slip(&again, "That passkey is set up here already");
        assert_eq!(gateway.refused_factors(&again).await, ["passkey_enrolled_already"]);
        let other = Key::new(b"key-2").register(&gateway, &mut client, &again).await;
        assert_managed(&other);
    }

    async fn a_registration_without_a_verified_user_or_from_another_origin_is_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let page = client.get(SECURITY_INFO).await;
        let mut page = manage(&mut client, &page, &[("action", "add"), ("kind", "passkey")]).await;
        let mut key = Key::new(b"key-1");
        for alteration in 0..3 {
            let mut ceremony = key.ceremony(&gateway, &page, "webauthn.create");
            match alteration {
                0 => ceremony.origin = "https://evil.example".to_owned(),
                1 => ceremony.flags = crate::factors::authenticator::USER_PRESENT,
                _ => ceremony.challenge[0] ^= 1,
            }
            let made = String::from_utf8(key.authenticator.register(&ceremony)).unwrap();
            page = answer(&mut client, &page, &[("action", "check"), ("credential", &made)]).await;
            assert_slip(&page, "That passkey was not accepted");
        }
        assert_eq!(gateway.refused_factors(&page).await, [
            "passkey_origin_not_ours", "passkey_user_not_verified", "passkey_challenge_swapped"
        ]);
        let page = answer(&mut client, &page, &[("action", "check"), ("credential", "")]).await;
        assert_slip(&page, "Your browser gave no passkey");
        let page = answer(&mut client, &page, &[("action", "check"), ("credential", "{}")]).await;
        assert_slip(&page, "That passkey was not accepted");
        let page = key.register(&gateway, &mut client, &page).await;
        assert_asks(&page, "Keep your recovery codes");
    }

    async fn the_first_factor_needs_a_fresh_sign_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let fresh = client.get(SECURITY_INFO).await;
        gateway.clock.advance(Duration::from_secs(599));
        let begun = manage(&mut client, &fresh, &[("action", "add"), ("kind", "totp")]).await;
        assert_asks(&begun, "Set up an authenticator app");
        let last = client.get(SECURITY_INFO).await;
        gateway.clock.advance(Duration::from_secs(2));
        let page = client.get(SECURITY_INFO).await;
        assert!(page.body.contains("you must have signed in within the last ten minutes"), "{}", page.body);
        assert!(!page.body.contains("value=\"totp\""), "{}", page.body);
        let late = manage(&mut client, &last, &[("action", "add"), ("kind", "totp")]).await;
        assert_asks(&late, "Your second step");
        let expired = manage(&mut client, &fresh, &[("action", "add"), ("kind", "totp")]).await;
        assert_eq!(expired.refusal_code(), Some("ATTEMPT_EXPIRED"));
        // What was begun in time may take its time.
        let phone = Phone::set_up(&begun);
        let page = type_code(&mut client, &begun, &phone.code(gateway.now())).await;
        assert_asks(&page, "Keep your recovery codes");
    }

    async fn a_code_by_mail_adds_nothing_by_itself(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let page = client.get(SECURITY_INFO).await;
        assert!(page.body.contains("we send you a code by e-mail"), "{}", page.body);
        for kind in ["mailed_code", "recovery_code"] {
            let page = manage(&mut client, &page, &[("action", "add"), ("kind", kind)]).await;
            assert_asks(&page, "Your second step");
        }
    }

    async fn no_more_than_ten_are_set_up(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _, _) = gateway.ana_with_app().await;
        let mut page = client.get(SECURITY_INFO).await;
        for count in 1..10_u8 {
            let made = manage(&mut client, &page, &[("action", "add"), ("kind", "passkey")]).await;
            assert_managed(&Key::new(&[count; 16]).register(&gateway, &mut client, &made).await);
            page = client.get(SECURITY_INFO).await;
        }
        assert!(page.body.contains("You have set up as many as there can be"), "{}", page.body);
        let page = manage(&mut client, &page, &[("action", "add"), ("kind", "passkey")]).await;
        assert_asks(&page, "Your second step");
    }

    async fn a_name_that_is_none_gives_way_to_that_of_the_kind(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let page = client.get(SECURITY_INFO).await;
        let page = manage(&mut client, &page, &[("action", "add"), ("kind", "totp")]).await;
        let code = Phone::set_up(&page).code(gateway.now());
        let label = "x".repeat(65);
        let page = answer(&mut client, &page, &[("action", "check"), ("code", &code), ("label", &label)]).await;
        answer(&mut client, &page, &[("action", "kept")]).await;
        let page = client.get(SECURITY_INFO).await;
        let label = between(&page.body, "<p class=\"what\"><bdi>", "</bdi>");
        assert_eq!(label, Some("Authenticator app"));
    }
}

//! Second factors on the way to an app: enrolled at first need, asked where the session is too weak,
//! and never a way around.

use std::time::Duration;

use entente::domain::guests::Standing;
use entente::flows::operate::{reset_factors, set_guest_standing};
use entente::saml::messages::authn_request::Wish;

use super::person::{
    Demand, Key, Phone, SECURITY_INFO, amr, answer, assert_asks, assert_managed, assert_slip, heading, manage,
    recovery_codes, step, type_code, wrong_code,
};
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK};
use crate::support::journey::{assert_told, granted, proven_at};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const CHOICE: &str = "One more step";
const CODE: &str = "Enter the code from your app";

on_both_stores! {
    async fn f69_a_guest_registers_and_passes_here(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("mfa", gateway.payroll, Demand::Mfa).await;
        let mut client = gateway.client();
        let page = gateway.challenged(&mut client).await;
        assert_asks(&page, CHOICE);
        assert!(page.body.contains("payroll asks for a second proof"), "{}", page.body);
        let attempt = page.field("attempt").unwrap().to_owned();
        let page = answer(&mut client, &page, &[("action", "enrol"), ("kind", "totp")]).await;
        let phone = Phone::set_up(&page);
        let page = type_code(&mut client, &page, &phone.code(gateway.now())).await;
        assert_asks(&page, "Keep your recovery codes");
        assert_eq!(recovery_codes(&page).len(), 10);
        let told = answer(&mut client, &page, &[("action", "kept")]).await;
        let claims = gateway.claims_after(&told).await;
        assert_eq!(amr(&claims), ["mfa", "otp", "pwd"]);
        assert_eq!(claims["acr"], "https://refeds.org/profile/mfa");
        assert_eq!(step(&client), None);
        let activities = gateway.activities(&attempt).await;
        for activity in ["sign_in", "factor_enrolled", "recovery_codes_made", "factor_passed", "session_use"] {
            assert!(activities.iter().any(|known| known == activity), "{activity}: {activities:?}");
        }

        // The session remembers it, and the next browser is asked for it.
        let told = client.get(&gateway.authorize(&[])).await;
        granted(&told);
        gateway.clock.advance(Duration::from_secs(60));
        let mut other = gateway.client();
        let page = gateway.challenged(&mut other).await;
        assert_asks(&page, CODE);
        let told = type_code(&mut other, &page, &phone.code(gateway.now())).await;
        assert_eq!(amr(&gateway.claims_after(&told).await), ["mfa", "otp", "pwd"]);
    }

    async fn f69_a_guest_registers_a_passkey_where_only_that_is_enough(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("resistant", gateway.payroll, Demand::PhishingResistant).await;
        let mut client = gateway.client();
        let page = gateway.challenged(&mut client).await;
        assert_asks(&page, "Set up a passkey");
        // Nothing weaker is set up in its place, whatever is posted.
        let ways = answer(&mut client, &page, &[("action", "enrol"), ("kind", "totp")]).await;
        assert_asks(&ways, "Set up a second step");
        assert!(!ways.body.contains("totp") && !ways.body.contains("mailed_code"), "{}", ways.body);
        let page = answer(&mut client, &ways, &[("action", "enrol"), ("kind", "passkey")]).await;
        let page = Key::new(b"key-1").register(&gateway, &mut client, &page).await;
        let told = answer(&mut client, &page, &[("action", "kept")]).await;
        let claims = gateway.claims_after(&told).await;
        assert_eq!(claims["acr"], "phr");
        assert_eq!(amr(&claims), ["mfa", "pop", "pwd", "user"]);
    }

    async fn f71_a_reset_forces_a_new_enrolment(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("mfa", gateway.payroll, Demand::Mfa).await;
        let (mut client, phone, codes) = gateway.ana_with_app_for_payroll().await;
        granted(&client.get(&gateway.authorize(&[])).await);
        gateway.clock.advance(Duration::from_secs(900));
        reset_factors(&gateway.services, gateway.act(), "ana@fabrikam.example").await.unwrap();
        // The session that had passed is asked at its next use, and the enrolment needs a fresh sign-in.
        let page = client.get(&gateway.authorize(&[])).await;
        assert_asks(&page, CHOICE);
        let asked = answer(&mut client, &page, &[("action", "enrol"), ("kind", "totp")]).await;
        let request = gateway.read_request(&asked);
        assert_eq!(request.asked.force_authn, Wish::Asked, "the partner is asked afresh");
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_asks(&page, CHOICE);
        for old in [phone.code(gateway.now()), codes[0].clone()] {
            let page = type_code(&mut client, &page, &old).await;
            assert_asks(&page, CHOICE);
        }
        let page = client.get(&gateway.authorize(&[])).await;
        let page = answer(&mut client, &page, &[("action", "enrol"), ("kind", "totp")]).await;
        let new = Phone::set_up(&page);
        assert_ne!(new.code(gateway.now()), phone.code(gateway.now()));
        let page = type_code(&mut client, &page, &new.code(gateway.now())).await;
        granted(&answer(&mut client, &page, &[("action", "kept")]).await);
    }

    async fn a_running_session_is_stepped_up_for_a_stronger_app_without_the_partner(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("mfa", gateway.travel, Demand::Mfa).await;
        let (mut client, phone, _) = gateway.ana_with_app().await;
        let mut weak = gateway.sign_in_anew().await;
        gateway.clock.advance(Duration::from_secs(60));
        // The weaker app's session is no way around.
        granted(&weak.get(&gateway.authorize(&[])).await);
        let page = weak.get(&gateway.authorize_travel(&[])).await;
        assert_asks(&page, CODE);
        let told = type_code(&mut weak, &page, &phone.code(gateway.now())).await;
        assert!(told.location().starts_with("http://localhost:9/travel/callback"), "{}", told.location());
        granted(&weak.get(&gateway.authorize_travel(&[])).await);
        // Silently nothing is shown, and nothing is let through.
        let mut silent = gateway.sign_in_anew().await;
        let told = silent.get(&gateway.authorize_travel(&[("prompt", "none")])).await;
        assert_told(&gateway, &told, "interaction_required", "INTERACTION_NEEDED");
        assert_asks(&client.get(SECURITY_INFO).await, "Your second step");
    }

    async fn who_has_an_app_passes_it_before_a_passkey_is_added(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, _) = gateway.ana_with_app().await;
        gateway.demand("resistant", gateway.payroll, Demand::PhishingResistant).await;
        gateway.wait_eleven_minutes();
        let mut client = gateway.client();
        let page = gateway.challenged(&mut client).await;
        assert_asks(&page, CODE);
        for forged in [[("action", "enrol"), ("kind", "passkey")], [("action", "pass"), ("kind", "mailed_code")]] {
            let page = answer(&mut client, &page, &forged).await;
            assert_asks(&page, "First, prove that it is you");
        }
        let page = answer(&mut client, &page, &[("action", "pass"), ("kind", "totp")]).await;
        let page = type_code(&mut client, &page, &phone.code(gateway.now())).await;
        assert_asks(&page, "Set up a passkey");
        let told = Key::new(b"key-1").register(&gateway, &mut client, &page).await;
        assert_eq!(gateway.claims_after(&told).await["acr"], "phr");
    }

    async fn the_first_factor_waits_for_a_fresh_proof_of_the_partner(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("resistant", gateway.payroll, Demand::PhishingResistant).await;
        let mut client = gateway.client();
        let authorize = gateway.authorize(&[("domain_hint", "fabrikam")]);
        let request = gateway.ask(&mut client, &authorize).await;
        let mut old = gateway.answer(&request, &Person::ana());
        proven_at(&mut old, gateway.now().minus(Duration::from_secs(3_600)));
        let asked = gateway.post(&mut client, &request, &old).await;
        let request = gateway.read_request(&asked);
        assert_eq!(request.asked.force_authn, Wish::Asked);
        // An old proof once more is refused, and leads round in no circle.
        let mut again = gateway.answer(&request, &Person::ana());
        proven_at(&mut again, gateway.now().minus(Duration::from_secs(3_600)));
        let refused = gateway.post(&mut client.clone(), &request, &again).await;
        assert_told(&gateway, &refused, "login_required", "PROOF_TOO_OLD");
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_asks(&page, "Set up a passkey");
    }

    async fn nothing_is_issued_before_the_last_step(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("mfa", gateway.payroll, Demand::Mfa).await;
        let mut client = gateway.client();
        let page = gateway.challenged(&mut client).await;
        let first = client.clone();
        for form in [
            vec![("action", "kept")],
            vec![("action", "check"), ("code", "123456")],
            vec![("action", "check"), ("credential", "{}")],
            vec![("action", "send")],
            vec![("action", "pass"), ("kind", "totp")],
            vec![("action", "pass"), ("kind", "recovery_code")],
        ] {
            let page = answer(&mut client, &page, &form).await;
            assert_asks(&page, CHOICE);
        }
        // To agree is another step, and leads back to the one that is left.
        let attempt = page.field("attempt").unwrap();
        let asked = client.clone().post("/sign-in/consent", &[("attempt", attempt), ("decision", "accept")]).await;
        assert_asks(&asked, CHOICE);
        // Loading the partner's answer again shows the step that is left, and a rolled back cookie none.
        let mut stale = first;
        let again = stale.get(&gateway.authorize(&[])).await;
        assert_asks(&again, CHOICE);
    }

    async fn a_reload_of_the_partners_answer_shows_the_step_that_is_left(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("mfa", gateway.payroll, Demand::Mfa).await;
        let mut client = gateway.client();
        let authorize = gateway.authorize(&[("domain_hint", "fabrikam")]);
        let request = gateway.ask(&mut client, &authorize).await;
        let posted = gateway.answer(&request, &Person::ana());
        let page = gateway.post(&mut client, &request, &posted).await;
        assert_asks(&page, CHOICE);
        let again = gateway.post(&mut client, &request, &posted).await;
        assert_asks(&again, CHOICE);
        assert_eq!(again.field("attempt"), page.field("attempt"));
        let page = answer(&mut client, &again, &[("action", "enrol"), ("kind", "totp")]).await;
        assert_asks(&page, "Set up an authenticator app");
    }

    async fn consent_follows_the_factor(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("mfa", gateway.payroll, Demand::Mfa).await;
        let (_, phone, _) = gateway.ana_with_app_for_payroll().await;
        gateway.clock.advance(Duration::from_secs(60));
        let mut client = gateway.client();
        let authorize = gateway.authorize(&[("domain_hint", "fabrikam"), ("prompt", "consent")]);
        let request = gateway.ask(&mut client, &authorize).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_asks(&page, CODE);
        let attempt = page.field("attempt").unwrap().to_owned();
        let skipped = client.post("/sign-in/consent", &[("attempt", &attempt), ("decision", "accept")]).await;
        assert_asks(&skipped, CODE);
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &authorize).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let page = type_code(&mut client, &page, &phone.code(gateway.now())).await;
        assert!(heading(&page).contains("payroll"), "{}", page.body);
        let attempt = page.field("attempt").unwrap().to_owned();
        // A form of a factor at the step of consent decides nothing.
        let crossed = type_code(&mut client.clone(), &page, "123456").await;
        assert_eq!(crossed.refusal_code(), Some("BAD_REQUEST"));
        granted(&client.post("/sign-in/consent", &[("attempt", &attempt), ("decision", "accept")]).await);
    }

    async fn a_factor_grows_too_old_for_a_policy(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("hourly", gateway.payroll, Demand::MfaWithin(1)).await;
        let (mut client, phone, _) = gateway.ana_with_app_for_payroll().await;
        gateway.clock.advance(Duration::from_secs(3_599));
        granted(&client.get(&gateway.authorize(&[])).await);
        gateway.clock.advance(Duration::from_secs(60));
        let page = client.get(&gateway.authorize(&[])).await;
        assert_asks(&page, CODE);
        granted(&type_code(&mut client, &page, &phone.code(gateway.now())).await);
    }

    async fn what_changes_during_a_step_decides_at_its_end(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("mfa", gateway.payroll, Demand::Mfa).await;
        let (_, phone, _) = gateway.ana_with_app_for_payroll().await;
        gateway.clock.advance(Duration::from_secs(60));
        let mut client = gateway.client();
        let page = gateway.challenged(&mut client).await;
        gateway.demand("closed", gateway.payroll, Demand::Block).await;
        let refused = type_code(&mut client, &page, &phone.code(gateway.now())).await;
        assert_eq!(refused.refusal_code(), Some("BLOCKED_BY_POLICY"), "{}", refused.body);
        // What was passed is spent all the same.
        let mut travel = gateway.client();
        let page = travel.get(SECURITY_INFO).await;
        assert_asks(&page, "You are not signed in here");
        let page = client.get(SECURITY_INFO).await;
        assert_asks(&page, "Your second step");
        let activities = gateway.activities(refused.attempt_id().unwrap()).await;
        assert!(activities.iter().any(|known| known == "factor_passed"), "{activities:?}");
    }

    async fn who_is_blocked_meanwhile_is_let_in_nowhere(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("mfa", gateway.payroll, Demand::Mfa).await;
        let (_, phone, _) = gateway.ana_with_app_for_payroll().await;
        gateway.clock.advance(Duration::from_secs(60));
        let mut client = gateway.client();
        let page = gateway.challenged(&mut client).await;
        let act = gateway.act();
        set_guest_standing(&gateway.services, act, "ana@fabrikam.example", Standing::Blocked).await.unwrap();
        let refused = type_code(&mut client, &page, &phone.code(gateway.now())).await;
        assert!(!refused.headers.contains_key("location") || refused.param("code").is_none(), "{refused:?}");
    }

    async fn an_assigned_session_of_one_browser_serves_two_tabs(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("mfa-1", gateway.payroll, Demand::Mfa).await;
        gateway.demand("mfa-2", gateway.travel, Demand::Mfa).await;
        let (_, phone, codes) = gateway.ana_with_app_for_payroll().await;
        gateway.clock.advance(Duration::from_secs(60));
        let mut client = gateway.client();
        let one = gateway.challenged(&mut client).await;
        let other = client.get(&gateway.authorize_travel(&[])).await;
        assert_asks(&other, CODE);
        let wrong = type_code(&mut client, &other, &wrong_code(&phone, gateway.now())).await;
        assert_slip(&wrong, "That code is not right");
        granted(&type_code(&mut client, &one, &phone.code(gateway.now())).await);
        let page = answer(&mut client, &wrong, &[("action", "pass"), ("kind", "recovery_code")]).await;
        granted(&type_code(&mut client, &page, &codes[0]).await);
        let list = client.get(SECURITY_INFO).await;
        assert_asks(&list, "Your second step");
        let page = manage(&mut client, &list, &[("action", "new_codes")]).await;
        assert_managed(&answer(&mut client, &page, &[("action", "kept")]).await);
    }
}

impl Gateway {
    /// A browser that has set up an app on the way to the confidential app, and was let in there.
    async fn ana_with_app_for_payroll(&self) -> (crate::support::client::Client, Phone, Vec<String>) {
        let mut client = self.client();
        let page = self.challenged(&mut client).await;
        let page = answer(&mut client, &page, &[("action", "enrol"), ("kind", "totp")]).await;
        let phone = Phone::set_up(&page);
        let page = type_code(&mut client, &page, &phone.code(self.now())).await;
        let codes = recovery_codes(&page);
        let told = answer(&mut client, &page, &[("action", "kept")]).await;
        assert!(told.location().starts_with(PAYROLL_CALLBACK), "{}", told.location());
        (client, phone, codes)
    }
}

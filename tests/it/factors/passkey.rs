//! Passkeys: used, and every attack on the ceremony that a browser could be made to post.

use super::person::{Key, SECURITY_INFO, answer, assert_asks, assert_managed, assert_slip, manage};
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::granted;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const ASKS: &str = "Use your passkey";

async fn asked(gateway: &Gateway) -> (Client, Page) {
    let mut client = gateway.sign_in_anew().await;
    let page = client.get(SECURITY_INFO).await;
    assert_asks(&page, ASKS);
    (client, page)
}

async fn ana_with_key(gateway: &Gateway) -> Key {
    let (mut client, _) = gateway.ana_signed_in().await;
    let key = gateway.add_key(&mut client, b"key-of-ana").await;
    gateway.wait_eleven_minutes();
    key
}

on_both_stores! {
    async fn a_passkey_is_used_and_its_counter_remembered(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut key = ana_with_key(&gateway).await;
        let (mut client, page) = asked(&gateway).await;
        assert!(page.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
        assert_managed(&key.show(&gateway, &mut client, &page).await);
        let (mut client, page) = asked(&gateway).await;
        // A copy of the key does not know how often the other one was used.
        let cloned = key.show_with(&gateway, &mut client, &page, |ceremony| ceremony.counter = 2).await;
        assert_slip(&cloned, "That passkey was not accepted");
        assert_eq!(gateway.refused_factors(&cloned).await, ["passkey_counter_cloned"]);
        assert_managed(&key.show(&gateway, &mut client, &cloned).await);
    }

    async fn each_forged_answer_is_refused_with_its_own_cause(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut key = ana_with_key(&gateway).await;
        let (mut client, mut page) = asked(&gateway).await;
        let first = page.clone();
        let causes = [
            "passkey_origin_not_ours", "passkey_cross_origin", "passkey_relying_party_not_ours",
            "passkey_user_not_verified", "passkey_challenge_swapped", "passkey_ceremony_mixed", "passkey_unknown",
            "passkey_of_another_guest", "passkey_challenge_swapped", "passkey_response_malformed",
        ];
        for attack in 0..causes.len() {
            let shown = if attack == 8 { &first } else { &page };
            let mut ceremony = key.ceremony(&gateway, shown, "webauthn.get");
            match attack {
                0 => ceremony.origin = "http://localhost:1".to_owned(),
                1 => ceremony.cross_origin = Some(true),
                2 => ceremony.rp_id = "evil.example".to_owned(),
                3 => ceremony.flags = crate::factors::authenticator::USER_PRESENT,
                4 => ceremony.challenge[0] ^= 1,
                5 => ceremony.kind = "webauthn.create".to_owned(),
                6 => ceremony.raw_id = b"another".to_vec(),
                7 => ceremony.user_handle = Some(vec![7; 16]),
                // The challenge of the page before, which was answered.
                8 => {}
                _ => ceremony.kind = String::new(),
            }
            let given = String::from_utf8(key.authenticator.authenticate(&ceremony)).unwrap();
            let given = if attack == 9 { given.replace("public-key", "password") } else { given };
            page = answer(&mut client, &page, &[("action", "check"), ("credential", &given)]).await;
            assert_slip(&page, "That passkey was not accepted");
        }
        assert_eq!(gateway.refused_factors(&page).await, causes);
        assert_managed(&key.show(&gateway, &mut client, &page).await);
    }

    async fn another_guests_passkey_opens_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        ana_with_key(&gateway).await;
        gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let mut ben = gateway.client();
        granted(&gateway.sign_in(&mut ben, &Person::ben()).await);
        let mut key_of_ben = gateway.add_key(&mut ben, b"key-of-ben").await;
        let (mut client, page) = asked(&gateway).await;
        let refused = key_of_ben.show(&gateway, &mut client, &page).await;
        assert_slip(&refused, "That passkey was not accepted");
        assert_eq!(gateway.refused_factors(&refused).await, ["passkey_unknown"]);
        // Nor does a passkey of Ana's name, made by somebody else.
        let mut forged = Key::new(b"key-of-ana");
        forged.counter = 99;
        let refused = forged.show(&gateway, &mut client, &refused).await;
        assert_eq!(gateway.refused_factors(&refused).await, ["passkey_unknown", "passkey_signature_wrong"]);
    }

    async fn a_challenge_is_good_for_five_minutes_and_one_answer(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut key = ana_with_key(&gateway).await;
        let (mut client, page) = asked(&gateway).await;
        gateway.clock.advance(std::time::Duration::from_secs(300));
        let late = key.show(&gateway, &mut client, &page).await;
        assert_slip(&late, "That took too long");
        assert_managed(&key.show(&gateway, &mut client, &late).await);
        // The handle of the answered step is spent.
        let spent = key.show(&gateway, &mut client, &late).await;
        assert_eq!(spent.refusal_code(), Some("ATTEMPT_MISSING"));
    }

    async fn nobody_is_talked_down_from_a_passkey_to_a_mail(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut key = ana_with_key(&gateway).await;
        let (mut client, page) = asked(&gateway).await;
        let ways = answer(&mut client, &page, &[("action", "ways")]).await;
        assert_asks(&ways, "One more step");
        assert!(!ways.body.contains("mailed_code") && ways.body.contains("recovery_code"), "{}", ways.body);
        for forged in [
            [("action", "pass"), ("kind", "mailed_code")],
            [("action", "enrol"), ("kind", "totp")],
            [("action", "enrol"), ("kind", "passkey")],
            [("action", "pass"), ("kind", "totp")],
        ] {
            let page = answer(&mut client, &ways, &forged).await;
            assert_asks(&page, "One more step");
        }
        let page = answer(&mut client, &ways, &[("action", "send")]).await;
        assert_asks(&page, "One more step");
        assert!(gateway.mailbox.to("ana@fabrikam.example").is_empty());
        let page = answer(&mut client, &page, &[("action", "pass"), ("kind", "passkey")]).await;
        assert_managed(&key.show(&gateway, &mut client, &page).await);
    }

    async fn a_removed_passkey_opens_nothing_though_it_was_asked_for(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let mut key = gateway.add_key(&mut client, b"key-of-ana").await;
        let list = client.get(SECURITY_INFO).await;
        let (mut beside, page) = asked(&gateway).await;
        let id = list.field("factor").unwrap().to_owned();
        let removed = manage(&mut client, &list, &[("action", "confirm_remove"), ("factor", &id)]).await;
        assert!(removed.body.contains("It is removed."), "{}", removed.body);
        let page = key.show(&gateway, &mut beside, &page).await;
        assert_asks(&page, "One more step");
    }
}

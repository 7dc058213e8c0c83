//! Steps cannot be skipped, repeated or rolled back, whatever is done with cookies, tabs and history.

use super::person::{
    SECURITY_INFO, answer, assert_asks, assert_managed, heading, manage, recovery_codes, step, type_code, wrong_code,
};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

const ASKS: &str = "Enter the code from your app";

on_both_stores! {
    async fn the_handle_changes_at_every_step_and_an_old_one_opens_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let mut client = gateway.sign_in_anew().await;
        let page = client.get(SECURITY_INFO).await;
        let first = client.clone();
        let mut handles = vec![step(&client).unwrap().1];
        let wrong = type_code(&mut client, &page, &wrong_code(&phone, gateway.now())).await;
        handles.push(step(&client).unwrap().1);
        let ways = answer(&mut client, &wrong, &[("action", "ways")]).await;
        handles.push(step(&client).unwrap().1);
        let page = answer(&mut client, &ways, &[("action", "pass"), ("kind", "totp")]).await;
        handles.push(step(&client).unwrap().1);
        let count = handles.len();
        handles.sort();
        handles.dedup();
        assert_eq!(handles.len(), count);
        // The cookies of the first page, put back: its tries would be free.
        let mut rolled_back = first.clone();
        let refused = type_code(&mut rolled_back, &page, &phone.code(gateway.now())).await;
        assert_eq!(refused.refusal_code(), Some("ATTEMPT_SPENT"));
        assert_managed(&type_code(&mut client, &page, &phone.code(gateway.now())).await);
        assert_eq!(step(&client), None);
    }

    async fn a_step_is_not_skipped_by_a_form_made_by_hand(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, _, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let mut client = gateway.sign_in_anew().await;
        let session = client.session().unwrap().to_owned();
        let mut page = client.get(SECURITY_INFO).await;
        for form in [
            vec![("action", "kept")],
            vec![("action", "send")],
            vec![("action", "check"), ("credential", "{}")],
            vec![("action", "check")],
        ] {
            page = answer(&mut client, &page, &form).await;
            assert_eq!(heading(&page), ASKS, "{form:?}");
        }
        for form in [
            vec![("action", "enrol"), ("kind", "passkey")],
            vec![("action", "pass"), ("kind", "mailed_code")],
            vec![("action", "pass"), ("kind", "passkey")],
        ] {
            page = answer(&mut client, &page, &form).await;
            assert_asks(&page, "One more step");
        }
        assert_eq!(client.session(), Some(session.as_str()), "nothing was passed");
        let page = client.get(SECURITY_INFO).await;
        assert_asks(&page, ASKS);
    }

    async fn a_step_belongs_to_its_session_and_its_attempt(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut strong, phone, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let mut client = gateway.sign_in_anew().await;
        let page = client.get(SECURITY_INFO).await;
        let beside = strong.get(SECURITY_INFO).await;
        let code = phone.code(gateway.now());
        // The step of one browser with the session of another.
        let mut mixed = client.clone();
        let (name, _) = mixed.cookies.iter().find(|(name, _)| name.ends_with("_session")).unwrap();
        let name = name.clone();
        mixed.cookies.insert(name.clone(), strong.session().unwrap().to_owned());
        let refused = type_code(&mut mixed, &page, &code).await;
        assert_eq!(refused.refusal_code(), Some("ATTEMPT_MISSING"));
        // That refusal has ended the step.
        let refused = type_code(&mut client, &page, &code).await;
        assert_eq!(refused.refusal_code(), Some("ATTEMPT_SPENT"));
        // The handle of one attempt under the name of another.
        let page = client.get(SECURITY_INFO).await;
        let (own, _) = step(&client).unwrap();
        client.cookies.insert(own, step(&strong).unwrap().1);
        let refused = type_code(&mut client, &page, &code).await;
        assert_eq!(refused.refusal_code(), Some("ATTEMPT_MISSING"));
        assert_managed(&type_code(&mut strong, &beside, &code).await);
    }

    async fn two_tabs_and_the_back_button_do_no_harm(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, codes) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let mut client = gateway.sign_in_anew().await;
        let one = client.get(SECURITY_INFO).await;
        let other = client.get(SECURITY_INFO).await;
        assert_ne!(one.field("attempt"), other.field("attempt"));
        // Back to the page before, whose form is as good as the newer one.
        let wrong = type_code(&mut client, &one, &wrong_code(&phone, gateway.now())).await;
        assert_eq!(wrong.field("attempt"), one.field("attempt"));
        assert_managed(&type_code(&mut client, &one, &phone.code(gateway.now())).await);
        // The other tab has the new session, too, and its step is still open.
        let page = answer(&mut client, &other, &[("action", "pass"), ("kind", "recovery_code")]).await;
        assert_managed(&type_code(&mut client, &page, &codes[0]).await);
        // Both forms once more, as by a reload.
        for page in [&one, &other] {
            let refused = type_code(&mut client, page, "000000").await;
            assert_eq!(refused.refusal_code(), Some("ATTEMPT_MISSING"));
        }
    }

    async fn a_rotated_session_leaves_nothing_behind(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _, _) = gateway.ana_with_app().await;
        let mut before = gateway.sign_in_anew().await;
        let old = before.clone();
        let page = before.get(SECURITY_INFO).await;
        let page = answer(&mut before, &page, &[("action", "pass"), ("kind", "recovery_code")]).await;
        assert_asks(&page, "Enter a recovery code");
        let list = client.get(SECURITY_INFO).await;
        let fresh = manage(&mut client, &list, &[("action", "new_codes")]).await;
        let code = recovery_codes(&fresh).remove(0);
        assert_managed(&type_code(&mut before, &page, &code).await);
        let mut stolen = old;
        assert_asks(&stolen.get(SECURITY_INFO).await, "You are not signed in here");
        assert_asks(&before.get(SECURITY_INFO).await, "Your second step");
    }

    async fn one_form_sent_twice_at_once_is_judged_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, phone, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let mut client = gateway.sign_in_anew().await;
        let page = client.get(SECURITY_INFO).await;
        let code = wrong_code(&phone, gateway.now());
        let mut racing = Vec::new();
        for _ in 0..4 {
            let (mut client, page, code) = (client.clone(), page.clone(), code.clone());
            racing.push(tokio::spawn(async move { type_code(&mut client, &page, &code).await }));
        }
        let mut judged = 0;
        for one in racing {
            judged += i32::from(one.await.unwrap().refusal_code().is_none());
        }
        assert_eq!(judged, 1);
        assert_eq!(gateway.refused_factors(&page).await, ["totp_wrong"]);
    }
}

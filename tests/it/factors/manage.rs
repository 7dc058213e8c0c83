//! The page of one's own factors: who may see and change it, and what it does.

use std::time::Duration;

use entente::domain::guests::Standing;
use entente::flows::operate::{set_guest_standing, switch_partner};

use super::person::{Key, SECURITY_INFO, assert_asks, assert_managed, assert_slip, heading, manage, type_code};
use crate::support::client::between;
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn who_is_not_signed_in_is_told_so(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        assert_asks(&gateway.client().get(SECURITY_INFO).await, "You are not signed in here");
        let (mut client, _) = gateway.ana_signed_in().await;
        let page = client.get(SECURITY_INFO).await;
        gateway.clock.advance(Duration::from_secs(8 * 3_600));
        assert_asks(&client.get(SECURITY_INFO).await, "You are not signed in here");
        let late = manage(&mut client, &page, &[("action", "add"), ("kind", "totp")]).await;
        assert_asks(&late, "You are not signed in here");
    }

    async fn a_session_with_the_first_factor_alone_sees_and_changes_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, phone, _) = gateway.ana_with_app().await;
        let list = client.get(SECURITY_INFO).await;
        let id = list.field("factor").unwrap().to_owned();
        gateway.wait_eleven_minutes();
        let mut weak = gateway.sign_in_anew().await;
        let page = weak.get(SECURITY_INFO).await;
        assert_asks(&page, "Enter the code from your app");
        assert!(!page.body.contains("Authenticator app</bdi>"), "{}", page.body);
        // The forms of a page that was shown to the strong session.
        for form in [
            vec![("action", "confirm_remove"), ("factor", id.as_str())],
            vec![("action", "add"), ("kind", "passkey")],
            vec![("action", "new_codes")],
            vec![("action", "save_label"), ("factor", id.as_str()), ("label", "x")],
        ] {
            let refused = manage(&mut weak, &list, &form).await;
            assert_eq!(refused.refusal_code(), Some("BAD_REQUEST"), "{form:?}");
        }
        // Also its own browser is asked, once the factor was passed too long ago.
        let expired = manage(&mut client, &list, &[("action", "confirm_remove"), ("factor", &id)]).await;
        assert_eq!(expired.refusal_code(), Some("ATTEMPT_EXPIRED"));
        let page = client.get(SECURITY_INFO).await;
        assert_managed(&type_code(&mut client, &page, &phone.code(gateway.now())).await);
        assert_asks(&client.get(SECURITY_INFO).await, "Your second step");
    }

    async fn the_page_asks_again_after_ten_minutes(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _, _) = gateway.ana_with_app().await;
        gateway.clock.advance(Duration::from_secs(600));
        assert_asks(&client.get(SECURITY_INFO).await, "Your second step");
        gateway.clock.advance(Duration::from_micros(1));
        assert_asks(&client.get(SECURITY_INFO).await, "Enter the code from your app");
    }

    async fn other_sessions_forget_what_was_passed_where_a_factor_is_removed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _, _) = gateway.ana_with_app().await;
        let app = client.get(SECURITY_INFO).await.field("factor").unwrap().to_owned();
        let mut key = Key::new(b"key-of-ana");
        let page = client.get(SECURITY_INFO).await;
        let page = manage(&mut client, &page, &[("action", "add"), ("kind", "passkey")]).await;
        assert_managed(&key.register(&gateway, &mut client, &page).await);
        let mut other = gateway.sign_in_anew().await;
        let page = other.get(SECURITY_INFO).await;
        assert_managed(&key.show(&gateway, &mut other, &page).await);
        assert_asks(&other.get(SECURITY_INFO).await, "Your second step");
        let list = client.get(SECURITY_INFO).await;
        let asked = manage(&mut client, &list, &[("action", "remove"), ("factor", &app)]).await;
        let removed = manage(&mut client, &asked, &[("action", "confirm_remove"), ("factor", &app)]).await;
        assert_eq!(removed.status, 200, "{}", removed.body);
        assert_asks(&other.get(SECURITY_INFO).await, "Use your passkey");
        assert_asks(&client.get(SECURITY_INFO).await, "Your second step");
    }

    async fn a_factor_is_renamed_and_removed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _, _) = gateway.ana_with_app().await;
        let list = client.get(SECURITY_INFO).await;
        let id = list.field("factor").unwrap().to_owned();
        let asked = manage(&mut client, &list, &[("action", "rename"), ("factor", &id)]).await;
        assert_asks(&asked, "Rename your second step");
        let malformed = manage(&mut client, &asked, &[("action", "save_label"), ("factor", &id), ("label", " ")]).await;
        assert_slip(&malformed, "Enter a name of at most 64 characters");
        let form = [("action", "save_label"), ("factor", id.as_str()), ("label", "<b>Old & new</b>")];
        let renamed = manage(&mut client, &malformed, &form).await;
        assert!(renamed.body.contains("It has its new name."), "{}", renamed.body);
        let label = between(&renamed.body, "<p class=\"what\"><bdi>", "</bdi>").unwrap();
        assert!(label.contains("&#60;b&#62;") || label.contains("&lt;b&gt;"), "{label}");

        let asked = manage(&mut client, &renamed, &[("action", "remove"), ("factor", &id)]).await;
        assert!(heading(&asked).starts_with("Remove ") && asked.body.contains("the only one"), "{}", asked.body);
        assert!(client.get(SECURITY_INFO).await.body.contains("Old"), "asking removes nothing");
        let removed = manage(&mut client, &asked, &[("action", "confirm_remove"), ("factor", &id)]).await;
        assert!(removed.body.contains("It is removed.") && removed.body.contains("set up nothing"), "{}", removed.body);
        let again = manage(&mut client, &removed, &[("action", "confirm_remove"), ("factor", &id)]).await;
        assert!(!again.body.contains("It is removed."), "{}", again.body);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        assert!(unit.list_recovery_codes(gateway.ana).await.unwrap().is_empty(), "codes go with the last factor");
        drop(unit);
        let query = entente::domain::audit::AuditQuery {
            guest: Some(gateway.ana), limit: 100, ..entente::domain::audit::AuditQuery::default()
        };
        let activities: Vec<String> =
            gateway.services.store.audit(&query).await.unwrap().into_iter().map(|record| record.activity).collect();
        assert_eq!(&activities[..2], ["factor_removed", "factor_renamed"]);
    }

    async fn another_guests_factor_is_not_there(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut ana, _, _) = gateway.ana_with_app().await;
        let list = ana.get(SECURITY_INFO).await;
        let id = list.field("factor").unwrap().to_owned();
        gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let mut ben = gateway.client();
        crate::support::journey::granted(&gateway.sign_in(&mut ben, &crate::support::partner::Person::ben()).await);
        let page = ben.get(SECURITY_INFO).await;
        for action in ["rename", "remove", "confirm_remove", "save_label"] {
            let page = manage(&mut ben, &page, &[("action", action), ("factor", &id), ("label", "x")]).await;
            assert_asks(&page, "Your second step");
            assert!(!page.body.contains("It is removed") && !page.body.contains("new name."), "{}", page.body);
        }
        assert!(ana.get(SECURITY_INFO).await.body.contains("Authenticator app</bdi>"));
    }

    async fn a_form_of_another_site_or_another_session_changes_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _, _) = gateway.ana_with_app().await;
        let list = client.get(SECURITY_INFO).await;
        let mut across = client.clone().with_header("sec-fetch-site", "cross-site");
        let refused = manage(&mut across, &list, &[("action", "new_codes")]).await;
        assert_eq!(refused.refusal_code(), Some("BAD_REQUEST"));
        let refused = client.post(SECURITY_INFO, &[("action", "new_codes"), ("token", "AAAA")]).await;
        assert_eq!(refused.refusal_code(), Some("BAD_REQUEST"));
    }

    async fn who_is_blocked_manages_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let act = gateway.act();
        let off = entente::domain::partners::Switch::Disabled;
        switch_partner(&gateway.services, act, "fabrikam", off).await.unwrap();
        assert_eq!(client.get(SECURITY_INFO).await.refusal_code(), Some("PARTNER_DISABLED"));
        let on = entente::domain::partners::Switch::Enabled;
        switch_partner(&gateway.services, act, "fabrikam", on).await.unwrap();
        assert_asks(&client.get(SECURITY_INFO).await, "Your second step");
        set_guest_standing(&gateway.services, act, "ana@fabrikam.example", Standing::Blocked).await.unwrap();
        let page = client.get(SECURITY_INFO).await;
        assert!(page.refusal_code() == Some("GUEST_BLOCKED") || heading(&page) == "You are not signed in here");
    }
}

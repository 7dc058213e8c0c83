//! The helpdesk resets factors: what was there opens nothing any more, and new ones need a new proof.

use entente::flows::operate::reset_factors;

use super::person::{Phone, SECURITY_INFO, answer, assert_asks, assert_managed, manage, type_code};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_reset_removes_factors_and_ends_what_sessions_remember(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, phone, _) = gateway.ana_with_app().await;
        gateway.wait_eleven_minutes();
        let page = client.get(SECURITY_INFO).await;
        assert_managed(&type_code(&mut client, &page, &phone.code(gateway.now())).await);
        let list = client.get(SECURITY_INFO).await;
        assert_asks(&list, "Your second step");

        let removed = reset_factors(&gateway.services, gateway.act(), "ana@fabrikam.example").await.unwrap();
        assert_eq!(removed, 1);
        let page = client.get(SECURITY_INFO).await;
        assert!(page.body.contains("set up nothing yet"), "{}", page.body);
        // The factor that this session passed counts no more: a fresh sign-in is needed.
        assert!(page.body.contains("within the last ten minutes"), "{}", page.body);
        let forged = manage(&mut client, &list, &[("action", "add"), ("kind", "totp")]).await;
        assert_asks(&forged, "Your second step");
        let mut fresh = gateway.sign_in_anew().await;
        let (_, codes) = gateway.add_app(&mut fresh).await;
        assert_eq!(codes.len(), 10);
        let query = entente::domain::audit::AuditQuery {
            guest: Some(gateway.ana),
            activity: Some("factors_reset".to_owned()),
            limit: 10,
            ..entente::domain::audit::AuditQuery::default()
        };
        let records = gateway.services.store.audit(&query).await.unwrap();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].actor, "operator:tester");
        assert_eq!(records[0].details, [("factors_removed".to_owned(), "1".to_owned())]);
    }

    async fn recovery_codes_that_are_kept_after_a_reset_prove_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.sign_in_anew().await;
        let page = client.get(SECURITY_INFO).await;
        let begun = manage(&mut client, &page, &[("action", "add"), ("kind", "totp")]).await;
        let phone = Phone::set_up(&begun);
        let codes = type_code(&mut client, &begun, &phone.code(gateway.now())).await;
        assert_asks(&codes, "Keep your recovery codes");
        reset_factors(&gateway.services, gateway.act(), "ana@fabrikam.example").await.unwrap();
        let refused = answer(&mut client, &codes, &[("action", "kept")]).await;
        assert_eq!(refused.refusal_code(), Some("FACTOR_EXPIRED"));
        let page = client.get(SECURITY_INFO).await;
        assert!(page.body.contains("set up nothing yet"), "{}", page.body);
    }

    async fn a_reset_in_the_middle_of_an_enrolment_leaves_nobody_behind(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, phone, _) = gateway.ana_with_app().await;
        gateway.clock.advance(std::time::Duration::from_secs(2_000));
        let page = client.get(SECURITY_INFO).await;
        assert_managed(&type_code(&mut client, &page, &phone.code(gateway.now())).await);
        let list = client.get(SECURITY_INFO).await;
        let begun = manage(&mut client, &list, &[("action", "add"), ("kind", "totp")]).await;
        let other = Phone::set_up(&begun);
        reset_factors(&gateway.services, gateway.act(), "ana@fabrikam.example").await.unwrap();
        // It was begun by a factor that is gone, and the sign-in is long ago.
        let refused = type_code(&mut client, &begun, &other.code(gateway.now())).await;
        assert_eq!(refused.refusal_code(), Some("FACTOR_REFUSED"));
    }
}

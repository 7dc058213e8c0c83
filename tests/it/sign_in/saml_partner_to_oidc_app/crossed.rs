//! Tabs, sites and persons that cross one another's way: an answer counts for whom it was asked.

use entente::domain::audit::AuditQuery;
use entente::domain::partners::Switch;

use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn continue_as_ana_never_lets_in_who_took_her_place_meanwhile(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let (mut ana, _) = gateway.ana_signed_in().await;
        let page = ana.get(&gateway.authorize(&[("prompt", "select_account")])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let mut ben = gateway.client();
        granted(&gateway.sign_in(&mut ben, &Person::ben()).await);
        let name = ana.cookies.keys().find(|name| name.ends_with("_session")).unwrap().clone();
        ana.cookies.insert(name, ben.session().unwrap().to_owned());
        let page = ana.post("/sign-in/account", &[("attempt", &attempt), ("account", "current")]).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("ben@fabrikam.example"), "the page asks again: {}", page.body);
    }

    async fn consent_of_one_session_is_nothing_in_another(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let (mut ana, _) = gateway.ana_signed_in().await;
        let page = ana.get(&gateway.authorize(&[("prompt", "consent")])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let mut ben = gateway.client();
        granted(&gateway.sign_in(&mut ben, &Person::ben()).await);
        let name = ana.cookies.keys().find(|name| name.ends_with("_session")).unwrap().clone();
        let own = ana.cookies.insert(name.clone(), ben.session().unwrap().to_owned()).unwrap();
        let before = ana.clone();
        let page = ana.post("/sign-in/consent", &[("attempt", &attempt), ("decision", "accept")]).await;
        assert_refused(&gateway, &page, "ATTEMPT_MISSING", "step_of_another_session").await;
        // The refusal has spent the step, also for whom it was asked of.
        let mut again = before;
        again.cookies.insert(name, own);
        let page = again.post("/sign-in/consent", &[("attempt", &attempt), ("decision", "accept")]).await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_SPENT"));
    }

    async fn an_app_that_was_switched_off_meanwhile_is_not_told(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut ana, _) = gateway.ana_signed_in().await;
        let page = ana.get(&gateway.authorize(&[("prompt", "consent")])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.switch = Switch::Disabled).await;
        gateway.services.directory.forget();
        let page = ana.post("/sign-in/consent", &[("attempt", &attempt), ("decision", "cancel")]).await;
        assert_eq!(page.status, 403, "{page:?}");
        assert_eq!(page.refusal_code(), Some("CONSENT_DECLINED"));
        assert!(!page.body.contains("/payroll/callback"), "{}", page.body);
    }

    async fn another_site_cannot_sign_anybody_out(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut ana, _) = gateway.ana_signed_in().await;
        // The browser leaves the session's cookie away, since the form is another site's.
        let mut form = gateway.client().with_header("sec-fetch-site", "cross-site");
        let page = form.post("/oidc/logout", &[("posted_again", "1")]).await;
        assert_eq!(page.status, 200);
        assert!(page.headers.get("set-cookie").is_none(), "{:?}", page.headers);
        assert_eq!(page.field("posted_again"), Some("1"), "the page posts again from our own site: {}", page.body);
        // From our own site the cookie comes along, and the person is asked.
        let page = ana.post("/oidc/logout", &[("posted_again", "1")]).await;
        assert!(page.field("token").is_some(), "{}", page.body);
        granted(&ana.get(&gateway.authorize(&[])).await);
    }

    async fn a_code_that_is_shown_again_and_again_is_audited_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut ana = gateway.client();
        let code = granted(&gateway.sign_in(&mut ana, &Person::ana()).await);
        assert_eq!(gateway.redeem(&code).await.status, 200);
        for _ in 0..3 {
            assert_eq!(gateway.redeem(&code).await.json()["error"], "invalid_grant");
        }
        let query = AuditQuery { activity: Some("code_replayed".to_owned()), limit: 10, ..AuditQuery::default() };
        assert_eq!(gateway.services.store.audit(&query).await.unwrap().len(), 1);
    }

    async fn who_only_looks_gets_no_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut ana, _) = gateway.ana_signed_in().await;
        let request = ana.request(reqwest::Method::HEAD, &gateway.authorize(&[]));
        assert_eq!(ana.send(request).await.status, 405);
        granted(&ana.get(&gateway.authorize(&[])).await);
    }
}

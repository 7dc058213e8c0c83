//! Recovery codes: each once, replaced as a whole, and no way to add anything by being talked into one.

use super::person::{
    SECURITY_INFO, answer, assert_asks, assert_managed, assert_slip, manage, recovery_codes, type_code,
};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn each_recovery_code_opens_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, _, codes) = gateway.ana_with_app().await;
        let mut client = gateway.sign_in_anew().await;
        let page = client.get(SECURITY_INFO).await;
        let page = answer(&mut client, &page, &[("action", "pass"), ("kind", "recovery_code")]).await;
        assert_asks(&page, "Enter a recovery code");
        let page = type_code(&mut client, &page, "0000-0000-0000-0000").await;
        assert_slip(&page, "That code is not right, or it was used before");
        let page = type_code(&mut client, &page, "0000").await;
        assert_slip(&page, "Enter a code of 16 letters and digits");
        let typed = codes[4].to_lowercase().replace('-', " ");
        assert_managed(&type_code(&mut client, &page, &typed).await);
        let page = client.get(SECURITY_INFO).await;
        assert!(page.body.contains("You have 9 left"), "{}", page.body);

        let mut other = gateway.sign_in_anew().await;
        let page = other.get(SECURITY_INFO).await;
        let page = answer(&mut other, &page, &[("action", "pass"), ("kind", "recovery_code")]).await;
        let page = type_code(&mut other, &page, &codes[4]).await;
        assert_slip(&page, "That code is not right, or it was used before");
        assert_managed(&type_code(&mut other, &page, &codes[5]).await);
    }

    async fn one_recovery_code_at_the_same_time_opens_one_browser(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, _, codes) = gateway.ana_with_app().await;
        let mut racing = Vec::new();
        for _ in 0..4 {
            let mut client = gateway.sign_in_anew().await;
            let page = client.get(SECURITY_INFO).await;
            let page = answer(&mut client, &page, &[("action", "pass"), ("kind", "recovery_code")]).await;
            let code = codes[0].clone();
            racing.push(tokio::spawn(async move { type_code(&mut client, &page, &code).await.status }));
        }
        let mut passed = 0;
        for one in racing {
            passed += i32::from(one.await.unwrap() == 303);
        }
        assert_eq!(passed, 1);
    }

    async fn new_codes_replace_the_old_ones(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _, old) = gateway.ana_with_app().await;
        let page = client.get(SECURITY_INFO).await;
        let page = manage(&mut client, &page, &[("action", "new_codes")]).await;
        assert_asks(&page, "Keep your recovery codes");
        let new = recovery_codes(&page);
        assert!(new.len() == 10 && new.iter().all(|code| !old.contains(code)));
        assert_managed(&answer(&mut client, &page, &[("action", "kept")]).await);
        let mut other = gateway.sign_in_anew().await;
        let page = other.get(SECURITY_INFO).await;
        let page = answer(&mut other, &page, &[("action", "pass"), ("kind", "recovery_code")]).await;
        let page = type_code(&mut other, &page, &old[0]).await;
        assert_slip(&page, "That code is not right");
        assert_managed(&type_code(&mut other, &page, &new[0]).await);
    }
}

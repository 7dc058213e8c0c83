//! After a sign-out nothing of the session is good any more, and it is audited.

use entente::domain::audit::AuditQuery;

use crate::support::gateway::{Gateway, address};
use crate::support::journey::{assert_invalid_grant, assert_invalid_token, granted};
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn session_codes_and_tokens_are_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize_travel(&[])).await);
        let before = client.clone();
        client.get(&address("/oidc/logout", &[("id_token_hint", &tokens.id)])).await;
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        assert_invalid_grant(&gateway.redeem_travel(&code).await);
        let page = before.clone().get(&gateway.authorize(&[("prompt", "none")])).await;
        assert_eq!(page.param("error").as_deref(), Some("login_required"));
    }

    async fn another_gateway_on_the_same_database_refuses_it_too(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let (url, serving) = gateway.second_address().await;
        // The other gateway has seen the session, so that a cache would have it.
        let mut elsewhere = client.clone();
        granted(&elsewhere.get(&format!("{url}{}", gateway.authorize(&[]))).await);
        client.get(&address("/oidc/logout", &[("id_token_hint", &tokens.id)])).await;
        let page = elsewhere.get(&format!("{url}{}", gateway.authorize(&[("prompt", "none")]))).await;
        assert_eq!(page.param("error").as_deref(), Some("login_required"));
        serving.abort();
    }

    async fn other_sessions_of_the_same_person_go_on(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let (mut phone, others) = gateway.ana_signed_in().await;
        client.get(&address("/oidc/logout", &[("id_token_hint", &tokens.id)])).await;
        assert_eq!(gateway.userinfo(&others.access).await.status, 200);
        granted(&phone.get(&gateway.authorize(&[])).await);
    }

    async fn a_sign_out_is_audited_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        for _ in 0..2 {
            client.get(&address("/oidc/logout", &[("id_token_hint", &tokens.id)])).await;
        }
        let query = AuditQuery { limit: 100, ..AuditQuery::default() };
        let records = gateway.services.store.audit(&query).await.unwrap();
        let sign_outs: Vec<_> = records.iter().filter(|record| record.activity == "sign_out").collect();
        assert_eq!(sign_outs.len(), 1);
        assert!(sign_outs[0].session.is_some());
        assert_eq!(sign_outs[0].guest, Some(gateway.ana));
    }
}

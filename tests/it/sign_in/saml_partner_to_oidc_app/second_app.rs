//! A second app without going back to the partner.

use std::time::Duration;

use crate::support::gateway::{Gateway, TRAVEL_CALLBACK};
use crate::support::journey::{Tokens, assert_refused, granted};
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_second_app_is_answered_at_once_from_the_session(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let first = gateway.claims(&tokens.id, "payroll").await;
        let session = client.session().unwrap().to_owned();
        gateway.clock.advance(Duration::from_secs(120));
        let page = client.get(&gateway.authorize_travel(&[])).await;
        assert!(page.location().starts_with(&format!("{TRAVEL_CALLBACK}?")), "{}", page.location());
        assert_eq!(page.param("state").as_deref(), Some("state-2"));
        let tokens = Tokens::of(&gateway.redeem_travel(&granted(&page)).await);
        let second = gateway.claims(&tokens.id, "travel").await;
        // The same session and the same proof, in a token of its own.
        assert_eq!((&second["sid"], &second["auth_time"]), (&first["sid"], &first["auth_time"]));
        assert_eq!(second["iat"].as_i64(), first["iat"].as_i64().map(|at| at + 120));
        assert_eq!(second["nonce"], "nonce-2");
        assert_ne!(second["uti"], first["uti"]);
        assert_eq!(client.session(), Some(session.as_str()), "a use rotates nothing");
    }

    async fn a_second_app_that_is_not_assigned_is_refused_and_audited(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.set_guest_apps(gateway.ana, &[gateway.payroll]).await.unwrap();
        unit.commit().await.unwrap();
        let page = client.get(&gateway.authorize_travel(&[])).await;
        assert_eq!(page.status, 403);
        assert_refused(&gateway, &page, "NOT_ASSIGNED", "not_assigned").await;
        let [entry] = gateway.audit(page.attempt_id().unwrap()).await.try_into().unwrap();
        assert_eq!(entry.guest, Some(gateway.ana));
        assert_eq!(entry.app.map(|(id, _)| id), Some(gateway.travel));
        // The session is as good as before for the app that is assigned.
        granted(&client.get(&gateway.authorize(&[])).await);
    }

    async fn a_made_up_session_cookie_is_no_session(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (client, _) = gateway.ana_signed_in().await;
        let name = client.cookies.keys().find(|name| name.ends_with("_session")).unwrap().clone();
        for value in ["x", &"A".repeat(43), &format!("{}x", client.session().unwrap())] {
            let mut stranger = gateway.client();
            stranger.cookies.insert(name.clone(), value.to_owned());
            gateway.ask(&mut stranger, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        }
    }
}

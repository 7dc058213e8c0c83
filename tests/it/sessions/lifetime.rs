//! A session ends without use, in whole, and with the partner's own.

use std::time::Duration;

use crate::support::client::Client;
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_refused, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const HOUR: Duration = Duration::from_secs(3600);
const TICK: Duration = Duration::from_micros(1);

async fn is_alive(gateway: &Gateway, client: &mut Client) -> bool {
    let page = client.get(&gateway.authorize(&[("prompt", "none")])).await;
    match page.param("error").as_deref() {
        None => page.param("code").is_some(),
        error => {
            assert_eq!(error, Some("login_required"), "{}", page.location());
            false
        }
    }
}

on_both_stores! {
    async fn a_session_ends_after_eight_hours_without_use(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        gateway.clock.advance(8 * HOUR - TICK);
        assert!(is_alive(&gateway, &mut client).await);
        // That was a use.
        gateway.clock.advance(8 * HOUR - TICK);
        assert!(is_alive(&gateway, &mut client).await);
        gateway.clock.advance(8 * HOUR);
        assert!(!is_alive(&gateway, &mut client).await);
        gateway.read_request(&client.get(&gateway.authorize(&[("domain_hint", "fabrikam")])).await);
    }

    async fn a_session_ends_after_a_day_in_spite_of_use(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        for _ in 0..3 {
            gateway.clock.advance(7 * HOUR);
            assert!(is_alive(&gateway, &mut client).await);
        }
        gateway.clock.advance(3 * HOUR - TICK);
        assert!(is_alive(&gateway, &mut client).await);
        gateway.clock.advance(TICK);
        assert!(!is_alive(&gateway, &mut client).await);
    }

    async fn a_session_ends_with_the_partners_own_and_its_skew(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let end = gateway.now().plus(HOUR);
        let page = gateway
            .sign_in_with(&mut client, &Person::ana(), |answer| {
                answer.assertion.as_mut().unwrap().session_not_on_or_after = Some(end);
            })
            .await;
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        gateway.clock.set(end.plus(Duration::from_secs(60)).minus(TICK));
        assert!(is_alive(&gateway, &mut client).await);
        gateway.clock.advance(TICK);
        assert!(!is_alive(&gateway, &mut client).await);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 401);
    }

    async fn a_partners_session_at_the_edge_of_its_skew_brings_a_token_or_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let skew = Duration::from_secs(60);
        let last = gateway.now().minus(skew).plus(Duration::from_secs(1));
        let ending = |end| move |answer: &mut crate::support::partner::Answer| {
            answer.assertion.as_mut().unwrap().session_not_on_or_after = Some(end);
        };
        let page = gateway.sign_in_with(&mut gateway.client(), &Person::ana(), ending(last)).await;
        Tokens::of(&gateway.redeem(&granted(&page)).await);
        let page = gateway.sign_in_with(&mut gateway.client(), &Person::ana(), ending(gateway.now().minus(skew))).await;
        assert_refused(&gateway, &page, "SAML_RESPONSE_REFUSED", "partner_session_ended").await;
    }

    async fn tokens_end_with_their_session(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        for _ in 0..3 {
            gateway.clock.advance(7 * HOUR);
            assert!(is_alive(&gateway, &mut client).await);
        }
        gateway.clock.advance(3 * HOUR - Duration::from_secs(10));
        let page = client.get(&gateway.authorize(&[])).await;
        let code = granted(&page);
        let late = granted(&client.get(&gateway.authorize(&[])).await);
        let tokens = Tokens::of(&gateway.redeem(&code).await);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        gateway.clock.advance(Duration::from_secs(10));
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 401);
        assert_eq!(gateway.redeem(&late).await.status, 400);
    }
}

//! A code is good once, for a minute.

use std::sync::Arc;
use std::time::Duration;

use crate::support::client::Client;
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, PAYROLL_SECRET};
use crate::support::journey::{Tokens, assert_invalid_grant, assert_invalid_token, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_second_use_of_a_code_ends_its_tokens_and_nothing_else(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let code = granted(&gateway.sign_in(&mut client, &Person::ana()).await);
        let stolen = Tokens::of(&gateway.redeem(&code).await);
        let other_code = granted(&client.get(&gateway.authorize(&[])).await);
        let other = Tokens::of(&gateway.redeem(&other_code).await);
        let page = client.get(&gateway.authorize_travel(&[])).await;
        let travel = Tokens::of(&gateway.redeem_travel(&granted(&page)).await);
        assert_eq!(gateway.userinfo(&stolen.access).await.status, 200);

        assert_invalid_grant(&gateway.redeem(&code).await);
        assert_invalid_token(&gateway.userinfo(&stolen.access).await);
        // Not the tokens of other codes, be it of the same app, and not the browser's session.
        assert_eq!(gateway.userinfo(&other.access).await.status, 200);
        assert_eq!(gateway.userinfo(&travel.access).await.status, 200);
        granted(&client.get(&gateway.authorize(&[])).await);
        // And a third time is no different.
        assert_invalid_grant(&gateway.redeem(&code).await);
    }

    async fn a_code_lives_for_a_minute(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let code = granted(&gateway.sign_in(&mut client, &Person::ana()).await);
        let minute = Duration::from_secs(60);
        gateway.clock.advance(minute - Duration::from_micros(1));
        Tokens::of(&gateway.redeem(&code).await);
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        gateway.clock.advance(minute);
        assert_invalid_grant(&gateway.redeem(&code).await);
    }

    async fn a_second_use_after_the_codes_minute_still_ends_its_tokens(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let tokens = Tokens::of(&gateway.redeem(&code).await);
        gateway.clock.advance(Duration::from_secs(600));
        assert_invalid_grant(&gateway.redeem(&code).await);
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
    }

    async fn a_second_use_is_audited_once_also_where_no_tokens_are_left(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (url, services, serving) = gateway.second_address_with(|services| {
            let mut settings = services.settings.as_ref().clone();
            settings.lifetimes.token = Duration::from_secs(10);
            services.settings = Arc::new(settings);
        })
        .await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let code = granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
        let redeem = async || {
            let form = [
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", PAYROLL_CALLBACK),
                ("client_id", "payroll"),
                ("client_secret", PAYROLL_SECRET),
            ];
            Client::new(&url).post("/oidc/token", &form).await
        };
        Tokens::of(&redeem().await);
        gateway.clock.advance(Duration::from_secs(10));
        assert_eq!(entente::flows::upkeep::sweep(&services).await.unwrap().tokens, 1);
        for _ in 0..3 {
            assert_invalid_grant(&redeem().await);
        }
        let records = gateway.audit(&request.relay_state).await;
        let replays: Vec<_> = records.iter().filter(|record| record.activity == "code_replayed").collect();
        assert_eq!(replays.len(), 1, "{records:?}");
        serving.abort();
    }

    async fn a_second_use_that_ends_tokens_is_audited_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let code = granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
        Tokens::of(&gateway.redeem(&code).await);
        for _ in 0..3 {
            assert_invalid_grant(&gateway.redeem(&code).await);
        }
        let activities = gateway.activities(&request.relay_state).await;
        assert_eq!(activities.iter().filter(|activity| *activity == "code_replayed").count(), 1, "{activities:?}");
    }

    async fn a_made_up_code_is_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for code in ["x", &"A".repeat(43)] {
            assert_invalid_grant(&gateway.redeem(code).await);
        }
    }

    async fn another_apps_code_is_refused_and_stays_good_for_its_own(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let travels = granted(&client.get(&gateway.authorize_travel(&[])).await);
        assert_invalid_grant(&gateway.redeem(&travels).await);
        let payrolls = granted(&client.get(&gateway.authorize(&[])).await);
        assert_invalid_grant(&gateway.redeem_travel(&payrolls).await);
        Tokens::of(&gateway.redeem_travel(&travels).await);
        Tokens::of(&gateway.redeem(&payrolls).await);
    }

    async fn another_apps_second_use_ends_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let tokens = Tokens::of(&gateway.redeem(&code).await);
        assert_invalid_grant(&gateway.redeem_travel(&code).await);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
    }

    async fn an_access_token_is_no_code_and_a_code_no_access_token(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        assert_invalid_grant(&gateway.redeem(&tokens.access).await);
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        assert_invalid_token(&gateway.userinfo(&code).await);
    }
}

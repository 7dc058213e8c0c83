//! Refresh tokens: each is good once, while partner, guest, app, grant, policies and session stand.

use std::time::Duration;

use entente::domain::apps::AppId;
use entente::domain::apps::grant_types::GrantTypes;
use entente::domain::guests::Standing;
use entente::domain::partners::Switch;
use entente::flows::operate;
use entente::flows::upkeep::sweep;

use crate::policy::journeys::{ALL_APPS, ALL_USERS, apply_by, policy};
use crate::support::gateway::{Gateway, oidc};
use crate::support::journey::{Tokens, assert_invalid_grant, assert_invalid_token, granted};
use crate::support::partner::Person;
use crate::support::renewing::{AS_PAYROLL, AS_TRAVEL, refresh_token};
use crate::support::stores::on_both_stores;

const MINUTE: Duration = Duration::from_secs(60);

on_both_stores! {
    async fn a_refresh_token_brings_new_tokens_of_the_same_sign_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        let before = gateway.claims(&Tokens::of(&first).id, "payroll").await;
        gateway.clock.advance(90 * MINUTE);
        assert_invalid_token(&gateway.userinfo(&Tokens::of(&first).access).await);
        let second = gateway.renew(&refresh_token(&first)).await;
        let tokens = Tokens::of(&second);
        let after = gateway.claims(&tokens.id, "payroll").await;
        for claim in ["iss", "sub", "oid", "aud", "auth_time", "sid", "idp", "email"] {
            assert_eq!(after[claim], before[claim], "{claim}");
        }
        assert_eq!(after["iat"].as_i64().unwrap() - before["iat"].as_i64().unwrap(), 90 * 60);
        assert!(before.get("nonce").is_some() && after.get("nonce").is_none(), "OIDC Core 12.2");
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        assert_ne!(refresh_token(&second), refresh_token(&first));
        Tokens::of(&gateway.renew(&refresh_token(&second)).await);
    }

    async fn only_an_app_that_may_renew_gets_a_refresh_token(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let page = gateway.redeem(&code).await;
        assert_eq!(page.json().get("refresh_token"), None);
        gateway.let_apps_renew().await;
        let mut client = gateway.client();
        let code = granted(&gateway.sign_in(&mut client, &Person::ana()).await);
        let token = refresh_token(&gateway.redeem(&code).await);
        // Nor may it go on when it may no longer.
        let stop = |app: &mut _| oidc(app).grants = GrantTypes::STANDARD;
        gateway.alter_app(&gateway.services, gateway.payroll, stop).await;
        let page = gateway.renew(&token).await;
        assert_eq!((page.status, page.json()["error"].as_str()), (400, Some("unauthorized_client")), "{}", page.body);
        gateway.let_apps_renew().await;
        Tokens::of(&gateway.renew(&token).await);
    }

    async fn offline_access_is_told_where_it_is_granted(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let scope = [("scope", "openid offline_access"), ("domain_hint", "fabrikam")];
        let granted_scope = async |expected: &str| {
            let mut client = gateway.client();
            let request = gateway.ask(&mut client, &gateway.authorize(&scope)).await;
            let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
            let page = gateway.redeem(&granted(&page)).await;
            assert_eq!(page.json()["scope"], expected);
        };
        granted_scope("openid").await;
        gateway.let_apps_renew().await;
        granted_scope("openid offline_access").await;
    }

    async fn a_second_use_ends_the_whole_family_and_is_audited(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.let_apps_renew().await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let stolen = refresh_token(&gateway.redeem(&granted(&page)).await);
        let second = gateway.renew(&stolen).await;
        let other = refresh_token(&gateway.redeem(&granted(&client.get(&gateway.authorize(&[])).await)).await);

        assert_invalid_grant(&gateway.renew(&stolen).await);
        assert_invalid_grant(&gateway.renew(&refresh_token(&second)).await);
        assert_invalid_token(&gateway.userinfo(&Tokens::of(&second).access).await);
        // Neither another family of the app nor the session is touched.
        Tokens::of(&gateway.renew(&other).await);
        granted(&client.get(&gateway.authorize(&[])).await);
        let activities = gateway.activities(&request.relay_state).await;
        let replays = activities.iter().filter(|activity| *activity == "refresh_token_replayed").count();
        assert_eq!(replays, 1, "{activities:?}");
    }

    async fn of_renewals_at_once_at_most_one_wins(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        let token = refresh_token(&first);
        let at = || gateway.renew(&token);
        let (a, b, c, d) = tokio::join!(at(), at(), at(), at());
        let pages = [a, b, c, d];
        assert_eq!(pages.iter().filter(|page| page.status == 200).count(), 1, "{pages:?}");
        let won = pages.iter().find(|page| page.status == 200).unwrap();
        // The others showed an older one: nobody knows who the thief is.
        assert_invalid_grant(&gateway.renew(&refresh_token(won)).await);
        assert_invalid_token(&gateway.userinfo(&Tokens::of(won).access).await);
    }

    async fn a_second_use_of_the_code_ends_the_family_too(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.let_apps_renew().await;
        let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let first = gateway.redeem(&code).await;
        let second = gateway.renew(&refresh_token(&first)).await;
        assert_invalid_grant(&gateway.redeem(&code).await);
        assert_invalid_grant(&gateway.renew(&refresh_token(&second)).await);
        assert_invalid_token(&gateway.userinfo(&Tokens::of(&second).access).await);
    }

    async fn another_app_cannot_renew_and_ends_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        let token = refresh_token(&first);
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        assert_invalid_grant(&gateway.at_desk("/oidc/token", &[&AS_TRAVEL, &form]).await);
        let page = gateway.at_desk("/oidc/token", &[&[("client_id", "payroll")], &form]).await;
        assert_eq!(page.json()["error"], "invalid_client", "the app must prove itself at each renewal");
        Tokens::of(&gateway.renew(&token).await);
    }

    async fn whatever_is_no_refresh_token_is_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        let good = refresh_token(&first);
        let (handle, secret) = good.split_once('.').unwrap();
        for token in ["x", "x.y", ".", handle, secret, &format!("{secret}.{handle}"), &Tokens::of(&first).access] {
            assert_invalid_grant(&gateway.renew(token).await);
        }
        assert_invalid_token(&gateway.userinfo(&good).await);
        Tokens::of(&gateway.renew(&good).await);
    }

    async fn less_may_be_asked_and_not_more(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.let_apps_renew().await;
        let mut client = gateway.client();
        let asked = [("scope", "openid email"), ("domain_hint", "fabrikam")];
        let request = gateway.ask(&mut client, &gateway.authorize(&asked)).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        let first = gateway.redeem(&granted(&page)).await;
        let renew = async |token: &str, scope: &str| {
            let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
            gateway.at_desk("/oidc/token", &[&AS_PAYROLL, &form]).await
        };
        let page = renew(&refresh_token(&first), "openid profile").await;
        assert_eq!((page.status, page.json()["error"].as_str()), (400, Some("invalid_scope")), "{}", page.body);
        let narrow = renew(&refresh_token(&first), "openid").await;
        assert_eq!(narrow.json()["scope"], "openid");
        let info = gateway.userinfo(&Tokens::of(&narrow).access).await.json();
        assert!(info.get("name").is_none(), "{info}");
        // The grant itself stays as wide as it was.
        assert_eq!(gateway.renew(&refresh_token(&narrow)).await.json()["scope"], "openid email");
    }

    async fn it_ends_with_the_session_at_the_latest(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        let hours = 8 * 60 * MINUTE;
        gateway.clock.advance(hours - Duration::from_micros(1));
        let second = gateway.renew(&refresh_token(&first)).await;
        // A renewal is no use of the session by the person.
        gateway.clock.advance(Duration::from_micros(1));
        assert_invalid_grant(&gateway.renew(&refresh_token(&second)).await);
        gateway.clock.advance(24 * 60 * MINUTE);
        sweep(&gateway.services).await.unwrap();
        assert_invalid_grant(&gateway.renew(&refresh_token(&second)).await);
    }

    async fn revocation_of_the_person_ends_it(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        operate::revoke_guest(&gateway.services, gateway.act(), "ana@fabrikam.example").await.unwrap();
        assert_invalid_grant(&gateway.renew(&refresh_token(&first)).await);
    }

    async fn what_is_switched_off_renews_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        let token = refresh_token(&first);
        let services = &gateway.services;
        gateway.alter_partner(services, |partner| partner.switch = Switch::Disabled).await;
        assert_invalid_grant(&gateway.renew(&token).await);
        gateway.alter_partner(services, |partner| partner.switch = Switch::Enabled).await;
        gateway.alter_app(services, gateway.payroll, |app| app.switch = Switch::Disabled).await;
        assert_invalid_grant(&gateway.renew(&token).await);
        gateway.alter_app(services, gateway.payroll, |app| app.switch = Switch::Enabled).await;
        Tokens::of(&gateway.renew(&token).await);
    }

    async fn who_is_blocked_or_no_longer_assigned_gets_nothing_more(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        let services = &gateway.services;
        let assign = async |apps: &[AppId]| {
            let mut unit = services.store.unit_of_work().await.unwrap();
            unit.set_guest_apps(gateway.ana, apps).await.unwrap();
            unit.commit().await.unwrap();
        };
        assign(&[gateway.travel]).await;
        assert_invalid_grant(&gateway.renew(&refresh_token(&first)).await);
        assign(&[gateway.payroll]).await;
        let second = gateway.renew(&refresh_token(&first)).await;
        Tokens::of(&second);
        let block = operate::set_guest_standing(services, gateway.act(), "ana@fabrikam.example", Standing::Blocked);
        block.await.unwrap();
        assert_invalid_grant(&gateway.renew(&refresh_token(&second)).await);
    }

    async fn a_policy_of_today_decides_the_renewal(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, first) = gateway.ana_renewable().await;
        let token = refresh_token(&first);
        let often = "session_controls.sign_in_frequency = { is_enabled = true, type = 'hours', value = 1 }\n";
        apply_by(&gateway.services, &policy("often", &[ALL_USERS, ALL_APPS, often])).await;
        let second = gateway.renew(&token).await;
        Tokens::of(&second);
        gateway.clock.advance(61 * MINUTE);
        assert_invalid_grant(&gateway.renew(&refresh_token(&second)).await);
        let block = "grant_controls.built_in_controls = ['block']\n";
        apply_by(&gateway.services, &policy("often", &[ALL_USERS, ALL_APPS, block])).await;
        assert_invalid_grant(&gateway.renew(&refresh_token(&second)).await);
    }
}

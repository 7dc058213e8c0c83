//! Whatever ends a session, the apps that got tokens in it are told.

use std::time::Duration;

use entente::domain::guests::Standing;
use entente::domain::partners::Switch;
use entente::flows::operate::{revoke_guest, set_guest_standing, switch_app, switch_partner};
use entente::flows::upkeep::sweep;
use serde_json::Value;

use super::told;
use crate::support::client::Client;
use crate::support::gateway::{Gateway, address};
use crate::support::journey::{Tokens, granted};
use crate::support::notified::Notified;
use crate::support::partner::{Answer, Person};
use crate::support::stores::on_both_stores;

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Hint,
    Question,
    NewSignIn,
    AnotherPerson,
    Revoked,
    Blocked,
    GuestRemoved,
    PartnerRemoved,
    Idle,
    Old,
    HomeOver,
}

const ALL: [End; 11] = [
    End::Hint,
    End::Question,
    End::NewSignIn,
    End::AnotherPerson,
    End::Revoked,
    End::Blocked,
    End::GuestRemoved,
    End::PartnerRemoved,
    End::Idle,
    End::Old,
    End::HomeOver,
];

impl End {
    async fn carry_out(self, gateway: &Gateway, client: &mut Client, tokens: &Tokens) {
        let (services, act, ana) = (&gateway.services, gateway.act(), "ana@fabrikam.example");
        match self {
            Self::Hint => drop(client.get(&address("/oidc/logout", &[("id_token_hint", &tokens.id)])).await),
            Self::Question => {
                let page = client.get("/oidc/logout").await;
                let form = [("token", page.field("token").unwrap()), ("decision", "sign_out")];
                assert_eq!(client.post("/sign-out", &form).await.status, 200);
            }
            Self::NewSignIn | Self::AnotherPerson => {
                gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
                let person = if self == Self::NewSignIn { Person::ana() } else { Person::ben() };
                let request = gateway.ask(client, &gateway.authorize(&[("prompt", "login")])).await;
                granted(&gateway.post(client, &request, &gateway.answer(&request, &person)).await);
            }
            Self::Revoked => assert_eq!(revoke_guest(services, act, ana).await.unwrap(), 1),
            Self::Blocked => drop(set_guest_standing(services, act, ana, Standing::Blocked).await.unwrap()),
            Self::GuestRemoved | Self::PartnerRemoved => {
                let mut unit = services.store.unit_of_work().await.unwrap();
                if self == Self::GuestRemoved {
                    unit.delete_guest(gateway.ana).await.unwrap();
                } else {
                    unit.delete_partner(gateway.partner_id).await.unwrap();
                }
                unit.commit().await.unwrap();
            }
            Self::HomeOver => {
                // By the partner's SessionNotOnOrAfter, and a minute of skew.
                gateway.clock.advance(Duration::from_secs(3_661));
                assert_eq!(gateway.send_notices().await, told(0), "a session ends when it is swept");
                assert_eq!(sweep(services).await.unwrap().sessions, 1);
            }
            Self::Idle | Self::Old => {
                if self == Self::Old {
                    // It is used until its end, but for the last hours.
                    for _ in 0..3 {
                        gateway.clock.advance(Duration::from_secs(7 * 3600));
                        granted(&client.get(&gateway.authorize(&[])).await);
                    }
                    gateway.clock.advance(Duration::from_secs(3 * 3600 + 1));
                } else {
                    gateway.clock.advance(Duration::from_secs(8 * 3600 + 1));
                }
                assert_eq!(gateway.send_notices().await, told(0), "a session ends when it is swept");
                assert_eq!(sweep(services).await.unwrap().sessions, 1);
            }
        }
    }
}

fn sid(claims: &Value) -> &str {
    claims["sid"].as_str().unwrap()
}

on_both_stores! {
    async fn each_end_of_a_session_tells_its_apps(backend: Backend) {
        for end in ALL {
            let gateway = Gateway::start(backend).await;
            let payroll = Notified::of(&gateway, gateway.payroll).await;
            let travel = Notified::of(&gateway, gateway.travel).await;
            let mut client = gateway.client();
            let partners_end = (end == End::HomeOver).then(|| gateway.now().plus(Duration::from_secs(3_600)));
            let limit = |answer: &mut Answer| {
                answer.assertion.as_mut().unwrap().session_not_on_or_after = partners_end;
            };
            let page = gateway.sign_in_with(&mut client, &Person::ana(), limit).await;
            let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
            let page = client.get(&gateway.authorize_travel(&[])).await;
            let travels = Tokens::of(&gateway.redeem_travel(&granted(&page)).await);
            assert_eq!(gateway.send_notices().await, told(0), "{end:?}");
            end.carry_out(&gateway, &mut client, &tokens).await;
            assert_eq!(gateway.send_notices().await, told(2), "{end:?}");
            let ids = [gateway.claims(&tokens.id, "payroll").await, gateway.claims(&travels.id, "travel").await];
            let news = [payroll.told(&gateway, "payroll").await, travel.told(&gateway, "travel").await];
            for (id, news) in ids.iter().zip(&news) {
                assert_eq!(news.len(), 1, "{end:?}");
                assert_eq!((&news[0]["sub"], sid(&news[0])), (&id["sub"], sid(id)), "{end:?}");
            }
            assert_ne!(news[0][0]["sub"], news[1][0]["sub"], "each app knows the person by another name");
            assert_eq!(gateway.send_notices().await, told(0), "{end:?}");
            let entries = gateway.entries("app_told").await;
            assert_eq!(entries.len(), 2, "{end:?}");
            for entry in entries {
                assert_eq!(entry.session.map(|id| id.to_string()).as_deref(), Some(sid(&ids[0])));
                assert_eq!((entry.guest, entry.actor.as_str()), (Some(gateway.ana), "system"));
            }
        }
    }

    async fn what_ends_no_session_tells_nobody(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let payroll = Notified::of(&gateway, gateway.payroll).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let (services, act) = (&gateway.services, gateway.act());
        switch_partner(services, act, "fabrikam", Switch::Disabled).await.unwrap();
        switch_partner(services, act, "fabrikam", Switch::Enabled).await.unwrap();
        switch_app(services, act, "payroll", Switch::Disabled).await.unwrap();
        switch_app(services, act, "payroll", Switch::Enabled).await.unwrap();
        sweep(services).await.unwrap();
        let page = gateway.client().get(&address("/oidc/logout", &[("id_token_hint", &tokens.id)])).await;
        assert_eq!(page.status, 200);
        assert_eq!(gateway.send_notices().await, told(0));
        granted(&client.get(&gateway.authorize(&[])).await);
        assert_eq!(payroll.got(), Vec::<String>::new());
    }

    async fn an_app_that_got_no_token_in_the_session_is_not_told(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let payroll = Notified::of(&gateway, gateway.payroll).await;
        let travel = Notified::of(&gateway, gateway.travel).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        // A code that is never redeemed is no token.
        granted(&client.get(&gateway.authorize_travel(&[])).await);
        // Another session of the same person with the other app goes on.
        let mut other = gateway.client();
        let request = gateway.ask(&mut other, &gateway.authorize_travel(&[("domain_hint", "fabrikam")])).await;
        let page = gateway.post(&mut other, &request, &gateway.answer(&request, &Person::ana())).await;
        Tokens::of(&gateway.redeem_travel(&granted(&page)).await);
        End::Hint.carry_out(&gateway, &mut client, &tokens).await;
        assert_eq!(gateway.send_notices().await, told(1));
        assert_eq!((payroll.got().len(), travel.got().len()), (1, 0));
    }

    async fn an_app_that_wants_no_notice_costs_none(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        // It says where only after its tokens were issued.
        let payroll = Notified::of(&gateway, gateway.payroll).await;
        End::Hint.carry_out(&gateway, &mut client, &tokens).await;
        assert_eq!(gateway.send_notices().await, told(0));
        assert!(payroll.got().is_empty());
    }

    async fn renewed_tokens_and_several_sign_ins_to_one_app_are_one_notice(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let payroll = Notified::of(&gateway, gateway.payroll).await;
        let (mut client, first) = gateway.ana_renewable().await;
        Tokens::of(&gateway.renew(&crate::support::renewing::refresh_token(&first)).await);
        let tokens = Tokens::of(&gateway.redeem(&granted(&client.get(&gateway.authorize(&[])).await)).await);
        End::Hint.carry_out(&gateway, &mut client, &tokens).await;
        assert_eq!(gateway.send_notices().await, told(1));
        assert_eq!(payroll.got().len(), 1);
    }
}

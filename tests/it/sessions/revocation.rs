//! What an operator ends is refused at the next request after the commit, wherever it was done.

use entente::domain::guests::Standing;
use entente::domain::partners::Switch;
use entente::flows::operate::{revoke_guest, set_guest_standing, switch_app, switch_partner};
use entente::flows::services::Services;

use crate::support::gateway::Gateway;
use crate::support::journey::{assert_invalid_grant, assert_invalid_token, granted};
use crate::support::partner::Person;
use crate::support::stores::{Backend, on_both_stores};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Revoke,
    Block,
    PartnerOff,
    AppOff,
    GrantGone,
}

impl Act {
    async fn carry_out(self, gateway: &Gateway, services: &Services) {
        let (act, ana) = (gateway.act(), "ana@fabrikam.example");
        match self {
            Self::Revoke => drop(revoke_guest(services, act, ana).await.unwrap()),
            Self::Block => drop(set_guest_standing(services, act, ana, Standing::Blocked).await.unwrap()),
            Self::PartnerOff => drop(switch_partner(services, act, "fabrikam", Switch::Disabled).await.unwrap()),
            Self::AppOff => drop(switch_app(services, act, "payroll", Switch::Disabled).await.unwrap()),
            Self::GrantGone => {
                let mut unit = services.store.unit_of_work().await.unwrap();
                unit.set_guest_apps(gateway.ana, &[gateway.travel]).await.unwrap();
                unit.commit().await.unwrap();
            }
        }
    }

    /// What the app learns of a silent use of the session.
    const fn silent_error(self) -> &'static str {
        match self {
            Self::Revoke | Self::Block => "login_required",
            Self::PartnerOff | Self::AppOff | Self::GrantGone => "access_denied",
        }
    }
}

async fn each_act(backend: Backend, is_elsewhere: bool) {
    for act in [Act::Revoke, Act::Block, Act::PartnerOff, Act::AppOff, Act::GrantGone] {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        let other = gateway.second_node().await.services;
        act.carry_out(&gateway, if is_elsewhere { &other } else { &gateway.services }).await;
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        assert_invalid_grant(&gateway.redeem(&code).await);
        let page = client.get(&gateway.authorize(&[("prompt", "none")])).await;
        if page.status == 403 {
            // A disabled app is told nothing.
            assert_eq!((act, page.refusal_code()), (Act::AppOff, Some("APP_DISABLED")));
        } else {
            assert_eq!(page.param("error").as_deref(), Some(act.silent_error()), "{act:?} {}", page.location());
        }
        assert_eq!(page.headers.get("location").and_then(|_| page.param("code")), None, "{act:?}");
    }
}

on_both_stores! {
    async fn an_act_of_this_process_counts_at_the_next_request(backend: Backend) {
        each_act(backend, false).await;
    }

    async fn an_act_of_another_process_counts_at_the_next_request(backend: Backend) {
        each_act(backend, true).await;
    }

    async fn who_was_revoked_may_sign_in_again_and_gets_a_new_session(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let before = client.session().unwrap().to_owned();
        assert_eq!(revoke_guest(&gateway.services, gateway.act(), "ANA@fabrikam.example").await.unwrap(), 1);
        let tokens = gateway.tokens(&mut client, &Person::ana()).await;
        assert_ne!(client.session(), Some(before.as_str()));
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
    }

    async fn a_revocation_ends_every_session_of_the_guest_and_of_nobody_else(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let (_, first) = gateway.ana_signed_in().await;
        let (_, second) = gateway.ana_signed_in().await;
        let bens = gateway.tokens(&mut gateway.client(), &Person::ben()).await;
        let ended = revoke_guest(&gateway.services, gateway.act(), &gateway.ana.to_string()).await.unwrap();
        assert_eq!(ended, 2);
        assert_invalid_token(&gateway.userinfo(&first.access).await);
        assert_invalid_token(&gateway.userinfo(&second.access).await);
        assert_eq!(gateway.userinfo(&bens.access).await.status, 200);
    }

    async fn switching_a_partner_on_again_brings_its_sessions_back(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let services = &gateway.services;
        switch_partner(services, gateway.act(), "fabrikam", Switch::Disabled).await.unwrap();
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        switch_partner(services, gateway.act(), "fabrikam", Switch::Enabled).await.unwrap();
        granted(&client.get(&gateway.authorize(&[])).await);
    }
}

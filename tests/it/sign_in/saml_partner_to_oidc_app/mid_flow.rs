//! What changes while a sign-in is under way counts at its next step, also when another process did it.

use entente::base::secret::SecretText;
use entente::domain::guests::Standing;
use entente::domain::partners::{Switch, Trust};
use entente::flows::operate::{revoke_guest, set_guest_standing, switch_app, switch_partner};
use entente::flows::services::Services;
use entente::flows::token::app_secret_mac;

use crate::support::client::Client;
use crate::support::gateway::{Gateway, PAYROLL_SECRET, oidc};
use crate::support::journey::{Tokens, assert_invalid_grant, assert_refused, granted};
use crate::support::keys;
use crate::support::partner::{Answer, Partner, Person, Request, Signs};
use crate::support::stores::{Backend, on_both_stores};

/// What an operator may do meanwhile.
#[derive(Clone, Copy, Debug)]
enum Change {
    Revoke,
    Block,
    PartnerOff,
    AppOff,
    GrantGone,
    GuestGone,
    AppGone,
    PartnerGone,
}

const ALL: [Change; 8] = [
    Change::Revoke,
    Change::Block,
    Change::PartnerOff,
    Change::AppOff,
    Change::GrantGone,
    Change::GuestGone,
    Change::AppGone,
    Change::PartnerGone,
];

impl Change {
    async fn make(self, gateway: &Gateway, services: &Services) {
        let (act, ana) = (gateway.act(), "ana@fabrikam.example");
        let mut unit = services.store.unit_of_work().await.unwrap();
        match self {
            Self::Revoke => {
                drop(unit);
                revoke_guest(services, act, ana).await.unwrap();
                return;
            }
            Self::Block => {
                drop(unit);
                set_guest_standing(services, act, ana, Standing::Blocked).await.unwrap();
                return;
            }
            Self::PartnerOff => {
                drop(unit);
                switch_partner(services, act, "fabrikam", Switch::Disabled).await.unwrap();
                return;
            }
            Self::AppOff => {
                drop(unit);
                switch_app(services, act, "payroll", Switch::Disabled).await.unwrap();
                return;
            }
            Self::GrantGone => unit.set_guest_apps(gateway.ana, &[]).await.unwrap(),
            Self::GuestGone => unit.delete_guest(gateway.ana).await.unwrap(),
            Self::AppGone => unit.delete_app(gateway.payroll).await.unwrap(),
            Self::PartnerGone => unit.delete_partner(gateway.partner_id).await.unwrap(),
        }
        unit.commit().await.unwrap();
    }

    /// Code and cause at the ACS, for a guest who is bound already; `None` where a new sign-in is
    /// none the worse.
    const fn at_the_acs(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Revoke => None,
            Self::Block => Some(("GUEST_BLOCKED", "guest_blocked")),
            Self::PartnerOff => Some(("PARTNER_DISABLED", "partner_disabled")),
            Self::AppOff => Some(("APP_DISABLED", "app_disabled")),
            Self::GrantGone => Some(("NOT_ASSIGNED", "not_assigned")),
            Self::GuestGone => Some(("IDP_USER_UNKNOWN", "not_invited")),
            Self::AppGone => Some(("APP_DISABLED", "app_removed")),
            Self::PartnerGone => Some(("PARTNER_DISABLED", "partner_removed")),
        }
    }
}

async fn asked(gateway: &Gateway, client: &mut Client) -> (Request, Answer) {
    let request = gateway.ask(client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
    let answer = gateway.answer(&request, &Person::ana());
    (request, answer)
}

async fn between_authorize_and_acs(backend: Backend, is_elsewhere: bool) {
    for change in ALL {
        let gateway = Gateway::start(backend).await;
        gateway.ana_signed_in().await;
        let mut client = gateway.client();
        let (request, answer) = asked(&gateway, &mut client).await;
        let other = gateway.second_node().await.services;
        change.make(&gateway, if is_elsewhere { &other } else { &gateway.services }).await;
        let page = gateway.post(&mut client, &request, &answer).await;
        match change.at_the_acs() {
            None => drop(granted(&page)),
            Some((code, cause)) => {
                assert_eq!(page.status, 403, "{change:?} {}", page.body);
                assert_refused(&gateway, &page, code, cause).await;
                assert_eq!(client.session(), None, "{change:?}");
            }
        }
    }
}

async fn between_code_and_token(backend: Backend, is_elsewhere: bool) {
    for change in ALL {
        let gateway = Gateway::start(backend).await;
        let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let other = gateway.second_node().await.services;
        change.make(&gateway, if is_elsewhere { &other } else { &gateway.services }).await;
        let page = gateway.redeem(&code).await;
        if matches!(change, Change::AppGone) {
            assert!(matches!(page.status, 400 | 401), "{}", page.body);
            assert!(page.json().get("id_token").is_none(), "{}", page.body);
        } else {
            assert_invalid_grant(&page);
        }
    }
}

on_both_stores! {
    async fn a_change_between_authorize_and_acs_counts(backend: Backend) {
        between_authorize_and_acs(backend, false).await;
    }

    async fn a_change_by_another_process_between_authorize_and_acs_counts(backend: Backend) {
        between_authorize_and_acs(backend, true).await;
    }

    async fn a_change_between_code_and_token_counts(backend: Backend) {
        between_code_and_token(backend, false).await;
    }

    async fn a_change_by_another_process_between_code_and_token_counts(backend: Backend) {
        between_code_and_token(backend, true).await;
    }

    async fn a_change_by_another_process_between_the_consent_page_and_its_answer_counts(backend: Backend) {
        for change in ALL {
            let gateway = Gateway::start(backend).await;
            let (mut client, _) = gateway.ana_signed_in().await;
            let page = client.get(&gateway.authorize(&[("prompt", "consent")])).await;
            let attempt = page.field("attempt").unwrap().to_owned();
            change.make(&gateway, &gateway.second_node().await.services).await;
            let form = [("attempt", attempt.as_str()), ("decision", "accept")];
            let page = client.post("/sign-in/consent", &form).await;
            let is_granted = page.status == 303 && page.param("code").is_some();
            assert!(!is_granted, "{change:?} {:?}", page.headers);
            let cause = gateway.cause(&attempt).await;
            let expected = match change {
                Change::Revoke | Change::Block | Change::GuestGone | Change::PartnerGone => "session_ended_meanwhile",
                other => other.at_the_acs().unwrap().1,
            };
            assert_eq!(cause.as_deref(), Some(expected), "{change:?}");
        }
    }

    async fn an_answer_is_judged_by_the_partners_keys_as_they_are_when_it_arrives(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (request, answer) = asked(&gateway, &mut client).await;
        let other = gateway.second_node().await.services;
        let rolled = Partner::named(&gateway.partner.entity_id, &gateway.partner.sso, keys::stranger());
        gateway.alter_partner(&other, |partner| {
            let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
            trust.certificates = vec![rolled.certificate.clone()];
            trust.keys = vec![rolled.certificate.key().clone()];
        })
        .await;
        // Signed by the key that was good when the browser left.
        let page = gateway.post(&mut client, &request, &answer).await;
        assert_eq!((page.status, page.refusal_code()), (403, Some("SAML_SIGNATURE_REFUSED")), "{}", page.body);
        let fresh = gateway.answer(&request, &Person::ana());
        let page = gateway.post_text(&mut client, &request.relay_state, &fresh.post(&rolled)).await;
        granted(&page);
    }

    async fn a_key_that_another_process_added_is_known_at_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (request, answer) = asked(&gateway, &mut client).await;
        let other = gateway.second_node().await.services;
        let rolled = Partner::named(&gateway.partner.entity_id, &gateway.partner.sso, keys::stranger());
        gateway.alter_partner(&other, |partner| {
            let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
            trust.certificates.push(rolled.certificate.clone());
            trust.keys.push(rolled.certificate.key().clone());
        })
        .await;
        let page = gateway.post_text(&mut client, &request.relay_state, &answer.post(&rolled)).await;
        granted(&page);
    }

    async fn an_unsigned_answer_stays_refused_whatever_changes(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (request, mut answer) = asked(&gateway, &mut client).await;
        answer.signs = Signs::Nothing;
        let page = gateway.post(&mut client, &request, &answer).await;
        assert_eq!(page.refusal_code(), Some("SAML_SIGNATURE_REFUSED"), "{}", page.body);
    }

    async fn a_redirect_uri_that_was_removed_meanwhile_gets_no_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (request, answer) = asked(&gateway, &mut client).await;
        let other = gateway.second_node().await.services;
        gateway.alter_app(&other, gateway.payroll, |app| {
            oidc(app).redirect_uris = vec!["http://localhost:9/payroll/other".to_owned()];
        })
        .await;
        let page = gateway.post(&mut client, &request, &answer).await;
        assert_refused(&gateway, &page, "REDIRECT_URI_REFUSED", "redirect_uri_removed_meanwhile").await;
        // Neither by the page: it has no link to the address that was removed.
        assert!(!page.body.contains("http://localhost:9/payroll/callback"), "{}", page.body);
    }

    async fn an_app_that_changed_otherwise_is_answered(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let (request, answer) = asked(&gateway, &mut client).await;
        gateway.alter_app(&gateway.second_node().await.services, gateway.payroll, |app| {
            app.name = "Payroll, renamed".to_owned();
        })
        .await;
        granted(&gateway.post(&mut client, &request, &answer).await);
    }

    async fn a_secret_that_was_changed_meanwhile_redeems_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let other = gateway.second_node().await.services;
        gateway.alter_app(&other, gateway.payroll, |app| {
            oidc(app).confidentiality = entente::domain::apps::Confidentiality::Secret { mac: vec![1; 32] };
        })
        .await;
        let page = gateway.redeem(&code).await;
        assert_eq!((page.status, page.json()["error"].as_str()), (401, Some("invalid_client")), "{}", page.body);
    }

    async fn a_secret_that_another_process_has_just_set_is_good_at_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let other = gateway.second_node().await.services;
        gateway.alter_app(&other, gateway.payroll, |app| {
            oidc(app).confidentiality = entente::domain::apps::Confidentiality::Secret { mac: vec![1; 32] };
        })
        .await;
        // The record with the other secret is cached here.
        let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        assert_eq!(gateway.redeem(&code).await.status, 401);
        let secret = SecretText::new(PAYROLL_SECRET.to_owned());
        let mac = app_secret_mac(&gateway.services.sealer, "payroll", &secret).to_vec();
        gateway.alter_app(&other, gateway.payroll, |app| {
            oidc(app).confidentiality = entente::domain::apps::Confidentiality::Secret { mac };
        })
        .await;
        Tokens::of(&gateway.redeem(&code).await);
    }

    async fn a_disabled_partner_is_not_even_asked(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        switch_partner(&gateway.services, gateway.act(), "fabrikam", Switch::Disabled).await.unwrap();
        let page = gateway.client().get(&gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("action=\"/sign-in/organization\""), "{}", page.body);
    }

    async fn who_has_a_session_is_told_that_its_partner_is_disabled(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        switch_partner(&gateway.services, gateway.act(), "fabrikam", Switch::Disabled).await.unwrap();
        for more in [&[][..], &[("prompt", "login")]] {
            let page = client.get(&gateway.authorize(more)).await;
            assert_eq!((page.status, page.refusal_code()), (403, Some("PARTNER_DISABLED")), "{}", page.body);
        }
    }

    async fn a_disabled_app_is_told_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        switch_app(&gateway.services, gateway.act(), "payroll", Switch::Disabled).await.unwrap();
        for more in [&[][..], &[("prompt", "none")], &[("scope", "profile")]] {
            let page = gateway.client().get(&gateway.authorize(more)).await;
            assert_eq!((page.status, page.refusal_code()), (403, Some("APP_DISABLED")), "{}", page.body);
        }
    }
}

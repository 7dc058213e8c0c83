//! What changes while the browser is at an OIDC partner counts when it comes back, also when another process
//! did it.

use entente::domain::documents::ProviderDocuments;
use entente::domain::guests::Standing;
use entente::domain::mail::MailDomain;
use entente::domain::partners::{OidcTrust, Partner, PartnerAlgorithm, PartnerId, Switch, Trust};
use entente::domain::store::objects::Provenance;
use entente::flows::operate::{revoke_guest, set_guest_standing, switch_app, switch_partner};
use entente::flows::services::Services;

use crate::support::gateway::{Gateway, oidc};
use crate::support::journey::{assert_refused, assert_told, granted};
use crate::support::keys;
use crate::support::provider::{jwks_of, wen};
use crate::support::stores::{Backend, on_both_stores};

use super::open;

/// What an operator may do meanwhile.
#[derive(Clone, Copy, Debug)]
enum Change {
    PartnerOff,
    PartnerGone,
    AppOff,
    AppGone,
    Blocked,
    Revoked,
}

const CHANGES: [(Change, Option<(&str, &str)>); 6] = [
    (Change::PartnerOff, Some(("PARTNER_DISABLED", "partner_disabled"))),
    (Change::PartnerGone, Some(("PARTNER_DISABLED", "partner_removed"))),
    (Change::AppOff, Some(("APP_DISABLED", "app_disabled"))),
    (Change::AppGone, Some(("APP_DISABLED", "app_removed"))),
    (Change::Blocked, Some(("GUEST_BLOCKED", "guest_blocked"))),
    // Whoever proves afresh who they are may come back.
    (Change::Revoked, None),
];

async fn make(change: Change, gateway: &Gateway, services: &Services, partner: PartnerId) {
    let act = gateway.act();
    match change {
        Change::PartnerOff => drop(switch_partner(services, act, "woodgrove", Switch::Disabled).await.unwrap()),
        Change::AppOff => drop(switch_app(services, act, "payroll", Switch::Disabled).await.unwrap()),
        Change::Blocked => {
            set_guest_standing(services, act, "wen@woodgrove.example", Standing::Blocked).await.unwrap();
        }
        Change::Revoked => {
            revoke_guest(services, act, "wen@woodgrove.example").await.unwrap();
        }
        Change::PartnerGone | Change::AppGone => {
            let mut unit = services.store.unit_of_work().await.unwrap();
            if matches!(change, Change::PartnerGone) {
                unit.delete_partner(partner).await.unwrap();
            } else {
                unit.delete_app(gateway.payroll).await.unwrap();
            }
            unit.commit().await.unwrap();
        }
    }
}

async fn id_of(gateway: &Gateway, slug: &str) -> PartnerId {
    gateway.services.directory.partner_by_slug(slug).await.unwrap().unwrap().id
}

/// Alters the record of a partner, as another process sees it.
async fn alter(gateway: &Gateway, services: &Services, slug: &str, alter: impl FnOnce(&mut Partner)) {
    let id = id_of(gateway, slug).await;
    let mut unit = services.store.unit_of_work().await.unwrap();
    let mut partner = unit.read_partner(id).await.unwrap().unwrap();
    alter(&mut partner);
    partner.version += 1;
    unit.update_partner(&partner, Provenance::Applied).await.unwrap();
    unit.commit().await.unwrap();
}

fn trust(partner: &mut Partner) -> &mut OidcTrust {
    match &mut partner.trust {
        Trust::Oidc(trust) => trust,
        Trust::Saml(_) | Trust::MailedCode => panic!("not OIDC"),
    }
}

async fn between_question_and_answer(backend: Backend, is_elsewhere: bool) {
    for (change, expected) in CHANGES {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        granted(&provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
        let mut client = gateway.client();
        let question = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
        let answer = provider.agree(&question, &wen());
        let (id, other) = (id_of(&gateway, "woodgrove").await, gateway.second_node().await.services);
        make(change, &gateway, if is_elsewhere { &other } else { &gateway.services }, id).await;
        let page = client.get(&answer).await;
        match expected {
            None => drop(granted(&page)),
            Some((code, cause)) => {
                assert_eq!(page.status, 403, "{change:?} {}", page.body);
                assert_refused(&gateway, &page, code, cause).await;
                assert_eq!(client.session(), None, "{change:?}");
            }
        }
    }
}

on_both_stores! {
    async fn a_change_between_question_and_answer_counts(backend: Backend) {
        between_question_and_answer(backend, false).await;
    }

    async fn a_change_by_another_process_between_question_and_answer_counts(backend: Backend) {
        between_question_and_answer(backend, true).await;
    }

    async fn an_answer_is_judged_by_the_partners_record_as_it_is_when_it_arrives(backend: Backend) {
        type Alter = Box<dyn Fn(&mut Partner)>;
        let keys_gone: Alter = Box::new(|partner| {
            let documents = trust(partner).documents.as_mut().unwrap();
            let discovery = documents.discovery.clone();
            *documents = ProviderDocuments { discovery, keys: jwks_of(&[("k2", &keys::stranger())]).to_string() };
        });
        let cases: Vec<(Alter, &[(&str, &str)])> = vec![
            (keys_gone, &[("OIDC_SIGNATURE_REFUSED", "token_key_unknown")]),
            (
                Box::new(|partner| trust(partner).terms.issuer = "http://localhost:9/moved".to_owned()),
                &[("OIDC_RESPONSE_REFUSED", "issuer_changed_meanwhile"), ("PARTNER_UNREACHABLE", "discovery_no_answer")],
            ),
            (
                Box::new(|partner| trust(partner).terms.client_id = "another client".to_owned()),
                &[("OIDC_RESPONSE_REFUSED", "token_for_another_audience"), ("OIDC_RESPONSE_REFUSED", "token_endpoint_refused")],
            ),
            (
                Box::new(|partner| trust(partner).terms.algorithm = PartnerAlgorithm::Ps256),
                &[("OIDC_SIGNATURE_REFUSED", "token_algorithm_refused")],
            ),
            (
                Box::new(|partner| partner.domains = vec![MailDomain::parse("elsewhere.example").unwrap().into()]),
                &[("MAIL_DOMAIN_REFUSED", "mail_outside_partner_domains")],
            ),
        ];
        // The second of two is where this process has seen the change before it asked the token endpoint.
        for (change, expected) in cases {
            let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
            // The record is cached here, and so are the documents.
            granted(&provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
            let mut client = gateway.client();
            let question = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
            let answer = provider.agree(&question, &wen());
            alter(&gateway, &gateway.second_node().await.services, "woodgrove", |partner| change(partner)).await;
            let page = client.get(&answer).await;
            let cause = gateway.cause(question.attempt()).await.unwrap();
            let found = (page.refusal_code().unwrap(), cause.as_str());
            assert!(expected.contains(&found), "{found:?} {expected:?}");
            assert_eq!(client.session(), None, "{cause}");
        }
        // The twin: a change that takes nothing away.
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let mut client = gateway.client();
        let question = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
        let answer = provider.agree(&question, &wen());
        let other = gateway.second_node().await.services;
        alter(&gateway, &other, "woodgrove", |partner| partner.name = "Woodgrove, renamed".to_owned()).await;
        granted(&client.get(&answer).await);
    }

    async fn a_redirect_uri_that_was_removed_meanwhile_gets_no_code_of_an_oidc_partner(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let mut client = gateway.client();
        let question = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
        let answer = provider.agree(&question, &wen());
        gateway.alter_app(&gateway.second_node().await.services, gateway.payroll, |app| {
            oidc(app).redirect_uris = vec!["http://localhost:9/payroll/other".to_owned()];
        })
        .await;
        let page = client.get(&answer).await;
        assert_refused(&gateway, &page, "REDIRECT_URI_REFUSED", "redirect_uri_removed_meanwhile").await;
        assert!(!page.body.contains("http://localhost:9/payroll/callback"), "{}", page.body);
    }

    async fn a_partner_that_went_over_to_another_protocol_meanwhile_is_refused(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let fabrikams = unit.read_partner(gateway.partner_id).await.unwrap().unwrap().trust;
        drop(unit);
        let mut client = gateway.client();
        let question = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
        let answer = provider.agree(&question, &wen());
        let mut before = client.clone();
        alter(&gateway, &gateway.second_node().await.services, "woodgrove", |partner| {
            let Trust::Saml(mut saml) = fabrikams else { panic!("not SAML") };
            saml.entity_id = "urn:woodgrove".to_owned();
            partner.trust = Trust::Saml(saml);
        })
        .await;
        // By the record that is cached, and by the one that is stored.
        for browser in [&mut client, &mut before] {
            assert_told(&gateway, &browser.get(&answer).await, "access_denied", "PARTNER_REFUSED");
            assert_eq!(gateway.cause(question.attempt()).await.as_deref(), Some("answer_of_another_protocol"));
            assert_eq!(browser.session(), None);
            gateway.services.directory.forget();
        }
    }
}

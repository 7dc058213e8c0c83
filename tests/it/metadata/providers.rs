//! The documents of OIDC providers outlive a restart, and follow their source.

use std::time::Duration;

use serde_json::json;

use crate::support::client::Client;
use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, granted};
use crate::support::provider::{Provider, jwks_of, wen};
use crate::support::stores::on_both_stores;

use super::*;

async fn open(backend: Backend) -> (Gateway, Provider) {
    let gateway = Gateway::start(backend).await;
    let provider = Provider::start(&gateway).await;
    provider.add(&gateway, "woodgrove", |_| ()).await;
    let payroll = gateway.payroll;
    let everyone = entente::domain::apps::Assignment::Everyone;
    gateway.alter_app(&gateway.services, payroll, |app| app.assignment = everyone).await;
    (gateway, provider)
}

on_both_stores! {
    async fn a_gateway_that_starts_while_the_provider_is_down_lets_its_people_in(backend: Backend) {
        let (gateway, provider) = open(backend).await;
        granted(&provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
        provider.alter(|manner| manner.down = Some(503));
        gateway.clock.advance(DAY);
        let (url, services, serving) = gateway.second_address_with(|_| {}).await;
        assert_eq!(poll(&services).await.unwrap(), FAILED);
        let mut client = Client::new(&url);
        granted(&provider.sign_in(&gateway, &mut client, "woodgrove", &wen()).await);
        serving.abort();
    }

    async fn a_key_that_one_node_has_seen_leave_is_refused_on_every_node(backend: Backend) {
        let (gateway, provider) = open(backend).await;
        granted(&provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
        let mut client = gateway.client();
        let question = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
        let node = gateway.second_node().await;
        provider.alter(|manner| manner.jwks = Some(jwks_of(&[("k2", &keys::stranger())])));
        gateway.clock.advance(HOUR - Duration::from_secs(3600));
        let owner = {
            let mut unit = node.services.store.unit_of_work().await.unwrap();
            let partners = unit.list_partners().await.unwrap();
            Owner::Partner(partners.iter().find(|kept| kept.value.slug.as_str() == "woodgrove").unwrap().value.id)
        };
        let actor = entente::domain::audit::Actor::System;
        let outcome = refresh(&node.services, owner, &actor, gateway.now()).await.unwrap();
        assert_eq!(outcome, Outcome::Changed(vec!["keys"]));
        let page = client.get(&provider.agree(&question, &wen())).await;
        assert_refused(&gateway, &page, "OIDC_SIGNATURE_REFUSED", "token_key_unknown").await;
        // One signed by the new key is good on the node that has read nothing.
        provider.alter(|manner| (manner.key, manner.header) = (keys::stranger(), json!({"kid": "k2"})));
        granted(&provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
    }

    async fn the_documents_of_a_new_partner_are_read_in_the_background(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let provider = Provider::start(&gateway).await;
        let file = format!(
            "[[partner]]\nslug = 'woodgrove'\nenabled = true\n[partner.oidc]\nissuer = '{}'\nclient_id = 'gate way'\n\
             client_secret = {{ env = 'SECRET' }}",
            provider.issuer()
        );
        applied(&gateway, &file).await;
        assert_eq!(provider.asked("discovery"), 0);
        assert_eq!(poll(&gateway.services).await.unwrap(), CHANGED);
        provider.ask(&gateway, &mut gateway.client(), "woodgrove", &[]).await;
        assert_eq!((provider.asked("discovery"), provider.asked("jwks")), (1, 1));
        // They stay with the record while it is the same provider.
        applied(&gateway, &file.replace("enabled = true", "enabled = true\nname = 'Wood'")).await;
        provider.alter(|manner| manner.down = Some(500));
        provider.ask(&gateway, &mut gateway.client(), "woodgrove", &[]).await;
    }
}

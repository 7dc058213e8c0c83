//! Attacks that take more than one post.

use std::time::Duration;

use entente::domain::partners::{Partner as PartnerRecord, Switch, Trust};

use super::attack::Attack;
use super::range::{Attempt, Range, assert_in, trust};
use super::replays::{
    APP_DISABLED, ATTEMPT_EXPIRED, ID_AT_OTHER_NODE, KEYS_REPLACED, NO_KEYS, OTHER_NODE, PARTNER_DISABLED, SAME_ATTEMPT,
};
use super::{families, forms};
use crate::support::client::Client;
use crate::support::keys;
use crate::support::partner::Partner;
use crate::support::stores::Backend;

/// The row of a walk.
fn row(name: &str) -> Attack {
    let found = families().into_iter().flat_map(|family| family.attacks).find(|attack| attack.name == name);
    found.unwrap_or_else(|| panic!("no attack `{name}`"))
}

/// Each walk on both databases, with a runtime of one thread.
macro_rules! walks {
    ($($(#[$meta:meta])* async fn $name:ident($range:ident) $body:block)+) => {
        $(
            $(#[$meta])*
            mod $name {
                use super::*;

                async fn run(backend: Backend) {
                    let $range = Range::open(backend).await;
                    $body
                }

                #[tokio::test]
                async fn sqlite() {
                    run(Backend::Sqlite).await;
                }

                #[tokio::test]
                async fn postgres() {
                    if crate::support::stores::is_there(Backend::Postgres) {
                        run(Backend::Postgres).await;
                    }
                }
            }
        )+
    };
}

walks! {
    async fn an_answer_is_accepted_once_in_its_attempt(range) {
        let row = row(SAME_ATTEMPT);
        let Attempt { client, good } = range.attempt().await;
        let mut thief = client.clone();
        let mut first = client;
        let answer = good.sealed();
        assert_in(&range.post(&mut first, &good.relay_state, &answer).await);
        let page = range.post(&mut thief, &good.relay_state, &answer).await;
        range.hold_refused(&row, &page);
        assert_eq!(range.gateway.cause(&good.relay_state).await.as_deref(), Some(row.cause));
    }

    async fn an_answer_is_accepted_once_by_all_nodes_together(range) {
        let row = row(OTHER_NODE);
        let (address, serving) = range.gateway.second_address().await;
        let Attempt { client, good } = range.attempt().await;
        let mut thief = Client::new(&address);
        thief.cookies = client.cookies.clone();
        let mut first = client;
        let answer = good.sealed();
        assert_in(&range.post(&mut first, &good.relay_state, &answer).await);
        let page = range.post(&mut thief, &good.relay_state, &answer).await;
        range.hold_refused(&row, &page);
        serving.abort();
    }

    async fn an_assertion_is_remembered_by_all_nodes_together(range) {
        let row = row(ID_AT_OTHER_NODE);
        let (address, serving) = range.gateway.second_address().await;
        let Attempt { client, mut good } = range.attempt().await;
        let mut browser = Client::new(&address);
        browser.cookies = client.cookies.clone();
        let fresh = std::mem::replace(&mut good.assertion, range.spent_assertion.clone());
        let page = range.post(&mut browser, &good.relay_state, &good.sealed()).await;
        range.hold_refused(&row, &page);
        good.assertion = fresh;
        assert_in(&range.post(&mut browser, &good.relay_state, &good.sealed()).await);
        serving.abort();
    }

    async fn two_posts_of_one_answer_at_once_make_one_session(range) {
        let Attempt { client, good } = range.attempt().await;
        let (mut left, mut right) = (client.clone(), client);
        let answer = good.sealed();
        let (left, right) = tokio::join!(
            range.post(&mut left, &good.relay_state, &answer),
            range.post(&mut right, &good.relay_state, &answer)
        );
        let (won, lost) = if left.status == 303 { (left, right) } else { (right, left) };
        assert_in(&won);
        range.hold_refused(&row(SAME_ATTEMPT), &lost);
    }

    async fn an_attempt_that_took_too_long_is_refused(range) {
        let row = row(ATTEMPT_EXPIRED);
        let Attempt { mut client, mut good } = range.attempt().await;
        range.gateway.clock.advance(Duration::from_secs(15 * 60 - 1));
        good.now = range.gateway.now();
        let in_time = good.sealed();
        range.gateway.clock.advance(Duration::from_secs(1));
        let counted = range.counted(&row);
        let page = range.post(&mut client, &good.relay_state, &in_time).await;
        range.hold_refused(&row, &page);
        assert_eq!(range.counted(&row), counted + 1);

        let Attempt { mut client, mut good } = range.attempt().await;
        range.gateway.clock.advance(Duration::from_secs(15 * 60 - 1));
        good.now = range.gateway.now();
        assert_in(&range.post(&mut client, &good.relay_state, &good.sealed()).await);
    }

    async fn an_answer_in_another_browser_is_refused(range) {
        let row = row(forms::OTHER_BROWSER);
        let Attempt { mut client, good } = range.attempt().await;
        let mut victim = range.attempt().await.client;
        let page = range.post(&mut victim, &good.relay_state, &good.sealed()).await;
        range.hold_refused(&row, &page);
        assert_in(&range.post(&mut client, &good.relay_state, &good.sealed()).await);
    }

    async fn a_partner_that_another_process_switched_off_signs_nobody_in(range) {
        let row = row(PARTNER_DISABLED);
        let Attempt { mut client, good } = range.attempt().await;
        let node = range.gateway.second_node().await;
        range.gateway.alter_partner(&node.services, |partner| partner.switch = Switch::Disabled).await;
        let page = range.post(&mut client, &good.relay_state, &good.sealed()).await;
        range.hold_refused(&row, &page);
        range.hold_audited(&row, &good.relay_state, 1).await;
        range.gateway.alter_partner(&node.services, |partner| partner.switch = Switch::Enabled).await;
        assert_in(&range.post(&mut client, &good.relay_state, &good.sealed()).await);
    }

    async fn a_key_that_another_process_took_away_signs_nobody_in(range) {
        let row = row(KEYS_REPLACED);
        let Attempt { mut client, good } = range.attempt().await;
        let node = range.gateway.second_node().await;
        let renewed = Partner::named(&good.partner, &range.gateway.partner.sso, keys::stranger());
        let (new, old) = (trust(&renewed, &range.gateway), trust(&range.gateway.partner, &range.gateway));
        range.gateway.alter_partner(&node.services, |partner| partner.trust = new).await;
        let page = range.post(&mut client, &good.relay_state, &good.sealed()).await;
        range.hold_refused(&row, &page);
        range.hold_audited(&row, &good.relay_state, 1).await;
        range.gateway.alter_partner(&node.services, |partner| partner.trust = old).await;
        assert_in(&range.post(&mut client, &good.relay_state, &good.sealed()).await);
    }

    async fn a_partner_without_any_key_signs_nobody_in(range) {
        let row = row(NO_KEYS);
        let Attempt { mut client, good } = range.attempt().await;
        let services = &range.gateway.services;
        let keep = |keep: bool| {
            let trust = trust(&range.gateway.partner, &range.gateway);
            move |partner: &mut PartnerRecord| {
                partner.trust = trust;
                let Trust::Saml(saml) = &mut partner.trust else { panic!("not SAML") };
                if !keep {
                    saml.certificates.clear();
                    saml.keys.clear();
                }
            }
        };
        range.gateway.alter_partner(services, keep(false)).await;
        let page = range.post(&mut client, &good.relay_state, &good.sealed()).await;
        range.hold_refused(&row, &page);
        range.hold_audited(&row, &good.relay_state, 1).await;
        range.gateway.alter_partner(services, keep(true)).await;
        assert_in(&range.post(&mut client, &good.relay_state, &good.sealed()).await);
    }

    async fn an_app_that_another_process_switched_off_gets_no_code(range) {
        let row = row(APP_DISABLED);
        let Attempt { mut client, good } = range.attempt().await;
        let node = range.gateway.second_node().await;
        range.gateway.alter_app(&node.services, range.gateway.payroll, |app| app.switch = Switch::Disabled).await;
        let page = range.post(&mut client, &good.relay_state, &good.sealed()).await;
        range.hold_refused(&row, &page);
        range.hold_audited(&row, &good.relay_state, 1).await;
        range.gateway.alter_app(&node.services, range.gateway.payroll, |app| app.switch = Switch::Enabled).await;
        assert_in(&range.post(&mut client, &good.relay_state, &good.sealed()).await);
    }
}

//! The cached handle.

use std::time::Duration;

use entente::domain::holders::{Holder, LookUp};
use entente::domain::partners::Switch;

use super::databases::Fresh;
use super::samples::*;

pub async fn every_lookup_finds_what_is_there_and_nothing_else(fresh: Fresh) {
    let open = fresh.node("one").await;
    furnish_whole(&*open.store).await;
    let mut unit = unit(&*open.store).await;
    unit.insert_app(&saml_app(3), entente::domain::store::objects::Provenance::Applied).await.unwrap();
    unit.commit().await.unwrap();
    let directory = open.directory;
    for (number, there) in [(1, true), (2, false)] {
        // Asked twice, so that the kept answer is seen too.
        for _ in 0..2 {
            let partner = directory.partner(partner_id(number)).await.unwrap();
            assert_eq!(partner.map(|partner| partner.id), there.then(|| partner_id(1)));
            let partner = directory.partner_by_slug(&format!("partner-{number}")).await.unwrap();
            assert_eq!(partner.map(|partner| partner.id), there.then(|| partner_id(1)));
            let look_up = LookUp::of_domain(&domain(&format!("a{number}.example")));
            let found = Holder::of(&directory.holdings(&look_up).await.unwrap());
            assert_eq!(found, if there { Holder::One(partner_id(1)) } else { Holder::Nobody });
            let app = directory.app(app_id(number)).await.unwrap();
            assert_eq!(app.map(|app| app.id), there.then(|| app_id(1)));
            let app = directory.app_by_client_id(&format!("client-{number}")).await.unwrap();
            assert_eq!(app.map(|app| app.id), there.then(|| app_id(1)));
            let partner = directory.partner_by_issuer(partner_entity(number).as_str()).await.unwrap();
            assert_eq!(partner.map(|partner| partner.id), there.then(|| partner_id(1)));
            let app = directory.app_by_entity_id(&format!("https://app{}.example/saml", number + 2)).await.unwrap();
            assert_eq!(app.map(|app| app.id), there.then(|| app_id(3)));
            let found = directory.session(&handle("session", number)).await.unwrap();
            assert_eq!(found.map(|session| (*session).clone()), there.then(|| session(1)));
            let label = directory.guest_label(guest_id(number)).await.unwrap();
            assert_eq!(label.as_deref(), there.then_some("Guest 1"));
        }
    }
}

fn partner_entity(number: u32) -> String {
    let entente::domain::partners::Trust::Saml(saml) = partner(number).trust else { panic!("not SAML") };
    saml.entity_id
}

async fn disable(open: &entente::store::open::OpenStore) {
    let mut unit = unit(&*open.store).await;
    unit.switch_partner(partner_id(1), Switch::Disabled).await.unwrap();
    unit.commit().await.unwrap();
}

pub async fn a_change_is_seen_after_forgetting(fresh: Fresh) {
    let open = fresh.node("one").await;
    furnish(&*open.store).await;
    let switch = async || open.directory.partner(partner_id(1)).await.unwrap().unwrap().switch;
    assert_eq!(switch().await, Switch::Enabled);
    disable(&open).await;
    open.directory.forget();
    assert_eq!(switch().await, Switch::Disabled);
}

pub async fn a_change_of_another_process_is_seen_within_the_lifetime(fresh: Fresh) {
    let (ours, theirs) = (fresh.node("ours").await, fresh.node("theirs").await);
    furnish(&*ours.store).await;
    let slug = partner(1).slug;
    let switch = async || ours.directory.partner_by_slug(slug.as_str()).await.unwrap().unwrap().switch;
    assert_eq!(switch().await, Switch::Enabled);
    disable(&theirs).await;
    let seen = async {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        while switch().await == Switch::Enabled {
            tick.tick().await;
        }
    };
    // The lifetime is one second; the rest is for a busy machine.
    tokio::time::timeout(Duration::from_secs(5), seen).await.unwrap();
}

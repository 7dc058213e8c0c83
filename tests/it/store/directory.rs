//! The cached handle.

use std::sync::Arc;
use std::time::Duration;

use entente::domain::domain_proofs::{DomainProof, ProofKind};
use entente::domain::holders::{Holder, LookUp};
use entente::domain::names::Slug;
use entente::domain::partners::{Switch, Trust};
use entente::domain::store::StoreError;
use entente::domain::store::objects::Provenance;

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

/// What a sign-in through a partner needs, after somebody else has changed it.
pub async fn what_changed_is_dropped_and_the_rest_is_kept(fresh: Fresh) {
    let (ours, theirs) = (fresh.node("ours").await, fresh.node("theirs").await);
    let mut unit_of = unit(&*theirs.store).await;
    for number in 1..=3 {
        unit_of.insert_partner(&partner(number), Provenance::Applied).await.unwrap();
        unit_of.insert_app(&app(number), Provenance::Applied).await.unwrap();
    }
    unit_of.commit().await.unwrap();
    ours.directory.fill().await.unwrap();
    let partner_now = async |number| ours.directory.partner(partner_id(number)).await.unwrap();
    let app_now = async |number| ours.directory.app(app_id(number)).await.unwrap();
    let (first, third) = (partner_now(1).await.unwrap(), partner_now(3).await.unwrap());
    let kept_app = app_now(2).await.unwrap();
    let Trust::Saml(trust) = &first.trust else { panic!("not SAML") };
    assert_eq!((trust.metadata.as_deref(), trust.certificates.len()), (None, 0), "nobody signs in through a document");
    assert_eq!(trust.keys.len(), 1);

    // The first changes its name, the second takes that, the third proves a domain by DNS, an app goes.
    let mut unit_of = unit(&*theirs.store).await;
    let mut renamed = unit_of.read_partner(partner_id(1)).await.unwrap().unwrap();
    let slug = std::mem::replace(&mut renamed.slug, Slug::parse("renamed").unwrap());
    renamed.version += 1;
    unit_of.update_partner(&renamed, Provenance::Applied).await.unwrap();
    let mut second = unit_of.read_partner(partner_id(2)).await.unwrap().unwrap();
    second.slug = slug.clone();
    second.version += 1;
    unit_of.update_partner(&second, Provenance::Applied).await.unwrap();
    unit_of.delete_app(app_id(1)).await.unwrap();
    unit_of.commit().await.unwrap();
    ours.directory.forget();
    assert_eq!(partner_now(1).await.unwrap().slug.as_str(), "renamed");
    let by_slug = async |slug: &str| ours.directory.partner_by_slug(slug).await.unwrap().map(|partner| partner.id);
    assert_eq!(by_slug(slug.as_str()).await, Some(partner_id(2)));
    assert_eq!(by_slug("renamed").await, Some(partner_id(1)));
    assert_eq!(by_slug(partner(2).slug.as_str()).await, None, "nobody has it any more");
    assert!(app_now(1).await.is_none());
    assert!(Arc::ptr_eq(&kept_app, &app_now(2).await.unwrap()), "it has not changed");
    assert!(Arc::ptr_eq(&third, &partner_now(3).await.unwrap()), "nor has it");

    // What was read without its document is not written over it, and what was read whole is.
    let mut unit_of = unit(&*theirs.store).await;
    let mut thin = (*partner_now(3).await.unwrap()).clone();
    thin.version += 1;
    let refused = unit_of.update_partner(&thin, Provenance::Applied).await;
    assert!(matches!(refused, Err(StoreError::Corrupt { column: "metadata", .. })), "{refused:?}");
    let mut whole = unit_of.read_partner(partner_id(3)).await.unwrap().unwrap();
    let Trust::Saml(trust) = &whole.trust else { panic!("not SAML") };
    assert_eq!((trust.metadata.as_deref(), trust.certificates.len()), (Some("<EntityDescriptor/>"), 1));
    whole.version += 1;
    unit_of.update_partner(&whole, Provenance::Applied).await.unwrap();
    unit_of.commit().await.unwrap();
    ours.directory.forget();
    let now = partner_now(3).await.unwrap();
    assert!(!Arc::ptr_eq(&third, &now) && now.version == third.version + 1);

    // What is kept is not kept for ever, whether a change was noted or not.
    ours.directory.fill().await.unwrap();
    assert!(!Arc::ptr_eq(&now, &partner_now(3).await.unwrap()));
}

/// What belongs to a partner and stands in tables of its own is a change of it.
pub async fn domains_and_proofs_are_changes_of_the_partner(fresh: Fresh) {
    let open = fresh.node("one").await;
    furnish(&*open.store).await;
    let now = async || open.directory.partner(partner_id(1)).await.unwrap().unwrap();
    let kept = now().await;
    let proof = DomainProof { domain: domain("a1.example"), kind: ProofKind::Dns, at: NOW, by: "root".to_owned() };
    let mut unit_of = unit(&*open.store).await;
    unit_of.insert_domain_proof(partner_id(1), &proof).await.unwrap();
    unit_of.commit().await.unwrap();
    open.directory.forget();
    let proven = now().await;
    assert!(!Arc::ptr_eq(&kept, &proven));
    assert_eq!((kept.dns_proven.len(), proven.dns_proven.len()), (0, 1));
}

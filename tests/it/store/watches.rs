//! The watches over documents: due, claimed once, gone with their owner.

use std::collections::BTreeMap;

use entente::domain::documents::{Owner, ProviderDocuments, Watch, WatchFault};
use entente::domain::partners::{
    Credential, Network, OidcTerms, OidcTrust, Partner, PartnerAlgorithm, PassiveRequests, Trust,
};
use entente::domain::store::objects::Provenance;
use entente::domain::store::sign_ins::Once;

use super::databases::Fresh;
use super::samples::*;
use super::single_use::race;

fn of_partner(number: u32, next_at: u64) -> Watch {
    Watch {
        etags: BTreeMap::from([("https://idp.example/metadata".to_owned(), "\"one\"".to_owned())]),
        read_at: Some(after(1)),
        failures: 2,
        fault: Some(WatchFault { cause: "metadata_no_answer".to_owned(), message: "status 500".to_owned() }),
        warned: BTreeMap::from([("document".to_owned(), 30)]),
        ..Watch::due(Owner::Partner(partner_id(number)), after(next_at))
    }
}

pub async fn a_watch_reads_back_as_written_and_goes_with_its_owner(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    unit.insert_partner(&partner(1), Provenance::Applied).await.unwrap();
    unit.insert_app(&saml_app(1), Provenance::Applied).await.unwrap();
    let (first, second) = (of_partner(1, 5), Watch::due(Owner::App(app_id(1)), after(4)));
    for watch in [&first, &second] {
        unit.update_watch(watch).await.unwrap();
        assert_eq!(unit.find_watch(watch.owner).await.unwrap().as_ref(), Some(watch));
    }
    // What begins anew forgets all but what has been warned of.
    let anew = Watch::due(first.owner, after(9));
    unit.begin_watch(&anew).await.unwrap();
    let expected = Watch { warned: first.warned.clone(), ..anew.clone() };
    assert_eq!(unit.find_watch(first.owner).await.unwrap(), Some(expected));
    unit.update_watch(&anew).await.unwrap();
    assert_eq!(unit.find_watch(first.owner).await.unwrap(), Some(anew));
    unit.delete_partner(partner_id(1)).await.unwrap();
    unit.delete_watch(second.owner).await.unwrap();
    for owner in [first.owner, second.owner] {
        assert_eq!(unit.find_watch(owner).await.unwrap(), None);
    }
}

pub async fn watches_are_due_in_their_order(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    for (number, next_at) in [(1, 30), (2, 10), (3, 20)] {
        unit.insert_partner(&partner(number), Provenance::Applied).await.unwrap();
        unit.begin_watch(&of_partner(number, next_at)).await.unwrap();
    }
    let mut due = async |now, limit| {
        let due = unit.list_due_watches(after(now), limit).await.unwrap();
        due.into_iter().map(|watch| watch.owner).collect::<Vec<_>>()
    };
    let owner = |number| Owner::Partner(partner_id(number));
    assert_eq!(due(9, 9).await, []);
    assert_eq!(due(20, 9).await, [owner(2), owner(3)]);
    assert_eq!(due(99, 1).await, [owner(2)]);
}

pub async fn a_watch_is_claimed_by_one_of_several(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    unit.insert_partner(&partner(1), Provenance::Applied).await.unwrap();
    unit.begin_watch(&of_partner(1, 10)).await.unwrap();
    unit.commit().await.unwrap();
    let outcomes = race(&fresh, |mut unit| async move {
        let once = unit.claim_watch(Owner::Partner(partner_id(1)), after(10), after(99)).await?;
        unit.commit().await?;
        Ok(once)
    })
    .await;
    assert_eq!(outcomes.iter().filter(|once| **once == Once::First).count(), 1, "{outcomes:?}");
}

pub async fn the_documents_of_a_provider_read_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let terms = OidcTerms {
        issuer: "https://op.example".to_owned(),
        client_id: "gate".to_owned(),
        algorithm: PartnerAlgorithm::Es256,
        scopes: vec!["email".to_owned()],
        acr_values: Vec::new(),
        passive: PassiveRequests::Allowed,
        network: Network::DangerousPrivate,
        asked_again: None,
    };
    let trust = OidcTrust { terms, credential: Credential::PrivateKeyJwt, documents: None };
    let before = Partner { trust: Trust::Oidc(trust.clone()), ..partner(1) };
    let documents = ProviderDocuments { discovery: "{\"issuer\":1}".to_owned(), keys: "{\"keys\":[]}".to_owned() };
    let trust = Trust::Oidc(OidcTrust { documents: Some(documents), ..trust });
    let with_documents = Partner { version: 2, trust, ..partner(1) };
    let mut unit = unit(&*store).await;
    unit.insert_partner(&before, Provenance::Applied).await.unwrap();
    assert_eq!(format!("{:?}", unit.read_partner(partner_id(1)).await.unwrap().unwrap()), format!("{before:?}"));
    unit.update_partner(&with_documents, Provenance::Applied).await.unwrap();
    let read = unit.read_partner(partner_id(1)).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{with_documents:?}"));
}

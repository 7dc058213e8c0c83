//! Refresh tokens of apps, tokens of apps that act for nobody, and the refresh tokens that partners gave.

use entente::domain::partners::UpstreamToken;
use entente::domain::sessions::{RefreshFamily, ServiceToken};
use entente::domain::store::UnitOfWork;
use entente::domain::store::sign_ins::Once;
use entente::domain::terms::TokenTerms;

use super::databases::Fresh;
use super::samples::*;
use super::single_use::{assert_one_first, race};

/// A family of code 1.
fn family() -> RefreshFamily {
    let of_code = code(1);
    RefreshFamily {
        handle: handle("family", 1),
        current: [1; 32],
        code: of_code.id,
        app: of_code.app,
        guest: of_code.guest,
        session: of_code.session,
        attempt: of_code.attempt,
        scopes: of_code.request.scopes,
        terms: terms(),
        circumstances: circumstances(),
        issued_at: NOW,
        expires_at: after(3600),
    }
}

fn service_token(number: u32) -> ServiceToken {
    let handle = handle("service token", number);
    ServiceToken { handle, app: app_id(1), terms: terms(), issued_at: NOW, expires_at: after(3600) }
}

/// What the partner gave with session 1, to be asked with after a quarter of an hour.
fn upstream_token() -> UpstreamToken {
    UpstreamToken { session: session_id(1), sealed: vec![5; 60], confirmed_at: NOW, next_at: after(900) }
}

pub async fn a_family_reads_back_as_written_and_moves_on(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_refresh_family(&family()).await.unwrap();
    assert_eq!(unit.read_refresh_family(&family().handle).await, Ok(Some(family())));
    assert_eq!(unit.read_refresh_family(&handle("family", 2)).await, Ok(None));
    let fewer = TokenTerms { resources: Vec::new(), ..terms() };
    assert_eq!(unit.rotate_refresh_token(&family(), &[2; 32], &fewer).await, Ok(Once::First));
    let moved = RefreshFamily { current: [2; 32], terms: fewer.clone(), ..family() };
    assert_eq!(unit.read_refresh_family(&family().handle).await, Ok(Some(moved)));
    // By the token of before nothing moves.
    assert_eq!(unit.rotate_refresh_token(&family(), &[3; 32], &fewer).await, Ok(Once::Again));
    unit.end_session(session_id(1), after(1)).await.unwrap();
    assert_eq!(unit.read_refresh_family(&family().handle).await, Ok(None));
}

pub async fn a_refresh_token_is_rotated_by_one_of_several(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    furnish_whole(&*store).await;
    let mut first = unit(&*store).await;
    first.insert_refresh_family(&family()).await.unwrap();
    first.commit().await.unwrap();
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        unit.read_refresh_family(&family().handle).await?.unwrap();
        let once = unit.rotate_refresh_token(&family(), &[2; 32], &terms()).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}

pub async fn an_access_token_ends_once_and_alone(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    for number in [7, 8] {
        unit.insert_access_token(&token(number)).await.unwrap();
    }
    assert_eq!(unit.end_access_token(&token(7).handle).await, Ok(Once::First));
    assert_eq!(unit.end_access_token(&token(7).handle).await, Ok(Once::Again));
    unit.commit().await.unwrap();
    assert_eq!(store.bearer(&token(7).handle).await, Ok(None));
    assert_eq!(store.bearer(&token(8).handle).await.unwrap().map(|bearer| bearer.token), Some(token(8)));
}

pub async fn a_token_of_an_app_reads_back_as_written_and_ends_once(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    for number in [1, 2] {
        unit.insert_service_token(&service_token(number)).await.unwrap();
        assert_eq!(unit.read_service_token(&service_token(number).handle).await, Ok(Some(service_token(number))));
    }
    assert_eq!(unit.end_service_token(&service_token(1).handle).await, Ok(Once::First));
    assert_eq!(unit.end_service_token(&service_token(1).handle).await, Ok(Once::Again));
    assert_eq!(unit.read_service_token(&service_token(1).handle).await, Ok(None));
    assert_eq!(unit.read_service_token(&service_token(2).handle).await, Ok(Some(service_token(2))));
}

pub async fn a_token_of_a_partner_goes_with_its_session(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    assert_eq!(unit.find_upstream_token(session_id(1)).await, Ok(None));
    unit.insert_upstream_token(&upstream_token()).await.unwrap();
    assert_eq!(unit.find_upstream_token(session_id(1)).await, Ok(Some(upstream_token())));
    let next =
        UpstreamToken { sealed: vec![6; 61], confirmed_at: after(900), next_at: after(1800), ..upstream_token() };
    assert_eq!(unit.update_upstream_token(&next).await, Ok(Once::First));
    assert_eq!(unit.find_upstream_token(session_id(1)).await, Ok(Some(next.clone())));
    unit.end_session(session_id(1), after(901)).await.unwrap();
    assert_eq!(unit.find_upstream_token(session_id(1)).await, Ok(None));
    // What the partner says meanwhile brings nothing back.
    assert_eq!(unit.update_upstream_token(&next).await, Ok(Once::Again));
    assert_eq!(unit.take_turn(session_id(1), after(9_000), after(9_060)).await, Ok(Once::Again));
}

pub async fn the_turn_to_ask_a_partner_is_taken_by_one_of_several_when_it_is_due(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    furnish_whole(&*store).await;
    let mut first = unit(&*store).await;
    first.insert_upstream_token(&upstream_token()).await.unwrap();
    assert_eq!(first.take_turn(session_id(1), after(899), after(999)).await, Ok(Once::Again));
    first.commit().await.unwrap();
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once = unit.take_turn(session_id(1), after(900), after(960)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
    // Who has it and says nothing loses it.
    assert_eq!(unit(&*store).await.take_turn(session_id(1), after(960), after(1020)).await, Ok(Once::First));
}

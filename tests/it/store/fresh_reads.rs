//! What is read in a unit is what is true, also when another process has just changed it.

use entente::domain::assurance::AssuranceContract;
use entente::domain::grants::{AppNow, BearerReading, Grant, PartnerNow, SessionReading, SignInReading};
use entente::domain::guests::Standing;
use entente::domain::mail::MailAddress;
use entente::domain::partners::{PartnerProtocol, Switch};
use entente::domain::store::Store;
use entente::domain::store::objects::Provenance;
use entente::domain::store::sign_ins::{Once, TakenCode};

use super::databases::Fresh;
use super::samples::*;

fn partner_now() -> PartnerNow {
    let assurance = AssuranceContract::NOTHING_TRUSTED;
    PartnerNow { id: partner_id(1), version: 1, switch: Switch::Enabled, protocol: PartnerProtocol::Saml, assurance }
}

fn app_now() -> AppNow {
    let (assignment, application_type) = (app(1).assignment, app(1).application_type());
    let partners = app(1).partners;
    AppNow { id: app_id(1), version: 1, switch: Switch::Enabled, assignment, application_type, partners }
}

fn session_reading() -> SessionReading {
    SessionReading {
        session: session(1),
        guest: guest(1),
        partner: partner_now(),
        app: Some(app_now()),
        grant: Grant::Assigned,
        imported_subject: None,
    }
}

async fn read_sign_in(store: &dyn Store) -> SignInReading {
    unit(store).await.read_sign_in(partner_id(1), app_id(1), &identity(1)).await.unwrap()
}

pub async fn a_sign_in_is_read_whole(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let expected = SignInReading {
        partner: Some(partner_now()),
        app: Some(app_now()),
        guest: Some(guest(1)),
        grant: Grant::Assigned,
    };
    assert_eq!(read_sign_in(&*store).await, expected);
    let mut unit = unit(&*store).await;
    unit.set_guest_apps(guest_id(1), &[]).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(read_sign_in(&*store).await, SignInReading { grant: Grant::NotAssigned, ..expected });
}

pub async fn a_sign_in_of_strangers_is_read_as_absent(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    let reading = unit.read_sign_in(partner_id(2), app_id(2), &identity(2)).await.unwrap();
    let nothing = SignInReading { partner: None, app: None, guest: None, grant: Grant::NotAssigned };
    assert_eq!(reading, nothing);
    let reading = unit.read_sign_in(partner_id(1), app_id(2), &identity(1)).await.unwrap();
    let guest_alone = SignInReading { partner: Some(partner_now()), guest: Some(guest(1)), ..nothing };
    assert_eq!(reading, guest_alone);
    let stranger = MailAddress::parse("nobody@a1.example").unwrap();
    assert_eq!(unit.read_guest_by_mail(&stranger, app_id(1)).await, Ok(None));
    assert_eq!(unit.read_session(&handle("session", 9), app_id(1)).await, Ok(None));
    assert!(unit.read_partner(partner_id(2)).await.unwrap().is_none());
    assert!(unit.read_app(app_id(2)).await.unwrap().is_none());
}

pub async fn a_grant_through_a_group_counts(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    unit.set_guest_apps(guest_id(1), &[]).await.unwrap();
    unit.upsert_group(&group(2, &[1], &[]), Provenance::Applied).await.unwrap();
    unit.upsert_group(&group(1, &[], &[1]), Provenance::Applied).await.unwrap();
    let mail = MailAddress::parse("GUEST1@a1.example").unwrap();
    // A member of one group and an app of another are no grant.
    assert_eq!(unit.read_guest_by_mail(&mail, app_id(1)).await, Ok(Some((guest(1), Grant::NotAssigned))));
    unit.upsert_group(&group(1, &[1], &[1]), Provenance::Applied).await.unwrap();
    assert_eq!(unit.read_guest_by_mail(&mail, app_id(1)).await, Ok(Some((guest(1), Grant::Assigned))));
    assert_eq!(unit.groups_of(guest_id(1), 10).await, Ok(vec![group_id(1), group_id(2)]));
    assert_eq!(unit.groups_of(guest_id(1), 1).await, Ok(vec![group_id(1)]));
    assert_eq!(unit.groups_of(guest_id(2), 10).await, Ok(vec![]));
}

pub async fn a_session_is_read_whole(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    assert_eq!(unit.read_session(&handle("session", 1), app_id(1)).await, Ok(Some(session_reading())));
    assert_eq!(unit.read_session_by_id(session_id(1), app_id(1)).await, Ok(Some(session_reading())));
    let elsewhere = SessionReading { app: None, grant: Grant::NotAssigned, ..session_reading() };
    assert_eq!(unit.read_session_by_id(session_id(1), app_id(2)).await, Ok(Some(elsewhere)));
    unit.touch_session(session_id(1), after(400)).await.unwrap();
    unit.touch_session(session_id(1), after(300)).await.unwrap();
    let reading = unit.read_session_by_id(session_id(1), app_id(1)).await.unwrap().unwrap();
    assert_eq!(reading.session.used_at, after(400));
}

pub async fn a_bearer_is_read_whole(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let expected = BearerReading { token: token(1), session: session_reading(), policy_revision: 0 };
    assert_eq!(store.bearer(&handle("token", 1)).await, Ok(Some(expected)));
    assert_eq!(store.bearer(&handle("token", 2)).await, Ok(None));
}

pub async fn what_another_process_did_is_seen_by_the_next_unit(fresh: Fresh) {
    let (ours, theirs) = (fresh.node("ours").await.store, fresh.node("theirs").await.store);
    furnish_whole(&*ours).await;
    assert!(read_sign_in(&*ours).await.partner.is_some());
    let mut unit = unit(&*theirs).await;
    assert_eq!(unit.switch_partner(partner_id(1), Switch::Disabled).await, Ok(Once::First));
    assert_eq!(unit.switch_app(app_id(1), Switch::Disabled).await, Ok(Once::First));
    unit.commit().await.unwrap();
    let reading = read_sign_in(&*ours).await;
    assert_eq!(reading.partner, Some(PartnerNow { version: 2, switch: Switch::Disabled, ..partner_now() }));
    assert_eq!(reading.app, Some(AppNow { version: 2, switch: Switch::Disabled, ..app_now() }));
    let bearer = ours.bearer(&handle("token", 1)).await.unwrap().unwrap();
    assert_eq!(bearer.session.partner.switch, Switch::Disabled);
    let mut unit = super::samples::unit(&*theirs).await;
    unit.set_guest_standing(guest_id(1), Standing::Blocked, after(5)).await.unwrap();
    unit.commit().await.unwrap();
    let blocked = read_sign_in(&*ours).await.guest.unwrap();
    assert_eq!((blocked.standing, blocked.sessions_valid_from), (Standing::Blocked, after(5)));
    assert_eq!(ours.bearer(&handle("token", 1)).await, Ok(None));
}

pub async fn an_ended_session_takes_its_codes_and_tokens_along(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    assert_eq!(unit.end_session(session_id(1), after(1)).await, Ok(Once::First));
    assert_eq!(unit.end_session(session_id(1), after(1)).await, Ok(Once::Again));
    assert_eq!(unit.take_code(&handle("code", 1), after(1)).await, Ok(TakenCode::Unknown));
    unit.commit().await.unwrap();
    assert_eq!(store.bearer(&handle("token", 1)).await, Ok(None));
}

pub async fn a_replayed_code_ends_its_tokens(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_access_token(&token(2)).await.unwrap();
    assert_eq!(unit.end_tokens_of_code(code_id(2), session_id(1)).await, Ok(0));
    assert_eq!(unit.end_tokens_of_code(code_id(1), session_id(2)).await, Ok(0));
    assert_eq!(unit.end_tokens_of_code(code_id(1), session_id(1)).await, Ok(2));
    unit.commit().await.unwrap();
    assert_eq!(store.bearer(&handle("token", 1)).await, Ok(None));
}

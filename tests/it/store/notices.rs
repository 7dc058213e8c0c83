//! Notices to apps: due with the end of their session, whatever ends it, and claimed once.

use std::time::Duration;

use entente::domain::authentication::Identity;
use entente::domain::guests::{GuestId, Standing};
use entente::domain::notices::{Enlisted, LogoutNotice, PartnerSid, SignedOut, Waiting};
use entente::domain::sessions::{Session, SessionId};
use entente::domain::store::objects::Provenance;
use entente::domain::store::sign_ins::Once;
use entente::domain::store::{Store, StoreError, UnitOfWork};

use super::databases::Fresh;
use super::samples::*;
use super::single_use::{assert_one_first, race};

fn enlisted(number: u32) -> Enlisted {
    Enlisted { session: session_id(number), app: app_id(1), guest: guest_id(1), subject: format!("subject {number}") }
}

/// A notice that has just become due.
fn due(number: u32) -> LogoutNotice {
    LogoutNotice { to: enlisted(number), tries: 0, next_at: entente::base::clock::Timestamp::EPOCH }
}

async fn add_session(unit: &mut dyn UnitOfWork, session: &Session) {
    unit.insert_session(session).await.unwrap();
}

/// Session 1 of guest 1, whose app 1 wants to know.
async fn enlist_one(store: &dyn Store) {
    furnish_whole(store).await;
    let mut unit = unit(store).await;
    unit.enlist(&enlisted(1)).await.unwrap();
    unit.commit().await.unwrap();
}

async fn all_due(store: &dyn Store) -> Vec<LogoutNotice> {
    store.due_logout_notices(after(0), 100).await.unwrap()
}

pub async fn a_notice_is_due_when_its_session_has_ended(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    enlist_one(&*store).await;
    let mut enlisting = unit(&*store).await;
    // Again, and of a session that goes on.
    enlisting.enlist(&Enlisted { subject: "another".to_owned(), ..enlisted(1) }).await.unwrap();
    add_session(&mut *enlisting, &session(2)).await;
    enlisting.enlist(&enlisted(2)).await.unwrap();
    enlisting.commit().await.unwrap();
    assert_eq!(all_due(&*store).await, []);
    let mut dropped = unit(&*store).await;
    dropped.end_session(session_id(1), after(1)).await.unwrap();
    drop(dropped);
    assert_eq!(all_due(&*store).await, [], "it is due in the transaction that ends the session");
    let mut ending = unit(&*store).await;
    ending.end_session(session_id(1), after(1)).await.unwrap();
    ending.commit().await.unwrap();
    assert_eq!(all_due(&*store).await, [due(1)]);

    let (until, next_at) = (after(120), after(60));
    let mut unit = unit(&*store).await;
    assert_eq!(unit.claim_notice(&due(1), until).await, Ok(Once::First));
    assert_eq!(unit.claim_notice(&due(1), until).await, Ok(Once::Again));
    assert_eq!(unit.put_off_notice(&due(1), after(119), next_at, "x").await, Ok(Once::Again));
    assert_eq!(unit.put_off_notice(&due(1), until, next_at, "why").await, Ok(Once::First));
    unit.commit().await.unwrap();
    assert_eq!(store.due_logout_notices(next_at.minus(Duration::from_micros(1)), 100).await, Ok(Vec::new()));
    let again = LogoutNotice { tries: 1, next_at, ..due(1) };
    assert_eq!(store.due_logout_notices(next_at, 100).await, Ok(vec![again.clone()]));
    let mut unit = super::samples::unit(&*store).await;
    assert_eq!(unit.claim_notice(&again, until).await, Ok(Once::First));
    assert_eq!(unit.delete_notice(&again, next_at).await, Ok(Once::Again));
    assert_eq!(unit.delete_notice(&again, until).await, Ok(Once::First));
    assert_eq!(unit.delete_notice(&again, until).await, Ok(Once::Again));
    unit.commit().await.unwrap();
    assert_eq!(store.due_logout_notices(after(10_000), 100).await, Ok(Vec::new()));
}

pub async fn each_end_of_sessions_makes_notices_due(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    enlist_one(&*store).await;
    for end in 0..7 {
        let mut unit = unit(&*store).await;
        match end {
            0 => drop(unit.end_session(session_id(1), after(1)).await.unwrap()),
            1 => assert_eq!(unit.revoke_guest(guest_id(1), after(1)).await, Ok(1)),
            2 => drop(unit.set_guest_standing(guest_id(1), Standing::Blocked, after(1)).await.unwrap()),
            3 => assert_eq!(unit.sweep(after(9), after(9), after(0), after(0), 10).await.unwrap().sessions, 1),
            4 => {
                let ended = unit.end_signed_out(partner_id(1), &SignedOut::Person(identity(1))).await.unwrap();
                assert_eq!(ended, [(session_id(1), guest_id(1))]);
            }
            5 => unit.delete_guest(guest_id(1)).await.unwrap(),
            _ => unit.delete_partner(partner_id(1)).await.unwrap(),
        }
        // Inside the unit it is so already; the unit is rolled back.
        assert_eq!(unit.waiting_notices(app_id(1)).await, Ok(Waiting { notices: 1, fault: None }), "{end}");
        drop(unit);
        assert_eq!(all_due(&*store).await, [], "{end}");
    }
}

pub async fn a_notice_is_claimed_by_one_of_several(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    enlist_one(&*store).await;
    let mut unit = unit(&*store).await;
    unit.end_session(session_id(1), after(1)).await.unwrap();
    unit.commit().await.unwrap();
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once: Result<Once, StoreError> = unit.claim_notice(&due(1), after(120)).await;
        let once = once?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}

pub async fn notices_of_an_app_are_counted_and_go_with_it(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    enlist_one(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_app(&app(2), Provenance::Applied).await.unwrap();
    unit.enlist(&Enlisted { app: app_id(2), ..enlisted(1) }).await.unwrap();
    add_session(&mut *unit, &session(2)).await;
    unit.enlist(&enlisted(2)).await.unwrap();
    assert_eq!(unit.waiting_notices(app_id(1)).await, Ok(Waiting::default()));
    unit.revoke_guest(guest_id(1), after(1)).await.unwrap();
    assert_eq!(unit.waiting_notices(app_id(1)).await, Ok(Waiting { notices: 2, fault: None }));
    unit.claim_notice(&due(2), after(120)).await.unwrap();
    unit.put_off_notice(&due(2), after(120), after(60), "why").await.unwrap();
    assert_eq!(unit.waiting_notices(app_id(1)).await, Ok(Waiting { notices: 2, fault: Some("why".to_owned()) }));
    unit.delete_app(app_id(1)).await.unwrap();
    unit.commit().await.unwrap();
    let left = store.due_logout_notices(after(10_000), 100).await.unwrap();
    assert_eq!(left.iter().map(|notice| notice.to.app).collect::<Vec<_>>(), [app_id(2)]);
}

pub async fn what_a_partner_signed_out_has_ended(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_partner(&partner(2), Provenance::Applied).await.unwrap();
    unit.insert_guest(&guest(2), Provenance::SignIn).await.unwrap();
    let sid = |number| PartnerSid([number; 32]);
    // Sessions 1 and 2 of guest 1 at partner 1, 3 of guest 1 at partner 2, 4 of guest 2 at partner 1.
    for (number, guest, partner, name) in [(1, 1, 1, 1), (2, 1, 1, 2), (3, 1, 2, 1), (4, 2, 1, 4)] {
        let session = Session {
            guest: guest_id(guest),
            partner: partner_id(partner),
            partner_sid: Some(sid(name)),
            ..session(number)
        };
        add_session(&mut *unit, &session).await;
    }
    let nobody = Identity { subject: "nobody".to_owned(), ..identity(1) };
    let mut end = async |partner, whose: SignedOut| -> Vec<(SessionId, GuestId)> {
        let mut ended = unit.end_signed_out(partner_id(partner), &whose).await.unwrap();
        ended.sort_unstable_by_key(|(session, _)| *session.as_bytes());
        ended
    };
    assert_eq!(end(1, SignedOut::Session(sid(9))).await, []);
    assert_eq!(end(1, SignedOut::Person(nobody)).await, []);
    assert_eq!(end(1, SignedOut::SessionOf(sid(4), identity(1))).await, []);
    assert_eq!(end(1, SignedOut::SessionOf(sid(1), identity(2))).await, []);
    assert_eq!(end(2, SignedOut::SessionOf(sid(2), identity(1))).await, []);
    assert_eq!(end(1, SignedOut::SessionOf(sid(2), identity(1))).await, [(session_id(2), guest_id(1))]);
    assert_eq!(end(1, SignedOut::Session(sid(4))).await, [(session_id(4), guest_id(2))]);
    assert_eq!(end(1, SignedOut::Person(identity(1))).await, [(session_id(1), guest_id(1))]);
    assert_eq!(end(2, SignedOut::Session(sid(1))).await, [(session_id(3), guest_id(1))]);
}

/// There is one place from which sessions go, beside the rows that they hang on.
#[test]
fn sessions_end_in_one_place() {
    let mut places = Vec::new();
    for entry in std::fs::read_dir("src/store/sql").unwrap() {
        let path = entry.unwrap().path();
        if std::fs::read_to_string(&path).unwrap().contains("delete from sessions") {
            places.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    assert_eq!(places, ["session_ends.rs"]);
}

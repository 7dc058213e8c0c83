//! The outbox: what was put there is taken up by one node at a time, and is known until it is swept.

use entente::domain::mails::{
    Asked, LeasedMail, MailId, MailKind, MailState, OUTCOME_UNKNOWN, Outcome, Recipient, SealedMail,
};
use entente::domain::store::sign_ins::Once;
use entente::domain::store::{Store, UnitOfWork};
use uuid::Uuid;

use super::databases::Fresh;
use super::samples::*;
use super::single_use::{assert_one_first, race};

fn mail_id(number: u32) -> MailId {
    MailId::from_uuid(Uuid::from_u128(0xa11_0000 + u128::from(number)))
}

fn mail(number: u32) -> SealedMail {
    SealedMail {
        id: mail_id(number),
        kind: MailKind::Invitation,
        about: Some(guest_id(1)),
        sealed: format!("sealed {number}").into_bytes(),
        queued_at: after(u64::from(number)),
    }
}

async fn queue(store: &dyn Store, numbers: &[u32]) {
    let mut unit = unit(store).await;
    for number in numbers {
        unit.insert_mail(&mail(*number)).await.unwrap();
    }
    unit.commit().await.unwrap();
}

async fn lease(unit: &mut dyn UnitOfWork, number: u32, now: u64, until: u64) -> Option<LeasedMail> {
    unit.lease_mail(mail_id(number), after(now), after(until)).await.unwrap()
}

async fn due(store: &dyn Store, now: u64) -> Vec<MailId> {
    store.due_mails(after(now), 100).await.unwrap()
}

pub async fn a_mail_is_due_with_its_unit_and_until_it_is_sent(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut dropped = unit(&*store).await;
    dropped.insert_mail(&mail(1)).await.unwrap();
    drop(dropped);
    assert_eq!(due(&*store, 100).await, []);
    queue(&*store, &[2, 1]).await;
    assert_eq!(due(&*store, 0).await, []);
    assert_eq!(due(&*store, 2).await, [mail_id(1), mail_id(2)], "the longest due first");
    assert_eq!(store.due_mails(after(2), 1).await.unwrap(), [mail_id(1)]);

    let mut unit = unit(&*store).await;
    assert_eq!(lease(&mut *unit, 1, 0, 60).await, None, "it is not due yet");
    let leased = lease(&mut *unit, 1, 10, 60).await.unwrap();
    assert_eq!(leased, LeasedMail { mail: mail(1), tries: 1, last_cause: None, until: after(60) });
    assert_eq!(lease(&mut *unit, 1, 59, 90).await, None);
    unit.commit().await.unwrap();
    assert_eq!(due(&*store, 59).await, [mail_id(2)]);
    assert_eq!(due(&*store, 60).await, [mail_id(1), mail_id(2)], "whoever had it has not come back");

    let mut unit = super::samples::unit(&*store).await;
    let again = lease(&mut *unit, 1, 60, 120).await.unwrap();
    assert_eq!((again.tries, again.last_cause.as_deref()), (2, Some(OUTCOME_UNKNOWN)));
    let sent = Outcome::Sent { at: after(61), cause: None };
    assert_eq!(unit.settle_mail(&leased, &sent).await, Ok(Once::Again), "that lease has ended");
    let put_off = Outcome::PutOff { until: after(200), cause: "mail_deferred" };
    assert_eq!(unit.settle_mail(&again, &put_off).await, Ok(Once::First));
    assert_eq!(unit.settle_mail(&again, &sent).await, Ok(Once::Again));
    unit.commit().await.unwrap();
    assert_eq!(due(&*store, 199).await, [mail_id(2)]);

    let mut unit = super::samples::unit(&*store).await;
    let last = lease(&mut *unit, 1, 200, 260).await.unwrap();
    assert_eq!((last.tries, last.last_cause.as_deref()), (3, Some("mail_deferred")));
    assert_eq!(unit.settle_mail(&last, &sent).await, Ok(Once::First));
    unit.commit().await.unwrap();
    assert_eq!(due(&*store, 1_000).await, [mail_id(2)]);
    let mut unit = super::samples::unit(&*store).await;
    let record = unit.find_mail(mail_id(1)).await.unwrap().unwrap();
    assert_eq!((record.state(after(300)), record.sealed, record.tries), (MailState::Sent, None, 3));
    assert_eq!((record.sent_at, record.due_at, record.lease, record.cause), (Some(after(61)), None, None, None));
    assert_eq!(unit.retry_mail(mail_id(1), after(300)).await, Ok(Once::Again), "what is sent is not sent again");
}

pub async fn a_mail_is_taken_up_by_one_of_several(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    furnish_whole(&*store).await;
    queue(&*store, &[1]).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let leased = unit.lease_mail(mail_id(1), after(1), after(60)).await?;
        unit.commit().await.map(|()| if leased.is_some() { Once::First } else { Once::Again })
    };
    assert_one_first(&race(&fresh, act).await);
}

pub async fn a_lease_is_of_one_node(fresh: Fresh) {
    let (one, two) = (fresh.node("one").await.store, fresh.node("two").await.store);
    furnish_whole(&*one).await;
    queue(&*one, &[1]).await;
    let mut unit = unit(&*one).await;
    let leased = lease(&mut *unit, 1, 1, 60).await.unwrap();
    unit.commit().await.unwrap();
    let sent = Outcome::Sent { at: after(2), cause: None };
    let mut other = super::samples::unit(&*two).await;
    let record = other.find_mail(mail_id(1)).await.unwrap().unwrap();
    assert_eq!(record.state(after(2)), MailState::Sending);
    assert_eq!(record.state(after(60)), MailState::Waiting);
    assert_eq!(record.lease, Some(("one".to_owned(), after(60))));
    assert_eq!(other.settle_mail(&leased, &sent).await, Ok(Once::Again));
    drop(other);
    let mut unit = super::samples::unit(&*one).await;
    assert_eq!(unit.settle_mail(&leased, &sent).await, Ok(Once::First));
}

pub async fn a_mail_that_was_given_up_can_be_tried_again(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    queue(&*store, &[1, 2, 3]).await;
    let mut unit = unit(&*store).await;
    let ends = [
        (1, Outcome::Failed { at: after(10), cause: "mail_refused" }),
        (2, Outcome::Dropped { at: after(10), cause: "mail_unwanted" }),
    ];
    for (number, outcome) in ends {
        let leased = lease(&mut *unit, number, 9, 60).await.unwrap();
        assert_eq!(unit.retry_mail(mail_id(number), after(10)).await, Ok(Once::Again), "somebody has it");
        assert_eq!(unit.settle_mail(&leased, &outcome).await, Ok(Once::First));
    }
    let ids = |found: Vec<entente::domain::mails::MailRecord>| -> Vec<_> { found.iter().map(|mail| mail.id).collect() };
    assert_eq!(ids(unit.list_mails(Asked::All, 9).await.unwrap()), [mail_id(3), mail_id(2), mail_id(1)]);
    assert_eq!(ids(unit.list_mails(Asked::All, 2).await.unwrap()), [mail_id(3), mail_id(2)]);
    assert_eq!(ids(unit.list_mails(Asked::Unsent, 9).await.unwrap()), [mail_id(3)]);
    let failed = unit.list_mails(Asked::Failed, 9).await.unwrap();
    assert!(failed.iter().all(|mail| mail.state(after(10)) == MailState::Failed));
    assert_eq!(failed[1].sealed.as_deref(), Some(b"sealed 1".as_slice()));
    assert_eq!(failed[1].cause.as_deref(), Some("mail_refused"));
    assert_eq!(failed[0].sealed, None, "what must not be sent is not kept");
    assert_eq!(unit.retry_mail(mail_id(2), after(20)).await, Ok(Once::Again));
    assert_eq!(unit.retry_mail(mail_id(1), after(20)).await, Ok(Once::First));
    unit.commit().await.unwrap();
    assert_eq!(due(&*store, 20).await, [mail_id(3), mail_id(1)]);
    let mut unit = super::samples::unit(&*store).await;
    assert_eq!(lease(&mut *unit, 1, 20, 80).await.unwrap().tries, 1);
}

pub async fn mails_are_swept_when_they_have_ended_and_go_with_their_guest(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    queue(&*store, &[1, 2, 3]).await;
    let mut unit = unit(&*store).await;
    for number in [1, 2] {
        let leased = lease(&mut *unit, number, 9, 60).await.unwrap();
        unit.settle_mail(&leased, &Outcome::Sent { at: after(10), cause: None }).await.unwrap();
    }
    assert_eq!(unit.sweep_mails(after(1), 9).await, Ok(0), "the first was put there at that time");
    assert_eq!(unit.sweep_mails(after(2), 9).await, Ok(1));
    assert_eq!(unit.sweep_mails(after(100), 9).await, Ok(1), "what is not sent stays");
    assert!(unit.find_mail(mail_id(3)).await.unwrap().is_some());
    unit.delete_guest(guest_id(1)).await.unwrap();
    assert_eq!(unit.find_mail(mail_id(3)).await, Ok(None));
}

pub async fn who_wants_no_mail_is_remembered_until_they_want_it(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let (ana, eva) = (Recipient([1; 32]), Recipient([2; 32]));
    let mut unit = unit(&*store).await;
    assert_eq!(unit.is_blocked(ana).await, Ok(false));
    assert_eq!(unit.unblock(ana).await, Ok(Once::Again));
    assert_eq!(unit.block(ana, after(1)).await, Ok(Once::First));
    assert_eq!(unit.block(ana, after(2)).await, Ok(Once::Again));
    assert_eq!((unit.is_blocked(ana).await, unit.is_blocked(eva).await), (Ok(true), Ok(false)));
    unit.commit().await.unwrap();
    let mut unit = super::samples::unit(&*fresh.node("two").await.store).await;
    assert_eq!(unit.is_blocked(ana).await, Ok(true));
    assert_eq!(unit.unblock(ana).await, Ok(Once::First));
    assert_eq!(unit.is_blocked(ana).await, Ok(false));
}

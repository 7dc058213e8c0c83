//! What happens to accounts beside signing in: details, sponsors, removal and return.

use std::time::Duration;

use entente::domain::guest_details::{CreationType, GuestDetails, Listing, Sponsor};
use entente::domain::guests::{Binding, Guest, NameSource, Standing};
use entente::domain::invitations::language::LanguageTag;
use entente::domain::mail::MailAddress;
use entente::domain::store::guest_lives::Purge;
use entente::domain::store::objects::Provenance;
use entente::domain::store::sign_ins::Once;
use entente::domain::store::{StoreError, UnitOfWork};

use super::databases::Fresh;
use super::samples::*;
use super::single_use::{assert_one_first, race};

fn mail(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

pub async fn details_read_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    assert_eq!(unit.guest_details(guest_id(1)).await, Ok(GuestDetails::NONE));
    unit.note_state_change(guest_id(1), after(1)).await.unwrap();
    let noted = GuestDetails { state_changed_at: Some(after(1)), ..GuestDetails::NONE };
    assert_eq!(unit.guest_details(guest_id(1)).await, Ok(noted));
    for (_, creation_type) in CreationType::WORDS {
        let details = GuestDetails {
            creation_type: Some(creation_type),
            state_changed_at: Some(after(2)),
            company_name: Some("Fabrikam".to_owned()),
            preferred_language: Some(LanguageTag::parse("de-CH").unwrap()),
            other_mails: vec![mail("A@x.example"), mail("b@x.example")],
            listing: Listing::Shown,
        };
        unit.write_guest_details(guest_id(1), &details).await.unwrap();
        assert_eq!(unit.guest_details(guest_id(1)).await, Ok(details.clone()));
        unit.note_state_change(guest_id(1), after(3)).await.unwrap();
        let noted = GuestDetails { state_changed_at: Some(after(3)), ..details };
        assert_eq!(unit.guest_details(guest_id(1)).await, Ok(noted));
    }
    assert_eq!(unit.guests_by_other_mail(&mail("a@X.example")).await, Ok(vec![guest_id(1)]));
    assert_eq!(unit.guests_by_other_mail(&mail("c@x.example")).await, Ok(vec![]));
    unit.write_guest_details(guest_id(1), &GuestDetails::NONE).await.unwrap();
    assert_eq!(unit.guest_details(guest_id(1)).await, Ok(GuestDetails::NONE));
    assert_eq!(unit.guests_by_other_mail(&mail("a@x.example")).await, Ok(vec![]));
}

pub async fn f29_sponsors_read_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    assert_eq!(unit.sponsors(guest_id(1)).await, Ok(vec![]));
    // A sponsor that is not there any more stays known.
    let sponsors = vec![Sponsor::Group(group_id(7)), Sponsor::Guest(guest_id(1)), Sponsor::Guest(guest_id(9))];
    unit.set_sponsors(guest_id(1), &sponsors).await.unwrap();
    assert_eq!(unit.sponsors(guest_id(1)).await, Ok(sponsors));
    unit.set_sponsors(guest_id(1), &[]).await.unwrap();
    assert_eq!(unit.sponsors(guest_id(1)).await, Ok(vec![]));
}

pub async fn f84_a_removed_guest_is_found_by_its_id_alone_and_comes_back_whole(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    unit.upsert_group(&group(1, &[1], &[1]), Provenance::Applied).await.unwrap();
    let before = unit.guest(guest_id(1)).await.unwrap().unwrap().value;
    let address = before.guest.mail.clone().unwrap();
    let groups = unit.groups_of(guest_id(1), 10).await.unwrap();
    assert!(!before.apps.is_empty() && !groups.is_empty());
    assert_eq!(unit.restore_guest(guest_id(1)).await, Ok(Once::Again));
    assert_eq!(unit.purge_guest(guest_id(1)).await, Ok(Purge::NotRemoved));

    assert_eq!(unit.soft_delete_guest(guest_id(1), "operator:olga", after(5)).await, Ok(Once::First));
    assert_eq!(unit.soft_delete_guest(guest_id(1), "operator:otto", after(6)).await, Ok(Once::Again));
    assert_eq!(unit.soft_delete_guest(guest_id(8), "operator:otto", after(6)).await, Ok(Once::Again));
    let kept = unit.guest(guest_id(1)).await.unwrap().unwrap().value;
    let cleared = Guest {
        standing: Standing::Deleted,
        binding: Binding::PendingAcceptance,
        sessions_valid_from: after(5),
        ..before.guest.clone()
    };
    assert_eq!((kept.guest, kept.apps), (cleared, before.apps.clone()));
    assert_eq!(unit.groups_of(guest_id(1), 10).await, Ok(groups.clone()));
    assert_eq!(unit.read_session_by_id(session_id(1), app_id(1)).await, Ok(None));
    assert!(unit.guest_by_mail_key(address.key()).await.unwrap().is_none());
    assert_eq!(unit.read_guest_by_mail(&address, app_id(1)).await, Ok(None));
    assert_eq!(unit.read_sign_in(partner_id(1), app_id(1), &identity(1)).await.unwrap().guest, None);
    assert!(unit.list_guests(None, 10).await.unwrap().is_empty());
    // Nothing else brings it back.
    assert_eq!(unit.set_guest_standing(guest_id(1), Standing::Active, after(7)).await, Ok(Once::Again));
    assert_eq!(unit.bind_guest(&guest(1)).await, Ok(Once::Again));
    let listed = unit.list_deleted_guests(None, after(0), 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].guest, listed[0].deleted_at), (guest_id(1), after(5)));
    assert_eq!((listed[0].deleted_by.as_str(), &listed[0].mail), ("operator:olga", &before.guest.mail));
    assert!(unit.list_deleted_guests(Some(guest_id(1)), after(0), 10).await.unwrap().is_empty());
    assert!(unit.list_deleted_guests(None, after(5), 10).await.unwrap().is_empty());
    assert_eq!(unit.deleted_at(guest_id(1)).await, Ok(Some(after(5))));
    assert_eq!(unit.deleted_at(guest_id(8)).await, Ok(None));
    // No policy names it.
    assert_eq!(unit.count_held_by_policies(after(9)).await, Ok(0));

    assert_eq!(unit.restore_guest(guest_id(1)).await, Ok(Once::First));
    assert_eq!(unit.restore_guest(guest_id(1)).await, Ok(Once::Again));
    let back = unit.guest(guest_id(1)).await.unwrap().unwrap().value;
    let restored = Guest { sessions_valid_from: after(5), ..before.guest };
    assert_eq!((back.guest, back.apps), (restored.clone(), before.apps));
    assert_eq!(unit.groups_of(guest_id(1), 10).await, Ok(groups));
    assert_eq!(unit.read_sign_in(partner_id(1), app_id(1), &identity(1)).await.unwrap().guest, Some(restored));
    assert!(unit.list_deleted_guests(None, after(0), 10).await.unwrap().is_empty());
}

pub async fn a_blocked_guest_comes_back_blocked(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    unit.set_guest_standing(guest_id(1), Standing::Blocked, after(1)).await.unwrap();
    unit.soft_delete_guest(guest_id(1), "operator:olga", after(2)).await.unwrap();
    unit.restore_guest(guest_id(1)).await.unwrap();
    assert_eq!(unit.guest(guest_id(1)).await.unwrap().unwrap().value.guest.standing, Standing::Blocked);
}

pub async fn what_a_removed_guest_had_is_free_for_others(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    unit.soft_delete_guest(guest_id(1), "operator:olga", after(1)).await.unwrap();
    let address = guest(1).mail;
    let same_address = Guest { mail: address, ..invited(2) };
    unit.insert_guest(&same_address, Provenance::Invited).await.unwrap();
    assert_eq!(unit.restore_guest(guest_id(1)).await, Err(taken("guests_mail_key")));
    // A unit goes on after that, and the account is removed still.
    assert_eq!(unit.guest(guest_id(1)).await.unwrap().unwrap().value.guest.standing, Standing::Deleted);
    unit.delete_guest(guest_id(2)).await.unwrap();
    let Binding::Accepted { identity, .. } = guest(1).binding else { panic!("not bound") };
    let same_person = Guest { binding: Binding::Accepted { partner: partner_id(1), identity }, ..invited(3) };
    unit.insert_guest(&same_person, Provenance::SignIn).await.unwrap();
    assert_eq!(unit.restore_guest(guest_id(1)).await, Err(taken("guests_identity_key")));
    unit.delete_guest(guest_id(3)).await.unwrap();
    assert_eq!(unit.restore_guest(guest_id(1)).await, Ok(Once::First));
}

pub async fn removed_guests_are_purged_after_their_time_with_all_they_had(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    for number in [2, 3] {
        unit.insert_guest(&guest(number), Provenance::Invited).await.unwrap();
    }
    unit.write_guest_details(
        guest_id(1),
        &GuestDetails { other_mails: vec![mail("a@x.example")], ..GuestDetails::NONE },
    )
    .await
    .unwrap();
    unit.set_sponsors(guest_id(1), &[Sponsor::Guest(guest_id(2))]).await.unwrap();
    for (number, at) in [(1, 10), (2, 20), (3, 30)] {
        unit.soft_delete_guest(guest_id(number), "operator:olga", after(at)).await.unwrap();
    }
    let just_before = after(20).minus(Duration::from_micros(1));
    assert_eq!(unit.deleted_until(just_before, 10).await, Ok(vec![guest_id(1)]));
    assert_eq!(unit.deleted_until(after(20), 10).await, Ok(vec![guest_id(1), guest_id(2)]));
    assert_eq!(unit.deleted_until(after(20), 1).await, Ok(vec![guest_id(1)]));
    assert_eq!(unit.purge_guest(guest_id(1)).await, Ok(Purge::Done));
    assert_eq!(unit.purge_guest(guest_id(1)).await, Ok(Purge::NotRemoved));
    assert!(unit.guest(guest_id(1)).await.unwrap().is_none());
    assert_eq!(unit.sponsors(guest_id(1)).await, Ok(vec![]));
    assert_eq!(unit.guest_details(guest_id(1)).await, Ok(GuestDetails::NONE));
    assert_eq!(unit.restore_guest(guest_id(1)).await, Ok(Once::Again));
}

pub async fn an_unbound_guest_keeps_its_row_and_loses_its_person(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    let whole = unit.guest(guest_id(1)).await.unwrap().unwrap().value;
    assert!(matches!(unit.unbind_guest(&whole.guest, after(1)).await, Err(StoreError::Corrupt { .. })));
    let anew = Guest {
        mail: Some(mail("New@b.example")),
        display_name: None,
        name_source: NameSource::Here,
        binding: Binding::PendingAcceptance,
        ..whole.guest.clone()
    };
    assert_eq!(unit.unbind_guest(&anew, after(1)).await, Ok(1));
    let read = unit.guest(guest_id(1)).await.unwrap().unwrap().value;
    assert_eq!((read.guest, read.apps), (Guest { sessions_valid_from: after(1), ..anew }, whole.apps));
    assert_eq!(unit.read_session_by_id(session_id(1), app_id(1)).await, Ok(None));
    assert_eq!(unit.read_sign_in(partner_id(1), app_id(1), &identity(1)).await.unwrap().guest, None);
    assert!(unit.guest_by_mail_key("new@b.example").await.unwrap().is_some());
    unit.insert_guest(&invited(2), Provenance::Invited).await.unwrap();
    let taken_mail = Guest { mail: Some(mail("new@b.example")), ..invited(2) };
    assert_eq!(unit.unbind_guest(&taken_mail, after(2)).await, Err(taken("guests_mail_key")));
}

pub async fn a_guest_is_removed_by_one_of_several(fresh: Fresh) {
    furnish(&*fresh.node("first").await.store).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once = unit.soft_delete_guest(guest_id(1), "operator:olga", after(1)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once = unit.restore_guest(guest_id(1)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}

//! What administrators change of accounts.

use entente::domain::guests::{Binding, Guest, MailStanding, UserType};
use entente::domain::mail::MailAddress;
use entente::domain::store::StoreError;
use entente::domain::store::objects::Provenance;
use entente::domain::store::sign_ins::Once;

use super::databases::Fresh;
use super::samples::*;

pub async fn an_address_is_written_once_and_unproven_until_the_account_is_unbound(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_guest(&invited(2), Provenance::Invited).await.unwrap();
    let mail = MailAddress::parse("New@a1.example").ok();
    let mail_standing = MailStanding::Unproven;
    let changed = Guest { mail: mail.clone(), mail_standing, pinned_partner: Some(partner_id(1)), ..guest(1) };
    unit.write_mail(&changed).await.unwrap();
    assert_eq!(unit.guest_by_mail_key("new@a1.example").await.unwrap().unwrap().value.guest, changed);
    assert_eq!((changed.proven_mail(), guest(1).proven_mail()), (None, guest(1).mail.as_ref()));
    assert!(unit.guest_by_mail_key("guest1@a1.example").await.unwrap().is_none());
    // Another account has it, and the unit goes on.
    let taken = unit.write_mail(&Guest { mail, ..invited(2) }).await;
    assert_eq!(taken, Err(StoreError::Taken { constraint: "guests_mail_key".to_owned() }));

    // It comes back with the account, and counts when that is to be redeemed anew.
    assert_eq!(unit.soft_delete_guest(guest_id(1), "operator:olga", after(3)).await, Ok(Once::First));
    unit.write_mail(&guest(1)).await.unwrap();
    assert_eq!(unit.restore_guest(guest_id(1)).await, Ok(Once::First));
    let restored = unit.guest(guest_id(1)).await.unwrap().unwrap().value.guest;
    assert_eq!((&restored.mail, restored.mail_standing), (&changed.mail, mail_standing));
    unit.unbind_guest(&Guest { binding: Binding::PendingAcceptance, ..changed }, after(4)).await.unwrap();
    let pending = unit.guest(guest_id(1)).await.unwrap().unwrap().value.guest;
    assert_eq!(pending.proven_mail(), restored.mail.as_ref());
}

pub async fn a_guest_is_made_a_member_and_back(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    for user_type in [UserType::Member, UserType::Guest] {
        unit.write_user_type(guest_id(1), user_type).await.unwrap();
        assert_eq!(unit.guest(guest_id(1)).await.unwrap().unwrap().value.guest, Guest { user_type, ..guest(1) });
    }
}

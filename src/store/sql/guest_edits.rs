//! What administrators change of accounts beside names and details.

use super::guest_rows::USER_TYPES;
use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::guests::{Guest, GuestId, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::store::StoreError;
use crate::store::row::word_of;
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    WRITE_MAIL = "update guests
set mail = $2, mail_key = $3, pinned_partner_id = $4
where id = $1 and standing <> 'deleted'";
    NOTE_UNPROVEN = "insert into unproven_mails (guest_id, set_at)
values ($1, $2)
on conflict (guest_id) do update set set_at = excluded.set_at";
    HAS_UNPROVEN = "select guest_id
from unproven_mails
where guest_id = $1";
    FORGET_UNPROVEN = "delete from unproven_mails
where guest_id = $1";
    WRITE_USER_TYPE = "update guests
set user_type = $2
where id = $1";
}

pub(in crate::store) async fn write_mail(unit: &mut Unit, guest: &Guest) -> Result<(), StoreError> {
    let mail = guest.mail.as_ref();
    let values = values![guest.id, mail.map(MailAddress::as_str), mail.map(MailAddress::key), guest.pinned_partner];
    unit.attempt(&WRITE_MAIL, values).await.map(drop)
}

pub(in crate::store) async fn note_unproven(unit: &mut Unit, id: GuestId, now: Timestamp) -> Result<(), StoreError> {
    unit.write(&NOTE_UNPROVEN, values![id, now]).await
}

pub(in crate::store) async fn has_unproven(unit: &mut Unit, id: GuestId) -> Result<bool, StoreError> {
    Ok(unit.one(&HAS_UNPROVEN, values![id]).await?.is_some())
}

pub(super) async fn forget_unproven(unit: &mut Unit, id: GuestId) -> Result<(), StoreError> {
    unit.write(&FORGET_UNPROVEN, values![id]).await
}

pub(in crate::store) async fn write_user_type(
    unit: &mut Unit,
    id: GuestId,
    user_type: UserType,
) -> Result<(), StoreError> {
    unit.write(&WRITE_USER_TYPE, values![id, word_of(USER_TYPES, &user_type)]).await
}

//! What administrators change of accounts beside names and details.

use super::guest_rows::USER_TYPES;
use super::statements;
use crate::domain::guests::{Guest, GuestId, MailStanding, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::store::StoreError;
use crate::store::row::word_of;
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    WRITE_MAIL = "update guests
set mail = $2, mail_key = $3, pinned_partner_id = $4, mail_unproven = $5
where id = $1 and standing <> 'deleted'";
    NOTE_MAIL_PROVEN = "update guests
set mail_unproven = 0
where id = $1 and mail_key = $2";
    WRITE_USER_TYPE = "update guests
set user_type = $2
where id = $1";
}

pub(in crate::store) async fn write_mail(unit: &mut Unit, guest: &Guest) -> Result<(), StoreError> {
    let mail = guest.mail.as_ref();
    let (text, key) = (mail.map(MailAddress::as_str), mail.map(MailAddress::key));
    let is_unproven = guest.mail_standing == MailStanding::Unproven;
    let values = values![guest.id, text, key, guest.pinned_partner, is_unproven];
    unit.attempt(&WRITE_MAIL, values).await.map(drop)
}

pub(in crate::store) async fn note_mail_proven(
    unit: &mut Unit,
    id: GuestId,
    mail: &MailAddress,
) -> Result<(), StoreError> {
    unit.write(&NOTE_MAIL_PROVEN, values![id, mail.key()]).await
}

pub(in crate::store) async fn write_user_type(
    unit: &mut Unit,
    id: GuestId,
    user_type: UserType,
) -> Result<(), StoreError> {
    unit.write(&WRITE_USER_TYPE, values![id, word_of(USER_TYPES, &user_type)]).await
}

//! Codes that were sent by mail: each is taken once, and each try of it is counted.

use super::attempts::once;
use super::{Read as _, guests, statements};
use crate::base::clock::Timestamp;
use crate::domain::factors::codes::{CodePurpose, MailedCode, MailedCodeId};
use crate::domain::guests::GuestId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    INSERT = "insert into mailed_codes (id, guest_id, purpose, mac, sent_at, tries)
values ($1, $2, $3, $4, $5, $6)";
    LIST_SENDS = "select sent_at
from mailed_codes
where guest_id = $1 and purpose = $2 and sent_at > $3
order by sent_at";
    COUNT_TRY = "update mailed_codes
set tries = tries + 1
where id = $1 and guest_id = $2 and purpose = $3 and taken_at is null
returning id, guest_id, purpose, mac, sent_at, tries";
    TAKE = "update mailed_codes
set taken_at = $2
where id = $1 and taken_at is null
returning id";
    DELETE_OF_GUEST = "delete from mailed_codes
where guest_id = $1";
}

pub(in crate::store) async fn insert(unit: &mut Unit, code: &MailedCode) -> Result<(), StoreError> {
    let values = values![code.id, code.guest, code.purpose.as_str(), code.mac.as_slice(), code.sent_at, code.tries];
    unit.write(&INSERT, values).await
}

pub(in crate::store) async fn list_sends(
    unit: &mut Unit,
    guest: GuestId,
    purpose: CodePurpose,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StoreError> {
    guests::lock(unit, guest).await?;
    let rows = unit.all(&LIST_SENDS, values![guest, purpose.as_str(), since]).await?;
    rows.iter().map(|row| row.columns("mailed_codes").time("sent_at")).collect()
}

pub(in crate::store) async fn count_try(
    unit: &mut Unit,
    guest: GuestId,
    purpose: CodePurpose,
    id: MailedCodeId,
) -> Result<Option<MailedCode>, StoreError> {
    unit.one(&COUNT_TRY, values![id, guest, purpose.as_str()]).await?.map(|row| row.read("mailed_codes")).transpose()
}

pub(in crate::store) async fn take(unit: &mut Unit, id: MailedCodeId, now: Timestamp) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&TAKE, values![id, now]).await?))
}

pub(in crate::store) async fn delete_all(unit: &mut Unit, guest: GuestId) -> Result<(), StoreError> {
    unit.write(&DELETE_OF_GUEST, values![guest]).await
}

impl FromColumns for MailedCode {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: MailedCodeId::from_uuid(columns.key()?),
            guest: GuestId::from_uuid(columns.uuid("guest_id")?),
            purpose: columns.word("purpose", CodePurpose::WORDS)?,
            mac: columns.digest("mac")?,
            sent_at: columns.time("sent_at")?,
            tries: u32::try_from(columns.int("tries")?).map_err(|_| columns.corrupt("tries"))?,
        })
    }
}

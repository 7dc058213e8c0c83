//! Files of invitations that wait to be confirmed, and whom of a file we know.

use std::collections::HashSet;

use super::attempts::once;
use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::bulk::upload::{MAX_UPLOADS, Upload, UploadId};
use crate::domain::guests::GuestId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! sweep {
    ($own:literal) => {
        concat!(
            "delete from bulk_uploads
where id in (
    select id
    from bulk_uploads
    where expires_at <= $1
    order by expires_at
    limit cast($2 as bigint)",
            $own,
            "
)
returning id"
        )
    };
}

statements! {
    INSERT = "insert into bulk_uploads (id, guest_id, file_name, created_at, expires_at, sealed_sheet)
values ($1, $2, $3, $4, $5, $6)";
    /// Ids are made in the order of time.
    GIVE_WAY = "delete from bulk_uploads
where guest_id = $1
    and id not in (
        select id
        from bulk_uploads
        where guest_id = $1
        order by id desc
        limit cast($2 as bigint)
    )";
    FIND = "select id, guest_id, file_name, created_at, expires_at, sealed_sheet
from bulk_uploads
where id = $1";
    TAKE = "delete from bulk_uploads
where id = $1
returning id";
    /// As one statement for many addresses: a file has thousands of them.
    MAIL_KEYS_HERE = "select mail_key
from guests
where mail_key in (select value from json_each($1))",
        postgres: "select mail_key
from guests
where mail_key in (select jsonb_array_elements_text(cast(cast($1 as text) as jsonb)))";
    SWEEP = sweep!(""), postgres: sweep!("\n    for update skip locked");
}

pub(in crate::store) async fn insert(unit: &mut Unit, upload: &Upload, sealed: &[u8]) -> Result<(), StoreError> {
    let values =
        values![upload.id, upload.guest, upload.file_name.as_str(), upload.created_at, upload.expires_at, sealed];
    unit.write(&INSERT, values).await?;
    unit.write(&GIVE_WAY, values![upload.guest, MAX_UPLOADS]).await
}

pub(in crate::store) async fn find(unit: &mut Unit, id: UploadId) -> Result<Option<(Upload, Vec<u8>)>, StoreError> {
    let row = unit.one(&FIND, values![id]).await?;
    Ok(row.map(|row| row.read::<Kept>("bulk_uploads")).transpose()?.map(|kept| (kept.upload, kept.sealed)))
}

pub(in crate::store) async fn take(unit: &mut Unit, id: UploadId) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&TAKE, values![id]).await?))
}

pub(in crate::store) async fn mail_keys_here(unit: &mut Unit, keys: &[&str]) -> Result<HashSet<String>, StoreError> {
    let keys = serde_json::Value::from(keys).to_string();
    let rows = unit.all(&MAIL_KEYS_HERE, values![keys]).await?;
    rows.iter().map(|row| row.columns("guests").text("mail_key")).collect()
}

/// Removes files that have waited until `now`; says how many.
pub(in crate::store) async fn sweep(unit: &mut Unit, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
    Ok(unit.all(&SWEEP, values![now, limit]).await?.len() as u64)
}

struct Kept {
    upload: Upload,
    sealed: Vec<u8>,
}

impl FromColumns for Kept {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let upload = Upload {
            id: UploadId::from_uuid(columns.key()?),
            guest: GuestId::from_uuid(columns.uuid("guest_id")?),
            file_name: columns.text("file_name")?,
            created_at: columns.time("created_at")?,
            expires_at: columns.time("expires_at")?,
        };
        Ok(Self { upload, sealed: columns.bytes("sealed_sheet")? })
    }
}

//! Single use: attempts that were taken, messages that were seen, and the rows of attempts.

use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::base::encoding::sha256;
use crate::domain::attempts::AttemptId;
use crate::domain::authentication::OnceKey;
use crate::domain::sessions::HandleHash;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::Row;
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! take {
    ($answer:literal) => {
        concat!(
            "insert into taken_attempts (id, expires_at)
values ($1, $2)
on conflict (id) do nothing",
            $answer
        )
    };
}

macro_rules! remember {
    ($answer:literal) => {
        concat!(
            "insert into seen_messages (digest, expires_at)
values ($1, $2)
on conflict (digest) do nothing",
            $answer
        )
    };
}

statements! {
    TAKE = take!(""), postgres: take!("\nreturning id");
    REMEMBER = remember!(""), postgres: remember!("\nreturning digest");
    INSERT_ROW = "insert into attempts (handle, id, sealed, expires_at)
values ($1, $2, $3, $4)";
    TAKE_ROW = "delete from attempts
where handle = $1 and expires_at > $2
returning id, sealed";
    FIND_ROW = "select id, sealed
from attempts
where handle = $1 and expires_at > $2";
}

pub(in crate::store) async fn take(unit: &mut Unit, id: AttemptId, until: Timestamp) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&TAKE, values![id, until]).await?))
}

pub(in crate::store) async fn remember(unit: &mut Unit, key: &OnceKey) -> Result<Once, StoreError> {
    let digest = sha256(&[sha256(key.issuer.as_bytes()), sha256(key.id.as_bytes())].concat());
    Ok(once(&unit.all(&REMEMBER, values![digest.as_slice(), key.until]).await?))
}

pub(in crate::store) async fn insert_row(
    unit: &mut Unit,
    id: AttemptId,
    handle: &HandleHash,
    sealed: &[u8],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    unit.write(&INSERT_ROW, values![handle, id, sealed, expires_at]).await
}

pub(in crate::store) async fn take_row(
    unit: &mut Unit,
    handle: &HandleHash,
    now: Timestamp,
) -> Result<Option<(AttemptId, Vec<u8>)>, StoreError> {
    unit.one(&TAKE_ROW, values![handle, now]).await?.map(read_row).transpose()
}

pub(in crate::store) async fn find_row(
    unit: &mut Unit,
    handle: &HandleHash,
    now: Timestamp,
) -> Result<Option<(AttemptId, Vec<u8>)>, StoreError> {
    unit.one(&FIND_ROW, values![handle, now]).await?.map(read_row).transpose()
}

/// [`Once::First`] where the statement touched a row: PostgreSQL returns it, and SQLite, for which
/// `returning` costs a table of its own, gives an empty row for each.
pub(super) fn once(rows: &[Row]) -> Once {
    if rows.is_empty() { Once::Again } else { Once::First }
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped over an option of a row")]
fn read_row(row: Row) -> Result<(AttemptId, Vec<u8>), StoreError> {
    let mut columns = row.columns("attempts");
    Ok((AttemptId::from_uuid(columns.key()?), columns.bytes("sealed")?))
}

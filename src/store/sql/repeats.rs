//! Answers that are kept for requests that come again.

use super::attempts::once;
use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::repeats::{Fingerprint, KeptAnswer, RepeatId};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::unit::Unit;
use crate::store::value::values;

const TABLE: &str = "kept_answers";

statements! {
    FIND = "select fingerprint, sealed, expires_at
from kept_answers
where id = $1 and expires_at > $2";
    KEEP = "insert into kept_answers (id, fingerprint, sealed, expires_at)
values ($1, $2, $3, $4)
on conflict (id) do update
set fingerprint = excluded.fingerprint, sealed = excluded.sealed, expires_at = excluded.expires_at
where kept_answers.expires_at <= $5
returning id";
    /// The time is asked twice: a row that was kept anew meanwhile stays.
    SWEEP = "delete from kept_answers
where expires_at <= $1 and id in (
    select id
    from kept_answers
    where expires_at <= $1
    order by expires_at
    limit cast($2 as bigint)
)
returning id";
}

pub(in crate::store) async fn find(
    unit: &mut Unit,
    id: RepeatId,
    now: Timestamp,
) -> Result<Option<KeptAnswer>, StoreError> {
    let Some(row) = unit.one(&FIND, values![id.as_bytes().as_slice(), now]).await? else { return Ok(None) };
    let mut columns = row.columns(TABLE);
    let fingerprint = columns.bytes("fingerprint")?.try_into().map_err(|_| columns.corrupt("fingerprint"))?;
    Ok(Some(KeptAnswer {
        fingerprint: Fingerprint::from_bytes(fingerprint),
        sealed: columns.bytes("sealed")?,
        expires_at: columns.time("expires_at")?,
    }))
}

pub(in crate::store) async fn keep(
    unit: &mut Unit,
    id: RepeatId,
    answer: &KeptAnswer,
    now: Timestamp,
) -> Result<Once, StoreError> {
    let fingerprint = answer.fingerprint.as_bytes().as_slice();
    let values = values![id.as_bytes().as_slice(), fingerprint, answer.sealed.as_slice(), answer.expires_at, now];
    Ok(once(&unit.all(&KEEP, values).await?))
}

pub(in crate::store) async fn sweep(unit: &mut Unit, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
    Ok(unit.all(&SWEEP, values![now, limit]).await?.len() as u64)
}

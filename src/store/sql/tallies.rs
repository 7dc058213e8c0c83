//! How many tries of factors were made lately.

use super::{Read as _, statements};
use crate::domain::factors::limits::{Tally, TallyKey};
use crate::domain::store::StoreError;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    /// The update changes nothing: it holds the row and gives it in the state in which the last holder
    /// left it, which a select before an insert would not where the row is new.
    LOCK = "insert into factor_tallies (key, level, last_at)
values ($1, 0, 0)
on conflict (key) do update set level = factor_tallies.level
returning level, last_at";
    UPDATE = "insert into factor_tallies (key, level, last_at)
values ($1, $2, $3)
on conflict (key) do update set level = excluded.level, last_at = excluded.last_at";
    DELETE = "delete from factor_tallies
where key = $1";
}

pub(in crate::store) async fn lock(unit: &mut Unit, key: &TallyKey) -> Result<Tally, StoreError> {
    let row = unit.one(&LOCK, values![key.to_text()]).await?;
    let row = row.ok_or_else(|| StoreError::Unavailable("a tally without a row".to_owned()))?;
    row.read("factor_tallies")
}

/// Also where there is no row any more: a try that was counted is never lost.
pub(in crate::store) async fn update(unit: &mut Unit, key: &TallyKey, tally: &Tally) -> Result<(), StoreError> {
    unit.write(&UPDATE, values![key.to_text(), tally.level, tally.last_at]).await
}

pub(in crate::store) async fn delete(unit: &mut Unit, key: &TallyKey) -> Result<(), StoreError> {
    unit.write(&DELETE, values![key.to_text()]).await
}

impl FromColumns for Tally {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let level = u32::try_from(columns.int("level")?).map_err(|_| columns.corrupt("level"))?;
        Ok(Self { level, last_at: columns.time("last_at")? })
    }
}

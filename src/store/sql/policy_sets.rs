//! The revision of everything that policies are made of, and the texts of the sets that decided.

use super::{Read as _, statements};
use crate::domain::policy::set::PolicyVersion;
use crate::domain::store::StoreError;
use crate::domain::store::policies::PastSet;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    REVISION = "select revision
from policy_revision
where id = 1",
        postgres: "select revision
from policy_revision
where id = 1
for share";
    GROW = "update policy_revision
set revision = revision + 1
where id = 1
returning revision";
    REMEMBER = "insert into policy_sets (version, canonical)
values ($1, $2)
on conflict (version) do nothing";
    FIND = "select canonical
from policy_sets
where version = $1";
    LIST = "select version, created_at
from policy_sets
order by created_at desc, version
limit cast($1 as bigint)";
}

pub(in crate::store) async fn revision(unit: &mut Unit) -> Result<i64, StoreError> {
    let row = unit.one(&REVISION, values![]).await?.ok_or_else(lost)?;
    row.columns("policy_revision").int("revision")
}

pub(in crate::store) async fn grow(unit: &mut Unit) -> Result<(), StoreError> {
    // Without the row nobody would notice the change.
    unit.one(&GROW, values![]).await?.map(drop).ok_or_else(lost)
}

fn lost() -> StoreError {
    StoreError::Corrupt { table: "policy_revision", column: "id", row: "1".to_owned() }
}

pub(in crate::store) async fn remember(
    unit: &mut Unit,
    version: PolicyVersion,
    canonical: &str,
) -> Result<(), StoreError> {
    unit.write(&REMEMBER, values![version.as_bytes().as_slice(), canonical]).await
}

pub(in crate::store) async fn find(unit: &mut Unit, version: PolicyVersion) -> Result<Option<String>, StoreError> {
    let row = unit.one(&FIND, values![version.as_bytes().as_slice()]).await?;
    row.map(|row| row.columns("policy_sets").text("canonical")).transpose()
}

pub(in crate::store) async fn list(unit: &mut Unit, limit: u32) -> Result<Vec<PastSet>, StoreError> {
    unit.all(&LIST, values![limit]).await?.iter().map(|row| row.read("policy_sets")).collect()
}

impl FromColumns for PastSet {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let version = PolicyVersion::from_bytes(columns.digest("version")?);
        Ok(Self { version, first_seen: columns.time("created_at")? })
    }
}

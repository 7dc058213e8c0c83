//! Policies, and the revision of everything that they are made of.

use super::{Read as _, statements};
use crate::domain::store::StoreError;
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
}

pub(in crate::store) async fn revision(unit: &mut Unit) -> Result<i64, StoreError> {
    let row = unit.one(&REVISION, values![]).await?;
    let lost = || StoreError::Corrupt { table: "policy_revision", column: "id", row: "1".to_owned() };
    row.ok_or_else(lost)?.columns("policy_revision").int("revision")
}

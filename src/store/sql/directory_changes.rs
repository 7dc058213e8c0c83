//! Which partners and apps have changed, as the database notes it.

use uuid::Uuid;

use super::{Read, statements};
use crate::domain::store::StoreError;
use crate::store::value::values;

/// The most changes that are read at once; where there are more, all that is kept is dropped.
pub(in crate::store) const MOST: u32 = 1_000;

statements! {
    SINCE = "select last.number, c.object
from (select coalesce(max(number), 0) as number from directory_changes) as last
left join directory_changes c on c.number > $1
order by c.number
limit cast($2 as bigint)";
}

/// What has changed.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) struct Changes {
    /// The number of the last change of all.
    pub(in crate::store) number: i64,
    /// Partners and apps, each once.
    pub(in crate::store) objects: Vec<Uuid>,
}

/// What has changed after the change of that number.
pub(in crate::store) async fn since(source: &mut (impl Read + Send), number: i64) -> Result<Changes, StoreError> {
    let mut changes = Changes { number, objects: Vec::new() };
    for row in source.all(&SINCE, values![number, MOST]).await? {
        let mut columns = row.columns("directory_changes");
        changes.number = columns.int("number")?;
        if let Some(object) = columns.optional_bytes("object")? {
            changes.objects.push(Uuid::from_slice(&object).map_err(|_| columns.corrupt("object"))?);
        }
    }
    Ok(changes)
}

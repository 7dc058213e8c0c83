//! Who may manage the members of a group.

use super::attempts::once;
use super::guest_rows::guest_columns;
use super::people::person_columns;
use super::{Read, statements};
use crate::domain::groups::{Group, GroupId};
use crate::domain::guests::GuestId;
use crate::domain::people::Person;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! hold {
    ($lock:literal) => {
        concat!("select id, slug, name\nfrom groups\nwhere id = $1", $lock)
    };
}

statements! {
    /// Who is put into the group by another unit does not wait for it.
    HOLD = hold!(""), postgres: hold!("\nfor no key update");
    OWNERS = concat!(
        "select ",
        person_columns!(),
        "
from group_owners x
join guests g on g.id = x.guest_id
left join guest_details d on d.guest_id = g.id
where x.group_id = $1 and x.guest_id > $2 and g.standing <> 'deleted'
order by x.guest_id
limit cast($3 as bigint)"
    );
    OWNS = "select guest_id
from group_owners
where group_id = $1 and guest_id = $2";
    OWNS_ANY = "select guest_id
from group_owners
where guest_id = $1
limit 1";
    COUNT = "select count(*)
from group_owners
where group_id = $1";
    ADD = "insert into group_owners (group_id, guest_id)
values ($1, $2)
on conflict (group_id, guest_id) do nothing
returning guest_id";
    REMOVE = "delete from group_owners
where group_id = $1 and guest_id = $2
returning guest_id";
}

pub(in crate::store) async fn hold_group(unit: &mut Unit, id: GroupId) -> Result<Option<Group>, StoreError> {
    unit.one(&HOLD, values![id]).await?.map(|row| row.read("groups")).transpose()
}

pub(in crate::store) async fn owners(
    source: &mut (impl Read + Send),
    group: GroupId,
    after: Option<GuestId>,
    limit: u32,
) -> Result<Vec<Person>, StoreError> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    source.all(&OWNERS, values![group, after, limit]).await?.iter().map(|row| row.read("guests")).collect()
}

pub(in crate::store) async fn owns(unit: &mut Unit, group: GroupId, guest: GuestId) -> Result<bool, StoreError> {
    Ok(unit.one(&OWNS, values![group, guest]).await?.is_some())
}

pub(in crate::store) async fn owns_any(unit: &mut Unit, guest: GuestId) -> Result<bool, StoreError> {
    Ok(unit.one(&OWNS_ANY, values![guest]).await?.is_some())
}

pub(in crate::store) async fn count(unit: &mut Unit, group: GroupId) -> Result<u64, StoreError> {
    let count =
        unit.one(&COUNT, values![group]).await?.map_or(Ok(0), |row| row.columns("group_owners").int("count"))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

pub(in crate::store) async fn add(unit: &mut Unit, group: GroupId, guest: GuestId) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&ADD, values![group, guest]).await?))
}

pub(in crate::store) async fn remove(unit: &mut Unit, group: GroupId, guest: GuestId) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&REMOVE, values![group, guest]).await?))
}

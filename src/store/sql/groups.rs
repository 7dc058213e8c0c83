//! Groups, their members and their apps.

use super::partner_rows::{PROVENANCES, read_slug};
use super::{Read as _, Statement, statements};
use crate::domain::apps::AppId;
use crate::domain::groups::{Group, GroupId};
use crate::domain::guests::GuestId;
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance, WholeGroup};
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    LIST = "select id, slug, name, provenance
from groups
order by slug";
    LIST_MEMBERS = "select group_id, guest_id
from group_members
order by group_id, guest_id";
    LIST_OWNERS = "select group_id, guest_id
from group_owners
order by group_id, guest_id";
    LIST_APPS = "select group_id, app_id
from app_groups
order by group_id, app_id";
    UPSERT = "insert into groups (id, slug, name, provenance)
values ($1, $2, $3, $4)
on conflict (id) do update set slug = excluded.slug, name = excluded.name, provenance = excluded.provenance";
    DELETE = "delete from groups
where id = $1";
    DELETE_MEMBERS = "delete from group_members
where group_id = $1";
    INSERT_MEMBER = "insert into group_members (group_id, guest_id)
values ($1, $2)";
    DELETE_OWNERS = "delete from group_owners
where group_id = $1";
    INSERT_OWNER = "insert into group_owners (group_id, guest_id)
values ($1, $2)";
    DELETE_APPS = "delete from app_groups
where group_id = $1";
    INSERT_APP = "insert into app_groups (group_id, app_id)
values ($1, $2)";
}

pub(in crate::store) async fn list(unit: &mut Unit) -> Result<Vec<Kept<WholeGroup>>, StoreError> {
    let rows = unit.all(&LIST, values![]).await?;
    let mut groups: Vec<Kept<WholeGroup>> = rows.iter().map(|row| row.read("groups")).collect::<Result<_, _>>()?;
    let members = pairs(unit, &LIST_MEMBERS).await?;
    let owners = pairs(unit, &LIST_OWNERS).await?;
    let apps = pairs(unit, &LIST_APPS).await?;
    for group in &mut groups {
        let id = group.value.group.id;
        group.value.members = seconds(&members, id).map(GuestId::from_uuid).collect();
        group.value.owners = seconds(&owners, id).map(GuestId::from_uuid).collect();
        group.value.apps = seconds(&apps, id).map(AppId::from_uuid).collect();
    }
    Ok(groups)
}

pub(in crate::store) async fn upsert(
    unit: &mut Unit,
    whole: &WholeGroup,
    provenance: Provenance,
) -> Result<(), StoreError> {
    let Group { id, slug, name } = &whole.group;
    let values = values![*id, slug.as_str(), name.as_str(), word_of(PROVENANCES, &provenance)];
    unit.attempt(&UPSERT, values).await?;
    unit.write(&DELETE_MEMBERS, values![*id]).await?;
    for member in &whole.members {
        unit.write(&INSERT_MEMBER, values![*id, *member]).await?;
    }
    unit.write(&DELETE_OWNERS, values![*id]).await?;
    for owner in &whole.owners {
        unit.write(&INSERT_OWNER, values![*id, *owner]).await?;
    }
    unit.write(&DELETE_APPS, values![*id]).await?;
    for app in &whole.apps {
        unit.write(&INSERT_APP, values![*id, *app]).await?;
    }
    Ok(())
}

pub(in crate::store) async fn delete(unit: &mut Unit, id: GroupId) -> Result<(), StoreError> {
    unit.write(&DELETE, values![id]).await
}

/// Pairs of a group and what belongs to it, ordered.
async fn pairs(unit: &mut Unit, statement: &'static Statement) -> Result<Vec<(GroupId, uuid::Uuid)>, StoreError> {
    let rows = unit.all(statement, values![]).await?;
    let read = |row: &crate::store::row::Row| {
        let mut columns = row.columns("groups");
        Ok((GroupId::from_uuid(columns.uuid("group_id")?), columns.uuid("id")?))
    };
    rows.iter().map(read).collect()
}

fn seconds(pairs: &[(GroupId, uuid::Uuid)], id: GroupId) -> impl Iterator<Item = uuid::Uuid> {
    let start = pairs.partition_point(|(group, _)| *group < id);
    pairs[start..].iter().take_while(move |(group, _)| *group == id).map(|(_, second)| *second)
}

impl FromColumns for Kept<WholeGroup> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = GroupId::from_uuid(columns.key()?);
        let group = Group { id, slug: read_slug(columns)?, name: columns.text("name")? };
        let provenance = columns.word("provenance", PROVENANCES)?;
        Ok(Self { value: WholeGroup { group, members: Vec::new(), owners: Vec::new(), apps: Vec::new() }, provenance })
    }
}

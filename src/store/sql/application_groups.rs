//! Groups of apps.

use super::partner_rows::{PROVENANCES, read_slug};
use super::{Read as _, statements};
use crate::domain::apps::AppId;
use crate::domain::policy::app_groups::AppGroup;
use crate::domain::policy::facts::AppGroupId;
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance};
use crate::store::row::{Columns, FromColumns, Row, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    LIST = "select id, slug, name, provenance
from application_groups
order by slug";
    LIST_MEMBERS = "select application_group_id, app_id
from application_group_members
order by application_group_id, app_id";
    UPSERT = "insert into application_groups (id, slug, name, provenance)
values ($1, $2, $3, $4)
on conflict (id) do update set slug = excluded.slug, name = excluded.name, provenance = excluded.provenance";
    DELETE = "delete from application_groups
where id = $1";
    DELETE_MEMBERS = "delete from application_group_members
where application_group_id = $1";
    INSERT_MEMBER = "insert into application_group_members (application_group_id, app_id)
values ($1, $2)";
}

pub(in crate::store) async fn list(unit: &mut Unit) -> Result<Vec<Kept<AppGroup>>, StoreError> {
    let rows = unit.all(&LIST, values![]).await?;
    let mut groups: Vec<Kept<AppGroup>> =
        rows.iter().map(|row| row.read("application_groups")).collect::<Result<_, _>>()?;
    let rows = unit.all(&LIST_MEMBERS, values![]).await?;
    let members: Vec<(AppGroupId, AppId)> = rows.iter().map(member).collect::<Result<_, _>>()?;
    for Kept { value, .. } in &mut groups {
        let start = members.partition_point(|(group, _)| *group < value.id);
        let own = members[start..].iter().take_while(|(group, _)| *group == value.id);
        value.apps = own.map(|(_, app)| *app).collect();
    }
    Ok(groups)
}

pub(in crate::store) async fn upsert(
    unit: &mut Unit,
    group: &AppGroup,
    provenance: Provenance,
) -> Result<(), StoreError> {
    let AppGroup { id, slug, name, apps } = group;
    let provenance = word_of(PROVENANCES, &provenance);
    unit.attempt(&UPSERT, values![*id, slug.as_str(), name.as_str(), provenance]).await?;
    unit.write(&DELETE_MEMBERS, values![*id]).await?;
    for app in apps {
        unit.write(&INSERT_MEMBER, values![*id, *app]).await?;
    }
    Ok(())
}

pub(in crate::store) async fn delete(unit: &mut Unit, id: AppGroupId) -> Result<(), StoreError> {
    unit.write(&DELETE, values![id]).await
}

fn member(row: &Row) -> Result<(AppGroupId, AppId), StoreError> {
    let mut columns = row.columns("application_group_members");
    let group = columns.uuid("application_group_id")?;
    Ok((AppGroupId::from_uuid(group), AppId::from_uuid(columns.uuid("app_id")?)))
}

impl FromColumns for Kept<AppGroup> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = AppGroupId::from_uuid(columns.key()?);
        let value = AppGroup { id, slug: read_slug(columns)?, name: columns.text("name")?, apps: Vec::new() };
        Ok(Self { value, provenance: columns.word("provenance", PROVENANCES)? })
    }
}

//! Roles of administrators.

use super::attempts::once;
use super::guest_rows::guest_columns;
use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::guests::{Guest, GuestId};
use crate::domain::roles::{Role, RoleAssignment, Roles};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    LIST = concat!(
        "select ",
        guest_columns!("g"),
        ", r.role, r.created_at
from role_assignments r
join guests g on g.id = r.guest_id
order by r.guest_id, r.role"
    );
    OF_RANGE = "select guest_id, role
from role_assignments
where guest_id between $1 and $2
order by guest_id, role";
    GRANT = "insert into role_assignments (guest_id, role, created_at)
values ($1, $2, $3)
on conflict (guest_id, role) do nothing
returning guest_id";
    REVOKE = "delete from role_assignments
where guest_id = $1 and role = $2
returning guest_id";
}

/// The roles of the accounts between two ids, both included, in the order of their ids.
pub(super) async fn of_range(
    unit: &mut Unit,
    first: GuestId,
    last: GuestId,
) -> Result<Vec<(GuestId, Role)>, StoreError> {
    let rows = unit.all(&OF_RANGE, values![first, last]).await?;
    let read = |row: &crate::store::row::Row| {
        let mut columns = row.columns("role_assignments");
        let guest = GuestId::from_uuid(columns.uuid("guest_id")?);
        Ok((guest, read_role(&mut columns)?))
    };
    rows.iter().map(read).collect()
}

pub(in crate::store) async fn of_guest(unit: &mut Unit, guest: GuestId) -> Result<Roles, StoreError> {
    let pairs = of_range(unit, guest, guest).await?;
    Ok(pairs.into_iter().fold(Roles::NONE, |roles, (_, role)| roles.with(role)))
}

pub(in crate::store) async fn grant(
    unit: &mut Unit,
    guest: GuestId,
    role: Role,
    now: Timestamp,
) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&GRANT, values![guest, role.as_str(), now]).await?))
}

pub(in crate::store) async fn revoke(unit: &mut Unit, guest: GuestId, role: Role) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&REVOKE, values![guest, role.as_str()]).await?))
}

pub(in crate::store) async fn list(unit: &mut Unit) -> Result<Vec<RoleAssignment>, StoreError> {
    unit.all(&LIST, values![]).await?.iter().map(|row| row.read("role_assignments")).collect()
}

fn read_role(columns: &mut Columns<'_>) -> Result<Role, StoreError> {
    let word = columns.text("role")?;
    Role::parse(&word).ok_or_else(|| columns.corrupt("role"))
}

impl FromColumns for RoleAssignment {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let guest = Guest::from_columns(columns)?;
        Ok(Self { guest, role: read_role(columns)?, granted_at: columns.time("created_at")? })
    }
}

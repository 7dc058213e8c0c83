//! Recovery codes: each is taken once.

use super::attempts::once;
use super::{Read as _, guests, statements};
use crate::domain::factors::codes::{RecoveryCode, RecoveryCodeId};
use crate::domain::guests::GuestId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! list_codes {
    ($own:literal) => {
        concat!(
            "select id, guest_id, mac, created_at
from recovery_codes
where guest_id = $1
order by id",
            $own
        )
    };
}

statements! {
    LIST = list_codes!(""), postgres: list_codes!("\nfor no key update");
    INSERT = "insert into recovery_codes (id, guest_id, mac, created_at)
values ($1, $2, $3, $4)";
    TAKE = "delete from recovery_codes
where id = $1
returning id";
    DELETE_OF_GUEST = "delete from recovery_codes
where guest_id = $1";
}

/// The guest's row comes first: of two who replace the codes at once, the second removes those of the
/// first.
pub(in crate::store) async fn replace(
    unit: &mut Unit,
    guest: GuestId,
    codes: &[RecoveryCode],
) -> Result<(), StoreError> {
    guests::lock(unit, guest).await?;
    delete_all(unit, guest).await?;
    for code in codes {
        unit.write(&INSERT, values![code.id, guest, code.mac.as_slice(), code.created_at]).await?;
    }
    Ok(())
}

pub(in crate::store) async fn list(unit: &mut Unit, guest: GuestId) -> Result<Vec<RecoveryCode>, StoreError> {
    unit.all(&LIST, values![guest]).await?.iter().map(|row| row.read("recovery_codes")).collect()
}

pub(in crate::store) async fn take(unit: &mut Unit, id: RecoveryCodeId) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&TAKE, values![id]).await?))
}

pub(in crate::store) async fn delete_all(unit: &mut Unit, guest: GuestId) -> Result<(), StoreError> {
    unit.write(&DELETE_OF_GUEST, values![guest]).await
}

impl FromColumns for RecoveryCode {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: RecoveryCodeId::from_uuid(columns.key()?),
            guest: GuestId::from_uuid(columns.uuid("guest_id")?),
            mac: columns.digest("mac")?,
            created_at: columns.time("created_at")?,
        })
    }
}

//! Enrolled factors.

use super::attempts::once;
use super::{Read as _, guests, statements};
use crate::base::clock::Timestamp;
use crate::domain::factors::{
    Enrolled, FactorId, FactorKind, FactorLabel, KeyProtection, Material, PasskeyMaterial, TotpMaterial,
};
use crate::domain::guests::GuestId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::{Value, values};

macro_rules! select_factor {
    ($end:literal) => {
        concat!(
            "select f.id, f.guest_id, f.kind, f.label, f.secret, f.last_step, f.credential_id, f.record, f.counter,
    f.protection, f.created_at, f.used_at
from factors f
",
            $end
        )
    };
}

statements! {
    LIST = select_factor!("where f.guest_id = $1\norder by f.created_at, f.id"),
        postgres: select_factor!("where f.guest_id = $1\norder by f.created_at, f.id\nfor no key update of f");
    FIND = select_factor!("where f.id = $1 and f.guest_id = $2"),
        postgres: select_factor!("where f.id = $1 and f.guest_id = $2\nfor no key update of f");
    INSERT = "insert into factors (id, guest_id, kind, label, secret, last_step, credential_id, record, counter,
    protection, created_at, used_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    RENAME = "update factors
set label = $3
where id = $1 and guest_id = $2
returning id";
    DELETE = "delete from factors
where id = $1 and guest_id = $2
returning id";
    DELETE_OF_GUEST = "delete from factors
where guest_id = $1
returning id";
    REMEMBER_STEP = "update factors
set last_step = $2, used_at = $3
where id = $1 and last_step < $2
returning id";
    /// An authenticator without a counter always says zero.
    ADVANCE = "update factors
set counter = $2, record = $3, protection = $4, used_at = $5
where id = $1 and (counter < $2 or (counter = 0 and $2 = 0))
returning id";
}

/// The guest's row comes first, in a statement of its own: the next one then sees what others who had
/// that row have added.
pub(in crate::store) async fn list(unit: &mut Unit, guest: GuestId) -> Result<Vec<Enrolled>, StoreError> {
    guests::lock(unit, guest).await?;
    unit.all(&LIST, values![guest]).await?.iter().map(|row| row.read("factors")).collect()
}

pub(in crate::store) async fn find(
    unit: &mut Unit,
    guest: GuestId,
    id: FactorId,
) -> Result<Option<Enrolled>, StoreError> {
    unit.one(&FIND, values![id, guest]).await?.map(|row| row.read("factors")).transpose()
}

pub(in crate::store) async fn insert(unit: &mut Unit, factor: &Enrolled) -> Result<(), StoreError> {
    unit.attempt(&INSERT, factor_values(factor)).await.map(drop)
}

pub(in crate::store) async fn rename(
    unit: &mut Unit,
    guest: GuestId,
    id: FactorId,
    label: &FactorLabel,
) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&RENAME, values![id, guest, label.as_str()]).await?))
}

pub(in crate::store) async fn delete(unit: &mut Unit, guest: GuestId, id: FactorId) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&DELETE, values![id, guest]).await?))
}

pub(in crate::store) async fn delete_all(unit: &mut Unit, guest: GuestId) -> Result<u64, StoreError> {
    Ok(unit.all(&DELETE_OF_GUEST, values![guest]).await?.len() as u64)
}

pub(in crate::store) async fn remember_step(
    unit: &mut Unit,
    id: FactorId,
    step: i64,
    now: Timestamp,
) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&REMEMBER_STEP, values![id, step, now]).await?))
}

pub(in crate::store) async fn advance(
    unit: &mut Unit,
    id: FactorId,
    material: &PasskeyMaterial,
    now: Timestamp,
) -> Result<Once, StoreError> {
    let values = values![id, material.counter, material.record.as_slice(), material.protection.as_str(), now];
    Ok(once(&unit.all(&ADVANCE, values).await?))
}

fn factor_values(factor: &Enrolled) -> Vec<Value> {
    let (totp, passkey) = match &factor.material {
        Material::Totp(totp) => (Some(totp), None),
        Material::Passkey(passkey) => (None, Some(passkey)),
    };
    values![
        factor.id,
        factor.guest,
        factor.material.kind().as_str(),
        factor.label.as_str(),
        totp.map(|totp| totp.sealed_secret.as_slice()),
        totp.map(|totp| totp.last_step),
        passkey.map(|passkey| passkey.credential_id.as_slice()),
        passkey.map(|passkey| passkey.record.as_slice()),
        passkey.map(|passkey| passkey.counter),
        passkey.map(|passkey| passkey.protection.as_str()),
        factor.created_at,
        factor.used_at,
    ]
}

impl FromColumns for Enrolled {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = FactorId::from_uuid(columns.key()?);
        let guest = GuestId::from_uuid(columns.uuid("guest_id")?);
        let kind = FactorKind::parse(&columns.text("kind")?).ok_or_else(|| columns.corrupt("kind"))?;
        let label = FactorLabel::parse(&columns.text("label")?).ok_or_else(|| columns.corrupt("label"))?;
        let totp = read_totp(columns)?;
        let passkey = read_passkey(columns)?;
        let material = match (kind, totp, passkey) {
            (FactorKind::Totp, Some(totp), None) => Material::Totp(totp),
            (FactorKind::Passkey, None, Some(passkey)) => Material::Passkey(passkey),
            _ => return Err(columns.corrupt("kind")),
        };
        let created_at = columns.time("created_at")?;
        let used_at = columns.optional_time("used_at")?;
        Ok(Self { id, guest, label, material, created_at, used_at })
    }
}

/// Both columns are there or neither is.
fn read_totp(columns: &mut Columns<'_>) -> Result<Option<TotpMaterial>, StoreError> {
    match (columns.optional_bytes("secret")?, columns.optional_int("last_step")?) {
        (None, None) => Ok(None),
        (Some(sealed_secret), Some(last_step)) => Ok(Some(TotpMaterial { sealed_secret, last_step })),
        _ => Err(columns.corrupt("last_step")),
    }
}

/// All four columns are there or none is.
fn read_passkey(columns: &mut Columns<'_>) -> Result<Option<PasskeyMaterial>, StoreError> {
    let credential_id = columns.optional_bytes("credential_id")?;
    let record = columns.optional_bytes("record")?;
    let counter = columns.optional_int("counter")?;
    let protection = columns.optional_text("protection")?;
    match (credential_id, record, counter, protection) {
        (None, None, None, None) => Ok(None),
        (Some(credential_id), Some(record), Some(counter), Some(protection)) => {
            let counter = u32::try_from(counter).map_err(|_| columns.corrupt("counter"))?;
            let protection = KeyProtection::ALL.into_iter().find(|known| known.as_str() == protection);
            let protection = protection.ok_or_else(|| columns.corrupt("protection"))?;
            Ok(Some(PasskeyMaterial { credential_id, record, counter, protection }))
        }
        _ => Err(columns.corrupt("credential_id")),
    }
}

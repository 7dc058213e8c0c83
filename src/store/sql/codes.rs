//! Codes: each is taken once.

use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::attempts::AttemptId;
use crate::domain::circumstances::Circumstances;
use crate::domain::guests::GuestId;
use crate::domain::requests::OidcReturn;
use crate::domain::sessions::{Code, CodeId, HandleHash, SessionId};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::TakenCode;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    INSERT = "insert into codes (id, handle, app_id, guest_id, session_id, attempt_id, request, issued_at, expires_at,
    circumstances)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    TAKE = "update codes
set taken_at = $2
where handle = $1 and taken_at is null
returning id, handle, app_id, guest_id, session_id, attempt_id, request, issued_at, expires_at, circumstances";
    FIND = "select id, handle, app_id, guest_id, session_id, attempt_id, request, issued_at, expires_at, circumstances
from codes
where handle = $1";
}

pub(in crate::store) async fn insert(unit: &mut Unit, code: &Code) -> Result<(), StoreError> {
    let values = values![
        code.id,
        &code.handle,
        code.app,
        code.guest,
        code.session,
        code.attempt,
        code.request.to_bytes(),
        code.issued_at,
        code.expires_at,
        code.circumstances.to_bytes(),
    ];
    unit.write(&INSERT, values).await
}

pub(in crate::store) async fn take(
    unit: &mut Unit,
    handle: &HandleHash,
    now: Timestamp,
) -> Result<TakenCode, StoreError> {
    if let Some(row) = unit.one(&TAKE, values![handle, now]).await? {
        return row.read("codes").map(TakenCode::Taken);
    }
    let row = unit.one(&FIND, values![handle]).await?;
    row.map_or(Ok(TakenCode::Unknown), |row| row.read("codes").map(TakenCode::Again))
}

/// What a version before this one issued has none.
pub(super) fn read_circumstances(columns: &mut Columns<'_>, issued_at: Timestamp) -> Result<Circumstances, StoreError> {
    match columns.optional_bytes("circumstances")? {
        None => Ok(Circumstances::unknown(issued_at)),
        Some(bytes) => Circumstances::from_bytes(&bytes).map_err(|_| columns.corrupt("circumstances")),
    }
}

impl FromColumns for Code {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = CodeId::from_uuid(columns.key()?);
        let handle = columns.handle("handle")?;
        let app = AppId::from_uuid(columns.uuid("app_id")?);
        let guest = GuestId::from_uuid(columns.uuid("guest_id")?);
        let session = SessionId::from_uuid(columns.uuid("session_id")?);
        let attempt = AttemptId::from_uuid(columns.uuid("attempt_id")?);
        let request = OidcReturn::from_bytes(&columns.bytes("request")?).map_err(|_| columns.corrupt("request"))?;
        let issued_at = columns.time("issued_at")?;
        let expires_at = columns.time("expires_at")?;
        let circumstances = read_circumstances(columns, issued_at)?;
        Ok(Self { id, handle, app, guest, session, attempt, request, circumstances, issued_at, expires_at })
    }
}

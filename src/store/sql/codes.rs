//! Codes: each is taken once.

use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::attempts::AttemptId;
use crate::domain::guests::GuestId;
use crate::domain::requests::OidcReturn;
use crate::domain::sessions::{Code, CodeId, HandleHash, SessionId};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::TakenCode;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! find {
    ($own:literal) => {
        concat!(
            "select id, handle, app_id, guest_id, session_id, attempt_id, request, issued_at, expires_at, taken_at
from codes
where handle = $1",
            $own
        )
    };
}

statements! {
    INSERT = "insert into codes (id, handle, app_id, guest_id, session_id, attempt_id, request, issued_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// PostgreSQL holds the row, so that of two who take a code the second sees that it was taken.
    FIND = find!(""), postgres: find!("\nfor no key update");
    TAKE = "update codes
set taken_at = $2
where id = $1 and taken_at is null";
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
    ];
    unit.write(&INSERT, values).await
}

pub(in crate::store) async fn take(
    unit: &mut Unit,
    handle: &HandleHash,
    now: Timestamp,
) -> Result<TakenCode, StoreError> {
    let Some(row) = unit.one(&FIND, values![handle]).await? else { return Ok(TakenCode::Unknown) };
    let mut columns = row.columns("codes");
    let code = Code::from_columns(&mut columns)?;
    if columns.optional_time("taken_at")?.is_some() {
        return Ok(TakenCode::Again(code));
    }
    unit.write(&TAKE, values![code.id, now]).await?;
    Ok(TakenCode::Taken(code))
}

impl FromColumns for Code {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: CodeId::from_uuid(columns.key()?),
            handle: columns.handle("handle")?,
            app: AppId::from_uuid(columns.uuid("app_id")?),
            guest: GuestId::from_uuid(columns.uuid("guest_id")?),
            session: SessionId::from_uuid(columns.uuid("session_id")?),
            attempt: AttemptId::from_uuid(columns.uuid("attempt_id")?),
            request: OidcReturn::from_bytes(&columns.bytes("request")?).map_err(|_| columns.corrupt("request"))?,
            issued_at: columns.time("issued_at")?,
            expires_at: columns.time("expires_at")?,
        })
    }
}

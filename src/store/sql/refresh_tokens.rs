//! Refresh tokens: a row for each family.

use super::attempts::once;
use super::tokens::read_terms;
use super::{Read as _, statements};
use crate::domain::apps::AppId;
use crate::domain::attempts::AttemptId;
use crate::domain::circumstances::Circumstances;
use crate::domain::guests::GuestId;
use crate::domain::requests::Scopes;
use crate::domain::sessions::{CodeId, HandleHash, RefreshFamily, SessionId};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::domain::terms::TokenTerms;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! find {
    ($own:literal) => {
        concat!(
            "select handle, current, code_id, app_id, guest_id, session_id, attempt_id, scopes, circumstances, issued_at,
    expires_at, terms
from refresh_tokens
where handle = $1",
            $own
        )
    };
}

statements! {
    INSERT = "insert into refresh_tokens (handle, current, code_id, app_id, guest_id, session_id, attempt_id, scopes,
    circumstances, issued_at, expires_at, terms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// PostgreSQL holds the row, so that of two who show one token the second sees that it is an old one.
    FIND = find!(""), postgres: find!("\nfor no key update");
    ROTATE = "update refresh_tokens
set current = $3, terms = $4
where handle = $1 and current = $2
returning handle";
    END_OF_CODE = "delete from refresh_tokens
where session_id = $2 and code_id = $1
returning handle";
}

pub(in crate::store) async fn insert(unit: &mut Unit, family: &RefreshFamily) -> Result<(), StoreError> {
    let values = values![
        &family.handle,
        family.current.as_slice(),
        family.code,
        family.app,
        family.guest,
        family.session,
        family.attempt,
        family.scopes.bits(),
        family.circumstances.to_bytes(),
        family.issued_at,
        family.expires_at,
        family.terms.to_bytes(),
    ];
    unit.write(&INSERT, values).await
}

pub(in crate::store) async fn read(unit: &mut Unit, handle: &HandleHash) -> Result<Option<RefreshFamily>, StoreError> {
    unit.one(&FIND, values![handle]).await?.map(|row| row.read("refresh_tokens")).transpose()
}

pub(in crate::store) async fn rotate(
    unit: &mut Unit,
    family: &RefreshFamily,
    next: &[u8; 32],
    terms: &TokenTerms,
) -> Result<Once, StoreError> {
    let values = values![&family.handle, family.current.as_slice(), next.as_slice(), terms.to_bytes()];
    Ok(once(&unit.all(&ROTATE, values).await?))
}

pub(super) async fn end_of_code(unit: &mut Unit, code: CodeId, session: SessionId) -> Result<u64, StoreError> {
    Ok(unit.all(&END_OF_CODE, values![code, session]).await?.len() as u64)
}

impl FromColumns for RefreshFamily {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let handle = columns.handle("handle")?;
        let current = columns.bytes("current")?.try_into().map_err(|_| columns.corrupt("current"))?;
        let code = CodeId::from_uuid(columns.uuid("code_id")?);
        let app = AppId::from_uuid(columns.uuid("app_id")?);
        let guest = GuestId::from_uuid(columns.uuid("guest_id")?);
        let session = SessionId::from_uuid(columns.uuid("session_id")?);
        let attempt = AttemptId::from_uuid(columns.uuid("attempt_id")?);
        let scopes = u8::try_from(columns.int("scopes")?).map_err(|_| columns.corrupt("scopes"))?;
        let circumstances = columns.bytes("circumstances")?;
        let circumstances = Circumstances::from_bytes(&circumstances).map_err(|_| columns.corrupt("circumstances"))?;
        let issued_at = columns.time("issued_at")?;
        let expires_at = columns.time("expires_at")?;
        let scopes = Scopes::from_bits(scopes);
        Ok(Self {
            handle,
            current,
            code,
            app,
            guest,
            session,
            attempt,
            scopes,
            terms: read_terms(columns)?,
            circumstances,
            issued_at,
            expires_at,
        })
    }
}

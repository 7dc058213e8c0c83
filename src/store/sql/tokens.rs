//! Access tokens.

use super::attempts::once;
use super::codes::read_circumstances;
use super::refresh_tokens;
use super::{Read as _, statements};
use crate::domain::apps::AppId;
use crate::domain::guests::GuestId;
use crate::domain::requests::Scopes;
use crate::domain::sessions::{AccessToken, CodeId, HandleHash, SessionId};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::domain::terms::TokenTerms;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    INSERT = "insert into access_tokens (handle, code_id, app_id, guest_id, session_id, scopes, issued_at, expires_at,
    circumstances, terms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    END_OF_CODE = "delete from access_tokens
where session_id = $2 and code_id = $1
returning code_id";
    END = "delete from access_tokens
where handle = $1
returning handle";
}

pub(in crate::store) async fn end(unit: &mut Unit, handle: &HandleHash) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&END, values![handle]).await?))
}

pub(in crate::store) async fn insert(unit: &mut Unit, token: &AccessToken) -> Result<(), StoreError> {
    let values = values![
        &token.handle,
        token.code,
        token.app,
        token.guest,
        token.session,
        token.scopes.bits(),
        token.issued_at,
        token.expires_at,
        token.circumstances.to_bytes(),
        token.terms.to_bytes(),
    ];
    unit.write(&INSERT, values).await
}

pub(in crate::store) async fn end_of_code(
    unit: &mut Unit,
    code: CodeId,
    session: SessionId,
) -> Result<u64, StoreError> {
    let families = refresh_tokens::end_of_code(unit, code, session).await?;
    Ok(families + unit.all(&END_OF_CODE, values![code, session]).await?.len() as u64)
}

/// What a version before this one issued has none.
pub(super) fn read_terms(columns: &mut Columns<'_>) -> Result<TokenTerms, StoreError> {
    let bytes = columns.optional_bytes("terms")?;
    TokenTerms::from_bytes(bytes.as_deref()).map_err(|_| columns.corrupt("terms"))
}

impl FromColumns for AccessToken {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let handle = columns.handle("handle")?;
        let code = CodeId::from_uuid(columns.uuid("code_id")?);
        let app = AppId::from_uuid(columns.uuid("app_id")?);
        let guest = GuestId::from_uuid(columns.uuid("guest_id")?);
        let session = SessionId::from_uuid(columns.uuid("session_id")?);
        let scopes = u8::try_from(columns.int("scopes")?).map_err(|_| columns.corrupt("scopes"))?;
        let scopes = Scopes::from_bits(scopes);
        let issued_at = columns.time("issued_at")?;
        let expires_at = columns.time("expires_at")?;
        let circumstances = read_circumstances(columns, issued_at)?;
        let terms = read_terms(columns)?;
        Ok(Self { handle, code, app, guest, session, scopes, terms, circumstances, issued_at, expires_at })
    }
}

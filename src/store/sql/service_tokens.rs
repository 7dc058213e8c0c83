//! Tokens of apps that act for nobody.

use super::attempts::once;
use super::tokens::read_terms;
use super::{Read as _, statements};
use crate::domain::apps::AppId;
use crate::domain::sessions::{HandleHash, ServiceToken};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    INSERT = "insert into service_tokens (handle, app_id, issued_at, expires_at, terms)
values ($1, $2, $3, $4, $5)";
    FIND = "select handle, app_id, issued_at, expires_at, terms
from service_tokens
where handle = $1";
    END = "delete from service_tokens
where handle = $1
returning handle";
}

pub(in crate::store) async fn insert(unit: &mut Unit, token: &ServiceToken) -> Result<(), StoreError> {
    let terms = token.terms.to_bytes();
    unit.write(&INSERT, values![&token.handle, token.app, token.issued_at, token.expires_at, terms]).await
}

pub(in crate::store) async fn read(unit: &mut Unit, handle: &HandleHash) -> Result<Option<ServiceToken>, StoreError> {
    unit.one(&FIND, values![handle]).await?.map(|row| row.read("service_tokens")).transpose()
}

pub(in crate::store) async fn end(unit: &mut Unit, handle: &HandleHash) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&END, values![handle]).await?))
}

impl FromColumns for ServiceToken {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            handle: columns.handle("handle")?,
            app: AppId::from_uuid(columns.uuid("app_id")?),
            issued_at: columns.time("issued_at")?,
            expires_at: columns.time("expires_at")?,
            terms: read_terms(columns)?,
        })
    }
}

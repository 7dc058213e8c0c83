//! What is true of an access token that was shown, in one statement outside any unit.

use super::sessions::reading_columns;
use super::{Read, statements};
use crate::domain::grants::{BearerReading, SessionReading};
use crate::domain::sessions::{AccessToken, HandleHash};
use crate::domain::store::StoreError;
use crate::store::row::{Columns, FromColumns};
use crate::store::value::values;

statements! {
    READ_BEARER = concat!(
        "select t.handle, t.code_id, t.app_id, t.guest_id, t.session_id, t.scopes, t.issued_at, t.expires_at,
    t.circumstances, t.terms,
    ",
        reading_columns!(),
        ",
    (select r.revision from policy_revision r)
from access_tokens t
join sessions s on s.id = t.session_id
join guests g on g.id = s.guest_id
join partners p on p.id = s.partner_id
left join apps app on app.id = t.app_id
left join imported_subjects i on i.guest_id = g.id and i.sector = app.sector
where t.handle = $1"
    );
}

pub(in crate::store) async fn read(
    source: &mut (impl Read + Send),
    handle: &HandleHash,
) -> Result<Option<BearerReading>, StoreError> {
    source.one(&READ_BEARER, values![handle]).await?.map(|row| row.read("access_tokens")).transpose()
}

impl FromColumns for BearerReading {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            token: AccessToken::from_columns(columns)?,
            session: SessionReading::from_columns(columns)?,
            policy_revision: columns.int("revision")?,
        })
    }
}

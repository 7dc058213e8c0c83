//! What partners gave or showed with a session: refresh tokens, and rights in their directory. Each row goes with its
//! session.

use super::attempts::once;
use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::partners::{PartnerId, UpstreamToken};
use crate::domain::sessions::SessionId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    INSERT = "insert into upstream_tokens (session_id, sealed, confirmed_at, next_at)
values ($1, $2, $3, $4)";
    FIND = "select session_id, sealed, confirmed_at, next_at
from upstream_tokens
where session_id = $1";
    TAKE_TURN = "update upstream_tokens
set next_at = $3
where session_id = $1 and next_at <= $2
returning session_id";
    UPDATE = "update upstream_tokens
set sealed = $2, confirmed_at = $3, next_at = $4
where session_id = $1
returning session_id";
    NOTE_READER = "insert into home_readers (session_id)
values ($1)";
    HAS_READER = "select s.id
from sessions s
join home_readers h on h.session_id = s.id
where s.guest_id = $1 and s.partner_id = $2 and s.used_at > $3 and s.started_at > $4
limit 1";
}

pub(in crate::store) async fn insert(unit: &mut Unit, token: &UpstreamToken) -> Result<(), StoreError> {
    let values = values![token.session, token.sealed.as_slice(), token.confirmed_at, token.next_at];
    unit.write(&INSERT, values).await
}

pub(in crate::store) async fn find(unit: &mut Unit, session: SessionId) -> Result<Option<UpstreamToken>, StoreError> {
    unit.one(&FIND, values![session]).await?.map(|row| row.read("upstream_tokens")).transpose()
}

pub(in crate::store) async fn take_turn(
    unit: &mut Unit,
    session: SessionId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&TAKE_TURN, values![session, now, until]).await?))
}

pub(in crate::store) async fn update(unit: &mut Unit, token: &UpstreamToken) -> Result<Once, StoreError> {
    let values = values![token.session, token.sealed.as_slice(), token.confirmed_at, token.next_at];
    Ok(once(&unit.all(&UPDATE, values).await?))
}

pub(in crate::store) async fn note_reader(unit: &mut Unit, session: SessionId) -> Result<(), StoreError> {
    unit.write(&NOTE_READER, values![session]).await
}

pub(in crate::store) async fn has_reader(
    unit: &mut Unit,
    guest: GuestId,
    partner: PartnerId,
    idle_since: Timestamp,
    begun_since: Timestamp,
) -> Result<bool, StoreError> {
    let values = values![guest, partner, idle_since, begun_since];
    Ok(unit.one(&HAS_READER, values).await?.is_some())
}

impl FromColumns for UpstreamToken {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            session: SessionId::from_uuid(columns.key()?),
            sealed: columns.bytes("sealed")?,
            confirmed_at: columns.time("confirmed_at")?,
            next_at: columns.time("next_at")?,
        })
    }
}

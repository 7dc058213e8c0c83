//! Notices to apps that a session has ended. A trigger on the sessions makes them due.

use super::attempts::once;
use super::{Read, statements};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::guests::GuestId;
use crate::domain::notices::{Enlisted, LogoutNotice, Waiting};
use crate::domain::sessions::SessionId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    ENLIST = "insert into logout_notices (session_id, app_id, guest_id, subject, tries)
values ($1, $2, $3, $4, 0)
on conflict (session_id, app_id) do nothing";
    DUE = "select session_id, app_id, guest_id, subject, tries, next_at
from logout_notices
where next_at is not null and next_at <= $1
order by next_at
limit cast($2 as bigint)";
    CLAIM = "update logout_notices
set next_at = $4, tries = tries + 1
where session_id = $1 and app_id = $2 and next_at = $3
returning app_id";
    PUT_OFF = "update logout_notices
set next_at = $4, fault = $5
where session_id = $1 and app_id = $2 and next_at = $3
returning app_id";
    DELETE = "delete from logout_notices
where session_id = $1 and app_id = $2 and next_at = $3
returning app_id";
    WAITING = "select count(*), (
    select w.fault
    from logout_notices w
    where w.app_id = $1 and w.next_at is not null and w.fault is not null
    order by w.tries desc
    limit 1
)
from logout_notices n
where n.app_id = $1 and n.next_at is not null";
}

pub(in crate::store) async fn enlist(unit: &mut Unit, enlisted: &Enlisted) -> Result<(), StoreError> {
    let Enlisted { session, app, guest, subject } = enlisted;
    unit.write(&ENLIST, values![*session, *app, *guest, subject.as_str()]).await
}

pub(in crate::store) async fn due(
    source: &mut (impl Read + Send),
    now: Timestamp,
    limit: u32,
) -> Result<Vec<LogoutNotice>, StoreError> {
    source.all(&DUE, values![now, limit]).await?.iter().map(|row| row.read("logout_notices")).collect()
}

pub(in crate::store) async fn claim(
    unit: &mut Unit,
    notice: &LogoutNotice,
    until: Timestamp,
) -> Result<Once, StoreError> {
    let values = values![notice.to.session, notice.to.app, notice.next_at, until];
    Ok(once(&unit.all(&CLAIM, values).await?))
}

pub(in crate::store) async fn put_off(
    unit: &mut Unit,
    notice: &LogoutNotice,
    until: Timestamp,
    next_at: Timestamp,
    fault: &str,
) -> Result<Once, StoreError> {
    let values = values![notice.to.session, notice.to.app, until, next_at, fault];
    Ok(once(&unit.all(&PUT_OFF, values).await?))
}

pub(in crate::store) async fn delete(
    unit: &mut Unit,
    notice: &LogoutNotice,
    until: Timestamp,
) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&DELETE, values![notice.to.session, notice.to.app, until]).await?))
}

pub(in crate::store) async fn waiting(unit: &mut Unit, app: AppId) -> Result<Waiting, StoreError> {
    let row = unit.one(&WAITING, values![app]).await?;
    let waiting = row.map(|row| {
        let mut columns = row.columns("logout_notices");
        let notices = u64::try_from(columns.int("count")?).unwrap_or_default();
        Ok(Waiting { notices, fault: columns.optional_text("fault")? })
    });
    Ok(waiting.transpose()?.unwrap_or_default())
}

impl FromColumns for LogoutNotice {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let session = SessionId::from_uuid(columns.key()?);
        let app = AppId::from_uuid(columns.uuid("app_id")?);
        let guest = GuestId::from_uuid(columns.uuid("guest_id")?);
        let subject = columns.text("subject")?;
        let tries = u32::try_from(columns.int("tries")?).map_err(|_| columns.corrupt("tries"))?;
        let next_at = columns.time("next_at")?;
        Ok(Self { to: Enlisted { session, app, guest, subject }, tries, next_at })
    }
}

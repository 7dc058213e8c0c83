//! The outbox. A mail is due while `due_at` is there; a node that has taken it up stands in `leased_by` until
//! `leased_until`, and whoever has no such lease writes nothing.

use super::attempts::once;
use super::{Read, statements};
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::mails::{Asked, LeasedMail, MailId, MailKind, MailRecord, OUTCOME_UNKNOWN, Outcome, SealedMail};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

const TABLE: &str = "outbox";

macro_rules! list {
    ($which:literal) => {
        concat!(
            "select id, kind, guest_id, sealed, queued_at, due_at, tries, leased_by, leased_until, sent_at, failed_at, cause
from outbox
where ",
            $which
        )
    };
}

macro_rules! lease {
    ($own:literal) => {
        concat!(
            "select id, kind, guest_id, sealed, queued_at, tries, cause
from outbox
where id = $1 and due_at <= $2 and sealed is not null and (leased_until is null or leased_until <= $2)",
            $own
        )
    };
}

statements! {
    INSERT = "insert into outbox (id, kind, guest_id, sealed, queued_at, due_at, tries)
values ($1, $2, $3, $4, $5, $5, 0)";
    DUE = "select id
from outbox
where due_at <= $1 and (leased_until is null or leased_until <= $1)
order by due_at
limit cast($2 as bigint)";
    FIND_DUE = lease!(""), postgres: lease!("\nfor update skip locked");
    LEASE = "update outbox
set leased_by = $2, leased_until = $3, tries = tries + 1, cause = $4
where id = $1";
    SENT = "update outbox
set sent_at = $4, cause = $5, due_at = null, leased_by = null, leased_until = null, sealed = null
where id = $1 and leased_by = $2 and leased_until = $3
returning id";
    PUT_OFF = "update outbox
set due_at = $4, cause = $5, leased_by = null, leased_until = null
where id = $1 and leased_by = $2 and leased_until = $3
returning id";
    FAILED = "update outbox
set failed_at = $4, cause = $5, due_at = null, leased_by = null, leased_until = null
where id = $1 and leased_by = $2 and leased_until = $3
returning id";
    DROPPED = "update outbox
set failed_at = $4, cause = $5, due_at = null, leased_by = null, leased_until = null, sealed = null
where id = $1 and leased_by = $2 and leased_until = $3
returning id";
    LIST = list!("id is not null
order by queued_at desc, id desc
limit cast($1 as bigint)");
    LIST_UNSENT = list!("due_at is not null
order by queued_at desc, id desc
limit cast($1 as bigint)");
    LIST_FAILED = list!("failed_at is not null
order by queued_at desc, id desc
limit cast($1 as bigint)");
    FIND = list!("id = $1");
    RETRY = "update outbox
set due_at = $2, failed_at = null, tries = 0
where id = $1 and sealed is not null and (leased_until is null or leased_until <= $2)
returning id";
    SWEEP = "delete from outbox
where id in (
    select id
    from outbox
    where queued_at < $1 and due_at is null
    order by queued_at
    limit cast($2 as bigint)
)
returning id";
}

pub(in crate::store) async fn insert(unit: &mut Unit, mail: &SealedMail) -> Result<(), StoreError> {
    let values = values![mail.id, mail.kind.as_str(), mail.about, mail.sealed.as_slice(), mail.queued_at];
    unit.write(&INSERT, values).await
}

pub(in crate::store) async fn due(
    source: &mut (impl Read + Send),
    now: Timestamp,
    limit: u32,
) -> Result<Vec<MailId>, StoreError> {
    let rows = source.all(&DUE, values![now, limit]).await?;
    rows.iter().map(|row| row.columns(TABLE).key().map(MailId::from_uuid)).collect()
}

pub(in crate::store) async fn lease(
    unit: &mut Unit,
    node: &str,
    id: MailId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<LeasedMail>, StoreError> {
    let Some(row) = unit.one(&FIND_DUE, values![id, now]).await? else { return Ok(None) };
    let mut columns = row.columns(TABLE);
    let mail = SealedMail {
        id: MailId::from_uuid(columns.key()?),
        kind: kind(&mut columns)?,
        about: columns.optional_uuid("guest_id")?.map(GuestId::from_uuid),
        sealed: columns.bytes("sealed")?,
        queued_at: columns.time("queued_at")?,
    };
    let tries = tries(&mut columns)?.saturating_add(1);
    let last_cause = columns.optional_text("cause")?;
    unit.write(&LEASE, values![id, node, until, OUTCOME_UNKNOWN]).await?;
    Ok(Some(LeasedMail { mail, tries, last_cause, until }))
}

pub(in crate::store) async fn settle(
    unit: &mut Unit,
    node: &str,
    leased: &LeasedMail,
    outcome: &Outcome,
) -> Result<Once, StoreError> {
    let (statement, at, cause) = match *outcome {
        Outcome::Sent { at, cause } => (&SENT, at, cause),
        Outcome::PutOff { until, cause } => (&PUT_OFF, until, Some(cause)),
        Outcome::Failed { at, cause } => (&FAILED, at, Some(cause)),
        Outcome::Dropped { at, cause } => (&DROPPED, at, Some(cause)),
    };
    Ok(once(&unit.all(statement, values![leased.mail.id, node, leased.until, at, cause]).await?))
}

pub(in crate::store) async fn list(unit: &mut Unit, asked: Asked, limit: u32) -> Result<Vec<MailRecord>, StoreError> {
    let statement = match asked {
        Asked::All => &LIST,
        Asked::Unsent => &LIST_UNSENT,
        Asked::Failed => &LIST_FAILED,
    };
    unit.all(statement, values![limit]).await?.iter().map(|row| row.read(TABLE)).collect()
}

pub(in crate::store) async fn find(unit: &mut Unit, id: MailId) -> Result<Option<MailRecord>, StoreError> {
    unit.one(&FIND, values![id]).await?.map(|row| row.read(TABLE)).transpose()
}

pub(in crate::store) async fn retry(unit: &mut Unit, id: MailId, now: Timestamp) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&RETRY, values![id, now]).await?))
}

pub(in crate::store) async fn sweep(unit: &mut Unit, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    Ok(unit.all(&SWEEP, values![before, limit]).await?.len() as u64)
}

fn kind(columns: &mut Columns<'_>) -> Result<MailKind, StoreError> {
    let text = columns.text("kind")?;
    let found = MailKind::ALL.into_iter().find(|kind| kind.as_str() == text);
    found.ok_or_else(|| columns.corrupt("kind"))
}

fn tries(columns: &mut Columns<'_>) -> Result<u32, StoreError> {
    u32::try_from(columns.int("tries")?).map_err(|_| columns.corrupt("tries"))
}

impl FromColumns for MailRecord {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: MailId::from_uuid(columns.key()?),
            kind: kind(columns)?,
            about: columns.optional_uuid("guest_id")?.map(GuestId::from_uuid),
            sealed: columns.optional_bytes("sealed")?,
            queued_at: columns.time("queued_at")?,
            due_at: columns.optional_time("due_at")?,
            tries: tries(columns)?,
            lease: columns.optional_text("leased_by")?.zip(columns.optional_time("leased_until")?),
            sent_at: columns.optional_time("sent_at")?,
            failed_at: columns.optional_time("failed_at")?,
            cause: columns.optional_text("cause")?,
        })
    }
}

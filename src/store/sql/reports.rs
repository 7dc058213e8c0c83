//! Reports: pages of the audit with names, and lists of accounts.

use uuid::Uuid;

use super::{Read, statements};
use crate::base::clock::Timestamp;
use crate::domain::audit::{AuditId, AuditRecord};
use crate::domain::guests::GuestId;
use crate::domain::reports::{
    AccountLine, Active, Activities, AppView, PartnerView, PersonView, Place, ReportEntry, ReportFilter,
};
use crate::domain::store::StoreError;
use crate::store::row::{Columns, FromColumns};
use crate::store::sql::guest_rows::USER_TYPES;
use crate::store::value::values;

/// What stands in the canonical bytes of an entry that let somebody in. Quotes within a text of an entry have
/// a backslash before them, so none can say the same.
macro_rules! let_in_sqlite {
    () => {
        "(a.activity = 'session_use' or a.activity = 'sign_in'
        and (instr(cast(a.canonical as text), '[\"next\",\"code\"]') > 0
            or instr(cast(a.canonical as text), '[\"next\",\"answer\"]') > 0))"
    };
}

macro_rules! let_in_postgres {
    () => {
        "(a.activity = 'session_use' or a.activity = 'sign_in'
        and (position('[\"next\",\"code\"]'::bytea in a.canonical) > 0
            or position('[\"next\",\"answer\"]'::bytea in a.canonical) > 0))"
    };
}

macro_rules! count_active {
    ($let_in:expr) => {
        concat!(
            "select count(distinct g.id), count(distinct case when g.id is null then a.guest_id end)
from audit a
left join guests g on g.id = a.guest_id
where a.at >= $1
    and a.at < $2
    and a.guest_id is not null
    and (g.id is null or g.user_type = 'guest')
    and ",
            $let_in
        )
    };
}

macro_rules! list_active {
    ($let_in:expr) => {
        concat!(
            "select distinct a.guest_id
from audit a
where a.at >= $1
    and a.at < $2
    and a.guest_id is not null
    and ",
            $let_in
        )
    };
}

macro_rules! accounts {
    ($which:literal) => {
        concat!(
            "select id, user_principal_name, mail, display_name, standing, created_at
from guests
where id > $1
    and user_type = 'guest'
    and standing <> 'deleted'
    and ",
            $which
        )
    };
}

statements! {
    /// The activities stand between commas; `$3` is 1 where they are wanted, 0 where all others are. Each value
    /// stands beside its column first, which tells PostgreSQL its type.
    ENTRIES = "select a.id, a.at, a.node, a.sequence, a.activity, a.actor, a.code, a.cause, a.attempt_id, a.partner_id,
    p.slug, a.app_id, x.slug, a.guest_id, a.session_id, a.target_id, a.address, a.canonical,
    g.user_principal_name, g.display_name, g.user_type, x.name, x.protocol, p.name, p.kind
from audit a
left join guests g on g.id = a.guest_id
left join apps x on x.id = a.app_id
left join partners p on p.id = a.partner_id
where a.at >= $1
    and (case when cast($2 as text) like '%,' || a.activity || ',%' then 1 else 0 end) = $3
    and a.at <= $4
    and (a.at < $4 or a.id < $5)
    and (a.actor = $6 or $6 is null)
    and (a.guest_id = $7 or a.app_id = $7 or a.partner_id = $7 or a.target_id = $7 or $7 is null)
    and (a.guest_id = $8 or $8 is null)
    and (a.app_id = $9 or $9 is null)
    and (a.address = $10 or $10 is null)
    and (a.attempt_id = $11 or $11 is null)
order by a.at desc, a.id desc
limit cast($12 as bigint)";
    COUNT_ACTIVE = count_active!(let_in_sqlite!()), postgres: count_active!(let_in_postgres!());
    LIST_ACTIVE = list_active!(let_in_sqlite!()), postgres: list_active!(let_in_postgres!());
    UNREDEEMED = accounts!("issuer is null
order by id
limit cast($2 as bigint)");
    REDEEMED = accounts!("issuer is not null
    and created_at < $3
order by id
limit cast($2 as bigint)");
}

pub(in crate::store) async fn entries(
    source: &mut (impl Read + Send),
    filter: &ReportFilter,
    after: Option<Place>,
    limit: u32,
) -> Result<Vec<ReportEntry>, StoreError> {
    let end = Timestamp::from_micros(i64::MAX);
    let beginning = Timestamp::from_micros(i64::MIN);
    let (names, wanted) = match &filter.activities {
        Activities::Of(names) => (names, true),
        Activities::But(names) => (names, false),
    };
    let (at, id) = after.unwrap_or((filter.until.unwrap_or(end), AuditId::from_uuid(Uuid::nil())));
    let values = values![
        filter.since.unwrap_or(beginning),
        format!(",{},", names.join(",")),
        wanted,
        at,
        id,
        filter.actor.as_deref(),
        filter.target,
        filter.guest,
        filter.app,
        filter.address.as_deref(),
        filter.attempt,
        limit,
    ];
    source.all(&ENTRIES, values).await?.iter().map(|row| row.read("audit")).collect()
}

pub(in crate::store) async fn count_active(
    source: &mut (impl Read + Send),
    since: Timestamp,
    until: Timestamp,
) -> Result<Active, StoreError> {
    let Some(row) = source.one(&COUNT_ACTIVE, values![since, until]).await? else { return Ok(Active::default()) };
    let mut columns = row.columns("audit");
    let guests = columns.int("guest_id")?;
    let removed = columns.int("guest_id")?;
    Ok(Active { guests: guests.unsigned_abs(), removed: removed.unsigned_abs() })
}

pub(in crate::store) async fn list_active(
    source: &mut (impl Read + Send),
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<GuestId>, StoreError> {
    let rows = source.all(&LIST_ACTIVE, values![since, until]).await?;
    rows.iter().map(|row| row.columns("audit").uuid("guest_id").map(GuestId::from_uuid)).collect()
}

pub(in crate::store) async fn unredeemed(
    source: &mut (impl Read + Send),
    after: Option<GuestId>,
    limit: u32,
) -> Result<Vec<AccountLine>, StoreError> {
    let after = after.unwrap_or(GuestId::from_uuid(Uuid::nil()));
    source.all(&UNREDEEMED, values![after, limit]).await?.iter().map(|row| row.read("guests")).collect()
}

pub(in crate::store) async fn redeemed(
    source: &mut (impl Read + Send),
    made_before: Timestamp,
    after: Option<GuestId>,
    limit: u32,
) -> Result<Vec<AccountLine>, StoreError> {
    let after = after.unwrap_or(GuestId::from_uuid(Uuid::nil()));
    source.all(&REDEEMED, values![after, limit, made_before]).await?.iter().map(|row| row.read("guests")).collect()
}

impl FromColumns for ReportEntry {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            record: AuditRecord::from_columns(columns)?,
            person: columns.joined(3)?,
            app: columns.joined(2)?,
            partner: columns.joined(2)?,
        })
    }
}

impl FromColumns for PersonView {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            user_principal_name: columns.text("guest.user_principal_name")?,
            display_name: columns.optional_text("guest.display_name")?,
            user_type: columns.word("guest.user_type", USER_TYPES)?,
        })
    }
}

impl FromColumns for AppView {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { name: columns.text("app.name")?, protocol: columns.text("app.protocol")? })
    }
}

impl FromColumns for PartnerView {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { name: columns.text("partner.name")?, kind: columns.text("partner.kind")? })
    }
}

impl FromColumns for AccountLine {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: GuestId::from_uuid(columns.key()?),
            user_principal_name: columns.text("user_principal_name")?,
            mail: columns.optional_text("mail")?,
            display_name: columns.optional_text("display_name")?,
            standing: columns.text("standing")?,
            created_at: columns.time("created_at")?,
        })
    }
}

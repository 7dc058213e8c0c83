//! Reports: how many accounts are used, and which are not.

use uuid::Uuid;

use super::{Read, statements};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::guests::GuestId;
use crate::domain::partners::PartnerId;
use crate::domain::reports::{AccountLine, Active, PartnerLine, RedeemedLine};
use crate::domain::store::StoreError;
use crate::store::row::{Columns, FromColumns};
use crate::store::value::values;

/// What stands in the canonical bytes of an entry that let somebody in. Quotes within a text of an entry have
/// a backslash before them, so none can say the same.
macro_rules! let_in_sqlite {
    () => {
        "(a.activity = 'session_use' or a.activity = 'sign_in'
        and (instr(cast(a.canonical as text), '[\"next\",\"code\"]') > 0
            or instr(cast(a.canonical as text), '[\"next\",\"answer\"]') > 0
            or instr(cast(a.canonical as text), '[\"next\",\"panel\"]') > 0))"
    };
}

macro_rules! let_in_postgres {
    () => {
        "(a.activity = 'session_use' or a.activity = 'sign_in'
        and (position('[\"next\",\"code\"]'::bytea in a.canonical) > 0
            or position('[\"next\",\"answer\"]'::bytea in a.canonical) > 0
            or position('[\"next\",\"panel\"]'::bytea in a.canonical) > 0))"
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

/// The entries of the time and no others are read, and what is kept is a line for each partner and app with its guests.
macro_rules! by_partner {
    ($let_in:expr) => {
        concat!(
            "select a.partner_id, p.name, a.app_id, x.name, count(*), count(distinct a.guest_id)
from audit a
left join guests g on g.id = a.guest_id
left join partners p on p.id = a.partner_id
left join apps x on x.id = a.app_id
where a.at >= $1
    and a.at < $2
    and a.guest_id is not null
    and (g.id is null or g.user_type = 'guest')
    and ",
            $let_in,
            "
group by a.partner_id, p.name, a.app_id, x.name
order by count(*) desc, a.partner_id, a.app_id
limit cast($3 as bigint)"
        )
    };
}

macro_rules! redeemed {
    ($let_in:expr) => {
        concat!(
            "select g.id, g.user_principal_name, g.mail, g.display_name, g.standing, g.created_at,
    cast(case when exists (
        select 1
        from audit a
        where a.guest_id = g.id
            and a.activity not in ('token_issued', 'token_refused')
            and a.at >= $3
            and ",
            $let_in,
            "
    ) then 1 else 0 end as bigint)
from guests g
where g.id > $1
    and g.user_type = 'guest'
    and g.standing <> 'deleted'
    and g.issuer is not null
    and g.created_at < $3
order by g.id
limit cast($2 as bigint)"
        )
    };
}

statements! {
    COUNT_ACTIVE = count_active!(let_in_sqlite!()), postgres: count_active!(let_in_postgres!());
    BY_PARTNER = by_partner!(let_in_sqlite!()), postgres: by_partner!(let_in_postgres!());
    UNREDEEMED = "select id, user_principal_name, mail, display_name, standing, created_at
from guests
where id > $1
    and user_type = 'guest'
    and standing <> 'deleted'
    and issuer is null
order by id
limit cast($2 as bigint)";
    /// The index over the entries of an account serves the question whether it was used.
    REDEEMED = redeemed!(let_in_sqlite!()), postgres: redeemed!(let_in_postgres!());
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

pub(in crate::store) async fn by_partner(
    source: &mut (impl Read + Send),
    since: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<PartnerLine>, StoreError> {
    source.all(&BY_PARTNER, values![since, until, limit]).await?.iter().map(|row| row.read("audit")).collect()
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
    since: Timestamp,
    after: Option<GuestId>,
    limit: u32,
) -> Result<Vec<RedeemedLine>, StoreError> {
    let after = after.unwrap_or(GuestId::from_uuid(Uuid::nil()));
    source.all(&REDEEMED, values![after, limit, since]).await?.iter().map(|row| row.read("guests")).collect()
}

impl FromColumns for PartnerLine {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let partner = columns.optional_uuid("partner_id")?.map(PartnerId::from_uuid);
        let partner_name = columns.optional_text("partner.name")?;
        let app = columns.optional_uuid("app_id")?.map(AppId::from_uuid);
        let app_name = columns.optional_text("app.name")?;
        Ok(Self {
            partner: partner.map(|id| (id, partner_name)),
            app: app.map(|id| (id, app_name)),
            sign_ins: columns.int("count")?.unsigned_abs(),
            guests: columns.int("guest_id")?.unsigned_abs(),
        })
    }
}

impl FromColumns for RedeemedLine {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { account: AccountLine::from_columns(columns)?, is_used: columns.flag("guest_id")? })
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

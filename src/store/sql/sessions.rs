//! Sessions, and what is true of a use of one.

use super::assurance_rows::{factors_text, methods_text, read_factors, read_methods, read_strengths, strengths_text};
use super::attempts::once;
use super::grants::APP_WIDTH;
use super::partner_rows::to_json;
use super::{Read, statements};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::assurance::{Assurance, AssuranceLevel};
use crate::domain::attempts::AttemptId;
use crate::domain::factors::proof::FactorProof;
use crate::domain::grants::{AppNow, Grant, PartnerNow, SessionReading};
use crate::domain::guests::{Guest, GuestId};
use crate::domain::notices::PartnerSid;
use crate::domain::partners::PartnerId;
use crate::domain::sessions::{HandleHash, Session, SessionId};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::{Value, values};

const LEVELS: [AssuranceLevel; 4] = [
    AssuranceLevel::Unknown,
    AssuranceLevel::SingleFactor,
    AssuranceLevel::SeveralFactors,
    AssuranceLevel::PhishingResistant,
];

macro_rules! session_columns {
    () => {
        "s.id, s.handle, s.guest_id, s.partner_id, s.attempt_id, s.started_at, s.used_at, s.authenticated_at,
    s.assurance_level, s.assurance_stated, s.assurance_methods, s.partner_session_index,
    s.partner_session_ends, s.partner_sid, s.home_methods, s.asked_strengths, s.factors"
    };
}
pub(super) use session_columns;

/// The columns of a [`SessionReading`] from `s`, `g`, `p`, `app` and `i`.
macro_rules! reading_columns {
    () => {
        concat!(
            super::sessions::session_columns!(),
            ",\n    ",
            super::guest_rows::guest_columns!("g"),
            ",\n    p.id, p.version, p.enabled, p.protocol, p.assurance,\n    app.id, app.version, app.enabled, app.assignment, app.application_type,\n    app.partners,\n    ",
            super::grants::grant_column!("g.id", "app.id"),
            ",\n    i.subject"
        )
    };
}
pub(super) use reading_columns;

macro_rules! read_session {
    ($column:literal, $share:literal, $own:literal) => {
        concat!(
            "with app as (
    select id, version, enabled, assignment, application_type, partners, sector
    from apps
    where id = $2",
            $share,
            "
)
select ",
            reading_columns!(),
            "
from sessions s
join guests g on g.id = s.guest_id
join partners p on p.id = s.partner_id
left join app on 1 = 1
left join imported_subjects i on i.guest_id = g.id and i.sector = app.sector
where s.",
            $column,
            " = $1",
            $own
        )
    };
}

statements! {
    READ_BY_HANDLE = read_session!("handle", "", ""),
        postgres: read_session!("handle", "\n    for share", "\nfor share of p\nfor no key update of g, s");
    READ_BY_ID = read_session!("id", "", ""),
        postgres: read_session!("id", "\n    for share", "\nfor share of p\nfor no key update of g, s");
    BY_HANDLE = concat!("select ", session_columns!(), "\nfrom sessions s\nwhere s.handle = $1");
    INSERT = "insert into sessions (id, handle, guest_id, partner_id, attempt_id, started_at, used_at,
    authenticated_at, assurance_level, assurance_stated, assurance_methods, partner_session_index,
    partner_session_ends, partner_sid, home_methods, asked_strengths, factors)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    FACTORS = "select factors
from sessions
where id = $1", postgres: "select factors
from sessions
where id = $1
for no key update";
    STEP_UP = "update sessions
set factors = $2, handle = $3
where id = $1
returning id";
    FORGET_FACTORS = "update sessions
set factors = $2
where guest_id = $1 and id <> $3 and factors <> $2";
    TOUCH = "update sessions
set used_at = $2
where id = $1 and used_at < $2";
}

pub(in crate::store) async fn read(
    unit: &mut Unit,
    handle: &HandleHash,
    app: AppId,
) -> Result<Option<SessionReading>, StoreError> {
    reading(unit, &READ_BY_HANDLE, values![handle, app], app).await
}

pub(in crate::store) async fn read_by_id(
    unit: &mut Unit,
    id: SessionId,
    app: AppId,
) -> Result<Option<SessionReading>, StoreError> {
    reading(unit, &READ_BY_ID, values![id, app], app).await
}

pub(in crate::store) async fn by_handle(
    source: &mut (impl Read + Send),
    handle: &HandleHash,
) -> Result<Option<Session>, StoreError> {
    source.one(&BY_HANDLE, values![handle]).await?.map(|row| row.read("sessions")).transpose()
}

pub(in crate::store) async fn insert(unit: &mut Unit, session: &Session) -> Result<(), StoreError> {
    let level = match session.assurance.level {
        AssuranceLevel::Unknown => 0_i64,
        AssuranceLevel::SingleFactor => 1,
        AssuranceLevel::SeveralFactors => 2,
        AssuranceLevel::PhishingResistant => 3,
    };
    let values = values![
        session.id,
        &session.handle,
        session.guest,
        session.partner,
        session.attempt,
        session.started_at,
        session.used_at,
        session.authenticated_at,
        level,
        to_json(&session.assurance.stated),
        to_json(&session.assurance.methods),
        session.partner_session_index.as_deref(),
        session.partner_session_ends,
        session.partner_sid.map(|sid| sid.0.to_vec()),
        methods_text(session.home_methods),
        strengths_text(&session.asked_strengths),
        factors_text(&session.factors),
    ];
    unit.write(&INSERT, values).await
}

pub(in crate::store) async fn touch(unit: &mut Unit, id: SessionId, used_at: Timestamp) -> Result<(), StoreError> {
    unit.write(&TOUCH, values![id, used_at]).await
}

/// Of each means the last proof is kept, so that the list stays short.
pub(in crate::store) async fn add_factor_proof(
    unit: &mut Unit,
    id: SessionId,
    proof: &FactorProof,
    handle: &HandleHash,
) -> Result<Once, StoreError> {
    let Some(row) = unit.one(&FACTORS, values![id]).await? else { return Ok(Once::Again) };
    let mut factors = read_factors(&mut row.columns("sessions"))?;
    factors.retain(|known| known.means.kind() != proof.means.kind());
    factors.push(*proof);
    Ok(once(&unit.all(&STEP_UP, values![id, factors_text(&factors), handle]).await?))
}

/// Empties what the sessions of a guest, but for one, remember of second factors: each of them asks again.
pub(in crate::store) async fn forget_factors(
    unit: &mut Unit,
    guest: GuestId,
    but: Option<SessionId>,
) -> Result<(), StoreError> {
    let but = but.unwrap_or_else(|| SessionId::from_uuid(uuid::Uuid::nil()));
    unit.write(&FORGET_FACTORS, values![guest, factors_text(&[]), but]).await
}

async fn reading(
    unit: &mut Unit,
    statement: &'static super::Statement,
    values: Vec<Value>,
    app: AppId,
) -> Result<Option<SessionReading>, StoreError> {
    let Some(row) = unit.one(statement, values).await? else { return Ok(None) };
    let reading: SessionReading = row.read("sessions")?;
    Ok(Some(SessionReading { app: AppNow::or_gateway(app, reading.app), ..reading }))
}

impl FromColumns for Session {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        columns.enter("sessions");
        Ok(Self {
            id: SessionId::from_uuid(columns.key()?),
            handle: columns.handle("handle")?,
            guest: GuestId::from_uuid(columns.uuid("guest_id")?),
            partner: PartnerId::from_uuid(columns.uuid("partner_id")?),
            attempt: AttemptId::from_uuid(columns.uuid("attempt_id")?),
            started_at: columns.time("started_at")?,
            used_at: columns.time("used_at")?,
            authenticated_at: columns.time("authenticated_at")?,
            assurance: read_assurance(columns)?,
            partner_session_index: columns.optional_text("partner_session_index")?,
            partner_session_ends: columns.optional_time("partner_session_ends")?,
            partner_sid: read_sid(columns)?,
            home_methods: read_methods(columns, "home_methods")?,
            asked_strengths: read_strengths(columns, "asked_strengths")?,
            factors: read_factors(columns)?,
        })
    }
}

fn read_sid(columns: &mut Columns<'_>) -> Result<Option<PartnerSid>, StoreError> {
    let sid = columns.optional_bytes("partner_sid")?;
    sid.map(|bytes| bytes.try_into().map(PartnerSid).map_err(|_| columns.corrupt("partner_sid"))).transpose()
}

fn read_assurance(columns: &mut Columns<'_>) -> Result<Assurance, StoreError> {
    let level = usize::try_from(columns.int("assurance_level")?).ok().and_then(|index| LEVELS.get(index));
    let level = *level.ok_or_else(|| columns.corrupt("assurance_level"))?;
    Ok(Assurance { level, stated: columns.json("assurance_stated")?, methods: columns.json("assurance_methods")? })
}

impl FromColumns for SessionReading {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            session: Session::from_columns(columns)?,
            guest: Guest::from_columns(columns)?,
            partner: PartnerNow::from_columns(columns)?,
            app: columns.joined(APP_WIDTH)?,
            grant: Grant::from_columns(columns)?,
            imported_subject: columns.optional_text("subject")?,
        })
    }
}

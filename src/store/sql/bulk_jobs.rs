//! Jobs that invite the rows of a file, and what became of each row.

use super::attempts::once;
use super::{Read, Statement, statements};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::bulk::Form;
use crate::domain::bulk::job::{Asked, BulkJob, BulkJobId, Counts, JobState, Requester, RowOutcome, RowStatus};
use crate::domain::guests::GuestId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

const FORMS: &[(&str, Form)] = &[("2015", Form::Year2015), ("2016", Form::Year2016), ("v1.0", Form::Version1)];
const STATES: &[(&str, JobState)] = &[
    ("running", JobState::Running),
    ("stopped", JobState::Stopped),
    ("held", JobState::Held),
    ("finished", JobState::Finished),
];
const STATUSES: &[(&str, RowStatus)] =
    &[("invited", RowStatus::Invited), ("skipped", RowStatus::Skipped), ("failed", RowStatus::Failed)];

macro_rules! select_job {
    ($end:expr) => {
        concat!(
            "select id, file_name, form, operator, app_id, guest_id, state, total, next_row, invited, skipped,
    failed, created_at, ended_at
from bulk_jobs
",
            $end
        )
    };
}

macro_rules! list_of {
    ($column:literal) => {
        select_job!(concat!(
            "where ",
            $column,
            " = $1 and ($2 = 0 or id < $3)\norder by id desc\nlimit cast($4 as bigint)"
        ))
    };
}

macro_rules! count_of {
    ($column:literal) => {
        concat!(
            "select count(case when state = 'running' then 1 end) as running,
    count(case when created_at > $2 then 1 end) as since
from bulk_jobs
where ",
            $column,
            " = $1"
        )
    };
}

macro_rules! sweep {
    ($own:literal) => {
        concat!(
            "delete from bulk_jobs
where id in (
    select id
    from bulk_jobs
    where ended_at <= $1
    order by ended_at
    limit cast($2 as bigint)",
            $own,
            "
)
returning id"
        )
    };
}

statements! {
    INSERT = "insert into bulk_jobs (id, file_name, form, operator, app_id, guest_id, state, total, next_row,
    invited, skipped, failed, created_at, ended_at, leased_until, sealed_sheet)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15)";
    LIST = select_job!("where $1 = 0 or id < $2\norder by id desc\nlimit cast($3 as bigint)");
    LIST_OF_OPERATOR = list_of!("operator");
    LIST_OF_APP = list_of!("app_id");
    LIST_OF_PERSON = list_of!("guest_id");
    COUNT_OF_OPERATOR = count_of!("operator");
    COUNT_OF_APP = count_of!("app_id");
    COUNT_OF_PERSON = count_of!("guest_id");
    FIND = select_job!("where id = $1");
    SHEET = "select sealed_sheet
from bulk_jobs
where id = $1";
    WAITING = select_job!("where state = 'running' and leased_until <= $1\norder by id\nlimit cast($2 as bigint)");
    CLAIM = "update bulk_jobs
set leased_until = $3
where id = $1 and state = 'running' and leased_until <= $2
returning id";
    TAKE = "update bulk_jobs
set next_row = next_row + 1
where id = $1 and state = 'running' and next_row = $2
returning id";
    INSERT_OUTCOME = "insert into bulk_outcomes (job_id, position, status, code, message, guest_id, sealed_link)
values ($1, $2, $3, $4, $5, $6, $7)";
    COUNT = "update bulk_jobs
set invited = invited + $2, skipped = skipped + $3, failed = failed + $4,
    ended_at = case when next_row >= total then $5 else ended_at end,
    state = case when next_row >= total then 'finished' else state end
where id = $1";
    STOP = "update bulk_jobs
set state = $3, ended_at = $4, leased_until = 0
where id = $1 and state = $2
returning id";
    DELETE = "delete from bulk_jobs
where id = $1 and state <> 'running'
returning id";
    OUTCOMES = "select position, status, code, message, guest_id, sealed_link
from bulk_outcomes
where job_id = $1 and position >= $2
order by position
limit cast($3 as bigint)";
    SWEEP = sweep!(""), postgres: sweep!("\n    for update skip locked");
}

pub(in crate::store) async fn insert(unit: &mut Unit, job: &BulkJob, sealed: &[u8]) -> Result<(), StoreError> {
    let (mut operator, mut app, mut guest) = (None, None, None);
    match &job.requester {
        Requester::Operator(name) => operator = Some(name.as_str()),
        Requester::App(id) => app = Some(*id),
        Requester::Person(id) => guest = Some(*id),
    }
    let values = values![
        job.id,
        job.file_name.as_str(),
        word_of(FORMS, &job.form),
        operator,
        app,
        guest,
        word_of(STATES, &job.state),
        job.total,
        job.next_row,
        job.counts.invited,
        job.counts.skipped,
        job.counts.failed,
        job.created_at,
        job.ended_at,
        sealed
    ];
    unit.write(&INSERT, values).await
}

pub(in crate::store) async fn list(
    unit: &mut Unit,
    before: Option<BulkJobId>,
    limit: u32,
) -> Result<Vec<BulkJob>, StoreError> {
    let id = before.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let rows = unit.all(&LIST, values![before.is_some(), id, limit]).await?;
    rows.iter().map(|row| row.read("bulk_jobs")).collect()
}

pub(in crate::store) async fn list_of(
    unit: &mut Unit,
    requester: &Requester,
    before: Option<BulkJobId>,
    limit: u32,
) -> Result<Vec<BulkJob>, StoreError> {
    let id = before.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let is_after = before.is_some();
    let (statement, values): (&'static Statement, _) = match requester {
        Requester::Operator(name) => (&LIST_OF_OPERATOR, values![name.as_str(), is_after, id, limit]),
        Requester::App(app) => (&LIST_OF_APP, values![*app, is_after, id, limit]),
        Requester::Person(guest) => (&LIST_OF_PERSON, values![*guest, is_after, id, limit]),
    };
    unit.all(statement, values).await?.iter().map(|row| row.read("bulk_jobs")).collect()
}

pub(in crate::store) async fn count_of(
    unit: &mut Unit,
    requester: &Requester,
    since: Timestamp,
) -> Result<Asked, StoreError> {
    let (statement, values): (&'static Statement, _) = match requester {
        Requester::Operator(name) => (&COUNT_OF_OPERATOR, values![name.as_str(), since]),
        Requester::App(app) => (&COUNT_OF_APP, values![*app, since]),
        Requester::Person(guest) => (&COUNT_OF_PERSON, values![*guest, since]),
    };
    let Some(row) = unit.one(statement, values).await? else { return Ok(Asked::default()) };
    let mut columns = row.columns("bulk_jobs");
    Ok(Asked { running: number(&mut columns, "running")?, since: number(&mut columns, "since")? })
}

pub(in crate::store) async fn find(unit: &mut Unit, id: BulkJobId) -> Result<Option<BulkJob>, StoreError> {
    unit.one(&FIND, values![id]).await?.map(|row| row.read("bulk_jobs")).transpose()
}

pub(in crate::store) async fn sheet(unit: &mut Unit, id: BulkJobId) -> Result<Option<Vec<u8>>, StoreError> {
    let row = unit.one(&SHEET, values![id]).await?;
    row.map(|row| row.columns("bulk_jobs").bytes("sealed_sheet")).transpose()
}

pub(in crate::store) async fn waiting(
    source: &mut (impl Read + Send),
    now: Timestamp,
    limit: u32,
) -> Result<Vec<BulkJob>, StoreError> {
    source.all(&WAITING, values![now, limit]).await?.iter().map(|row| row.read("bulk_jobs")).collect()
}

pub(in crate::store) async fn claim(
    unit: &mut Unit,
    id: BulkJobId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&CLAIM, values![id, now, until]).await?))
}

pub(in crate::store) async fn take_row(unit: &mut Unit, id: BulkJobId, row: u32) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&TAKE, values![id, row]).await?))
}

pub(in crate::store) async fn insert_outcome(
    unit: &mut Unit,
    id: BulkJobId,
    outcome: &RowOutcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let values = values![
        id,
        outcome.row,
        word_of(STATUSES, &outcome.status),
        outcome.code.as_deref(),
        outcome.message.as_deref(),
        outcome.guest,
        outcome.sealed_link.as_deref()
    ];
    unit.write(&INSERT_OUTCOME, values).await?;
    let one = |status| u32::from(outcome.status == status);
    let values = values![id, one(RowStatus::Invited), one(RowStatus::Skipped), one(RowStatus::Failed), now];
    unit.write(&COUNT, values).await
}

pub(in crate::store) async fn move_to(
    unit: &mut Unit,
    id: BulkJobId,
    from: JobState,
    to: JobState,
    now: Timestamp,
) -> Result<Once, StoreError> {
    let ended_at = Some(now).filter(|_| to != JobState::Running);
    Ok(once(&unit.all(&STOP, values![id, word_of(STATES, &from), word_of(STATES, &to), ended_at]).await?))
}

pub(in crate::store) async fn delete(unit: &mut Unit, id: BulkJobId) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&DELETE, values![id]).await?))
}

pub(in crate::store) async fn outcomes(
    unit: &mut Unit,
    id: BulkJobId,
    from: u32,
    limit: u32,
) -> Result<Vec<RowOutcome>, StoreError> {
    let rows = unit.all(&OUTCOMES, values![id, from, limit]).await?;
    rows.iter().map(|row| row.read("bulk_outcomes")).collect()
}

/// Removes jobs that ended at `before` or earlier; says how many.
pub(in crate::store) async fn sweep(unit: &mut Unit, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    Ok(unit.all(&SWEEP, values![before, limit]).await?.len() as u64)
}

impl FromColumns for BulkJob {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = BulkJobId::from_uuid(columns.key()?);
        let file_name = columns.text("file_name")?;
        let form = columns.word("form", FORMS)?;
        let operator = columns.optional_text("operator")?;
        let app = columns.optional_uuid("app_id")?.map(AppId::from_uuid);
        let guest = columns.optional_uuid("guest_id")?.map(GuestId::from_uuid);
        let requester = match (operator, app, guest) {
            (Some(name), None, None) => Requester::Operator(name),
            (None, Some(app), None) => Requester::App(app),
            (None, None, Some(guest)) => Requester::Person(guest),
            _ => return Err(columns.corrupt("operator")),
        };
        Ok(Self {
            id,
            file_name,
            form,
            requester,
            state: columns.word("state", STATES)?,
            total: number(columns, "total")?,
            next_row: number(columns, "next_row")?,
            counts: Counts {
                invited: number(columns, "invited")?,
                skipped: number(columns, "skipped")?,
                failed: number(columns, "failed")?,
            },
            created_at: columns.time("created_at")?,
            ended_at: columns.optional_time("ended_at")?,
        })
    }
}

impl FromColumns for RowOutcome {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            row: number(columns, "position")?,
            status: columns.word("status", STATUSES)?,
            code: columns.optional_text("code")?,
            message: columns.optional_text("message")?,
            guest: columns.optional_uuid("guest_id")?.map(GuestId::from_uuid),
            sealed_link: columns.optional_bytes("sealed_link")?,
        })
    }
}

fn number(columns: &mut Columns<'_>, column: &'static str) -> Result<u32, StoreError> {
    let found = columns.int(column)?;
    u32::try_from(found).map_err(|_| columns.corrupt(column))
}

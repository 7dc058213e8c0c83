//! What a file meets at the door.

use super::names::Names;
use super::wish::wish;
use super::{BulkError, requesters};
use crate::base::sealing::Purpose;
use crate::domain::audit::Activity;
use crate::domain::bulk::job::{BulkJob, BulkJobId, Counts, JobState, MAX_FILE_NAME, place_of_sheet};
use crate::domain::bulk::{Entry, Row, RowFault, Sheet};
use crate::domain::invitations::fault::InviteError;
use crate::domain::permissions::Caller;
use crate::domain::store::UnitOfWork;
use crate::flows::author::Author;
use crate::flows::invite::Inviting;
use crate::flows::services::Services;

/// What is wrong with a row, as far as can be told before anything is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The row itself.
    Row(RowFault),
    /// Inviting whom it names.
    Invite(InviteError),
}

impl Fault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Row(fault) => fault.code(),
            Self::Invite(error) => error.code(),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Row(fault) => fault.fmt(formatter),
            Self::Invite(error) => error.fmt(formatter),
        }
    }
}

/// A file that was read, and what is wrong with each of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The file.
    pub sheet: Sheet,
    /// For each row what is wrong with it, or nothing.
    pub faults: Vec<Option<Fault>>,
}

impl Judged {
    /// How many rows would be invited.
    #[must_use]
    pub fn good(&self) -> usize {
        self.faults.iter().filter(|fault| fault.is_none()).count()
    }
}

/// Reads a file and judges its rows, and does nothing.
///
/// # Errors
/// [`BulkError`].
pub async fn judge(services: &Services, caller: &Caller, bytes: &[u8]) -> Result<Judged, BulkError> {
    let mut unit = services.store.unit_of_work().await?;
    judge_in(unit.as_mut(), &Author::new(services, caller), bytes).await
}

async fn judge_in(unit: &mut dyn UnitOfWork, author: &Author<'_>, bytes: &[u8]) -> Result<Judged, BulkError> {
    // Who may not invite has no file read for them.
    let inviting = Inviting::read(unit, *author).await?;
    let sheet = Sheet::read(bytes)?;
    let names = Names::read(unit, &sheet).await?;
    let mut faults = Vec::with_capacity(sheet.rows.len());
    for row in &sheet.rows {
        faults.push(judge_row(unit, &inviting, &names, row).await?);
    }
    Ok(Judged { sheet, faults })
}

async fn judge_row(
    unit: &mut dyn UnitOfWork,
    inviting: &Inviting<'_>,
    names: &Names,
    row: &Row,
) -> Result<Option<Fault>, BulkError> {
    let entry: &Entry = match &row.entry {
        Ok(entry) => entry,
        Err(fault) => return Ok(Some(Fault::Row(fault.clone()))),
    };
    let settings = &inviting.author.services.settings;
    let judged = match wish(entry, names, &settings.public_url, &settings.organization) {
        Ok(wish) => inviting.judge(unit, &wish).await,
        Err(error) => Err(error),
    };
    match judged {
        Ok(()) => Ok(None),
        Err(InviteError::Store(error)) => Err(error.into()),
        Err(error) => Ok(Some(Fault::Invite(error))),
    }
}

/// Takes a file: its rows are done from now on, also where this process ends. A row that is bad fails alone.
///
/// # Errors
/// [`BulkError`]; nothing was taken then.
pub async fn take(services: &Services, caller: &Caller, file_name: &str, bytes: &[u8]) -> Result<BulkJob, BulkError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    Inviting::read(unit.as_mut(), author).await?;
    let sheet = Sheet::read(bytes)?;
    let id = BulkJobId::new(author.now, services.random.as_ref());
    let sealed = services.sealer.seal(services.random.as_ref(), Purpose::BulkInvitation, &place_of_sheet(id), bytes);
    let job = BulkJob {
        id,
        file_name: short_name(file_name),
        form: sheet.form,
        requester: requesters::of(caller)?,
        state: JobState::Running,
        total: u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX),
        next_row: 0,
        counts: Counts::default(),
        created_at: author.now,
        ended_at: None,
    };
    unit.insert_bulk_job(&job, &sealed.map_err(|_| BulkError::Sealed)?).await?;
    let mut entry = author.entry(Activity::BulkInviteStarted);
    entry.target = Some(uuid::Uuid::from_bytes(*id.as_bytes()));
    entry.details.push(("rows", job.total.to_string()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    Ok(job)
}

/// The last part of a path, without what a terminal would obey.
fn short_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(MAX_FILE_NAME).collect()
}

//! What a file meets at the door.

use std::collections::HashSet;

use super::jobs::judge_asked;
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
use crate::flows::directory::access::sees_accounts;
use crate::flows::invite::Inviting;
use crate::flows::services::Services;

/// What is wrong with a row, as far as can be told before anything is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The row itself.
    Row(RowFault),
    /// Inviting whom it names.
    Invite(InviteError),
    /// Whom it names is here already.
    Known,
}

impl Fault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Row(fault) => fault.code(),
            Self::Invite(error) => error.code(),
            Self::Known => ALREADY_INVITED,
        }
    }

    /// Whether the row is passed over, rather than failing.
    #[must_use]
    pub const fn is_skip(&self) -> bool {
        matches!(self, Self::Known | Self::Row(RowFault::Duplicate { .. }))
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Row(fault) => fault.fmt(formatter),
            Self::Invite(error) => error.fmt(formatter),
            Self::Known => formatter.write_str(ALREADY),
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

/// How many rows are judged in one unit.
const ROWS_OF_UNIT: usize = 100;
/// The code of a row whose person is here already.
pub(super) const ALREADY_INVITED: &str = "ALREADY_INVITED";
/// What is said of it.
pub(super) const ALREADY: &str = "the person has an account here already; nothing was changed, send the invitation \
                                  again where that is wanted";

/// Reads a file and judges its rows, and does nothing.
///
/// # Errors
/// [`BulkError`].
pub async fn judge(services: &Services, caller: &Caller, bytes: &[u8]) -> Result<Judged, BulkError> {
    let author = Author::new(services, caller);
    // Who may not invite has no file read for them, and nobody waits while one is.
    let mut unit = services.store.unit_of_work().await?;
    Inviting::read(unit.as_mut(), author).await?;
    drop(unit);
    let sheet = Sheet::read(bytes)?;
    let mut unit = services.store.unit_of_work().await?;
    let inviting = Inviting::read(unit.as_mut(), author).await?;
    let names = Names::read(unit.as_mut(), &sheet).await?;
    drop(unit);
    let sees_accounts = sees_accounts(caller);
    let mut faults = Vec::with_capacity(sheet.rows.len());
    for rows in sheet.rows.chunks(ROWS_OF_UNIT) {
        // Others need not wait until a long file has been judged.
        let mut unit = services.store.unit_of_work().await?;
        let keys = rows.iter().filter_map(|row| row.entry.as_ref().ok()).map(|entry| entry.mail.key());
        let keys: Vec<&str> = if sees_accounts { keys.collect() } else { Vec::new() };
        let known = if keys.is_empty() { HashSet::new() } else { unit.mail_keys_here(&keys).await? };
        let judge = Judge { inviting: &inviting, names: &names, known: &known };
        for row in rows {
            faults.push(judge.row(unit.as_mut(), row).await?);
        }
    }
    Ok(Judged { sheet, faults })
}

struct Judge<'a> {
    inviting: &'a Inviting<'a>,
    names: &'a Names,
    /// The keys of addresses that have an account here, as far as whoever asks may know.
    known: &'a HashSet<String>,
}

impl Judge<'_> {
    async fn row(&self, unit: &mut dyn UnitOfWork, row: &Row) -> Result<Option<Fault>, BulkError> {
        let entry: &Entry = match &row.entry {
            Ok(entry) => entry,
            Err(fault) => return Ok(Some(Fault::Row(fault.clone()))),
        };
        let settings = &self.inviting.author.services.settings;
        let wish = match wish(entry, self.names, &settings.public_url, &settings.organization) {
            Ok(wish) => wish,
            Err(error) => return Ok(Some(Fault::Invite(error))),
        };
        if self.known.contains(wish.address.key()) {
            return Ok(Some(Fault::Known));
        }
        match self.inviting.judge(unit, &wish).await {
            Ok(()) => Ok(None),
            Err(InviteError::Store(error)) => Err(error.into()),
            Err(error) => Ok(Some(Fault::Invite(error))),
        }
    }
}

/// Takes a file: its rows are done from now on, also where this process ends. A row that is bad fails alone.
///
/// # Errors
/// [`BulkError`]; nothing was taken then.
pub async fn take(services: &Services, caller: &Caller, file_name: &str, bytes: &[u8]) -> Result<BulkJob, BulkError> {
    let author = Author::new(services, caller);
    // Who may not hand anything in has no file read for them.
    let mut unit = services.store.unit_of_work().await?;
    may_take(unit.as_mut(), author).await?;
    drop(unit);
    let ready = Ready::of(author, file_name, bytes)?;
    let mut unit = services.store.unit_of_work().await?;
    let job = take_in(unit.as_mut(), author, ready).await?;
    unit.commit().await?;
    Ok(job)
}

async fn may_take(unit: &mut dyn UnitOfWork, author: Author<'_>) -> Result<(), BulkError> {
    Inviting::read(unit, author).await?;
    judge_asked(unit, &author, &requesters::of(author.caller)?).await
}

/// A file that was read and sealed, which takes a while, so that no unit is held over it.
pub(in crate::flows) struct Ready {
    job: BulkJob,
    sealed: Vec<u8>,
}

impl Ready {
    /// Reads the file and seals it.
    pub(in crate::flows) fn of(author: Author<'_>, file_name: &str, bytes: &[u8]) -> Result<Self, BulkError> {
        let services = author.services;
        let requester = requesters::of(author.caller)?;
        let sheet = Sheet::read(bytes)?;
        let id = BulkJobId::new(author.now, services.random.as_ref());
        let place = place_of_sheet(id);
        let sealed = services.sealer.seal(services.random.as_ref(), Purpose::BulkInvitation, &place, bytes);
        let job = BulkJob {
            id,
            file_name: short_name(file_name),
            form: sheet.form,
            requester,
            state: JobState::Running,
            total: u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX),
            next_row: 0,
            counts: Counts::default(),
            created_at: author.now,
            ended_at: None,
        };
        Ok(Self { job, sealed: sealed.map_err(|_| BulkError::Sealed)? })
    }
}

/// Takes it inside a unit, which is to be dropped where it is refused. Whoever asks is judged here.
pub(in crate::flows) async fn take_in(
    unit: &mut dyn UnitOfWork,
    author: Author<'_>,
    Ready { job, sealed }: Ready,
) -> Result<BulkJob, BulkError> {
    may_take(unit, author).await?;
    unit.insert_bulk_job(&job, &sealed).await?;
    let mut entry = author.entry(Activity::BulkInviteStarted);
    entry.target = Some(uuid::Uuid::from_bytes(*job.id.as_bytes()));
    entry.details.push(("rows", job.total.to_string()));
    unit.append_audit(&entry).await?;
    Ok(job)
}

/// The last part of a path, without what a terminal would obey.
pub(in crate::flows) fn short_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(MAX_FILE_NAME).collect()
}

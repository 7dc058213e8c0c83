//! Inviting the rows of a file: judged before anything is sent, then done one after another in the background.
//!
//! Start reading at [`take::take`] for what a file meets at the door, and at [`run::step`] for how its rows are done.
//! Each row is one transaction: the account, the link, what is to be mailed, what became of the row, and how far the
//! job has come. Who asked is read again for each row, so who may no longer invite invites nobody from then on.

mod names;
pub mod report;
mod requesters;
pub mod run;
pub mod take;
mod wish;

use crate::domain::bulk::FileFault;
use crate::domain::bulk::job::{BulkJob, BulkJobId, JobState};
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::rights::may_invite;
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::services::Services;

/// Why something with a job was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BulkError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileFault),
    /// Whoever asks may not invite.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// There is no such job, or it is somebody else's.
    #[error("there is no job `{id}`: `entente bulk list` shows all")]
    Unknown {
        /// What was named.
        id: String,
    },
    /// The job stands where this cannot be done.
    #[error("the job is {state}: {remedy}")]
    State {
        /// Where it stands.
        state: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// What was sealed does not open.
    #[error("the file of the job cannot be opened: it was sealed under another secret key")]
    Sealed,
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BulkError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::File(fault) => fault.code(),
            Self::Invite(error) => error.code(),
            Self::Unknown { .. } => "JOB_UNKNOWN",
            Self::State { .. } => "JOB_STATE",
            Self::Sealed | Self::Store(_) => "UNAVAILABLE",
        }
    }
}

/// Jobs, newest first, those before `before`, at most `limit`. Who is no administrator sees their own.
///
/// # Errors
/// [`BulkError`].
pub async fn list(
    services: &Services,
    caller: &Caller,
    before: Option<BulkJobId>,
    limit: u32,
) -> Result<Vec<BulkJob>, BulkError> {
    let mut unit = services.store.unit_of_work().await?;
    may_look(unit.as_mut(), caller).await?;
    let (mut seen, mut before) = (Vec::new(), before);
    // Others' jobs are passed over here, since who asked is no column that is searched by.
    loop {
        let page = unit.list_bulk_jobs(before, limit).await?;
        before = page.last().map(|job| job.id);
        let is_last = page.len() < limit as usize;
        seen.extend(page.into_iter().filter(|job| is_of(job, caller)));
        if is_last || seen.len() >= limit as usize {
            seen.truncate(limit as usize);
            return Ok(seen);
        }
    }
}

/// One job.
///
/// # Errors
/// [`BulkError`].
pub async fn find(services: &Services, caller: &Caller, id: BulkJobId) -> Result<BulkJob, BulkError> {
    let mut unit = services.store.unit_of_work().await?;
    owned(unit.as_mut(), caller, id).await
}

/// Stops a job that runs: the row that is being done is done, and no other.
///
/// # Errors
/// [`BulkError`].
pub async fn stop(services: &Services, caller: &Caller, id: BulkJobId) -> Result<BulkJob, BulkError> {
    move_to(services, caller, id, JobState::Stopped).await
}

/// Lets a stopped job go on where it stands.
///
/// # Errors
/// [`BulkError`].
pub async fn resume(services: &Services, caller: &Caller, id: BulkJobId) -> Result<BulkJob, BulkError> {
    move_to(services, caller, id, JobState::Running).await
}

async fn move_to(services: &Services, caller: &Caller, id: BulkJobId, to: JobState) -> Result<BulkJob, BulkError> {
    let from = if to == JobState::Running { JobState::Stopped } else { JobState::Running };
    let mut unit = services.store.unit_of_work().await?;
    let job = owned(unit.as_mut(), caller, id).await?;
    if unit.move_bulk_job(id, from, to, services.clock.now()).await? == Once::Again {
        return Err(match (job.state, to) {
            (JobState::Finished, _) => BulkError::State { state: "finished", remedy: "look at its report" },
            (_, JobState::Running) => BulkError::State { state: "running", remedy: "there is nothing to resume" },
            _ => BulkError::State { state: "stopped", remedy: "there is nothing to stop" },
        });
    }
    let moved = owned(unit.as_mut(), caller, id).await?;
    unit.commit().await?;
    Ok(moved)
}

/// Removes a job that does not run, its file and its report. Whom it invited stays invited.
///
/// # Errors
/// [`BulkError`].
pub async fn remove(services: &Services, caller: &Caller, id: BulkJobId) -> Result<(), BulkError> {
    let mut unit = services.store.unit_of_work().await?;
    owned(unit.as_mut(), caller, id).await?;
    if unit.delete_bulk_job(id).await? == Once::Again {
        return Err(BulkError::State { state: "running", remedy: "stop it first" });
    }
    Ok(unit.commit().await?)
}

/// The job, where whoever asks may see it.
async fn owned(unit: &mut dyn UnitOfWork, caller: &Caller, id: BulkJobId) -> Result<BulkJob, BulkError> {
    may_look(unit, caller).await?;
    let job = unit.find_bulk_job(id).await?.filter(|job| is_of(job, caller));
    job.ok_or_else(|| BulkError::Unknown { id: id.to_string() })
}

async fn may_look(unit: &mut dyn UnitOfWork, caller: &Caller) -> Result<(), BulkError> {
    let settings = unit.collaboration().await?.value;
    Ok(may_invite(settings.allow_invites_from, caller)?)
}

/// A report has links in it, which are for who asked for them and for administrators of accounts.
fn is_of(job: &BulkJob, caller: &Caller) -> bool {
    (caller.may(Act::ResetRedemption) && caller.may(Act::ReadUsers)) || requesters::is_of(&job.requester, caller)
}

//! What can be done with jobs, and by whom: whoever asked for one sees it, stops it and lets it go on; administrators of
//! accounts do so with all of them, and what one of them has stopped stays so until one says otherwise.

use super::{BulkError, requesters};
use crate::domain::audit::{Activity, AuditEntry};
use crate::domain::bulk::job::{Asked, BulkJob, BulkJobId, FILES_SPAN, JobState, MAX_FILES, MAX_RUNNING, Requester};
use crate::domain::invitations::rights::may_invite;
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::author::Author;
use crate::flows::services::Services;
use crate::flows::sign_in::MAX_TRIES;

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
    Ok(if administers(caller) {
        unit.list_bulk_jobs(before, limit).await?
    } else {
        unit.list_bulk_jobs_of(&requesters::own(caller), before, limit).await?
    })
}

/// One job.
///
/// # Errors
/// [`BulkError`].
pub async fn find(services: &Services, caller: &Caller, id: BulkJobId) -> Result<BulkJob, BulkError> {
    let mut unit = services.store.unit_of_work().await?;
    owned(unit.as_mut(), caller, id).await
}

/// Stops a job that runs: the row that is being done is done, and no other. An administrator who stops somebody else's
/// holds it.
///
/// # Errors
/// [`BulkError`].
pub async fn stop(services: &Services, caller: &Caller, id: BulkJobId) -> Result<BulkJob, BulkError> {
    until_first(services, caller, id, Change::Stop).await
}

/// Lets a stopped job go on where it stands.
///
/// # Errors
/// [`BulkError`].
pub async fn resume(services: &Services, caller: &Caller, id: BulkJobId) -> Result<BulkJob, BulkError> {
    until_first(services, caller, id, Change::Resume).await
}

/// Removes a job that does not run, its file and its report. Whom it invited stays invited.
///
/// # Errors
/// [`BulkError`].
pub async fn remove(services: &Services, caller: &Caller, id: BulkJobId) -> Result<(), BulkError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    let job = owned(unit.as_mut(), caller, id).await?;
    if job.state == JobState::Held && !administers(caller) {
        return Err(BulkError::Held { remedy: "remove it" });
    }
    // What is handed in by the setting alone is counted, so it stays where it is counted.
    if !administers(caller) && !caller.may(Act::InviteGuest) {
        return Err(BulkError::State { state: "kept", remedy: "it is removed 20 days after its end" });
    }
    if unit.delete_bulk_job(id).await? == Once::Again {
        return Err(BulkError::State { state: "running", remedy: "stop it first" });
    }
    unit.append_audit(&entry(&author, Activity::BulkInviteRemoved, &job)).await?;
    Ok(unit.commit().await?)
}

/// What is to become of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Stop,
    Resume,
}

async fn until_first(
    services: &Services,
    caller: &Caller,
    id: BulkJobId,
    change: Change,
) -> Result<BulkJob, BulkError> {
    let mut tries = 1;
    loop {
        match attempt(services, caller, id, change).await {
            Err(BulkError::Store(StoreError::Raced)) if tries < MAX_TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

async fn attempt(services: &Services, caller: &Caller, id: BulkJobId, change: Change) -> Result<BulkJob, BulkError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    let job = owned(unit.as_mut(), caller, id).await?;
    let (to, activity) = goes_to(&job, caller, change)?;
    if unit.move_bulk_job(id, job.state, to, author.now).await? == Once::Again {
        return Err(StoreError::Raced.into());
    }
    let moved = owned(unit.as_mut(), caller, id).await?;
    unit.append_audit(&entry(&author, activity, &moved)).await?;
    unit.commit().await?;
    Ok(moved)
}

fn goes_to(job: &BulkJob, caller: &Caller, change: Change) -> Result<(JobState, Activity), BulkError> {
    let stops_as = if requesters::is_of(&job.requester, caller) { JobState::Stopped } else { JobState::Held };
    let refused = |state, remedy| Err(BulkError::State { state, remedy });
    match (change, job.state) {
        (_, JobState::Finished) => refused("finished", "look at its report"),
        (Change::Stop, JobState::Running) => Ok((stops_as, Activity::BulkInviteStopped)),
        // Whoever asked has stopped it, and shall not go on either.
        (Change::Stop, JobState::Stopped) if stops_as == JobState::Held => {
            Ok((JobState::Held, Activity::BulkInviteStopped))
        }
        (Change::Stop, JobState::Stopped | JobState::Held) => refused("stopped", "there is nothing to stop"),
        (Change::Resume, JobState::Running) => refused("running", "there is nothing to resume"),
        (Change::Resume, JobState::Held) if !administers(caller) => Err(BulkError::Held { remedy: "let it go on" }),
        (Change::Resume, JobState::Stopped | JobState::Held) => Ok((JobState::Running, Activity::BulkInviteResumed)),
    }
}

/// An entry about a job.
pub(super) fn entry(author: &Author<'_>, activity: Activity, job: &BulkJob) -> AuditEntry {
    let mut entry = author.entry(activity);
    entry.target = Some(uuid::Uuid::from_bytes(*job.id.as_bytes()));
    entry.details.push(("rows", job.total.to_string()));
    entry.details.push(("done", job.next_row.to_string()));
    entry
}

/// The job, where whoever asks may see it.
pub(super) async fn owned(unit: &mut dyn UnitOfWork, caller: &Caller, id: BulkJobId) -> Result<BulkJob, BulkError> {
    may_look(unit, caller).await?;
    let may_see = |job: &BulkJob| administers(caller) || requesters::is_of(&job.requester, caller);
    let job = unit.find_bulk_job(id).await?.filter(may_see);
    job.ok_or_else(|| BulkError::Unknown { id: id.to_string() })
}

async fn may_look(unit: &mut dyn UnitOfWork, caller: &Caller) -> Result<(), BulkError> {
    // Who administers accounts can stop what runs also where nobody may invite any more.
    if administers(caller) {
        return Ok(());
    }
    let settings = unit.collaboration().await?.value;
    Ok(may_invite(settings.allow_invites_from, caller)?)
}

/// A report has links in it, which are for who asked for them and for administrators of accounts.
pub(in crate::flows) fn administers(caller: &Caller) -> bool {
    caller.may(Act::ResetRedemption) && caller.may(Act::ReadUsers)
}

/// Whether whoever asks has not asked for too much already; at the command line nothing is.
pub(super) async fn judge_asked(
    unit: &mut dyn UnitOfWork,
    author: &Author<'_>,
    requester: &Requester,
) -> Result<(), BulkError> {
    if matches!(requester, Requester::Operator(_)) {
        return Ok(());
    }
    let Asked { running, since } = unit.count_bulk_jobs_of(requester, author.now.minus(FILES_SPAN)).await?;
    if running >= MAX_RUNNING {
        let fault = format!("{running} of your files are being worked on");
        return Err(BulkError::TooMany { fault, remedy: "wait until one is done, or stop one" });
    }
    if since >= MAX_FILES && !author.caller.may(Act::InviteGuest) {
        let fault = format!("you have handed in {since} files within a day");
        return Err(BulkError::TooMany { fault, remedy: "come again tomorrow, or ask for the role `guest_inviter`" });
    }
    Ok(())
}

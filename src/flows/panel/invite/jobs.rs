//! What follows a file: watching it, stopping it, letting it go on, and the report.

use super::{Desk, until_done};
use crate::base::clock::Timestamp;
use crate::domain::bulk::job::BulkJobId;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::bulk::jobs::administers;
use crate::flows::bulk::{BulkError, find, report::report, resume, stop};
use crate::flows::next::invite::{BulkJobPage, Held};
use crate::flows::next::{Next, Page};
use crate::flows::paths;
use crate::flows::sign_in::Halt;

/// What is to become of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// No more rows.
    Stop,
    /// Those that are left.
    Resume,
}

/// How far a job has come.
pub async fn show(desk: &Desk<'_>, id: &str) -> Next {
    let now = desk.services.clock.now();
    until_done!(desk, now, shown(desk, id, now).await)
}

/// Changes a job, and leads back to how it stands.
pub async fn change(desk: &Desk<'_>, token: &str, id: &str, change: Change) -> Next {
    let now = desk.services.clock.now();
    until_done!(desk, now, changed(desk, token, id, change, now).await)
}

/// The report of a job, with the links.
///
/// # Errors
/// Where to go instead: to be told why not, or to sign in.
pub async fn download(desk: &Desk<'_>, token: &str, id: &str) -> Result<(BulkJobId, String), Box<Next>> {
    let now = desk.services.clock.now();
    match downloaded(desk, token, id, now).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(next)) => Err(next),
        Err(halt) => Err(Box::new(desk.refuse(halt, now).await)),
    }
}

async fn shown(desk: &Desk<'_>, id: &str, now: Timestamp) -> Result<Next, Halt> {
    let Some(inviter) = desk.enter(now).await? else { return Ok(Next::own(paths::PANEL)) };
    let (caller, person, token) = (inviter.caller.clone(), inviter.name(), inviter.token(desk.services, now)?);
    drop(inviter);
    let job = match find(desk.services, &caller, named(id)?).await {
        Ok(job) => job,
        Err(error) => return Err(halt(error)),
    };
    let held = if administers(&caller) { Held::IsAdministrator } else { Held::ByOthers };
    Ok(Next::page(Page::BulkJob(Box::new(BulkJobPage { token, person, job, held }))))
}

async fn changed(desk: &Desk<'_>, token: &str, id: &str, change: Change, now: Timestamp) -> Result<Next, Halt> {
    let Some((inviter, _)) = desk.enter_with(token, now).await? else { return Ok(Next::own(paths::PANEL)) };
    let caller = inviter.caller.clone();
    drop(inviter);
    let (services, id) = (desk.services, named(id)?);
    let changed = match change {
        Change::Stop => stop(services, &caller, id).await.map(drop),
        Change::Resume => resume(services, &caller, id).await.map(drop),
    };
    match changed {
        // The page says how it stands, which is why it could not be.
        Ok(()) | Err(BulkError::State { .. } | BulkError::Held { .. }) => Ok(Next::here(paths::invite_job(id))),
        Err(error) => Err(halt(error)),
    }
}

async fn downloaded(
    desk: &Desk<'_>,
    token: &str,
    id: &str,
    now: Timestamp,
) -> Result<Result<(BulkJobId, String), Box<Next>>, Halt> {
    let Some((inviter, _)) = desk.enter_with(token, now).await? else {
        return Ok(Err(Box::new(Next::own(paths::PANEL))));
    };
    desk.count(&inviter)?;
    let caller = inviter.caller.clone();
    drop(inviter);
    let id = named(id)?;
    report(desk.services, &caller, id).await.map(|text| Ok((id, text))).map_err(halt)
}

pub(super) fn named(id: &str) -> Result<BulkJobId, Refusal> {
    BulkJobId::parse(id).map_err(|_| Refusal::new(Code::BadRequest, "bulk_job_unknown"))
}

pub(super) fn halt(error: BulkError) -> Halt {
    match error {
        BulkError::Store(error) => error.into(),
        BulkError::Invite(_) => Refusal::new(Code::InviteDisabled, "inviting_not_allowed").into(),
        BulkError::Sealed => Refusal::new(Code::Internal, "sealing_failed").into(),
        // Another's job is not told apart from one that is not there.
        _ => Refusal::new(Code::BadRequest, "bulk_job_unknown").into(),
    }
}

//! Doing the rows of jobs: one step of the work in the background, or the whole of one job in the foreground.

use std::time::Duration;

use super::names::Names;
use super::take::{ALREADY, ALREADY_INVITED};
use super::wish::wish;
use super::{BulkError, requesters};
use crate::base::clock::Timestamp;
use crate::base::sealing::Purpose;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::bulk::job::{BulkJob, BulkJobId, RowOutcome, RowStatus, place_of_link, place_of_sheet};
use crate::domain::bulk::{Row, RowFault, Sheet};
use crate::domain::guests::GuestId;
use crate::domain::invitations::fault::InviteError;
use crate::domain::permissions::Caller;
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::author::Author;
use crate::flows::directory::access::sees_accounts;
use crate::flows::invite::{Account, Invited, Inviting};
use crate::flows::mails::bulk_finished;
use crate::flows::services::Services;
use crate::flows::sign_in::MAX_TRIES;

/// How long a node has a job to itself; it takes it anew long before that.
const LEASE: Duration = Duration::from_mins(2);
/// Rows after which it is taken anew.
const ROWS_OF_LEASE: u32 = 100;
/// Jobs that one step looks at.
const BATCH: u32 = 4;

/// Goes on with jobs that wait, until none does or `is_ending` says that the process ends; says how many rows it did.
///
/// # Errors
/// [`StoreError`] where it cannot be known what waits. A job that cannot go on is logged, and tried again after its
/// lease.
pub async fn step(services: &Services, is_ending: &(dyn Fn() -> bool + Send + Sync)) -> Result<u32, StoreError> {
    let mut done = 0;
    for job in services.store.waiting_bulk_jobs(services.clock.now(), BATCH).await? {
        match run(services, &job, is_ending, &mut |_| {}).await {
            Ok(rows) => done += rows,
            Err(error) => tracing::warn!(bulk.job = %job.id, %error, "a job of invitations cannot go on"),
        }
    }
    Ok(done)
}

/// Does the rows of one job that are left; tells `seen` of each outcome, and ends early where the job was stopped,
/// another node has it, or the process ends. Says how many rows it did.
///
/// # Errors
/// [`BulkError`].
pub async fn run(
    services: &Services,
    job: &BulkJob,
    is_ending: &(dyn Fn() -> bool + Send + Sync),
    seen: &mut (dyn FnMut(&RowOutcome) + Send),
) -> Result<u32, BulkError> {
    if claim(services, job.id).await? == Once::Again {
        return Ok(0);
    }
    let mut unit = services.store.unit_of_work().await?;
    // What was read before the claim may be old.
    let Some(job) = unit.find_bulk_job(job.id).await? else { return Ok(0) };
    let sealed = unit.find_bulk_sheet(job.id).await?.ok_or(BulkError::Sealed)?;
    let bytes = services.sealer.open(Purpose::BulkInvitation, &place_of_sheet(job.id), &sealed);
    let sheet = Sheet::read(&bytes.map_err(|_| BulkError::Sealed)?)?;
    let names = Names::read(unit.as_mut(), &sheet).await?;
    drop(unit);
    let doing = Doing { services, job: &job, names: &names };
    let mut done = 0;
    for (at, row) in (0..).zip(&sheet.rows).skip(job.next_row as usize) {
        if is_ending() {
            break;
        }
        if done > 0 && done % ROWS_OF_LEASE == 0 {
            renew(services, job.id).await?;
        }
        let Some(outcome) = doing.row(at, row).await? else { break };
        metrics::counter!("entente_bulk_rows_total", "outcome" => outcome.status.as_str()).increment(1);
        seen(&outcome);
        done += 1;
    }
    release(services, job.id).await?;
    Ok(done)
}

async fn claim(services: &Services, id: BulkJobId) -> Result<Once, StoreError> {
    let now = services.clock.now();
    claim_until(services, id, now, now.plus(LEASE)).await
}

/// Whoever holds the lease prolongs it: it counts as ended at the time until which it was taken.
async fn renew(services: &Services, id: BulkJobId) -> Result<(), StoreError> {
    let now = services.clock.now();
    claim_until(services, id, now.plus(LEASE), now.plus(LEASE)).await.map(drop)
}

/// Gives the job back, so that it need not wait for the end of the lease.
async fn release(services: &Services, id: BulkJobId) -> Result<(), StoreError> {
    let now = services.clock.now();
    claim_until(services, id, now.plus(LEASE), now).await.map(drop)
}

async fn claim_until(services: &Services, id: BulkJobId, now: Timestamp, until: Timestamp) -> Result<Once, StoreError> {
    let mut unit = services.store.unit_of_work().await?;
    let once = unit.claim_bulk_job(id, now, until).await?;
    unit.commit().await?;
    Ok(once)
}

/// A job whose rows are being done.
struct Doing<'a> {
    services: &'a Services,
    job: &'a BulkJob,
    names: &'a Names,
}

impl Doing<'_> {
    /// Does one row; nothing where it is not ours to do.
    async fn row(&self, at: u32, row: &Row) -> Result<Option<RowOutcome>, BulkError> {
        let mut tries = 1;
        loop {
            let tried = match &row.entry {
                Ok(entry) => self.invite(at, entry).await,
                Err(fault) => self.note(&row_failed(at, fault)).await,
            };
            match tried {
                Err(InviteError::Store(StoreError::Raced)) if tries < MAX_TRIES => tries += 1,
                Err(InviteError::Store(error)) => return Err(error.into()),
                // What the unit wrote before it was refused is gone with it.
                Err(error) => match self.note(&failed(at, error.code(), error.to_string())).await {
                    Ok(noted) => return Ok(noted),
                    Err(InviteError::Store(StoreError::Raced)) if tries < MAX_TRIES => tries += 1,
                    Err(error) => return Err(error.into()),
                },
                Ok(outcome) => return Ok(outcome),
            }
        }
    }

    async fn invite(&self, at: u32, entry: &crate::domain::bulk::Entry) -> Result<Option<RowOutcome>, InviteError> {
        let Self { services, job, names } = *self;
        let mut unit = services.store.unit_of_work().await?;
        if unit.take_bulk_row(job.id, at).await? == Once::Again {
            return Ok(None);
        }
        let caller = requesters::now(unit.as_mut(), &job.requester).await?;
        let inviting = Inviting::read(unit.as_mut(), Author::new(services, &caller)).await?;
        let wish = wish(entry, names, &services.settings.public_url, &services.settings.organization)?;
        let known = unit.guest_by_mail_key(wish.address.key()).await?.map(|kept| kept.value.guest.id);
        let outcome = match known {
            // Who is here already gets no second invitation by a file: that is what sending again is for.
            Some(guest) => already(at, &caller, guest),
            None => {
                let invited = inviting.one(unit.as_mut(), &wish).await?;
                if invited.account == Account::Known {
                    // Found by an address that it has beside its own; what was written for it is undone.
                    drop(unit);
                    return self.note(&already(at, &caller, invited.guest.id)).await;
                }
                self.invited(at, invited)?
            }
        };
        self.write(unit, &outcome).await?;
        Ok(Some(outcome))
    }

    fn invited(&self, at: u32, invited: Invited) -> Result<RowOutcome, InviteError> {
        let Self { services, job, .. } = *self;
        let place = place_of_link(job.id, at);
        let seal = |link: String| {
            let sealed =
                services.sealer.seal(services.random.as_ref(), Purpose::BulkInvitation, &place, link.as_bytes());
            sealed.map_err(|_| InviteError::Store(StoreError::Unavailable("sealing failed".to_owned())))
        };
        Ok(RowOutcome {
            row: at,
            status: RowStatus::Invited,
            code: None,
            message: None,
            guest: Some(invited.guest.id),
            sealed_link: invited.link.map(seal).transpose()?,
        })
    }

    /// Notes what became of a row that invites nobody.
    async fn note(&self, outcome: &RowOutcome) -> Result<Option<RowOutcome>, InviteError> {
        let mut unit = self.services.store.unit_of_work().await?;
        if unit.take_bulk_row(self.job.id, outcome.row).await? == Once::Again {
            return Ok(None);
        }
        self.write(unit, outcome).await?;
        Ok(Some(outcome.clone()))
    }

    /// Writes what became of a row that was taken in the unit, and the end of the job with its last one.
    async fn write(&self, mut unit: Box<dyn UnitOfWork>, outcome: &RowOutcome) -> Result<(), StoreError> {
        let Self { services, job, .. } = *self;
        unit.insert_bulk_outcome(job.id, outcome, services.clock.now()).await?;
        if outcome.row + 1 == job.total {
            let now = services.clock.now();
            let id = AuditId::new(now, services.random.as_ref());
            let mut entry = AuditEntry::new(id, now, Activity::BulkInviteFinished, Actor::System);
            entry.target = Some(uuid::Uuid::from_bytes(*job.id.as_bytes()));
            if let Some(job) = unit.find_bulk_job(job.id).await? {
                let counts = job.counts;
                let rows = [("invited", counts.invited), ("skipped", counts.skipped), ("failed", counts.failed)];
                entry.details.extend(rows.map(|(name, count)| (name, count.to_string())));
                bulk_finished::enqueue(services, unit.as_mut(), &job, now).await?;
            }
            unit.append_audit(&entry).await?;
        }
        unit.commit().await
    }
}

/// A row of who is here already, whose account is named to who may know it.
fn already(at: u32, caller: &Caller, guest: GuestId) -> RowOutcome {
    RowOutcome { guest: sees_accounts(caller).then_some(guest), ..skipped(at, ALREADY_INVITED, ALREADY.to_owned()) }
}

fn row_failed(at: u32, fault: &RowFault) -> RowOutcome {
    match fault {
        RowFault::Duplicate { .. } => skipped(at, fault.code(), fault.to_string()),
        _ => failed(at, fault.code(), fault.to_string()),
    }
}

fn failed(row: u32, code: &str, message: String) -> RowOutcome {
    RowOutcome {
        row,
        status: RowStatus::Failed,
        code: Some(code.to_owned()),
        message: Some(message),
        guest: None,
        sealed_link: None,
    }
}

fn skipped(row: u32, code: &str, message: String) -> RowOutcome {
    RowOutcome { status: RowStatus::Skipped, ..failed(row, code, message) }
}

//! A file on its way: handed in, looked through, and confirmed. Until then it lies sealed in a row and nothing is done with
//! it; what would be done is judged each time it is shown, and once more when it is confirmed.
//!
//! A file is parsed, sealed and opened between two units, since that takes a while: the first says who is there and what
//! they may do, and the second says it again and writes.

use super::{Desk, FORM, Inviter, until_done};
use crate::base::clock::Timestamp;
use crate::base::sealing::Purpose;
use crate::domain::bulk::Sheet;
use crate::domain::bulk::job::Requester;
use crate::domain::bulk::upload::{UPLOAD_LIFE, Upload, UploadId, place_of_upload};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::sign_ins::Once;
use crate::flows::author::Author;
use crate::flows::bulk::BulkError;
use crate::flows::bulk::take::{Judged, Ready, judge, short_name, take_in};
use crate::flows::next::invite::{FilesFault, FilesPage, PreviewPage};
use crate::flows::next::{Next, Page};
use crate::flows::paths;
use crate::flows::sign_in::{Halt, issue};

/// The most of one's own jobs that are shown.
const LISTED: u32 = 20;
/// The most rows with a fault that are shown; all of them are in the report.
const SHOWN_FAULTS: usize = 200;

/// The form, and one's own jobs.
pub async fn show(desk: &Desk<'_>) -> Next {
    let now = desk.services.clock.now();
    until_done!(desk, now, shown(desk, None, now).await)
}

/// The form once more, with what is wrong.
pub async fn show_fault(desk: &Desk<'_>, fault: FilesFault) -> Next {
    let now = desk.services.clock.now();
    until_done!(desk, now, shown(desk, Some(fault.clone()), now).await)
}

/// Where to somebody is led who may hand in nothing; asked before a file is read.
pub async fn turned_away(desk: &Desk<'_>) -> Option<Next> {
    let now = desk.services.clock.now();
    let mut is_let = false;
    let next = until_done!(desk, now, entered(desk, now, &mut is_let).await);
    (!is_let).then_some(next)
}

/// Keeps a file until it is confirmed, and leads on to what would be done with it.
pub async fn hand_in(desk: &Desk<'_>, token: &str, file_name: &str, bytes: &[u8]) -> Next {
    let now = desk.services.clock.now();
    let mut is_counted = false;
    until_done!(desk, now, kept(desk, token, (file_name, bytes), now, &mut is_counted).await)
}

/// What would be done with a file that waits.
pub async fn preview(desk: &Desk<'_>, id: &str) -> Next {
    let now = desk.services.clock.now();
    let mut is_counted = false;
    until_done!(desk, now, previewed(desk, id, now, &mut is_counted).await)
}

/// Takes a file that waits, once, as it is judged now.
pub async fn confirm(desk: &Desk<'_>, token: &str, id: &str) -> Next {
    let now = desk.services.clock.now();
    let mut is_counted = false;
    until_done!(desk, now, confirmed(desk, token, id, now, &mut is_counted).await)
}

/// Forgets a file that waits.
pub async fn cancel(desk: &Desk<'_>, token: &str, id: &str) -> Next {
    let now = desk.services.clock.now();
    until_done!(desk, now, cancelled(desk, token, id, now).await)
}

async fn entered(desk: &Desk<'_>, now: Timestamp, is_let: &mut bool) -> Result<Next, Halt> {
    *is_let = desk.enter(now).await?.is_some();
    Ok(Next::own(paths::PANEL))
}

async fn shown(desk: &Desk<'_>, fault: Option<FilesFault>, now: Timestamp) -> Result<Next, Halt> {
    let Some(mut inviter) = desk.enter(now).await? else { return Ok(Next::own(paths::PANEL)) };
    let own = Requester::Person(inviter.reading.guest.id);
    let jobs = inviter.unit.list_bulk_jobs_of(&own, None, LISTED).await?;
    let page = FilesPage { token: inviter.token(desk.services, now)?, person: inviter.name(), fault, jobs };
    Ok(Next::page(Page::InviteFiles(Box::new(page))))
}

async fn kept(
    desk: &Desk<'_>,
    token: &str,
    (file_name, bytes): (&str, &[u8]),
    now: Timestamp,
    is_counted: &mut bool,
) -> Result<Next, Halt> {
    let Some((inviter, _)) = desk.enter_with(token, now).await? else { return Ok(Next::own(paths::PANEL)) };
    if !*is_counted {
        desk.count(&inviter)?;
        *is_counted = true;
    }
    drop(inviter);
    let services = desk.services;
    // What is no file of invitations is not kept.
    if let Err(fault) = Sheet::read(bytes) {
        return shown(desk, Some(FilesFault::Refused(fault.into())), now).await;
    }
    let id = UploadId::new(now, services.random.as_ref());
    let sealed = services.sealer.seal(services.random.as_ref(), Purpose::BulkInvitation, &place_of_upload(id), bytes);
    let sealed = sealed.map_err(|_| Refusal::new(Code::Internal, "sealing_failed"))?;
    let Some((mut inviter, _)) = desk.enter_with(token, now).await? else { return Ok(Next::own(paths::PANEL)) };
    let upload = Upload {
        id,
        guest: inviter.reading.guest.id,
        file_name: short_name(file_name),
        created_at: now,
        expires_at: now.plus(UPLOAD_LIFE),
    };
    inviter.unit.insert_bulk_upload(&upload, &sealed).await?;
    inviter.unit.commit().await?;
    Ok(Next::here(paths::invite_preview(id)))
}

async fn previewed(desk: &Desk<'_>, id: &str, now: Timestamp, is_counted: &mut bool) -> Result<Next, Halt> {
    let Some(mut inviter) = desk.enter(now).await? else { return Ok(Next::own(paths::PANEL)) };
    // Each view judges all rows anew.
    if !*is_counted {
        desk.count(&inviter)?;
        *is_counted = true;
    }
    let found = waiting(&mut inviter, id, now).await?;
    let Inviter { unit, reading, caller } = inviter;
    drop(unit);
    let Some((upload, bytes)) = found.and_then(|found| opened(desk, found)) else { return gone(desk, now).await };
    match judge(desk.services, &caller, &bytes).await {
        Ok(judged) => {
            let token = FORM.seal(desk.services, reading.session.id, now)?;
            let page = page(token, issue::label(&reading.guest), upload, &judged);
            Ok(Next::page(Page::InvitePreview(Box::new(page))))
        }
        Err(error) => refused(desk, error, now).await,
    }
}

fn page(token: String, person: String, upload: Upload, judged: &Judged) -> PreviewPage {
    let rows = judged.sheet.rows.iter().zip(&judged.faults);
    let faults = rows.filter_map(|(row, fault)| Some((row.line, fault.clone()?)));
    let skipped = judged.faults.iter().flatten().filter(|fault| fault.is_skip()).count();
    PreviewPage {
        token,
        person,
        upload: upload.id,
        file_name: upload.file_name,
        good: judged.good(),
        skipped,
        failed: judged.faults.iter().flatten().count() - skipped,
        faults: faults.take(SHOWN_FAULTS).collect(),
    }
}

async fn confirmed(
    desk: &Desk<'_>,
    token: &str,
    id: &str,
    now: Timestamp,
    is_counted: &mut bool,
) -> Result<Next, Halt> {
    let Some((mut inviter, _)) = desk.enter_with(token, now).await? else { return Ok(Next::own(paths::PANEL)) };
    if !*is_counted {
        desk.count(&inviter)?;
        *is_counted = true;
    }
    let found = waiting(&mut inviter, id, now).await?;
    let Inviter { unit, caller, .. } = inviter;
    drop(unit);
    let Some((upload, bytes)) = found.and_then(|found| opened(desk, found)) else { return gone(desk, now).await };
    let ready = match Ready::of(Author::new(desk.services, &caller), &upload.file_name, &bytes) {
        Ok(ready) => ready,
        Err(error) => return refused(desk, error, now).await,
    };
    let Some((mut inviter, _)) = desk.enter_with(token, now).await? else { return Ok(Next::own(paths::PANEL)) };
    let author = Author::new(desk.services, &inviter.caller);
    let job = match take_in(inviter.unit.as_mut(), author, ready).await {
        Ok(job) => job,
        Err(error) => {
            drop(inviter);
            return refused(desk, error, now).await;
        }
    };
    // Of two that confirm it at once, one takes it.
    if inviter.unit.take_bulk_upload(upload.id).await? == Once::Again {
        drop(inviter);
        return gone(desk, now).await;
    }
    inviter.unit.commit().await?;
    Ok(Next::here(paths::invite_job(job.id)))
}

async fn cancelled(desk: &Desk<'_>, token: &str, id: &str, now: Timestamp) -> Result<Next, Halt> {
    let Some((mut inviter, _)) = desk.enter_with(token, now).await? else { return Ok(Next::own(paths::PANEL)) };
    if let Some((upload, _)) = waiting(&mut inviter, id, now).await? {
        inviter.unit.take_bulk_upload(upload.id).await?;
        inviter.unit.commit().await?;
    }
    Ok(Next::own(paths::INVITE_FILES))
}

/// The file of this id as it is kept, where it is the person's own and still waits.
async fn waiting(inviter: &mut Inviter, id: &str, now: Timestamp) -> Result<Option<(Upload, Vec<u8>)>, Halt> {
    let Ok(id) = UploadId::parse(id) else { return Ok(None) };
    let own = inviter.reading.guest.id;
    let found = inviter.unit.find_bulk_upload(id).await?;
    Ok(found.filter(|(upload, _)| upload.guest == own && now < upload.expires_at))
}

/// What was kept, opened; whoever calls holds no unit any more.
fn opened(desk: &Desk<'_>, (upload, sealed): (Upload, Vec<u8>)) -> Option<(Upload, Vec<u8>)> {
    let opened = desk.services.sealer.open(Purpose::BulkInvitation, &place_of_upload(upload.id), &sealed);
    opened.ok().map(|bytes| (upload, bytes.to_vec()))
}

/// There is no such file; whoever calls holds no unit any more.
async fn gone(desk: &Desk<'_>, now: Timestamp) -> Result<Next, Halt> {
    shown(desk, Some(FilesFault::Gone), now).await
}

/// The form with what is wrong; whoever calls holds no unit any more.
async fn refused(desk: &Desk<'_>, error: BulkError, now: Timestamp) -> Result<Next, Halt> {
    match error {
        BulkError::Store(error) => Err(error.into()),
        error => shown(desk, Some(FilesFault::Refused(error)), now).await,
    }
}

//! Files of invitations over HTTP (`/api/v1/bulk-invitations`): handed in as comma-separated values, judged without being
//! taken, listed, watched, stopped, and the report.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::dispatch::{Ask, CsvFile, Reply};
use super::fault::Fault;
use super::invitations::{count, told};
use super::odata::QueryFault;
use super::odata::query::{Paging, Query, Rules, SkipToken, only};
use super::resources;
use super::table::BULK_INVITATIONS;
use crate::base::params::RawParams;
use crate::domain::bulk::job::{BulkJob, BulkJobId, Requester};
use crate::domain::bulk::{FileFault, Sheet};
use crate::domain::invitations::fault::InviteError;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::bulk::take::{self, Judged};
use crate::flows::bulk::{self, BulkError, report};
use crate::flows::directory::DirectoryError;
use crate::flows::services::Services;
use crate::http::limits::MAX_BULK_FILE;
use crate::http::request;
use crate::http::state::State;

/// What the list lets be asked.
pub const RULES: Rules<(), ()> =
    Rules { filterable: &[], searchable: &[], orders: &[], selectable: &[], paging: Paging::Pages };
/// Whether the file is only to be judged.
pub const DRY_RUN: &str = "dryRun";
/// How the file is called.
pub const FILE_NAME: &str = "fileName";
/// How a file is called that nobody named.
const UNNAMED: &str = "invitations.csv";
/// How long somebody waits who has too many jobs.
const WAIT: Duration = Duration::from_mins(1);

/// Judges the query of a file before the file is read.
///
/// # Errors
/// `Fault`.
pub fn judge_query(query: &RawParams) -> Result<(), Fault> {
    only(query, &[DRY_RUN, FILE_NAME])?;
    is_dry(query)?;
    one(query, FILE_NAME).map(drop)
}

/// Reads a file, and no more of it than is needed to refuse it.
///
/// # Errors
/// `Fault`: another media type, too large, too slow, no text.
pub async fn read_file(body_time: Duration, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Fault> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("text/csv") {
        let message = "the body must be the file itself, as `text/csv`";
        return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Request_UnsupportedMediaType", message));
    }
    let judge = |bytes: &[u8]| Sheet::judge_start(bytes).map_err(NoFile::Fault);
    request::read_while(body_time, headers, body, MAX_BULK_FILE, judge).await.map_err(|no_file| match no_file {
        NoFile::Fault(fault) => file(&fault),
        NoFile::Refused(refusal) if refusal.code == Code::TooLarge => {
            let message = format!("the file is larger than {MAX_BULK_FILE} bytes, which are the most: divide it");
            Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "CSV_TOO_LARGE", message)
        }
        NoFile::Refused(refusal) => Fault::from(&*refusal),
    })
}

/// Why a file was not read to its end.
enum NoFile {
    Fault(FileFault),
    Refused(Box<Refusal>),
}

impl From<Refusal> for NoFile {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// `POST`: judges the file where that is all that is asked, else takes it.
pub async fn hand_in(state: &State, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let services = state.services();
    let Some(file) = &ask.file else { return Err(Fault::bad("a file cannot be part of a batch")) };
    judge_query(&ask.query)?;
    if ask.key.is_some() {
        let message = "`Idempotency-Key` is not read here: a file that comes again passes over whom the first invited";
        return Err(Fault::bad(message));
    }
    count(state, ask.caller())?;
    if is_dry(&ask.query)? {
        return Ok(Reply::ok(judged(&take::judge(services, ask.caller(), file).await?)));
    }
    let name = one(&ask.query, FILE_NAME)?.unwrap_or(UNNAMED);
    let job = take::take(services, ask.caller(), name, file).await?;
    let location = services.settings.public_url.join(&format!("{BULK_INVITATIONS}/{}", job.id));
    Ok(Reply::taken(shown(&job), location))
}

/// `GET`: the jobs that whoever asks may see, newest first.
pub async fn list(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let query = Query::read(&ask.query, &RULES, ask.is_eventual)?;
    if query.counts {
        return Err(QueryFault::Together("$count", "bulk-invitations").into());
    }
    let parse = |token: &SkipToken| BulkJobId::parse(&token.id).map_err(|_| QueryFault::SkipToken);
    let before = query.skip_token.as_ref().map(parse).transpose()?;
    let mut jobs = bulk::list(services, ask.caller(), before, query.top + 1).await?;
    let has_more = jobs.len() > query.top as usize;
    jobs.truncate(query.top as usize);
    let next = jobs.last().filter(|_| has_more).map(|job| SkipToken { key: String::new(), id: job.id.to_string() });
    let public_url = &services.settings.public_url;
    let values = jobs.iter().map(shown).collect();
    Ok(Reply::ok(resources::list(public_url, "bulkInvitations", (ask.path, &ask.query), values, next, None)))
}

/// `GET /{id}`.
pub async fn one_job(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    Ok(Reply::ok(shown(&bulk::find(services, ask.caller(), id(name)?).await?)))
}

/// `POST /{id}/stop`.
pub async fn stop(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    resources::nothing(ask.body.as_ref())?;
    Ok(Reply::ok(shown(&bulk::stop(services, ask.caller(), id(name)?).await?)))
}

/// `POST /{id}/resume`.
pub async fn resume(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    resources::nothing(ask.body.as_ref())?;
    Ok(Reply::ok(shown(&bulk::resume(services, ask.caller(), id(name)?).await?)))
}

/// `DELETE /{id}`.
pub async fn remove(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    bulk::remove(services, ask.caller(), id(name)?).await?;
    Ok(Reply::done())
}

/// `GET /{id}/report`.
pub async fn report(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    if ask.is_part {
        return Err(Fault::bad("a report is a file, which cannot be part of a batch"));
    }
    let id = id(name)?;
    let text = report::report(services, ask.caller(), id).await?;
    Ok(Reply::csv(CsvFile { name: format!("report-{id}.csv"), text }))
}

fn id(name: &str) -> Result<BulkJobId, BulkError> {
    BulkJobId::parse(name).map_err(|_| BulkError::Unknown { id: crate::base::trace::shorten(name.to_owned()) })
}

fn is_dry(query: &RawParams) -> Result<bool, Fault> {
    match one(query, DRY_RUN)? {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Fault::bad(format!("`{DRY_RUN}` must be `true` or `false`"))),
    }
}

fn one<'p>(query: &'p RawParams, name: &str) -> Result<Option<&'p str>, Fault> {
    query.one(name).map_err(|error| Fault::bad(error.to_string()))
}

fn shown(job: &BulkJob) -> Value {
    json!({
        "id": job.id.to_string(),
        "fileName": job.file_name,
        "form": job.form.as_str(),
        "state": job.state.as_str(),
        "rows": job.total,
        "done": job.next_row,
        "invited": job.counts.invited,
        "skipped": job.counts.skipped,
        "failed": job.counts.failed,
        "requestedBy": match &job.requester {
            Requester::Operator(name) => format!("operator:{name}"),
            Requester::App(app) => format!("app:{app}"),
            Requester::Person(guest) => format!("person:{guest}"),
        },
        "createdDateTime": job.created_at.to_rfc3339(),
        "endedDateTime": job.ended_at.map(|at| at.to_rfc3339()),
    })
}

fn judged(judged: &Judged) -> Value {
    let rows = judged.sheet.rows.iter().zip(&judged.faults);
    let faults = rows.filter_map(|(row, fault)| {
        let fault = fault.as_ref()?;
        let status = if fault.is_skip() { "Skipped" } else { "Failed" };
        Some(json!({ "line": row.line, "status": status, "errorCode": fault.code(), "message": fault.to_string() }))
    });
    json!({
        "form": judged.sheet.form.as_str(),
        "rows": judged.sheet.rows.len(),
        "good": judged.good(),
        "faults": faults.collect::<Value>(),
    })
}

fn file(fault: &FileFault) -> Fault {
    let status = match fault {
        FileFault::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    };
    Fault::new(status, fault.code(), fault.to_string())
}

impl From<BulkError> for Fault {
    fn from(error: BulkError) -> Self {
        let (code, message) = (error.code(), error.to_string());
        match error {
            BulkError::File(fault) => file(&fault),
            BulkError::Invite(InviteError::Store(error)) | BulkError::Store(error) => {
                DirectoryError::Store(error).into()
            }
            BulkError::Invite(error) => told(&error),
            BulkError::Unknown { .. } => Self::new(StatusCode::NOT_FOUND, code, message),
            BulkError::State { .. } => Self::new(StatusCode::CONFLICT, code, message),
            BulkError::Held { .. } => Self::new(StatusCode::FORBIDDEN, code, message),
            BulkError::TooMany { .. } => {
                Self { wait: Some(WAIT), ..Self::new(StatusCode::TOO_MANY_REQUESTS, code, message) }
            }
            BulkError::Sealed => {
                tracing::error!(%error, "a job of invitations cannot be read");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceNotAvailable", message)
            }
        }
    }
}

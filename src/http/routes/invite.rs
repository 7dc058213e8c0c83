//! The pages on which a person invites: one guest, or those of a file.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, Method, Response, header};

use super::app::{peer, request_id};
use super::pages::{optional, serve};
use super::table::{
    INVITE_JOB_PARAMETERS, INVITE_PARAMETERS, INVITE_PREVIEW_PARAMETERS, INVITE_REPORT_PARAMETERS,
    INVITE_ROWS_PARAMETERS,
};
use crate::base::multipart::{Multipart, MultipartError};
use crate::base::params::RawParams;
use crate::domain::bulk::FileFault;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::bulk::BulkError;
use crate::flows::next::invite::{FilesFault, TypedInvitation};
use crate::flows::next::{Arrival, Next, Visitor};
use crate::flows::panel::invite::jobs::{self, Change};
use crate::flows::panel::invite::{Desk, files, one, rows};
use crate::flows::paths;
use crate::http::limits::{MAX_BULK_FILE, MAX_BULK_FORM, MAX_DISCARDED};
use crate::http::pages::invite::{ADDRESS, APP, LANGUAGE, MESSAGE, NAME};
use crate::http::pages::invite_files::FILE;
use crate::http::request::{self, Asked, PostOrigin};
use crate::http::respond;
use crate::http::state::State;

fn desk<'a>(state: &'a State, visitor: &'a Visitor) -> Desk<'a> {
    Desk { services: state.services(), visitor, limit: &state.invitations }
}

/// The form for one guest.
pub async fn show(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::INVITE, &[], async |asked| Ok(one::show(&desk(&state, &asked.visitor)).await)).await
}

/// Invites one guest.
pub async fn invite(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::INVITE, INVITE_PARAMETERS, async |asked| {
        let token = token(&asked.params)?;
        let text = |name| Ok::<_, Refusal>(optional(&asked.params, name)?.unwrap_or_default().to_owned());
        let typed = TypedInvitation {
            address: text(ADDRESS)?,
            name: text(NAME)?,
            apps: asked.params.iter().filter(|param| param.name == APP).map(|param| param.value.clone()).collect(),
            message: text(MESSAGE)?,
            language: text(LANGUAGE)?,
        };
        Ok(one::invite(&desk(&state, &asked.visitor), token, &typed).await)
    })
    .await
}

/// The form for a file, and one's own.
pub async fn show_files(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::INVITE_FILES, &[], async |asked| Ok(files::show(&desk(&state, &asked.visitor)).await))
        .await
}

/// What would be done with a file.
pub async fn preview(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::INVITE_PREVIEW, &["upload"], async |asked| {
        let upload = optional(&asked.params, "upload")?.unwrap_or_default();
        Ok(files::preview(&desk(&state, &asked.visitor), upload).await)
    })
    .await
}

/// Confirms a file, or forgets it.
pub async fn decide(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::INVITE_PREVIEW, INVITE_PREVIEW_PARAMETERS, async |asked| {
        let token = token(&asked.params)?;
        let upload = optional(&asked.params, "upload")?.unwrap_or_default();
        let desk = desk(&state, &asked.visitor);
        match optional(&asked.params, "decision")? {
            Some("confirm") => Ok(files::confirm(&desk, token, upload).await),
            Some("cancel") => Ok(files::cancel(&desk, token, upload).await),
            _ => Err(Refusal::new(Code::BadRequest, "decision_unknown")),
        }
    })
    .await
}

/// How far a file has come.
pub async fn job(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::INVITE_JOB, &["job"], async |asked| {
        let job = optional(&asked.params, "job")?.unwrap_or_default();
        Ok(jobs::show(&desk(&state, &asked.visitor), job).await)
    })
    .await
}

/// Stops a file, or lets it go on.
pub async fn change_job(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::INVITE_JOB, INVITE_JOB_PARAMETERS, async |asked| {
        let token = token(&asked.params)?;
        let job = optional(&asked.params, "job")?.unwrap_or_default();
        let change = match optional(&asked.params, "action")? {
            Some("stop") => Change::Stop,
            Some("resume") => Change::Resume,
            _ => return Err(Refusal::new(Code::BadRequest, "action_unknown")),
        };
        Ok(jobs::change(&desk(&state, &asked.visitor), token, job, change).await)
    })
    .await
}

/// What became of the rows of a file.
pub async fn rows(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::INVITE_ROWS, INVITE_ROWS_PARAMETERS, async |asked| {
        let asked_for = rows::Asked {
            job: optional(&asked.params, "job")?.unwrap_or_default(),
            which: optional(&asked.params, "which")?,
            after: optional(&asked.params, "after")?,
        };
        Ok(rows::show(&desk(&state, &asked.visitor), asked_for).await)
    })
    .await
}

/// The report of a file, to be kept.
pub async fn report(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let mut found = None;
    let page = serve(&state, request, paths::INVITE_REPORT, INVITE_REPORT_PARAMETERS, async |asked| {
        let token = token(&asked.params)?;
        let job = optional(&asked.params, "job")?.unwrap_or_default();
        match jobs::download(&desk(&state, &asked.visitor), token, job).await {
            Ok(report) => {
                found = Some(report);
                Ok(Next::own(paths::INVITE_FILES))
            }
            Err(next) => Ok(*next),
        }
    })
    .await;
    match found {
        Some((job, text)) => respond::csv_file(&format!("report-{job}.csv"), text),
        None => page,
    }
}

/// Takes a file into keeping until it is confirmed. Another site's form has nothing read of what it sends, and a browser
/// without a session that lives, and who may not invite, have nothing kept of it even for a moment.
pub async fn hand_in(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    let (parts, body) = request.into_parts();
    let visitor = request::visitor(&state, &parts.headers, peer);
    let headers = parts.headers;
    let next = if let Err(many) = state.authorize.check(visitor.address) {
        Err(many.refusal("too_many_answers"))
    } else if visitor.arrival == Arrival::CrossSite {
        Err(Refusal::new(Code::BadRequest, "form_of_another_site"))
    } else if let Some(next) = turned_away(&state, &visitor).await {
        // Browsers show nothing of an answer that comes before they have sent everything.
        request::discard(state.body_time, body, MAX_BULK_FORM).await;
        Ok(next)
    } else {
        handed_in(&state, &headers, body, &visitor).await
    };
    match next {
        Err(refusal) => respond::refused(&state, &headers, &refusal, None, &id),
        Ok(next) => {
            let (params, origin) = (RawParams::default(), PostOrigin::OurPage);
            let asked = Asked { params, visitor, headers, method: Method::POST, origin, request_id: id };
            respond::next(&state, &asked, &next, paths::INVITE_FILES, &[])
        }
    }
}

/// Where to somebody is led who may hand in nothing.
async fn turned_away(state: &Arc<State>, visitor: &Visitor) -> Option<Next> {
    if visitor.session.is_none() {
        return Some(Next::own(paths::PANEL));
    }
    files::turned_away(&desk(state, visitor)).await
}

async fn handed_in(state: &Arc<State>, headers: &HeaderMap, body: Body, visitor: &Visitor) -> Result<Next, Refusal> {
    let desk = desk(state, visitor);
    let too_large = |found| FilesFault::Refused(BulkError::File(FileFault::TooLarge { found }));
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if let Some(found) = declared.filter(|length| *length > MAX_BULK_FORM) {
        request::discard(state.body_time, body, MAX_DISCARDED).await;
        return Ok(files::show_fault(&desk, too_large(found)).await);
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bytes = request::read_body(state.body_time, headers, body, MAX_BULK_FORM).await?;
    let form = Multipart::read(content_type, &bytes).map_err(|error| unreadable(&error))?;
    let token = form.one("token").map_err(|error| unreadable(&error))?;
    let token = token.ok_or(Refusal::new(Code::BadRequest, "token_missing"))?;
    let token = std::str::from_utf8(token.bytes).unwrap_or_default();
    match form.one(FILE).map_err(|error| unreadable(&error))? {
        Some(file) if file.bytes.len() > MAX_BULK_FILE => {
            Ok(files::show_fault(&desk, too_large(file.bytes.len())).await)
        }
        // Browsers send an empty name where no file was chosen.
        Some(file) if file.file_name.as_ref().is_some_and(|name| !name.is_empty()) => {
            let name = file.file_name.as_deref().unwrap_or_default();
            Ok(files::hand_in(&desk, token, name, file.bytes).await)
        }
        _ => Ok(files::show_fault(&desk, FilesFault::NoneChosen).await),
    }
}

fn unreadable(error: &MultipartError) -> Refusal {
    let cause = match error {
        MultipartError::MediaType => "content_type_not_multipart",
        MultipartError::TooMany => "parameters_too_many",
        MultipartError::Delimiter | MultipartError::Head => "form_parts_malformed",
    };
    Refusal::new(Code::BadRequest, cause).seen(error.to_string())
}

fn token(params: &RawParams) -> Result<&str, Refusal> {
    optional(params, "token")?.ok_or(Refusal::new(Code::BadRequest, "token_missing"))
}

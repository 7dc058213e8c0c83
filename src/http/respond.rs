//! Answers: from what a journey wants to an HTTP response, with every header that guards it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::pages::Page as _;
use super::pages::addresses::LocalPath;
use super::pages::error::ErrorPage;
use super::pages::headers::page_headers;
use super::pages::layout::HiddenField;
use super::pages::resubmit::Resubmit;
use super::request::{Asked, POSTED_AGAIN, PostOrigin, RequestId};
use super::state::State;
use super::view::{self, Rendered};
use crate::domain::attempts::AttemptId;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::next::{Next, Page, View};
use crate::texts::language::Language;
use crate::texts::negotiate::negotiate;

/// The language of a visitor.
#[must_use]
pub fn language(headers: &HeaderMap, ui_locales: Option<&str>) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    negotiate(ui_locales, accepted)
}

/// Answers `asked` with what the journey wants. `path` and `names` are those of the route, for a form
/// that is posted again.
#[must_use]
pub fn next(state: &State, asked: &Asked, next: &Next, path: &'static str, names: &[&'static str]) -> Response<Body> {
    let language = language(&asked.headers, asked.params.one("ui_locales").ok().flatten());
    let mut response = match &next.view {
        View::Redirect(url) => redirect(state, language, url, asked.origin),
        View::Own(path) => see_other(path),
        View::Here(path) => see_other(path),
        View::PostAgain => page(StatusCode::OK, post_again(state, language, asked, path, names)),
        View::Post(form) => match view::handover(state, language, form) {
            Some(rendered) => page(StatusCode::OK, rendered),
            None => empty(StatusCode::INTERNAL_SERVER_ERROR),
        },
        View::Page(shown) => shown_page(state, asked, language, shown),
    };
    state.cookies.write(&next.cookies, response.headers_mut());
    response
}

fn shown_page(state: &State, asked: &Asked, language: Language, shown: &Page) -> Response<Body> {
    match shown {
        Page::Refused { refusal, attempt, back } if wants_json(&asked.headers) => {
            let page = view::refusal_page(state, refusal, *attempt, back.as_ref(), &asked.request_id);
            with_wait(json(status(refusal.code), page.json(&state.catalogue, language)), refusal)
        }
        Page::Refused { refusal, .. } => {
            with_wait(page(status(refusal.code), view::render(state, language, shown, &asked.request_id)), refusal)
        }
        Page::LeaveRefused(left) => {
            page(status(left.refusal.code), view::render(state, language, shown, &asked.request_id))
        }
        _ => page(StatusCode::OK, view::render(state, language, shown, &asked.request_id)),
    }
}

fn redirect(state: &State, language: Language, url: &str, origin: PostOrigin) -> Response<Body> {
    if origin == PostOrigin::OurPage
        && let Some(rendered) = view::onward(state, language, url)
    {
        return page(StatusCode::OK, rendered);
    }
    see_other(url)
}

/// Sends the browser there with a GET.
#[must_use]
pub fn see_other(url: &str) -> Response<Body> {
    let mut response = empty(StatusCode::SEE_OTHER);
    let Ok(location) = HeaderValue::try_from(url) else {
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn post_again(
    state: &State,
    language: Language,
    asked: &Asked,
    path: &'static str,
    names: &[&'static str],
) -> Rendered {
    let mut fields: Vec<HiddenField> = names
        .iter()
        .flat_map(|name| {
            // All of one name: what stands several times is judged when it comes again.
            let same = asked.params.iter().filter(move |param| param.name == *name && !param.value.is_empty());
            same.map(move |param| HiddenField { name, value: param.value.clone() })
        })
        .collect();
    fields.push(HiddenField { name: POSTED_AGAIN, value: "1".to_owned() });
    view::show(state, language, &Resubmit { frame: view::frame(state, None), action: LocalPath::own(path), fields })
}

/// A refusal of a request that belongs to no journey: too large, badly encoded, too many.
#[must_use]
pub fn refused(
    state: &State,
    headers: &HeaderMap,
    refusal: &Refusal,
    attempt: Option<AttemptId>,
    request_id: &RequestId,
) -> Response<Body> {
    note(refusal, request_id);
    let language = language(headers, None);
    let shown = view::refusal_page(state, refusal, attempt, None, request_id);
    let response = if wants_json(headers) {
        json(status(refusal.code), shown.json(&state.catalogue, language))
    } else {
        page(status(refusal.code), Rendered { html: shown.render(&state.catalogue, language), policy: shown.policy() })
    };
    with_wait(response, refusal)
}

/// The same with `Retry-After` (RFC 9110 10.2.3), where the refusal says how long to wait.
#[must_use]
pub fn with_wait(mut response: Response<Body>, refusal: &Refusal) -> Response<Body> {
    if let Some(wait) = refusal.wait {
        // Whole seconds, and not before the end of the last one.
        let seconds = u64::try_from(wait.as_nanos().div_ceil(1_000_000_000)).unwrap_or(u64::MAX).max(1);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Logs and counts a refusal of a request that belongs to no journey.
pub fn note(refusal: &Refusal, request_id: &RequestId) {
    metrics::counter!("entente_refusals_total", "code" => refusal.code.as_str(), "cause" => refusal.cause).increment(1);
    tracing::info!(
        request.id = request_id.0,
        refusal.code = refusal.code.as_str(),
        refusal.cause = refusal.cause,
        "refused"
    );
}

/// A page for a status that concerns no refusal: no such page, wrong method, a fault of ours.
#[must_use]
pub fn error(state: &State, headers: &HeaderMap, status: StatusCode, request_id: &RequestId) -> Response<Body> {
    let shown = ErrorPage { frame: view::frame(state, None), status, request_id: request_id.0.clone() };
    page(status, view::show(state, language(headers, None), &shown))
}

/// The HTTP status of a refusal page.
#[must_use]
pub const fn status(code: Code) -> StatusCode {
    match code {
        Code::BadRequest
        | Code::AppUnknown
        | Code::RedirectUriRefused
        | Code::SamlRequestRefused
        | Code::SamlRequestReplayed
        | Code::AttemptMissing
        | Code::AttemptExpired
        | Code::AttemptSpent
        | Code::SamlResponseMalformed
        | Code::SamlUnsolicited
        | Code::OidcResponseMalformed
        | Code::OidcUnsolicited
        | Code::OtpExpired
        | Code::FactorExpired => StatusCode::BAD_REQUEST,
        Code::TooManyRequests | Code::FactorLimited | Code::OtpThrottled => StatusCode::TOO_MANY_REQUESTS,
        Code::LinkInvalid => StatusCode::NOT_FOUND,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::PartnerUnreachable => StatusCode::BAD_GATEWAY,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::FORBIDDEN,
    }
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

fn page(status: StatusCode, rendered: Rendered) -> Response<Body> {
    let headers = page_headers(&rendered.policy);
    let mut response = Response::new(Body::from(rendered.html));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// A JSON document that nobody keeps.
#[must_use]
pub fn json(status: StatusCode, body: String) -> Response<Body> {
    document(status, "application/json", "no-store", body)
}

/// A file of comma-separated values that the browser keeps under this name, of letters, digits, `-` and `.`.
#[must_use]
pub fn csv_file(name: &str, text: String) -> Response<Body> {
    let mut response = document(StatusCode::OK, "text/csv; charset=utf-8", "no-store", text);
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    response
}

/// A document of a kind, with how long it may be kept.
#[must_use]
pub fn document(
    status: StatusCode,
    content_type: &'static str,
    cache_control: &'static str,
    body: impl Into<Body>,
) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A response without a body.
#[must_use]
pub fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

//! From a request to an answer: who asks, what is asked, within limits, and the one form of what is refused.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use super::bulk;
use super::dispatch::{Ask, Form, Opened, Reply, dispatch};
use super::fault::Fault;
use super::idempotency;
use super::streams;
use super::table::{Handler, Method};
use crate::base::params::RawParams;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::callers::{self, Target};
use crate::flows::token::possession::AppHeaders;
use crate::http::limits::{MAX_API_BODY, MAX_QUERY};
use crate::http::request::{self, RequestId};
use crate::http::respond;
use crate::http::routes::app::{peer, request_id};
use crate::http::state::State;

/// The longest `client-request-id`. **Units**: bytes.
const MAX_CLIENT_ID: usize = 128;

/// The directory API.
pub async fn graph(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request).await
}

/// What Graph has no word for.
pub async fn ours(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request).await
}

async fn serve(state: &Arc<State>, request: Request) -> Response<Body> {
    let id = request_id(&request);
    let client_id = client_request_id(request.headers()).unwrap_or_else(|| id.0.clone());
    let answered = answer(state, request).await;
    let response = answered.unwrap_or_else(|fault| told(state, &fault, &id, &client_id));
    named(response, id, client_id)
}

/// The answer where ours never came: the handler failed, or took too long.
pub fn failed(state: &State, headers: &HeaderMap, status: StatusCode, id: &RequestId) -> Response<Body> {
    let client_id = client_request_id(headers).unwrap_or_else(|| id.0.clone());
    let response = told(state, &Fault::of_ours(status), id, &client_id);
    named(response, id.clone(), client_id)
}

/// The same with both names of the request.
fn named(mut response: Response<Body>, id: RequestId, client_id: String) -> Response<Body> {
    if let Ok(value) = HeaderValue::try_from(client_id) {
        response.headers_mut().insert("client-request-id", value);
    }
    if let Ok(value) = HeaderValue::try_from(id.0) {
        response.headers_mut().insert("request-id", value);
    }
    response
}

/// What the caller calls its request, where that can be given back in a header.
fn client_request_id(headers: &HeaderMap) -> Option<String> {
    let said = headers.get("client-request-id")?.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'{' | b'}');
    (!said.is_empty() && said.len() <= MAX_CLIENT_ID && said.bytes().all(is_plain)).then(|| said.to_owned())
}

async fn answer(state: &Arc<State>, request: Request) -> Result<Response<Body>, Fault> {
    let (id, peer) = (request_id(&request), peer(&request));
    let (parts, body) = request.into_parts();
    let address = request::visitor(state, &parts.headers, peer).address;
    if let Err(many) = state.api.check(address) {
        return Err(refused(&many.refusal("too_many_api_requests"), &id));
    }
    let path = parts.uri.path();
    let all = |name: &str| -> Vec<&[u8]> { parts.headers.get_all(name).iter().map(HeaderValue::as_bytes).collect() };
    let (authorization, dpop) = (all("authorization"), all("dpop"));
    let headers = AppHeaders { authorization: &authorization, dpop: &dpop };
    let target = Target { method: parts.method.as_str(), path, from: address };
    let called = callers::caller(state.services(), headers, target).await?;
    let query = parts.uri.query().unwrap_or_default();
    if query.len() > MAX_QUERY {
        return Err(refused(&Refusal::new(Code::TooLarge, "query_too_long"), &id));
    }
    let query = RawParams::parse(query).map_err(|error| Fault::bad(error.to_string()))?;
    let method = Method::parse(parts.method.as_str());
    let opened = Opened::find(method, path, &called.caller)?;
    let mut file = None;
    let key = if idempotency::is_read(method) { idempotency::key(&all(idempotency::HEADER))? } else { None };
    // Who may not ask this sends nothing that is kept even for a moment.
    let body = match (method, opened.handler) {
        (_, Handler::HandIn) => {
            bulk::judge_query(&query)?;
            file = Some(bulk::read_file(state.body_time, &parts.headers, body).await?);
            None
        }
        (Some(Method::Post | Method::Patch), _) => read_body(state, &parts.headers, body, &id).await?,
        _ => None,
    };
    let ask = Ask {
        method,
        path,
        query,
        is_eventual: is_eventual(&parts.headers),
        body,
        key,
        called: &called,
        address,
        file,
        is_part: false,
    };
    match streams::open(state, &ask, opened.handler).await? {
        Some(response) => Ok(response),
        None => dispatch(state, &ask, &opened).await.map(shown),
    }
}

fn is_eventual(headers: &HeaderMap) -> bool {
    let said = headers.get("consistencylevel").and_then(|value| value.to_str().ok());
    said.is_some_and(|said| said.eq_ignore_ascii_case("eventual"))
}

/// The body as JSON; none where there is none.
async fn read_body(state: &State, headers: &HeaderMap, body: Body, id: &RequestId) -> Result<Option<Value>, Fault> {
    let bytes = request::read_body(state.body_time, headers, body, MAX_API_BODY).await;
    let bytes = bytes.map_err(|refusal| refused(&refusal, id))?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let (status, code) = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Request_UnsupportedMediaType");
        return Err(Fault::new(status, code, "the body must be `application/json`"));
    }
    super::resources::parse(&bytes).map(Some)
}

fn refused(refusal: &Refusal, id: &RequestId) -> Fault {
    respond::note(refusal, id);
    Fault::from(refusal)
}

fn shown(reply: Reply) -> Response<Body> {
    let mut response = match (reply.file, &reply.body) {
        (Some(file), _) => respond::csv_file(&file.name, file.text),
        (None, Some(body)) if reply.form == Form::Text => {
            respond::document(reply.status, Form::Text.content_type(), "no-store", body.to_string())
        }
        (None, Some(body)) => respond::json(reply.status, body.to_string()),
        (None, None) => respond::empty(reply.status),
    };
    if let Some(location) = reply.location.and_then(|text| HeaderValue::try_from(text).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn told(state: &State, fault: &Fault, id: &RequestId, client_id: &str) -> Response<Body> {
    metrics::counter!("entente_api_faults_total", "code" => fault.code).increment(1);
    let body = fault.body(state.services().clock.now(), &id.0, client_id);
    let mut response = respond::json(fault.status, body.to_string());
    let pairs = [(header::WWW_AUTHENTICATE, &fault.challenge), (header::ALLOW, &fault.allow)];
    for (name, value) in pairs {
        if let Some(value) = value.as_ref().and_then(|text| HeaderValue::try_from(text).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    if let Some(seconds) = fault.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

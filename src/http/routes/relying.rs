//! The face toward OIDC partners.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State as Shared};
use axum::http::{HeaderValue, Response, StatusCode, header};

use super::app::{peer, request_id};
use super::table::RP_CALLBACK_PARAMETERS;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::{backchannel, paths, sign_in};
use crate::http::limits::MAX_FORM;
use crate::http::request::RequestId;
use crate::http::state::State;
use crate::http::{request, respond};

/// What a browser brings from the partner whose address this is.
pub async fn callback(
    Shared(state): Shared<Arc<State>>,
    Path(handle): Path<String>,
    request: Request,
) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let address = request::address(&state, &headers, peer);
    if let Err(many) = state.acs.check(address) {
        let refusal = many.refusal("too_many_answers");
        return respond::refused(&state, &headers, &refusal, None, &id);
    }
    match request::read(&state, parts, body, peer, id.clone(), 0).await {
        Err(refusal) => respond::refused(&state, &headers, &refusal, None, &id),
        Ok(asked) => {
            let finish = sign_in::finish::finish_brought(state.services(), &handle, &asked.params, &asked.visitor);
            let next = Box::pin(finish).await;
            respond::next(&state, &asked, &next, paths::RP_CALLBACK, RP_CALLBACK_PARAMETERS)
        }
    }
}

/// What the server of the partner whose address this is says of sessions that have ended there.
pub async fn backchannel_logout(
    Shared(state): Shared<Arc<State>>,
    Path(handle): Path<String>,
    request: Request,
) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    let (parts, body) = request.into_parts();
    let address = request::address(&state, &parts.headers, peer);
    if let Err(many) = state.token.check(address) {
        return not_taken(&many.refusal("too_many_logout_tokens"), &id);
    }
    let received = match request::read(&state, parts, body, peer, id.clone(), MAX_FORM).await {
        Err(refusal) => Err(refusal),
        Ok(asked) => backchannel::receive::receive(state.services(), &handle, &asked.params, address).await,
    };
    match received {
        Ok(()) => {
            let mut response = respond::empty(StatusCode::OK);
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(refusal) => not_taken(&refusal, &id),
    }
}

/// The answer to a server whose word is not taken (OpenID Connect Back-Channel Logout 1.0 2.8). It says no more than
/// the code, which needs no escape.
fn not_taken(refusal: &Refusal, request_id: &RequestId) -> Response<Body> {
    respond::note(refusal, request_id);
    let (status, error) = match refusal.code {
        Code::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable"),
        Code::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request"),
        Code::Unavailable | Code::PartnerUnreachable | Code::Internal => {
            (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
        }
        _ => (StatusCode::BAD_REQUEST, "invalid_request"),
    };
    let body = format!(r#"{{"error":"{error}","error_description":"{}"}}"#, refusal.code.as_str());
    respond::with_wait(respond::json(status, body), refusal)
}

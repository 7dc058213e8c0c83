//! The face toward SAML partners.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{Response, StatusCode};

use super::app::{peer, request_id};
use super::table::ACS_PARAMETERS;
use crate::flows::{paths, publish, sign_in};
use crate::http::limits::MAX_ACS_FORM;
use crate::http::state::State;
use crate::http::{request, respond};

/// Our metadata.
pub async fn metadata(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    match publish::sp_metadata(state.services()) {
        Some(document) => {
            respond::document(StatusCode::OK, "application/samlmetadata+xml", "public, max-age=300", document)
        }
        None => {
            let id = request_id(&request);
            respond::error(&state, request.headers(), StatusCode::INTERNAL_SERVER_ERROR, &id)
        }
    }
}

/// The assertion consumer service.
pub async fn acs(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let address = request::visitor(&state, &headers, peer).address;
    if let Err(many) = state.acs.check(address) {
        let refusal = many.refusal("too_many_answers");
        return respond::refused(&state, &headers, &refusal, None, &id);
    }
    match request::read(&state, parts, body, peer, id.clone(), MAX_ACS_FORM).await {
        Err(refusal) => respond::refused(&state, &headers, &refusal, None, &id),
        Ok(asked) => {
            let next = sign_in::finish::finish(state.services(), &asked.params, &asked.visitor).await;
            respond::next(&state, &asked, &next, paths::ACS, ACS_PARAMETERS)
        }
    }
}

//! The face toward OIDC partners.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State as Shared};
use axum::http::Response;

use super::app::{peer, request_id};
use super::table::RP_CALLBACK_PARAMETERS;
use crate::flows::{paths, sign_in};
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
    let address = request::visitor(&state, &headers, peer).address;
    if let Err(many) = state.acs.check(address) {
        let refusal = many.refusal("too_many_answers");
        return respond::refused(&state, &headers, &refusal, None, &id);
    }
    match request::read(&state, parts, body, peer, id.clone(), 0).await {
        Err(refusal) => respond::refused(&state, &headers, &refusal, None, &id),
        Ok(asked) => {
            let next = sign_in::finish::finish_brought(state.services(), &handle, &asked.params, &asked.visitor).await;
            respond::next(&state, &asked, &next, paths::RP_CALLBACK, RP_CALLBACK_PARAMETERS)
        }
    }
}

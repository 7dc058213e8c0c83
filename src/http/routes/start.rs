//! Links that begin a sign-in which no app has asked for.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{Method, Response};

use super::app::{peer, request_id};
use super::oidc::{NOT_A_NAVIGATION, only_looking};
use super::table::START_PARAMETERS;
use crate::flows::{paths, sign_in};
use crate::http::request::{self, Destination};
use crate::http::respond;
use crate::http::state::State;

/// Follows a link. It shares its limit with the authorization endpoint, and leads nowhere in a frame.
pub async fn start(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    if request.method() == Method::HEAD {
        return only_looking(&state, &request, &id);
    }
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let address = request::address(&state, &headers, peer);
    if let Err(many) = state.authorize.check(address) {
        let refusal = many.refusal("too_many_authorization_requests");
        return respond::refused(&state, &headers, &refusal, None, &id);
    }
    if !matches!(request::destination(&headers), None | Some(Destination::Document)) {
        return respond::refused(&state, &headers, &NOT_A_NAVIGATION, None, &id);
    }
    match request::read(&state, parts, body, peer, id.clone(), 0).await {
        Err(refusal) => respond::refused(&state, &headers, &refusal, None, &id),
        Ok(asked) => {
            let next = sign_in::start::start_here(state.services(), &asked.params, &asked.visitor).await;
            respond::next(&state, &asked, &next, paths::START, START_PARAMETERS)
        }
    }
}

//! The faces toward SAML partners and SAML apps.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State as Shared};
use axum::http::{Method, Response, StatusCode};

use super::app::{peer, request_id};
use super::oidc::{NOT_A_NAVIGATION, lacks_our_cookies, only_looking};
use super::table::{ACS_PARAMETERS, SSO_FORM_PARAMETERS};
use crate::domain::names::Slug;
use crate::flows::next::{Next, View};
use crate::flows::sign_in::start::Binding;
use crate::flows::{paths, publish, sign_in};
use crate::http::limits::MAX_ACS_FORM;
use crate::http::request::{self, Destination};
use crate::http::respond;
use crate::http::state::State;

/// Our metadata toward partners.
pub async fn metadata(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    published(&state, &request, publish::sp_metadata(state.services()))
}

/// Our metadata toward a partner that encrypts. It is the same for all of them, and given for every slug, so that nobody
/// learns by asking who is a partner.
pub async fn encryption_metadata(
    Shared(state): Shared<Arc<State>>,
    Path(partner): Path<String>,
    request: Request,
) -> Response<Body> {
    if Slug::parse(&partner).is_err() {
        return respond::error(&state, request.headers(), StatusCode::NOT_FOUND, &request_id(&request));
    }
    published(&state, &request, publish::sp_encryption_metadata(state.services()))
}

/// Our metadata toward apps.
pub async fn idp_metadata(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    published(&state, &request, publish::idp_metadata(state.services()))
}

fn published(state: &State, request: &Request, document: Option<String>) -> Response<Body> {
    match document {
        Some(document) => {
            respond::document(StatusCode::OK, "application/samlmetadata+xml", "public, max-age=300", document)
        }
        None => {
            let id = request_id(request);
            respond::error(state, request.headers(), StatusCode::INTERNAL_SERVER_ERROR, &id)
        }
    }
}

/// Where SAML apps send their requests, by GET and POST. They share their limit with the authorization
/// endpoint.
pub async fn sso(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    if request.method() == Method::HEAD {
        return only_looking(&state, &request, &id);
    }
    let binding = if request.method() == Method::POST { Binding::Post } else { Binding::Redirect };
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let address = request::address(&state, &headers, peer);
    if let Err(many) = state.authorize.check(address) {
        let refusal = many.refusal("too_many_authorization_requests");
        return respond::refused(&state, &headers, &refusal, None, &id);
    }
    let asked = match request::read(&state, parts, body, peer, id.clone(), MAX_ACS_FORM).await {
        Ok(asked) => asked,
        Err(refusal) => return respond::refused(&state, &headers, &refusal, None, &id),
    };
    // The answer is a page, which is not shown in a frame.
    if !matches!(request::destination(&asked.headers), None | Some(Destination::Document)) {
        return respond::refused(&state, &headers, &NOT_A_NAVIGATION, None, &id);
    }
    let next = if lacks_our_cookies(&asked) {
        Next { view: View::PostAgain, cookies: Vec::new() }
    } else {
        Box::pin(sign_in::start::start_saml(state.services(), &asked.params, binding, &asked.visitor)).await
    };
    respond::next(&state, &asked, &next, paths::SSO, SSO_FORM_PARAMETERS)
}

/// The assertion consumer service.
pub async fn acs(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let address = request::address(&state, &headers, peer);
    if let Err(many) = state.acs.check(address) {
        let refusal = many.refusal("too_many_answers");
        return respond::refused(&state, &headers, &refusal, None, &id);
    }
    match request::read(&state, parts, body, peer, id.clone(), MAX_ACS_FORM).await {
        Err(refusal) => respond::refused(&state, &headers, &refusal, None, &id),
        Ok(asked) => {
            let next = Box::pin(sign_in::finish::finish(state.services(), &asked.params, &asked.visitor)).await;
            respond::next(&state, &asked, &next, paths::ACS, ACS_PARAMETERS)
        }
    }
}

//! The access panel.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{Method, Response};

use super::pages::{optional, serve};
use crate::domain::mail::MailDomain;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::{panel, paths};
use crate::http::respond;
use crate::http::state::State;

/// What the person may open.
pub async fn panel(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::PANEL, &[], async |asked| Ok(panel::show(state.services(), &asked.visitor).await))
        .await
}

/// Where a path leads that is no route of ours, `/contoso.example` for a domain of this organisation: to the panel.
pub async fn by_domain(state: &State, method: &Method, path: &str, address: Option<IpAddr>) -> Option<Response<Body>> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let domain = MailDomain::parse(path.strip_prefix('/')?).ok()?;
    // Strangers choose the names that are looked up.
    state.authorize.check(address).ok()?;
    // What cannot be told now is as good as unknown: it is a short way, and nothing else depends on it.
    let is_ours = panel::is_ours(state.services(), &domain).await.unwrap_or(false);
    is_ours.then(|| respond::see_other(paths::PANEL))
}

/// Whether the person wants to leave.
pub async fn ask_to_leave(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::LEAVE, &[], async |asked| {
        Ok(panel::leave::ask(state.services(), &asked.visitor).await)
    })
    .await
}

/// Leaves.
pub async fn leave(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::LEAVE, &["token"], async |asked| {
        let token = optional(&asked.params, "token")?.ok_or(Refusal::new(Code::BadRequest, "token_missing"))?;
        Ok(panel::leave::leave(state.services(), token, &asked.visitor).await)
    })
    .await
}

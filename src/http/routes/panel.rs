//! The access panel.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::Response;

use super::pages::{optional, serve};
use crate::domain::refusal::{Code, Refusal};
use crate::flows::{panel, paths};
use crate::http::state::State;

/// What the person may open.
pub async fn panel(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::PANEL, &[], async |asked| Ok(panel::show(state.services(), &asked.visitor).await))
        .await
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

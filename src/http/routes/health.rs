//! Alive and ready, without reasons: those are on the metrics address.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::{Response, StatusCode};

use crate::flows::upkeep;
use crate::http::respond;
use crate::http::state::State;

/// Alive: the process answers. Never touches the database.
pub async fn live() -> Response<Body> {
    text(StatusCode::OK)
}

/// Ready: not draining, and the database answers.
pub async fn ready(Shared(state): Shared<Arc<State>>) -> Response<Body> {
    let ready = !state.readiness().is_draining() && upkeep::is_database_up(state.services()).await;
    text(if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE })
}

fn text(status: StatusCode) -> Response<Body> {
    let body = if status == StatusCode::OK { "ok\n" } else { "not ready\n" };
    respond::document(status, "text/plain; charset=utf-8", "no-store", body)
}

//! Metrics, and health with its reasons, on an address of their own that strangers do not reach.

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::cli::telemetry::Metrics;
use crate::flows::services::Services;
use crate::flows::upkeep;
use crate::http::state::Readiness;

struct Aside {
    services: Services,
    readiness: Arc<Readiness>,
    metrics: Metrics,
}

/// Answers `/metrics`, `/health` and the two paths of health that stand on the public address too.
pub fn router(services: Services, readiness: Arc<Readiness>, metrics: Metrics) -> Router {
    Router::new()
        .route("/metrics", get(render))
        .route("/health", get(health))
        .route("/health/ready", get(health))
        .route("/health/live", get(live))
        .with_state(Arc::new(Aside { services, readiness, metrics }))
}

async fn render(Shared(aside): Shared<Arc<Aside>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], aside.metrics.render())
}

async fn live() -> Json<Value> {
    Json(json!({ "alive": true }))
}

async fn health(Shared(aside): Shared<Arc<Aside>>) -> impl IntoResponse {
    let database = upkeep::is_database_up(&aside.services).await;
    let draining = aside.readiness.is_draining();
    let ready = database && !draining;
    let reasons = json!({
        "ready": ready,
        "draining": draining,
        "database": if database { "ok" } else { "unavailable" },
        "audit_entries_dropped": aside.services.refusals.dropped(),
    });
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(reasons))
}

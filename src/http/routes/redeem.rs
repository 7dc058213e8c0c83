//! Where the links of invitations lead, and what their pages post.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::Response;

use super::pages::{attempt, optional, serve};
use super::table;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::paths;
use crate::flows::sign_in::consent::ConsentChoice;
use crate::flows::sign_in::redeem;
use crate::http::pages::invited::TICKET_FIELD;
use crate::http::state::State;

/// What the link is about. Nothing is written, whoever opens it.
pub async fn open(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::REDEEM, &[TICKET_FIELD], async |asked| {
        let ticket = optional(&asked.params, TICKET_FIELD)?.unwrap_or_default();
        Ok(redeem::open(state.services(), ticket, &asked.visitor).await)
    })
    .await
}

/// Goes on with it.
pub async fn begin(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::REDEEM, &[TICKET_FIELD], async |asked| {
        let ticket = optional(&asked.params, TICKET_FIELD)?.unwrap_or_default();
        Ok(redeem::begin(state.services(), ticket, &asked.visitor).await)
    })
    .await
}

/// The answer to the question whether the account is to be the person's.
pub async fn agree(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, table::AGREE, &["attempt", "decision"], async |asked| {
        let attempt = attempt(&asked.params)?;
        let choice = match optional(&asked.params, "decision")? {
            Some("accept") => ConsentChoice::Accept,
            Some("cancel") => ConsentChoice::Decline,
            _ => return Err(Refusal::new(Code::BadRequest, "decision_unknown")),
        };
        Ok(redeem::agree::choose(state.services(), attempt, choice, &asked.visitor).await)
    })
    .await
}

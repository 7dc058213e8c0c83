//! What the pages of sign-in by a mailed code post.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::Response;

use super::pages::{attempt, optional, serve};
use super::table;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::sign_in::mailed::{self, CodeAct};
use crate::http::state::State;

/// Has a code sent, or judges one.
pub async fn sign_in_code(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, table::SIGN_IN_CODE, table::SIGN_IN_CODE_PARAMETERS, async |asked| {
        // Each costs a transaction, and some a mail.
        state.organization.check(asked.visitor.address).map_err(|many| many.refusal("too_many_codes"))?;
        let attempt = attempt(&asked.params)?;
        let act = match optional(&asked.params, "action")? {
            Some("send") => CodeAct::Send,
            Some("check") => CodeAct::Check(optional(&asked.params, "code")?.unwrap_or_default()),
            _ => return Err(Refusal::new(Code::BadRequest, "code_action_unknown")),
        };
        Ok(mailed::act(state.services(), attempt, act, &asked.visitor).await)
    })
    .await
}

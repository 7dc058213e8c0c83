//! What the pages of second factors post, and the page of one's own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::Response;

use super::pages::{attempt, optional, serve};
use super::table;
use crate::base::params::RawParams;
use crate::domain::factors::{FactorId, FactorKind};
use crate::domain::refusal::{Code, Refusal};
use crate::flows::paths;
use crate::flows::step_up::answer::{Answer, Given, answer};
use crate::flows::step_up::manage::{self, Managed};
use crate::http::state::State;

/// The answer to a page of second factors.
pub async fn factor(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, table::FACTOR, table::FACTOR_PARAMETERS, async |asked| {
        let attempt = attempt(&asked.params)?;
        let answered = match optional(&asked.params, "action")? {
            Some("ways") => Answer::OtherWays,
            Some("pass") => Answer::Pass(kind(&asked.params)?),
            Some("enrol") => Answer::Enrol(kind(&asked.params)?),
            Some("send") => Answer::Send,
            Some("kept") => Answer::Kept,
            Some("check") => Answer::Given(Given {
                code: optional(&asked.params, "code")?.unwrap_or_default(),
                credential: optional(&asked.params, "credential")?.unwrap_or_default(),
                label: optional(&asked.params, "label")?.unwrap_or_default(),
            }),
            _ => return Err(Refusal::new(Code::BadRequest, "action_unknown")),
        };
        Ok(answer(state.services(), attempt, answered, &asked.visitor).await)
    })
    .await
}

/// The page of one's own factors.
pub async fn security_info(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::SECURITY_INFO, &[], async |asked| {
        Ok(manage::show(state.services(), &asked.visitor).await)
    })
    .await
}

/// What the page of one's own factors posts.
pub async fn manage_factors(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, paths::SECURITY_INFO, table::SECURITY_INFO_PARAMETERS, async |asked| {
        let params = &asked.params;
        let token = optional(&asked.params, "token")?.ok_or(Refusal::new(Code::BadRequest, "token_missing"))?;
        let managed = match optional(&asked.params, "action")? {
            Some("add") => Managed::Add(kind(params)?),
            Some("rename") => Managed::Rename(factor_id(params)?),
            Some("save_label") => {
                Managed::SaveLabel(factor_id(params)?, optional(&asked.params, "label")?.unwrap_or_default())
            }
            Some("remove") => Managed::Remove(factor_id(params)?),
            Some("confirm_remove") => Managed::ConfirmRemove(factor_id(params)?),
            Some("new_codes") => Managed::NewCodes,
            _ => return Err(Refusal::new(Code::BadRequest, "action_unknown")),
        };
        Ok(manage::act(state.services(), token, managed, &asked.visitor).await)
    })
    .await
}

fn kind(params: &RawParams) -> Result<FactorKind, Refusal> {
    let text = optional(params, "kind")?;
    text.and_then(FactorKind::parse).ok_or(Refusal::new(Code::BadRequest, "kind_unknown"))
}

fn factor_id(params: &RawParams) -> Result<FactorId, Refusal> {
    let text = optional(params, "factor")?;
    text.and_then(|text| FactorId::parse(text).ok()).ok_or(Refusal::new(Code::BadRequest, "factor_malformed"))
}

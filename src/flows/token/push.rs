//! Requests that an app pushes beforehand (RFC 9126). They are judged as if the browser had brought them, so that the
//! app learns of a fault at once; when it brings them, they are judged again.

use super::{Halt, direct, failed, note, proven_app};
use crate::base::params::RawParams;
use crate::domain::store::StoreError;
use crate::downstream::asks::TokenAsk;
use crate::downstream::oidc::{self, Unread};
use crate::downstream::pushed;
use crate::downstream::tokens::{self, AppAnswer};
use crate::flows::next::DirectAnswer;
use crate::flows::services::Services;

/// Takes a request. `authorization` is all headers of that name as they came.
pub async fn push(services: &Services, authorization: &[&[u8]], form: &RawParams) -> DirectAnswer {
    let answer = match TokenAsk::read(authorization, form) {
        Ok(ask) => accepted(services, &ask, form).await.unwrap_or_else(|answer| answer),
        Err(answer) => answer,
    };
    if let Some(cause) = answer.cause {
        note("pushed_request", cause);
    }
    direct(answer)
}

async fn accepted(services: &Services, ask: &TokenAsk, form: &RawParams) -> Result<AppAnswer, AppAnswer> {
    let app = proven_app(services, ask).await.map_err(|halt| match halt {
        Halt::Answer(answer) | Halt::Denied(answer, _) => answer,
        Halt::Store(error) => failed(&error),
        Halt::PoliciesMoved => failed(&StoreError::Raced),
    })?;
    if !app.switch.is_on() {
        return Err(tokens::unauthorized_client("app_disabled"));
    }
    let (text, params) = pushed::request_of(form, ask.client_id())?;
    let addressed = oidc::address(&params).map_err(|refusal| pushed::unanswerable(&refusal))?;
    let read = oidc::read(addressed, &app, Some(""), &services.keys, &services.settings.public_url);
    match read {
        Ok(_) => {}
        Err(Unread::Refused(refusal)) => return Err(pushed::unanswerable(&refusal)),
        Err(Unread::Answered { error, .. }) => return Err(pushed::faulty(&error)),
    }
    pushed::accept(&app, &text, &services.sealer, services.random.as_ref(), services.clock.now())
}

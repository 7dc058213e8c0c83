//! Requests that an app pushes beforehand (RFC 9126). They are judged as if the browser had brought them, so that the
//! app learns of a fault at once; when it brings them, they are judged again.

use super::{direct, note, proven_app, readers};
use crate::base::params::RawParams;
use crate::domain::apps::App;
use crate::downstream::asks::TokenAsk;
use crate::downstream::oidc::{self, Unread};
use crate::downstream::pushed;
use crate::downstream::tokens::{self, AppAnswer};
use crate::flows::next::{DirectAnswer, Readers};
use crate::flows::services::Services;

/// Takes a request. `authorization` is all headers of that name as they came.
pub async fn push(services: &Services, authorization: &[&[u8]], form: &RawParams) -> DirectAnswer {
    let (answer, readers) = match TokenAsk::read(authorization, form) {
        Ok(ask) => match proven_app(services, &ask).await {
            Ok(app) => (accepted(services, &ask, &app, form).unwrap_or_else(|answer| answer), readers(&app)),
            Err(halt) => (halt.into_answer(), Readers::Nobody),
        },
        Err(answer) => (answer, Readers::Nobody),
    };
    if let Some(cause) = answer.cause {
        note("pushed_request", cause);
    }
    direct(answer, readers)
}

fn accepted(services: &Services, ask: &TokenAsk, app: &App, form: &RawParams) -> Result<AppAnswer, AppAnswer> {
    if !app.switch.is_on() {
        return Err(tokens::unauthorized_client("app_disabled"));
    }
    let (text, params) = pushed::request_of(form, ask.client_id())?;
    let addressed = oidc::address(&params).map_err(|refusal| pushed::unanswerable(&refusal))?;
    let read = oidc::read(addressed, app, Some(""), &services.keys, &services.settings.public_url);
    match read {
        Ok(_) => {}
        Err(Unread::Refused(refusal)) => return Err(pushed::unanswerable(&refusal)),
        Err(Unread::Answered { error, .. }) => return Err(pushed::faulty(&error)),
    }
    pushed::accept(app, &text, &services.sealer, services.random.as_ref(), services.clock.now())
}

//! Requests that an app pushes beforehand (RFC 9126). They are judged as if the browser had brought them, so that the
//! app learns of a fault at once; when it brings them, they are judged again.

use super::possession::{AppHeaders, spend};
use super::{Halt, direct, note, proven_app, readers};
use crate::base::params::RawParams;
use crate::domain::apps::{App, Confidentiality};
use crate::downstream::asks::TokenAsk;
use crate::downstream::oidc::{self, Unread};
use crate::downstream::proofs::{self, KeyProof};
use crate::downstream::pushed;
use crate::downstream::tokens::{self, AppAnswer};
use crate::flows::next::{DirectAnswer, Readers};
use crate::flows::services::Services;

/// Takes a request.
pub async fn push(services: &Services, headers: AppHeaders<'_>, form: &RawParams) -> DirectAnswer {
    let now = services.clock.now();
    let read = TokenAsk::read(headers.authorization, form).and_then(|ask| {
        let proof = proofs::at_push(headers.dpop, &services.settings.public_url, now)?;
        Ok((ask, proof))
    });
    let (answer, readers) = match read {
        Ok((ask, proof)) => match proven_app(services, &ask).await {
            Ok(app) => {
                let answer = match accepted(services, &ask, &app, form, proof.as_ref()) {
                    Ok(answer) => {
                        spent(services, &app, proof.as_ref()).await.map_or_else(Halt::into_answer, |()| answer)
                    }
                    Err(answer) => answer,
                };
                (answer, readers(&app))
            }
            Err(halt) => (halt.into_answer(), Readers::Nobody),
        },
        Err(answer) => (answer, Readers::Nobody),
    };
    if let Some(cause) = answer.cause {
        note("pushed_request", cause);
    }
    direct(answer, readers)
}

/// Spends the proof of an app that has proven itself. One of a public app is not remembered, since nothing may be
/// written for strangers; whoever shows it again has bound a request to a key that they do not hold.
async fn spent(services: &Services, app: &App, proof: Option<&KeyProof>) -> Result<(), Halt> {
    let is_public = app.oidc().is_none_or(|oidc| oidc.confidentiality == Confidentiality::Public);
    if proof.is_none() || is_public {
        return Ok(());
    }
    let mut unit = services.store.unit_of_work().await?;
    spend(unit.as_mut(), proof).await?;
    Ok(unit.commit().await?)
}

fn accepted(
    services: &Services,
    ask: &TokenAsk,
    app: &App,
    form: &RawParams,
    proof: Option<&KeyProof>,
) -> Result<AppAnswer, AppAnswer> {
    if !app.switch.is_on() {
        return Err(tokens::unauthorized_client("app_disabled"));
    }
    let (text, params) = pushed::request_of(form, ask.client_id(), proof)?;
    let addressed = oidc::address(&params).map_err(|refusal| pushed::unanswerable(&refusal))?;
    let read = oidc::read(addressed, app, Some(""), &services.keys, &services.settings.public_url);
    match read {
        Ok(_) => {}
        Err(Unread::Refused(refusal)) => return Err(pushed::unanswerable(&refusal)),
        Err(Unread::Answered { error, .. }) => return Err(pushed::faulty(&error)),
    }
    pushed::accept(app, &text, &services.sealer, services.random.as_ref(), services.clock.now())
}

//! The app's question: read, judged, and led to a session, a partner or a page.

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::domain::attempts::{Asked, AttemptId};
use crate::domain::partners::PassiveRequests;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppRequest, Interaction};
use crate::domain::sessions::HandleHash;
use crate::downstream;
use crate::flows::next::{Next, Place, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;

use super::advance::{NextStep, Position, advance};
use super::session_use::{Occasion, use_session};
use super::{home_realm, store_refusal};

/// Begins a sign-in from an OpenID Connect authorization request.
pub async fn start(services: &Services, params: &RawParams, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let mut context = Context::of(visitor, now);
    let request = match read(services, params).await {
        Ok(request) => request,
        Err(Unread::Refused(refusal)) => return answer(services, refusal, context).await,
        Err(Unread::Answered(url, refusal)) => {
            crate::flows::refusals::note(services, &refusal, context);
            return Next::redirect(url);
        }
    };
    context.request = Some(&request);
    let id = AttemptId::new(now, services.random.as_ref());
    match go_on(services, request.clone(), Occasion::Request(id), visitor, now).await {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, context).await,
    }
}

/// Why a request was not read: nobody but the visitor may be told, or the app is told by this URL.
enum Unread {
    Refused(Refusal),
    Answered(String, Refusal),
}

async fn read(services: &Services, params: &RawParams) -> Result<AppRequest, Unread> {
    let addressed = downstream::oidc::address(params).map_err(Unread::Refused)?;
    let app = services.directory.app_by_client_id(addressed.client_id()).await;
    let app = app.map_err(|error| Unread::Refused(store_refusal(&error)))?;
    let app = app.ok_or_else(|| Unread::Refused(Refusal::new(Code::AppUnknown, "client_id_unknown")))?;
    // An app that is switched off is told nothing, not even what is wrong with its request.
    if !app.switch.is_on() {
        return Err(Unread::Refused(Refusal::new(Code::AppDisabled, "app_disabled")));
    }
    let read = downstream::oidc::read(addressed, &app, &services.keys, &services.settings.public_url);
    match read {
        Ok(request) => Ok(request),
        Err(downstream::oidc::Unread::Refused(refusal)) => Err(Unread::Refused(*refusal)),
        Err(downstream::oidc::Unread::Answered { url, refusal }) => Err(Unread::Answered(url, *refusal)),
    }
}

/// Goes on with a request that has been read: with the session of this browser, or without.
pub(crate) async fn go_on(
    services: &Services,
    request: AppRequest,
    occasion: Occasion,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let hinted = home_realm::hinted(services, &request).await?;
    if let Some(next) = use_session(services, &request, occasion, hinted, visitor, now).await? {
        return Ok(next);
    }
    // A frame that another page hides makes no attempt, since that could push out one that is under way.
    let passive = match (request.interaction, hinted.partner) {
        (Interaction::Silent, Some(partner)) if visitor.place == Place::Window => {
            home_realm::passive(services, partner).await?
        }
        _ => PassiveRequests::Never,
    };
    match advance(&request, Position::Nobody { passive }, hinted, now) {
        NextStep::AskPartner(proof, wanted) => {
            let replaces = session_of(services, visitor).await?;
            let (id, started_at) = (occasion.attempt(), occasion.started_at(now));
            let asked = Asked { id, started_at, request, replaces, proof, wanted, sent: None };
            home_realm::lead(services, asked, hinted, visitor, now).await
        }
        NextStep::Refuse(refusal) => Err(refusal),
        NextStep::ChooseAccount | NextStep::StepUp(_) | NextStep::AskConsent | NextStep::Issue => {
            Err(Refusal::new(Code::Internal, "step_without_session"))
        }
    }
}

/// The session that this browser has, alive or not, which a new sign-in replaces.
pub(crate) async fn session_of(
    services: &Services,
    visitor: &Visitor,
) -> Result<Option<crate::domain::sessions::SessionId>, Refusal> {
    let Some(handle) = &visitor.session else { return Ok(None) };
    let session = services.directory.session(&HandleHash::of(handle)).await.map_err(|error| store_refusal(&error))?;
    Ok(session.map(|session| session.id))
}

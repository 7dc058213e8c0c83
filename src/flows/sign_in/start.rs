//! The app's question: read, judged, and led to a session, a partner or a page.

use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::domain::apps::App;
use crate::domain::attempts::{Asked, AttemptId};
use crate::domain::partners::PassiveRequests;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppRequest, Interaction, ReturnTo};
use crate::domain::sessions::HandleHash;
use crate::downstream::pushed::Reference;
use crate::downstream::saml;
use crate::downstream::start::{Begun, Start};
use crate::downstream::{self, Reply};
use crate::flows::next::{Next, Place, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;

use super::advance::{NextStep, Position, advance};
use super::session_use::{Occasion, use_session};
use super::{home_realm, store_refusal};

/// Begins a sign-in from an OpenID Connect authorization request.
pub async fn start(services: &Services, params: &RawParams, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    match read(services, params).await {
        Ok(request) => begin(services, request, visitor, now).await,
        Err(Unread::Refused(refusal)) => answer(services, refusal, Context::of(visitor, now)).await,
        Err(Unread::Answered(reply, refusal)) => {
            crate::flows::refusals::note(services, &refusal, Context::of(visitor, now));
            Next::to_app(reply)
        }
    }
}

/// In which binding a SAML request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// HTTP-Redirect: parameters of the query.
    Redirect,
    /// HTTP-POST: fields of a form.
    Post,
}

/// Begins a sign-in from a SAML authentication request.
pub async fn start_saml(services: &Services, params: &RawParams, binding: Binding, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    match read_saml(services, params, binding, now).await {
        Ok(request) => begin(services, request, visitor, now).await,
        Err(Unread::Refused(refusal)) => answer(services, refusal, Context::of(visitor, now)).await,
        Err(Unread::Answered(reply, refusal)) => {
            crate::flows::refusals::note(services, &refusal, Context::of(visitor, now));
            Next::to_app(reply)
        }
    }
}

/// Begins a sign-in that no app has asked for, from a link.
pub async fn start_here(services: &Services, params: &RawParams, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    match read_start(services, params, now).await {
        Ok(Begun::Here(request)) => begin(services, *request, visitor, now).await,
        Ok(Begun::AtApp(reply)) => Next::to_app(reply),
        Err(refusal) => answer(services, refusal, Context::of(visitor, now)).await,
    }
}

async fn read_start(services: &Services, params: &RawParams, now: Timestamp) -> Result<Begun, Refusal> {
    let start = Start::read(params)?;
    let app = services.directory.app_by_slug(start.app().as_str()).await.map_err(|error| store_refusal(&error))?;
    let app = app.ok_or(Refusal::new(Code::AppUnknown, "app_slug_unknown"))?;
    start.begin(&app, &services.settings.public_url, now)
}

async fn begin(services: &Services, request: AppRequest, visitor: &Visitor, now: Timestamp) -> Next {
    let context = Context { request: Some(&request), ..Context::of(visitor, now) };
    let id = AttemptId::new(now, services.random.as_ref());
    match go_on(services, request.clone(), Occasion::Request(id), visitor, now).await {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, context).await,
    }
}

/// Why a request was not read: nobody but the visitor may be told, or the app is told in this way.
enum Unread {
    Refused(Refusal),
    Answered(Reply, Box<Refusal>),
}

async fn read_saml(
    services: &Services,
    params: &RawParams,
    binding: Binding,
    now: Timestamp,
) -> Result<AppRequest, Unread> {
    let binding = match binding {
        Binding::Redirect => saml::Binding::Redirect,
        Binding::Post => saml::Binding::Post,
    };
    let asking = saml::Asking::read(params, binding).map_err(Unread::Refused)?;
    let app = services.directory.app_by_entity_id(asking.entity_id()).await;
    let app = app.map_err(|error| Unread::Refused(store_refusal(&error)))?;
    let unknown = || Refusal::new(Code::AppUnknown, "app_entity_unknown").seen(asking.entity_id());
    let app = app.ok_or_else(|| Unread::Refused(unknown()))?;
    if !app.switch.is_on() {
        return Err(Unread::Refused(Refusal::new(Code::AppDisabled, "app_disabled")));
    }
    let ours = services.toward_apps(now);
    let (to, status, refusal) = match saml::read(asking, &app, ours.public_url, now) {
        Ok(mut request) => match restrict(services, &app, &mut request).await {
            Ok(()) => return Ok(request),
            Err(refusal) => {
                let reply = downstream::refused(&request, &app, refusal.app_error, refusal.code, &ours).await;
                return Err(
                    reply.map_or(Unread::Refused(refusal.clone()), |reply| Unread::Answered(reply, Box::new(refusal)))
                );
            }
        },
        Err(saml::Unread::Refused(refusal)) => return Err(Unread::Refused(*refusal)),
        Err(saml::Unread::Unmet { to, status, refusal }) => (to, status, *refusal),
    };
    match saml::answer::error(&app, &to, status, &ours).await {
        Some(reply) => Err(Unread::Answered(reply, Box::new(refusal))),
        None => Err(Unread::Refused(refusal)),
    }
}

/// Where the app names whose word it takes, at least one of them must be a partner; where only one is, the
/// person is led there. Whoever vouches in the end is held against the names once more.
async fn restrict(services: &Services, app: &App, request: &mut AppRequest) -> Result<(), Refusal> {
    let ReturnTo::Saml(saml) = &mut request.return_to else { return Ok(()) };
    if saml.issuers.is_empty() {
        return Ok(());
    }
    let mut known = Vec::new();
    for issuer in &saml.issuers {
        let partner = services.directory.partner_by_issuer(issuer).await.map_err(|error| store_refusal(&error))?;
        let partner = partner.filter(|partner| partner.switch.is_on() && app.partners.has(partner.id));
        known.extend(partner.map(|partner| (partner, issuer.clone())));
    }
    match known.as_slice() {
        [] => return Err(Refusal::new(Code::PartnerNotAccepted, "no_partner_among_idps")),
        [(one, _)] => request.domain_hint = Some(one.slug.as_str().to_owned()),
        _ => {}
    }
    saml.issuers = known.into_iter().map(|(_, issuer)| issuer).collect();
    Ok(())
}

async fn read(services: &Services, params: &RawParams) -> Result<AppRequest, Unread> {
    match Reference::read(params).map_err(Unread::Refused)? {
        Some(reference) => {
            let app = app_of(services, reference.client_id).await?;
            let opened = reference.open(&app, &services.sealer, services.clock.now()).map_err(Unread::Refused)?;
            read_of(services, &app, &opened.params, Some(&opened.id))
        }
        None => {
            let addressed = downstream::oidc::address(params).map_err(Unread::Refused)?;
            let app = app_of(services, addressed.client_id()).await?;
            read_of(services, &app, params, None)
        }
    }
}

async fn app_of(services: &Services, client_id: &str) -> Result<Arc<App>, Unread> {
    let app = services.directory.app_by_client_id(client_id).await;
    let app = app.map_err(|error| Unread::Refused(store_refusal(&error)))?;
    let app = app.ok_or_else(|| Unread::Refused(Refusal::new(Code::AppUnknown, "client_id_unknown")))?;
    // An app that is switched off is told nothing, not even what is wrong with its request.
    if !app.switch.is_on() {
        return Err(Unread::Refused(Refusal::new(Code::AppDisabled, "app_disabled")));
    }
    Ok(app)
}

fn read_of(services: &Services, app: &App, params: &RawParams, pushed: Option<&str>) -> Result<AppRequest, Unread> {
    let addressed = downstream::oidc::address(params).map_err(Unread::Refused)?;
    let read = downstream::oidc::read(addressed, app, pushed, &services.keys, &services.settings.public_url);
    match read {
        Ok(request) => Ok(request),
        Err(downstream::oidc::Unread::Refused(refusal)) => Err(Unread::Refused(*refusal)),
        Err(downstream::oidc::Unread::Answered { reply, refusal, .. }) => Err(Unread::Answered(reply, refusal)),
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
            let asked =
                Asked { id, started_at, request, replaces, proof, wanted, sent: None, code: None, agreed: None };
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

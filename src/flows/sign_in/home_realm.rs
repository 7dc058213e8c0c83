//! Which partner is asked: by a hint, by mail domain, or by a page. The page answers alike for
//! addresses that are known and unknown; only the domain is looked at.

use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::domain::apps::App;
use crate::domain::attempts::{Asked, AttemptId};
use crate::domain::mail::{MailAddress, MailDomain};
use crate::domain::partners::{Partner, PartnerId, PassiveRequests};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppRequest, Interaction};
use crate::flows::next::{HomeRealmFault, Next, Page, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;

use super::advance::Hinted;
use super::session_use::{app, app_name};
use super::{keep, send, store_refusal};

/// Looks up what the hints of a request name: `domain_hint` is a partner's slug or domain and wins;
/// else the domain of the `login_hint`; else the partner, where the app takes the people of a single one. A
/// partner that is switched off, or whose people the app does not take, is as good as unknown, so that
/// strangers cannot tell them apart.
pub(crate) async fn hinted(services: &Services, request: &AppRequest) -> Result<Hinted, Refusal> {
    let app = app(services, request).await?;
    let usable = |found: Option<Arc<Partner>>| found.and_then(|partner| usable(&app, &partner));
    let found = if let Some(hint) = &request.domain_hint {
        let by_slug = services.directory.partner_by_slug(hint).await.map_err(|error| store_refusal(&error))?;
        match (by_slug, MailDomain::parse(hint)) {
            (Some(partner), _) => Some(partner),
            (None, Ok(domain)) => {
                services.directory.partner_by_domain(&domain).await.map_err(|error| store_refusal(&error))?
            }
            (None, Err(_)) => None,
        }
    } else if let Some(mail) = request.login_hint.as_deref().and_then(|hint| MailAddress::parse(hint).ok()) {
        // An address of an unknown domain is a wish that the page can still ask about.
        let found = services.directory.partner_by_domain(mail.domain()).await.map_err(|error| store_refusal(&error))?;
        let partner = usable(found).or(single(services, &app).await?);
        return Ok(Hinted { partner, elsewhere: false });
    } else {
        return Ok(Hinted { partner: single(services, &app).await?, elsewhere: false });
    };
    let partner = usable(found);
    Ok(Hinted { partner, elsewhere: partner.is_none() })
}

/// The partner, where people of it may be led from `app` to it.
fn usable(app: &App, partner: &Partner) -> Option<PartnerId> {
    if !partner.switch.is_on() {
        tracing::info!(partner.id = %partner.id, "a partner is named that is switched off");
        return None;
    }
    if !app.partners.has(partner.id) {
        tracing::info!(partner.id = %partner.id, app.id = %app.id, "a partner is named whose people the app does not take");
        return None;
    }
    Some(partner.id)
}

/// The one partner whose people the app takes, where it is a single one and switched on.
async fn single(services: &Services, app: &App) -> Result<Option<PartnerId>, Refusal> {
    let Some(id) = app.partners.single() else { return Ok(None) };
    let partner = services.directory.partner(id).await.map_err(|error| store_refusal(&error))?;
    Ok(partner.and_then(|partner| usable(app, &partner)))
}

/// Whether a partner may be asked passively.
pub(crate) async fn passive(services: &Services, id: PartnerId) -> Result<PassiveRequests, Refusal> {
    let partner = services.directory.partner(id).await.map_err(|error| store_refusal(&error))?;
    Ok(partner.map_or(PassiveRequests::Never, |partner| partner.trust.passive()))
}

/// Leads an attempt to the partner that the hints name, or to the page that asks for it.
pub(crate) async fn lead(
    services: &Services,
    asked: Asked,
    hinted: Hinted,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    if let Some(partner) = hinted.partner {
        return send::send(services, asked, partner, visitor, now).await;
    }
    if asked.request.interaction == Interaction::Silent {
        let refusal = Refusal::new(Code::InteractionNeeded, "no_partner_named");
        return Err(refusal.telling(crate::domain::requests::AppError::LoginRequired));
    }
    let changes = keep::keep(services, &asked, visitor, now).await?;
    let page = Page::HomeRealm {
        attempt: asked.id,
        app_name: app_name(services, &asked.request).await?,
        fault: None,
        typed: asked.request.login_hint.clone().unwrap_or_default(),
    };
    Ok(changes.into_iter().fold(Next::page(page), Next::with))
}

/// The answer to the page.
pub async fn choose(services: &Services, attempt: AttemptId, typed: &str, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let mut context = Context::of(visitor, now);
    let asked = match keep::open(services, visitor, attempt, now).await {
        Ok(asked) => asked,
        Err(refusal) => return answer(services, refusal, context).await,
    };
    context.attempt = Some(asked.id);
    context.request = Some(&asked.request);
    context.asked = Some(&asked);
    match choose_for(services, asked.clone(), typed.trim(), visitor, now).await {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, context).await,
    }
}

async fn choose_for(
    services: &Services,
    asked: Asked,
    typed: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let Ok(mail) = MailAddress::parse(typed) else {
        let typed = crate::base::trace::shorten(typed.to_owned());
        let app_name = app_name(services, &asked.request).await?;
        let fault = Some(HomeRealmFault::NotAnAddress);
        return Ok(Next::page(Page::HomeRealm { attempt: asked.id, app_name, fault, typed }));
    };
    let found = services.directory.partner_by_domain(mail.domain()).await.map_err(|error| store_refusal(&error))?;
    let app = app(services, &asked.request).await?;
    match found.and_then(|partner| usable(&app, &partner)) {
        Some(partner) => send::send(services, asked, partner, visitor, now).await,
        None => Ok(Next::page(Page::OrganisationUnavailable { attempt: asked.id, typed: mail.as_str().to_owned() })),
    }
}

/// The page once more, for who comes back to it.
pub async fn show(services: &Services, attempt: AttemptId, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let context = Context::of(visitor, now);
    let shown = async {
        let asked = keep::open(services, visitor, attempt, now).await?;
        let app_name = app_name(services, &asked.request).await?;
        Ok(Next::page(Page::HomeRealm { attempt, app_name, fault: None, typed: String::new() }))
    };
    match shown.await {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, context).await,
    }
}

//! The access panel: what a person may open from here. Who is not signed in signs in to it, as to an app.
//!
//! The panel is no app: there is no record of it, and nothing is issued for it. What decides is the same all the same:
//! partner, account and policies are read and asked at each view, and where more is needed the person is asked for it
//! as on the way to an app ([decision 0013](../../../docs/decisions/0013-the-panel-is-no-app.md)).

mod form_token;
pub mod invite;
pub mod leave;
mod tiles;

use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::attempts::AttemptId;
use crate::domain::grants::SessionReading;
use crate::domain::guests::UserType;
use crate::domain::holders::{Holder, LookUp};
use crate::domain::invitations::rights::may_invite;
use crate::domain::mail::MailDomain;
use crate::domain::partners::{Partner, PartnerKind};
use crate::domain::refusal::Refusal;
use crate::domain::requests::{AppRequest, HereReturn};
use crate::domain::sessions::{HandleHash, USED_AT_GRAIN};
use crate::domain::store::UnitOfWork;
use crate::flows::next::{Invites, Leave, Next, Page, PanelPage, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;
use crate::flows::sign_in::advance::{Hinted, NextStep, Position, advance};
use crate::flows::sign_in::decide::{self, AskedOfHome, Matter, Told};
use crate::flows::sign_in::session_use::Occasion;
use crate::flows::sign_in::{Halt, Tries, issue, start, store_refusal};

/// The panel, or the way to it.
pub async fn show(services: &Services, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let request = AppRequest::here(HereReturn::Panel, None);
    match shown(services, &request, visitor, now).await {
        Ok(next) => next,
        Err(refusal) => {
            answer(services, refusal, Context { request: Some(&request), ..Context::of(visitor, now) }).await
        }
    }
}

async fn shown(services: &Services, request: &AppRequest, visitor: &Visitor, now: Timestamp) -> Result<Next, Refusal> {
    let mut tries = Tries::default();
    loop {
        match shown_once(services, visitor, now).await {
            Ok(Some(next)) => return Ok(next),
            Ok(None) => break,
            Err(halt) => tries.again(services, halt).await.map_err(Halt::into_refusal)?,
        }
    }
    let id = AttemptId::new(now, services.random.as_ref());
    start::go_on(services, request.clone(), Occasion::Request(id), visitor, now).await
}

/// Whether a domain is this organisation's: the one that it is called by, or one of its own people's that is in force.
///
/// # Errors
/// The store's.
pub async fn is_ours(services: &Services, domain: &MailDomain) -> Result<bool, Refusal> {
    if *domain == services.settings.organization.domain {
        return Ok(true);
    }
    let holdings = services.directory.holdings(&LookUp::of_domain(domain)).await;
    for id in Holder::of(&holdings.map_err(|error| store_refusal(&error))?).partners() {
        let partner = services.directory.partner(*id).await.map_err(|error| store_refusal(&error))?;
        let is_home = |partner: &Partner| {
            partner.kind == PartnerKind::Home
                && partner.switch.is_on()
                && partner.has_proven(domain, services.settings.domain_proof)
        };
        if partner.is_some_and(|partner| is_home(&partner)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The panel of the session of this browser; `None` where the person must do something first.
async fn shown_once(services: &Services, visitor: &Visitor, now: Timestamp) -> Result<Option<Next>, Halt> {
    let Some((mut unit, reading)) = gate(services, visitor, now).await? else { return Ok(None) };
    let apps = unit.apps_open_to(reading.guest.id).await?;
    let settings = unit.collaboration().await?.value;
    let may_leave = reading.guest.user_type == UserType::Guest && settings.lets_guests_leave();
    let caller = invite::caller(unit.as_mut(), &reading).await?;
    let invites =
        if may_invite(settings.allow_invites_from, &caller).is_ok() { Invites::Offered } else { Invites::NotOffered };
    if now.since(reading.session.used_at) > USED_AT_GRAIN {
        unit.touch_session(reading.session.id, now).await?;
        unit.commit().await?;
    } else {
        // Nothing is looked up elsewhere while a unit is held.
        drop(unit);
    }
    Ok(Some(Next::page(Page::Panel(Box::new(PanelPage {
        person: issue::label(&reading.guest),
        tiles: tiles::tiles(services, reading.partner.id, &apps).await?,
        invites,
        leave: if may_leave { Leave::Offered } else { Leave::NotOffered },
    })))))
}

/// Whom the session of this browser lets in here, in the unit that has decided on it; `None` where nobody is signed in,
/// or more is needed.
///
/// # Errors
/// What stands against the person, and the store's.
async fn gate(
    services: &Services,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Option<(Box<dyn UnitOfWork>, SessionReading)>, Halt> {
    let Some(handle) = visitor.session.as_deref() else { return Ok(None) };
    let mut unit = services.store.unit_of_work().await?;
    let Some(reading) = unit.read_session(&HandleHash::of(handle), AppId::GATEWAY).await? else { return Ok(None) };
    if !reading.session.is_alive(&services.settings.lifetimes, reading.guest.sessions_valid_from, now) {
        return Ok(None);
    }
    let request = AppRequest::here(HereReturn::Panel, None);
    let circumstances = decide::circumstances(visitor, &request, now, now);
    let matter = decide::of_session(&reading, &circumstances, AskedOfHome::NOTHING);
    let matter = Matter { told: Told::WhollyUnlessAllowed, ..matter };
    let decided = decide::decide(services, unit.as_mut(), &matter).await?;
    match advance(&request, Position::Session(&reading, &decided), Hinted::default(), now) {
        NextStep::Issue => Ok(Some((unit, reading))),
        NextStep::Refuse(refusal) => Err(refusal.explained(&decided.details).into()),
        _ => Ok(None),
    }
}

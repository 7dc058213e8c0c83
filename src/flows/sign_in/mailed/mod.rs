//! Sign-in by a code that is mailed, for people whom no partner proves: the built-in partner `mail`.
//!
//! Nobody learns here whether somebody has an account. Each address that leads to no partner gets the same pages, and
//! what they say hangs on what the browser did, which stands sealed in its attempt: when a code was asked for, and not
//! whether one was mailed. A code goes to the address of an account alone, five times an hour at most, and that is
//! counted with the account, so that it holds on every node. Where there is none, nothing is written but how many tries
//! came from the network, which is written in either case.

mod account;
mod check;
mod send;

use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::attempts::{Asked, AskedCode, AttemptId};
use crate::domain::mail::MailAddress;
use crate::domain::partners::MAILED_CODE_PARTNER;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppError, Interaction};
use crate::flows::next::{CodeAsks, CodePage, CodeSlip, Next, Page, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;

use super::routing::usable_by_id;
use super::session_use::{Asker, app_name};
use super::{home_realm, keep, store_refusal};

/// What a person does on the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeAct<'a> {
    /// Has a code sent.
    Send,
    /// Types one.
    Check(&'a str),
}

/// Whether people who are proven by a mailed code may come to `app` at present.
pub(super) async fn is_offered(services: &Services, app: &Asker) -> Result<bool, Refusal> {
    Ok(usable_by_id(services, app, MAILED_CODE_PARTNER).await?.is_some())
}

/// Offers a code for `address`, whoever has an account.
pub(super) async fn offer(
    services: &Services,
    asked: Asked,
    address: MailAddress,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let asked = Asked { sent: None, code: Some(AskedCode { address, sent: None }), ..asked };
    kept_page(services, &asked, None, visitor, now).await
}

/// Sends the person to the built-in partner: a code is offered for the address that is known, else it is asked for.
pub(super) async fn begin(
    services: &Services,
    asked: Asked,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    if asked.request.interaction == Interaction::Silent {
        let refusal = Refusal::new(Code::InteractionNeeded, "code_needs_the_person");
        return Err(refusal.telling(AppError::LoginRequired));
    }
    let known = asked.code.as_ref().map(|code| code.address.clone());
    let hinted = || asked.request.login_hint.as_deref().and_then(|hint| MailAddress::parse(hint).ok());
    let address = match known.or_else(hinted) {
        Some(address) => Some(address),
        None => of_session(services, visitor).await?,
    };
    match address {
        Some(address) => offer(services, asked, address, visitor, now).await,
        None => home_realm::ask(services, &asked, visitor, now).await,
    }
}

/// The address of whose session this browser has, for the page that asks them again.
async fn of_session(services: &Services, visitor: &Visitor) -> Result<Option<MailAddress>, Refusal> {
    let Some(handle) = &visitor.session else { return Ok(None) };
    let hash = crate::domain::sessions::HandleHash::of(handle);
    let mut unit = services.store.unit_of_work().await.map_err(|error| store_refusal(&error))?;
    let reading = unit.read_session(&hash, AppId::GATEWAY).await.map_err(|error| store_refusal(&error))?;
    let reading = reading.filter(|reading| reading.partner.id == MAILED_CODE_PARTNER);
    Ok(reading.and_then(|reading| reading.guest.proven_mail().cloned()))
}

/// Does what a page's form asks.
pub async fn act(services: &Services, attempt: AttemptId, act: CodeAct<'_>, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let mut context = Context { partner: Some(MAILED_CODE_PARTNER), ..Context::of(visitor, now) };
    let asked = match keep::open(services, visitor, attempt, now).await {
        Ok(asked) => asked,
        Err(refusal) => return answer(services, refusal, context).await,
    };
    // A form that none of our pages has made: nothing is written of it.
    let Some(code) = &asked.code else {
        return answer(services, Refusal::new(Code::BadRequest, "no_code_offered"), context).await;
    };
    context.attempt = Some(asked.id);
    context.request = Some(&asked.request);
    context.asked = Some(&asked);
    let next = match act {
        CodeAct::Send => send::send(services, &asked, code, visitor, now).await,
        CodeAct::Check(typed) => check::check(services, &asked, code, typed, visitor, context).await,
    };
    match next {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, context).await,
    }
}

/// The page of an attempt that changed, which the browser keeps.
async fn kept_page(
    services: &Services,
    asked: &Asked,
    slip: Option<CodeSlip>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let changes = keep::keep(services, asked, visitor, now).await?;
    Ok(changes.into_iter().fold(page(services, asked, slip).await?, Next::with))
}

/// The page of an attempt as it is.
async fn page(services: &Services, asked: &Asked, slip: Option<CodeSlip>) -> Result<Next, Refusal> {
    let code = asked.code.as_ref().ok_or(Refusal::new(Code::Internal, "no_code_offered"))?;
    Ok(Next::page(Page::MailedCode(CodePage {
        attempt: asked.id,
        app_name: app_name(services, &asked.request).await?,
        address: code.address.as_str().to_owned(),
        asks: if code.sent.is_some() { CodeAsks::Code } else { CodeAsks::MayBeSent },
        slip,
    })))
}

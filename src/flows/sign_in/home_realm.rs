//! Which partner is asked: by a hint, by mail address, or by a page. The page answers alike for
//! addresses that are known and unknown; who has an account is not looked at.

use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::domain::attempts::{Asked, AttemptId};
use crate::domain::mail::MailAddress;
use crate::domain::partners::{Partner, PartnerId, PassiveRequests};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppError, Interaction};
use crate::flows::next::{ByMail, CookieChange, HomeRealmFault, Next, Organisation, Page, UnavailablePage, Visitor};
use crate::flows::refusals::{Context, answer, note};
use crate::flows::services::Services;

use super::advance::Hinted;
pub(crate) use super::routing::hinted;
use super::routing::{Homes, Named, homes, named};
use super::session_use::{Asker, app, app_name};
use super::{keep, mailed, remembered, send, store_refusal};

/// No partner answers for the address, and no code proves it here.
pub(super) const NO_HOME: &str = "no_home_and_codes_off";

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
        return Err(refusal.telling(AppError::LoginRequired));
    }
    let changes = keep::keep(services, &asked, visitor, now).await?;
    let typed = asked.request.login_hint.clone().unwrap_or_default();
    let next = if hinted.several {
        let app = app(services, &asked.request).await?;
        match named(services, &app, &asked.request).await? {
            Named::Organization(partners) => {
                choice(services, &asked, String::new(), &partners, ByMail::NotOffered).await?
            }
            Named::Address(homes) => {
                let by_mail = beside(services, &app, &homes).await?;
                choice(services, &asked, typed, homes.of(&asked.request), by_mail).await?
            }
            Named::Nothing => question(services, &asked, typed, None, visitor, now).await?,
        }
    } else {
        question(services, &asked, typed, None, visitor, now).await?
    };
    Ok(changes.into_iter().fold(next, Next::with))
}

/// The page that asks for the organisation, with the one that was chosen last.
async fn question(
    services: &Services,
    asked: &Asked,
    typed: String,
    fault: Option<HomeRealmFault>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let app = app(services, &asked.request).await?;
    let remembered = remembered::recall(services, &app, &asked.request, visitor, now).await?;
    let page = Page::HomeRealm {
        attempt: asked.id,
        app_name: app.name.clone(),
        fault,
        typed,
        remembered: remembered.partner.as_deref().map(organisation),
        by_mail: if mailed::is_offered(services, &app).await? { ByMail::Offered } else { ByMail::NotOffered },
    };
    Ok(remembered.forget.into_iter().fold(Next::page(page), Next::with))
}

/// The page that asks for the address, for an attempt that the browser is to keep.
pub(super) async fn ask(
    services: &Services,
    asked: &Asked,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let changes = keep::keep(services, asked, visitor, now).await?;
    let next = question(services, asked, String::new(), None, visitor, now).await?;
    Ok(changes.into_iter().fold(next, Next::with))
}

/// The page that asks which of several organisations it is, for an attempt that the browser is to keep.
pub(super) async fn ask_which(
    services: &Services,
    asked: &Asked,
    typed: String,
    partners: &[Arc<Partner>],
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let changes = keep::keep(services, asked, visitor, now).await?;
    let next = choice(services, asked, typed, partners, ByMail::NotOffered).await?;
    Ok(changes.into_iter().fold(next, Next::with))
}

/// The page that asks which of several organisations it is.
async fn choice(
    services: &Services,
    asked: &Asked,
    typed: String,
    partners: &[Arc<Partner>],
    by_mail: ByMail,
) -> Result<Next, Refusal> {
    Ok(Next::page(Page::OrganisationChoice {
        attempt: asked.id,
        app_name: app_name(services, &asked.request).await?,
        typed,
        organisations: partners.iter().map(|partner| organisation(partner)).collect(),
        by_mail,
    }))
}

/// Whether a code is offered beside these homes: where nobody new redeems at any of them. It is the same for every
/// address of the domain, so that nobody learns who has redeemed.
async fn beside(services: &Services, app: &Asker, homes: &Homes) -> Result<ByMail, Refusal> {
    let is_offered = homes.are_left_out() && mailed::is_offered(services, app).await?;
    Ok(if is_offered { ByMail::Offered } else { ByMail::NotOffered })
}

/// The page for an address that leads nowhere, with its refusal, which is the same whoever has an account.
pub(super) fn unavailable(
    services: &Services,
    asked: &Asked,
    typed: &str,
    refusal: Refusal,
    visitor: &Visitor,
    now: Timestamp,
) -> Next {
    let context = Context {
        attempt: Some(asked.id),
        request: Some(&asked.request),
        asked: Some(asked),
        ..Context::of(visitor, now)
    };
    note(services, &refusal, context);
    let has_link = asked.request.ticket().is_some();
    let page = UnavailablePage { attempt: asked.id, typed: typed.to_owned(), code: refusal.code, has_link };
    Next::page(Page::OrganisationUnavailable(page))
}

fn organisation(partner: &Partner) -> Organisation {
    Organisation { name: partner.name.clone(), handle: partner.handle.clone() }
}

/// What was answered on one of the pages.
#[derive(Debug, Clone, Copy)]
pub enum Answer<'a> {
    /// This address.
    Address(&'a str),
    /// The organisation of this handle: one of those that share the domain of the address, or that were offered
    /// without one.
    Organisation {
        /// Its handle.
        handle: &'a str,
        /// The address, where one was entered.
        address: &'a str,
    },
    /// The organisation that was chosen last is to be forgotten.
    Forget,
    /// A code is to be mailed to this address, whoever answers for it.
    CodeByMail(&'a str),
}

/// Goes on with the answer.
pub async fn choose(services: &Services, attempt: AttemptId, given: Answer<'_>, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let mut context = Context::of(visitor, now);
    let asked = match keep::open(services, visitor, attempt, now).await {
        Ok(asked) => asked,
        Err(refusal) => return answer(services, refusal, context).await,
    };
    context.attempt = Some(asked.id);
    context.request = Some(&asked.request);
    context.asked = Some(&asked);
    let next = match given {
        Answer::Address(typed) => {
            choose_by_address(services, asked.clone(), typed.trim(), Way::Whichever, visitor, now).await
        }
        Answer::Organisation { handle, address } => {
            choose_by_handle(services, asked.clone(), handle, address.trim(), visitor, now).await
        }
        Answer::CodeByMail(typed) => {
            choose_by_address(services, asked.clone(), typed.trim(), Way::Code, visitor, now).await
        }
        Answer::Forget => {
            let visitor = &Visitor { remembered: None, ..visitor.clone() };
            let next = question(services, &asked, String::new(), None, visitor, now).await;
            next.map(|next| next.with(CookieChange::ClearRemembered))
        }
    };
    match next {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, context).await,
    }
}

/// In which way an address signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Through whoever answers for it, and by a code where nobody does.
    Whichever,
    /// By a code: who has signed in by one before does so wherever their address leads by now. Whether somebody has is
    /// told to nobody, so that a code is offered to all who ask.
    Code,
}

async fn choose_by_address(
    services: &Services,
    asked: Asked,
    typed: &str,
    way: Way,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let Ok(mail) = MailAddress::parse_typed(typed) else {
        let typed = crate::base::trace::shorten(typed.to_owned());
        return question(services, &asked, typed, Some(HomeRealmFault::NotAnAddress), visitor, now).await;
    };
    let app = app(services, &asked.request).await?;
    if way == Way::Code {
        return if mailed::is_offered(services, &app).await? {
            mailed::offer(services, asked, mail, visitor, now).await
        } else {
            question(services, &asked, mail.as_str().to_owned(), None, visitor, now).await
        };
    }
    let homes = homes(services, &app, &mail).await?;
    let by_mail = beside(services, &app, &homes).await?;
    match homes.of(&asked.request) {
        [] if mailed::is_offered(services, &app).await? => mailed::offer(services, asked, mail, visitor, now).await,
        [] => {
            let refusal = Refusal::new(Code::NoMethodJit, NO_HOME);
            Ok(unavailable(services, &asked, mail.as_str(), refusal, visitor, now))
        }
        [one] if by_mail == ByMail::NotOffered => send::send(services, asked, one.id, visitor, now).await,
        several => choice(services, &asked, mail.as_str().to_owned(), several, by_mail).await,
    }
}

/// What was chosen must be among what this attempt offers now; else it is asked again.
async fn choose_by_handle(
    services: &Services,
    asked: Asked,
    handle: &str,
    typed: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let app = app(services, &asked.request).await?;
    let offered = match MailAddress::parse_typed(typed) {
        Ok(mail) => homes(services, &app, &mail).await?.of(&asked.request).to_vec(),
        Err(_) => match named(services, &app, &asked.request).await? {
            Named::Organization(partners) => partners,
            Named::Address(homes) => homes.of(&asked.request).to_vec(),
            Named::Nothing => {
                let remembered = remembered::recall(services, &app, &asked.request, visitor, now).await?;
                remembered.partner.into_iter().collect()
            }
        },
    };
    match offered.iter().find(|partner| partner.handle == handle) {
        Some(partner) => send::send(services, asked, partner.id, visitor, now).await,
        None => question(services, &asked, String::new(), None, visitor, now).await,
    }
}

/// The page once more, for who comes back to it.
pub async fn show(services: &Services, attempt: AttemptId, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let context = Context::of(visitor, now);
    let shown = async {
        let asked = keep::open(services, visitor, attempt, now).await?;
        question(services, &asked, String::new(), None, visitor, now).await
    };
    match shown.await {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, context).await,
    }
}

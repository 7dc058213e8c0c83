//! Redeeming an invitation: from its link over a sign-in to the person's word that they agree.
//!
//! Opening the link shows who invites whom and does nothing, since mail scanners open links too. Going on begins an
//! attempt that carries the ticket's hash, and the partner is chosen for the address that was invited. Whoever signs in
//! is asked to agree ([`agree`]), and the transaction of that answer judges everything once more and binds the account
//! ([`super::admit`]).

pub mod agree;
pub(in crate::flows) mod judge;

use crate::base::clock::Timestamp;
use crate::domain::attempts::{Asked, AttemptId};
use crate::domain::guests::{Binding, Guest, Standing};
use crate::domain::invitations::{Invitation, Inviter, MailedAccount};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppRequest, FreshProof, HereReturn};
use crate::domain::sessions::HandleHash;
use crate::domain::store::UnitOfWork;
use crate::flows::next::{InvitedPage, Next, Page, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;

use super::routing::homes;
use super::session_use::app;
use super::{Halt, home_realm, issue, keep, mailed, send, start, store_refusal};

/// The longest text that is looked up as a ticket. **Units**: bytes.
const MAX_TICKET: usize = 64;

/// What a link leads to.
enum Opened {
    /// An account that waits for its person.
    Pending(Box<Invitation>, Page),
    /// An account that has its person: where the invitation led.
    Redeemed(String),
}

/// Shows what the link of this ticket is about. Nothing is written.
pub async fn open(services: &Services, ticket: &str, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    match read(services, ticket, now).await {
        Ok(Opened::Pending(_, page)) => Next::page(page),
        Ok(Opened::Redeemed(url)) => Next::redirect(url),
        Err(halt) => answer(services, halt.into_refusal(), Context::of(visitor, now)).await,
    }
}

/// Goes on with the invitation of this ticket: to the partner of the invited address, to a code for it, or to a page
/// that says that there is neither.
pub async fn begin(services: &Services, ticket: &str, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let next = match read(services, ticket, now).await {
        Ok(Opened::Pending(invitation, _)) => go_on(services, ticket, &invitation, visitor, now).await,
        Ok(Opened::Redeemed(url)) => Ok(Next::redirect(url)),
        Err(halt) => Err(halt.into_refusal()),
    };
    match next {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, Context::of(visitor, now)).await,
    }
}

async fn read(services: &Services, ticket: &str, now: Timestamp) -> Result<Opened, Halt> {
    if ticket.len() > MAX_TICKET {
        return Err(judge::invalid("invitation_unknown").into());
    }
    let mut unit = services.store.unit_of_work().await?;
    let (invitation, guest) = judge::read(unit.as_mut(), &HandleHash::of(ticket)).await?;
    let is_bound = matches!(guest.binding, Binding::Accepted { .. });
    if is_bound && guest.standing == Standing::Active && invitation.redeemed_at.is_some() {
        return Ok(Opened::Redeemed(invitation.redirect_url.as_str().to_owned()));
    }
    judge::is_open(&invitation, &guest, now)?;
    let page = Page::Invited(InvitedPage {
        ticket: ticket.to_owned(),
        inviter: inviter(unit.as_mut(), &invitation).await?,
        address: invitation.address.as_str().to_owned(),
    });
    Ok(Opened::Pending(Box::new(invitation), page))
}

/// Who invited, by the name that the invited person may know; nothing where it was somebody at the command line.
async fn inviter(unit: &mut dyn UnitOfWork, invitation: &Invitation) -> Result<Option<String>, Halt> {
    Ok(match &invitation.inviter {
        Inviter::Operator(_) => None,
        Inviter::App(id) => unit.read_app(*id).await?.map(|app| app.name),
        Inviter::Guest(id) => unit.guest(*id).await?.map(|kept| named(&kept.value.guest)),
    })
}

fn named(guest: &Guest) -> String {
    guest.display_name.clone().unwrap_or_else(|| issue::label(guest))
}

async fn go_on(
    services: &Services,
    ticket: &str,
    invitation: &Invitation,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let address = &invitation.address;
    let to = HereReturn::Invitation(HandleHash::of(ticket));
    let asked = Asked {
        id: AttemptId::new(now, services.random.as_ref()),
        started_at: now,
        request: AppRequest::here(to, Some(address.as_str().to_owned())),
        replaces: start::session_of(services, visitor).await?,
        proof: FreshProof::NotAsked,
        wanted: Vec::new(),
        sent: None,
        code: None,
        agreed: None,
    };
    let mut unit = services.store.unit_of_work().await.map_err(|error| store_refusal(&error))?;
    let settings = unit.collaboration().await.map_err(|error| store_refusal(&error))?.value;
    drop(unit);
    judge::lets_in(&settings, address)?;
    let asker = app(services, &asked.request).await?;
    let homes = homes(services, &asker, address).await?;
    match homes.of(&asked.request) {
        [one] => send::send(services, asked, one.id, visitor, now).await,
        [] => without_home(services, asked, invitation, visitor, now).await,
        several => home_realm::ask_which(services, &asked, address.as_str().to_owned(), several, visitor, now).await,
    }
}

async fn without_home(
    services: &Services,
    asked: Asked,
    invitation: &Invitation,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let asker = app(services, &asked.request).await?;
    let may_be_mailed = invitation.mailed_account == MailedAccount::Allowed;
    if may_be_mailed && mailed::is_offered(services, &asker).await? {
        return mailed::offer(services, asked, invitation.address.clone(), visitor, now).await;
    }
    let changes = keep::keep(services, &asked, visitor, now).await?;
    let cause = if may_be_mailed { home_realm::NO_HOME } else { "no_home_and_link_copied" };
    let refusal = Refusal::new(Code::NoMethodJit, cause);
    let next = home_realm::unavailable(services, &asked, invitation.address.as_str(), refusal, visitor, now);
    Ok(changes.into_iter().fold(next, Next::with))
}

//! The answer to "continue as this person?".

use crate::domain::attempts::AttemptId;
use crate::domain::requests::{AppRequest, AskAccount, FreshProof, Interaction};
use crate::flows::next::{CookieChange, Next, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;

use super::session_use::Occasion;
use super::{home_realm, keep, start};

/// Which account to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChoice {
    /// The session's.
    Continue,
    /// Another.
    Another,
}

/// Goes on with the choice.
pub async fn choose(services: &Services, attempt: AttemptId, choice: AccountChoice, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let mut context = Context::of(visitor, now);
    let mut asked = match keep::open(services, visitor, attempt, now).await {
        Ok(asked) => asked,
        Err(refusal) => return answer(services, refusal, context).await,
    };
    // The page named the person of one session. Where the browser has another by now, the page is shown
    // again, since nobody has chosen that person.
    let same_session = match start::session_of(services, visitor).await {
        Ok(session) => session == asked.replaces,
        Err(refusal) => return answer(services, refusal, context).await,
    };
    let decided = same_session || choice == AccountChoice::Another;
    if let Interaction::Shown { proof, consent, .. } = asked.request.interaction
        && decided
    {
        asked.request.interaction = Interaction::Shown { proof, consent, account: AskAccount::NotAsked };
    }
    let request = asked.request.clone();
    context.attempt = Some(attempt);
    context.request = Some(&request);
    let next = match choice {
        AccountChoice::Continue => {
            // Hints that name nobody here were asked about, and the person says who is meant.
            let request = match home_realm::hinted(services, &request).await {
                Ok(hinted) if decided && hinted.names_nobody(&request) => {
                    AppRequest { login_hint: None, domain_hint: None, ..request.clone() }
                }
                Ok(_) => request.clone(),
                Err(refusal) => return answer(services, refusal, context).await,
            };
            let occasion = Occasion::Answer(attempt, asked.started_at);
            let next = start::go_on(services, request, occasion, visitor, now).await;
            next.map(|next| without_attempt(next, attempt))
        }
        AccountChoice::Another => {
            // Hints named the account of the session; another one is wanted now.
            asked.request.login_hint = None;
            asked.request.expected_guest = None;
            asked.proof = FreshProof::Asked;
            let hinted = home_realm::hinted(services, &asked.request).await;
            match hinted {
                Ok(hinted) => home_realm::lead(services, asked, hinted, visitor, now).await,
                Err(refusal) => Err(refusal),
            }
        }
    };
    match next {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, context).await,
    }
}

/// The choice has been made, so its attempt ends, unless it goes on to a partner.
fn without_attempt(next: Next, attempt: AttemptId) -> Next {
    let goes_on = |change: &CookieChange| matches!(change, CookieChange::SetAttempt(id, ..) if *id == attempt);
    if next.cookies.iter().any(goes_on) { next } else { next.with(CookieChange::ClearAttempt(attempt)) }
}

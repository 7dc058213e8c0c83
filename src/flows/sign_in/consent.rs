//! Asking the person to agree, where the app wants it: the second life of an attempt.

use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::domain::attempts::steps::Step;
use crate::domain::attempts::{ATTEMPT_LIFE, AttemptId, Proven};
use crate::domain::claims::rule::BasicClaims;
use crate::domain::claims::set::ClaimSet;
use crate::domain::guests::Guest;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppRequest, ReturnTo, Scopes};
use crate::domain::sessions::{HandleHash, SessionId, new_row_handle};
use crate::domain::store::UnitOfWork;
use crate::flows::next::{AppTold, ByRules, CookieChange, Next, Page, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;

use super::{Halt, Tries, issue, keep, resume, session_use};

/// What the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentChoice {
    /// Yes.
    Accept,
    /// No.
    Decline,
}

/// The question, made before the unit that keeps it: inside one nothing is awaited but the database.
pub(crate) struct Question<'a> {
    services: &'a Services,
    request: &'a AppRequest,
    id: AttemptId,
    visitor: &'a Visitor,
    now: Timestamp,
    app_name: String,
    claims: Arc<ClaimSet>,
}

impl<'a> Question<'a> {
    /// Prepares it where `request` wants the person to be asked.
    pub(crate) async fn prepare(
        services: &'a Services,
        request: &'a AppRequest,
        id: AttemptId,
        visitor: &'a Visitor,
        now: Timestamp,
    ) -> Result<Option<Self>, Refusal> {
        if !request.interaction.wants_consent() {
            return Ok(None);
        }
        let app = session_use::app(services, request).await?;
        let (app_name, claims) = (app.name.clone(), Arc::clone(&app.claims));
        Ok(Some(Self { services, request, id, visitor, now, app_name, claims }))
    }

    /// As [`prepare`](Self::prepare), with the name as the unit reads it.
    pub(crate) async fn in_unit(
        services: &'a Services,
        unit: &mut dyn UnitOfWork,
        request: &'a AppRequest,
        id: AttemptId,
        visitor: &'a Visitor,
        now: Timestamp,
    ) -> Result<Self, Halt> {
        let app = unit.read_app(request.app).await?.ok_or(Refusal::new(Code::AppDisabled, "app_removed"))?;
        Ok(Self { services, request, id, visitor, now, app_name: app.name, claims: app.claims })
    }

    /// Writes the attempt's second life into the unit and makes the page that asks.
    pub(crate) async fn ask(
        self,
        unit: &mut dyn UnitOfWork,
        started_at: Timestamp,
        guest: &Guest,
        session: SessionId,
    ) -> Result<Next, Halt> {
        let Self { services, request, id, visitor, now, app_name, claims } = self;
        let proven = Proven { id, started_at, request: request.clone(), guest: guest.id, session, step: Step::Consent };
        let sealed = keep::seal_proven(services, &proven)?;
        let handle = new_row_handle(now, services.random.as_ref());
        unit.insert_attempt(id, &HandleHash::of(&handle), &sealed, now.plus(ATTEMPT_LIFE)).await?;
        let scopes = match &request.return_to {
            ReturnTo::Oidc(oidc) => oidc.scopes.with(oidc.terms.in_id_token.with(oidc.terms.at_userinfo).scopes()),
            // What every SAML app is told.
            ReturnTo::Saml(_) => Scopes::PROFILE.with(Scopes::EMAIL),
            ReturnTo::Here(_) => Scopes::default(),
        };
        let told = match (claims.has_rules(), claims.terms().basic) {
            (false, _) => AppTold { scopes, by_rules: ByRules::Nothing },
            (true, BasicClaims::Sent) => AppTold { scopes, by_rules: ByRules::More },
            (true, BasicClaims::NotSent) => AppTold { scopes: Scopes::default(), by_rules: ByRules::More },
        };
        let page = Page::Consent { attempt: id, app_name, person: issue::label(guest), told };
        let next = keep::giving_way(&visitor.steps, id, handle.len())
            .map(CookieChange::ClearStep)
            .fold(Next::page(page), Next::with);
        Ok(next.with(CookieChange::SetStep(id, handle)))
    }
}

/// Goes on with what the person says. The handle is spent in any case.
pub async fn choose(services: &Services, attempt: AttemptId, choice: ConsentChoice, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let context = Context::of(visitor, now);
    let mut tries = Tries::default();
    loop {
        let next = match choose_once(services, attempt, choice, visitor, now).await {
            Err(halt) => match tries.again(services, halt).await {
                Ok(()) => continue,
                Err(halt @ Halt::Refused(_)) => answer(services, halt.into_refusal(), context).await,
                // The handle may still be good once the store answers again.
                Err(halt) => return answer(services, halt.into_refusal(), context).await,
            },
            Ok(next) => next,
        };
        let follows = |change: &CookieChange| matches!(change, CookieChange::SetStep(id, _) if *id == attempt);
        return if next.cookies.iter().any(follows) { next } else { next.with(CookieChange::ClearStep(attempt)) };
    }
}

async fn choose_once(
    services: &Services,
    attempt: AttemptId,
    choice: ConsentChoice,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Halt> {
    let handle = visitor.step(attempt).ok_or(Refusal::new(Code::AttemptMissing, "step_cookie_missing"))?;
    let mut unit = services.store.unit_of_work().await?;
    let row = unit.take_attempt_row(&HandleHash::of(handle), now).await?;
    let (_, sealed) = row.ok_or(Refusal::new(Code::AttemptSpent, "step_spent_or_expired"))?;
    let proven = keep::open_proven(services, &sealed)?;
    if proven.id != attempt {
        return Err(Refusal::new(Code::AttemptMissing, "step_of_another_attempt").into());
    }
    let session = Some((proven.guest, proven.session));
    let context =
        Context { attempt: Some(attempt), request: Some(&proven.request), session, ..Context::of(visitor, now) };
    match choice {
        ConsentChoice::Decline => {
            unit.commit().await?;
            Ok(answer(services, Refusal::new(Code::ConsentDeclined, "consent_declined"), context).await)
        }
        ConsentChoice::Accept => match accept(services, unit, &proven, visitor, now).await {
            Err(Halt::Refused(refusal)) => {
                spend(services, handle, now).await?;
                Ok(answer(services, *refusal, context).await)
            }
            other => other,
        },
    }
}

/// Spends the handle of a step whose own unit was rolled back by a refusal.
async fn spend(services: &Services, handle: &str, now: Timestamp) -> Result<(), Halt> {
    let mut unit = services.store.unit_of_work().await?;
    unit.take_attempt_row(&HandleHash::of(handle), now).await?;
    Ok(unit.commit().await?)
}

async fn accept(
    services: &Services,
    mut unit: Box<dyn UnitOfWork>,
    proven: &Proven,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Halt> {
    let reading = resume::read(services, unit.as_mut(), proven, now).await?;
    let shown = visitor.session.as_deref().map(HandleHash::of);
    if shown != Some(reading.session.handle) {
        return Err(Refusal::new(Code::AttemptMissing, "step_of_another_session").into());
    }
    resume::go_on(services, unit, proven, &reading, visitor, now).await
}

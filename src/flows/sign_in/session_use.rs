//! A second app without going back to the partner: the session of this browser is read fresh and
//! decided on at each use.

use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::domain::apps::{AllowedPartners, App, AppId};
use crate::domain::attempts::{ATTEMPT_LIFE, Asked, AttemptId};
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::circumstances::Circumstances;
use crate::domain::claims::names::Protocol;
use crate::domain::claims::set::ClaimSet;
use crate::domain::grants::SessionReading;
use crate::domain::partners::PartnerId;
use crate::domain::policy::decision::Need;
use crate::domain::policy::strengths::StrengthId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppRequest, FreshProof};
use crate::domain::sessions::{HandleHash, SessionId, USED_AT_GRAIN};
use crate::domain::store::UnitOfWork;
use crate::domain::store::sign_ins::Once;
use crate::flows::next::{Next, Page, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;
use crate::flows::step_up::begin::{BeginStepUp, Begun, begin};

use super::advance::{Hinted, NextStep, Position, advance};
use super::consent::Question;
use super::decide::{self, AskedOfHome, Decided};
use super::issue::{self, Grounds};
use super::{Halt, Tries, home_realm, keep};

/// What a session is used for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Occasion {
    /// An app's request, which begins this attempt.
    Request(AttemptId),
    /// What the person answered on a page of this attempt, which began then.
    Answer(AttemptId, Timestamp),
}

impl Occasion {
    /// The attempt.
    pub(crate) const fn attempt(self) -> AttemptId {
        match self {
            Self::Request(id) | Self::Answer(id, _) => id,
        }
    }

    /// When the attempt began.
    pub(crate) const fn started_at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Request(_) => now,
            Self::Answer(_, started_at) => started_at,
        }
    }

    /// Spends what was answered, in the unit that acts on it: its cookie may be shown again.
    async fn spend(self, unit: &mut dyn UnitOfWork) -> Result<(), Halt> {
        let Self::Answer(id, started_at) = self else { return Ok(()) };
        match unit.take_attempt(id, started_at.plus(ATTEMPT_LIFE)).await? {
            Once::First => Ok(()),
            Once::Again => Err(Refusal::new(Code::AttemptSpent, "attempt_spent").into()),
        }
    }
}

enum Used {
    Next(Box<Next>),
    AskPartner(FreshProof, Vec<StrengthId>, SessionId, Option<PartnerId>),
    Refused(Box<Refusal>, Box<SessionReading>),
    NoSession,
}

/// Uses the session of this browser for `request`; `None` where there is no live one. A session that
/// does not fit leads to the partner.
pub(crate) async fn use_session(
    services: &Services,
    request: &AppRequest,
    occasion: Occasion,
    hinted: Hinted,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Option<Next>, Refusal> {
    let id = occasion.attempt();
    let Some(handle) = visitor.session.as_deref() else { return Ok(None) };
    let hash = HandleHash::of(handle);
    let known = services.directory.session(&hash).await.map_err(|error| super::store_refusal(&error))?;
    if known.is_none() {
        return Ok(None);
    }
    let mut tries = Tries::default();
    let used = loop {
        let question = Question::prepare(services, request, id, visitor, now).await?;
        match use_once(services, request, occasion, &hash, hinted, question, visitor, now).await {
            Err(halt) => tries.again(services, halt).await.map_err(Halt::into_refusal)?,
            Ok(used) => break used,
        }
    };
    match used {
        Used::Next(next) => Ok(Some(*next)),
        Used::NoSession => Ok(None),
        Used::Refused(refusal, reading) => {
            let context = Context {
                attempt: Some(id),
                request: Some(request),
                partner: Some(reading.partner.id),
                session: Some((reading.guest.id, reading.session.id)),
                ..Context::of(visitor, now)
            };
            Ok(Some(answer(services, *refusal, context).await))
        }
        Used::AskPartner(proof, wanted, replaces, partner) => {
            let hinted = or_same_partner(request, hinted, partner);
            let request = request.clone();
            let started_at = occasion.started_at(now);
            let replaces = Some(replaces);
            let asked =
                Asked { id, started_at, request, replaces, proof, wanted, sent: None, code: None, agreed: None };
            home_realm::lead(services, asked, hinted, visitor, now).await.map(Some)
        }
    }
}

/// Who has a session and is asked for more goes to the partner of that session, where the app takes its
/// people, unless a hint names another one or a mail address that is nobody's here.
fn or_same_partner(request: &AppRequest, hinted: Hinted, partner: Option<PartnerId>) -> Hinted {
    if partner.is_some() && hinted.left_out == partner {
        Hinted { partner, ..Hinted::default() }
    } else if hinted.names_nobody(request) || hinted.several {
        hinted
    } else {
        Hinted { partner: hinted.partner.or(partner), ..hinted }
    }
}

#[expect(clippy::too_many_arguments, reason = "all parts of the decision that is made")]
async fn use_once(
    services: &Services,
    request: &AppRequest,
    occasion: Occasion,
    hash: &HandleHash,
    hinted: Hinted,
    question: Option<Question<'_>>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Used, Halt> {
    let known = issue::known_app(services, request).await?;
    let mut unit = services.store.unit_of_work().await?;
    occasion.spend(unit.as_mut()).await?;
    let Some(reading) = unit.read_session(hash, request.app).await? else { return Ok(Used::NoSession) };
    let lifetimes = &services.settings.lifetimes;
    if !reading.session.is_alive(lifetimes, reading.guest.sessions_valid_from, now) {
        return Ok(Used::NoSession);
    }
    let circumstances = decide::circumstances(visitor, request, occasion.started_at(now), now);
    let matter = decide::of_session(&reading, &circumstances, AskedOfHome::NOTHING);
    let decided = decide::decide(services, unit.as_mut(), &matter).await?;
    let usage = Usage { services, request, occasion, reading: &reading, decided: &decided, visitor, now };
    let used = match (advance(request, Position::Session(&reading, &decided), hinted, now), question) {
        (NextStep::Refuse(refusal), _) => Err(refusal.explained(&decided.details).into()),
        (NextStep::AskPartner(proof, wanted), _) => Ok(usage.ask_partner(proof, wanted)),
        (NextStep::ChooseAccount, _) => {
            drop(unit);
            choose_account(services, request, occasion, &reading, visitor, now).await
        }
        (NextStep::StepUp(need), _) => usage.step_up(unit, &need).await,
        (NextStep::AskConsent, Some(question)) => usage.ask_consent(unit, question).await,
        (NextStep::AskConsent, None) => Err(Refusal::new(Code::Internal, "step_without_question").into()),
        (NextStep::Issue, _) => usage.issue(unit, &circumstances, known.as_deref()).await,
    };
    match used {
        Err(Halt::Refused(refusal)) => Ok(Used::Refused(refusal, Box::new(reading))),
        used => used,
    }
}

/// A use of a session that has been decided on.
struct Usage<'a> {
    services: &'a Services,
    request: &'a AppRequest,
    occasion: Occasion,
    reading: &'a SessionReading,
    decided: &'a Decided,
    visitor: &'a Visitor,
    now: Timestamp,
}

impl Usage<'_> {
    fn ask_partner(&self, proof: FreshProof, wanted: Vec<StrengthId>) -> Used {
        let partner = self.reading.partner.id;
        let is_accepted = self.reading.app.as_ref().is_none_or(|app| app.partners.has(partner));
        Used::AskPartner(proof, wanted, self.reading.session.id, is_accepted.then_some(partner))
    }

    fn entry(&self, activity: Activity) -> AuditEntry {
        let Self { services, request, occasion, reading, decided, visitor, now } = *self;
        let mut entry = entry(services, activity, occasion.attempt(), request, reading, visitor, now);
        entry.details.extend(decided.details.iter().cloned());
        entry
    }

    async fn step_up(&self, mut unit: Box<dyn UnitOfWork>, need: &Need) -> Result<Used, Halt> {
        let Self { services, request, occasion, reading, visitor, now, .. } = *self;
        check_app(unit.as_mut(), request, reading).await?;
        let step_up = BeginStepUp {
            services,
            request,
            id: occasion.attempt(),
            started_at: occasion.started_at(now),
            guest: &reading.guest,
            session: &reading.session,
            need,
        };
        match begin(&step_up, unit.as_mut(), visitor, now).await? {
            Begun::ProveAfresh => Ok(self.ask_partner(FreshProof::Asked, Vec::new())),
            Begun::Asks(next) => {
                unit.append_audit(&self.entry(Activity::StepAsked)).await?;
                unit.commit().await?;
                Ok(Used::Next(next))
            }
        }
    }

    async fn ask_consent(&self, mut unit: Box<dyn UnitOfWork>, question: Question<'_>) -> Result<Used, Halt> {
        let Self { request, reading, now, .. } = *self;
        check_app(unit.as_mut(), request, reading).await?;
        let started_at = self.occasion.started_at(now);
        let next = question.ask(unit.as_mut(), started_at, &reading.guest, reading.session.id).await?;
        unit.append_audit(&self.entry(Activity::StepAsked)).await?;
        unit.commit().await?;
        Ok(Used::Next(Box::new(next)))
    }

    async fn issue(
        &self,
        mut unit: Box<dyn UnitOfWork>,
        circumstances: &Circumstances,
        known: Option<&App>,
    ) -> Result<Used, Halt> {
        let Self { services, request, occasion, reading, decided, visitor, now } = *self;
        check_app(unit.as_mut(), request, reading).await?;
        if now.since(reading.session.used_at) > USED_AT_GRAIN {
            unit.touch_session(reading.session.id, now).await?;
        }
        let (guest, session, attempt) = (reading.guest.id, reading.session.id, occasion.attempt());
        let grounds = Grounds { request, guest, session, attempt, circumstances, known };
        let issued = issue::issue(services, unit.as_mut(), grounds, now).await?;
        unit.append_audit(&self.entry(Activity::SessionUse)).await?;
        unit.commit().await?;
        metrics::counter!("entente_sign_ins_total", "by" => "session").increment(1);
        let next = issued.into_next(services, attempt, now).await;
        let kept = keep::session_again(services, decided, &reading.session, visitor, now);
        Ok(Used::Next(Box::new(kept.into_iter().fold(next, Next::with))))
    }
}

async fn choose_account(
    services: &Services,
    request: &AppRequest,
    occasion: Occasion,
    reading: &SessionReading,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Used, Halt> {
    let id = occasion.attempt();
    let asked = Asked {
        id,
        started_at: occasion.started_at(now),
        request: request.clone(),
        replaces: Some(reading.session.id),
        proof: FreshProof::NotAsked,
        wanted: Vec::new(),
        sent: None,
        code: None,
        agreed: None,
    };
    let changes = keep::keep(services, &asked, visitor, now).await?;
    let page = Page::SelectAccount {
        attempt: id,
        app_name: app_name(services, request).await?,
        person: issue::label(&reading.guest),
    };
    let next = changes.into_iter().fold(Next::page(page), Next::with);
    Ok(Used::Next(Box::new(next)))
}

/// The app's name for a page.
pub(crate) async fn app_name(services: &Services, request: &AppRequest) -> Result<String, Refusal> {
    app(services, request).await.map(|app| app.name.clone())
}

/// Who asks for a sign-in, for pages and for leading people to their partner.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    /// Which app, or the gateway itself.
    pub(crate) id: AppId,
    /// Its name.
    pub(crate) name: String,
    /// Whose people it takes.
    pub(crate) partners: AllowedPartners,
    /// What it is told.
    pub(crate) claims: Arc<ClaimSet>,
}

/// Who asks, as far as the cache knows.
pub(crate) async fn app(services: &Services, request: &AppRequest) -> Result<Asker, Refusal> {
    let Some(id) = request.asking() else {
        return Ok(Asker {
            id: AppId::GATEWAY,
            name: services.settings.organization.name.clone(),
            partners: AllowedPartners::All,
            claims: Arc::new(ClaimSet::none(Protocol::Oidc)),
        });
    };
    let app = services.directory.app(id).await.map_err(|error| super::store_refusal(&error))?;
    let app = app.ok_or(Refusal::new(Code::AppDisabled, "app_removed"))?;
    Ok(Asker { id, name: app.name.clone(), partners: app.partners.clone(), claims: Arc::clone(&app.claims) })
}

/// Judges the request again with the app's fresh record where that has moved since it was read.
pub(crate) async fn check_app(
    unit: &mut dyn UnitOfWork,
    request: &AppRequest,
    reading: &SessionReading,
) -> Result<(), Halt> {
    let version = reading.app.as_ref().map(|app| app.version);
    issue::check_return(unit, request, version).await
}

/// The audit entry of a use of a session.
pub(crate) fn entry(
    services: &Services,
    activity: Activity,
    id: AttemptId,
    request: &AppRequest,
    reading: &SessionReading,
    visitor: &Visitor,
    now: Timestamp,
) -> AuditEntry {
    let mut entry = AuditEntry::new(AuditId::new(now, services.random.as_ref()), now, activity, Actor::Visitor);
    entry.attempt = Some(id);
    entry.app = request.asking();
    entry.partner = Some(reading.partner.id);
    entry.guest = Some(reading.guest.id);
    entry.session = Some(reading.session.id);
    entry.address = visitor.address.map(|address| address.to_string());
    entry
}

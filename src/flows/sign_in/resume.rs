//! Going on after a step of the person: what is true is read again in the unit of the step, and it is
//! decided again on that.

use crate::base::clock::Timestamp;
use crate::domain::attempts::steps::Step;
use crate::domain::attempts::{Asked, AttemptId, Proven};
use crate::domain::audit::Activity;
use crate::domain::grants::SessionReading;
use crate::domain::policy::decision::Need;
use crate::domain::policy::strengths::StrengthId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::FreshProof;
use crate::domain::store::UnitOfWork;
use crate::flows::next::{Next, Visitor};
use crate::flows::services::Services;
use crate::flows::step_up::begin::{BeginStepUp, Begun, begin};

use super::advance::{Agreement, Hinted, NextStep, Position, advance};
use super::consent::Question;
use super::decide::{self, AskedOfHome, Decided};
use super::issue::{self, Grounds};
use super::{Halt, keep, send, session_use};

/// Goes on in the unit of a step that has been passed, and commits it. The caller has taken the step's
/// row, has seen that the browser holds the session, and does the unit again where it must be.
///
/// # Errors
/// A refusal, with the unit rolled back; [`Halt::PoliciesMoved`] and the store's.
pub(crate) async fn resume(
    services: &Services,
    mut unit: Box<dyn UnitOfWork>,
    proven: &Proven,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Halt> {
    let reading = read(services, unit.as_mut(), proven, now).await?;
    go_on(services, unit, proven, &reading, visitor, now).await
}

/// What is true of the session of a step, which must be alive.
///
/// # Errors
/// [`Code::InteractionNeeded`] where it has ended, and the store's.
pub(crate) async fn read(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    proven: &Proven,
    now: Timestamp,
) -> Result<SessionReading, Halt> {
    let reading = unit.read_session_by_id(proven.session, proven.request.app).await?;
    let lifetimes = &services.settings.lifetimes;
    let is_alive =
        |reading: &SessionReading| reading.session.is_alive(lifetimes, reading.guest.sessions_valid_from, now);
    Ok(reading.filter(is_alive).ok_or(Refusal::new(Code::InteractionNeeded, "session_ended_meanwhile"))?)
}

/// As [`resume`], with what has been read.
///
/// # Errors
/// As [`resume`].
pub(crate) async fn go_on(
    services: &Services,
    mut unit: Box<dyn UnitOfWork>,
    proven: &Proven,
    reading: &SessionReading,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Halt> {
    let (request, session) = (&proven.request, &reading.session);
    // The time that the person takes for the steps makes nothing older.
    let judged_at = proven.started_at.max(session.started_at);
    let circumstances = decide::circumstances(visitor, request, proven.started_at, judged_at);
    let strengths = if session.attempt == proven.id { session.asked_strengths.as_slice() } else { &[] };
    let asked = AskedOfHome { strengths, ..AskedOfHome::NOTHING };
    let matter = decide::of_session(reading, &circumstances, asked);
    let decided = decide::decide(services, unit.as_mut(), &matter).await?;
    let agreement = if proven.step == Step::Consent { Agreement::Given } else { Agreement::Open };
    let step = Stepped { services, proven, reading, decided: &decided, visitor, now };
    match advance(request, Position::Stepped(reading, &decided, agreement), Hinted::default(), now) {
        NextStep::Refuse(refusal) => Err(refusal.explained(&decided.details).into()),
        NextStep::Issue => {
            session_use::check_app(unit.as_mut(), request, reading).await?;
            let (guest, session, attempt) = (proven.guest, proven.session, proven.id);
            let grounds = Grounds { request, guest, session, attempt, circumstances: &circumstances, known: None };
            let issued = issue::issue(services, unit.as_mut(), grounds, now).await?;
            step.done(unit, Activity::SessionUse).await?;
            let next = issued.into_next(services, attempt, now).await;
            let kept = keep::session(services, &decided, &reading.session, now);
            Ok(kept.into_iter().fold(next, Next::with))
        }
        NextStep::AskConsent => {
            session_use::check_app(unit.as_mut(), request, reading).await?;
            let question = Question::in_unit(services, unit.as_mut(), request, proven.id, visitor, now).await?;
            let next = question.ask(unit.as_mut(), proven.started_at, &reading.guest, proven.session).await?;
            step.done(unit, Activity::StepAsked).await?;
            Ok(next)
        }
        NextStep::StepUp(need) => step.step_up(unit, &need).await,
        NextStep::AskPartner(proof, wanted) => step.ask_partner(unit, proof, wanted).await,
        NextStep::ChooseAccount => Err(Refusal::new(Code::Internal, "step_after_step").into()),
    }
}

struct Stepped<'a> {
    services: &'a Services,
    proven: &'a Proven,
    reading: &'a SessionReading,
    decided: &'a Decided,
    visitor: &'a Visitor,
    now: Timestamp,
}

impl Stepped<'_> {
    /// Audits and commits.
    async fn done(&self, mut unit: Box<dyn UnitOfWork>, activity: Activity) -> Result<(), Halt> {
        let Self { services, proven, reading, decided, visitor, now } = *self;
        let mut entry = session_use::entry(services, activity, proven.id, &proven.request, reading, visitor, now);
        entry.details.extend(decided.details.iter().cloned());
        unit.append_audit(&entry).await?;
        Ok(unit.commit().await?)
    }

    async fn step_up(&self, mut unit: Box<dyn UnitOfWork>, need: &Need) -> Result<Next, Halt> {
        let Self { services, proven, reading, visitor, now, .. } = *self;
        let step_up = BeginStepUp {
            services,
            request: &proven.request,
            id: proven.id,
            started_at: proven.started_at,
            guest: &reading.guest,
            session: &reading.session,
            need,
        };
        match begin(&step_up, unit.as_mut(), visitor, now).await? {
            Begun::Asks(next) => {
                self.done(unit, Activity::StepAsked).await?;
                Ok(*next)
            }
            Begun::ProveAfresh => self.ask_partner(unit, FreshProof::Asked, Vec::new()).await,
        }
    }

    /// Sends the person to the partner, in an attempt of its own, since this one has been answered.
    async fn ask_partner(
        &self,
        unit: Box<dyn UnitOfWork>,
        proof: FreshProof,
        wanted: Vec<StrengthId>,
    ) -> Result<Next, Halt> {
        let Self { services, proven, reading, visitor, now, .. } = *self;
        let id = AttemptId::new(now, services.random.as_ref());
        let asked = Asked {
            id,
            started_at: now,
            request: proven.request.clone(),
            replaces: Some(proven.session),
            proof,
            wanted,
            sent: None,
            code: None,
            agreed: None,
        };
        self.done(unit, Activity::StepAsked).await?;
        Ok(send::send(services, asked, reading.partner.id, visitor, now).await?)
    }
}

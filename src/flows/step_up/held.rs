//! The row of a step: what is held between two answers of a person. Its handle changes with every
//! answer, so that no step can be skipped, repeated or rolled back by keeping a cookie.

use uuid::Uuid;

use crate::base::clock::Timestamp;
use crate::base::sealing::Purpose;
use crate::domain::apps::AppId;
use crate::domain::attempts::managing::Managing;
use crate::domain::attempts::steps::Step;
use crate::domain::attempts::{ATTEMPT_LIFE, AttemptId, Proven};
use crate::domain::guests::GuestId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::AppRequest;
use crate::domain::sessions::{HandleHash, SessionId, new_row_handle};
use crate::domain::store::UnitOfWork;
use crate::flows::services::Services;
use crate::flows::sign_in::{Halt, keep};

use super::Act;

const MANAGING_PLACE: &[u8] = b"attempts.managing";
/// How many lives of an attempt its steps may take together.
const LIVES: u32 = 4;

/// What the person is on the way to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Errand {
    /// To an app.
    SignIn(Box<AppRequest>),
    /// To the page of their own factors.
    Manage,
}

/// A step with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// The attempt.
    pub id: AttemptId,
    /// When it began.
    pub started_at: Timestamp,
    /// What the person is on the way to.
    pub errand: Errand,
    /// Who.
    pub guest: GuestId,
    /// With which session.
    pub session: SessionId,
    /// What is asked.
    pub step: Step,
}

impl From<Proven> for Held {
    fn from(proven: Proven) -> Self {
        let Proven { id, started_at, request, guest, session, step } = proven;
        Self { id, started_at, errand: Errand::SignIn(Box::new(request)), guest, session, step }
    }
}

impl From<Managing> for Held {
    fn from(managing: Managing) -> Self {
        let Managing { id, started_at, guest, session, step } = managing;
        Self { id, started_at, errand: Errand::Manage, guest, session, step }
    }
}

impl Held {
    /// The request of the app, where there is one.
    pub(super) const fn request(&self) -> Option<&AppRequest> {
        match &self.errand {
            Errand::SignIn(request) => Some(request),
            Errand::Manage => None,
        }
    }

    /// The app for readings; one that is nobody's where no app asks.
    pub(super) fn app(&self) -> AppId {
        self.request().map_or(AppId::from_uuid(Uuid::nil()), |request| request.app)
    }

    /// The same with another step.
    pub(super) fn at(&self, step: Step) -> Self {
        Self { step, ..self.clone() }
    }

    /// As the second life of an app's request.
    pub(super) fn proven(&self, request: &AppRequest) -> Proven {
        let Self { id, started_at, guest, session, step, .. } = self.clone();
        Proven { id, started_at, request: request.clone(), guest, session, step }
    }

    /// Writes it into the unit under a new handle, which is returned.
    pub(super) async fn keep(&self, act: Act<'_>, unit: &mut dyn UnitOfWork) -> Result<String, Halt> {
        let sealed = self.seal(act.services)?;
        let handle = new_row_handle(act.now, act.services.random.as_ref());
        let end = self.started_at.plus(ATTEMPT_LIFE * LIVES).min(act.now.plus(ATTEMPT_LIFE));
        unit.insert_attempt(self.id, &HandleHash::of(&handle), &sealed, end).await?;
        Ok(handle)
    }

    fn seal(&self, services: &Services) -> Result<Vec<u8>, Refusal> {
        match &self.errand {
            Errand::SignIn(request) => keep::seal_proven(services, &self.proven(request)),
            Errand::Manage => {
                let Self { id, started_at, guest, session, step, .. } = self.clone();
                keep::seal(services, MANAGING_PLACE, &Managing { id, started_at, guest, session, step }.to_bytes())
            }
        }
    }
}

/// Takes the step whose handle this browser holds.
pub(super) async fn take(act: Act<'_>, unit: &mut dyn UnitOfWork, id: AttemptId) -> Result<Held, Halt> {
    let handle = act.visitor.step(id).ok_or(Refusal::new(Code::AttemptMissing, "step_cookie_missing"))?;
    take_by(act, unit, id, handle).await
}

/// Takes the step with this handle.
pub(super) async fn take_by(
    act: Act<'_>,
    unit: &mut dyn UnitOfWork,
    id: AttemptId,
    handle: &str,
) -> Result<Held, Halt> {
    let row = unit.take_attempt_row(&HandleHash::of(handle), act.now).await?;
    let (_, sealed) = row.ok_or(Refusal::new(Code::AttemptSpent, "step_spent_or_expired"))?;
    let held = open(act.services, &sealed)?;
    if held.id == id { Ok(held) } else { Err(Refusal::new(Code::AttemptMissing, "step_of_another_attempt").into()) }
}

fn open(services: &Services, sealed: &[u8]) -> Result<Held, Refusal> {
    let proven = keep::open_proven(services, sealed);
    let Err(refusal) = proven else { return proven.map(Held::from) };
    let plain = services.sealer.open(Purpose::AttemptCookie, MANAGING_PLACE, sealed);
    plain.ok().and_then(|plain| Managing::from_bytes(&plain).ok()).map(Held::from).ok_or(refusal)
}

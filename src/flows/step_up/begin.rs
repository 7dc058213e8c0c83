//! Beginning a step-up: from what the decision needs to the page that asks for it.

use crate::base::clock::Timestamp;
use crate::domain::attempts::steps::Step;
use crate::domain::attempts::{Asked, AttemptId};
use crate::domain::guests::Guest;
use crate::domain::partners::PartnerId;
use crate::domain::policy::decision::Need;
use crate::domain::refusal::Refusal;
use crate::domain::requests::{AppRequest, FreshProof};
use crate::domain::sessions::{Session, SessionId};
use crate::domain::store::UnitOfWork;
use crate::flows::next::{Next, Visitor};
use crate::flows::services::Services;
use crate::flows::sign_in::{Halt, send};

use super::held::{Errand, Held};
use super::scene::{Scene, app_name};
use super::{Act, enter, show, ways};

/// Who must show more, for what, and in which attempt.
#[derive(Clone, Copy)]
pub(crate) struct BeginStepUp<'a> {
    /// What the steps are made with.
    pub services: &'a Services,
    /// What the app asks.
    pub request: &'a AppRequest,
    /// The attempt.
    pub id: AttemptId,
    /// When it began.
    pub started_at: Timestamp,
    /// The account.
    pub guest: &'a Guest,
    /// The session as it is in the unit.
    pub session: &'a Session,
    /// What is lacking.
    pub need: &'a Need,
}

/// What comes of beginning.
#[derive(Debug)]
pub(crate) enum Begun {
    /// The step's row is in the unit, which the caller commits, and this is its page.
    Asks(Box<Next>),
    /// Nothing was written: the person must first prove themselves afresh at the partner, as by
    /// [`prove_afresh`].
    ProveAfresh,
}

/// Begins, inside the unit that has decided.
///
/// # Errors
/// A refusal where nothing that the person has or may enrol answers the need.
pub(crate) async fn begin(
    step_up: &BeginStepUp<'_>,
    unit: &mut dyn UnitOfWork,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Begun, Halt> {
    let BeginStepUp { services, request, id, started_at, guest, session, need } = *step_up;
    let act = Act { services, visitor, now };
    let enrolled = unit.list_factors(guest.id).await?;
    let recovery_codes = unit.list_recovery_codes(guest.id).await?.len();
    let scene = Scene {
        guest: guest.clone(),
        session: session.clone(),
        partner: session.partner,
        app_name: Some(app_name(services, unit, request.app).await?),
        enrolled,
        recovery_codes,
    };
    let wanted = ways::wanted(need);
    let ways = scene.standing(act).ways(wanted);
    let Some(entered) = enter::first(act, &scene, wanted, ways)? else { return Ok(Begun::ProveAfresh) };
    let errand = Errand::SignIn(Box::new(request.clone()));
    let held = Held { id, started_at, errand, guest: guest.id, session: session.id, step: Step::Consent };
    let next = show::step(act, unit, &held, &scene, entered, None).await?;
    Ok(Begun::Asks(Box::new(next)))
}

/// Sends the person to the partner for a fresh proof. It is an attempt of its own, since the one under
/// way has been answered; the session that is there gives way to the new one.
pub(crate) async fn prove_afresh(
    services: &Services,
    request: &AppRequest,
    session: SessionId,
    partner: PartnerId,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let id = AttemptId::new(now, services.random.as_ref());
    let asked = Asked {
        id,
        started_at: now,
        request: request.clone(),
        replaces: Some(session),
        proof: FreshProof::Asked,
        wanted: Vec::new(),
        sent: None,
        code: None,
        agreed: None,
    };
    send::send(services, asked, partner, visitor, now).await
}

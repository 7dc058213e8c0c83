//! A person's answer to a page of second factors.

use crate::domain::attempts::AttemptId;
use crate::domain::attempts::steps::{Challenge, Enrolment, NewCodes, Step, Way};
use crate::domain::factors::FactorKind;
use crate::domain::factors::kinds::Kinds;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::UnitOfWork;
use crate::flows::next::factors::Slip;
use crate::flows::next::{CookieChange, Next, View, Visitor};
use crate::flows::refusals::{self, Context};
use crate::flows::services::Services;
use crate::flows::sign_in::{Halt, Tries};

use super::enter::Entered;
use super::held::{Errand, Held, take};
use super::record::{Passed, Spends};
use super::scene::Scene;
use super::ways::Ways;
use super::{Act, begin, codes, enrol, enter, go_on, mailed, passkeys, show};

/// What a person answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// To be shown the other ways.
    OtherWays,
    /// To pass a factor of this kind.
    Pass(FactorKind),
    /// To enrol a factor of this kind.
    Enrol(FactorKind),
    /// To be sent a code.
    Send,
    /// What is asked for.
    Given(Given<'a>),
    /// The recovery codes are kept.
    Kept,
    /// Nothing: the page is to be shown once more.
    Again,
}

/// What is asked for, each empty where it was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<'a> {
    /// A code as it was typed.
    pub code: &'a str,
    /// The browser's answer of a ceremony.
    pub credential: &'a str,
    /// The name of what is enrolled.
    pub label: &'a str,
}

/// Goes on with an answer. The handle of the step is spent in any case.
pub async fn answer(services: &Services, attempt: AttemptId, given: Answer<'_>, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let act = Act { services, visitor, now };
    let mut tries = Tries::default();
    loop {
        let mut seen = None;
        let halt = match answer_once(act, attempt, given, &mut seen).await {
            Ok(next) => return next,
            Err(halt) => match tries.again(services, halt).await {
                Ok(()) => continue,
                Err(halt) => halt,
            },
        };
        let ends = matches!(halt, Halt::Refused(_));
        let context = seen.as_ref().map_or(Context::of(visitor, now), |held| go_on::context(act, held));
        let refusal = halt.into_refusal();
        if ends && seen.is_some() {
            spend(act, attempt).await;
        }
        let next = refusals::answer(services, refusal, context).await;
        // The handle may still be good once the store answers again.
        return if ends { next.with(CookieChange::ClearStep(attempt)) } else { next };
    }
}

/// The page of the step that this browser is at, once more; nothing where it is at none.
pub(crate) async fn again(services: &Services, attempt: AttemptId, visitor: &Visitor) -> Option<Next> {
    visitor.step(attempt)?;
    let act = Act { services, visitor, now: services.clock.now() };
    answer_once(act, attempt, Answer::Again, &mut None).await.ok()
}

/// Spends the handle of a step whose own unit was rolled back by a refusal. Where that fails, the row
/// ends by itself, and the browser has forgotten its handle.
async fn spend(act: Act<'_>, attempt: AttemptId) {
    if let Ok(mut unit) = act.services.store.unit_of_work().await
        && take(act, unit.as_mut(), attempt).await.is_ok()
    {
        let _ = unit.commit().await;
    }
}

async fn answer_once(
    act: Act<'_>,
    attempt: AttemptId,
    given: Answer<'_>,
    seen: &mut Option<Held>,
) -> Result<Next, Halt> {
    let mut unit = act.services.store.unit_of_work().await?;
    let held = take(act, unit.as_mut(), attempt).await?;
    if held.step == Step::Consent {
        return Err(Refusal::new(Code::BadRequest, "step_of_another_kind").into());
    }
    let held: &Held = seen.insert(held);
    let scene = Scene::read(act, unit.as_mut(), held).await?;
    match &held.step {
        Step::RecoveryCodes(new) if given == Answer::Kept => kept(act, unit, held, &scene, new).await,
        Step::Challenge(Challenge { wanted, way }) => match (given, way) {
            (Answer::Send, Way::MailedCode { .. }) | (Answer::Given(_), _) => {
                passes(act, unit, held, &scene, *wanted, given).await
            }
            _ => chooses(act, unit, held, &scene, *wanted, given).await,
        },
        Step::Enrol(enrolment @ Enrolment { wanted, .. }) => match given {
            Answer::Given(given) => enrol::confirm(act, unit, held, &scene, enrolment, &given).await,
            _ => chooses(act, unit, held, &scene, *wanted, given).await,
        },
        step @ (Step::RecoveryCodes(_) | Step::Consent) => {
            let entered = enter::again(act, &scene, step)?;
            ask(act, unit, held, &scene, entered, None).await
        }
    }
}

/// Another way, or the same once more where the answer does not fit the page.
async fn chooses(
    act: Act<'_>,
    unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    wanted: Kinds,
    given: Answer<'_>,
) -> Result<Next, Halt> {
    let ways = scene.standing(act).ways(wanted);
    let entered = match given {
        Answer::Pass(kind) if ways.pass().has(kind) => enter::challenge(act, scene, wanted, kind)?,
        Answer::Enrol(kind) => match enrolment(act, scene, ways, kind) {
            Enrolling::Now => enter::enrol(act, scene, wanted, kind)?,
            Enrolling::AfterProof => return prove_afresh(act, unit, held, scene).await,
            Enrolling::Never => choice(wanted, ways)?,
        },
        Answer::OtherWays | Answer::Pass(_) => choice(wanted, ways)?,
        Answer::Send | Answer::Given(_) | Answer::Kept | Answer::Again => enter::again(act, scene, &held.step)?,
    };
    ask(act, unit, held, scene, entered, None).await
}

fn choice(wanted: Kinds, ways: Ways) -> Result<Entered, Refusal> {
    if ways == Ways::OutOfReach { Err(enter::out_of_reach()) } else { Ok(enter::choice(wanted, ways)) }
}

/// When a factor of a kind may be enrolled.
enum Enrolling {
    Now,
    AfterProof,
    Never,
}

fn enrolment(act: Act<'_>, scene: &Scene, ways: Ways, kind: FactorKind) -> Enrolling {
    match ways {
        Ways::Enrol(enrol) if enrol.has(kind) => Enrolling::Now,
        Ways::Pass { enrol, .. } if enrol.has(kind) && scene.standing(act).is_freshly_signed_in() => Enrolling::Now,
        Ways::ProveAfresh(enrol) | Ways::Pass { enrol, .. } if enrol.has(kind) => Enrolling::AfterProof,
        _ => Enrolling::Never,
    }
}

/// What is asked for at a challenge, where the way is still open to this person.
async fn passes(
    act: Act<'_>,
    unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    wanted: Kinds,
    given: Answer<'_>,
) -> Result<Next, Halt> {
    let ways = scene.standing(act).ways(wanted);
    let kind = match &held.step {
        Step::Challenge(Challenge { way: Way::Totp, .. }) => FactorKind::Totp,
        Step::Challenge(Challenge { way: Way::Passkey { .. }, .. }) => FactorKind::Passkey,
        Step::Challenge(Challenge { way: Way::MailedCode { .. }, .. }) => FactorKind::MailedCode,
        Step::Challenge(Challenge { way: Way::RecoveryCode, .. }) => FactorKind::RecoveryCode,
        _ => return ask(act, unit, held, scene, choice(wanted, ways)?, None).await,
    };
    // A way that was open when the page was made may be closed by now: something better was enrolled,
    // or the kind was switched off.
    if !ways.pass().has(kind) {
        return ask(act, unit, held, scene, choice(wanted, ways)?, None).await;
    }
    match given {
        Answer::Send => mailed::send(act, unit, held, scene, wanted).await,
        Answer::Given(given) if kind == FactorKind::Passkey => {
            passkeys::check(act, unit, held, scene, given.credential).await
        }
        Answer::Given(given) => codes::check(act, unit, held, scene, kind, given.code).await,
        _ => ask(act, unit, held, scene, choice(wanted, ways)?, None).await,
    }
}

/// The recovery codes are kept: what their enrolment has proven counts now.
async fn kept(
    act: Act<'_>,
    unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    new: &NewCodes,
) -> Result<Next, Halt> {
    let Some((factor, proof)) = new.proof else {
        unit.commit().await?;
        let next = Next { view: View::Own(crate::flows::paths::SECURITY_INFO), cookies: Vec::new() };
        return Ok(next.with(CookieChange::ClearStep(held.id)));
    };
    let spends = Spends::Enrolment(factor);
    let passed = Passed { means: proof.means, at: proof.at, spends, tallies: Vec::new() };
    let handle = act.visitor.step(held.id).unwrap_or_default().to_owned();
    go_on::passed(act, unit, held, scene, &passed, &handle).await
}

/// The first factor is enrolled only straight after a fresh sign-in: the person goes to the partner, and
/// comes back to the same question.
async fn prove_afresh(act: Act<'_>, unit: Box<dyn UnitOfWork>, held: &Held, scene: &Scene) -> Result<Next, Halt> {
    unit.commit().await?;
    let next = match &held.errand {
        Errand::SignIn(request) => {
            begin::prove_afresh(act.services, request, held.session, scene.partner, act.visitor, act.now).await?
        }
        Errand::Manage => Next { view: View::Own(crate::flows::paths::SECURITY_INFO), cookies: Vec::new() },
    };
    Ok(next.with(CookieChange::ClearStep(held.id)))
}

/// Asks, and commits.
pub(super) async fn ask(
    act: Act<'_>,
    mut unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    entered: Entered,
    slip: Option<Slip>,
) -> Result<Next, Halt> {
    let next = show::step(act, unit.as_mut(), held, scene, entered, slip).await?;
    unit.commit().await?;
    Ok(next)
}

//! Going on once a factor has been passed: everything is decided again, in the unit that records it.

use crate::domain::factors::FactorKind;
use crate::domain::refusal::Refusal;
use crate::domain::store::UnitOfWork;
use crate::factors::fault::FactorFault;
use crate::flows::next::{CookieChange, Next, View};
use crate::flows::refusals::{Context, answer};
use crate::flows::sign_in::{Halt, resume};

use super::held::{Errand, Held, take_by};
use super::record::{self, Passed, Spends};
use super::scene::Scene;
use super::{Act, enter, known, show, slips};

/// Records that a factor was passed and goes on with the errand. `handle` is that of the step's row, for
/// doing it again where the errand ends in a refusal: what was passed has been passed all the same.
pub(super) async fn passed(
    act: Act<'_>,
    mut unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    passed: &Passed,
    handle: &str,
) -> Result<Next, Halt> {
    let kind = passed.means.kind();
    let session = match record::passed(act, unit.as_mut(), held, scene, passed).await? {
        Ok(session) => session,
        Err(fault) => return refused(act, unit, held, scene, kind, fault).await,
    };
    let next = match &held.errand {
        Errand::Manage => {
            unit.commit().await?;
            Next { view: View::Own(crate::flows::paths::SECURITY_INFO), cookies: Vec::new() }
        }
        Errand::SignIn(request) => {
            let proven = held.proven(request);
            match resume::resume(act.services, unit, &proven, act.visitor, act.now).await {
                Ok(next) => next,
                Err(Halt::Refused(refusal)) => return passed_in_vain(act, held, passed, handle, *refusal).await,
                Err(store) => return Err(store),
            }
        }
    };
    metrics::counter!("entente_factors_total", "kind" => kind.as_str(), "outcome" => "passed").increment(1);
    Ok(with_cookies(act, held, next, session))
}

/// A factor that was passed on the way to a refusal: it is recorded by itself, since its unit has been
/// rolled back.
async fn passed_in_vain(
    act: Act<'_>,
    held: &Held,
    passed: &Passed,
    handle: &str,
    refusal: Refusal,
) -> Result<Next, Halt> {
    let mut unit = act.services.store.unit_of_work().await?;
    take_by(act, unit.as_mut(), held.id, handle).await?;
    let scene = Scene::read(act, unit.as_mut(), held).await?;
    if let Spends::Enrolment(id) = passed.spends
        && unit.find_factor(held.guest, id).await?.is_none()
    {
        // The factor went with the unit, and what it proved goes with it.
        unit.commit().await?;
        return Ok(answer(act.services, refusal, context(act, held)).await.with(CookieChange::ClearStep(held.id)));
    }
    let session = record::passed(act, unit.as_mut(), held, &scene, passed).await?;
    unit.commit().await?;
    let next = answer(act.services, refusal, context(act, held)).await;
    Ok(match session {
        Ok(session) => with_cookies(act, held, next, session),
        Err(_) => next.with(CookieChange::ClearStep(held.id)),
    })
}

/// Audits that a factor was not accepted and asks once more.
pub(super) async fn refused(
    act: Act<'_>,
    mut unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    kind: FactorKind,
    fault: FactorFault,
) -> Result<Next, Halt> {
    let slip = slips::of(fault)?;
    unit.append_audit(&record::refused(act, held, scene, kind, fault)).await?;
    let entered = enter::again(act, scene, &held.step)?;
    let next = show::step(act, unit.as_mut(), held, scene, entered, Some(slip)).await?;
    unit.commit().await?;
    Ok(next)
}

/// What a refusal at a step is told with.
pub(super) fn context<'a>(act: Act<'a>, held: &'a Held) -> Context<'a> {
    Context {
        attempt: Some(held.id),
        request: held.request(),
        session: Some((held.guest, held.session)),
        ..Context::of(act.visitor, act.now)
    }
}

/// The session's new handle, this browser's memory, and no step any more unless another one follows.
fn with_cookies(act: Act<'_>, held: &Held, next: Next, session: String) -> Next {
    let follows = next.cookies.iter().any(|change| matches!(change, CookieChange::SetStep(id, _) if *id == held.id));
    let ends = (!follows).then_some(CookieChange::ClearStep(held.id));
    let changes = [Some(CookieChange::SetSession(session)), known::remember(act, held.guest), ends];
    changes.into_iter().flatten().fold(next, Next::with)
}

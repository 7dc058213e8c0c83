//! Showing a step: its row under a new handle, its page, and the cookie of the handle.

use crate::domain::attempts::steps::{Challenge, Step, Way};
use crate::domain::store::UnitOfWork;
use crate::flows::next::factors::{FactorPage, Slip};
use crate::flows::next::{CookieChange, Next, Page};
use crate::flows::sign_in::{Halt, issue, keep};

use super::Act;
use super::enter::Entered;
use super::held::Held;
use super::scene::Scene;
use super::ways::Ways;

/// Writes the step into the unit and makes the page that asks.
pub(super) async fn step(
    act: Act<'_>,
    unit: &mut dyn UnitOfWork,
    held: &Held,
    scene: &Scene,
    entered: Entered,
    slip: Option<Slip>,
) -> Result<Next, Halt> {
    let Entered { step, asks } = entered;
    let has_other_ways = has_other_ways(act, scene, &step);
    let id = held.id;
    let handle = held.at(step).keep(act, unit).await?;
    let page = FactorPage {
        attempt: id,
        app_name: scene.app_name.clone(),
        person: issue::label(&scene.guest),
        asks,
        slip,
        has_other_ways,
    };
    let next = Next::page(Page::Factor(Box::new(page)));
    let next =
        keep::giving_way(&act.visitor.steps, id, handle.len()).map(CookieChange::ClearStep).fold(next, Next::with);
    Ok(next.with(CookieChange::SetStep(id, handle)))
}

/// Whether the person could do something else about the need.
fn has_other_ways(act: Act<'_>, scene: &Scene, step: &Step) -> bool {
    let wanted = match step {
        Step::Challenge(Challenge { way: Way::Open, .. }) | Step::RecoveryCodes(_) | Step::Consent => return false,
        Step::Challenge(challenge) => challenge.wanted,
        Step::Enrol(enrolment) => enrolment.wanted,
    };
    let count = match scene.standing(act).ways(wanted) {
        Ways::Pass { pass, enrol } => pass.iter().count() + enrol.iter().count(),
        Ways::PassFirst { pass, .. } => pass.iter().count(),
        Ways::Enrol(enrol) | Ways::ProveAfresh(enrol) => enrol.iter().count(),
        Ways::OutOfReach => 0,
    };
    count > 1
}

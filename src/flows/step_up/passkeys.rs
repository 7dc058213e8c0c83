//! Passkeys. A signature cannot be guessed, so no try is counted; what a ceremony remembers is good for
//! one answer, and another challenge follows a refused one.

use crate::domain::attempts::steps::{Challenge, Step, Way};
use crate::domain::factors::proof::Means;
use crate::domain::factors::{FactorKind, PasskeyMaterial};
use crate::domain::store::UnitOfWork;
use crate::factors::fault::{FactorFault, PasskeyFault};
use crate::flows::next::Next;
use crate::flows::next::factors::Slip;
use crate::flows::sign_in::Halt;

use super::held::Held;
use super::record::{Passed, Spends};
use super::scene::Scene;
use super::{Act, enter, go_on, show};

/// Judges the browser's answer to the ceremony of this step.
pub(super) async fn check(
    act: Act<'_>,
    unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    credential: &str,
) -> Result<Next, Halt> {
    if credential.is_empty() {
        return missing(act, unit, held, scene).await;
    }
    let kept = enter::kept(scene);
    let used = match &held.step {
        Step::Challenge(Challenge { way: Way::Passkey { ceremony }, .. }) => {
            let party = enter::party(act.services)?;
            party.finish_authentication(held.guest, ceremony, credential.as_bytes(), &kept, act.now)
        }
        _ => Err(PasskeyFault::StateMalformed),
    };
    match used {
        Ok(used) => {
            let PasskeyMaterial { protection, .. } = used.material;
            let spends = Spends::Signature(used.id, Box::new(used.material));
            let passed = Passed { means: Means::Passkey(protection), at: act.now, spends, tallies: Vec::new() };
            // The row of the step goes with the unit that accepts, and stays where that is rolled back.
            let handle = act.visitor.step(held.id).unwrap_or_default().to_owned();
            go_on::passed(act, unit, held, scene, &passed, &handle).await
        }
        Err(fault) => go_on::refused(act, unit, held, scene, FactorKind::Passkey, FactorFault::from(fault)).await,
    }
}

/// The browser gave nothing, as where the person broke off or no script runs.
pub(super) async fn missing(
    act: Act<'_>,
    mut unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
) -> Result<Next, Halt> {
    let entered = enter::again(act, scene, &held.step)?;
    let next = show::step(act, unit.as_mut(), held, scene, entered, Some(Slip::PasskeyMissing)).await?;
    unit.commit().await?;
    Ok(next)
}

//! Codes that are typed: of an authenticator app, by mail, for recovery.
//!
//! A try is counted and committed before its code is judged, so that tries at the same time cannot
//! share one count and none is free by breaking off.

use std::net::{IpAddr, Ipv6Addr};

use crate::domain::attempts::steps::{Challenge, Step, Way};
use crate::domain::factors::codes::{CodePurpose, MailedCode};
use crate::domain::factors::limits::{Lane, Network, TallyKey, Wait, count_try, tallies};
use crate::domain::factors::proof::Means;
use crate::domain::factors::{FactorKind, Material};
use crate::domain::store::{StoreError, UnitOfWork};
use crate::factors::fault::FactorFault;
use crate::factors::{mailed_code, recovery_code, totp};
use crate::flows::next::Next;
use crate::flows::next::factors::Slip;
use crate::flows::refusals;
use crate::flows::sign_in::{Halt, Tries};

use super::held::{Held, take_by};
use super::record::{self, Passed, Spends};
use super::scene::Scene;
use super::{Act, enter, go_on, known, show};

/// A try that has been counted.
struct Counted<'a> {
    kind: FactorKind,
    input: &'a str,
    tallies: Vec<TallyKey>,
    mailed: Option<MailedCode>,
    /// The handle of the row that the step has now.
    handle: String,
}

/// Judges a code of `kind`.
pub(super) async fn check(
    act: Act<'_>,
    mut unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    kind: FactorKind,
    input: &str,
) -> Result<Next, Halt> {
    let keys = keys(act, scene, kind);
    if let Err(wait) = count(act, unit.as_mut(), &keys).await? {
        return waits(act, unit, held, scene, kind, wait).await;
    }
    let mailed = match &held.step {
        Step::Challenge(Challenge { way: Way::MailedCode { sent: Some(id) }, .. }) => {
            unit.count_mailed_code_try(held.guest, CodePurpose::SecondFactor, *id).await?
        }
        _ => None,
    };
    let handle = held.keep(act, unit.as_mut()).await?;
    unit.commit().await?;
    let counted = Counted { kind, input, tallies: keys, mailed, handle };
    let mut tries = Tries::default();
    loop {
        match judge(act, held, &counted).await {
            // The try has been counted: it must not be done again from its beginning.
            Err(halt) => tries.again(act.services, halt).await.map_err(Halt::into_refusal)?,
            Ok(next) => return Ok(next),
        }
    }
}

/// What is counted for a try. Every authenticator app of the person is tried by one code, so the tally
/// of each rises.
fn keys(act: Act<'_>, scene: &Scene, kind: FactorKind) -> Vec<TallyKey> {
    let guest = scene.guest.id;
    let lane: Lane = known::lane(act, guest);
    let network = Network::of(act.visitor.address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
    let apps = scene.enrolled.iter().filter(|factor| factor.material.kind() == kind).map(|factor| Some(factor.id));
    let factors: Vec<_> = if kind == FactorKind::Totp { apps.collect() } else { vec![None] };
    let mut keys: Vec<TallyKey> = Vec::new();
    for factor in factors {
        for key in tallies(guest, kind, factor, lane, network) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    // Rows are locked in one order: those of factors first, then those of the account and the network.
    keys.sort_by_key(|key| match key {
        TallyKey::Factor(..) | TallyKey::Kind(..) | TallyKey::Recovery(..) => 0,
        TallyKey::Account(..) | TallyKey::Address(_) => 1,
        TallyKey::Network(..) => 2,
    });
    keys
}

async fn count(act: Act<'_>, unit: &mut dyn UnitOfWork, keys: &[TallyKey]) -> Result<Result<(), Wait>, StoreError> {
    let mut known = Vec::with_capacity(keys.len());
    for key in keys {
        known.push((*key, unit.lock_tally(key).await?));
    }
    match count_try(&known, act.now) {
        Err(wait) => Ok(Err(wait)),
        Ok(counted) => {
            for (key, tally) in &counted {
                unit.update_tally(key, tally).await?;
            }
            Ok(Ok(()))
        }
    }
}

/// There may be no try yet. It is not judged, and asking makes no wait longer.
async fn waits(
    act: Act<'_>,
    mut unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    kind: FactorKind,
    wait: Wait,
) -> Result<Next, Halt> {
    let slip = Slip::Wait(wait.until.since(act.now));
    let entered = enter::again(act, scene, &held.step)?;
    let next = show::step(act, unit.as_mut(), held, scene, entered, Some(slip)).await?;
    unit.commit().await?;
    refusals::note_try(act.services, act.visitor, record::refused(act, held, scene, kind, wait.into()));
    Ok(next)
}

async fn judge(act: Act<'_>, held: &Held, counted: &Counted<'_>) -> Result<Next, Halt> {
    let mut unit = act.services.store.unit_of_work().await?;
    take_by(act, unit.as_mut(), held.id, &counted.handle).await?;
    let scene = Scene::read(act, unit.as_mut(), held).await?;
    match verdict(act, unit.as_mut(), &scene, counted).await? {
        Ok((means, spends)) => {
            let passed = Passed { means, at: act.now, spends, tallies: counted.tallies.clone() };
            go_on::passed(act, unit, held, &scene, &passed, &counted.handle).await
        }
        Err(fault) => go_on::refused(act, unit, held, &scene, counted.kind, fault).await,
    }
}

async fn verdict(
    act: Act<'_>,
    unit: &mut dyn UnitOfWork,
    scene: &Scene,
    counted: &Counted<'_>,
) -> Result<Result<(Means, Spends), FactorFault>, Halt> {
    let (sealer, guest, input) = (act.services.sealer.as_ref(), scene.guest.id, counted.input);
    Ok(match counted.kind {
        FactorKind::Totp => totp_verdict(act, scene, input),
        FactorKind::MailedCode => {
            let mailed = act.services.settings.factors.mailed_codes;
            match &counted.mailed {
                None => Err(FactorFault::MailedCodeExpired),
                Some(code) => mailed_code::check(sealer, guest, code, mailed, input, act.now)
                    .map(|()| (Means::MailedCode, Spends::MailedCode(code.id))),
            }
        }
        FactorKind::RecoveryCode => {
            let left = unit.list_recovery_codes(guest).await?;
            recovery_code::find(sealer, guest, &left, input).map(|id| (Means::RecoveryCode, Spends::RecoveryCode(id)))
        }
        FactorKind::Passkey => Err(FactorFault::CodeMalformed),
    })
}

/// One code for all authenticator apps of the person. Where none takes it, the app that knows it as used
/// says more than those that do not know it.
fn totp_verdict(act: Act<'_>, scene: &Scene, input: &str) -> Result<(Means, Spends), FactorFault> {
    let mut fault = FactorFault::TotpWrong;
    for factor in &scene.enrolled {
        let Material::Totp(material) = &factor.material else { continue };
        match totp::check(&act.services.sealer, factor.id, material, input, act.now) {
            Ok(step) => return Ok((Means::Totp, Spends::TotpStep(factor.id, step))),
            Err(FactorFault::TotpWrong) => {}
            Err(other) => fault = other,
        }
    }
    Err(fault)
}

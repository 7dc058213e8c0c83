//! Confirming a factor that is enrolled. Nothing is kept before it has been shown to work; with the
//! first one recovery codes are made.

use std::time::Duration;

use crate::domain::attempts::ATTEMPT_LIFE;
use crate::domain::attempts::steps::{Enrolling, Enrolment, NewCodes, Step};
use crate::domain::audit::Activity;
use crate::domain::factors::proof::{FactorProof, Means};
use crate::domain::factors::{Enrolled, FactorId, FactorKind, FactorLabel, MAX_FACTORS, Material, TotpMaterial};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::{StoreError, UnitOfWork};
use crate::factors::fault::{FactorFault, PasskeyFault};
use crate::factors::recovery_code;
use crate::factors::totp::TotpSecret;
use crate::flows::next::Next;
use crate::flows::sign_in::Halt;
use crate::texts::language::Language;

use super::answer::Given;
use super::held::Held;
use super::record::{self, Passed, Spends};
use super::scene::Scene;
use super::{Act, enter, go_on, passkeys, show};

/// How long an enrolment may take beyond the age of the proof with which it was begun.
const SLACK: Duration = ATTEMPT_LIFE;

/// Judges the answer that confirms an enrolment.
pub(super) async fn confirm(
    act: Act<'_>,
    mut unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    enrolment: &Enrolment,
    given: &Given<'_>,
) -> Result<Next, Halt> {
    let standing = scene.standing(act);
    if !standing.may_enrol_now(SLACK) {
        return Err(Refusal::new(Code::FactorRefused, "enrolment_without_proof").into());
    }
    if scene.enrolled.len() >= MAX_FACTORS {
        return Err(Refusal::new(Code::FactorRefused, "factors_too_many").into());
    }
    let (kind, made) = match &enrolment.factor {
        Enrolling::Totp { id, sealed_secret } => (FactorKind::Totp, totp(act, *id, sealed_secret, given)),
        Enrolling::Passkey { .. } if given.credential.is_empty() => {
            return passkeys::missing(act, unit, held, scene).await;
        }
        Enrolling::Passkey { ceremony } => (FactorKind::Passkey, passkey(act, held, scene, ceremony, given)?),
    };
    let (id, material, means) = match made {
        Ok(made) => made,
        Err(fault) => return go_on::refused(act, unit, held, scene, kind, fault).await,
    };
    let label = label(act, kind, given);
    let factor = Enrolled { id, guest: held.guest, label, material, created_at: act.now, used_at: Some(act.now) };
    match unit.insert_factor(&factor).await {
        Err(StoreError::Taken { .. }) => {
            let fault = FactorFault::Passkey(PasskeyFault::EnrolledAlready);
            return go_on::refused(act, unit, held, scene, kind, fault).await;
        }
        other => other?,
    }
    let mut entry = record::entry(act, Activity::FactorEnrolled, held, scene);
    entry.details.push(("kind", kind.as_str().to_owned()));
    entry.details.push(("factor", id.to_string()));
    unit.append_audit(&entry).await?;
    if scene.recovery_codes == 0 {
        let proof = FactorProof { means, at: act.now };
        return hand_out_codes(act, unit, held, scene, Some((id, proof))).await;
    }
    let passed = Passed { means, at: act.now, spends: Spends::Enrolment(id), tallies: Vec::new() };
    let handle = act.visitor.step(held.id).unwrap_or_default().to_owned();
    go_on::passed(act, unit, held, scene, &passed, &handle).await
}

type Made = Result<(FactorId, Material, Means), FactorFault>;

fn totp(act: Act<'_>, id: FactorId, sealed_secret: &[u8], given: &Given<'_>) -> Made {
    let last_step = TotpSecret::open(&act.services.sealer, id, sealed_secret)?.check(given.code, None, act.now)?;
    Ok((id, Material::Totp(TotpMaterial { sealed_secret: sealed_secret.to_vec(), last_step }), Means::Totp))
}

fn passkey(act: Act<'_>, held: &Held, scene: &Scene, ceremony: &[u8], given: &Given<'_>) -> Result<Made, Refusal> {
    let kept = enter::passkeys(scene);
    let party = enter::party(act.services)?;
    let made = party.finish_registration(held.guest, ceremony, given.credential.as_bytes(), &kept, act.now);
    let made = made.map(|material| {
        let means = Means::Passkey(material.protection);
        (FactorId::new(act.now, act.services.random.as_ref()), Material::Passkey(material), means)
    });
    Ok(made.map_err(FactorFault::from))
}

/// The name that the person gives it, or else that of its kind.
fn label(act: Act<'_>, kind: FactorKind, given: &Given<'_>) -> FactorLabel {
    let key = if kind == FactorKind::Passkey { "factor-passkey" } else { "factor-totp" };
    let usual = || act.services.catalogue.text(Language::FALLBACK, key, &[]);
    FactorLabel::parse(given.label).or_else(|| FactorLabel::parse(&usual())).unwrap_or_else(|| FactorLabel::of(kind))
}

/// Makes recovery codes in the place of those before, and shows them until they are kept.
pub(super) async fn hand_out_codes(
    act: Act<'_>,
    mut unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    proof: Option<(FactorId, FactorProof)>,
) -> Result<Next, Halt> {
    let services = act.services;
    let made = recovery_code::make(&services.sealer, services.random.as_ref(), held.guest, act.now);
    let (codes, texts): (Vec<_>, Vec<_>) = made.into_iter().unzip();
    unit.replace_recovery_codes(held.guest, &codes).await?;
    unit.append_audit(&record::entry(act, Activity::RecoveryCodesMade, held, scene)).await?;
    let entered = enter::again(act, scene, &Step::RecoveryCodes(NewCodes { codes: texts, proof }))?;
    let next = show::step(act, unit.as_mut(), held, scene, entered, None).await?;
    unit.commit().await?;
    Ok(next)
}

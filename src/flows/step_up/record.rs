//! What is written when a factor is passed or refused: the spent code, the tallies, the session's proof
//! under a new handle, and the audit.

use crate::base::clock::Timestamp;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::factors::codes::{MailedCodeId, RecoveryCodeId};
use crate::domain::factors::limits::TallyKey;
use crate::domain::factors::proof::{FactorProof, Means};
use crate::domain::factors::{FactorId, FactorKind, PasskeyMaterial};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::AppRequest;
use crate::domain::sessions::{HandleHash, new_row_handle};
use crate::domain::store::UnitOfWork;
use crate::domain::store::sign_ins::Once;
use crate::factors::fault::{FactorFault, PasskeyFault};
use crate::flows::sign_in::Halt;

use super::Act;
use super::held::Held;
use super::scene::Scene;

/// A factor that was judged good.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    /// By which means.
    pub means: Means,
    /// When.
    pub at: Timestamp,
    /// What is spent by it.
    pub spends: Spends,
    /// The tallies of its tries.
    pub tallies: Vec<TallyKey>,
}

/// What is spent by passing a factor.
#[derive(Debug, Clone)]
pub(super) enum Spends {
    /// A time step.
    TotpStep(FactorId, i64),
    /// A signature of a passkey, whose counter moves on.
    Signature(FactorId, Box<PasskeyMaterial>),
    /// A mailed code.
    MailedCode(MailedCodeId),
    /// A recovery code.
    RecoveryCode(RecoveryCodeId),
    /// Nothing: it was proven by enrolling this factor, which must still be there.
    Enrolment(FactorId),
}

impl Spends {
    const fn factor(&self) -> Option<FactorId> {
        match self {
            Self::TotpStep(id, _) | Self::Signature(id, _) | Self::Enrolment(id) => Some(*id),
            Self::MailedCode(_) | Self::RecoveryCode(_) => None,
        }
    }
}

/// Writes that a factor was passed and returns the session's new handle; a fault where somebody else
/// has spent the same meanwhile.
pub(super) async fn passed(
    act: Act<'_>,
    unit: &mut dyn UnitOfWork,
    held: &Held,
    scene: &Scene,
    passed: &Passed,
) -> Result<Result<String, FactorFault>, Halt> {
    let (once, fault) = match &passed.spends {
        Spends::TotpStep(id, step) => (unit.remember_totp_step(*id, *step, act.now).await?, FactorFault::TotpReplayed),
        Spends::Signature(id, material) => {
            let once = unit.advance_passkey(*id, material, act.now).await?;
            (once, FactorFault::Passkey(PasskeyFault::CounterCloned))
        }
        Spends::MailedCode(id) => (unit.take_mailed_code(*id, act.now).await?, FactorFault::MailedCodeExpired),
        Spends::RecoveryCode(id) => (unit.take_recovery_code(*id).await?, FactorFault::RecoveryCodeWrong),
        Spends::Enrolment(id) => {
            // A reset, or its owner elsewhere, may have removed it while the codes were on the page.
            if unit.find_factor(held.guest, *id).await?.is_none() {
                return Err(Refusal::new(Code::FactorExpired, "factor_removed_meanwhile").into());
            }
            (Once::First, FactorFault::TotpReplayed)
        }
    };
    if once == Once::Again {
        return Ok(Err(fault));
    }
    for key in passed.tallies.iter().filter(|key| key.ends_with_success()) {
        unit.delete_tally(key).await?;
    }
    let handle = new_row_handle(act.now, act.services.random.as_ref());
    let proof = FactorProof { means: passed.means, at: passed.at };
    if unit.add_factor_proof(held.session, &proof, &HandleHash::of(&handle)).await? == Once::Again {
        return Err(Refusal::new(Code::InteractionNeeded, "session_ended_meanwhile").into());
    }
    let mut entry = entry(act, Activity::FactorPassed, held, scene);
    entry.details.push(("kind", passed.means.kind().as_str().to_owned()));
    entry.details.extend(passed.spends.factor().map(|id| ("factor", id.to_string())));
    unit.append_audit(&entry).await?;
    Ok(Ok(handle))
}

/// The audit entry of a factor that was not accepted.
pub(super) fn refused(act: Act<'_>, held: &Held, scene: &Scene, kind: FactorKind, fault: FactorFault) -> AuditEntry {
    let refusal = fault.refusal();
    metrics::counter!("entente_factors_total", "kind" => kind.as_str(), "outcome" => refusal.cause).increment(1);
    let mut entry = entry(act, Activity::FactorRefused, held, scene).refused(&refusal);
    entry.details.push(("kind", kind.as_str().to_owned()));
    entry
}

/// An audit entry about a person at a step.
pub(super) fn entry(act: Act<'_>, activity: Activity, held: &Held, scene: &Scene) -> AuditEntry {
    let id = AuditId::new(act.now, act.services.random.as_ref());
    let mut entry = AuditEntry::new(id, act.now, activity, Actor::Visitor);
    entry.attempt = Some(held.id);
    entry.partner = Some(scene.partner);
    entry.app = held.request().and_then(AppRequest::asking);
    entry.guest = Some(held.guest);
    entry.session = Some(held.session);
    entry.address = act.visitor.address.map(|address| address.to_string());
    entry
}

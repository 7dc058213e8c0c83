//! Entering a step: what it must remember, and what its page asks.

use crate::domain::attempts::steps::{Challenge, Enrolling, Enrolment, NewCodes, Step, Way};
use crate::domain::factors::kinds::Kinds;
use crate::domain::factors::{FactorId, FactorKind, Material, PasskeyMaterial};
use crate::domain::guests::Guest;
use crate::domain::refusal::{Code, Refusal};
use crate::factors::fault::{FactorFault, PasskeyFault};
use crate::factors::passkey::RelyingParty;
use crate::factors::passkey::authentication::Kept;
use crate::factors::passkey::registration::AccountNames;
use crate::factors::qr;
use crate::factors::totp::TotpSecret;
use crate::flows::next::factors::{FactorAsks, Reason};
use crate::flows::services::Services;
use crate::flows::sign_in::issue;

use super::Act;
use super::scene::Scene;
use super::ways::Ways;

/// A step with what its page asks.
#[derive(Debug)]
pub(super) struct Entered {
    /// The step.
    pub step: Step,
    /// What its page asks.
    pub asks: FactorAsks,
}

/// What is asked first of a person who may do `ways`; nothing where they must go to the partner before.
pub(super) fn first(act: Act<'_>, scene: &Scene, wanted: Kinds, ways: Ways) -> Result<Option<Entered>, Refusal> {
    match ways {
        // Where something may be enrolled in the place of a weak way, the person is asked which.
        Ways::Pass { enrol, .. } if !enrol.is_empty() => Ok(Some(choice(wanted, ways))),
        Ways::Pass { pass, .. } | Ways::PassFirst { pass, .. } => match scene.standing(act).preferred(pass) {
            Some(kind) => challenge(act, scene, wanted, kind).map(Some),
            None => Err(out_of_reach()),
        },
        Ways::Enrol(kinds) => {
            let mut kinds_left = kinds.iter();
            match (kinds_left.next(), kinds_left.next()) {
                (Some(only), None) => enrol(act, scene, wanted, only).map(Some),
                _ => Ok(Some(choice(wanted, ways))),
            }
        }
        Ways::ProveAfresh(_) => Ok(None),
        Ways::OutOfReach => Err(out_of_reach()),
    }
}

/// The choice between the ways.
pub(super) fn choice(wanted: Kinds, ways: Ways) -> Entered {
    let (reason, pass, enrol) = match ways {
        Ways::Pass { pass, enrol } => (Reason::Needed, pass, enrol),
        Ways::PassFirst { pass, .. } => (Reason::BeforeEnrolment, pass, Kinds::NONE),
        Ways::Enrol(enrol) | Ways::ProveAfresh(enrol) => (Reason::Enrolment, Kinds::NONE, enrol),
        Ways::OutOfReach => (Reason::Needed, Kinds::NONE, Kinds::NONE),
    };
    Entered {
        step: Step::Challenge(Challenge { wanted, way: Way::Open }),
        asks: FactorAsks::Way { reason, pass, enrol },
    }
}

/// Asks for a factor of one kind.
pub(super) fn challenge(act: Act<'_>, scene: &Scene, wanted: Kinds, kind: FactorKind) -> Result<Entered, Refusal> {
    let (way, asks) = match kind {
        FactorKind::Totp => (Way::Totp, FactorAsks::Totp),
        FactorKind::RecoveryCode => (Way::RecoveryCode, FactorAsks::RecoveryCode),
        FactorKind::MailedCode => {
            (Way::MailedCode { sent: None }, FactorAsks::MailedCode { address: masked(&scene.guest), sent: false })
        }
        FactorKind::Passkey => {
            let kept = kept(scene);
            let begun = party(act.services)?.begin_authentication(scene.guest.id, &kept, act.now).map_err(fault)?;
            (Way::Passkey { ceremony: begun.state }, FactorAsks::Passkey { options: begun.options })
        }
    };
    Ok(Entered { step: Step::Challenge(Challenge { wanted, way }), asks })
}

/// Begins the enrolment of a factor of one kind.
pub(super) fn enrol(act: Act<'_>, scene: &Scene, wanted: Kinds, kind: FactorKind) -> Result<Entered, Refusal> {
    let services = act.services;
    let random = services.random.as_ref();
    let (factor, asks) = match kind {
        FactorKind::Totp => {
            let id = FactorId::new(act.now, random);
            let secret = TotpSecret::new(random);
            let sealed_secret = secret.seal(&services.sealer, random, id).map_err(|fault| fault.refusal())?;
            (Enrolling::Totp { id, sealed_secret }, totp_asks(services, &scene.guest, &secret)?)
        }
        FactorKind::Passkey => {
            let name = issue::label(&scene.guest);
            let display_name = scene.guest.display_name.as_deref().unwrap_or(&name);
            let names = AccountNames { name: &name, display_name };
            let kept = passkeys(scene);
            let begun = party(services)?.begin_registration(scene.guest.id, names, &kept, act.now).map_err(fault)?;
            (Enrolling::Passkey { ceremony: begun.state }, FactorAsks::EnrolPasskey { options: begun.options })
        }
        FactorKind::MailedCode | FactorKind::RecoveryCode => {
            return Err(Refusal::new(Code::BadRequest, "kind_not_enrolled"));
        }
    };
    Ok(Entered { step: Step::Enrol(Enrolment { wanted, factor }), asks })
}

/// Asks the same step once more. A passkey's ceremony is good for one answer, so it is begun anew.
pub(super) fn again(act: Act<'_>, scene: &Scene, step: &Step) -> Result<Entered, Refusal> {
    let asks = match step {
        Step::Challenge(Challenge { wanted, way }) => match way {
            Way::Open => return Ok(choice(*wanted, scene.standing(act).ways(*wanted))),
            Way::Passkey { .. } => return challenge(act, scene, *wanted, FactorKind::Passkey),
            Way::Totp => FactorAsks::Totp,
            Way::RecoveryCode => FactorAsks::RecoveryCode,
            Way::MailedCode { sent } => FactorAsks::MailedCode { address: masked(&scene.guest), sent: sent.is_some() },
        },
        Step::Enrol(Enrolment { wanted, factor }) => match factor {
            Enrolling::Passkey { .. } => return enrol(act, scene, *wanted, FactorKind::Passkey),
            Enrolling::Totp { id, sealed_secret } => {
                let secret = TotpSecret::open(&act.services.sealer, *id, sealed_secret);
                totp_asks(act.services, &scene.guest, &secret.map_err(|fault| fault.refusal())?)?
            }
        },
        Step::RecoveryCodes(NewCodes { codes, .. }) => FactorAsks::RecoveryCodes { codes: codes.clone() },
        Step::Consent => return Err(Refusal::new(Code::AttemptSpent, "step_of_another_kind")),
    };
    Ok(Entered { step: step.clone(), asks })
}

/// The guest's passkeys, as a ceremony of authentication takes them.
pub(super) fn kept(scene: &Scene) -> Vec<Kept<'_>> {
    let passkeys = scene.enrolled.iter().filter_map(|factor| match &factor.material {
        Material::Passkey(material) => Some(Kept { id: factor.id, material }),
        Material::Totp(_) => None,
    });
    passkeys.collect()
}

/// The guest's passkeys, as a ceremony of registration takes them.
pub(super) fn passkeys(scene: &Scene) -> Vec<PasskeyMaterial> {
    kept(scene).iter().map(|kept| kept.material.clone()).collect()
}

/// Ourselves toward passkeys.
pub(super) fn party(services: &Services) -> Result<&RelyingParty, Refusal> {
    services.passkeys.as_deref().ok_or_else(out_of_reach)
}

fn totp_asks(services: &Services, guest: &Guest, secret: &TotpSecret) -> Result<FactorAsks, Refusal> {
    let uri = secret.to_uri(&services.settings.organization.name, &issue::label(guest));
    let picture = qr::svg(uri.expose()).map_err(|fault| fault.refusal())?;
    Ok(FactorAsks::EnrolTotp { picture, secret: secret.to_base32() })
}

fn fault(fault: PasskeyFault) -> Refusal {
    FactorFault::from(fault).refusal()
}

/// Nothing that the person has, or could enrol, answers the need.
pub(super) fn out_of_reach() -> Refusal {
    Refusal::new(Code::AssuranceUnmet, "no_factor_in_reach")
}

/// The mail address with most of its local part hidden: who holds it knows it, and nobody else learns it.
fn masked(guest: &Guest) -> String {
    let Some(mail) = &guest.mail else { return String::new() };
    let (local, domain) = mail.as_str().split_once('@').unwrap_or_default();
    let first: String = local.chars().take(1).collect();
    format!("{first}•••@{domain}")
}

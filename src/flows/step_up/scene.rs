//! What is true of a person at a step, read fresh in the unit that acts.

use crate::domain::apps::AppId;
use crate::domain::factors::Enrolled;
use crate::domain::grants::SessionReading;
use crate::domain::guests::{Guest, Standing as GuestStanding};
use crate::domain::partners::PartnerId;
use crate::domain::policy::parties::Parties;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::sessions::{HandleHash, Session};
use crate::domain::store::UnitOfWork;
use crate::flows::services::Services;
use crate::flows::sign_in::Halt;

use super::Act;
use super::held::{Errand, Held};
use super::ways::Standing;

/// A person at a step.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    /// The account.
    pub guest: Guest,
    /// The session.
    pub session: Session,
    /// The partner that vouched.
    pub partner: PartnerId,
    /// The app's name, where there is an app.
    pub app_name: Option<String>,
    /// What is enrolled.
    pub enrolled: Vec<Enrolled>,
    /// How many recovery codes are left.
    pub recovery_codes: usize,
}

impl Scene {
    /// Reads it for a step of this browser's session, and refuses whom nothing may be asked any more.
    pub(super) async fn read(act: Act<'_>, unit: &mut dyn UnitOfWork, held: &Held) -> Result<Self, Halt> {
        let enrolled = unit.list_factors(held.guest).await?;
        let recovery_codes = unit.list_recovery_codes(held.guest).await?.len();
        let reading = unit.read_session_by_id(held.session, held.app()).await?;
        let lifetimes = &act.services.settings.lifetimes;
        let reading = reading
            .filter(|reading| reading.session.is_alive(lifetimes, reading.guest.sessions_valid_from, act.now))
            .ok_or(Refusal::new(Code::InteractionNeeded, "session_ended_meanwhile"))?;
        let shown = act.visitor.session.as_deref().map(HandleHash::of);
        if shown != Some(reading.session.handle) {
            return Err(Refusal::new(Code::AttemptMissing, "step_of_another_session").into());
        }
        let app_name = match &held.errand {
            Errand::SignIn(request) => {
                if let Some(refusal) = Parties::of_session(&reading).refusal() {
                    return Err(refusal.into());
                }
                Some(app_name(act.services, unit, request.app).await?)
            }
            Errand::Manage => {
                check_managing(&reading)?;
                None
            }
        };
        let SessionReading { session, guest, partner, .. } = reading;
        Ok(Self { guest, session, partner: partner.id, app_name, enrolled, recovery_codes })
    }

    /// What decides on the ways.
    pub(super) fn standing<'a>(&'a self, act: Act<'a>) -> Standing<'a> {
        Standing {
            settings: &act.services.settings.factors,
            guest: &self.guest,
            session: &self.session,
            enrolled: &self.enrolled,
            recovery_codes: self.recovery_codes,
            now: act.now,
        }
    }
}

/// The app's name for a page.
pub(super) async fn app_name(services: &Services, unit: &mut dyn UnitOfWork, app: AppId) -> Result<String, Halt> {
    if app == AppId::GATEWAY {
        return Ok(services.settings.organization.name.clone());
    }
    let app = unit.read_app(app).await?.ok_or(Refusal::new(Code::AppDisabled, "app_removed"))?;
    Ok(app.name)
}

/// Whether a person may manage their own factors, for which no app counts.
pub(super) fn check_managing(reading: &SessionReading) -> Result<(), Refusal> {
    if !reading.partner.switch.is_on() {
        return Err(Refusal::new(Code::PartnerDisabled, "partner_disabled"));
    }
    match reading.guest.standing {
        GuestStanding::Active => Ok(()),
        GuestStanding::Blocked => Err(Refusal::new(Code::GuestBlocked, "guest_blocked")),
        GuestStanding::Deleted => Err(Refusal::new(Code::IdpUserUnknown, "guest_deleted")),
    }
}

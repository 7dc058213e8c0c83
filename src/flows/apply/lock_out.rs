//! Policies that would shut out every administrator: whoever applies them is asked to say so first.

use crate::base::clock::Timestamp;
use crate::domain::guests::{GuestId, Standing};
use crate::domain::policy::decision::Decision;
use crate::domain::policy::facts::{Place, Shown};
use crate::domain::policy::methods::Method;
use crate::domain::policy::what_if::Given;
use crate::domain::policy::words::{ClientAppType, Platform};
use crate::domain::roles::Role;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::policies::what_if::{Circumstances, Subject, decide};
use crate::flows::policies::{self, Loaded};
use crate::flows::services::Services;

/// What happens to policies by which no administrator can sign in any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockOut {
    /// They are refused.
    Refused,
    /// They are written: whoever applies them has said so.
    Taken,
}

/// The policies as the unit has them by now.
pub(super) async fn loaded(unit: &mut dyn UnitOfWork) -> Result<Loaded, StoreError> {
    policies::read(unit).await
}

/// The mail addresses of the global administrators who could sign in to some app by the policies `before`, where by
/// those of the unit none of them can.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn shut_out(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    before: &Loaded,
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let after = loaded(unit).await?;
    if after.set.version() == before.set.version() {
        return Ok(Vec::new());
    }
    let all = unit.list_role_assignments().await?;
    let is_admin = |role: Role, standing: Standing| role == Role::GlobalAdministrator && standing == Standing::Active;
    let admins = all.into_iter().filter(|one| is_admin(one.role, one.guest.standing));
    let mut shut_out = Vec::new();
    for one in admins {
        if may_sign_in(services, unit, &after, one.guest.id, now).await? {
            return Ok(Vec::new());
        }
        if may_sign_in(services, unit, before, one.guest.id, now).await? {
            shut_out.push(one.guest.mail.map_or(one.guest.user_principal_name, |mail| mail.as_str().to_owned()));
        }
    }
    Ok(shut_out)
}

/// Whether the policies let an account into some app with something, wherever it is.
async fn may_sign_in(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    loaded: &Loaded,
    guest: GuestId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let apps: Vec<_> = unit.list_apps().await?.into_iter().map(|kept| kept.value).collect();
    let mut apps = apps.into_iter().filter(|app| app.switch.is_on()).peekable();
    // Where there is nothing to sign in to, no policy keeps anybody out.
    let Some(first) = apps.peek() else { return Ok(true) };
    let Some(mut subject) = Subject::of(unit, guest, first.clone()).await? else { return Ok(false) };
    let shown = [Shown { method: Method::FederatedSingleFactor, place: Place::Home, at: now }];
    for app in apps {
        subject.app = app;
        for platform in Platform::ALL {
            for client_app_type in ClientAppType::ALL {
                let circumstances = Circumstances {
                    platform: *platform,
                    client_app_type: *client_app_type,
                    ip: Given::NotGiven,
                    country: Given::NotGiven,
                    flow: Given::NotGiven,
                    shown: &shown,
                };
                let answer = decide(services, loaded, &subject, &circumstances, now);
                if !matches!(answer.decision, Decision::Refuse(_)) {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

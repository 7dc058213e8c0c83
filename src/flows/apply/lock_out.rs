//! Policies that would shut out everybody who has a role of an administrator: whoever applies them is asked to say so
//! first.

use std::collections::HashMap;

use crate::base::clock::Timestamp;
use crate::domain::apps::App;
use crate::domain::guests::{GuestId, Standing};
use crate::domain::policy::decision::Decision;
use crate::domain::policy::facts::{Place, Shown};
use crate::domain::policy::methods::Method;
use crate::domain::policy::what_if::Given;
use crate::domain::policy::words::{ClientAppType, Platform};
use crate::domain::roles::{Role, RoleAssignment};
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::policies::what_if::{Circumstances, Subject, decide};
use crate::flows::policies::{self, Loaded};
use crate::flows::services::Services;

/// What happens to policies by which nobody of an administrator's role can sign in any more.
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

/// The roles of which somebody could sign in to some app by the policies `before`, where by those of the unit nobody of
/// the role can, each with the mail addresses of those who are shut out.
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
    let administers = |one: &RoleAssignment| one.role.administers() && one.guest.standing == Standing::Active;
    let all: Vec<_> = all.into_iter().filter(administers).collect();
    let apps = unit.list_apps().await?.into_iter().map(|kept| kept.value);
    let apps: Vec<App> = apps.filter(|app| app.switch.is_on()).collect();
    let (mut may_now, mut could_before) = (HashMap::new(), HashMap::new());
    let mut shut_out = Vec::new();
    for role in Role::ALL {
        let mut names = Vec::new();
        let mut is_kept = false;
        for guest in all.iter().filter(|one| one.role == role).map(|one| &one.guest) {
            if known(&mut may_now, services, unit, (&after, &apps, guest.id), now).await? {
                is_kept = true;
                break;
            }
            if known(&mut could_before, services, unit, (before, &apps, guest.id), now).await? {
                names.push(guest.mail.as_ref().map_or(guest.user_principal_name.as_str(), |mail| mail.as_str()));
            }
        }
        if !is_kept && !names.is_empty() {
            shut_out.push(format!("{}: {}", role.as_str(), names.join(", ")));
        }
    }
    Ok(shut_out)
}

/// What [`may_sign_in`] says, asked once for each account, which may have several roles.
async fn known(
    known: &mut HashMap<GuestId, bool>,
    services: &Services,
    unit: &mut dyn UnitOfWork,
    (loaded, apps, guest): (&Loaded, &[App], GuestId),
    now: Timestamp,
) -> Result<bool, StoreError> {
    if let Some(found) = known.get(&guest) {
        return Ok(*found);
    }
    let found = may_sign_in(services, unit, (loaded, apps), guest, now).await?;
    known.insert(guest, found);
    Ok(found)
}

/// Whether the policies let an account into some app with something, wherever it is.
async fn may_sign_in(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    (loaded, apps): (&Loaded, &[App]),
    guest: GuestId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // Where there is nothing to sign in to, no policy keeps anybody out.
    let Some(first) = apps.first() else { return Ok(true) };
    let Some(mut subject) = Subject::of(unit, guest, first.clone()).await? else { return Ok(false) };
    let shown = [Shown { method: Method::FederatedSingleFactor, place: Place::Home, at: now }];
    for app in apps {
        subject.app = app.clone();
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

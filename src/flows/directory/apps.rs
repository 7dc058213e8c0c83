//! Apps, as far as one must know them to assign people to them.

use super::access::{Sight, sight};
use super::assignments::is_owner;
use super::{DirectoryError, Page};
use crate::domain::apps::{App, AppId};
use crate::domain::people::Principal;
use crate::domain::permissions::{Act, Caller};
use crate::flows::services::Services;

async fn readable(services: &Services, caller: &Caller) -> Result<(), DirectoryError> {
    match sight(services, caller, Act::ReadApps).await? {
        Sight::Everything | Sight::Known => Ok(()),
        Sight::Own | Sight::Nothing => Err(DirectoryError::Denied("you may not read apps")),
    }
}

/// All apps in the order of their ids.
///
/// # Errors
/// [`DirectoryError`].
pub async fn list(services: &Services, caller: &Caller) -> Result<Vec<App>, DirectoryError> {
    readable(services, caller).await?;
    let apps = services.store.unit_of_work().await?.list_apps().await?;
    let mut apps: Vec<App> = apps.into_iter().map(|kept| kept.value).collect();
    apps.sort_unstable_by_key(|app| app.id);
    Ok(apps)
}

/// One app.
///
/// # Errors
/// [`DirectoryError`].
pub async fn one(services: &Services, caller: &Caller, id: &str) -> Result<App, DirectoryError> {
    readable(services, caller).await?;
    find(services, id).await
}

async fn find(services: &Services, id: &str) -> Result<App, DirectoryError> {
    let unknown = || DirectoryError::unknown("servicePrincipal", id);
    let parsed = AppId::parse(id).map_err(|_| unknown())?;
    services.store.unit_of_work().await?.read_app(parsed).await?.ok_or_else(unknown)
}

/// One app that who asks owns; whether there is another is not told.
async fn owned(services: &Services, caller: &Caller, id: &str) -> Result<App, DirectoryError> {
    let denied = || DirectoryError::Denied("you may not read who is assigned");
    let id = AppId::parse(id).ok().filter(|_| caller.is_let(Act::ReadApps)).ok_or_else(denied)?;
    let mut unit = services.store.unit_of_work().await?;
    let app = unit.read_app(id).await?.ok_or_else(denied)?;
    if is_owner(unit.as_mut(), caller, &app).await? { Ok(app) } else { Err(denied()) }
}

/// Who is assigned to an app directly, to whoever may read it or owns the app.
///
/// # Errors
/// [`DirectoryError`].
pub async fn assigned(
    services: &Services,
    caller: &Caller,
    id: &str,
    after: Option<Principal>,
    top: u32,
) -> Result<(App, Page<Principal, Principal>), DirectoryError> {
    let app = match sight(services, caller, Act::ReadApps).await? {
        Sight::Everything => find(services, id).await?,
        Sight::Known | Sight::Own | Sight::Nothing => owned(services, caller, id).await?,
    };
    let items = services.store.assigned_to(app.id, after, top + 1).await?;
    Ok((app, super::groups::page(items, top, None, |principal| *principal)))
}

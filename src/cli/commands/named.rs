//! What arguments name: accounts by mail address or id, apps and groups by slug or id.

use anyhow::bail;

use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guest_details::Sponsor;
use crate::domain::guests::GuestId;
use crate::flows::operate::find_guest;
use crate::flows::services::Services;

/// The account of this mail address or id.
pub(super) async fn guest(services: &Services, name: &str) -> anyhow::Result<GuestId> {
    let mut unit = services.store.unit_of_work().await?;
    Ok(find_guest(unit.as_mut(), name).await?)
}

/// The apps of these slugs or ids.
pub(super) async fn apps(services: &Services, names: &[String]) -> anyhow::Result<Vec<AppId>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let known = services.store.unit_of_work().await?.list_apps().await?;
    let find = |name: &String| {
        let found = known.iter().map(|kept| &kept.value);
        let mut found = found.filter(|app| app.slug.as_str() == name || app.id.to_string() == *name);
        match found.next() {
            Some(app) => Ok(app.id),
            None => bail!("no app `{name}`: `entente app list` shows all"),
        }
    };
    names.iter().map(find).collect()
}

/// The groups of these slugs or ids.
pub(super) async fn groups(services: &Services, names: &[String]) -> anyhow::Result<Vec<GroupId>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let known = services.store.unit_of_work().await?.list_groups().await?;
    let find = |name: &String| {
        let found = known.iter().map(|kept| &kept.value.group);
        let mut found = found.filter(|group| group.slug.as_str() == name || group.id.to_string() == *name);
        match found.next() {
            Some(group) => Ok(group.id),
            None => bail!("no group `{name}`: `entente group list` shows all"),
        }
    };
    names.iter().map(find).collect()
}

/// The accounts and groups of these names: what has an `@` is an account's, any other that of a group, else of an
/// account.
pub(super) async fn sponsors(services: &Services, names: &[String]) -> anyhow::Result<Vec<Sponsor>> {
    let mut sponsors = Vec::new();
    for name in names {
        let group = if name.contains('@') { None } else { groups(services, std::slice::from_ref(name)).await.ok() };
        match group.and_then(|found| found.first().copied()) {
            Some(group) => sponsors.push(Sponsor::Group(group)),
            None => match guest(services, name).await {
                Ok(guest) => sponsors.push(Sponsor::Guest(guest)),
                Err(_) => bail!("no account or group `{name}`"),
            },
        }
    }
    Ok(sponsors)
}

//! What an operator reads at the command line: partners, apps, groups, guests, keys and the audit, each
//! in one transaction that writes nothing.

use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::domain::apps::{App, AppId};
use crate::domain::attempts::AttemptId;
use crate::domain::audit::{AuditQuery, AuditRecord};
use crate::domain::documents::{Owner, Watch};
use crate::domain::groups::Group;
use crate::domain::guests::{Binding, Guest, GuestId};
use crate::domain::notices::Waiting;
use crate::domain::partners::{Partner, PartnerId, Trust};
use crate::domain::store::objects::WholeGuest;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::operate::{OperateError, find_guest};
use crate::flows::services::Services;
use crate::keys::ring::{KeyPurpose, RingKey};

/// How many guests are read at a time.
const PAGE: u32 = 500;
/// The most entries of one attempt that are read; a sign-in has a dozen.
const MAX_OF_ATTEMPT: u32 = 1_000;

/// A guest with names in the place of ids.
#[derive(Debug, Clone)]
pub struct GuestView {
    /// The account.
    pub guest: Guest,
    /// The partner that vouches for it, or that it is pinned to; an id where the partner was removed.
    pub partner: Option<String>,
    /// Slugs of the apps that it is assigned to directly.
    pub apps: Vec<String>,
    /// Slugs of its groups.
    pub groups: Vec<String>,
}

/// A group with names in the place of ids.
#[derive(Debug, Clone)]
pub struct GroupView {
    /// The group.
    pub group: Group,
    /// Its members: mail address, else `#EXT#` name.
    pub members: Vec<String>,
    /// Its owners, so too.
    pub owners: Vec<String>,
    /// Slugs of its apps.
    pub apps: Vec<String>,
}

/// How the documents of a partner or app are watched.
///
/// # Errors
/// [`StoreError`].
pub async fn watch(services: &Services, owner: Owner) -> Result<Option<Watch>, StoreError> {
    services.store.unit_of_work().await?.find_watch(owner).await
}

/// The notices of an app that sessions have ended, as far as they are on their way.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting_notices(services: &Services, app: AppId) -> Result<Waiting, StoreError> {
    services.store.unit_of_work().await?.waiting_notices(app).await
}

/// Which audit entries are asked for, objects by the names that people use.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this attempt.
    pub attempt: Option<AttemptId>,
    /// Of this guest: id or mail address.
    pub guest: Option<String>,
    /// Of this partner: slug, or id of a removed one.
    pub partner: Option<String>,
    /// Of this app: slug, or id of a removed one.
    pub app: Option<String>,
    /// With this activity.
    pub activity: Option<String>,
    /// With this public code.
    pub code: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// At most so many.
    pub limit: u32,
}

/// All partners, by slug.
///
/// # Errors
/// [`StoreError`].
pub async fn partners(services: &Services) -> Result<Vec<Partner>, StoreError> {
    let kept = services.store.unit_of_work().await?.list_partners().await?;
    Ok(kept.into_iter().map(|kept| kept.value).collect())
}

/// The partner of this slug.
///
/// # Errors
/// [`OperateError`].
pub async fn partner(services: &Services, slug: &str) -> Result<Partner, OperateError> {
    let found = partners(services).await?.into_iter().find(|partner| partner.slug.as_str() == slug);
    found.ok_or_else(|| unknown("partner", slug))
}

/// All apps, by slug.
///
/// # Errors
/// [`StoreError`].
pub async fn apps(services: &Services) -> Result<Vec<App>, StoreError> {
    let kept = services.store.unit_of_work().await?.list_apps().await?;
    Ok(kept.into_iter().map(|kept| kept.value).collect())
}

/// The app of this slug.
///
/// # Errors
/// [`OperateError`].
pub async fn app(services: &Services, slug: &str) -> Result<App, OperateError> {
    let found = apps(services).await?.into_iter().find(|app| app.slug.as_str() == slug);
    found.ok_or_else(|| unknown("app", slug))
}

/// All groups, by slug.
///
/// # Errors
/// [`StoreError`].
pub async fn groups(services: &Services) -> Result<Vec<GroupView>, StoreError> {
    let mut unit = services.store.unit_of_work().await?;
    let slugs = app_slugs(unit.as_mut()).await?;
    let mut views = Vec::new();
    for kept in unit.list_groups().await? {
        let members = names_of(unit.as_mut(), &kept.value.members).await?;
        let owners = names_of(unit.as_mut(), &kept.value.owners).await?;
        views.push(GroupView { apps: named(&kept.value.apps, &slugs), group: kept.value.group, members, owners });
    }
    Ok(views)
}

async fn names_of(unit: &mut dyn UnitOfWork, ids: &[GuestId]) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::with_capacity(ids.len());
    for id in ids {
        let guest = unit.guest(*id).await?;
        names.push(guest.map_or_else(|| id.to_string(), |kept| name_of(&kept.value.guest)));
    }
    Ok(names)
}

/// The group of this slug.
///
/// # Errors
/// [`OperateError`].
pub async fn group(services: &Services, slug: &str) -> Result<GroupView, OperateError> {
    let found = groups(services).await?.into_iter().find(|view| view.group.slug.as_str() == slug);
    found.ok_or_else(|| unknown("group", slug))
}

/// All guests, in the order in which they were made.
///
/// # Errors
/// [`StoreError`].
pub async fn guests(services: &Services) -> Result<Vec<GuestView>, StoreError> {
    let mut unit = services.store.unit_of_work().await?;
    let known = Known::read(unit.as_mut()).await?;
    let mut views = Vec::new();
    let mut after = None;
    loop {
        let page = unit.list_guests(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(views) };
        after = Some(last.value.guest.id);
        views.extend(page.into_iter().map(|kept| known.view(kept.value)));
    }
}

/// The guest of this id or mail address.
///
/// # Errors
/// [`OperateError`].
pub async fn guest(services: &Services, name: &str) -> Result<GuestView, OperateError> {
    let mut unit = services.store.unit_of_work().await?;
    let id = find_guest(unit.as_mut(), name).await?;
    let kept = unit.guest(id).await?.ok_or_else(|| unknown("guest", name))?;
    Ok(Known::read(unit.as_mut()).await?.view(kept.value))
}

/// Our own keys.
#[must_use]
pub fn keys(services: &Services) -> Vec<Arc<RingKey>> {
    let purposes = [KeyPurpose::Oidc, KeyPurpose::SamlSigning, KeyPurpose::SamlDecryption, KeyPurpose::Audit];
    purposes.into_iter().flat_map(|purpose| services.keys.published(purpose)).collect()
}

/// Audit entries, newest first.
///
/// # Errors
/// [`OperateError`].
pub async fn audit(services: &Services, filter: &AuditFilter) -> Result<Vec<AuditRecord>, OperateError> {
    let mut query = AuditQuery {
        attempt: filter.attempt,
        activity: filter.activity.clone(),
        code: filter.code.clone(),
        since: filter.since,
        until: filter.until,
        limit: filter.limit,
        ..AuditQuery::default()
    };
    (query.guest, query.app) = ids_of(services, filter.guest.as_deref(), filter.app.as_deref()).await?;
    if let Some(name) = &filter.partner {
        query.partner = Some(match PartnerId::parse(name) {
            Ok(id) => id,
            Err(_) => partner(services, name).await?.id,
        });
    }
    Ok(services.store.audit(&query).await?)
}

/// The ids of an account and an app by the names that people use, or by themselves: entries outlive both.
///
/// # Errors
/// [`OperateError`].
pub async fn ids_of(
    services: &Services,
    guest: Option<&str>,
    app: Option<&str>,
) -> Result<(Option<GuestId>, Option<AppId>), OperateError> {
    let guest = match guest.map(|name| (name, GuestId::parse(name))) {
        None => None,
        Some((_, Ok(id))) => Some(id),
        Some((name, Err(_))) => Some(find_guest(services.store.unit_of_work().await?.as_mut(), name).await?),
    };
    let app = match app.map(|name| (name, AppId::parse(name))) {
        None => None,
        Some((_, Ok(id))) => Some(id),
        Some((slug, Err(_))) => Some(self::app(services, slug).await?.id),
    };
    Ok((guest, app))
}

/// All entries of one sign-in, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn attempt(services: &Services, id: AttemptId) -> Result<Vec<AuditRecord>, StoreError> {
    let query = AuditQuery { attempt: Some(id), limit: MAX_OF_ATTEMPT, ..AuditQuery::default() };
    let mut entries = services.store.audit(&query).await?;
    entries.reverse();
    Ok(entries)
}

/// What is wrong with what is stored: contradictions in the rows are an error, and partners that are
/// switched on and cannot work are told in words.
///
/// # Errors
/// [`StoreError`].
pub async fn faults(services: &Services, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let mut faults = Vec::new();
    for partner in partners(services).await?.iter().filter(|partner| partner.switch.is_on()) {
        // What an OIDC partner needs to work is fetched when it is asked.
        let Trust::Saml(trust) = &partner.trust else { continue };
        if trust.keys.is_empty() {
            faults.push(format!("partner `{}` is on and has no key to verify with: apply its metadata", partner.slug));
        }
        if let Some(end) = trust.valid_until.filter(|end| *end <= now) {
            faults.push(format!(
                "partner `{}` is on and its metadata has expired at {end}: apply a new one",
                partner.slug
            ));
        }
    }
    // Read to its end, since a row that contradicts itself is found only by reading it.
    apps(services).await?;
    groups(services).await?;
    guests(services).await?;
    Ok(faults)
}

fn unknown(kind: &'static str, name: &str) -> OperateError {
    OperateError::Unknown { kind, name: name.to_owned() }
}

fn name_of(guest: &Guest) -> String {
    guest.mail.as_ref().map_or_else(|| guest.user_principal_name.clone(), |mail| mail.as_str().to_owned())
}

async fn app_slugs(unit: &mut dyn UnitOfWork) -> Result<Vec<(AppId, String)>, StoreError> {
    let apps = unit.list_apps().await?;
    Ok(apps.into_iter().map(|kept| (kept.value.id, kept.value.slug.as_str().to_owned())).collect())
}

fn named<Id: PartialEq + ToString>(ids: &[Id], names: &[(Id, String)]) -> Vec<String> {
    let name = |id: &Id| names.iter().find(|(known, _)| known == id).map(|(_, name)| name.clone());
    ids.iter().map(|id| name(id).unwrap_or_else(|| id.to_string())).collect()
}

/// Names of what a guest refers to.
struct Known {
    partners: Vec<(PartnerId, String)>,
    apps: Vec<(AppId, String)>,
    groups: Vec<(String, Vec<GuestId>)>,
}

impl Known {
    async fn read(unit: &mut dyn UnitOfWork) -> Result<Self, StoreError> {
        let partners = unit.list_partners().await?;
        let groups = unit.list_groups().await?;
        Ok(Self {
            partners: partners.into_iter().map(|kept| (kept.value.id, kept.value.slug.as_str().to_owned())).collect(),
            apps: app_slugs(unit).await?,
            groups: groups
                .into_iter()
                .map(|kept| (kept.value.group.slug.as_str().to_owned(), kept.value.members))
                .collect(),
        })
    }

    fn view(&self, whole: WholeGuest) -> GuestView {
        let partner = match &whole.guest.binding {
            Binding::Accepted { partner, .. } => Some(*partner),
            Binding::PendingAcceptance => whole.guest.pinned_partner,
        };
        let id = whole.guest.id;
        let is_in = |members: &Vec<GuestId>| members.binary_search(&id).is_ok();
        GuestView {
            partner: partner.and_then(|id| named(&[id], &self.partners).pop()),
            apps: named(&whole.apps, &self.apps),
            groups: self.groups.iter().filter(|(_, members)| is_in(members)).map(|(slug, _)| slug.clone()).collect(),
            guest: whole.guest,
        }
    }
}

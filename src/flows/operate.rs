//! What an operator does at the command line beside applying files: ending sessions, blocking guests,
//! resetting second factors, switching partners and apps. Each act is one transaction with its audit entry, and the next request
//! after its commit sees it on every node.

use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::guests::{GuestId, Standing};
use crate::domain::partners::{MAILED_CODE_PARTNER, PartnerId, Switch, Trust};
use crate::domain::permissions::Caller;
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::services::Services;

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// There is no such object.
    #[error("no {kind} `{name}`: `entente {kind} list` shows all")]
    Unknown {
        /// `partner`, `app` or `guest`.
        kind: &'static str,
        /// What was named.
        name: String,
    },
    /// The address of the account was set and nobody has proven it.
    #[error("nobody has proven that `{mail}` is of the account {guest}: name the account by its id")]
    MailUnproven {
        /// The address.
        mail: String,
        /// The account.
        guest: GuestId,
    },
    /// The partner has no such domain.
    #[error("`{slug}` has no domain `{name}`: `entente partner domains {slug}` shows all")]
    NoSuchDomain {
        /// Which partner.
        slug: String,
        /// What was named.
        name: String,
    },
    /// The partner's metadata document has ended, so that its keys prove nothing any more.
    #[error("the metadata of `{slug}` ended at {ended}: apply its current document, then switch it on")]
    MetadataEnded {
        /// Which partner.
        slug: String,
        /// When.
        ended: Timestamp,
    },
    /// Codes by mail are what is left to people without a home.
    #[error(
        "codes by mail stay on: `fallback` of `[collaboration]` names them, or its `identity_provider_order` has neither \
         `organization` nor `external_federation`, and nobody new could redeem without them"
    )]
    CodesForced,
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of an act that sets something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is so now.
    Made,
    /// It was so already.
    AlreadySo,
}

impl From<Once> for Change {
    fn from(once: Once) -> Self {
        match once {
            Once::First => Self::Made,
            Once::Again => Self::AlreadySo,
        }
    }
}

/// Who acts, and when.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// The system user's name.
    pub operator: &'a str,
    /// The present time.
    pub now: Timestamp,
}

impl Act<'_> {
    /// Who acts, as one who asks something of the directory.
    pub(super) fn caller(&self) -> Caller {
        Caller::Operator(self.operator.to_owned())
    }

    pub(super) fn entry(&self, services: &Services, activity: Activity) -> AuditEntry {
        let id = AuditId::new(self.now, services.random.as_ref());
        AuditEntry::new(id, self.now, activity, Actor::Operator(self.operator.to_owned()))
    }
}

/// Finds a guest by id or mail address.
///
/// # Errors
/// [`OperateError`].
pub async fn find_guest(unit: &mut dyn UnitOfWork, name: &str) -> Result<GuestId, OperateError> {
    let found = match GuestId::parse(name) {
        Ok(id) => unit.guest(id).await?,
        Err(_) => unit.guest_by_mail_key(&name.to_ascii_lowercase()).await?,
    };
    found.map(|kept| kept.value.guest.id).ok_or_else(|| OperateError::Unknown { kind: "guest", name: name.to_owned() })
}

/// Ends all sessions, codes and tokens of a guest; says how many sessions there were.
///
/// # Errors
/// [`OperateError`].
pub async fn revoke_guest(services: &Services, act: Act<'_>, name: &str) -> Result<u64, OperateError> {
    let mut unit = services.store.unit_of_work().await?;
    let id = find_guest(unit.as_mut(), name).await?;
    let ended = unit.revoke_guest(id, act.now).await?;
    let mut entry = act.entry(services, Activity::SessionsRevoked);
    entry.guest = Some(id);
    entry.details.push(("sessions_ended", ended.to_string()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(ended)
}

/// Removes all second factors of a guest, and what its sessions remember of them, so that the next need
/// asks for a fresh sign-in and a new enrolment; says how many factors there were.
///
/// # Errors
/// [`OperateError`].
pub async fn reset_factors(services: &Services, act: Act<'_>, name: &str) -> Result<u64, OperateError> {
    let mut unit = services.store.unit_of_work().await?;
    let id = find_guest(unit.as_mut(), name).await?;
    let removed = unit.reset_factors(id).await?;
    let mut entry = act.entry(services, Activity::FactorsReset);
    entry.guest = Some(id);
    entry.details.push(("factors_removed", removed.to_string()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(removed)
}

/// Blocks or unblocks a guest; [`Change::AlreadySo`] where it was.
///
/// # Errors
/// [`OperateError`].
pub async fn set_guest_standing(
    services: &Services,
    act: Act<'_>,
    name: &str,
    standing: Standing,
) -> Result<Change, OperateError> {
    let mut unit = services.store.unit_of_work().await?;
    let id = find_guest(unit.as_mut(), name).await?;
    let once = unit.set_guest_standing(id, standing, act.now).await?;
    if once == Once::First {
        let mut entry = act.entry(services, Activity::GuestChanged);
        entry.guest = Some(id);
        let word = if standing == Standing::Blocked { "blocked" } else { "active" };
        entry.details.push(("standing", word.to_owned()));
        unit.append_audit(&entry).await?;
        unit.commit().await?;
        services.directory.forget();
    }
    Ok(once.into())
}

/// Switches a partner on or off; [`Change::AlreadySo`] where it was.
///
/// # Errors
/// [`OperateError`].
pub async fn switch_partner(
    services: &Services,
    act: Act<'_>,
    slug: &str,
    switch: Switch,
) -> Result<Change, OperateError> {
    let mut unit = services.store.unit_of_work().await?;
    let partners = unit.list_partners().await?;
    let found = partners.iter().find(|kept| kept.value.slug.as_str() == slug);
    let partner = found.map(|kept| &kept.value);
    let partner = partner.ok_or_else(|| OperateError::Unknown { kind: "partner", name: slug.to_owned() })?;
    let end = match &partner.trust {
        Trust::Saml(trust) => trust.valid_until,
        Trust::Oidc(_) | Trust::MailedCode => None,
    };
    if let Some(ended) = end.filter(|until| switch.is_on() && *until <= act.now) {
        return Err(OperateError::MetadataEnded { slug: slug.to_owned(), ended });
    }
    let id: PartnerId = partner.id;
    if id == MAILED_CODE_PARTNER && !switch.is_on() && unit.collaboration().await?.value.forces_codes() {
        return Err(OperateError::CodesForced);
    }
    let once = unit.switch_partner(id, switch).await?;
    let mut entry = act.entry(services, Activity::ObjectChanged);
    entry.partner = Some(id);
    switched(services, unit, entry, once, switch).await
}

/// Switches an app on or off; [`Change::AlreadySo`] where it was.
///
/// # Errors
/// [`OperateError`].
pub async fn switch_app(services: &Services, act: Act<'_>, slug: &str, switch: Switch) -> Result<Change, OperateError> {
    let mut unit = services.store.unit_of_work().await?;
    let apps = unit.list_apps().await?;
    let found = apps.iter().find(|kept| kept.value.slug.as_str() == slug);
    let id: AppId =
        found.map(|kept| kept.value.id).ok_or_else(|| OperateError::Unknown { kind: "app", name: slug.to_owned() })?;
    let once = unit.switch_app(id, switch).await?;
    let mut entry = act.entry(services, Activity::ObjectChanged);
    entry.app = Some(id);
    switched(services, unit, entry, once, switch).await
}

async fn switched(
    services: &Services,
    mut unit: Box<dyn UnitOfWork>,
    mut entry: AuditEntry,
    once: Once,
    switch: Switch,
) -> Result<Change, OperateError> {
    if once == Once::First {
        let word = if switch.is_on() { "enabled" } else { "disabled" };
        entry.details.push(("switch", word.to_owned()));
        unit.append_audit(&entry).await?;
        unit.commit().await?;
        services.directory.forget();
    }
    Ok(once.into())
}

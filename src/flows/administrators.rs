//! Who administers: granting roles, taking them away, and listing them. Each act is one transaction with its audit
//! entry, and the next request after its commit sees it on every node.

use crate::base::clock::Timestamp;
use crate::base::ids::new_uuid;
use crate::domain::audit::{Activity, AuditEntry};
use crate::domain::guests::{
    Binding, Guest, GuestId, MailStanding, NUMBERED_NAMES, NameSource, Standing, UserType, free_external_name,
};
use crate::domain::mail::MailAddress;
use crate::domain::partners::{PartnerId, PartnerKind};
use crate::domain::roles::{Role, RoleAssignment};
use crate::domain::store::objects::Provenance;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::author::Author;
use crate::flows::operate::{Act, Change, OperateError, find_guest};
use crate::flows::services::Services;

/// What became of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The account.
    pub guest: GuestId,
    /// Whether the role is new.
    pub change: Change,
    /// Where the account stands.
    pub account: Account,
}

/// Where an account stands that was given a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// Somebody of the home organisation has signed in as it.
    Bound,
    /// Somebody has signed in as it by an identity of this partner, which is not the home organisation: whoever runs
    /// that partner decides who has the role.
    BoundElsewhere {
        /// The name of the partner; its id where it has gone.
        partner: String,
    },
    /// Nobody has signed in as it yet; the first sign-in that proves its address will.
    Waiting,
    /// As [`Waiting`](Self::Waiting), and no partner has the domain of its address, so that nothing can prove it yet.
    WaitingForPartner,
}

/// Grants a role to the account of this address or id. An address without an account gets one that waits for its
/// first sign-in, as an object file would make it: pinned to the home organisation, where the address lies within its
/// domains.
///
/// # Errors
/// [`OperateError`]; an id or text of no account is unknown.
pub async fn grant(services: &Services, act: Act<'_>, name: &str, role: Role) -> Result<Granted, OperateError> {
    let mut clash = 0;
    loop {
        match once(services, act, name, role, clash).await {
            // The last name that is tried is nobody else's, so this ends.
            Err(OperateError::Store(StoreError::Taken { constraint }))
                if constraint == "guests_upn_key" && clash < NUMBERED_NAMES =>
            {
                clash += 1;
            }
            other => return other,
        }
    }
}

async fn once(services: &Services, act: Act<'_>, name: &str, role: Role, clash: u32) -> Result<Granted, OperateError> {
    let mut unit = services.store.unit_of_work().await?;
    let guest = match find_guest(unit.as_mut(), name).await {
        Ok(id) => id,
        Err(OperateError::Unknown { kind, name }) => match MailAddress::parse(&name) {
            Ok(mail) => waiting(services, unit.as_mut(), act, &mail, clash).await?,
            Err(_) => return Err(OperateError::Unknown { kind, name }),
        },
        Err(error) => return Err(error),
    };
    let kept = unit.guest(guest).await?.ok_or(StoreError::Raced)?;
    if kept.value.guest.standing == Standing::Deleted {
        return Err(OperateError::Unknown { kind: "guest", name: name.to_owned() });
    }
    // Whoever has an address that was set here need not be whoever is meant by it.
    if kept.value.guest.mail_standing == MailStanding::Unproven && GuestId::parse(name).is_err() {
        return Err(OperateError::MailUnproven { mail: name.to_owned(), guest });
    }
    let caller = act.caller();
    let author = Author { services, caller: &caller, now: act.now };
    let (change, account) = give(author, unit.as_mut(), &kept.value.guest, role).await?;
    if change == Change::Made {
        unit.commit().await?;
        services.directory.forget();
    }
    Ok(Granted { guest, change, account })
}

/// Gives an account a role, inside a unit that is to be committed where the role is new.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn give(
    author: Author<'_>,
    unit: &mut dyn UnitOfWork,
    guest: &Guest,
    role: Role,
) -> Result<(Change, Account), StoreError> {
    let account = match (&guest.binding, &guest.mail) {
        (Binding::Accepted { partner, .. }, _) => match unit.read_partner(*partner).await? {
            Some(home) if home.kind == PartnerKind::Home => Account::Bound,
            Some(other) => Account::BoundElsewhere { partner: other.slug.to_string() },
            None => Account::BoundElsewhere { partner: partner.to_string() },
        },
        (Binding::PendingAcceptance, Some(mail)) if holder(unit, mail).await?.is_some() => Account::Waiting,
        (Binding::PendingAcceptance, _) => Account::WaitingForPartner,
    };
    let change = Change::from(unit.grant_role(guest.id, role, author.now).await?);
    if change == Change::Made {
        unit.append_audit(&about(author, Activity::RoleGranted, guest.id, role)).await?;
    }
    Ok((change, account))
}

/// Takes a role from an account, inside a unit that is to be committed where the account had it.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn take(
    author: Author<'_>,
    unit: &mut dyn UnitOfWork,
    guest: GuestId,
    role: Role,
) -> Result<Change, StoreError> {
    let change = Change::from(unit.revoke_role(guest, role).await?);
    if change == Change::Made {
        unit.append_audit(&about(author, Activity::RoleRevoked, guest, role)).await?;
    }
    Ok(change)
}

/// Takes a role from an account; [`Change::AlreadySo`] where it had it not.
///
/// # Errors
/// [`OperateError`].
pub async fn revoke(services: &Services, act: Act<'_>, name: &str, role: Role) -> Result<Change, OperateError> {
    let mut unit = services.store.unit_of_work().await?;
    let guest = find_guest(unit.as_mut(), name).await?;
    let caller = act.caller();
    let change = take(Author { services, caller: &caller, now: act.now }, unit.as_mut(), guest, role).await?;
    if change == Change::Made {
        unit.commit().await?;
        services.directory.forget();
    }
    Ok(change)
}

/// Who has which role, by account.
///
/// # Errors
/// [`StoreError`].
pub async fn list(services: &Services) -> Result<Vec<RoleAssignment>, StoreError> {
    services.store.unit_of_work().await?.list_role_assignments().await
}

/// Whether nobody is left who may sign in and administer everything.
///
/// # Errors
/// [`StoreError`].
pub async fn lacks_global_administrator(services: &Services) -> Result<bool, StoreError> {
    let all = list(services).await?;
    Ok(!all.iter().any(is_in_charge))
}

/// Whether it makes somebody, who may sign in, administer everything.
fn is_in_charge(one: &RoleAssignment) -> bool {
    one.role == Role::GlobalAdministrator && one.guest.standing == Standing::Active
}

/// What is told where that would be so.
pub(super) const NOBODY_LEFT: &str = "nobody would be left who may do all: give the role of the global administrator to somebody who has signed in first";

/// Whether nobody would be left who has signed in here and administers everything, if this account did so no more. All
/// who do are held meanwhile, in one order, so that of two who take it from each other at once the second finds what the
/// first has done.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn leaves_nobody(unit: &mut dyn UnitOfWork, guest: GuestId) -> Result<bool, StoreError> {
    for one in unit.list_role_assignments().await?.iter().filter(|one| is_in_charge(one)) {
        unit.hold_guest(one.guest.id).await?;
    }
    let all = unit.list_role_assignments().await?;
    let mut held = all.iter().filter(|one| is_in_charge(one));
    let is_other =
        |one: &RoleAssignment| one.guest.id != guest && matches!(one.guest.binding, Binding::Accepted { .. });
    Ok(held.clone().any(|one| one.guest.id == guest) && !held.any(is_other))
}

fn about(author: Author<'_>, activity: Activity, guest: GuestId, role: Role) -> AuditEntry {
    let mut entry = author.entry(activity);
    entry.guest = Some(guest);
    entry.details.push(("role", role.as_str().to_owned()));
    entry
}

/// Makes the account of an address that has none.
async fn waiting(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    act: Act<'_>,
    mail: &MailAddress,
    clash: u32,
) -> Result<GuestId, StoreError> {
    let id = GuestId::from_uuid(new_uuid(act.now, services.random.as_ref()));
    let home = holder(unit, mail).await?;
    let guest = Guest {
        id,
        user_principal_name: free_external_name(id, mail, &services.settings.organization.domain, clash),
        mail: Some(mail.clone()),
        mail_standing: MailStanding::Known,
        display_name: None,
        name_source: NameSource::Partner,
        given_name: None,
        family_name: None,
        // The first sign-in says which it is.
        user_type: UserType::Guest,
        binding: Binding::PendingAcceptance,
        pinned_partner: home.and_then(|(id, kind)| (kind == PartnerKind::Home).then_some(id)),
        standing: Standing::Active,
        sessions_valid_from: Timestamp::EPOCH,
        created_at: act.now,
    };
    unit.insert_guest(&guest, Provenance::Applied).await?;
    let mut entry = act.entry(services, Activity::GuestAdded);
    entry.guest = Some(id);
    unit.append_audit(&entry).await?;
    Ok(id)
}

/// A partner that has the domain of an address, the home organisation before others.
async fn holder(unit: &mut dyn UnitOfWork, mail: &MailAddress) -> Result<Option<(PartnerId, PartnerKind)>, StoreError> {
    let partners = unit.list_partners().await?;
    let holders = partners.iter().map(|kept| &kept.value).filter(|partner| {
        let mut domains = partner.domains.iter().chain(&partner.shared_domains);
        domains.any(|domain| domain.covers(mail.domain()))
    });
    let mut holders: Vec<_> = holders.map(|partner| (partner.id, partner.kind)).collect();
    holders.sort_by_key(|(_, kind)| *kind != PartnerKind::Home);
    Ok(holders.first().copied())
}

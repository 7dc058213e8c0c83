//! Removal of accounts, their return, and who answers for them: the one way for commands, files and the API.

use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::guest_details::{DeletedGuest, MAX_SPONSORS, RESTORABLE, Sponsor};
use crate::domain::guests::{GuestId, Standing};
use crate::domain::invitations::fault::InviteError;
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::guest_lives::Purge;
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::administrators::leaves_nobody;
use crate::flows::author::Author;
use crate::flows::directory::access::may_touch;
use crate::flows::directory::until_first;
use crate::flows::invite::target;
use crate::flows::operate::Change;
use crate::flows::reports::targets::modified;
use crate::flows::services::Services;

/// Removed accounts are read from the store so many at a time.
const PAGE: u32 = 500;
/// The most accounts that one transaction purges, and the most transactions of one sweep.
const PURGED: u32 = 100;
const MAX_ROUNDS: u32 = 50;

/// Whether whoever asks may do it.
fn judge(caller: &Caller, act: Act, needed: &'static str) -> Result<(), InviteError> {
    if caller.may(act) { Ok(()) } else { Err(InviteError::NotAllowed { needed }) }
}

/// Removes an account so that it can be restored for 30 days. Its sessions, codes and tokens end at once, on every
/// node; its groups, apps and sponsors stay with it.
///
/// # Errors
/// [`InviteError`].
pub async fn delete(services: &Services, caller: &Caller, guest: GuestId) -> Result<Change, InviteError> {
    judge(caller, Act::DeleteUsers, "removing accounts takes the role `user_administrator`")?;
    until_first!(attempt(Author::new(services, caller), Life::Delete, guest).await)
}

/// Restores an account that was removed, as it was.
///
/// # Errors
/// [`InviteError::AddressTaken`] where another account has its address or identity by now.
pub async fn restore(services: &Services, caller: &Caller, guest: GuestId) -> Result<Change, InviteError> {
    judge(caller, Act::RestoreUsers, "restoring accounts takes the role `user_administrator`")?;
    until_first!(attempt(Author::new(services, caller), Life::Restore, guest).await)
}

/// Removes an account for good that was removed before. What the audit says of it stays.
///
/// # Errors
/// [`InviteError::NotRemoved`] and [`InviteError::InPolicy`].
pub async fn purge(services: &Services, caller: &Caller, guest: GuestId) -> Result<(), InviteError> {
    judge(caller, Act::PurgeUsers, "removing accounts for good takes the role `user_administrator`")?;
    until_first!(attempt(Author::new(services, caller), Life::Purge, guest).await).map(|_| ())
}

/// What becomes of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Delete,
    Restore,
    Purge,
}

/// Does it once, on what is true of the account in the unit.
async fn attempt(author: Author<'_>, life: Life, guest: GuestId) -> Result<Change, InviteError> {
    let mut unit = author.services.store.unit_of_work().await?;
    unit.hold_guest(guest).await?;
    unit.guest(guest).await?.ok_or_else(|| InviteError::GuestUnknown { name: guest.to_string() })?;
    // Its roles go and come with it.
    let roles = unit.roles_of(guest).await?;
    may_touch(author.caller, guest, roles).map_err(|_| InviteError::ResetForbidden { id: guest.to_string() })?;
    let is_operator = matches!(author.caller, Caller::Operator(_));
    let (once, activity) = match life {
        Life::Delete if !is_operator && leaves_nobody(unit.as_mut(), guest).await? => {
            return Err(InviteError::NobodyLeft);
        }
        Life::Delete => (delete_in(unit.as_mut(), author, guest).await?, None),
        // Its time is over, though a policy keeps it from going.
        Life::Restore if unit.deleted_at(guest).await?.is_some_and(|at| at <= author.now.minus(RESTORABLE)) => {
            return Err(InviteError::GuestUnknown { name: guest.to_string() });
        }
        Life::Restore => match unit.restore_guest(guest).await {
            Err(StoreError::Taken { .. }) => return Err(InviteError::AddressTaken { id: guest.to_string() }),
            other => (other?, Some(Activity::GuestRestored)),
        },
        Life::Purge => match unit.purge_guest(guest).await? {
            Purge::Done => (Once::First, Some(Activity::GuestPurged)),
            Purge::NotRemoved => return Err(InviteError::NotRemoved { id: guest.to_string() }),
            Purge::NamedByPolicy => return Err(InviteError::InPolicy { id: guest.to_string() }),
        },
    };
    if once == Once::Again {
        return Ok(Change::AlreadySo);
    }
    if let Some(activity) = activity {
        let mut entry = author.entry(activity);
        entry.guest = Some(guest);
        unit.append_audit(&entry).await?;
    }
    unit.commit().await?;
    author.services.directory.forget();
    Ok(Change::Made)
}

/// Removes an account inside the unit, whoever wants it; rights are judged before.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_in(unit: &mut dyn UnitOfWork, author: Author<'_>, guest: GuestId) -> Result<Once, StoreError> {
    let once = unit.soft_delete_guest(guest, &author.name(), author.now).await?;
    if once == Once::First {
        let mut entry = author.entry(Activity::GuestDeleted);
        entry.guest = Some(guest);
        unit.append_audit(&entry).await?;
    }
    Ok(once)
}

/// Purges what was removed 30 days ago, and says how many accounts that were. Those that a policy names stay, are no longer to be
/// restored, and are warned of.
///
/// # Errors
/// [`StoreError`]; what was purged before stays purged.
pub async fn sweep(services: &Services) -> Result<u64, StoreError> {
    let now = services.clock.now();
    let mut total = 0;
    for _ in 0..MAX_ROUNDS {
        let mut unit = services.store.unit_of_work().await?;
        let ids = unit.deleted_until(now.minus(RESTORABLE), PURGED).await?;
        if ids.is_empty() {
            break;
        }
        let mut purged = 0;
        for id in &ids {
            if unit.purge_guest(*id).await? == Purge::Done {
                let audit_id = AuditId::new(now, services.random.as_ref());
                let mut entry = AuditEntry::new(audit_id, now, Activity::GuestPurged, Actor::System);
                entry.guest = Some(*id);
                unit.append_audit(&entry).await?;
                purged += 1;
            }
        }
        unit.commit().await?;
        total += purged;
        if purged == 0 {
            break;
        }
    }
    let mut unit = services.store.unit_of_work().await?;
    let held = unit.count_held_by_policies(now.minus(RESTORABLE)).await?;
    drop(unit);
    if held > 0 {
        tracing::warn!(
            accounts = held,
            "accounts that were removed more than 30 days ago stay because policies name them; change the policies"
        );
    }
    Ok(total)
}

/// All accounts that were removed and can be restored, in the order in which they were made.
///
/// # Errors
/// [`InviteError`].
pub async fn deleted(services: &Services, caller: &Caller) -> Result<Vec<DeletedGuest>, InviteError> {
    judge(caller, Act::ReadUsers, "reading accounts takes a role of administration")?;
    let since = services.clock.now().minus(RESTORABLE);
    let mut unit = services.store.unit_of_work().await?;
    let mut all: Vec<DeletedGuest> = Vec::new();
    loop {
        let page = unit.list_deleted_guests(all.last().map(|last| last.guest), since, PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// Finds a removed account by its id, or by the address that it had where only one had it.
///
/// # Errors
/// [`InviteError`].
pub async fn find_deleted(services: &Services, caller: &Caller, name: &str) -> Result<GuestId, InviteError> {
    if let Ok(id) = GuestId::parse(name) {
        return Ok(id);
    }
    let all = deleted(services, caller).await?;
    let had = |guest: &&DeletedGuest| guest.mail.as_ref().is_some_and(|mail| mail.key().eq_ignore_ascii_case(name));
    let mut found = all.iter().filter(had);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.guest),
        (Some(_), Some(_)) => Err(InviteError::DeletedAmbiguous { name: name.to_owned() }),
        (None, _) => Err(InviteError::GuestUnknown { name: name.to_owned() }),
    }
}

/// Who answers for an account.
///
/// # Errors
/// [`InviteError`].
pub async fn sponsors(services: &Services, caller: &Caller, guest: GuestId) -> Result<Vec<Sponsor>, InviteError> {
    judge(caller, Act::ReadUsers, "reading accounts takes a role of administration")?;
    let mut unit = services.store.unit_of_work().await?;
    Ok(unit.sponsors(guest).await?)
}

/// Sets who answers for an account: five at most, people and groups that are there.
///
/// # Errors
/// [`InviteError`].
pub async fn set_sponsors(
    services: &Services,
    caller: &Caller,
    guest: GuestId,
    sponsors: &[Sponsor],
) -> Result<(), InviteError> {
    judge(caller, Act::UpdateUsers, "changing accounts takes the role `user_administrator`")?;
    let mut sponsors = sponsors.to_vec();
    sponsors.sort_unstable();
    sponsors.dedup();
    if sponsors.len() > MAX_SPONSORS {
        return Err(InviteError::SponsorsTooMany { found: sponsors.len() });
    }
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    unit.hold_guest(guest).await?;
    let kept = unit.guest(guest).await?.filter(|kept| kept.value.guest.standing != Standing::Deleted);
    kept.ok_or_else(|| InviteError::GuestUnknown { name: guest.to_string() })?;
    target::judge_sponsors(unit.as_mut(), &sponsors).await?;
    let before = unit.sponsors(guest).await?.len();
    unit.set_sponsors(guest, &sponsors).await?;
    let mut entry = author.entry(Activity::GuestChanged);
    entry.guest = Some(guest);
    entry.details.push(("fields", "sponsors".to_owned()));
    entry.details.push(modified("sponsors", before, sponsors.len()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    Ok(())
}

//! Which account an invitation is about, and whether what it names is there.

use super::Inviting;
use crate::domain::apps::AppId;
use crate::domain::authentication::Identity;
use crate::domain::guest_details::Sponsor;
use crate::domain::guests::{Guest, GuestId, Standing};
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::rights::may_hand_over;
use crate::domain::invitations::wish::Wish;
use crate::domain::mail::MailAddress;
use crate::domain::partners::{MAILED_CODE_ISSUER, MAILED_CODE_PARTNER};
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::directory::access::sees_accounts;

/// The account of an invitation.
pub(super) enum Target {
    /// There is none yet.
    New {
        /// Whether another account has the address among its further ones, so that it finds neither by it.
        other_mail: bool,
    },
    /// This one, which stays as it is until the unit ends.
    Known(Box<Guest>),
}

/// Finds the account: by its address, else by the codes that it signs in with, else by earlier invitations to the
/// address.
pub(super) async fn find(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
) -> Result<Target, InviteError> {
    if let Some(kept) = unit.guest_by_mail_key(wish.address.key()).await? {
        return held(inviting, unit, kept.value.guest.id).await.map(|guest| Target::Known(Box::new(guest)));
    }
    if let Some(id) = signing_in_by_codes(unit, &wish.address).await? {
        return held(inviting, unit, id).await.map(|guest| Target::Known(Box::new(guest)));
    }
    // Those who have the address as a further one are held first, so that two who invite it at once come one after
    // the other.
    let others = unit.guests_by_other_mail(&wish.address).await?;
    if let Some(id) = unit.invited_without_mail(&wish.address).await?.first()
        && let Some(kept) = unit.guest(*id).await?
    {
        return held(inviting, unit, kept.value.guest.id).await.map(|guest| Target::Known(Box::new(guest)));
    }
    Ok(Target::New { other_mail: !others.is_empty() })
}

/// Who signs in by codes that are mailed to the address, whatever address the account has by now. Nobody else can.
async fn signing_in_by_codes(unit: &mut dyn UnitOfWork, address: &MailAddress) -> Result<Option<GuestId>, InviteError> {
    let identity = Identity { issuer: MAILED_CODE_ISSUER.to_owned(), subject: address.key().to_owned() };
    let bound = unit.read_sign_in(MAILED_CODE_PARTNER, AppId::GATEWAY, &identity).await?.guest;
    Ok(bound.filter(|guest| guest.standing != Standing::Deleted).map(|guest| guest.id))
}

/// The account as it is now that nobody else can change it.
async fn held(inviting: &Inviting<'_>, unit: &mut dyn UnitOfWork, id: GuestId) -> Result<Guest, InviteError> {
    unit.hold_guest(id).await?;
    // Where it was removed in this very moment, looking again finds nobody.
    let guest = unit.guest(id).await?.ok_or(StoreError::Raced)?.value.guest;
    match guest.standing {
        Standing::Active => Ok(guest),
        Standing::Blocked if sees_accounts(inviting.author.caller) => Err(InviteError::Blocked { id: id.to_string() }),
        Standing::Blocked => Err(InviteError::BlockedUnnamed),
        Standing::Deleted => Err(StoreError::Raced.into()),
    }
}

/// The account of this id, which stays as it is until the unit ends.
pub(super) async fn of_id(unit: &mut dyn UnitOfWork, id: GuestId) -> Result<Guest, InviteError> {
    unit.hold_guest(id).await?;
    let unknown = || InviteError::GuestUnknown { name: id.to_string() };
    let guest = unit.guest(id).await?.ok_or_else(unknown)?.value.guest;
    match guest.standing {
        Standing::Active => Ok(guest),
        Standing::Blocked => Err(InviteError::Blocked { id: id.to_string() }),
        Standing::Deleted => Err(unknown()),
    }
}

/// Whether whoever asks may hand an account to another person, or end it.
pub(crate) async fn judge_roles(unit: &mut dyn UnitOfWork, caller: &Caller, guest: GuestId) -> Result<(), InviteError> {
    may_hand_over(caller, guest, unit.roles_of(guest).await?)
}

/// Whether everything is there that an invitation names.
pub(super) async fn judge_references(unit: &mut dyn UnitOfWork, wish: &Wish) -> Result<(), InviteError> {
    for app in &wish.apps {
        if !unit.has_app(*app).await? {
            return Err(InviteError::AppUnknown { id: app.to_string() });
        }
    }
    for group in &wish.groups {
        if !unit.has_group(*group).await? {
            return Err(InviteError::GroupUnknown { id: group.to_string() });
        }
    }
    judge_sponsors(unit, &wish.sponsors).await
}

/// Whether all sponsors are there.
pub(crate) async fn judge_sponsors(unit: &mut dyn UnitOfWork, sponsors: &[Sponsor]) -> Result<(), InviteError> {
    for sponsor in sponsors {
        let (id, is_there) = match sponsor {
            Sponsor::Guest(guest) => {
                let kept = unit.guest(*guest).await?;
                (guest.to_string(), kept.is_some_and(|kept| kept.value.guest.standing != Standing::Deleted))
            }
            Sponsor::Group(group) => (group.to_string(), unit.has_group(*group).await?),
        };
        if !is_there {
            return Err(InviteError::SponsorUnknown { id });
        }
    }
    Ok(())
}

/// Whether whoever asks owns every app that is to be given.
pub(super) async fn judge_owner(unit: &mut dyn UnitOfWork, caller: &Caller, wish: &Wish) -> Result<(), InviteError> {
    let refused = || InviteError::NotAllowed { needed: "giving an app takes the right to assign it, or owning it" };
    let Caller::Person { guest, .. } = caller else { return Err(refused()) };
    let owner = unit.guest(*guest).await?.and_then(|kept| kept.value.guest.proven_mail().cloned());
    let owner = owner.ok_or_else(refused)?;
    // An app through which the person acts may give no more than it was let do.
    if !caller.is_let(Act::AssignApps) {
        return Err(refused());
    }
    for id in &wish.apps {
        let app = unit.read_app(*id).await?.ok_or_else(|| InviteError::AppUnknown { id: id.to_string() })?;
        if !app.owners.iter().any(|known| known.eq_ignore_ascii_case(owner.as_str())) {
            return Err(refused());
        }
    }
    Ok(())
}

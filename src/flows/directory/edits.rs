//! Changing the address of an account, and whether it is a guest or a member.
//!
//! An address is where invitations go, and it leads whoever proves it to an account that waits, makes owners of apps, and
//! is where codes are sent. So it is judged as if it were invited; who waits and holds roles is given another by nobody
//! who may not grant them; and where the account has its person, it counts as not proven until it is redeemed anew. The person who
//! has the account stays who they were: they are known by issuer and subject.

use super::{DirectoryError, permit};
use crate::domain::guests::{Binding, Guest, MailStanding, UserType};
use crate::domain::invitations::fault::InviteError;
use crate::domain::mail::MailAddress;
use crate::domain::permissions::Act;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::author::Author;
use crate::flows::invite::{Inviting, address, target};

impl From<InviteError> for DirectoryError {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::Store(error) => Self::Store(error),
            other => Self::Mail(other),
        }
    }
}

/// Gives an account another address, inside the unit that holds it.
///
/// # Errors
/// [`DirectoryError`]; the unit must be dropped then.
pub(super) async fn set_mail(
    author: Author<'_>,
    unit: &mut dyn UnitOfWork,
    guest: &mut Guest,
    mail: &MailAddress,
) -> Result<(), DirectoryError> {
    // Whoever proves the address becomes the account that waits.
    if guest.binding == Binding::PendingAcceptance {
        target::judge_roles(unit, author.caller, guest.id).await?;
        if unit.owns_any_group(guest.id).await? && !author.caller.may(Act::ManageGroups) {
            return Err(DirectoryError::Denied("the account owns a group: it takes the right to manage groups"));
        }
    }
    // Owners of apps are named by their addresses.
    if unit.is_owner(mail).await? && !author.caller.may(Act::AssignApps) {
        return Err(DirectoryError::Denied("the address owns an app: it takes the right to assign people to apps"));
    }
    let settings = unit.collaboration().await?.value;
    let home = unit.home_partner().await?;
    let inviting = Inviting { author, settings, home };
    match address::judge(unit, &inviting, mail).await {
        // Our own people may have addresses of ours.
        Err(InviteError::OwnDomain { .. }) if inviting.is_internal(guest) => {}
        other => other?,
    }
    if let Some(other) = unit.guests_by_other_mail(mail).await?.into_iter().find(|other| *other != guest.id) {
        return Err(InviteError::AddressConflict { id: other.to_string() }.into());
    }
    // The partner of another domain could never prove it.
    if guest.mail.as_ref().map(MailAddress::domain) != Some(mail.domain()) {
        guest.pinned_partner = None;
    }
    guest.mail = Some(mail.clone());
    guest.mail_standing = match guest.binding {
        Binding::PendingAcceptance => MailStanding::Known,
        Binding::Accepted { .. } => MailStanding::Unproven,
    };
    match unit.write_mail(guest).await {
        Err(StoreError::Taken { .. }) => {
            let other = unit.guest_by_mail_key(mail.key()).await?.ok_or(StoreError::Raced)?;
            return Err(InviteError::AddressConflict { id: other.value.guest.id.to_string() }.into());
        }
        other => other?,
    }
    Ok(())
}

/// Makes an account a guest or a member, inside the unit that holds it.
///
/// # Errors
/// [`DirectoryError`]; the unit must be dropped then.
pub(super) async fn set_user_type(
    author: Author<'_>,
    unit: &mut dyn UnitOfWork,
    guest: &mut Guest,
    user_type: UserType,
) -> Result<(), DirectoryError> {
    // Members see the whole directory, and may be let invite.
    if user_type == UserType::Member {
        permit(author.caller, Act::InviteMember)?;
    }
    guest.user_type = user_type;
    Ok(unit.write_user_type(guest.id, user_type).await?)
}

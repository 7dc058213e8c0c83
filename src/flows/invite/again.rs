//! What follows an invitation: another link to the same account, redemption from its beginning, and an internal
//! account that is to be redeemed from elsewhere.

use super::make::{self, Trust};
use super::{Account, Invited, Inviting, address, before, target};
use crate::domain::audit::Activity;
use crate::domain::guest_details::{CreationType, GuestDetails};
use crate::domain::guests::{Binding, Guest, GuestId};
use crate::domain::invitations::Invitation;
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::language::LanguageTag;
use crate::domain::invitations::message::CustomMessage;
use crate::domain::invitations::wish::{Sending, Wish};
use crate::domain::mail::MailAddress;
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::objects::Provenance;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::domain::web_address::WebAddress;
use crate::flows::author::Author;
use crate::flows::services::Services;
use crate::flows::sign_in::MAX_TRIES;

/// Another link to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anew {
    /// Which account.
    pub guest: GuestId,
    /// Where the browser goes afterwards; as with the last invitation where it is not said.
    pub redirect_url: Option<WebAddress>,
    /// The language of the mail.
    pub language: Option<LanguageTag>,
    /// What the inviter has to say.
    pub message: Option<CustomMessage>,
    /// Who gets a copy.
    pub cc: Option<MailAddress>,
    /// How the link comes to the person.
    pub sending: Sending,
}

/// The address with which an account is redeemed anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewAddress {
    /// The one that it has.
    Same,
    /// One that was set as its address, or among its further ones.
    Set(MailAddress),
    /// One that is set now.
    SetNow(MailAddress),
}

/// Makes another link to an account that nobody has redeemed. The earlier ones stay good.
///
/// # Errors
/// [`InviteError`]; nothing was written then.
pub async fn resend(services: &Services, caller: &Caller, anew: &Anew) -> Result<Invited, InviteError> {
    let mut tries = 1;
    loop {
        match resend_once(services, caller, anew).await {
            Err(InviteError::Store(StoreError::Raced)) if tries < MAX_TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

async fn resend_once(services: &Services, caller: &Caller, anew: &Anew) -> Result<Invited, InviteError> {
    let mut unit = services.store.unit_of_work().await?;
    let inviting = Inviting::to_redeem(unit.as_mut(), Author::new(services, caller)).await?;
    let guest = target::of_id(unit.as_mut(), anew.guest).await?;
    if matches!(guest.binding, Binding::Accepted { .. }) {
        return Err(InviteError::AlreadyRedeemed { id: guest.id.to_string() });
    }
    let all = unit.invitations_of(guest.id).await?;
    let wish = wish(&guest, &all, anew, None)?;
    address::judge(unit.as_mut(), &inviting, &wish.address).await?;
    let invited = make::known(&inviting, unit.as_mut(), &wish, guest).await?;
    unit.commit().await?;
    Ok(invited)
}

/// Lets an account be redeemed anew, perhaps by another person with another address. It keeps its id, its name
/// (`#EXT#`), its groups and its apps. Who had it signs in no more: identity, second factors, sessions and links end.
///
/// # Errors
/// [`InviteError`]; nothing was written then.
pub async fn reset(
    services: &Services,
    caller: &Caller,
    anew: &Anew,
    address: &NewAddress,
) -> Result<Invited, InviteError> {
    let mut tries = 1;
    loop {
        match reset_once(services, caller, anew, address).await {
            Err(InviteError::Store(StoreError::Raced)) if tries < MAX_TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

async fn reset_once(
    services: &Services,
    caller: &Caller,
    anew: &Anew,
    new_address: &NewAddress,
) -> Result<Invited, InviteError> {
    let mut unit = services.store.unit_of_work().await?;
    let inviting = Inviting::to_reset(unit.as_mut(), Author::new(services, caller)).await?;
    let invited = reset_in(&inviting, unit.as_mut(), anew, new_address).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(invited)
}

/// The same inside the unit, for who may let accounts be redeemed.
pub(super) async fn reset_in(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    anew: &Anew,
    new_address: &NewAddress,
) -> Result<Invited, InviteError> {
    let author = inviting.author;
    let guest = target::of_id(unit, anew.guest).await?;
    target::judge_roles(unit, author.caller, guest.id).await?;
    if inviting.is_internal(&guest) {
        return Err(InviteError::Internal { id: guest.id.to_string() });
    }
    let mut details = unit.guest_details(guest.id).await?;
    let chosen = chosen(&guest, &details, new_address, author.caller)?;
    let all = unit.invitations_of(guest.id).await?;
    let mut wish = wish(&guest, &all, anew, chosen.as_ref())?;
    address::judge(unit, inviting, &wish.address).await?;
    // Without a choice an account that has no address of its own keeps none: another account has it.
    let mail = chosen.or_else(|| guest.mail.clone());
    judge_groups(unit, author.caller, &guest, mail.as_ref()).await?;
    let moved = guest.mail.as_ref().map(MailAddress::domain) != mail.as_ref().map(MailAddress::domain);
    // A partner that an object file names stays; one that a colleague came from is no more than where the first came in.
    let is_added = details.creation_type == Some(CreationType::Invitation) && !is_of_file(unit, guest.id).await?;
    let pinned_partner = guest.pinned_partner.filter(|_| !moved && !is_added);
    let guest = Guest { mail, pinned_partner, binding: Binding::PendingAcceptance, ..guest };
    unbind(inviting, unit, &guest).await?;
    if let Some(mail) = &guest.mail {
        details.other_mails.retain(|other| other != mail);
    }
    details.state_changed_at = Some(author.now);
    unit.write_guest_details(guest.id, &details).await?;
    // The account keeps what it has, and so what nobody has come for yet.
    let unredeemed = before::unredeemed(&all);
    let trust = before::trust(&unredeemed);
    before::carry(&mut wish, unredeemed);
    unit.delete_invitations_of(guest.id).await?;
    unit.reset_factors(guest.id).await?;
    make::link(inviting, unit, &wish, guest, Account::Known, trust, Activity::RedemptionReset).await
}

async fn is_of_file(unit: &mut dyn UnitOfWork, guest: GuestId) -> Result<bool, StoreError> {
    Ok(unit.guest(guest).await?.is_some_and(|kept| kept.provenance == Provenance::Applied))
}

/// The groups that an account owns go to whoever proves its address. Where nobody has proven that before, somebody else
/// may.
async fn judge_groups(
    unit: &mut dyn UnitOfWork,
    caller: &Caller,
    guest: &Guest,
    mail: Option<&MailAddress>,
) -> Result<(), InviteError> {
    if guest.proven_mail() != mail && unit.owns_any_group(guest.id).await? && !caller.may(Act::ManageGroups) {
        return Err(InviteError::NotAllowed {
            needed: "the account owns a group: it takes the right to manage groups",
        });
    }
    Ok(())
}

/// The address that was asked for, where the account has it or whoever asks may set it.
fn chosen(
    guest: &Guest,
    details: &GuestDetails,
    new_address: &NewAddress,
    caller: &Caller,
) -> Result<Option<MailAddress>, InviteError> {
    let has = |address: &MailAddress| guest.mail.as_ref() == Some(address) || details.other_mails.contains(address);
    match new_address {
        NewAddress::Same => Ok(None),
        NewAddress::Set(address) | NewAddress::SetNow(address) if has(address) => Ok(Some(address.clone())),
        NewAddress::SetNow(address) if caller.may(Act::UpdateUsers) => Ok(Some(address.clone())),
        NewAddress::Set(_) | NewAddress::SetNow(_) => Err(InviteError::AddressNotSet { id: guest.id.to_string() }),
    }
}

/// Invites an internal account to be redeemed from elsewhere. It keeps its id, names, groups, apps and second
/// factors, and whether it is a member; from now on it is signed in to by whoever redeems, and no more at home.
pub(super) async fn convert(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    id: GuestId,
) -> Result<Invited, InviteError> {
    let caller = inviting.author.caller;
    let guest = target::of_id(unit, id).await?;
    if guest.mail.as_ref() != Some(&wish.address) {
        return Err(InviteError::AddressNotSet { id: guest.id.to_string() });
    }
    if !inviting.is_internal(&guest) {
        // It is from elsewhere already, and has this very address.
        return make::known(inviting, unit, wish, guest).await;
    }
    if !caller.may(Act::UpdateUsers) {
        return Err(InviteError::NotAllowed {
            needed: "inviting internal accounts takes the role `user_administrator`",
        });
    }
    target::judge_roles(unit, caller, guest.id).await?;
    judge_groups(unit, caller, &guest, guest.mail.as_ref()).await?;
    let guest = Guest { binding: Binding::PendingAcceptance, pinned_partner: None, ..guest };
    unbind(inviting, unit, &guest).await?;
    unit.note_state_change(guest.id, inviting.author.now).await?;
    unit.delete_invitations_of(guest.id).await?;
    before::add_sponsors(inviting, unit, wish, &guest, &[]).await?;
    make::link(inviting, unit, wish, guest, Account::Known, Trust::Domain, Activity::InternalInvited).await
}

async fn unbind(inviting: &Inviting<'_>, unit: &mut dyn UnitOfWork, guest: &Guest) -> Result<(), InviteError> {
    match unit.unbind_guest(guest, inviting.author.now).await {
        Ok(_) => Ok(()),
        Err(StoreError::Taken { .. }) => {
            let key = guest.mail.as_ref().map(|mail| mail.key().to_owned()).unwrap_or_default();
            let other = unit.guest_by_mail_key(&key).await?.ok_or(StoreError::Raced)?;
            Err(make::conflict(inviting, &other.value.guest))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the new link says: what is asked for, and else what the last one said.
fn wish(guest: &Guest, all: &[Invitation], anew: &Anew, chosen: Option<&MailAddress>) -> Result<Wish, InviteError> {
    let last = all.first();
    let id = || guest.id.to_string();
    let of_last = last.map(|last| &last.address);
    let address = chosen.or(guest.mail.as_ref()).or(of_last).ok_or_else(|| InviteError::AddressNotSet { id: id() })?;
    let redirect_url = anew.redirect_url.clone().or_else(|| last.map(|last| last.redirect_url.clone()));
    let redirect_url = redirect_url.ok_or_else(|| InviteError::RedirectUrlMissing { id: id() })?;
    Ok(Wish {
        address: address.clone(),
        redirect_url,
        display_name: None,
        user_type: guest.user_type,
        language: anew.language.clone().or_else(|| last.and_then(|last| last.language.clone())),
        message: anew.message.clone(),
        cc: anew.cc.clone(),
        sponsors: Vec::new(),
        apps: Vec::new(),
        groups: Vec::new(),
        account: Some(guest.id),
        sending: anew.sending,
    })
}

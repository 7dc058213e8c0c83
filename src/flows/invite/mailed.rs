//! The mail that goes with an invitation, put into the outbox in the unit that invites: it is sent where the
//! invitation stands, and never where it does not.

use super::Inviting;
use crate::domain::guests::{Binding, Guest};
use crate::domain::holders::{Holder, LookUp};
use crate::domain::invitations::language::LanguageTag;
use crate::domain::invitations::wish::{Sending, Wish};
use crate::domain::mail::MailAddress;
use crate::domain::partners::Partner;
use crate::domain::permissions::Caller;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::mails::invitation::{InvitationMail, invitation, language};
use crate::flows::mails::queue::enqueue_mail;
use crate::texts::language::Language;

/// What the mail leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leads {
    /// To accepting.
    ToAccept,
    /// To where the person goes, since there is nothing to accept.
    ToGo,
}

/// Puts the mail into the outbox, where one is asked for.
pub(super) async fn enqueue(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    guest: &Guest,
    link: &str,
    leads: Leads,
) -> Result<(), StoreError> {
    if wish.sending == Sending::ByHand {
        return Ok(());
    }
    let services = inviting.author.services;
    let (inviter_name, inviter_mail) = inviter(unit, inviting.author.caller).await?;
    let details = unit.guest_details(guest.id).await?;
    let asked = wish.language.as_ref().map(LanguageTag::as_str);
    let preferred = details.preferred_language.as_ref().map(LanguageTag::as_str);
    let home = if Language::first_of(&[asked, preferred]).is_some() { None } else { home(unit, wish, guest).await? };
    let of_home = home.as_ref().and_then(|home| home.language.as_ref()).map(LanguageTag::as_str);
    let mail = InvitationMail {
        to: wish.address.clone(),
        // A copy of a link that needs no accepting would be a copy of somebody's address for nothing.
        cc: wish.cc.clone().filter(|_| leads == Leads::ToAccept),
        inviter_name,
        inviter_mail,
        message: wish.message.as_ref().map(|message| message.as_str().to_owned()),
        link: link.to_owned(),
        lands_on: wish.redirect_url.as_str().to_owned(),
        language: language(services, &[asked, preferred, of_home]),
        privacy_url: inviting.settings.privacy_url.as_ref().map(|url| url.as_str().to_owned()),
        pre_redeemed: leads == Leads::ToGo,
        about: guest.id,
        now: inviting.author.now,
    };
    enqueue_mail(services, unit, &invitation(services, &mail)).await.map(drop)
}

/// The partner of the person, as far as it is known before they have come: where the account is, or is meant to be, else
/// the one that answers for the address.
async fn home(unit: &mut dyn UnitOfWork, wish: &Wish, guest: &Guest) -> Result<Option<Partner>, StoreError> {
    let bound = match &guest.binding {
        Binding::Accepted { partner, .. } => Some(*partner),
        Binding::PendingAcceptance => guest.pinned_partner,
    };
    let id = match bound {
        Some(id) => Some(id),
        None => match Holder::of(&unit.holdings(&LookUp::of_address(&wish.address)).await?) {
            Holder::One(id) => Some(id),
            Holder::Nobody | Holder::Shared(_) => None,
        },
    };
    match id {
        Some(id) => unit.read_partner(id).await,
        None => Ok(None),
    }
}

/// Name and address of a person who invites. An app in the name of a person speaks for that person.
async fn inviter(
    unit: &mut dyn UnitOfWork,
    caller: &Caller,
) -> Result<(Option<String>, Option<MailAddress>), StoreError> {
    let Caller::Person { guest, .. } = caller else { return Ok((None, None)) };
    let found = unit.guest(*guest).await?.map(|kept| kept.value.guest);
    Ok(found.map_or((None, None), |guest| (guest.display_name.clone(), guest.proven_mail().cloned())))
}

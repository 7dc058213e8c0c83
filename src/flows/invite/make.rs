//! Writes an invitation: the account where it is new, the link, what it gives, and the entry of the audit.

use std::time::Duration;

use super::mailed::{self, Leads};
use super::{Account, Invited, Inviting, before, target};
use crate::base::clock::Timestamp;
use crate::domain::audit::Activity;
use crate::domain::guest_details::{CreationType, GuestDetails};
use crate::domain::guests::{
    Binding, Guest, GuestId, MailStanding, NUMBERED_NAMES, NameSource, Standing, free_external_name,
};
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::wish::Wish;
use crate::domain::invitations::{
    AccountMatch, Invitation, InvitationId, InvitationStatus, MAX_OPEN, MailedAccount, Ticket,
};
use crate::domain::mail::MailAddress;
use crate::domain::partners::PartnerId;
use crate::domain::permissions::Act;
use crate::domain::store::objects::Provenance;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::directory::access::sees_accounts;

const DAY: u64 = 86_400;

/// Invites somebody who has no account yet.
pub(super) async fn new(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    other_mail: bool,
) -> Result<Invited, InviteError> {
    // An address that is another account's too finds nobody; the link alone leads here.
    let mail = (!other_mail).then(|| wish.address.clone());
    let other_mails = if other_mail { vec![wish.address.clone()] } else { Vec::new() };
    let guest = add(inviting, unit, wish, mail, None).await?;
    describe(inviting, unit, wish, guest.id, other_mails).await?;
    let trust = if inviting.author.caller.may(Act::InviteGuest) { Trust::Full } else { Trust::Address };
    link(inviting, unit, wish, guest, Account::Made, trust, Activity::GuestInvited).await
}

/// Adds somebody who has nothing to redeem: their account waits for the partner that vouches for them, and for nobody
/// else.
pub(super) async fn added(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    home: PartnerId,
) -> Result<Invited, InviteError> {
    let guest = add(inviting, unit, wish, Some(wish.address.clone()), Some(home)).await?;
    describe(inviting, unit, wish, guest.id, Vec::new()).await?;
    given_at_once(inviting, unit, wish, guest, Account::Made).await
}

async fn describe(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    guest: GuestId,
    other_mails: Vec<MailAddress>,
) -> Result<(), InviteError> {
    let details = GuestDetails {
        creation_type: Some(CreationType::Invitation),
        state_changed_at: Some(inviting.author.now),
        other_mails,
        ..GuestDetails::NONE
    };
    unit.write_guest_details(guest, &details).await?;
    Ok(unit.set_sponsors(guest, &wish.sponsors_by(&inviting.inviter())).await?)
}

/// Invites somebody once more who has an account.
pub(super) async fn known(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    guest: Guest,
) -> Result<Invited, InviteError> {
    if inviting.is_internal(&guest) {
        return Err(conflict(inviting, &guest));
    }
    if matches!(guest.binding, Binding::Accepted { .. }) {
        // Whoever has an address that was set here need not be whoever is meant by it.
        if guest.mail_standing == MailStanding::Unproven && guest.mail.as_ref() == Some(&wish.address) {
            return Err(conflict(inviting, &guest));
        }
        before::add_sponsors(inviting, unit, wish, &guest, &[]).await?;
        return given_at_once(inviting, unit, wish, guest, Account::Known).await;
    }
    let all = unit.invitations_of(guest.id).await?;
    let details = unit.guest_details(guest.id).await?;
    before::add_sponsors(inviting, unit, wish, &guest, &all).await?;
    if before::is_added(&guest, &all, &details) {
        return given_at_once(inviting, unit, wish, guest, Account::Known).await;
    }
    let caller = inviting.author.caller;
    let unredeemed = before::unredeemed(&all);
    if unredeemed.len() >= MAX_OPEN as usize {
        let is_named = sees_accounts(caller);
        let named = || InviteError::LinksTooMany { id: guest.id.to_string() };
        return Err(if is_named { named() } else { InviteError::LinksTooManyUnnamed });
    }
    // Whoever has the link may become the account, with all that it was given meanwhile.
    let hands_over = target::judge_roles(unit, caller, guest.id).await;
    if let Err(InviteError::Store(error)) = hands_over {
        return Err(error.into());
    }
    let may_reset = caller.may(Act::ResetRedemption);
    let is_trusted = hands_over.is_ok() && (may_reset || before::is_first(inviting, &guest, &all));
    let mut wish = wish.clone();
    let mut trust = Trust::Address;
    if is_trusted {
        trust = before::trust(&unredeemed);
        // What was promised is given by this link as well, to nobody whom the earlier one would not have taken; who may
        // let the account be redeemed anew answers for the address.
        let is_for = if wish.cc.is_some() { AccountMatch::SameAddress } else { account_match(trust, &wish) };
        let address = wish.address.clone();
        let carries = |before: &&&Invitation| {
            before.takes_all_of(is_for, &address) || (may_reset && before.takes(Some(&address)))
        };
        before::carry(&mut wish, unredeemed.iter().filter(carries).copied());
    }
    link(inviting, unit, &wish, guest, Account::Known, trust, Activity::GuestInvited).await
}

/// The address is another account's, which is named to who may know it.
pub(super) fn conflict(inviting: &Inviting<'_>, other: &Guest) -> InviteError {
    if sees_accounts(inviting.author.caller) {
        InviteError::AddressConflict { id: other.id.to_string() }
    } else {
        InviteError::AddressInUse
    }
}

/// There is nothing to redeem, or not any more: what the invitation gives is given at once, and the app is where to go.
async fn given_at_once(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    guest: Guest,
    account: Account,
) -> Result<Invited, InviteError> {
    for app in &wish.apps {
        unit.give_app(guest.id, *app).await?;
    }
    for group in &wish.groups {
        unit.give_group(guest.id, *group).await?;
    }
    let mut entry = inviting.author.entry(Activity::GuestInvited);
    entry.guest = Some(guest.id);
    let is_accepted = matches!(guest.binding, Binding::Accepted { .. });
    entry.details.push(("account", if is_accepted { "accepted" } else { "added" }.to_owned()));
    entry.details.extend(given(wish));
    unit.append_audit(&entry).await?;
    mailed::enqueue(inviting, unit, wish, &guest, wish.redirect_url.as_str(), Leads::ToGo).await?;
    Ok(Invited {
        guest,
        invitation: None,
        link: Some(wish.redirect_url.as_str().to_owned()),
        status: InvitationStatus::Completed,
        account,
    })
}

/// How far the link may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// To whichever account its holder signs in with.
    Full,
    /// To an account of the domain of the address, since the account is one of our own people's.
    Domain,
    /// To an account that proves the invited address, since the link alone proves nothing of it.
    Address,
}

/// Which account may redeem: where somebody else gets a copy of the link, it proves nothing. That an account of one
/// domain alone may is written all the same, since it holds for the next link too.
const fn account_match(trust: Trust, wish: &Wish) -> AccountMatch {
    match (trust, &wish.cc) {
        (Trust::Full, None) => AccountMatch::Any,
        (Trust::Domain, _) => AccountMatch::SameDomain,
        (Trust::Address, None) | (Trust::Full | Trust::Address, Some(_)) => AccountMatch::SameAddress,
    }
}

/// Makes the link of an account that is pending.
pub(super) async fn link(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    guest: Guest,
    account: Account,
    trust: Trust,
    activity: Activity,
) -> Result<Invited, InviteError> {
    let (services, now) = (inviting.author.services, inviting.author.now);
    let ticket = Ticket::new(now, services.random.as_ref());
    let days = inviting.settings.invitation_link_ttl_days;
    let expires_at: Option<Timestamp> = (days > 0).then(|| now.plus(Duration::from_secs(u64::from(days) * DAY)));
    let invitation = Invitation {
        id: InvitationId::new(now, services.random.as_ref()),
        guest: guest.id,
        address: wish.address.clone(),
        redirect_url: wish.redirect_url.clone(),
        inviter: inviting.inviter(),
        language: wish.language.clone(),
        message: wish.message.clone(),
        cc: wish.cc.clone(),
        account_match: account_match(trust, wish),
        mailed_account: if wish.cc.is_some() { MailedAccount::Refused } else { MailedAccount::Allowed },
        apps: wish.apps.clone(),
        groups: wish.groups.clone(),
        created_at: now,
        expires_at,
        redeemed_at: None,
    };
    unit.insert_invitation(&invitation, &ticket.hash()).await?;
    let mut entry = inviting.author.entry(activity);
    entry.guest = Some(guest.id);
    entry.target = Some(uuid::Uuid::from_bytes(*invitation.id.as_bytes()));
    entry.details.push(("account", if account == Account::Made { "made" } else { "known" }.to_owned()));
    entry.details.extend(given(wish));
    unit.append_audit(&entry).await?;
    let link = services.settings.public_url.join(&ticket.path());
    mailed::enqueue(inviting, unit, wish, &guest, &link, Leads::ToAccept).await?;
    Ok(Invited {
        guest,
        invitation: Some(invitation.id),
        link: Some(link),
        status: InvitationStatus::PendingAcceptance,
        account,
    })
}

fn given(wish: &Wish) -> Vec<(&'static str, String)> {
    let list = |ids: Vec<String>| ids.join(" ");
    let apps = list(wish.apps.iter().map(ToString::to_string).collect());
    let groups = list(wish.groups.iter().map(ToString::to_string).collect());
    [("apps", apps), ("groups", groups)].into_iter().filter(|(_, ids)| !ids.is_empty()).collect()
}

/// Adds the account, under the first of its names that is free.
async fn add(
    inviting: &Inviting<'_>,
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    mail: Option<MailAddress>,
    pinned_partner: Option<PartnerId>,
) -> Result<Guest, InviteError> {
    let (services, now) = (inviting.author.services, inviting.author.now);
    let id = GuestId::new(now, services.random.as_ref());
    let organization = &services.settings.organization.domain;
    let mut guest = Guest {
        id,
        user_principal_name: String::new(),
        mail,
        mail_standing: MailStanding::Known,
        display_name: wish.display_name.clone(),
        name_source: if wish.display_name.is_some() { NameSource::Here } else { NameSource::Partner },
        given_name: None,
        family_name: None,
        user_type: wish.user_type,
        binding: Binding::PendingAcceptance,
        pinned_partner,
        standing: Standing::Active,
        // A new account has no sessions, and the clock of another node may be a little behind.
        sessions_valid_from: Timestamp::EPOCH,
        created_at: now,
    };
    for clash in 0..=NUMBERED_NAMES {
        guest.user_principal_name = free_external_name(id, &wish.address, organization, clash);
        match unit.insert_guest(&guest, Provenance::Invited).await {
            Ok(()) => return Ok(guest),
            Err(StoreError::Taken { constraint }) if constraint == "guests_upn_key" => {}
            // Somebody has just invited the same address; looking again finds that account.
            Err(StoreError::Taken { constraint }) if constraint == "guests_mail_key" => break,
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Raced.into())
}

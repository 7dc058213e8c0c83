//! Inviting one guest.

use super::{Desk, FORM, Inviter, until_done};
use crate::base::clock::Timestamp;
use crate::domain::apps::{App, AppId};
use crate::domain::authentication::OnceKey;
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::wish::{Sending, Wish, WishTexts};
use crate::domain::invitations::{Inviter as InvitedBy, MAX_GIVEN};
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::author::Author;
use crate::flows::invite::{Account, Inviting};
use crate::flows::next::invite::{GivenApp, GuestInvitedPage, InvitationCameOut, InvitePage, TypedInvitation};
use crate::flows::next::{Next, Page};
use crate::flows::paths;
use crate::flows::sign_in::Halt;

/// The most apps that the form lets choose among, by name; more are given elsewhere.
const MAX_SHOWN: usize = 100;
/// Names forms among all that is remembered to have come.
const SENT_FORM: &str = " form of an invitation";

/// The form.
pub async fn show(desk: &Desk<'_>) -> Next {
    let now = desk.services.clock.now();
    until_done!(desk, now, shown(desk, now).await)
}

/// Invites whom the form names. A form that is sent a second time invites nobody again.
pub async fn invite(desk: &Desk<'_>, token: &str, typed: &TypedInvitation) -> Next {
    let now = desk.services.clock.now();
    let mut is_counted = false;
    until_done!(desk, now, attempt(desk, token, typed, now, &mut is_counted).await)
}

async fn shown(desk: &Desk<'_>, now: Timestamp) -> Result<Next, Halt> {
    let Some(inviter) = desk.enter(now).await? else { return Ok(Next::own(paths::PANEL)) };
    form(desk, inviter, TypedInvitation::default(), None, now).await
}

async fn attempt(
    desk: &Desk<'_>,
    token: &str,
    typed: &TypedInvitation,
    now: Timestamp,
    is_counted: &mut bool,
) -> Result<Next, Halt> {
    let Some((mut inviter, asked_at)) = desk.enter_with(token, now).await? else { return Ok(Next::own(paths::PANEL)) };
    if !*is_counted {
        desk.count(&inviter)?;
        *is_counted = true;
    }
    match invited(desk, &mut inviter, typed, (token, asked_at)).await {
        Ok((came_out, link)) => {
            let (person, address) = (inviter.name(), typed.address.clone());
            inviter.unit.commit().await?;
            let page = GuestInvitedPage { person, address, came_out, link };
            Ok(Next::page(Page::GuestInvited(Box::new(page))))
        }
        Err(InviteError::Store(error)) => Err(error.into()),
        Err(fault) => {
            // What was written before it was refused goes with its unit.
            drop(inviter);
            let Some(inviter) = desk.enter(now).await? else { return Ok(Next::own(paths::PANEL)) };
            form(desk, inviter, typed.clone(), Some(fault), now).await
        }
    }
}

async fn form(
    desk: &Desk<'_>,
    mut inviter: Inviter,
    typed: TypedInvitation,
    fault: Option<InviteError>,
    now: Timestamp,
) -> Result<Next, Halt> {
    let apps = givable(inviter.unit.as_mut(), &inviter.caller).await?;
    let page = InvitePage { token: inviter.token(desk.services, now)?, person: inviter.name(), apps, typed, fault };
    Ok(Next::page(Page::Invite(Box::new(page))))
}

async fn invited(
    desk: &Desk<'_>,
    inviter: &mut Inviter,
    typed: &TypedInvitation,
    (token, asked_at): (&str, Timestamp),
) -> Result<(InvitationCameOut, Option<String>), InviteError> {
    let wish = wish(desk, typed)?;
    let unit = inviter.unit.as_mut();
    let inviting = Inviting::read(unit, Author::new(desk.services, &inviter.caller)).await?;
    // What is refused below is not remembered: the form is shown again.
    let sent = OnceKey {
        issuer: SENT_FORM.to_owned(),
        id: format!("{token} {}", wish.address.key()),
        until: asked_at.plus(FORM.life),
    };
    let is_again = unit.remember_once(&sent).await? == Once::Again;
    if is_again || is_sent_before(unit, &wish, &inviting.inviter(), asked_at).await? {
        return Ok((InvitationCameOut::SentBefore, None));
    }
    let invited = inviting.one(unit, &wish).await?;
    Ok(match (invited.invitation, invited.account) {
        (None, _) => (InvitationCameOut::Accepted, None),
        (Some(_), Account::Made) => (InvitationCameOut::Invited, invited.link),
        (Some(_), Account::Known) => (InvitationCameOut::Again, invited.link),
    })
}

/// Whether the person has invited the address since the form was shown, by another one that stood open beside it.
async fn is_sent_before(
    unit: &mut dyn UnitOfWork,
    wish: &Wish,
    by: &InvitedBy,
    asked_at: Timestamp,
) -> Result<bool, StoreError> {
    let Some(kept) = unit.guest_by_mail_key(wish.address.key()).await? else { return Ok(false) };
    let open = unit.invitations_of(kept.value.guest.id).await?;
    Ok(open.iter().any(|invitation| invitation.inviter == *by && invitation.created_at >= asked_at))
}

fn wish(desk: &Desk<'_>, typed: &TypedInvitation) -> Result<Wish, InviteError> {
    let settings = &desk.services.settings;
    let panel = settings.public_url.join(&format!("/?tenantId={}", settings.organization.id));
    let optional = |text: &'_ str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    let (name, language) = (optional(&typed.name), optional(&typed.language));
    let texts = WishTexts {
        address: typed.address.trim(),
        redirect_url: &panel,
        display_name: name.as_deref(),
        language: language.as_deref(),
        message: Some(typed.message.as_str()),
        cc: &[],
    };
    let mut wish = texts.read(&settings.public_url)?;
    wish.sending = Sending::ByMail;
    if typed.apps.len() > MAX_GIVEN {
        return Err(InviteError::GivenTooMany { what: "apps", found: typed.apps.len() });
    }
    for id in &typed.apps {
        let unknown = |_| InviteError::AppUnknown { id: crate::base::trace::shorten(id.clone()) };
        wish.apps.push(AppId::parse(id).map_err(unknown)?);
    }
    wish.bounded()
}

/// The apps that somebody may give: all of them, or those that they own. What is shown decides nothing.
async fn givable(unit: &mut dyn UnitOfWork, caller: &Caller) -> Result<Vec<GivenApp>, StoreError> {
    let Caller::Person { guest, .. } = caller else { return Ok(Vec::new()) };
    let may_all = caller.may(Act::AssignApps);
    let mail = unit.guest(*guest).await?.and_then(|kept| kept.value.guest.proven_mail().cloned());
    let is_owner = |app: &App| {
        mail.as_ref().is_some_and(|mail| app.owners.iter().any(|owner| owner.eq_ignore_ascii_case(mail.as_str())))
    };
    let apps = unit.list_apps().await?.into_iter().map(|kept| kept.value);
    let may_give = apps.filter(|app| app.switch.is_on() && (may_all || is_owner(app)));
    let mut apps: Vec<GivenApp> = may_give.map(|app| GivenApp { id: app.id, name: app.name }).collect();
    apps.sort_by_key(|app| app.name.to_lowercase());
    apps.truncate(MAX_SHOWN);
    Ok(apps)
}

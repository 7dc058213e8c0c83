//! `entente invite`, and `entente guest resend` and `reset`.

use serde_json::{Value, json};

use super::named;
use super::print::Printer;
use crate::cli::arguments::guests::{AnewArguments, InviteArguments, ResetArguments};
use crate::domain::guests::{GuestId, UserType};
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::language::LanguageTag;
use crate::domain::invitations::message::CustomMessage;
use crate::domain::invitations::wish::{Sending, WishTexts, address};
use crate::domain::permissions::Caller;
use crate::domain::web_address::WebAddress;
use crate::flows::invite::again::{Anew, NewAddress, resend, reset};
use crate::flows::invite::{Account, Invited, invite};
use crate::flows::services::Services;

/// Invites one person.
///
/// # Errors
/// [`InviteError`].
pub async fn run(
    services: &Services,
    caller: &Caller,
    arguments: &InviteArguments,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let cc: Vec<&str> = arguments.cc.iter().map(String::as_str).collect();
    let texts = WishTexts {
        address: &arguments.address,
        redirect_url: &arguments.redirect,
        display_name: arguments.name.as_deref(),
        language: arguments.language.as_deref(),
        message: arguments.message.as_deref(),
        cc: &cc,
    };
    let mut wish = texts.read(&services.settings.public_url).map_err(told)?;
    if arguments.member {
        wish.user_type = UserType::Member;
    }
    wish.sending = sending(arguments.send);
    wish.apps = named::apps(services, &arguments.apps).await?;
    wish.groups = named::groups(services, &arguments.groups).await?;
    wish.sponsors = named::sponsors(services, &arguments.sponsors).await?;
    wish.account = arguments.account.as_deref().map(GuestId::parse).transpose()?;
    print(&invite(services, caller, &wish).await.map_err(told)?, printer)
}

/// Makes another link.
///
/// # Errors
/// [`InviteError`].
pub async fn again(
    services: &Services,
    caller: &Caller,
    arguments: &AnewArguments,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let anew = anew(services, arguments).await?;
    print(&resend(services, caller, &anew).await.map_err(told)?, printer)
}

/// Lets an account be redeemed anew.
///
/// # Errors
/// [`InviteError`].
pub async fn from_the_start(
    services: &Services,
    caller: &Caller,
    arguments: &ResetArguments,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let anew = anew(services, &arguments.anew).await?;
    let to = match &arguments.address {
        None => NewAddress::Same,
        Some(text) => NewAddress::SetNow(address(text).map_err(told)?),
    };
    print(&reset(services, caller, &anew, &to).await.map_err(told)?, printer)
}

async fn anew(services: &Services, arguments: &AnewArguments) -> anyhow::Result<Anew> {
    let ours = &services.settings.public_url;
    let redirect = arguments.redirect.as_deref().map(|text| WebAddress::parse_for(text, ours));
    let language = arguments.language.as_deref().map(LanguageTag::parse);
    let message = arguments.message.as_deref().map(CustomMessage::parse);
    Ok(Anew {
        guest: named::guest(services, &arguments.guest).await?,
        redirect_url: redirect.transpose().map_err(InviteError::RedirectUrl).map_err(told)?,
        language: language.transpose().map_err(InviteError::Language).map_err(told)?,
        message: message.transpose().map_err(InviteError::Message).map_err(told)?.flatten(),
        cc: None,
        sending: sending(arguments.send),
    })
}

const fn sending(is_mailed: bool) -> Sending {
    if is_mailed { Sending::ByMail } else { Sending::ByHand }
}

/// The sentence with its code.
pub(super) fn told(error: InviteError) -> anyhow::Error {
    let code = error.code();
    anyhow::Error::new(error).context(code)
}

fn print(invited: &Invited, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let account = if invited.account == Account::Made { "made" } else { "known" };
    let mail = invited.guest.mail.as_ref().map(|mail| mail.as_str());
    let fields: Vec<(&str, Value)> = vec![
        ("id", json!(invited.guest.id.to_string())),
        ("mail", json!(mail)),
        ("user_principal_name", json!(invited.guest.user_principal_name)),
        ("status", json!(invited.status.as_str())),
        ("account", json!(account)),
        ("invitation", json!(invited.invitation.map(|id| id.to_string()))),
        ("link", json!(invited.link)),
    ];
    Ok(printer.record(fields)?)
}

//! Invitations over HTTP (`POST /invitations`).

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::idempotency::{self, pack, unpack};
use super::odata::query::only;
use super::resources::{self, document, text};
use crate::domain::guest_details::{self, MAX_SPONSORS, Sponsor};
use crate::domain::guests::{Guest, GuestId, UserType};
use crate::domain::invitations::fault::{FaultKind, InviteError};
use crate::domain::invitations::wish::{Sending, Wish, WishTexts};
use crate::domain::permissions::Caller;
use crate::flows::directory::access::{own, sees_accounts};
use crate::flows::directory::{DirectoryError, sponsors, users};
use crate::flows::invite::again::{Anew, NewAddress};
use crate::flows::invite::once::{Request, RequestError, answer};
use crate::flows::invite::{Account, Invited};
use crate::flows::services::Services;
use crate::http::state::State;

const KNOWN: &[&str] = &[
    "invitedUserEmailAddress",
    "inviteRedirectUrl",
    "invitedUserDisplayName",
    "invitedUserType",
    "sendInvitationMessage",
    "invitedUserMessageInfo",
    "invitedUserSponsors",
    "resetRedemption",
    "invitedUser",
];
/// What an account has that is there already, so that a reset cannot set it.
const OF_THE_ACCOUNT: &[&str] = &["invitedUserDisplayName", "invitedUserType", "invitedUserSponsors"];

/// Somebody who gets a copy, as a request names them.
type Recipient<'b> = (Option<&'b str>, &'b str);

/// `POST /invitations`.
pub async fn invite(state: &State, ask: &Ask<'_>) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    count(state, ask.caller())?;
    let services = state.services();
    let map = resources::object(ask.body.as_ref(), KNOWN)?;
    let info = Info::read(map)?;
    let request = request(services, map, &info).await?;
    let repeat = idempotency::repeat(ask);
    let turn =
        repeat.as_ref().map(|repeat| state.repeats.begin(repeat).ok_or_else(idempotency::in_work)).transpose()?;
    let public_url = &services.settings.public_url;
    let telling = |invited: &Invited| {
        let location = public_url.join(&format!("/v1.0/users/{}", invited.guest.id));
        // Who may not read accounts learns no more of one that was there than that it is.
        let is_seen = invited.account == Account::Made || sees_accounts(ask.caller());
        let seen = is_seen.then_some(&invited.guest);
        let body = document(public_url, "invitations/$entity", shown(&request, &info, invited, seen));
        pack(&Reply::made(body, location))
    };
    let answered = answer(services, ask.caller(), &request, repeat.as_ref(), &telling).await;
    drop(turn);
    unpack(&answered?)
}

/// Counts what a person asks who invites, as the pages do. What an app may do for itself is an administrator's matter.
pub(super) fn count(state: &State, caller: &Caller) -> Result<(), Fault> {
    let Some(person) = own(caller) else { return Ok(()) };
    let counted = state.invitations.check(person);
    counted.map_err(|many| Fault::from(&many.refusal("too_many_invitations_of_account")))
}

/// `invitedUserMessageInfo`.
#[derive(Default)]
struct Info<'b> {
    language: Option<&'b str>,
    message: Option<&'b str>,
    recipients: Vec<Recipient<'b>>,
}

impl<'b> Info<'b> {
    fn read(map: &'b Map<String, Value>) -> Result<Self, Fault> {
        let known = ["messageLanguage", "customizedMessageBody", "ccRecipients"];
        let Some(info) = nested(map, "invitedUserMessageInfo", &known)? else { return Ok(Self::default()) };
        Ok(Self {
            language: optional(info, "messageLanguage")?,
            message: optional(info, "customizedMessageBody")?,
            recipients: list(info, "ccRecipients")?
                .iter()
                .filter_map(|one| recipient(one).transpose())
                .collect::<Result<_, _>>()?,
        })
    }
}

/// Who gets a copy; nobody where all is `null`, as it stands in our answers.
fn recipient(value: &Value) -> Result<Option<Recipient<'_>>, Fault> {
    let map = resources::object(Some(value), &["emailAddress"]).map_err(|fault| within("ccRecipients", fault))?;
    let Some(address) = nested(map, "emailAddress", &["name", "address"])? else { return Ok(None) };
    let name = optional(address, "name")?;
    if let Some(name) = name {
        guest_details::display_name(name)
            .map_err(|error| Fault::bad(format!("the `name` of `ccRecipients` {error}")))?;
    }
    match (name, optional(address, "address")?) {
        (name, Some(address)) => Ok(Some((name, address))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Fault::bad("`ccRecipients` needs the `address` beside the `name`")),
    }
}

async fn request(services: &Services, map: &Map<String, Value>, info: &Info<'_>) -> Result<Request, Fault> {
    let cc: Vec<&str> = info.recipients.iter().map(|(_, address)| *address).collect();
    let texts = WishTexts {
        address: text(map, "invitedUserEmailAddress")?,
        redirect_url: text(map, "inviteRedirectUrl")?,
        display_name: optional(map, "invitedUserDisplayName")?,
        language: info.language,
        message: info.message,
        cc: &cc,
    };
    let mut wish = texts.read(&services.settings.public_url)?;
    if wish.message.is_some() {
        // So it is with Graph: whoever writes a message of their own writes it in the language that they want.
        wish.language = None;
    }
    wish.sending = if is_set(map, "sendInvitationMessage")? { Sending::ByMail } else { Sending::ByHand };
    wish.user_type = match optional(map, "invitedUserType")? {
        None | Some("Guest") => UserType::Guest,
        Some("Member") => UserType::Member,
        Some(_) => return Err(Fault::bad("`invitedUserType` must be `Guest` or `Member`")),
    };
    wish.account = account(map)?;
    if is_set(map, "resetRedemption")? {
        return reset(map, wish);
    }
    wish.sponsors = sponsors_of(services, map).await?;
    Ok(Request::Invite(wish))
}

fn account(map: &Map<String, Value>) -> Result<Option<GuestId>, Fault> {
    let Some(user) = nested(map, "invitedUser", &["id"])? else { return Ok(None) };
    let id = GuestId::parse(text(user, "id").map_err(|fault| within("invitedUser", fault))?);
    id.map(Some).map_err(|_| Fault::bad("the `id` of `invitedUser` must be the id of an account"))
}

fn reset(map: &Map<String, Value>, wish: Wish) -> Result<Request, Fault> {
    let given = |name: &&&str| map.get(**name).is_some_and(|value| !value.is_null());
    if let Some(name) = OF_THE_ACCOUNT.iter().find(given) {
        let message = format!("`{name}` cannot stand beside `resetRedemption`: the account keeps what it has");
        return Err(Fault::bad(message));
    }
    let Some(guest) = wish.account else {
        return Err(Fault::bad("`resetRedemption` needs `invitedUser` with the `id` of the account"));
    };
    let Wish { address, redirect_url, language, message, cc, sending, .. } = wish;
    let anew = Anew { guest, redirect_url: Some(redirect_url), language, message, cc, sending };
    Ok(Request::Reset(anew, NewAddress::Set(address)))
}

async fn sponsors_of(services: &Services, map: &Map<String, Value>) -> Result<Vec<Sponsor>, Fault> {
    let named = list(map, "invitedUserSponsors")?;
    if named.len() > MAX_SPONSORS {
        return Err(InviteError::SponsorsTooMany { found: named.len() }.into());
    }
    let mut found = Vec::with_capacity(named.len());
    for one in named {
        let id = match one {
            Value::String(id) => id,
            other => resources::object(Some(other), &["id"])
                .and_then(|map| text(map, "id"))
                .map_err(|fault| within("invitedUserSponsors", fault))?,
        };
        found.push(sponsors::find(services, id).await?);
    }
    Ok(found)
}

/// The invitation as Graph shows it: with name and type of the account where that is seen, else as they were asked for.
fn shown(request: &Request, info: &Info<'_>, invited: &Invited, seen: Option<&Guest>) -> Value {
    let (address, redirect_url, sending, is_reset) = match request {
        Request::Invite(wish) => (Some(&wish.address), Some(&wish.redirect_url), wish.sending, false),
        Request::Reset(anew, NewAddress::Set(address) | NewAddress::SetNow(address)) => {
            (Some(address), anew.redirect_url.as_ref(), anew.sending, true)
        }
        Request::Reset(anew, NewAddress::Same) => {
            (invited.guest.mail.as_ref(), anew.redirect_url.as_ref(), anew.sending, true)
        }
    };
    let recipient = |(name, address): &Recipient<'_>| json!({ "emailAddress": { "name": name, "address": address } });
    let (name, user_type) = match (seen, request) {
        (Some(guest), _) => (guest.display_name.as_deref(), Some(guest.user_type)),
        (None, Request::Invite(wish)) => (wish.display_name.as_deref(), Some(wish.user_type)),
        // A reset asks for neither.
        (None, Request::Reset(..)) => (None, None),
    };
    let mut body = json!({
        "id": invited.invitation.map(|id| id.to_string()),
        "inviteRedeemUrl": invited.link,
        "invitedUserDisplayName": name,
        "invitedUserEmailAddress": address.map(|address| address.as_str()),
        "sendInvitationMessage": sending == Sending::ByMail,
        "resetRedemption": is_reset,
        "inviteRedirectUrl": redirect_url.map(|url| url.as_str()),
        "status": invited.status.as_str(),
        "invitedUserMessageInfo": {
            "messageLanguage": info.language,
            "customizedMessageBody": info.message,
            "ccRecipients": info.recipients.iter().map(recipient).collect::<Vec<_>>(),
        },
        "invitedUser": { "id": invited.guest.id.to_string() },
    });
    if let Some(user_type) = user_type {
        body["invitedUserType"] = users::word_of_type(user_type).into();
    }
    body
}

/// The text under a key, where it stands and is not `null`.
fn optional<'b>(map: &'b Map<String, Value>, name: &str) -> Result<Option<&'b str>, Fault> {
    Ok(resources::nullable(map, name)?.flatten())
}

/// Whether a flag is set; it is not where it does not stand.
fn is_set(map: &Map<String, Value>, name: &str) -> Result<bool, Fault> {
    if map.get(name).is_some_and(Value::is_null) { Ok(false) } else { Ok(resources::flag(map, name)? == Some(true)) }
}

/// The object under a key, where it stands and is not `null`.
fn nested<'b>(
    map: &'b Map<String, Value>,
    name: &str,
    known: &[&str],
) -> Result<Option<&'b Map<String, Value>>, Fault> {
    match map.get(name) {
        None | Some(Value::Null) => Ok(None),
        found => resources::object(found, known).map(Some).map_err(|fault| within(name, fault)),
    }
}

/// The list under a key; an empty one where it does not stand.
fn list<'b>(map: &'b Map<String, Value>, name: &str) -> Result<&'b [Value], Fault> {
    match map.get(name) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err(Fault::bad(format!("`{name}` must be a list"))),
    }
}

/// A fault of a part of the body, told with its name.
fn within(name: &str, fault: Fault) -> Fault {
    let message = fault.message.replace("the body", &format!("`{name}`"));
    Fault { message, ..fault }
}

impl From<InviteError> for Fault {
    fn from(error: InviteError) -> Self {
        if let InviteError::Store(error) = error {
            return DirectoryError::Store(error).into();
        }
        let fault = told(&error);
        match field(&error) {
            Some(name) => Self { message: format!("`{name}`: {error}"), ..fault },
            None => fault,
        }
    }
}

/// By its kind and code.
pub(super) fn told(error: &InviteError) -> Fault {
    let status = match error.kind() {
        FaultKind::BadField => StatusCode::BAD_REQUEST,
        FaultKind::NotAllowed => StatusCode::FORBIDDEN,
        FaultKind::NotFound => StatusCode::NOT_FOUND,
        FaultKind::Conflict => StatusCode::CONFLICT,
        FaultKind::Ours => StatusCode::SERVICE_UNAVAILABLE,
    };
    Fault::new(status, error.code(), error.to_string())
}

/// The member of the body whose fault it is.
const fn field(error: &InviteError) -> Option<&'static str> {
    Some(match error {
        InviteError::EmailChars
        | InviteError::EmailShape(_)
        | InviteError::OwnDomain { .. }
        | InviteError::ConsumerAddress { .. }
        | InviteError::DomainBlocked { .. }
        | InviteError::AddressConflict { .. }
        | InviteError::AddressInUse
        | InviteError::AddressNotSet { .. } => "invitedUserEmailAddress",
        InviteError::RedirectUrl(_) => "inviteRedirectUrl",
        InviteError::DisplayName(_) => "invitedUserDisplayName",
        InviteError::Language(_) => "messageLanguage",
        InviteError::Message(_) => "customizedMessageBody",
        InviteError::Cc(_) | InviteError::CcTooMany { .. } => "ccRecipients",
        InviteError::SponsorsTooMany { .. } | InviteError::SponsorUnknown { .. } => "invitedUserSponsors",
        _ => return None,
    })
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Invite(error) => error.into(),
            RequestError::Repeat(error) => error.into(),
        }
    }
}

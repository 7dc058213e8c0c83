//! Invitations, and what they give.

use super::attempts::once;
use super::guest_rows::guest_columns;
use super::partner_rows::to_json;
use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::{Guest, GuestId};
use crate::domain::invitations::language::LanguageTag;
use crate::domain::invitations::message::CustomMessage;
use crate::domain::invitations::{AccountMatch, Invitation, InvitationId, Inviter, MailedAccount};
use crate::domain::mail::MailAddress;
use crate::domain::sessions::HandleHash;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::domain::web_address::WebAddress;
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! columns {
    () => {
        "i.id, i.guest_id, i.address, i.redirect_url, i.inviter_kind, i.inviter_id, i.language, i.message, i.cc,
    i.account_match, i.allows_account, i.apps, i.groups, i.created_at, i.expires_at, i.redeemed_at"
    };
}

macro_rules! by_ticket {
    ($own:literal) => {
        concat!(
            "select ",
            columns!(),
            ",\n    ",
            guest_columns!("g"),
            "
from invitations i
join guests g on g.id = i.guest_id
where i.ticket = $1",
            $own
        )
    };
}

statements! {
    INSERT = "insert into invitations (id, ticket, guest_id, address, address_key, redirect_url, inviter_kind, inviter_id,
    language, message, cc, account_match, allows_account, apps, groups, created_at, expires_at, redeemed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    BY_TICKET = by_ticket!(""), postgres: by_ticket!("\nfor no key update of g, i");
    OF_GUEST = concat!("select ", columns!(), "\nfrom invitations i\nwhere i.guest_id = $1\norder by i.id desc");
    WITHOUT_MAIL = "select distinct g.id
from invitations i
join guests g on g.id = i.guest_id
where i.address_key = $1 and g.mail_key is null and g.standing <> 'deleted'
order by g.id";
    REDEEM = "update invitations
set redeemed_at = $2
where id = $1 and redeemed_at is null
returning id";
    DELETE_OF_GUEST = "delete from invitations
where guest_id = $1
returning id";
    GIVE_APP = "insert into app_guests (guest_id, app_id)
select $1, a.id
from apps a
where a.id = $2
on conflict (guest_id, app_id) do nothing";
    GIVE_GROUP = "insert into group_members (guest_id, group_id)
select $1, g.id
from groups g
where g.id = $2
on conflict (guest_id, group_id) do nothing";
    HAS_APP = "select id
from apps
where id = $1", postgres: "select id
from apps
where id = $1
for key share";
    IS_OWNER = "select a.id
from apps a, json_each(a.owners) o
where lower(o.value) = $1
limit 1", postgres: "select a.id
from apps a, jsonb_array_elements_text(a.owners::jsonb) o
where lower(o) = $1
limit 1";
    HAS_GROUP = "select id
from groups
where id = $1", postgres: "select id
from groups
where id = $1
for key share";
}

const MATCHES: &[(&str, AccountMatch)] = &[
    ("any", AccountMatch::Any),
    ("same_domain", AccountMatch::SameDomain),
    ("same_address", AccountMatch::SameAddress),
];

const OPERATOR: &str = "operator";
const APP: &str = "app";
const GUEST: &str = "guest";

pub(in crate::store) async fn insert(
    unit: &mut Unit,
    invitation: &Invitation,
    ticket: &HandleHash,
) -> Result<(), StoreError> {
    let (kind, inviter) = match &invitation.inviter {
        Inviter::Operator(name) => (OPERATOR, name.clone()),
        Inviter::App(app) => (APP, app.to_string()),
        Inviter::Guest(guest) => (GUEST, guest.to_string()),
    };
    let texts = |ids: &mut dyn Iterator<Item = String>| to_json(&ids.collect::<Vec<_>>());
    let values = values![
        invitation.id,
        ticket,
        invitation.guest,
        invitation.address.as_str(),
        invitation.address.key(),
        invitation.redirect_url.as_str(),
        kind,
        inviter,
        invitation.language.as_ref().map(LanguageTag::as_str),
        invitation.message.as_ref().map(CustomMessage::as_str),
        invitation.cc.as_ref().map(MailAddress::as_str),
        word_of(MATCHES, &invitation.account_match),
        invitation.mailed_account == MailedAccount::Allowed,
        texts(&mut invitation.apps.iter().map(ToString::to_string)),
        texts(&mut invitation.groups.iter().map(ToString::to_string)),
        invitation.created_at,
        invitation.expires_at,
        invitation.redeemed_at,
    ];
    unit.attempt(&INSERT, values).await.map(drop)
}

pub(in crate::store) async fn by_ticket(
    unit: &mut Unit,
    ticket: &HandleHash,
) -> Result<Option<(Invitation, Guest)>, StoreError> {
    let Some(row) = unit.one(&BY_TICKET, values![ticket]).await? else { return Ok(None) };
    let mut columns = row.columns("invitations");
    Ok(Some((Invitation::from_columns(&mut columns)?, Guest::from_columns(&mut columns)?)))
}

pub(in crate::store) async fn of_guest(unit: &mut Unit, guest: GuestId) -> Result<Vec<Invitation>, StoreError> {
    unit.all(&OF_GUEST, values![guest]).await?.iter().map(|row| row.read("invitations")).collect()
}

pub(in crate::store) async fn without_mail(unit: &mut Unit, address: &MailAddress) -> Result<Vec<GuestId>, StoreError> {
    let rows = unit.all(&WITHOUT_MAIL, values![address.key()]).await?;
    rows.iter().map(|row| row.columns("guests").uuid("id").map(GuestId::from_uuid)).collect()
}

pub(in crate::store) async fn redeem(unit: &mut Unit, id: InvitationId, now: Timestamp) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&REDEEM, values![id, now]).await?))
}

pub(in crate::store) async fn delete_of_guest(unit: &mut Unit, guest: GuestId) -> Result<u64, StoreError> {
    Ok(unit.all(&DELETE_OF_GUEST, values![guest]).await?.len() as u64)
}

pub(in crate::store) async fn give_app(unit: &mut Unit, guest: GuestId, app: AppId) -> Result<(), StoreError> {
    unit.write(&GIVE_APP, values![guest, app]).await
}

pub(in crate::store) async fn give_group(unit: &mut Unit, guest: GuestId, group: GroupId) -> Result<(), StoreError> {
    unit.write(&GIVE_GROUP, values![guest, group]).await
}

pub(in crate::store) async fn is_owner(unit: &mut Unit, address: &MailAddress) -> Result<bool, StoreError> {
    Ok(unit.one(&IS_OWNER, values![address.key()]).await?.is_some())
}

pub(in crate::store) async fn has_app(unit: &mut Unit, id: AppId) -> Result<bool, StoreError> {
    Ok(unit.one(&HAS_APP, values![id]).await?.is_some())
}

pub(in crate::store) async fn has_group(unit: &mut Unit, id: GroupId) -> Result<bool, StoreError> {
    Ok(unit.one(&HAS_GROUP, values![id]).await?.is_some())
}

impl FromColumns for Invitation {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        columns.enter("invitations");
        let id = InvitationId::from_uuid(columns.key()?);
        let guest = GuestId::from_uuid(columns.uuid("guest_id")?);
        let address = columns.optional_mail("address")?.ok_or_else(|| columns.corrupt("address"))?;
        let redirect_url = WebAddress::parse(&columns.text("redirect_url")?);
        let redirect_url = redirect_url.map_err(|_| columns.corrupt("redirect_url"))?;
        let inviter = read_inviter(columns)?;
        let language = columns.optional_text("language")?.map(|text| LanguageTag::parse(&text)).transpose();
        let language = language.map_err(|_| columns.corrupt("language"))?;
        let message = columns.optional_text("message")?.map(|text| CustomMessage::parse(&text)).transpose();
        let message = message.map_err(|_| columns.corrupt("message"))?.flatten();
        Ok(Self {
            id,
            guest,
            address,
            redirect_url,
            inviter,
            language,
            message,
            cc: columns.optional_mail("cc")?,
            account_match: columns.word("account_match", MATCHES)?,
            mailed_account: if columns.flag("allows_account")? {
                MailedAccount::Allowed
            } else {
                MailedAccount::Refused
            },
            apps: read_ids(columns, "apps", AppId::parse)?,
            groups: read_ids(columns, "groups", GroupId::parse)?,
            created_at: columns.time("created_at")?,
            expires_at: columns.optional_time("expires_at")?,
            redeemed_at: columns.optional_time("redeemed_at")?,
        })
    }
}

fn read_inviter(columns: &mut Columns<'_>) -> Result<Inviter, StoreError> {
    let kind = columns.text("inviter_kind")?;
    let id = columns.text("inviter_id")?;
    let inviter = match kind.as_str() {
        OPERATOR => Some(Inviter::Operator(id)),
        APP => AppId::parse(&id).ok().map(Inviter::App),
        GUEST => GuestId::parse(&id).ok().map(Inviter::Guest),
        _ => None,
    };
    inviter.ok_or_else(|| columns.corrupt("inviter_id"))
}

fn read_ids<Id, E>(
    columns: &mut Columns<'_>,
    column: &'static str,
    parse: impl Fn(&str) -> Result<Id, E>,
) -> Result<Vec<Id>, StoreError> {
    let texts: Vec<String> = columns.json(column)?;
    let ids: Result<_, _> = texts.iter().map(|text| parse(text)).collect();
    ids.map_err(|_| columns.corrupt(column))
}

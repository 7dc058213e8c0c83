//! Accounts over HTTP.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::odata::QueryFault;
use super::odata::filter::{Filterable, Kind};
use super::odata::query::{Paging, Query, Rules, SkipToken, only, selected};
use super::resources::{self, USER_PROPERTIES, document};
use crate::domain::guest_details::{self, Listing as InLists, MAX_OTHER_MAILS};
use crate::domain::guests::{GuestId, UserType};
use crate::domain::invitations::language::LanguageTag;
use crate::domain::invitations::wish::address;
use crate::domain::mail::MailAddress;
use crate::domain::people::{Order, Place};
use crate::flows::directory::DirectoryError;
use crate::flows::directory::changes::{self, Changes};
use crate::flows::directory::listing::{self, Listing, Property};
use crate::flows::directory::users::{self, Extent};
use crate::flows::services::Services;

const fn text(name: &'static str, property: Property) -> Filterable<Property> {
    Filterable { name, property, kind: Kind::Text }
}

const FILTERABLE: &[Filterable<Property>] = &[
    text("id", Property::Id),
    text("userPrincipalName", Property::PrincipalName),
    text("displayName", Property::DisplayName),
    text("givenName", Property::GivenName),
    text("surname", Property::Surname),
    text("mail", Property::Mail),
    text("userType", Property::UserType),
    Filterable { name: "accountEnabled", property: Property::AccountEnabled, kind: Kind::Flag },
    text("externalUserState", Property::State),
    text("creationType", Property::CreationType),
    text("companyName", Property::CompanyName),
];
const SEARCHABLE: &[Filterable<Property>] = &[text("displayName", Property::DisplayName), text("mail", Property::Mail)];

/// What the list of accounts lets be asked.
pub const RULES: Rules<Property, Order> = Rules {
    filterable: FILTERABLE,
    searchable: SEARCHABLE,
    orders: &[("displayName", Order::Name), ("mail", Order::Mail), ("userPrincipalName", Order::PrincipalName)],
    selectable: USER_PROPERTIES,
    paging: Paging::Pages,
};

/// What the number of accounts lets be asked.
pub const COUNT_RULES: Rules<Property, Order> =
    Rules { filterable: FILTERABLE, searchable: SEARCHABLE, orders: &[], selectable: &[], paging: Paging::Whole };

fn place(token: &SkipToken) -> Result<Place, QueryFault> {
    let id = GuestId::parse(&token.id).map_err(|_| QueryFault::SkipToken)?;
    Ok(Place { key: token.key.clone(), id })
}

/// `GET /users`.
pub async fn list(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let query = Query::read(&ask.query, &RULES, ask.is_eventual)?;
    let after = query.skip_token.as_ref().map(place).transpose()?;
    // The first page says how many there are.
    let counts = query.counts && after.is_none();
    let listing = Listing { filter: query.filter, order: query.order, after, top: query.top, counts };
    let page = listing::list(services, ask.caller(), &listing).await?;
    let values = page.items.iter().map(|person| resources::user(person, Extent::Whole, &query.select)).collect();
    let next = page.next.map(|place| SkipToken { key: place.key, id: place.id.to_string() });
    let public_url = &services.settings.public_url;
    Ok(Reply::ok(resources::list(public_url, "users", (ask.path, &ask.query), values, next, page.count)))
}

/// `GET /users/$count`.
pub async fn count(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let query = Query::read(&ask.query, &COUNT_RULES, ask.is_eventual)?;
    counted(ask)?;
    Ok(Reply::number(listing::count(services, ask.caller(), query.filter.as_ref()).await?))
}

/// Holds that the header stands which counting needs.
pub(super) const fn counted(ask: &Ask<'_>) -> Result<(), QueryFault> {
    if ask.is_eventual { Ok(()) } else { Err(QueryFault::Consistency("$count")) }
}

/// `GET /users/{id}`.
pub async fn one(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    let select = selected(&ask.query, USER_PROPERTIES)?;
    let seen = users::one(services, ask.caller(), name).await?;
    let user = resources::user(&seen.person, seen.extent, &select);
    Ok(Reply::ok(document(&services.settings.public_url, "users/$entity", user)))
}

/// `GET /me`.
pub async fn me(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let select = selected(&ask.query, USER_PROPERTIES)?;
    let person = users::me(services, ask.caller()).await?;
    let user = resources::user(&person, Extent::Whole, &select);
    Ok(Reply::ok(document(&services.settings.public_url, "users/$entity", user)))
}

const CHANGEABLE: &[&str] = &[
    "displayName",
    "accountEnabled",
    "companyName",
    "preferredLanguage",
    "mail",
    "otherMails",
    "userType",
    "showInAddressList",
];

fn wanted(body: Option<&Value>) -> Result<Changes, Fault> {
    let map = resources::object(body, CHANGEABLE)?;
    if map.is_empty() {
        return Err(Fault::bad("the body changes nothing"));
    }
    let wrong = |name: &str, error: &dyn std::fmt::Display| Fault::bad(format!("`{name}` {error}"));
    let named = |name: &'static str, read: fn(&str) -> Result<String, guest_details::NameError>| {
        let found = resources::nullable(map, name)?;
        let read = |text: &str| read(text).map_err(|error| wrong(name, &error));
        found.map(|value| value.map(read).transpose()).transpose()
    };
    let language = resources::nullable(map, "preferredLanguage")?;
    let tag = |text: &str| LanguageTag::parse(text).map_err(|error| wrong("preferredLanguage", &error));
    Ok(Changes {
        display_name: named("displayName", guest_details::display_name)?,
        enabled: resources::flag(map, "accountEnabled")?,
        company_name: named("companyName", guest_details::company_name)?,
        preferred_language: language.map(|value| value.map(tag).transpose()).transpose()?,
        other_mails: map.get("otherMails").map(other_mails).transpose()?,
        listing: resources::flag(map, "showInAddressList")?
            .map(|shown| if shown { InLists::Shown } else { InLists::Hidden }),
        mail: map.contains_key("mail").then(|| mail(map)).transpose()?,
        user_type: map.contains_key("userType").then(|| user_type(map)).transpose()?,
    })
}

fn mail(map: &Map<String, Value>) -> Result<MailAddress, Fault> {
    Ok(address(resources::text(map, "mail")?).map_err(DirectoryError::from)?)
}

fn user_type(map: &Map<String, Value>) -> Result<UserType, Fault> {
    match resources::text(map, "userType")? {
        "Guest" => Ok(UserType::Guest),
        "Member" => Ok(UserType::Member),
        _ => Err(Fault::bad("`userType` must be `Guest` or `Member`")),
    }
}

fn other_mails(value: &Value) -> Result<Vec<MailAddress>, Fault> {
    let wrong = || Fault::bad(format!("`otherMails` must be at most {MAX_OTHER_MAILS} mail addresses, none twice"));
    let Value::Array(list) = value else { return Err(wrong()) };
    let mut mails: Vec<MailAddress> = Vec::new();
    for one in list {
        let mail = one.as_str().and_then(|text| MailAddress::parse(text).ok()).ok_or_else(wrong)?;
        if mails.len() == MAX_OTHER_MAILS || mails.iter().any(|known| known.key() == mail.key()) {
            return Err(wrong());
        }
        mails.push(mail);
    }
    Ok(mails)
}

/// `PATCH /users/{id}`.
pub async fn change(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let wanted = wanted(ask.body.as_ref())?;
    changes::change(services, ask.caller(), name, &wanted).await?;
    Ok(Reply::done())
}

/// `POST /users/{id}/revokeSignInSessions`.
pub async fn revoke(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    resources::nothing(ask.body.as_ref())?;
    users::revoke_sessions(services, ask.caller(), name).await?;
    let context = services.settings.public_url.join("/v1.0/$metadata#Edm.Boolean");
    let body = Some(json!({ "@odata.context": context, "value": true }));
    Ok(Reply { status: StatusCode::OK, body, ..Reply::done() })
}

/// `POST /me/revokeSignInSessions`.
pub async fn revoke_mine(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let id = users::my_id(ask.caller())?;
    revoke(services, ask, &id.to_string()).await
}

//! Groups and their members over HTTP.

use serde_json::Value;

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::odata::QueryFault;
use super::odata::query::{Paging, Query, Rules, SkipToken, only, selected};
use super::resources::{self, GROUP_PROPERTIES, USER_PROPERTIES, document};
use super::users::counted;
use crate::domain::groups::{Group, GroupId};
use crate::domain::guest_details::display_name;
use crate::domain::guests::GuestId;
use crate::domain::names::Slug;
use crate::domain::people::Person;
use crate::flows::directory::access::Sight;
use crate::flows::directory::groups::{self, Move, Wanted};
use crate::flows::directory::users::{self, Extent};
use crate::flows::directory::{DirectoryError, Page};
use crate::flows::services::Services;

/// What the lists of groups let be asked.
pub const RULES: Rules<(), ()> =
    Rules { filterable: &[], searchable: &[], orders: &[], selectable: GROUP_PROPERTIES, paging: Paging::Pages };
/// What the list of members lets be asked.
pub const MEMBER_RULES: Rules<(), ()> = Rules { selectable: USER_PROPERTIES, ..RULES };

fn token(id: impl ToString) -> SkipToken {
    SkipToken { key: String::new(), id: id.to_string() }
}

fn group_after(query: &Query<(), ()>) -> Result<Option<GroupId>, QueryFault> {
    let parse = |token: &SkipToken| GroupId::parse(&token.id).map_err(|_| QueryFault::SkipToken);
    query.skip_token.as_ref().map(parse).transpose()
}

/// `GET /groups`.
pub async fn list(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let query = Query::read(&ask.query, &RULES, ask.is_eventual)?;
    let after = group_after(&query)?;
    let counts = query.counts && after.is_none();
    let page = groups::list(services, ask.caller(), after, query.top, counts).await?;
    Ok(shown(services, ask, page, &query.select))
}

/// `GET /groups/$count`.
pub async fn count(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    counted(ask)?;
    Ok(Reply::number(groups::count(services, ask.caller()).await?))
}

fn shown(services: &Services, ask: &Ask<'_>, page: Page<Group, GroupId>, select: &[&'static str]) -> Reply {
    let values = page.items.iter().map(|group| resources::group(group, select)).collect();
    let public_url = &services.settings.public_url;
    let next = page.next.map(token);
    Reply::ok(resources::list(public_url, "groups", (ask.path, &ask.query), values, next, page.count))
}

/// `GET /groups/{id}`.
pub async fn one(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    let select = selected(&ask.query, GROUP_PROPERTIES)?;
    let group = groups::one(services, ask.caller(), id).await?;
    Ok(Reply::ok(document(&services.settings.public_url, "groups/$entity", resources::group(&group, &select))))
}

fn wrong(name: &'static str, error: &dyn std::fmt::Display) -> Fault {
    DirectoryError::field(name, error).into()
}

/// `POST /groups`.
pub async fn create(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let known = ["displayName", "mailNickname", "mailEnabled", "securityEnabled", "groupTypes"];
    let map = resources::object(ask.body.as_ref(), &known)?;
    let name = display_name(resources::text(map, "displayName")?).map_err(|error| wrong("displayName", &error))?;
    let slug = Slug::parse(resources::text(map, "mailNickname")?).map_err(|error| wrong("mailNickname", &error))?;
    if resources::flag(map, "mailEnabled")? == Some(true) {
        return Err(Fault::bad("`mailEnabled` must be `false`: groups have no mailbox here"));
    }
    if resources::flag(map, "securityEnabled")? == Some(false) {
        return Err(Fault::bad("`securityEnabled` must be `true`: every group gives access here"));
    }
    if map.get("groupTypes").is_some_and(|types| *types != Value::Array(Vec::new())) {
        return Err(Fault::bad("`groupTypes` must be empty: members are assigned here"));
    }
    let group = groups::create(services, ask.caller(), &Wanted { slug, name }).await?;
    let public_url = &services.settings.public_url;
    let location = public_url.join(&format!("/v1.0/groups/{}", group.id));
    Ok(Reply::made(document(public_url, "groups/$entity", resources::group(&group, &[])), location))
}

/// `PATCH /groups/{id}`.
pub async fn rename(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let map = resources::object(ask.body.as_ref(), &["displayName", "mailNickname"])?;
    if map.is_empty() {
        return Err(Fault::bad("the body changes nothing"));
    }
    let optional = |name: &str| if map.contains_key(name) { resources::text(map, name).map(Some) } else { Ok(None) };
    let name = optional("displayName")?.map(display_name).transpose().map_err(|error| wrong("displayName", &error))?;
    let slug = optional("mailNickname")?.map(Slug::parse).transpose().map_err(|error| wrong("mailNickname", &error))?;
    groups::rename(services, ask.caller(), id, (name.as_deref(), slug.as_ref())).await?;
    Ok(Reply::done())
}

/// `DELETE /groups/{id}`.
pub async fn delete(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    groups::delete(services, ask.caller(), id).await?;
    Ok(Reply::done())
}

/// `GET /groups/{id}/members`.
pub async fn members(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    let (query, after) = of_people(ask, "members")?;
    let (page, sight) = groups::members(services, ask.caller(), id, after, query.top).await?;
    Ok(people(services, ask, page, sight, &query.select))
}

/// `GET /groups/{id}/owners`.
pub async fn owners(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    let (query, after) = of_people(ask, "owners")?;
    let (page, sight) = groups::owners(services, ask.caller(), id, after, query.top).await?;
    Ok(people(services, ask, page, sight, &query.select))
}

fn of_people(ask: &Ask<'_>, what: &'static str) -> Result<(Query<(), ()>, Option<GuestId>), QueryFault> {
    let query = Query::read(&ask.query, &MEMBER_RULES, ask.is_eventual)?;
    if query.counts {
        return Err(QueryFault::Together("$count", what));
    }
    let parse = |token: &SkipToken| GuestId::parse(&token.id).map_err(|_| QueryFault::SkipToken);
    let after = query.skip_token.as_ref().map(parse).transpose()?;
    Ok((query, after))
}

fn people(
    services: &Services,
    ask: &Ask<'_>,
    page: Page<Person, GuestId>,
    sight: Sight,
    select: &[&'static str],
) -> Reply {
    let extent = if sight == Sight::Everything { Extent::Whole } else { Extent::Outline };
    let typed = |mut value: Value| {
        value["@odata.type"] = "#microsoft.graph.user".into();
        value
    };
    let values = page.items.iter().map(|person| typed(resources::user(person, extent, select))).collect();
    let public_url = &services.settings.public_url;
    let next = page.next.map(token);
    let query = (ask.path, &ask.query);
    Reply::ok(resources::list(public_url, "directoryObjects", query, values, next, None))
}

/// The id at the end of an `@odata.id`.
fn referred(services: &Services, ask: &Ask<'_>) -> Result<GuestId, Fault> {
    let map = resources::object(ask.body.as_ref(), &["@odata.id"])?;
    let text = resources::text(map, "@odata.id")?;
    let ours = [services.settings.public_url.join("/v1.0"), "https://graph.microsoft.com/v1.0".to_owned()];
    let path = ours.iter().find_map(|base| text.strip_prefix(base.as_str()));
    let id = path
        .and_then(|path| ["/directoryObjects/", "/users/"].iter().find_map(|collection| path.strip_prefix(collection)));
    let id = id.and_then(|id| GuestId::parse(id).ok());
    id.ok_or_else(|| {
        Fault::bad(format!("`@odata.id` must be `{}/directoryObjects/` and the id of an account", ours[0]))
    })
}

/// `POST /groups/{id}/members/$ref` and `POST /groups/{id}/owners/$ref`.
pub async fn add(services: &Services, ask: &Ask<'_>, id: &str, which: Move) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let guest = referred(services, ask)?.to_string();
    groups::change(services, ask.caller(), id, &guest, which).await?;
    Ok(Reply::done())
}

/// `DELETE /groups/{id}/members/{member}/$ref` and `DELETE /groups/{id}/owners/{owner}/$ref`.
pub async fn remove(services: &Services, ask: &Ask<'_>, id: &str, name: &str, which: Move) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    groups::change(services, ask.caller(), id, name, which).await?;
    Ok(Reply::done())
}

/// `GET /users/{id}/memberOf`.
pub async fn of_user(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    let query = Query::read(&ask.query, &RULES, ask.is_eventual)?;
    if query.counts {
        return Err(QueryFault::Together("$count", "memberOf").into());
    }
    let after = group_after(&query)?;
    let (page, sight) = groups::of_person(services, ask.caller(), name, after, query.top).await?;
    // Who may not read groups knows the ids of their own, as their tokens have them.
    let select = if sight == Sight::Own { vec!["id"] } else { query.select };
    Ok(shown(services, ask, page, &select))
}

/// `GET /me/memberOf`.
pub async fn mine(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let id = users::my_id(ask.caller())?;
    of_user(services, ask, &id.to_string()).await
}

//! Apps and who is assigned to them, over HTTP.

use serde_json::{Value, json};

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::odata::QueryFault;
use super::odata::query::{Paging, Query, Rules, SkipToken, only, selected};
use super::resources::{self, APP_PROPERTIES, document};
use crate::base::encoding::{base64url, from_base64url};
use crate::domain::apps::{App, AppId};
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::people::{AppAssignment, Principal};
use crate::flows::directory::assignments::{self, Labels, Named};
use crate::flows::directory::{DirectoryError, apps as directory_apps};
use crate::flows::services::Services;

/// The one role that every app has: to be used at all.
pub const DEFAULT_ACCESS: &str = "00000000-0000-0000-0000-000000000000";

/// What the list of apps lets be asked.
pub const APP_RULES: Rules<(), ()> =
    Rules { filterable: &[], searchable: &[], orders: &[], selectable: APP_PROPERTIES, paging: Paging::Whole };
/// What the list of who is assigned lets be asked.
pub const PAGES: Rules<(), ()> =
    Rules { filterable: &[], searchable: &[], orders: &[], selectable: &[], paging: Paging::Pages };

/// `GET /servicePrincipals`.
pub async fn apps(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let query = Query::read(&ask.query, &APP_RULES, ask.is_eventual)?;
    let apps = directory_apps::list(services, ask.caller()).await?;
    let values = apps.iter().map(|app| resources::app(app, &query.select)).collect();
    let public_url = &services.settings.public_url;
    Ok(Reply::ok(resources::list(public_url, "servicePrincipals", (ask.path, &ask.query), values, None, None)))
}

/// `GET /servicePrincipals/{id}`.
pub async fn app(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    let select = selected(&ask.query, APP_PROPERTIES)?;
    let app = directory_apps::one(services, ask.caller(), id).await?;
    let public_url = &services.settings.public_url;
    Ok(Reply::ok(document(public_url, "servicePrincipals/$entity", resources::app(&app, &select))))
}

/// The name of an assignment: who and what, since there is one of each pair.
fn assignment_id(assignment: &AppAssignment) -> String {
    let (kind, principal) = match &assignment.principal {
        Principal::Guest(id) => (b'u', id.as_bytes()),
        Principal::Group(id) => (b'g', id.as_bytes()),
    };
    base64url([&[kind], principal.as_slice(), assignment.app.as_bytes().as_slice()].concat())
}

fn parse_assignment(text: &str) -> Option<AppAssignment> {
    let bytes = from_base64url(text).filter(|bytes| bytes.len() == 33)?;
    let id = |part: &[u8]| part.try_into().ok().map(uuid::Uuid::from_bytes);
    let (principal, app) = (id(&bytes[1..17])?, AppId::from_uuid(id(&bytes[17..])?));
    let principal = match bytes[0] {
        b'u' => Principal::Guest(GuestId::from_uuid(principal)),
        b'g' => Principal::Group(GroupId::from_uuid(principal)),
        _ => return None,
    };
    Some(AppAssignment { principal, app })
}

fn shown(principal: Principal, label: Option<&str>, app: &App) -> Value {
    let (id, kind) = match principal {
        Principal::Guest(id) => (id.to_string(), "User"),
        Principal::Group(id) => (id.to_string(), "Group"),
    };
    json!({
        "id": assignment_id(&AppAssignment { principal, app: app.id }),
        "appRoleId": DEFAULT_ACCESS,
        "principalId": id,
        "principalType": kind,
        "principalDisplayName": label,
        "resourceId": app.id.to_string(),
        "resourceDisplayName": app.name,
    })
}

async fn of(services: &Services, ask: &Ask<'_>, named: Named<'_>) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let (principal, label, apps) = assignments::of(services, ask.caller(), named).await?;
    let values = apps.iter().map(|app| shown(principal, label.as_deref(), app)).collect();
    let public_url = &services.settings.public_url;
    Ok(Reply::ok(resources::list(public_url, "appRoleAssignments", (ask.path, &ask.query), values, None, None)))
}

/// `GET /users/{id}/appRoleAssignments`.
pub async fn of_user(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    of(services, ask, Named::Person(name)).await
}

/// `GET /groups/{id}/appRoleAssignments`.
pub async fn of_group(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    of(services, ask, Named::Group(id)).await
}

/// `GET /servicePrincipals/{id}/appRoleAssignedTo`.
pub async fn of_app(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    let query = Query::read(&ask.query, &PAGES, ask.is_eventual)?;
    if query.counts {
        return Err(QueryFault::Together("$count", "appRoleAssignedTo").into());
    }
    let place = |token: &SkipToken| parse_assignment(&token.id).ok_or(QueryFault::SkipToken);
    let after = query.skip_token.as_ref().map(place).transpose()?.map(|assignment| assignment.principal);
    let (app, page) = directory_apps::assigned(services, ask.caller(), id, after, query.top).await?;
    let labels = Labels::of(services, ask.caller()).await?;
    let mut values = Vec::with_capacity(page.items.len());
    for principal in page.items {
        let label = labels.label(services, principal).await?;
        values.push(shown(principal, label.as_deref(), &app));
    }
    let next = page.next.map(|principal| SkipToken {
        key: String::new(),
        id: assignment_id(&AppAssignment { principal, app: app.id }),
    });
    let public_url = &services.settings.public_url;
    Ok(Reply::ok(resources::list(public_url, "appRoleAssignments", (ask.path, &ask.query), values, next, None)))
}

/// What is to be assigned, of a body that names the principal of the address once more.
fn wanted(ask: &Ask<'_>) -> Result<(String, AppId), Fault> {
    let known = ["principalId", "resourceId", "appRoleId", "principalType"];
    let map = resources::object(ask.body.as_ref(), &known)?;
    if map.contains_key("appRoleId") && resources::text(map, "appRoleId")? != DEFAULT_ACCESS {
        return Err(Fault::bad(format!("`appRoleId` must be `{DEFAULT_ACCESS}`: apps have no roles here")));
    }
    let app = AppId::parse(resources::text(map, "resourceId")?);
    let app = app.map_err(|_| Fault::bad("`resourceId` must be the id of a service principal"))?;
    Ok((resources::text(map, "principalId")?.to_owned(), app))
}

async fn assign(services: &Services, ask: &Ask<'_>, principal: Principal, app: AppId) -> Result<Reply, Fault> {
    let (app, label) = assignments::assign(services, ask.caller(), principal, app).await?;
    let public_url = &services.settings.public_url;
    let body = document(public_url, "appRoleAssignments/$entity", shown(principal, label.as_deref(), &app));
    let id = assignment_id(&AppAssignment { principal, app: app.id });
    let location = public_url.join(&format!("{}/{id}", ask.path));
    Ok(Reply::made(body, location))
}

fn differs(ask: &Ask<'_>) -> Fault {
    let fault = DirectoryError::field("principalId", "must be the id in the address");
    assignments::fault_for(ask.caller(), fault).into()
}

fn unknown(ask: &Ask<'_>, text: &str) -> Fault {
    assignments::fault_for(ask.caller(), DirectoryError::unknown("appRoleAssignment", text)).into()
}

/// `POST /users/{id}/appRoleAssignments`.
pub async fn assign_user(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let (principal, app) = wanted(ask)?;
    let id = GuestId::parse(&principal).map_err(|_| differs(ask))?;
    let is_same = assignments::is_person(services, name, id).await?;
    if !is_same {
        return Err(differs(ask));
    }
    assign(services, ask, Principal::Guest(id), app).await
}

/// `POST /groups/{id}/appRoleAssignments`.
pub async fn assign_group(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let (principal, app) = wanted(ask)?;
    let unknown_group = || assignments::fault_for(ask.caller(), DirectoryError::unknown("group", id));
    let parsed = GroupId::parse(id).map_err(|_| unknown_group())?;
    if GroupId::parse(&principal).ok() != Some(parsed) {
        return Err(differs(ask));
    }
    assign(services, ask, Principal::Group(parsed), app).await
}

fn named_assignment(ask: &Ask<'_>, text: &str) -> Result<AppAssignment, Fault> {
    parse_assignment(text).ok_or_else(|| unknown(ask, text))
}

/// `DELETE /users/{id}/appRoleAssignments/{assignment}`.
pub async fn unassign_user(services: &Services, ask: &Ask<'_>, name: &str, text: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let assignment = named_assignment(ask, text)?;
    let is_same = match assignment.principal {
        Principal::Guest(id) => assignments::is_person(services, name, id).await?,
        Principal::Group(_) => false,
    };
    if !is_same {
        return Err(unknown(ask, text));
    }
    assignments::unassign(services, ask.caller(), assignment).await?;
    Ok(Reply::done())
}

/// `DELETE /groups/{id}/appRoleAssignments/{assignment}`.
pub async fn unassign_group(services: &Services, ask: &Ask<'_>, id: &str, text: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let assignment = named_assignment(ask, text)?;
    if !matches!(assignment.principal, Principal::Group(group) if group.to_string() == id.to_ascii_lowercase()) {
        return Err(unknown(ask, text));
    }
    assignments::unassign(services, ask.caller(), assignment).await?;
    Ok(Reply::done())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignment_is_named_by_who_and_what() {
        let id = uuid::Uuid::from_u128;
        for principal in [Principal::Guest(GuestId::from_uuid(id(1))), Principal::Group(GroupId::from_uuid(id(1)))] {
            let assignment = AppAssignment { principal, app: AppId::from_uuid(id(2)) };
            assert_eq!(parse_assignment(&assignment_id(&assignment)), Some(assignment));
        }
        for text in ["", "AA", "!", &base64url([b'x'; 33])] {
            assert_eq!(parse_assignment(text), None, "{text}");
        }
    }
}

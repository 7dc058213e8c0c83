//! The directory audit and the sign-in log over HTTP, in the shape of Graph's `auditLogs`.

use serde_json::{Value, json};

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::odata::QueryFault;
use super::odata::filter::{self, Filterable};
use super::odata::query::{Paging, Query, Rules, SkipToken, only};
use super::resources::{self, document};
use crate::base::clock::Timestamp;
use crate::domain::audit::AuditId;
use crate::domain::people::Direction;
use crate::domain::reports::{Kind, Place, ReportEntry};
use crate::flows::directory::DirectoryError;
use crate::flows::reports::directory::Names;
use crate::flows::reports::pages::{self, Listing, Property};
use crate::flows::reports::{directory, names, sign_ins, targets};
use crate::flows::services::Services;
use crate::http::rows;

const fn by(name: &'static str, property: Property, kind: filter::Kind) -> Filterable<Property> {
    Filterable { name, property, kind }
}

const fn text(name: &'static str, property: Property) -> Filterable<Property> {
    by(name, property, filter::Kind::Text)
}

/// What the directory audit lets be asked.
pub const AUDIT_RULES: Rules<Property, ()> = Rules {
    filterable: &[
        by("activityDateTime", Property::At, filter::Kind::Time),
        text("activityDisplayName", Property::Activity),
        text("category", Property::Category),
        text("loggedByService", Property::Service),
        text("result", Property::Result),
        text("correlationId", Property::Correlation),
        text("initiatedBy/user/id", Property::Initiator),
        text("initiatedBy/app/servicePrincipalId", Property::InitiatingApp),
        by("targetResources/any/id", Property::Targets, filter::Kind::AnyText),
    ],
    searchable: &[],
    orders: &[("activityDateTime", ())],
    selectable: &[],
    paging: Paging::Uncounted,
};

/// What the sign-in log lets be asked.
pub const SIGN_IN_RULES: Rules<Property, ()> = Rules {
    filterable: &[
        by("createdDateTime", Property::At, filter::Kind::Time),
        text("userId", Property::User),
        text("userPrincipalName", Property::PrincipalName),
        text("userDisplayName", Property::UserName),
        text("appId", Property::App),
        text("appDisplayName", Property::AppName),
        text("resourceId", Property::Resource),
        text("ipAddress", Property::Address),
        by("status/errorCode", Property::Number, filter::Kind::Number),
        text("conditionalAccessStatus", Property::Policies),
        text("clientAppUsed", Property::ClientApp),
        text("crossTenantAccessType", Property::AccessType),
        text("homeTenantId", Property::Home),
        text("correlationId", Property::Correlation),
    ],
    orders: &[("createdDateTime", ())],
    ..AUDIT_RULES
};

const fn rules(kind: Kind) -> &'static Rules<Property, ()> {
    match kind {
        Kind::Directory => &AUDIT_RULES,
        Kind::SignIns => &SIGN_IN_RULES,
    }
}

const fn context(kind: Kind) -> &'static str {
    match kind {
        Kind::Directory => "auditLogs/directoryAudits",
        Kind::SignIns => "auditLogs/signIns",
    }
}

fn place(token: &SkipToken) -> Result<Place, QueryFault> {
    let id = AuditId::parse(&token.id).map_err(|_| QueryFault::SkipToken)?;
    let at = token.key.parse().map_err(|_| QueryFault::SkipToken)?;
    Ok((Timestamp::from_micros(at), id))
}

/// `GET /auditLogs/directoryAudits` and `GET /auditLogs/signIns`, newest first.
pub async fn list(services: &Services, ask: &Ask<'_>, kind: Kind) -> Result<Reply, Fault> {
    let query = Query::read(&ask.query, rules(kind), ask.is_eventual)?;
    let after = query.skip_token.as_ref().map(place).transpose()?;
    let direction = query.order.map_or(Direction::Descending, |((), direction)| direction);
    let listing = Listing { kind, filter: query.filter, direction, after, top: query.top };
    let page = pages::list(services, ask.caller(), &listing).await?;
    let names = names::of(services, kind, &page.items).await.map_err(DirectoryError::Store)?;
    let values = page.items.iter().map(|entry| shown(services, kind, entry, &names)).collect();
    let next = page.next.map(|(at, id)| SkipToken { key: at.micros().to_string(), id: id.to_string() });
    let public_url = &services.settings.public_url;
    Ok(Reply::ok(resources::list(public_url, context(kind), (ask.path, &ask.query), values, next, None)))
}

/// `GET /auditLogs/directoryAudits/{id}` and `GET /auditLogs/signIns/{id}`.
pub async fn one(services: &Services, ask: &Ask<'_>, kind: Kind, id: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let entry = pages::one(services, ask.caller(), kind, id).await?;
    let names = names::of(services, kind, std::slice::from_ref(&entry)).await.map_err(DirectoryError::Store)?;
    let value = shown(services, kind, &entry, &names);
    Ok(Reply::ok(document(&services.settings.public_url, &format!("{}/$entity", context(kind)), value)))
}

fn shown(services: &Services, kind: Kind, entry: &ReportEntry, names: &Names) -> Value {
    match kind {
        Kind::Directory => audit(entry, names),
        Kind::SignIns => sign_in(services, entry),
    }
}

/// The client id or entity id of the app, or its id where it is gone.
fn app_id(entry: &ReportEntry) -> Option<String> {
    let known = entry.app.as_ref().and_then(|app| app.identifier.clone());
    known.or_else(|| entry.record.app.as_ref().map(|(id, _)| id.to_string()))
}

fn sign_in(services: &Services, entry: &ReportEntry) -> Value {
    let mut value = rows::object(sign_ins::row(entry, &services.settings.organization));
    value["createdDateTime"] = json!(entry.record.at.to_rfc3339_micros());
    let result = sign_ins::result(entry);
    let is_failure = result == "failure";
    value["status"] = json!({
        "errorCode": sign_ins::number(entry),
        "failureReason": is_failure.then(|| entry.record.code.clone()).flatten(),
        "additionalDetails": if is_failure { entry.record.cause.as_deref() } else { Some(result) },
    });
    if let Some(id) = app_id(entry) {
        value["appId"] = json!(id);
    }
    value
}

fn audit(entry: &ReportEntry, names: &Names) -> Value {
    let mut value = rows::object(directory::row(entry, names));
    value["activityDateTime"] = json!(entry.record.at.to_rfc3339_micros());
    let found = directory::initiator(entry);
    let principal_name = found.user.as_ref().and_then(|id| found.user_name.as_ref().or_else(|| names.get(id)));
    let user = json!({
        "id": found.user,
        "displayName": if found.user.is_none() { found.user_name.as_ref() } else { None },
        "userPrincipalName": principal_name,
        "ipAddress": entry.record.address,
    });
    let is_our_app = targets::is_acting_app(&entry.record);
    let app = json!({
        "appId": is_our_app.then(|| app_id(entry)).flatten(),
        "displayName": found.app_name,
        "servicePrincipalId": found.app,
    });
    let is_of_user = found.user.is_some() || found.user_name.is_some();
    let is_of_app = found.app.is_some() || found.app_name.is_some() || !is_of_user;
    // A person who acts through an app is named with it.
    value["initiatedBy"] = json!({
        "user": if is_of_user { user } else { Value::Null },
        "app": if is_of_app { app } else { Value::Null },
    });
    // The directory has no word for our names of activities.
    if let Value::Object(map) = &mut value
        && let Some(activity) = map.remove("activity")
        && let Some(Value::Array(details)) = map.get_mut("additionalDetails")
    {
        details.insert(0, json!({ "key": "activity", "value": activity }));
    }
    value
}

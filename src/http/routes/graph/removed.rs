//! Removed accounts over HTTP.

use serde_json::Value;

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::odata::QueryFault;
use super::odata::query::{Paging, Query, Rules, SkipToken, only, selected};
use super::resources::{self, USER_PROPERTIES, document};
use crate::domain::guests::GuestId;
use crate::domain::people::Person;
use crate::flows::directory::removed;
use crate::flows::directory::users::Extent;
use crate::flows::services::Services;

/// What the list lets be asked.
pub const RULES: Rules<(), ()> =
    Rules { filterable: &[], searchable: &[], orders: &[], selectable: USER_PROPERTIES, paging: Paging::Pages };

fn typed(person: &Person, select: &[&'static str]) -> Value {
    let mut value = resources::user(person, Extent::Whole, select);
    value["@odata.type"] = "#microsoft.graph.user".into();
    value
}

/// `DELETE /users/{id}`.
pub async fn delete(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    removed::delete(services, ask.caller(), name).await?;
    Ok(Reply::done())
}

/// `GET /directory/deletedItems/microsoft.graph.user`.
pub async fn list(services: &Services, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let query = Query::read(&ask.query, &RULES, ask.is_eventual)?;
    if query.counts {
        return Err(QueryFault::Together("$count", "deletedItems").into());
    }
    let parse = |token: &SkipToken| GuestId::parse(&token.id).map_err(|_| QueryFault::SkipToken);
    let after = query.skip_token.as_ref().map(parse).transpose()?;
    let page = removed::list(services, ask.caller(), after, query.top).await?;
    let values = page.items.iter().map(|person| typed(person, &query.select)).collect();
    let next = page.next.map(|id| SkipToken { key: String::new(), id: id.to_string() });
    let public_url = &services.settings.public_url;
    Ok(Reply::ok(resources::list(public_url, "users", (ask.path, &ask.query), values, next, None)))
}

/// `GET /directory/deletedItems/{id}`.
pub async fn one(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    let select = selected(&ask.query, USER_PROPERTIES)?;
    let person = removed::one(services, ask.caller(), id).await?;
    Ok(Reply::ok(document(&services.settings.public_url, "directoryObjects/$entity", typed(&person, &select))))
}

/// `POST /directory/deletedItems/{id}/restore`.
pub async fn restore(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    resources::nothing(ask.body.as_ref())?;
    let person = removed::restore(services, ask.caller(), id).await?;
    Ok(Reply::ok(document(&services.settings.public_url, "directoryObjects/$entity", typed(&person, &[]))))
}

/// `DELETE /directory/deletedItems/{id}`.
pub async fn purge(services: &Services, ask: &Ask<'_>, id: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    removed::purge(services, ask.caller(), id).await?;
    Ok(Reply::done())
}

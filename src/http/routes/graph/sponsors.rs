//! Who answers for an account, over HTTP.

use serde_json::json;

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::odata::query::only;
use super::resources;
use crate::domain::groups::GroupId;
use crate::domain::guest_details::Sponsor;
use crate::domain::guests::GuestId;
use crate::flows::directory::sponsors;
use crate::flows::services::Services;

/// `GET /users/{id}/sponsors`.
pub async fn list(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let sponsors = sponsors::list(services, ask.caller(), name).await?;
    let values = sponsors.iter().map(|sponsor| match sponsor {
        Sponsor::Guest(id) => json!({ "@odata.type": "#microsoft.graph.user", "id": id.to_string() }),
        Sponsor::Group(id) => json!({ "@odata.type": "#microsoft.graph.group", "id": id.to_string() }),
    });
    let public_url = &services.settings.public_url;
    let (values, query) = (values.collect(), (ask.path, &ask.query));
    Ok(Reply::ok(resources::list(public_url, "directoryObjects", query, values, None, None)))
}

/// `POST /users/{id}/sponsors/$ref`.
pub async fn add(services: &Services, ask: &Ask<'_>, name: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    let sponsor = referred(services, ask).await?;
    sponsors::add(services, ask.caller(), name, sponsor).await?;
    Ok(Reply::done())
}

/// `DELETE /users/{id}/sponsors/{sponsor}/$ref`.
pub async fn remove(services: &Services, ask: &Ask<'_>, name: &str, sponsor: &str) -> Result<Reply, Fault> {
    only(&ask.query, &[])?;
    sponsors::remove(services, ask.caller(), name, sponsor).await?;
    Ok(Reply::done())
}

/// The account or group at the end of an `@odata.id`.
async fn referred(services: &Services, ask: &Ask<'_>) -> Result<Sponsor, Fault> {
    let map = resources::object(ask.body.as_ref(), &["@odata.id"])?;
    let text = resources::text(map, "@odata.id")?;
    let ours = services.settings.public_url.join("/v1.0");
    let bases = [ours.as_str(), "https://graph.microsoft.com/v1.0"];
    let wrong = || {
        let collections = "`/users/`, `/groups/` or `/directoryObjects/`";
        Fault::bad(format!("`@odata.id` must be `{ours}`, then {collections}, and an id"))
    };
    let path = bases.iter().find_map(|base| text.strip_prefix(base)).ok_or_else(wrong)?;
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("users"), Some(id), None) => GuestId::parse(id).map(Sponsor::Guest).map_err(|_| wrong()),
        (Some("groups"), Some(id), None) => GroupId::parse(id).map(Sponsor::Group).map_err(|_| wrong()),
        (Some("directoryObjects"), Some(id), None) if GuestId::parse(id).is_ok() => {
            Ok(sponsors::find(services, id).await?)
        }
        _ => Err(wrong()),
    }
}

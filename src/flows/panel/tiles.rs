//! The apps that a person may open, and how each is opened from here.

use crate::domain::apps::AppId;
use crate::domain::partners::PartnerId;
use crate::domain::refusal::Refusal;
use crate::downstream;
use crate::flows::next::{Tile, WayIn};
use crate::flows::services::Services;
use crate::flows::sign_in::store_refusal;

/// A tile for each of `apps` that is on and takes the people of `partner`, by name. What is shown decides nothing: the app
/// asks for a sign-in, which is decided on.
pub(super) async fn tiles(services: &Services, partner: PartnerId, apps: &[AppId]) -> Result<Vec<Tile>, Refusal> {
    let mut tiles = Vec::with_capacity(apps.len());
    for id in apps {
        let app = services.directory.app(*id).await.map_err(|error| store_refusal(&error))?;
        let Some(app) = app.filter(|app| app.switch.is_on() && app.partners.has(partner)) else { continue };
        let way_in = if downstream::start::may_begin(&app) {
            WayIn::Here(app.slug.as_str().to_owned())
        } else {
            downstream::oidc::home(&app).map_or(WayIn::Unknown, WayIn::AtApp)
        };
        tiles.push(Tile { name: app.name.clone(), way_in });
    }
    tiles.sort_by_key(|tile| tile.name.to_lowercase());
    Ok(tiles)
}

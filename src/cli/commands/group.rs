//! `entente group`: list, show.

use serde_json::json;

use super::print::Printer;
use crate::cli::arguments::GroupVerb;
use crate::flows::inspect;
use crate::flows::services::Services;

/// Runs one verb.
///
/// # Errors
/// An unknown slug, and failures of the database.
pub async fn run(services: &Services, verb: &GroupVerb, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    match verb {
        GroupVerb::List => {
            let groups = inspect::groups(services).await?;
            let rows = groups.iter().map(|view| {
                vec![
                    json!(view.group.slug.as_str()),
                    json!(view.group.name),
                    json!(view.members.len()),
                    json!(view.apps),
                ]
            });
            printer.table(&["slug", "name", "members", "apps"], rows.collect())?;
        }
        GroupVerb::Show(named) => {
            let view = inspect::group(services, &named.slug).await?;
            printer.record(vec![
                ("id", json!(view.group.id.to_string())),
                ("slug", json!(view.group.slug.as_str())),
                ("name", json!(view.group.name)),
                ("members", json!(view.members)),
                ("owners", json!(view.owners)),
                ("apps", json!(view.apps)),
            ])?;
        }
    }
    Ok(())
}

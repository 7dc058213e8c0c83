//! What partners and apps publish: shown with their records, and fetched now.

use anyhow::bail;
use serde_json::{Value, json};

use super::print::Printer;
use crate::domain::audit::Actor;
use crate::domain::documents::Owner;
use crate::flows::documents::{Outcome, refresh as refresh_now};
use crate::flows::inspect;
use crate::flows::operate::Act;
use crate::flows::services::Services;

/// Fetches the documents of a partner or app now, and says what came of it.
///
/// # Errors
/// Documents that are not taken, and failures of the database and of the output.
pub(super) async fn refresh(
    services: &Services,
    act: Act<'_>,
    owner: Owner,
    slug: &str,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let actor = Actor::Operator(act.operator.to_owned());
    let kind = match owner {
        Owner::Partner(_) => "partner",
        Owner::App(_) => "app",
    };
    let (outcome, sentence, fields) = match refresh_now(services, owner, &actor, act.now).await? {
        Outcome::Changed(fields) if fields.is_empty() => ("changed", "a newer document is kept".to_owned(), fields),
        Outcome::Changed(fields) => ("changed", format!("what is new is taken: {}", fields.join(", ")), fields),
        Outcome::Unchanged => ("unchanged", "nothing is new".to_owned(), Vec::new()),
        Outcome::Failed(trouble) => {
            bail!("{kind} `{slug}`: nothing is taken, what was good last stays: {trouble} ({})", trouble.cause)
        }
        Outcome::NoSource => bail!("{kind} `{slug}`: its metadata has no address; apply a newer file"),
        Outcome::Gone => bail!("{kind} `{slug}` has been removed"),
    };
    let value = json!({ kind: slug, "outcome": outcome, "fields": fields });
    Ok(printer.said(&format!("{kind} `{slug}`: {sentence}"), &value)?)
}

/// What is known of the readings of a partner's or app's documents.
///
/// # Errors
/// Failures of the database.
pub(super) async fn fields(services: &Services, owner: Owner) -> anyhow::Result<Vec<(&'static str, Value)>> {
    let Some(watch) = inspect::watch(services, owner).await? else { return Ok(Vec::new()) };
    let fault = watch.fault.as_ref().map(|fault| format!("{}: {}", fault.cause, fault.message));
    Ok(vec![
        ("metadata_read_at", json!(watch.read_at.map(|at| at.to_rfc3339()))),
        ("metadata_due_at", json!(watch.next_at.to_rfc3339())),
        ("metadata_failures", json!(watch.failures)),
        ("metadata_fault", json!(fault)),
    ])
}

//! `entente audit`: list entries, show one sign-in, verify the chains.

use serde_json::{Value, json};

use super::audit_chain;
use super::print::{Format, Printer};
use super::{report, timeline};
use crate::cli::arguments::{AuditArguments, AuditVerb};
use crate::domain::attempts::AttemptId;
use crate::domain::audit::AuditRecord;
use crate::flows::inspect::{self, AuditFilter};
use crate::flows::services::Services;
use crate::texts::advice::Advice;

/// Runs one verb.
///
/// # Errors
/// An unknown object or attempt, and failures of the database.
pub async fn run(services: &Services, verb: &AuditVerb, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    match verb {
        AuditVerb::List(arguments) => list(services, arguments, printer).await,
        AuditVerb::Show { attempt } => show(services, *attempt, printer).await,
        AuditVerb::Verify { against } => audit_chain::verify(services, against.as_deref(), printer).await,
        AuditVerb::Export(arguments) => report::export(services, arguments, printer).await,
        AuditVerb::Heads { after } => audit_chain::heads(services, *after, printer).await,
    }
}

async fn list(services: &Services, arguments: &AuditArguments, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let filter = AuditFilter {
        attempt: arguments.attempt,
        guest: arguments.guest.clone(),
        partner: arguments.partner.clone(),
        app: arguments.app.clone(),
        activity: arguments.activity.clone(),
        code: arguments.code.clone(),
        since: arguments.since,
        until: arguments.until,
        limit: arguments.limit,
    };
    let entries = inspect::audit(services, &filter).await?;
    match printer.format() {
        Format::Json => printer.json(&entries.iter().map(entry_json).collect())?,
        Format::Text => {
            let columns = ["at", "activity", "actor", "partner", "app", "code", "cause", "attempt"];
            printer.table(&columns, entries.iter().map(row).collect())?;
        }
    }
    Ok(())
}

fn row(entry: &AuditRecord) -> Vec<Value> {
    vec![
        json!(entry.at.to_rfc3339_millis()),
        json!(entry.activity),
        json!(entry.actor),
        object(entry.partner.as_ref()),
        object(entry.app.as_ref()),
        json!(entry.code),
        json!(entry.cause),
        json!(entry.attempt.map(|id| id.to_string())),
    ]
}

/// The slug while the object exists, else its id.
fn object<Id: std::fmt::Display>(object: Option<&(Id, Option<String>)>) -> Value {
    json!(object.map(|(id, slug)| slug.clone().unwrap_or_else(|| id.to_string())))
}

fn entry_json(entry: &AuditRecord) -> Value {
    json!({
        "id": entry.id.to_string(),
        "at": entry.at.to_rfc3339_millis(),
        "node": entry.node,
        "sequence": entry.sequence,
        "activity": entry.activity,
        "actor": entry.actor,
        "code": entry.code,
        "cause": entry.cause,
        "attempt": entry.attempt.map(|id| id.to_string()),
        "partner": object(entry.partner.as_ref()),
        "app": object(entry.app.as_ref()),
        "guest": entry.guest.map(|id| id.to_string()),
        "session": entry.session.map(|id| id.to_string()),
        "target": entry.target.map(|id| id.to_string()),
        "address": entry.address,
        "checks": entry.checks.iter().map(timeline::check_json).collect::<Value>(),
        "details": entry.details.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Value>(),
    })
}

async fn show(services: &Services, attempt: AttemptId, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let entries = inspect::attempt(services, attempt).await?;
    if entries.is_empty() {
        anyhow::bail!(
            "no entry of attempt `{attempt}`: it was not answered, or the page showed a request id, which the log has"
        );
    }
    let events = timeline::events(&entries, &Advice::new()?, services.settings.public_url.as_str());
    match printer.format() {
        Format::Json => printer.json(&json!({ "attempt": attempt.to_string(), "events": timeline::json(&events) }))?,
        Format::Text => {
            let took = timeline::span(&events).unwrap_or_default();
            printer.text(&format!("attempt {attempt}, {took} from first to last\n{}", timeline::text(&events)))?;
        }
    }
    Ok(())
}

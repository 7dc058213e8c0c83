//! `entente policy`: list, show, what-if, test, impact, history.

mod describe;

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::Outcome;
use super::check::{fault_json, print_faults};
use super::print::{Format, Printer};
use crate::base::clock::Timestamp;
use crate::cli::arguments::{PolicyVerb, WhatIfArguments};
use crate::domain::policy::cases::{Question, Verdict};
use crate::domain::policy::object::Policy;
use crate::domain::policy::outcomes;
use crate::domain::policy::set::{PolicyVersion, reaches_everybody};
use crate::domain::policy::what_if::Given;
use crate::flows::policies::what_if::{Answer, ask};
use crate::flows::policies::{cases, impact, view};
use crate::flows::services::Services;
use crate::objects::policy_cases;
use crate::objects::sources::Sources;
use describe::{conditions, decision, grant, session};

/// A day. **Units**: seconds.
const DAY: u64 = 86_400;

/// What a verb needs beside the services.
pub struct Surrounding<'a> {
    /// The present time.
    pub now: Timestamp,
    /// Files.
    pub sources: &'a dyn Sources,
    /// Where faults and failed cases are told.
    pub errors: &'a mut (dyn Write + Send),
}

/// Runs one verb.
///
/// # Errors
/// An unknown object, and failures of the database.
pub async fn run(
    services: &Services,
    verb: &PolicyVerb,
    around: &mut Surrounding<'_>,
    printer: &mut Printer<'_>,
) -> anyhow::Result<Outcome> {
    match verb {
        PolicyVerb::List => list(services, printer).await?,
        PolicyVerb::Show(named) => show(services, &named.slug, printer).await?,
        PolicyVerb::WhatIf(arguments) => what_if(services, arguments, around.now, printer).await?,
        PolicyVerb::Test { file, .. } => return test(services, file, around, printer).await,
        PolicyVerb::Impact { days } => sum(services, u64::from(*days), around.now, printer).await?,
        PolicyVerb::History { version } => history(services, version.as_deref(), printer).await?,
    }
    Ok(Outcome::Done)
}

async fn list(services: &Services, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let (policies, names) = view::policies(services).await?;
    let rows = policies.iter().map(|policy| {
        vec![
            json!(policy.slug.as_str()),
            json!(policy.display_name),
            json!(policy.state.as_str()),
            json!(grant(policy, &names)),
            json!(session(policy)),
            json!(reaches_everybody(policy)),
        ]
    });
    let columns = ["slug", "display_name", "state", "grant_controls", "session_controls", "reaches_everybody"];
    Ok(printer.table(&columns, rows.collect())?)
}

async fn show(services: &Services, slug: &str, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let (policy, names) = view::policy(services, slug).await?;
    let mut fields = vec![
        ("id", json!(policy.id.to_string())),
        ("slug", json!(policy.slug.as_str())),
        ("display_name", json!(policy.display_name)),
        ("state", json!(policy.state.as_str())),
    ];
    fields.extend(conditions(&policy.conditions, &names));
    fields.push(("grant_controls", json!(grant(&policy, &names))));
    fields.push(("session_controls", json!(session(&policy))));
    fields.push(("reaches_everybody", json!(reaches_everybody(&policy))));
    Ok(printer.record(fields)?)
}

async fn what_if(
    services: &Services,
    arguments: &WhatIfArguments,
    now: Timestamp,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let question = Question {
        guest: arguments.guest.clone(),
        app: arguments.app.clone(),
        platform: arguments.platform,
        client_app_type: arguments.client_app_type,
        ip: arguments.ip.unwrap_or(Given::NotGiven),
        country: arguments.country.unwrap_or(Given::NotGiven),
        flow: arguments.flow.unwrap_or(Given::NotGiven),
        shown: arguments.shown.clone(),
    };
    let answer = ask(services, &question, now).await?;
    match printer.format() {
        Format::Json => printer.json(&answer_json(&answer))?,
        Format::Text => {
            printer.text(&format!("decision: {}\n", decision(&answer).join("; ")))?;
            if !answer.applying.is_empty() {
                printer.text("\npolicies that apply\n")?;
                printer.table(&["slug", "state", "result", "grant_controls", "session_controls"], applying(&answer))?;
            }
            if !answer.others.is_empty() {
                printer.text("\npolicies that do not apply, and by which condition\n")?;
                printer.table(&["slug", "state", "condition", "why"], others(&answer))?;
            }
        }
    }
    Ok(())
}

fn applying(answer: &Answer) -> Vec<Vec<Value>> {
    let row = |(policy, outcome): &(Policy, outcomes::Outcome)| {
        vec![
            json!(policy.slug.as_str()),
            json!(policy.state.as_str()),
            json!(outcome.as_str(policy.state)),
            json!(grant(policy, &answer.names)),
            json!(session(policy)),
        ]
    };
    answer.applying.iter().map(row).collect()
}

fn others(answer: &Answer) -> Vec<Vec<Value>> {
    let rows = answer.others.iter().map(|(policy, condition, why)| {
        let (condition, why) = (condition.as_str(), why.as_str());
        vec![json!(policy.slug.as_str()), json!(policy.state.as_str()), json!(condition), json!(why)]
    });
    rows.collect()
}

fn answer_json(answer: &Answer) -> Value {
    let named = |columns: &[&str], rows: Vec<Vec<Value>>| {
        let object = |row: Vec<Value>| columns.iter().map(|name| (*name).to_owned()).zip(row).collect::<Value>();
        rows.into_iter().map(object).collect::<Value>()
    };
    json!({
        "policy_version": answer.version.to_string(),
        "decision": Verdict::of(&answer.decision).as_str(),
        "details": decision(answer),
        "applying": named(&["slug", "state", "result", "grant_controls", "session_controls"], applying(answer)),
        "not_applying": named(&["slug", "state", "condition", "why"], others(answer)),
    })
}

/// Runs every case of a file. Each that failed is named, with what was found instead.
async fn test(
    services: &Services,
    file: &Path,
    around: &mut Surrounding<'_>,
    printer: &mut Printer<'_>,
) -> anyhow::Result<Outcome> {
    let cases = match policy_cases::read(file, around.sources) {
        Ok(cases) => cases,
        Err(faults) => {
            if printer.format() == Format::Json {
                let list: Value = faults.iter().map(fault_json).collect();
                printer.json(&json!({ "faults": list }))?;
            }
            print_faults(&faults, around.errors)?;
            return Ok(Outcome::Refused);
        }
    };
    let mut results = Vec::with_capacity(cases.len());
    let mut failed = 0_usize;
    for case in &cases {
        let differences = cases::differences(services, &case.value, around.now).await?;
        if !differences.is_empty() {
            failed += 1;
            if printer.format() == Format::Text {
                let line = format!("{}: failed: {}", case.value.name, differences.join("; "));
                writeln!(around.errors, "{}", crate::base::trace::printable(line))?;
            }
        }
        let passed = differences.is_empty();
        results.push(json!({ "name": case.value.name, "passed": passed, "differences": differences }));
    }
    let passed = cases.len() - failed;
    let value = json!({ "passed": passed, "failed": failed, "cases": results });
    printer.said(&format!("{passed} passed, {failed} failed"), &value)?;
    Ok(if failed == 0 { Outcome::Done } else { Outcome::Refused })
}

async fn sum(services: &Services, days: u64, now: Timestamp, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let since = now.minus(std::time::Duration::from_secs(days * DAY));
    let rows = impact::impact(services, since).await?.into_iter().map(|(slug, results)| {
        vec![
            json!(slug),
            json!(results.success),
            json!(results.failure),
            json!(results.user_action_required),
            json!(results.not_applied),
        ]
    });
    let columns = ["slug", "success", "failure", "user_action_required", "not_applied"];
    Ok(printer.table(&columns, rows.collect())?)
}

async fn history(services: &Services, version: Option<&str>, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let Some(text) = version else {
        let rows = view::past_sets(services).await?.into_iter();
        let rows = rows.map(|past| vec![json!(past.first_seen.to_rfc3339_millis()), json!(past.version.to_string())]);
        return Ok(printer.table(&["first_seen", "version"], rows.collect())?);
    };
    let version = PolicyVersion::parse(text).context("a version is 64 hex digits, as the audit has it")?;
    let found = view::past_set(services, version).await?;
    let canonical = found.with_context(|| format!("no policy set of version `{version}` decided here"))?;
    match printer.format() {
        Format::Json => printer.json(&json!({ "version": version.to_string(), "text": canonical }))?,
        Format::Text => printer.text(&canonical)?,
    }
    Ok(())
}

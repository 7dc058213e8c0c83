//! `entente bulk`: check, invite, list, show, stop, resume, report, remove.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::Outcome;
use super::print::{Format, Printer};
use crate::cli::arguments::bulk::BulkVerb;
use crate::domain::bulk::MAX_FILE;
use crate::domain::bulk::job::{BulkJob, BulkJobId};
use crate::domain::permissions::Caller;
use crate::flows::bulk::{self, BulkError, report, run, take};
use crate::flows::operate::Act;
use crate::flows::services::Services;

/// Jobs that `list` shows.
const LISTED: u32 = 100;

/// Runs one verb.
///
/// # Errors
/// A file that cannot be read or used, an unknown job, and failures of the database.
pub async fn run(
    services: &Services,
    act: Act<'_>,
    verb: &BulkVerb,
    printer: &mut Printer<'_>,
) -> anyhow::Result<Outcome> {
    let caller = Caller::Operator(act.operator.to_owned());
    match verb {
        BulkVerb::Check(argument) => return check(services, &caller, &argument.file, printer).await,
        BulkVerb::Invite(argument) => {
            let bytes = read(&argument.file)?;
            let name = argument.file.file_name().unwrap_or_default().to_string_lossy();
            let job = take::take(services, &caller, &name, &bytes).await?;
            let job = if argument.background { job } else { follow(services, &caller, job, printer).await? };
            return shown(&job, printer);
        }
        BulkVerb::List => {
            let jobs = bulk::list(services, &caller, None, LISTED).await?;
            let columns = ["id", "file", "state", "rows", "done", "invited", "skipped", "failed", "created_at"];
            printer.table(&columns, jobs.iter().map(row).collect())?;
        }
        BulkVerb::Show(named) => {
            let job = bulk::find(services, &caller, id(&named.job)?).await?;
            printer.record(fields(&job))?;
        }
        BulkVerb::Stop(named) => {
            let job = bulk::stop(services, &caller, id(&named.job)?).await?;
            let sentence = format!("stopped after {} of {} rows", job.next_row, job.total);
            printer.said(&sentence, &json!({ "job": job.id.to_string(), "state": job.state.as_str() }))?;
        }
        BulkVerb::Resume(argument) => {
            let job = bulk::resume(services, &caller, id(&argument.job)?).await?;
            let job = if argument.background { job } else { follow(services, &caller, job, printer).await? };
            return shown(&job, printer);
        }
        BulkVerb::Report(argument) => {
            let report = report::report(services, &caller, id(&argument.job)?).await?;
            match &argument.output {
                Some(path) => {
                    std::fs::write(path, report).with_context(|| format!("cannot write `{}`", path.display()))?
                }
                None => std::io::stdout().write_all(report.as_bytes())?,
            }
        }
        BulkVerb::Remove(named) => {
            bulk::remove(services, &caller, id(&named.job)?).await?;
            let sentence = format!("job `{}` is removed; whom it invited stays invited", named.job);
            printer.said(&sentence, &json!({ "job": named.job, "removed": true }))?;
        }
    }
    Ok(Outcome::Done)
}

/// Does the rows here, so that none wait for a gateway that serves, which may do them too.
async fn follow(
    services: &Services,
    caller: &Caller,
    job: BulkJob,
    printer: &Printer<'_>,
) -> Result<BulkJob, BulkError> {
    let is_seen = printer.format() == Format::Text && std::io::stderr().is_terminal();
    let bar = if is_seen { ProgressBar::new(u64::from(job.total)) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} rows, {eta} left") {
        bar.set_style(style);
    }
    bar.set_position(u64::from(job.next_row));
    let ran = run::run(services, &job, &|| false, &mut |_| bar.inc(1)).await;
    bar.finish_and_clear();
    ran?;
    bulk::find(services, caller, job.id).await
}

/// What became of a job that was followed; done where no row failed.
fn shown(job: &BulkJob, printer: &mut Printer<'_>) -> anyhow::Result<Outcome> {
    printer.record(fields(job))?;
    Ok(if job.counts.failed == 0 { Outcome::Done } else { Outcome::Refused })
}

async fn check(
    services: &Services,
    caller: &Caller,
    file: &Path,
    printer: &mut Printer<'_>,
) -> anyhow::Result<Outcome> {
    let judged = take::judge(services, caller, &read(file)?).await?;
    let faults = judged.sheet.rows.iter().zip(&judged.faults).filter_map(|(row, fault)| {
        let fault = fault.as_ref()?;
        Some(vec![json!(row.line), json!(fault.code()), json!(fault.to_string())])
    });
    let faults: Vec<Vec<Value>> = faults.collect();
    let is_good = faults.is_empty();
    if is_good {
        let rows = judged.good();
        printer.said(&format!("all {rows} rows can be invited"), &json!({ "rows": rows, "faults": [] }))?;
    } else {
        printer.table(&["line", "code", "message"], faults)?;
    }
    Ok(if is_good { Outcome::Done } else { Outcome::Refused })
}

/// Reads no more than one byte beyond what is taken, so that the size can be told to be too large.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    opened
        .take(MAX_FILE as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    Ok(bytes)
}

fn id(text: &str) -> Result<BulkJobId, BulkError> {
    BulkJobId::parse(text).map_err(|_| BulkError::Unknown { id: crate::base::trace::shorten(text.to_owned()) })
}

fn row(job: &BulkJob) -> Vec<Value> {
    vec![
        json!(job.id.to_string()),
        json!(job.file_name),
        json!(job.state.as_str()),
        json!(job.total),
        json!(job.next_row),
        json!(job.counts.invited),
        json!(job.counts.skipped),
        json!(job.counts.failed),
        json!(job.created_at.to_rfc3339()),
    ]
}

fn fields(job: &BulkJob) -> Vec<(&'static str, Value)> {
    vec![
        ("id", json!(job.id.to_string())),
        ("file", json!(job.file_name)),
        ("form", json!(job.form.as_str())),
        ("state", json!(job.state.as_str())),
        ("rows", json!(job.total)),
        ("done", json!(job.next_row)),
        ("invited", json!(job.counts.invited)),
        ("skipped", json!(job.counts.skipped)),
        ("failed", json!(job.counts.failed)),
        ("created_at", json!(job.created_at.to_rfc3339())),
        ("ended_at", json!(job.ended_at.map(|at| at.to_rfc3339()))),
    ]
}

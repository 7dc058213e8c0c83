//! `entente check`: configuration, TLS files, stored objects and object files, every fault at once. Nothing is
//! written.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Outcome;
use super::print::{Format, Printer};
use crate::base::clock::Timestamp;
use crate::cli::config::Config;
use crate::cli::serve::tls::TlsFiles;
use crate::domain::definitions::Fault;
use crate::flows::apply::rules::{StandardRules, judge};
use crate::flows::apply::{ApplyError, LockOut, Mode, Options, Pruning, apply};
use crate::flows::inspect;
use crate::flows::services::Services;
use crate::objects::files::Contents;

/// What is checked beside the configuration, which has been read without fault.
#[derive(Debug)]
pub struct Checked<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// What is installed; `None` before the first start, or the reason why it cannot be opened.
    pub installed: Result<Option<Services>, String>,
    /// An empty database, on which object files are tried where nothing is installed.
    pub draft: Option<&'a Services>,
    /// The object files, where some were named.
    pub contents: Option<Contents>,
    /// The present time.
    pub now: Timestamp,
}

/// Tells every fault to `faults`, or that there is none to the printer.
///
/// # Errors
/// Failures of the database and of the output.
pub async fn run(
    checked: Checked<'_>,
    printer: &mut Printer<'_>,
    faults: &mut (dyn Write + Send),
) -> anyhow::Result<Outcome> {
    let mut of_files = Vec::new();
    let mut of_database = Vec::new();
    let mut warnings = Vec::new();
    let of_tls =
        checked.config.tls.clone().and_then(|files| TlsFiles::open(files).err()).map(|error| error.to_string());
    let services = match checked.installed {
        Ok(services) => services,
        Err(reason) => {
            of_database.push(reason);
            None
        }
    };
    if let Some(services) = &services {
        of_database.extend(inspect::faults(services, checked.now).await?);
    }
    match (checked.contents, services.as_ref().or(checked.draft)) {
        (None, _) => {}
        (Some(contents), Some(services)) => {
            let options = Options {
                lock_out: LockOut::Taken,
                pruning: Pruning::Keep,
                mode: Mode::DryRun,
                operator: String::new(),
                found: contents.faults,
            };
            match apply(services, &contents.definitions, &options).await {
                Ok(report) => warnings = report.warnings,
                Err(ApplyError::Faults(found)) => of_files = found,
                Err(error) => return Err(error.into()),
            }
        }
        (Some(contents), None) => {
            let rules = StandardRules { public_url: checked.config.public_url.clone() };
            let judged = judge(&contents.definitions, &rules, checked.now);
            of_files = contents.faults;
            of_files.extend(judged.faults);
            of_files.sort();
            warnings = judged.warnings;
        }
    }
    let is_good = of_files.is_empty() && of_tls.is_none() && of_database.is_empty();
    print_faults(&of_files, faults)?;
    if let Some(fault) = &of_tls {
        writeln!(faults, "tls: {fault}")?;
    }
    for fault in &of_database {
        writeln!(faults, "database: {fault}")?;
    }
    match printer.format() {
        Format::Json => {
            let files = of_files.iter().map(fault_json);
            let rest = of_tls.iter().chain(&of_database);
            let rest = rest.map(|message| json!({ "file": null, "line": null, "message": message }));
            let all: Value = files.chain(rest).collect();
            printer.json(&json!({ "good": is_good, "faults": all, "warnings": warnings }))?;
        }
        Format::Text => {
            for warning in &warnings {
                printer.text(&format!("warning: {}\n", crate::base::trace::printable(warning.clone())))?;
            }
            if is_good {
                let installed = if services.is_some() { "" } else { "; nothing is installed in the database yet" };
                printer.text(&format!("no faults{installed}\n"))?;
            }
        }
    }
    Ok(if is_good { Outcome::Done } else { Outcome::Refused })
}

/// Prints faults of files, one a line, by file and line.
///
/// # Errors
/// Those of the output.
pub fn print_faults(found: &[Fault], to: &mut (dyn Write + Send)) -> io::Result<()> {
    for fault in found {
        writeln!(to, "{}", crate::base::trace::printable(fault.to_string()))?;
    }
    Ok(())
}

/// A fault as JSON.
#[must_use]
pub fn fault_json(fault: &Fault) -> Value {
    json!({ "file": fault.origin.file, "line": fault.origin.line, "message": fault.message })
}

//! `entente apply`: makes the stored objects like the object files.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Outcome;
use super::check::{fault_json, print_faults};
use super::print::{Format, Printer};
use crate::cli::arguments::ApplyArguments;
use crate::cli::surroundings::{Surroundings, object_files};
use crate::domain::definitions::{Definitions, Fault};
use crate::flows::apply::report::{self, Report};
use crate::flows::apply::{ApplyError, LockOut, Mode, Options, Pruning, apply};
use crate::flows::services::Services;
use crate::objects::files;

/// Object files as they were read, and how they are to be applied.
#[derive(Debug)]
pub struct Application {
    definitions: Definitions,
    options: Options,
}

impl Application {
    /// Reads the files of `arguments`.
    #[must_use]
    pub fn read(arguments: &ApplyArguments, operator: String) -> Self {
        let contents = files::read(&object_files(&arguments.paths), &Surroundings);
        let options = Options {
            pruning: if arguments.prune { Pruning::Remove } else { Pruning::Keep },
            mode: if arguments.dry_run { Mode::DryRun } else { Mode::Write },
            operator,
            lock_out: if arguments.yes_lock_out { LockOut::Taken } else { LockOut::Refused },
            found: contents.faults,
        };
        Self { definitions: contents.definitions, options }
    }

    /// Reads these files, to be written as they are.
    #[must_use]
    pub fn of_files(paths: &[PathBuf], operator: String) -> Self {
        let contents = files::read(&object_files(paths), &Surroundings);
        let (pruning, mode, lock_out) = (Pruning::Keep, Mode::Write, LockOut::Taken);
        let options = Options { pruning, mode, operator, lock_out, found: contents.faults };
        Self { definitions: contents.definitions, options }
    }

    /// Applies it and says nothing but its faults.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn faults(&self, services: &Services) -> anyhow::Result<Option<Vec<Fault>>> {
        match apply(services, &self.definitions, &self.options).await {
            Ok(_) => Ok(None),
            Err(ApplyError::Faults(faults)) => Ok(Some(faults)),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether nothing is to be written.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.options.mode == Mode::DryRun
    }

    /// Whether it has faults on an empty database.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn has_faults(&self, draft: &Services) -> anyhow::Result<bool> {
        let options = Options { mode: Mode::DryRun, ..self.options.clone() };
        match apply(draft, &self.definitions, &options).await {
            Ok(_) => Ok(false),
            Err(ApplyError::Faults(_)) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Applies it. Faults are printed to `faults`, all of them, and change nothing.
    ///
    /// # Errors
    /// Failures of the database and of the output.
    pub async fn run(
        &self,
        services: &Services,
        printer: &mut Printer<'_>,
        faults: &mut (dyn std::io::Write + Send),
    ) -> anyhow::Result<Outcome> {
        match apply(services, &self.definitions, &self.options).await {
            Ok(report) => {
                match printer.format() {
                    Format::Json => printer.json(&report_json(&report))?,
                    Format::Text => printer.text(&report.to_string())?,
                }
                Ok(Outcome::Done)
            }
            Err(ApplyError::Faults(found)) => {
                if printer.format() == Format::Json {
                    let list: Value = found.iter().map(fault_json).collect();
                    printer.json(&json!({ "applied": false, "faults": list }))?;
                }
                print_faults(&found, faults)?;
                Ok(Outcome::Refused)
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn report_json(report: &Report) -> Value {
    let line = |line: &report::Line| {
        let (outcome, fields) = match &line.outcome {
            report::Outcome::Added => ("added", Value::Null),
            report::Outcome::Changed(fields) => ("changed", json!(fields)),
            report::Outcome::Removed => ("removed", Value::Null),
        };
        json!({ "kind": line.kind.as_str(), "name": line.name, "outcome": outcome, "fields": fields })
    };
    json!({
        "applied": report.mode == Mode::Write,
        "objects": report.lines.iter().map(line).collect::<Value>(),
        "unchanged": report.unchanged,
        "warnings": report.warnings,
    })
}

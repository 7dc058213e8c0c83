//! `entente audit export` and `entente report`. Rows are printed as they are read, so that an export takes the
//! same memory however long it is.

use std::time::Duration;

use serde_json::{Value, json};

use super::print::{Format, Printer, aligned};
use crate::base::trace::printable;
use crate::cli::arguments::reports::{ExportArguments, ExportFormat, ReportVerb};
use crate::domain::reports::{AccountLine, Active};
use crate::flows::reports::accounts::{Accounts, by_partner, monthly_active};
use crate::flows::reports::log::Log;
use crate::flows::reports::month::Month;
use crate::flows::reports::{csv, log};
use crate::flows::services::Services;
use crate::http::rows::{account_json, cell, object, partner_json};

/// Exports a log, newest first.
///
/// # Errors
/// Unknown objects, activities and categories, and failures of the database and the output.
pub async fn export(services: &Services, arguments: &ExportArguments, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let mut log = Log::open(services, arguments.kind, &arguments.wanted()).await?;
    let mut out = String::new();
    if arguments.format == ExportFormat::Csv {
        csv::record(log::columns(arguments.kind).iter().copied(), &mut out);
    }
    while let Some(rows) = log.next().await? {
        for row in rows {
            match arguments.format {
                ExportFormat::Csv => {
                    let cells: Vec<String> = row.iter().map(|(_, field)| cell(field)).collect();
                    csv::record(cells.iter().map(String::as_str), &mut out);
                }
                ExportFormat::Jsonl => {
                    out.push_str(&object(row).to_string());
                    out.push('\n');
                }
            }
        }
        printer.text(&out)?;
        out.clear();
    }
    Ok(printer.text(&out)?)
}

/// Runs a report.
///
/// # Errors
/// Failures of the database and the output.
pub async fn run(services: &Services, verb: ReportVerb, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    match verb {
        ReportVerb::MonthlyActive { month } => {
            let month = month.map_or_else(|| Month::of(services.clock.now()), Ok)?;
            let Active { guests, removed } = monthly_active(services, month).await?;
            Ok(printer.record(vec![
                ("month", json!(month.to_string())),
                ("active_guests", json!(guests)),
                ("active_accounts_removed_since", json!(removed)),
            ])?)
        }
        ReportVerb::Partners { month } => partners(services, month, printer).await,
        ReportVerb::NeverRedeemed => list(Accounts::never_redeemed(services), printer).await,
        ReportVerb::Unused { days } => {
            let time = Duration::from_secs(u64::from(days) * 86_400);
            list(Accounts::unused(services, time), printer).await
        }
    }
}

async fn partners(services: &Services, month: Option<Month>, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let month = month.map_or_else(|| Month::of(services.clock.now()), Ok)?;
    let (lines, is_whole) = by_partner(services, month).await?;
    if printer.format() == Format::Json {
        let lines: Value = lines.iter().map(partner_json).collect();
        return Ok(printer.json(&json!({ "month": month.to_string(), "is_whole": is_whole, "lines": lines }))?);
    }
    let named = |name: Option<&String>, id: String| printable(name.cloned().unwrap_or(id));
    let cells = lines.iter().map(|line| {
        let partner = line.partner.as_ref().map(|(id, name)| named(name.as_ref(), id.to_string()));
        let app = line.app.as_ref().map(|(id, name)| named(name.as_ref(), id.to_string()));
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        vec![or_none(partner), or_none(app), line.sign_ins.to_string(), line.guests.to_string()]
    });
    let head = ["PARTNER", "APP", "SIGN-INS", "GUESTS"].map(str::to_owned).to_vec();
    printer.text(&aligned(&std::iter::once(head).chain(cells).collect::<Vec<_>>(), ""))?;
    if !is_whole {
        printer.text("There are more lines, with fewer sign-ins.\n")?;
    }
    Ok(())
}

async fn list(mut accounts: Accounts<'_>, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    let format = printer.format();
    let mut is_first = true;
    if format == Format::Json {
        printer.text("[")?;
    }
    while let Some(page) = accounts.next().await? {
        match format {
            Format::Json => {
                for account in &page {
                    printer.text(if is_first { "\n" } else { ",\n" })?;
                    printer.text(&account_json(account).to_string())?;
                    is_first = false;
                }
            }
            Format::Text => {
                let head =
                    is_first.then(|| ["ID", "CREATED AT", "STANDING", "MAIL", "NAME"].map(str::to_owned).to_vec());
                let cells: Vec<_> = head.into_iter().chain(page.iter().map(account_cells)).collect();
                printer.text(&aligned(&cells, ""))?;
                is_first = false;
            }
        }
    }
    if format == Format::Json {
        printer.text("\n]\n")?;
    }
    Ok(())
}

fn account_cells(account: &AccountLine) -> Vec<String> {
    let shown = |text: Option<&String>| text.map_or_else(|| "-".to_owned(), |text| printable(text.clone()));
    vec![
        account.id.to_string(),
        account.created_at.to_rfc3339(),
        account.standing.clone(),
        shown(account.mail.as_ref().or(Some(&account.user_principal_name))),
        shown(account.display_name.as_ref()),
    ]
}

//! Answers that are as long as what there is: exports of the logs and lists of accounts, as CSV or as one JSON object a
//! line, and the verification of the audit. They are written while they are read, in memory that does not grow with
//! them, and whoever stops reading ends them.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;
use uuid::Uuid;

use super::dispatch::Ask;
use super::fault::Fault;
use super::odata::query::{only, option};
use super::pieces::{self, Halt, Sink};
use super::table::Handler;
use crate::base::clock::Timestamp;
use crate::domain::attempts::AttemptId;
use crate::domain::permissions::Act;
use crate::domain::policy::words::ClientAppType;
use crate::domain::reports::Kind;
use crate::flows::audit_chain::verify::verify;
use crate::flows::directory::{DirectoryError, permit};
use crate::flows::operate::OperateError;
use crate::flows::reports::accounts::Accounts;
use crate::flows::reports::log::{self, Log, LogError, Status, Wanted};
use crate::flows::reports::sign_ins::PolicyStatus;
use crate::flows::reports::{csv, pages};
use crate::flows::services::Services;
use crate::http::respond;
use crate::http::rows::{ACCOUNT_COLUMNS, account_cells, account_json, cell, object};
use crate::http::state::State;
use crate::http::verified;

/// The days without use of an account that is unused, where nothing is said.
const UNUSED_DAYS: u32 = 90;
/// The most of them.
pub const MAX_DAYS: u32 = 3_650;

/// The parameters of an export.
pub const EXPORT_PARAMETERS: &[&str] = &[
    "kind",
    "format",
    "since",
    "until",
    "activity",
    "category",
    "service",
    "status",
    "actor",
    "target",
    "app",
    "user",
    "ip",
    "client_app",
    "conditional_access",
    "correlation_id",
];
/// The longest value of them. **Units**: bytes.
const MAX_VALUE: usize = 512;

/// How a stream is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, with a head, safe to open in a spreadsheet.
    Csv,
    /// One JSON object a line.
    Lines,
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Lines];
    /// Both by their words.
    pub const WORDS: [&str; 2] = ["csv", "jsonl"];

    fn parse(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::Lines),
            _ => None,
        }
    }

    /// Its content type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Lines => "application/x-ndjson",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Lines => "jsonl",
        }
    }
}

/// What is to be written.
pub(super) enum Job {
    Export { kind: Kind, wanted: Box<Wanted>, format: Format },
    NeverRedeemed { format: Format },
    Unused { days: u32, format: Format },
    Verify,
}

/// Opens the stream that a route has whose rule lets the caller in; none where it has another answer.
///
/// # Errors
/// [`Fault`].
pub async fn open(state: &Arc<State>, ask: &Ask<'_>, handler: Handler) -> Result<Option<Response<Body>>, Fault> {
    let read = match handler {
        Handler::ExportAudit => export,
        Handler::NeverRedeemed => never_redeemed,
        Handler::Unused => unused,
        Handler::VerifyAudit => verification,
        _ => return Ok(None),
    };
    let job = read(ask)?;
    let (content_type, name) = match &job {
        Job::Export { kind: Kind::Directory, format, .. } => {
            (format.content_type(), Some(("directory-audit", *format)))
        }
        Job::Export { kind: Kind::SignIns, format, .. } => (format.content_type(), Some(("sign-ins", *format))),
        Job::NeverRedeemed { format } => (format.content_type(), Some(("never-redeemed", *format))),
        Job::Unused { format, .. } => (format.content_type(), Some(("unused", *format))),
        Job::Verify => ("application/json", None),
    };
    let body = pieces::begin(state, ask.caller(), job).await?;
    let mut response = respond::document(StatusCode::OK, content_type, "no-store", body);
    if let Some((name, format)) = name {
        let disposition = format!("attachment; filename=\"{name}.{}\"", format.extension());
        if let Ok(value) = HeaderValue::try_from(disposition) {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
        }
    }
    Ok(Some(response))
}

fn export(ask: &Ask<'_>) -> Result<Job, Fault> {
    only(&ask.query, EXPORT_PARAMETERS)?;
    let kind = word(ask, "kind", &Kind::WORDS, Kind::parse)?;
    let kind = kind.ok_or_else(|| Fault::bad("`kind` must say which log: `directory` or `sign-ins`"))?;
    permit(ask.caller(), pages::act(kind))?;
    let wanted = Wanted {
        since: parsed(ask, "since", Timestamp::parse)?,
        until: parsed(ask, "until", Timestamp::parse)?,
        activity: text(ask, "activity")?,
        category: text(ask, "category")?,
        service: text(ask, "service")?,
        status: word(ask, "status", &Status::WORDS, Status::parse)?,
        actor: text(ask, "actor")?,
        target: parsed(ask, "target", |text| Uuid::parse_str(text).map_err(|_| "not an id"))?,
        app: text(ask, "app")?,
        user: text(ask, "user")?,
        ip: parsed(ask, "ip", str::parse::<IpAddr>)?.map(|ip| ip.to_string()),
        client_app: word(ask, "client_app", ClientAppType::WORDS, ClientAppType::parse)?
            .map(|app| app.as_str().to_owned()),
        policy_status: word(ask, "conditional_access", &PolicyStatus::WORDS, PolicyStatus::parse)?,
        correlation_id: parsed(ask, "correlation_id", AttemptId::parse)?,
    };
    Ok(Job::Export { kind, wanted: Box::new(wanted), format: format(ask)? })
}

fn never_redeemed(ask: &Ask<'_>) -> Result<Job, Fault> {
    permit(ask.caller(), Act::ReadReports)?;
    only(&ask.query, &["format"])?;
    Ok(Job::NeverRedeemed { format: format(ask)? })
}

fn unused(ask: &Ask<'_>) -> Result<Job, Fault> {
    permit(ask.caller(), Act::ReadReports)?;
    only(&ask.query, &["format", "days"])?;
    let days = match option(&ask.query, "days")? {
        None => Some(UNUSED_DAYS),
        Some(text) if text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        Some(_) => None,
    };
    let days = days.filter(|days| (1..=MAX_DAYS).contains(days));
    let days = days.ok_or_else(|| Fault::bad(format!("`days` must be a number from 1 to {MAX_DAYS}")))?;
    Ok(Job::Unused { days, format: format(ask)? })
}

fn verification(ask: &Ask<'_>) -> Result<Job, Fault> {
    permit(ask.caller(), Act::ReadAudit)?;
    only(&ask.query, &[])?;
    Ok(Job::Verify)
}

fn format(ask: &Ask<'_>) -> Result<Format, Fault> {
    Ok(word(ask, "format", &Format::WORDS, Format::parse)?.unwrap_or(Format::Lines))
}

fn text(ask: &Ask<'_>, name: &'static str) -> Result<Option<String>, Fault> {
    let found = option(&ask.query, name)?;
    if found.is_some_and(|text| text.len() > MAX_VALUE || text.chars().any(char::is_control)) {
        return Err(Fault::bad(format!("`{name}` must be at most {MAX_VALUE} bytes without control characters")));
    }
    Ok(found.map(str::to_owned))
}

fn parsed<T, E: std::fmt::Display>(
    ask: &Ask<'_>,
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Fault> {
    let parse = |text: &str| parse(text).map_err(|error| Fault::bad(format!("`{name}` cannot be read: {error}")));
    option(&ask.query, name)?.map(parse).transpose()
}

fn word<T>(
    ask: &Ask<'_>,
    name: &'static str,
    words: &[&'static str],
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, Fault> {
    let wrong = || Fault::bad(format!("`{name}` must be one of `{}`", words.join("`, `")));
    option(&ask.query, name)?.map(|text| parse(text).ok_or_else(wrong)).transpose()
}

impl Job {
    pub(super) async fn write(self, services: &Services, sink: &mut Sink) -> Result<(), Halt> {
        match self {
            Self::Export { kind, wanted, format } => write_log(services, kind, &wanted, format, sink).await,
            Self::NeverRedeemed { format } => write_accounts(Accounts::never_redeemed(services), format, sink).await,
            Self::Unused { days, format } => {
                let time = Duration::from_secs(u64::from(days) * 86_400);
                write_accounts(Accounts::unused(services, time), format, sink).await
            }
            Self::Verify => {
                // It takes as long as the audit is long, so the head of the answer goes first.
                sink.start().await?;
                let seen = verify(services).await.map_err(DirectoryError::Store)?;
                sink.write(format!("{}\n", verified::json(&seen))).await
            }
        }
    }
}

async fn write_log(
    services: &Services,
    kind: Kind,
    wanted: &Wanted,
    format: Format,
    sink: &mut Sink,
) -> Result<(), Halt> {
    let mut log = Log::open(services, kind, wanted).await.map_err(fault_of_log)?;
    let mut out = String::new();
    if format == Format::Csv {
        csv::record(log::columns(kind).iter().copied(), &mut out);
    }
    while let Some(rows) = log.next().await.map_err(DirectoryError::Store)? {
        for row in rows {
            match format {
                Format::Csv => {
                    let cells: Vec<String> = row.iter().map(|(_, field)| cell(field)).collect();
                    csv::record(cells.iter().map(String::as_str), &mut out);
                }
                Format::Lines => line(&object(row), &mut out),
            }
        }
        sink.write(std::mem::take(&mut out)).await?;
    }
    Ok(())
}

async fn write_accounts(mut accounts: Accounts<'_>, format: Format, sink: &mut Sink) -> Result<(), Halt> {
    let mut out = String::new();
    if format == Format::Csv {
        csv::record(ACCOUNT_COLUMNS, &mut out);
    }
    while let Some(page) = accounts.next().await.map_err(DirectoryError::Store)? {
        for account in &page {
            match format {
                Format::Csv => csv::record(account_cells(account).iter().map(String::as_str), &mut out),
                Format::Lines => line(&account_json(account), &mut out),
            }
        }
        sink.write(std::mem::take(&mut out)).await?;
    }
    Ok(())
}

fn line(value: &Value, out: &mut String) {
    out.push_str(&value.to_string());
    out.push('\n');
}

fn fault_of_log(error: LogError) -> Halt {
    match error {
        LogError::Store(error) | LogError::Operate(OperateError::Store(error)) => DirectoryError::Store(error).into(),
        other => Halt::Failed(Fault::bad(other.to_string())),
    }
}

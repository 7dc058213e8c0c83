//! Arguments of exports and reports.

use std::net::IpAddr;

use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

use super::{attempt, time, word};
use crate::base::clock::Timestamp;
use crate::domain::attempts::AttemptId;
use crate::domain::policy::words::ClientAppType;
use crate::domain::reports::Kind;
use crate::flows::reports::log::{Status, Wanted};
use crate::flows::reports::month::Month;
use crate::flows::reports::sign_ins::PolicyStatus;

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Comma-separated, with a head, safe to open in a spreadsheet
    Csv,
    /// One JSON object a line
    Jsonl,
}

/// What to export.
#[derive(Debug, Clone, Args)]
pub struct ExportArguments {
    /// Which log
    #[arg(long, value_parser = word(&Kind::WORDS, Kind::parse))]
    pub kind: Kind,
    /// How it is written
    #[arg(long, value_enum, default_value_t = ExportFormat::Jsonl)]
    pub format: ExportFormat,
    /// Not before, such as 2026-11-20T09:30:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<Timestamp>,
    /// Before
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Timestamp>,
    /// With this activity: stable name, or that of the directory such as `Invite external user`
    #[arg(long)]
    pub activity: Option<String>,
    /// Of this category of the directory audit, such as `UserManagement`
    #[arg(long)]
    pub category: Option<String>,
    /// Logged by this service of the directory audit, such as `Invited users`
    #[arg(long)]
    pub service: Option<String>,
    /// With this result; `interrupted` is of sign-ins alone
    #[arg(long, value_parser = word(&Status::WORDS, Status::parse))]
    pub status: Option<Status>,
    /// By this actor: `operator:NAME`, `person:ID`, `visitor`, `app`, `partner` or `system`
    #[arg(long)]
    pub actor: Option<String>,
    /// About this account, app, partner or other object, by id
    #[arg(long, value_name = "ID")]
    pub target: Option<Uuid>,
    /// Of this app: slug or id
    #[arg(long)]
    pub app: Option<String>,
    /// Of this account: mail address or id
    #[arg(long)]
    pub user: Option<String>,
    /// From this network address
    #[arg(long)]
    pub ip: Option<IpAddr>,
    /// Sign-ins by this kind of client app, where policies decided
    #[arg(long, value_parser = word(ClientAppType::WORDS, ClientAppType::parse))]
    pub client_app: Option<ClientAppType>,
    /// Sign-ins of which policies said this
    #[arg(long, value_parser = word(&PolicyStatus::WORDS, PolicyStatus::parse))]
    pub conditional_access: Option<PolicyStatus>,
    /// Of this attempt
    #[arg(long, value_name = "ATTEMPT", value_parser = attempt)]
    pub correlation_id: Option<AttemptId>,
}

impl ExportArguments {
    /// What is asked for.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        Wanted {
            since: self.since,
            until: self.until,
            activity: self.activity.clone(),
            category: self.category.clone(),
            service: self.service.clone(),
            status: self.status,
            actor: self.actor.clone(),
            target: self.target,
            app: self.app.clone(),
            user: self.user.clone(),
            ip: self.ip.map(|ip| ip.to_string()),
            client_app: self.client_app.map(|app| app.as_str().to_owned()),
            policy_status: self.conditional_access,
            correlation_id: self.correlation_id,
        }
    }
}

/// Verbs of reports.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ReportVerb {
    /// How many guests signed in with success in a month of the calendar, in UTC; members are not counted
    MonthlyActive {
        /// The month, such as 2026-11; this one unless said otherwise
        #[arg(long, value_parser = Month::parse)]
        month: Option<Month>,
    },
    /// How often guests signed in with success in a month of the calendar, in UTC, by partner and app
    Partners {
        /// The month, such as 2026-11; this one unless said otherwise
        #[arg(long, value_parser = Month::parse)]
        month: Option<Month>,
    },
    /// Guests who have never redeemed their invitation
    NeverRedeemed,
    /// Guests who have redeemed and not signed in with success for a time
    Unused {
        /// The time in days
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
    },
}

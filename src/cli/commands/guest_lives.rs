//! `entente guest`: delete, deleted, restore, purge, resend, reset, sponsors.

use serde_json::json;

use super::invite::told;
use super::print::Printer;
use super::{invite, named};
use crate::cli::arguments::guests::{LifeVerb, SponsorsArguments};
use crate::domain::guest_details::{DeletedGuest, RESTORABLE, Sponsor};
use crate::domain::permissions::Caller;
use crate::flows::guest_lives::{delete, deleted, find_deleted, purge, restore, set_sponsors, sponsors};
use crate::flows::operate::Change;
use crate::flows::services::Services;

/// Runs one verb.
///
/// # Errors
/// An unknown guest, what does not fit what is there, and failures of the database.
pub async fn run(
    services: &Services,
    caller: &Caller,
    verb: &LifeVerb,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    match verb {
        LifeVerb::Delete(argument) => {
            let guest = named::guest(services, &argument.guest).await?;
            let change = delete(services, caller, guest).await.map_err(told)?;
            let sentence = match change {
                Change::Made => format!(
                    "guest `{}` is removed, and its sessions have ended; within 30 days it can be restored: `entente guest restore {guest}`",
                    argument.guest
                ),
                Change::AlreadySo => format!("guest `{}` was removed already", argument.guest),
            };
            said(printer, &sentence, &argument.guest, change)
        }
        LifeVerb::Deleted => {
            let all = deleted(services, caller).await.map_err(told)?;
            let columns = ["id", "mail", "name", "deleted_at", "deleted_by", "restorable_until"];
            Ok(printer.table(&columns, all.iter().map(row).collect())?)
        }
        LifeVerb::Restore(argument) => {
            let guest = find_deleted(services, caller, &argument.guest).await.map_err(told)?;
            let change = restore(services, caller, guest).await.map_err(told)?;
            let sentence = match change {
                Change::Made => format!("guest `{}` is restored", argument.guest),
                Change::AlreadySo => format!("guest `{}` was not removed", argument.guest),
            };
            said(printer, &sentence, &argument.guest, change)
        }
        LifeVerb::Purge(argument) => {
            let guest = find_deleted(services, caller, &argument.guest).await.map_err(told)?;
            purge(services, caller, guest).await.map_err(told)?;
            said(printer, &format!("guest `{}` is gone for good", argument.guest), &argument.guest, Change::Made)
        }
        LifeVerb::Resend(arguments) => invite::again(services, caller, arguments, printer).await,
        LifeVerb::Reset(arguments) => invite::from_the_start(services, caller, arguments, printer).await,
        LifeVerb::Sponsors(arguments) => about_sponsors(services, caller, arguments, printer).await,
    }
}

fn said(printer: &mut Printer<'_>, sentence: &str, guest: &str, change: Change) -> anyhow::Result<()> {
    Ok(printer.said(sentence, &json!({ "guest": guest, "changed": change == Change::Made }))?)
}

fn row(guest: &DeletedGuest) -> Vec<serde_json::Value> {
    vec![
        json!(guest.guest.to_string()),
        json!(guest.mail.as_ref().map(|mail| mail.as_str())),
        json!(guest.display_name),
        json!(guest.deleted_at.to_string()),
        json!(guest.deleted_by),
        json!(guest.deleted_at.plus(RESTORABLE).to_string()),
    ]
}

async fn about_sponsors(
    services: &Services,
    caller: &Caller,
    arguments: &SponsorsArguments,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let guest = named::guest(services, &arguments.guest).await?;
    if arguments.none || !arguments.set.is_empty() {
        let wanted = named::sponsors(services, &arguments.set).await?;
        set_sponsors(services, caller, guest, &wanted).await.map_err(told)?;
    }
    let rows = sponsors(services, caller, guest).await.map_err(told)?;
    let row = |sponsor: &Sponsor| match sponsor {
        Sponsor::Guest(id) => vec![json!("guest"), json!(id.to_string())],
        Sponsor::Group(id) => vec![json!("group"), json!(id.to_string())],
    };
    Ok(printer.table(&["kind", "id"], rows.iter().map(row).collect())?)
}

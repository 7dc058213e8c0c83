//! `entente guest`: list, show, block, unblock, revoke, reset-factors; `guest_lives` has the others.

use serde_json::{Value, json};

use super::print::Printer;
use crate::cli::arguments::GuestVerb;
use crate::domain::guests::{Binding, Standing, UserType};
use crate::flows::inspect::{self, GuestView};
use crate::flows::operate::{Act, Change, reset_factors, revoke_guest, set_guest_standing};
use crate::flows::services::Services;

/// Runs one verb.
///
/// # Errors
/// An unknown guest, and failures of the database.
pub async fn run(services: &Services, act: Act<'_>, verb: &GuestVerb, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    match verb {
        GuestVerb::List => {
            let rows = inspect::guests(services).await?.iter().map(row).collect();
            printer.table(&["id", "mail", "name", "partner", "state", "apps", "groups"], rows)?;
        }
        GuestVerb::Show(named) => printer.record(fields(&inspect::guest(services, &named.guest).await?))?,
        GuestVerb::Block(named) => stand(services, act, &named.guest, Standing::Blocked, printer).await?,
        GuestVerb::Unblock(named) => stand(services, act, &named.guest, Standing::Active, printer).await?,
        GuestVerb::Revoke(named) => {
            let ended = revoke_guest(services, act, &named.guest).await?;
            let sessions = if ended == 1 { "1 session has".to_owned() } else { format!("{ended} sessions have") };
            printer.said(
                &format!("guest `{}`: {sessions} ended, and codes and tokens from before now are refused", named.guest),
                &json!({ "guest": named.guest, "sessions_ended": ended }),
            )?;
        }
        GuestVerb::Life(verb) => super::guest_lives::run(services, &super::caller(act), verb, printer).await?,
        GuestVerb::ResetFactors(named) => {
            let removed = reset_factors(services, act, &named.guest).await?;
            let factors = if removed == 1 { "1 second factor".to_owned() } else { format!("{removed} second factors") };
            printer.said(
                &format!(
                    "guest `{}`: {factors} removed; the next need asks for a fresh sign-in and new ones",
                    named.guest
                ),
                &json!({ "guest": named.guest, "factors_removed": removed }),
            )?;
        }
    }
    Ok(())
}

async fn stand(
    services: &Services,
    act: Act<'_>,
    name: &str,
    standing: Standing,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let change = set_guest_standing(services, act, name, standing).await?;
    let word = if standing == Standing::Blocked { "blocked" } else { "active" };
    let sentence = match change {
        Change::Made => format!("guest `{name}` is {word}"),
        Change::AlreadySo => format!("guest `{name}` was {word} already"),
    };
    Ok(printer.said(&sentence, &json!({ "guest": name, "standing": word, "changed": change == Change::Made }))?)
}

/// One word for where an account stands.
fn state(view: &GuestView) -> &'static str {
    match (view.guest.standing, &view.guest.binding) {
        (Standing::Blocked, _) => "blocked",
        (Standing::Deleted, _) => "deleted",
        (Standing::Active, Binding::PendingAcceptance) => "invited",
        (Standing::Active, Binding::Accepted { .. }) => "accepted",
    }
}

fn mail(view: &GuestView) -> Value {
    json!(view.guest.mail.as_ref().map(|mail| mail.as_str()))
}

fn row(view: &GuestView) -> Vec<Value> {
    vec![
        json!(view.guest.id.to_string()),
        mail(view),
        json!(view.guest.display_name),
        json!(view.partner),
        json!(state(view)),
        json!(view.apps),
        json!(view.groups),
    ]
}

fn fields(view: &GuestView) -> Vec<(&'static str, Value)> {
    let guest = &view.guest;
    let (issuer, subject) = match &guest.binding {
        Binding::PendingAcceptance => (Value::Null, Value::Null),
        Binding::Accepted { identity, .. } => (json!(identity.issuer), json!(identity.subject)),
    };
    vec![
        ("id", json!(guest.id.to_string())),
        ("user_principal_name", json!(guest.user_principal_name)),
        ("mail", mail(view)),
        ("display_name", json!(guest.display_name)),
        ("given_name", json!(guest.given_name)),
        ("family_name", json!(guest.family_name)),
        ("user_type", json!(if guest.user_type == UserType::Member { "member" } else { "guest" })),
        ("state", json!(state(view))),
        ("partner", json!(view.partner)),
        ("issuer", issuer),
        ("subject", subject),
        ("apps", json!(view.apps)),
        ("groups", json!(view.groups)),
        ("sessions_valid_from", json!(guest.sessions_valid_from.to_string())),
        ("created_at", json!(guest.created_at.to_string())),
    ]
}

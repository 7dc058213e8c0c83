//! One sign-in as a timeline: what was asked, what was answered, every check, what was decided, and for
//! a refusal what to do.

use serde_json::{Value, json};

use super::print::aligned;
use crate::base::clock::Timestamp;
use crate::base::trace::{CheckOutcome, Checked, printable};
use crate::domain::audit::{AuditRecord, AuditedCheck};
use crate::texts::advice::{Advice, Names};

/// What happened at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    at: String,
    what: &'static str,
    said: String,
    cause: Option<String>,
    checks: Vec<AuditedCheck>,
    advice: Option<String>,
}

/// The events of one sign-in, from its audit entries in the order of time.
///
/// What the partner was asked is no entry of its own, since an anonymous request writes nothing; the
/// entry of the answer has its times.
#[must_use]
pub fn events(entries: &[AuditRecord], advice: &Advice, public_url: &str) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for entry in entries {
        for event in before(entry) {
            if !events.contains(&event) {
                events.push(event);
            }
        }
        events.push(decided(entry, advice, public_url));
    }
    // The sort keeps the order of what happened within one millisecond.
    events.sort_by(|left, right| left.at.cmp(&right.at));
    events
}

/// What came before an answer.
fn before(entry: &AuditRecord) -> Vec<Event> {
    let event =
        |at: &str, what, said| Event { at: at.to_owned(), what, said, cause: None, checks: Vec::new(), advice: None };
    let mut events = Vec::new();
    if let Some(at) = detail(entry, "started_at") {
        let by = match entry.app {
            Some(_) => format!("by app {}", named(entry.app.as_ref())),
            // Who comes to the gateway itself, for the panel or by the link of an invitation.
            None => "by the gateway itself".to_owned(),
        };
        events.push(event(at, "asked", by));
    }
    if let Some(at) = detail(entry, "sent_at") {
        let request = detail(entry, "request_id").unwrap_or("-");
        events.push(event(at, "sent", format!("to partner {}, request {request}", named(entry.partner.as_ref()))));
    }
    events
}

fn decided(entry: &AuditRecord, advice: &Advice, public_url: &str) -> Event {
    let (what, said) = words(entry);
    let names = Names { public_url, partner: slug(entry.partner.as_ref()), app: slug(entry.app.as_ref()) };
    Event {
        at: entry.at.to_rfc3339_millis(),
        what,
        said,
        cause: entry.cause.clone(),
        checks: entry.checks.clone(),
        advice: entry.cause.as_ref().map(|cause| advice.text(cause, names)),
    }
}

/// The word and the sentence of an activity.
fn words(entry: &AuditRecord) -> (&'static str, String) {
    let app = named(entry.app.as_ref());
    let partner = named(entry.partner.as_ref());
    let guest = entry.guest.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
    match entry.activity.as_str() {
        "sign_in" => match detail(entry, "next") {
            Some("consent") => {
                ("answered", format!("partner {partner} vouched for guest {guest}, who is asked to agree"))
            }
            Some("answer") => {
                ("answered", format!("partner {partner} vouched for guest {guest}, on the way to app {app}"))
            }
            Some("panel") => {
                ("answered", format!("partner {partner} vouched for guest {guest}, who comes to the gateway itself"))
            }
            Some("factor") => {
                ("answered", format!("partner {partner} vouched for guest {guest}, who is asked for a second factor"))
            }
            _ => ("answered", format!("partner {partner} vouched for guest {guest}; app {app} gets a code")),
        },
        "session_use" if entry.app.is_none() => {
            ("let in", format!("guest {guest} by the session of this browser, to the gateway itself"))
        }
        "session_use" => ("let in", format!("guest {guest} by the session of this browser, on the way to app {app}")),
        "step_asked" => ("asked back", format!("guest {guest} is asked to agree that app {app} is told who they are")),
        "sign_in_refused" => {
            let code = entry.code.as_deref().unwrap_or("-");
            let cause = entry.cause.as_deref().unwrap_or("-");
            let side = detail(entry, "side").unwrap_or("-");
            let evidence = detail(entry, "evidence").map(|seen| format!(", saw `{seen}`")).unwrap_or_default();
            ("refused", format!("{code}, cause {cause}, side {side}{evidence}"))
        }
        // An app that redeems nothing gets its answer by the browser.
        "token_issued" if entry.actor == "visitor" => ("issued", format!("app {app} gets an assertion")),
        "token_issued" => ("redeemed", format!("app {app} got its tokens")),
        "token_refused" => ("redeemed", format!("app {app} was refused")),
        "code_replayed" => {
            let ended = detail(entry, "tokens_ended").unwrap_or("0");
            ("replayed", format!("app {app} redeemed the code a second time; tokens ended: {ended}"))
        }
        "sign_out" => ("signed out", format!("guest {guest}")),
        "guest_added" => ("account", format!("guest {guest} was made at this first sign-in")),
        "guest_bound" => ("account", format!("invited guest {guest} was bound to this person")),
        "factor_passed" => ("factor", format!("guest {guest} passed: {}", kind(entry))),
        "factor_refused" => {
            let cause = entry.cause.as_deref().unwrap_or("-");
            ("factor", format!("guest {guest} was not believed: {}, cause {cause}", kind(entry)))
        }
        "factor_enrolled" => ("factor", format!("guest {guest} set up: {}", kind(entry))),
        "recovery_codes_made" => ("factor", format!("guest {guest} was shown new recovery codes")),
        "mailed_code_sent" => ("factor", format!("guest {guest} was sent a code by mail")),
        "metadata_changed" => {
            let fields = detail(entry, "fields").unwrap_or("-");
            ("metadata", format!("new metadata of {} is taken: {fields}", detail(entry, "slug").unwrap_or("-")))
        }
        "metadata_refused" => {
            let cause = entry.cause.as_deref().unwrap_or("-");
            ("metadata", format!("metadata of {} is kept out, cause {cause}", detail(entry, "slug").unwrap_or("-")))
        }
        "metadata_ending" => {
            let at = detail(entry, "ends_at").unwrap_or("-");
            ("metadata", format!("metadata of {} ends at {at}", detail(entry, "slug").unwrap_or("-")))
        }
        other => ("noted", other.to_owned()),
    }
}

/// The kind of a second factor.
fn kind(entry: &AuditRecord) -> String {
    detail(entry, "kind").map_or_else(|| "unknown".to_owned(), |kind| kind.replace('_', " "))
}

fn detail<'a>(entry: &'a AuditRecord, name: &str) -> Option<&'a str> {
    entry.details.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn slug<Id>(object: Option<&(Id, Option<String>)>) -> Option<&str> {
    object.and_then(|(_, slug)| slug.as_deref())
}

fn named<Id: std::fmt::Display>(object: Option<&(Id, Option<String>)>) -> String {
    match object {
        Some((_, Some(slug))) => format!("`{slug}`"),
        Some((id, None)) => format!("{id} (removed)"),
        None => "unknown".to_owned(),
    }
}

/// The timeline as text.
#[must_use]
pub fn text(events: &[Event]) -> String {
    let width = events.iter().map(|event| event.what.len()).max().unwrap_or_default();
    let mut out = String::new();
    for event in events {
        let line = format!("{}  {:<width$}  {}", event.at, event.what, event.said);
        out.push_str(&printable(line));
        out.push('\n');
        out.push_str(&table(&event.checks));
        if let Some(advice) = &event.advice {
            out.push_str("    what to do: ");
            out.push_str(&printable(advice.clone()));
            out.push('\n');
        }
    }
    out
}

/// A check table as indented lines: outcome, name, what it saw, and the cause of what failed.
#[must_use]
pub fn table(checks: &[AuditedCheck]) -> String {
    let cells = checks.iter().map(|check| {
        let outcome = match check.outcome.as_str() {
            "passed" => "passed",
            "failed" => "FAILED",
            _ => "not judged",
        };
        let saw = match &check.cause {
            Some(cause) => format!("{cause}: {}", check.saw),
            None => check.saw.clone(),
        };
        vec![outcome.to_owned(), printable(check.name.clone()), printable(saw)]
    });
    aligned(&cells.collect::<Vec<_>>(), "    ")
}

/// A row that was just judged, as the audit keeps it.
#[must_use]
pub fn audited(row: &Checked) -> AuditedCheck {
    let outcome = match row.outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed(_) => "failed",
        CheckOutcome::NotJudged => "not_judged",
    };
    AuditedCheck {
        name: row.name.to_owned(),
        saw: row.saw.clone(),
        outcome: outcome.to_owned(),
        cause: row.cause().map(str::to_owned),
    }
}

/// A check as JSON.
#[must_use]
pub fn check_json(check: &AuditedCheck) -> Value {
    json!({ "name": check.name, "outcome": check.outcome, "cause": check.cause, "saw": check.saw })
}

/// The timeline as JSON.
#[must_use]
pub fn json(events: &[Event]) -> Value {
    let event = |event: &Event| {
        json!({
            "at": event.at,
            "what": event.what,
            "said": event.said,
            "cause": event.cause,
            "checks": event.checks.iter().map(check_json).collect::<Value>(),
            "advice": event.advice,
        })
    };
    events.iter().map(event).collect()
}

/// How long the whole took. **Units**: as people say it.
#[must_use]
pub fn span(events: &[Event]) -> Option<String> {
    let time = |event: Option<&Event>| Timestamp::parse(&event?.at).ok();
    let took = time(events.last())?.since(time(events.first())?);
    Some(format!("{}.{:03} s", took.as_secs(), took.subsec_millis()))
}

#[cfg(test)]
mod tests;

//! `entente mail`: list, show, retry, preview.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::print::Printer;
use crate::base::clock::Timestamp;
use crate::cli::arguments::{MailListArguments, MailVerb, PreviewArguments};
use crate::cli::config::Config;
use crate::domain::mails::{Asked, MailRecord};
use crate::flows::mails::look;
use crate::flows::operate::Act;
use crate::flows::services::Services;
use crate::texts::catalogue::Catalogue;
use crate::texts::invitation::{Part, invitation, samples};

/// Runs one verb on what is installed.
///
/// # Errors
/// An unknown mail, one that is not to be tried again, and failures of the database.
pub async fn run(services: &Services, act: Act<'_>, verb: &MailVerb, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    match verb {
        MailVerb::List(arguments) => list(services, act.now, arguments, printer).await,
        MailVerb::Show(named) => {
            let view = look::show(services, act, &named.mail).await?;
            Ok(printer.record(fields(&view, act.now))?)
        }
        MailVerb::Retry(named) => {
            look::retry(services, act, &named.mail).await?;
            let sentence = format!("mail `{}` is tried again within seconds by a node of `entente serve`", named.mail);
            Ok(printer.said(&sentence, &json!({ "id": named.mail, "due": true }))?)
        }
        // It needs no database.
        MailVerb::Preview(_) => Ok(()),
    }
}

async fn list(
    services: &Services,
    now: Timestamp,
    arguments: &MailListArguments,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let asked = match (arguments.failed, arguments.unsent) {
        (true, _) => Asked::Failed,
        (false, true) => Asked::Unsent,
        (false, false) => Asked::All,
    };
    let rows = look::list(services, asked, arguments.limit).await?.iter().map(|mail| row(mail, now)).collect();
    Ok(printer.table(&["id", "kind", "state", "guest", "queued_at", "due_at", "tries", "cause"], rows)?)
}

fn row(mail: &MailRecord, now: Timestamp) -> Vec<Value> {
    vec![
        json!(mail.id.to_string()),
        json!(mail.kind.as_str()),
        json!(mail.state(now).as_str()),
        json!(mail.about.map(|guest| guest.to_string())),
        json!(mail.queued_at.to_string()),
        time(mail.due_at),
        json!(mail.tries),
        json!(mail.cause),
    ]
}

fn time(at: Option<Timestamp>) -> Value {
    json!(at.map(|at| at.to_string()))
}

fn fields(view: &look::MailView, now: Timestamp) -> Vec<(&'static str, Value)> {
    let (record, mail) = (&view.record, view.mail.as_ref());
    vec![
        ("id", json!(record.id.to_string())),
        ("kind", json!(record.kind.as_str())),
        ("state", json!(record.state(now).as_str())),
        ("guest", json!(record.about.map(|guest| guest.to_string()))),
        ("to", json!(mail.map(|mail| mail.to.as_str()))),
        ("cc", json!(mail.and_then(|mail| mail.cc.as_ref()).map(|cc| cc.as_str()))),
        ("language", json!(mail.map(|mail| mail.language.as_str()))),
        ("queued_at", json!(record.queued_at.to_string())),
        ("due_at", time(record.due_at)),
        ("tries", json!(record.tries)),
        ("node", json!(record.lease.as_ref().map(|(node, _)| node))),
        ("sent_at", time(record.sent_at)),
        ("failed_at", time(record.failed_at)),
        ("cause", json!(record.cause)),
    ]
}

/// Shows the mails as they would be sent, with samples for what they say: on the screen, or as files.
///
/// # Errors
/// A template that fails, and files that cannot be written.
pub fn preview(config: &Config, arguments: &PreviewArguments, printer: &mut Printer<'_>) -> anyhow::Result<()> {
    if let Some(part) = arguments.template {
        return Ok(printer.text(part.part().built_in())?);
    }
    let catalogue = Catalogue::new()?;
    let language = arguments.language.unwrap_or(config.mail.language);
    for (name, said) in samples() {
        let mail = invitation(&catalogue, &config.mail.templates, language, &said)?;
        let html = mail.html.unwrap_or_default();
        match &arguments.out {
            None if name == "invitation" => {
                printer.text(&format!("From: {}\nSubject: {}\n\n{}", mail.sender, mail.subject, mail.text))?;
            }
            None => {}
            Some(folder) => {
                for (part, content) in [(Part::Text, &mail.text), (Part::Html, &html)] {
                    let ending = if part == Part::Text { "txt" } else { "html" };
                    let path = folder.join(format!("{name}.{}.{ending}", language.tag()));
                    write(&path, content)?;
                    printer.text(&format!("{}\n", path.display()))?;
                }
            }
        }
    }
    Ok(())
}

fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    let shown = path.display();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    }
    let mut file = std::fs::File::create(path).with_context(|| format!("cannot write `{shown}`"))?;
    file.write_all(content.as_bytes()).with_context(|| format!("cannot write `{shown}`"))
}

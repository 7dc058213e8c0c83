//! `entente app claims`: what an app would be told of a person, and why.

use serde_json::{Value as Json, json};

use super::print::{Format, Printer};
use crate::cli::arguments::AppClaimsArguments;
use crate::domain::apps::App;
use crate::domain::claims::facts::{USERS, Value};
use crate::domain::claims::fault::MAX_TEXT;
use crate::domain::claims::outcome::{Choice, Reason};
use crate::domain::claims::rule::{ClaimRule, Condition, Input, NAME_ID_FORMATS, Output};
use crate::domain::claims::set::{MAX_TOTAL, MAX_VALUES};
use crate::domain::claims::transforms::MAX_VALUE;
use crate::domain::guests::Binding;
use crate::flows::claims::{ClaimView, ClaimsView, GivenBy, view};
use crate::flows::services::Services;

/// Prints them.
///
/// # Errors
/// An unknown app or guest, and failures of the database.
pub(super) async fn show(
    services: &Services,
    arguments: &AppClaimsArguments,
    printer: &mut Printer<'_>,
) -> anyhow::Result<()> {
    let view = view(services, &arguments.slug, &arguments.guest, &arguments.methods).await?;
    let rows: Vec<[Json; 3]> = view.claims.iter().map(|claim| row(&view.app, claim)).collect();
    let name_id = view.name_id.as_ref().map(|(value, format)| {
        let word = NAME_ID_FORMATS.iter().find(|(_, known)| known == format).map_or("", |(word, _)| *word);
        json!({ "value": value, "format": word })
    });
    if printer.format() == Format::Json {
        let claims = rows.into_iter().map(|[name, value, why]| json!({ "name": name, "value": value, "why": why }));
        let guest = view.guest.id.to_string();
        let claims: Vec<Json> = claims.collect();
        let app = view.app.slug.as_str();
        printer.json(&json!({ "app": app, "guest": guest, "name_id": name_id, "claims": claims }))?;
        return Ok(());
    }
    for note in notes(&view) {
        printer.text(&format!("note: {note}\n"))?;
    }
    if let Some((value, _)) = &view.name_id {
        printer.record(vec![("NameID", json!(value))])?;
    }
    Ok(printer.table(&["claim", "value", "why"], rows.into_iter().map(Vec::from).collect())?)
}

/// What a reader should know who sees no sign-in.
fn notes(view: &ClaimsView) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if view.guest.binding == Binding::PendingAcceptance {
        notes.push("nobody has signed in to this account yet, so that no partner vouches for it");
    }
    if !view.app.claims.has_rules() {
        notes.push("the app has no rules about claims; it is sent the usual ones");
    }
    notes
}

fn row(app: &App, claim: &ClaimView) -> [Json; 3] {
    let value = match &claim.outcome {
        Ok(Value::Text(text)) => json!(text),
        Ok(Value::Texts(texts)) => json!(texts),
        Ok(Value::Flag(flag)) => json!(flag),
        Ok(Value::Number(number)) => json!(number),
        Err(_) => Json::Null,
    };
    let given = match claim.given_by {
        GivenBy::Rule(number, choice) => {
            app.claims.terms().rules.get(number).map_or_else(String::new, |rule| by(rule, choice))
        }
        GivenBy::Gateway => "there are more groups than an answer holds".to_owned(),
        GivenBy::Usual(None) => "usual".to_owned(),
        GivenBy::Usual(Some(scope)) => format!("usual, with the scope `{scope}`"),
    };
    let why = match (&claim.outcome, given.as_str()) {
        (Ok(_), _) => given,
        (Err(reason), "") => format!("not sent: {}", not_sent(*reason)),
        (Err(reason), _) => format!("not sent: {}; {given}", not_sent(*reason)),
    };
    [json!(claim.name), value, json!(why)]
}

/// Which part of a rule decided, in words.
fn by(rule: &ClaimRule, choice: Choice) -> String {
    match choice {
        Choice::Otherwise => rule.otherwise.as_ref().map_or_else(String::new, output),
        Choice::Condition(number) => match rule.conditions.get(number - 1) {
            Some(condition) => format!("condition {number} ({}): {}", of(condition), output(&condition.output)),
            None => String::new(),
        },
        Choice::Nothing | Choice::Overage => String::new(),
    }
}

fn of(condition: &Condition) -> String {
    let users = USERS.iter().find(|(_, users)| *users == condition.users).map_or("", |(word, _)| *word);
    if condition.groups.is_empty() { users.to_owned() } else { format!("{users} in {}", condition.groups.join(", ")) }
}

fn output(output: &Output) -> String {
    let input = match &output.input {
        Input::Fact(fact) => fact.as_str().to_owned(),
        Input::Text(_) => "fixed".to_owned(),
        Input::Expression(source) => format!("expression {source}"),
    };
    match output.transforms.len() {
        0 => input,
        _ => {
            let kinds: Vec<&str> =
                output.transforms.iter().map(crate::domain::claims::rule::Transform::as_str).collect();
            format!("{input}, {}", kinds.join(", "))
        }
    }
}

fn not_sent(reason: Reason) -> String {
    match reason {
        Reason::NoValue => "no condition matches, or none that matches has a value".to_owned(),
        Reason::FactAbsent(fact) => format!("the expression asks for `{}`, which has no value", fact.as_str()),
        Reason::GroupOverage => "there are more groups than an answer holds; name the groups in conditions".to_owned(),
        Reason::GroupsUnknown => "the person is in more groups than are ever read".to_owned(),
        Reason::TooLong => format!("a value is longer than {MAX_VALUE} bytes; a fixed text has at most {MAX_TEXT}"),
        Reason::TooManyValues => format!("there are more than {MAX_VALUES} values"),
        Reason::TotalTooLarge => format!("all claims together are larger than {MAX_TOTAL} bytes"),
        Reason::TooCostly => "the expression costs more than it may; simplify it".to_owned(),
        Reason::OutOfRange => "the expression asks for a place outside a text or a list; ask `size` first".to_owned(),
        Reason::NotWritable => "a value holds a control character".to_owned(),
    }
}

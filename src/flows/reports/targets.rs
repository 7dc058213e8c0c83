//! What an entry of the directory audit is about: whoever and whatever was changed or given, and which of its fields.
//! The app that acts is none of these; it stands with who began the act.

use super::{Field, Row};
use crate::domain::apps::AppId;
use crate::domain::audit::AuditRecord;
use crate::domain::reports::ReportEntry;
use crate::flows::reports::directory::Names;

/// The detail that says what a field was and is: its name, the old value and the new one, between spaces.
pub const MODIFIED: &str = "modified";
/// What names one app that was given or taken, and what names several.
const APPS: [&str; 3] = ["app_assigned", "app_unassigned", "apps"];
/// The same of groups.
const GROUPS: [&str; 1] = ["groups"];

/// The detail of a field whose values are words or numbers and nothing personal.
#[must_use]
pub fn modified(field: &str, old: impl std::fmt::Display, new: impl std::fmt::Display) -> (&'static str, String) {
    (MODIFIED, format!("{field} {old} {new}"))
}

/// Whether the app of an entry is the one that acts, for itself or for a person.
#[must_use]
pub fn is_acting_app(record: &AuditRecord) -> bool {
    record.actor == "app" || record.actor.starts_with("person:")
}

/// What an entry is about, the most specific first.
#[must_use]
pub fn rows(entry: &ReportEntry, names: &Names) -> Vec<Row> {
    let record = &entry.record;
    let mut changes = modifications(record);
    // Of an account and an object, what was changed is told by the activity.
    let is_of_object = record.activity.starts_with("object_");
    let mut row = |kind: &str, id: String, name: Option<&String>, is_changed: bool| {
        let mut row =
            vec![("type", Field::text(kind)), ("id", Field::Text(id)), ("displayName", Field::of(name.cloned()))];
        if is_changed && !changes.is_empty() {
            row.push(("modifiedProperties", Field::List(std::mem::take(&mut changes))));
        }
        row
    };
    let mut rows = Vec::new();
    if let Some(id) = record.guest {
        let name = entry.person.as_ref().map(|person| &person.user_principal_name);
        rows.push(row("User", id.to_string(), name, !is_of_object));
    }
    if let Some((id, slug)) = record.app.as_ref().filter(|_| !is_acting_app(record)) {
        let name = entry.app.as_ref().map(|app| &app.name).or(slug.as_ref());
        rows.push(row("Application", id.to_string(), name, true));
    }
    if let Some((id, slug)) = &record.partner {
        let name = entry.partner.as_ref().map(|partner| &partner.name).or(slug.as_ref());
        rows.push(row("Partner", id.to_string(), name, true));
    }
    if let Some(id) = record.target {
        let kind = detail(record, "kind").unwrap_or("Other");
        rows.push(row(kind, id.to_string(), detail(record, "slug").map(str::to_owned).as_ref(), true));
    }
    for (kind, id) in given(record) {
        let name = names.get(id);
        rows.push(row(kind, id.to_owned(), name, false));
    }
    rows
}

/// The ids of what an entry is about.
#[must_use]
pub fn ids(record: &AuditRecord) -> Vec<String> {
    let app = record.app.as_ref().filter(|_| !is_acting_app(record)).map(|(id, _)| id.to_string());
    let partner = record.partner.as_ref().map(|(id, _)| id.to_string());
    let (guest, other) = (record.guest.map(|id| id.to_string()), record.target.map(|id| id.to_string()));
    let given = given(record).map(|(_, id)| id.to_owned());
    [guest, app, partner, other].into_iter().flatten().chain(given).collect()
}

/// The apps that an entry says were given or taken.
pub fn apps(record: &AuditRecord) -> impl Iterator<Item = AppId> + '_ {
    given(record).filter(|(kind, _)| *kind == "Application").filter_map(|(_, id)| AppId::parse(id).ok())
}

/// What was given or taken, by kind and id.
fn given(record: &AuditRecord) -> impl Iterator<Item = (&'static str, &str)> {
    record.details.iter().flat_map(|(name, value)| {
        let kind = match name.as_str() {
            name if APPS.contains(&name) => Some("Application"),
            name if GROUPS.contains(&name) => Some("Group"),
            _ => None,
        };
        kind.into_iter().flat_map(|kind| value.split_whitespace().map(move |id| (kind, id)))
    })
}

fn detail<'r>(record: &'r AuditRecord, wanted: &str) -> Option<&'r str> {
    record.details.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}

/// The fields that were changed. Values are told of what is not personal; of the rest, such as names and addresses, the
/// audit keeps that they were changed and nothing else, since nothing is ever taken out of it.
fn modifications(record: &AuditRecord) -> Vec<Row> {
    let mut known: Vec<(&str, Option<&str>, Option<&str>)> = Vec::new();
    for (name, value) in &record.details {
        match name.as_str() {
            MODIFIED => {
                let mut words = value.split(' ');
                if let (Some(field), old, new) = (words.next(), words.next(), words.next()) {
                    known.push((field, old, new));
                }
            }
            // It is written only where it is another than before.
            "standing" if value == "blocked" => known.push(("standing", Some("true"), Some("false"))),
            "standing" => known.push(("standing", Some("false"), Some("true"))),
            "switch" if value == "enabled" => known.push(("switch", Some("disabled"), Some("enabled"))),
            "switch" => known.push(("switch", Some("enabled"), Some("disabled"))),
            _ => {}
        }
    }
    for field in detail(record, "fields").unwrap_or_default().split(", ").filter(|field| !field.is_empty()) {
        if !known.iter().any(|(name, _, _)| *name == field) {
            known.push((field, None, None));
        }
    }
    let row = |(field, old, new): (&str, Option<&str>, Option<&str>)| {
        vec![("displayName", Field::text(word(field))), ("oldValue", Field::of(old)), ("newValue", Field::of(new))]
    };
    known.into_iter().map(row).collect()
}

/// A field in the words of the directory, where it has one.
fn word(field: &str) -> &str {
    match field {
        "display_name" => "displayName",
        "user_type" => "userType",
        "standing" => "accountEnabled",
        "company_name" => "companyName",
        "preferred_language" => "preferredLanguage",
        "other_mails" => "otherMails",
        "show_in_address_list" => "showInAddressList",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Timestamp;
    use crate::domain::audit::AuditId;

    fn record(activity: &str, details: &[(&str, &str)]) -> AuditRecord {
        AuditRecord {
            id: AuditId::from_uuid(uuid::Uuid::from_u128(1)),
            at: Timestamp::from_seconds(1),
            node: "node".to_owned(),
            sequence: 1,
            activity: activity.to_owned(),
            actor: "app".to_owned(),
            code: None,
            cause: None,
            attempt: None,
            partner: None,
            app: None,
            guest: None,
            session: None,
            target: None,
            address: None,
            checks: Vec::new(),
            details: details.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        }
    }

    #[test]
    fn fields_are_named_and_values_are_told_of_what_is_not_personal() {
        let row = |name: &str, old: Option<&str>, new: Option<&str>| {
            vec![("displayName", Field::text(name)), ("oldValue", Field::of(old)), ("newValue", Field::of(new))]
        };
        for (details, expected) in [
            (vec![], vec![]),
            (vec![("fields", "display_name")], vec![row("displayName", None, None)]),
            (
                vec![("standing", "blocked"), ("fields", "mail, standing")],
                vec![row("accountEnabled", Some("true"), Some("false")), row("mail", None, None)],
            ),
            (vec![("standing", "active")], vec![row("accountEnabled", Some("false"), Some("true"))]),
            (vec![("switch", "enabled")], vec![row("switch", Some("disabled"), Some("enabled"))]),
            (
                vec![("fields", "user_type"), ("modified", "user_type guest member")],
                vec![row("userType", Some("guest"), Some("member"))],
            ),
            (vec![("modified", "slug")], vec![row("slug", None, None)]),
        ] {
            assert_eq!(modifications(&record("guest_changed", &details)), expected, "{details:?}");
        }
        assert_eq!(modified("user_type", "guest", "member"), ("modified", "user_type guest member".to_owned()));
    }

    #[test]
    fn what_was_given_is_what_an_entry_is_about_and_the_app_that_acts_is_not() {
        let (one, two) = (uuid::Uuid::from_u128(7).to_string(), uuid::Uuid::from_u128(8).to_string());
        let both = format!("{one} {two}");
        let mut record = record("guest_invited", &[("apps", &both), ("groups", &one), ("account", &two)]);
        let acting = AppId::from_uuid(uuid::Uuid::from_u128(9));
        record.app = Some((acting, None));
        assert_eq!(ids(&record), [one.clone(), two.clone(), one.clone()]);
        assert_eq!(apps(&record).map(|id| id.to_string()).collect::<Vec<_>>(), [one.clone(), two.clone()]);
        record.actor = format!("person:{one}");
        assert!(!ids(&record).contains(&acting.to_string()));
        for actor in ["operator:olga", "visitor", "system"] {
            record.actor = actor.to_owned();
            assert!(ids(&record).contains(&acting.to_string()), "{actor}");
        }
    }
}

//! The directory audit: who did what to which object, in the words of the directory.

use std::collections::BTreeMap;

use super::{Field, Row, activities, targets};
use crate::domain::audit::AuditRecord;
use crate::domain::reports::ReportEntry;

/// The columns, in their order.
pub const COLUMNS: [&str; 16] = [
    "id",
    "activityDateTime",
    "category",
    "loggedByService",
    "activityDisplayName",
    "activity",
    "result",
    "resultReason",
    "correlationId",
    "initiatedBy.user.id",
    "initiatedBy.user.displayName",
    "initiatedBy.user.ipAddress",
    "initiatedBy.app.id",
    "initiatedBy.app.displayName",
    "targetResources",
    "additionalDetails",
];

/// What accounts and apps are called, by their ids: `#EXT#` names, and the names of apps.
pub type Names = BTreeMap<String, String>;

/// Who began an act, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Initiator {
    /// The account of a person.
    pub user: Option<String>,
    /// Its `#EXT#` name, or the name of a system user.
    pub user_name: Option<String>,
    /// The app or partner; for a person the app through which they acted.
    pub app: Option<String>,
    /// Its name.
    pub app_name: Option<String>,
}

/// The view of one entry.
#[must_use]
pub fn row(entry: &ReportEntry, names: &Names) -> Row {
    let record = &entry.record;
    let named = activities::of(&record.activity);
    let Initiator { user, user_name, app, app_name } = initiator(entry);
    let user_name = user_name.or_else(|| user.as_ref().and_then(|id| names.get(id).cloned()));
    let values = [
        Field::text(record.id),
        Field::text(record.at.to_rfc3339_millis()),
        Field::of(named.map(|named| named.category)),
        Field::of(named.map(|named| named.service)),
        Field::text(named.map_or(record.activity.as_str(), |named| named.display)),
        Field::text(&record.activity),
        Field::text(result(record)),
        Field::of(record.cause.clone().or_else(|| record.code.clone())),
        Field::of(record.attempt.map(|id| id.to_string())),
        Field::of(user),
        Field::of(user_name),
        Field::of(record.address.clone()),
        Field::of(app),
        Field::of(app_name),
        Field::List(targets::rows(entry, names)),
        Field::List(record.details.iter().map(detail).collect()),
    ];
    COLUMNS.into_iter().zip(values).collect()
}

/// Who began an act.
#[must_use]
pub fn initiator(entry: &ReportEntry) -> Initiator {
    let record = &entry.record;
    let mut found = Initiator::default();
    match record.actor.split_once(':').unwrap_or((&record.actor, "")) {
        ("visitor", _) => {
            found.user = record.guest.map(|id| id.to_string());
            found.user_name = entry.person.as_ref().map(|person| person.user_principal_name.clone());
        }
        // Of the command line: a name of the system, and no account here.
        ("operator", name) => found.user_name = Some(name.to_owned()),
        ("person", id) => {
            found.user = Some(id.to_owned());
            found.app = record.app.as_ref().map(|(id, _)| id.to_string());
            found.app_name = entry.app.as_ref().map(|app| app.name.clone());
        }
        ("app", "") => {
            found.app = record.app.as_ref().map(|(id, _)| id.to_string());
            found.app_name = entry.app.as_ref().map(|app| app.name.clone());
        }
        ("app", id) => found.app = Some(id.to_owned()),
        ("partner", _) => {
            found.app = record.partner.as_ref().map(|(id, _)| id.to_string());
            found.app_name = entry.partner.as_ref().map(|partner| partner.name.clone());
        }
        (other, _) => found.app_name = Some(other.to_owned()),
    }
    found
}

/// Whether it was done.
#[must_use]
pub const fn result(record: &AuditRecord) -> &'static str {
    if record.cause.is_some() || record.code.is_some() { "failure" } else { "success" }
}

fn detail((name, value): &(String, String)) -> Row {
    vec![("key", Field::text(name)), ("value", Field::text(value))]
}

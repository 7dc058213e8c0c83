//! Rows of reports as JSON and as cells of a table.

use serde_json::{Map, Value, json};

use crate::domain::reports::{AccountLine, PartnerLine};
use crate::flows::reports::{Field, Row};

/// The columns of a list of accounts.
pub const ACCOUNT_COLUMNS: [&str; 6] = ["id", "user_principal_name", "mail", "display_name", "standing", "created_at"];

/// An account of a list as JSON.
#[must_use]
pub fn account_json(account: &AccountLine) -> Value {
    json!({
        "id": account.id.to_string(),
        "user_principal_name": account.user_principal_name,
        "mail": account.mail,
        "display_name": account.display_name,
        "standing": account.standing,
        "created_at": account.created_at.to_rfc3339(),
    })
}

/// The same as cells, in the order of [`ACCOUNT_COLUMNS`].
#[must_use]
pub fn account_cells(account: &AccountLine) -> [String; 6] {
    [
        account.id.to_string(),
        account.user_principal_name.clone(),
        account.mail.clone().unwrap_or_default(),
        account.display_name.clone().unwrap_or_default(),
        account.standing.clone(),
        account.created_at.to_rfc3339(),
    ]
}

/// A line of partners and apps as JSON.
#[must_use]
pub fn partner_json(line: &PartnerLine) -> Value {
    let (partner, partner_name) = line.partner.as_ref().map(|(id, name)| (id.to_string(), name.clone())).unzip();
    let (app, app_name) = line.app.as_ref().map(|(id, name)| (id.to_string(), name.clone())).unzip();
    json!({
        "partner_id": partner,
        "partner_name": partner_name.flatten(),
        "app_id": app,
        "app_name": app_name.flatten(),
        "sign_ins": line.sign_ins,
        "unique_guests": line.guests,
    })
}

/// A row as JSON: dots lead into objects, and what is absent is left out.
#[must_use]
pub fn object(row: Row) -> Value {
    let mut whole = Map::new();
    for (name, field) in row {
        let value = match field {
            Field::Absent => continue,
            other => value(other),
        };
        let mut at = &mut whole;
        let mut parts = name.split('.').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                at.insert(part.to_owned(), value);
                break;
            }
            let inner = at.entry(part).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(inner) = inner else { break };
            at = inner;
        }
    }
    Value::Object(whole)
}

fn value(field: Field) -> Value {
    match field {
        Field::Absent => Value::Null,
        Field::Text(text) => Value::String(text),
        Field::Flag(flag) => Value::Bool(flag),
        Field::List(rows) => rows.into_iter().map(object).collect(),
        Field::Texts(texts) => texts.into_iter().collect(),
    }
}

/// A cell of a table: lists as JSON.
#[must_use]
pub fn cell(field: &Field) -> String {
    match field {
        Field::Absent => String::new(),
        Field::Text(text) => text.clone(),
        Field::Flag(flag) => flag.to_string(),
        Field::List(rows) if rows.is_empty() => String::new(),
        Field::Texts(texts) => texts.join(" "),
        Field::List(_) => value(field.clone()).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_lead_into_objects_and_what_is_absent_is_left_out() {
        let row = vec![
            ("id", Field::Text("1".to_owned())),
            ("by.user.id", Field::Text("2".to_owned())),
            ("by.user.ip", Field::Absent),
            ("by.app.id", Field::Text("3".to_owned())),
            ("on", Field::Flag(true)),
            ("about", Field::List(vec![vec![("type", Field::Text("User".to_owned()))]])),
        ];
        let expected = json!({
            "id": "1",
            "by": { "user": { "id": "2" }, "app": { "id": "3" } },
            "on": true,
            "about": [{ "type": "User" }],
        });
        assert_eq!(object(row), expected);
    }
}

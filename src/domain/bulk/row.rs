//! One row: from its cells to an invitation.

use super::MAX_MESSAGE;
use super::fault::RowFault;
use super::form::{Column, Columns, Form, LANGUAGES};
use crate::base::csv::Record;
use crate::base::trace::shorten;
use crate::domain::claims::MAX_NAME;
use crate::domain::mail::{MailAddress, MailError};

/// Whom a row invites, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The address.
    pub mail: MailAddress,
    /// The name, where the form has one.
    pub name: Option<String>,
    /// Words of the inviter, as plain text.
    pub message: Option<String>,
    /// Where the guest goes after accepting, as it was written; without it, to the access panel.
    pub redirect: Option<String>,
    /// Apps to be assigned, by id or by the names of this installation.
    pub apps: Vec<String>,
    /// Groups to be joined, by id or by the names of this installation.
    pub groups: Vec<String>,
    /// Who gets a copy of the mail, and so of the link.
    pub cc: Option<MailAddress>,
    /// The language that was asked for, one of [`LANGUAGES`].
    pub language: Option<&'static str>,
    /// Whether a mail is sent.
    pub sends_mail: bool,
}

pub(super) fn read(record: &Record, columns: &Columns) -> Result<Entry, RowFault> {
    let filled = record.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    if filled > columns.count {
        return Err(RowFault::Cells { found: filled, headings: columns.count });
    }
    let cell = |column| columns.cell(&record.cells, column);
    let optional = |column| Some(cell(column)).filter(|text| !text.is_empty()).map(str::to_owned);
    if columns.form == Form::Version1 && starts_as_example(cell(Column::Email)) {
        return Err(RowFault::Example);
    }
    let mail = address(cell(Column::Email), "Email")?.ok_or(RowFault::Missing { heading: "Email" })?;
    let name = optional(Column::DisplayName);
    if columns.form != Form::Version1 && name.is_none() {
        return Err(RowFault::Missing { heading: "DisplayName" });
    }
    let well_named = |name: &String| name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if !name.as_ref().is_none_or(well_named) {
        return Err(RowFault::Name { most: MAX_NAME });
    }
    let redirect = optional(Column::Redirect);
    if columns.form == Form::Version1 && redirect.is_none() {
        return Err(RowFault::Missing { heading: "Redirection url" });
    }
    let message = optional(Column::Message);
    let length = message.as_ref().map_or(0, |message| message.chars().count());
    if length > MAX_MESSAGE {
        return Err(RowFault::Message { found: length });
    }
    Ok(Entry {
        mail,
        name,
        message,
        redirect,
        apps: words(cell(Column::Apps)),
        groups: words(cell(Column::Groups)),
        cc: address(cell(Column::Cc), "CcEmailAddress")?,
        language: language(cell(Column::Language))?,
        sends_mail: sends(cell(Column::Sends), columns.form)?,
    })
}

fn starts_as_example(text: &str) -> bool {
    text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("example:"))
}

fn address(text: &str, heading: &'static str) -> Result<Option<MailAddress>, RowFault> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |fault: MailError| RowFault::Mail { heading, fault };
    MailAddress::parse_typed(text).map(Some).map_err(wrong)
}

/// Ids and names that are divided by blanks.
fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn language(text: &str) -> Result<Option<&'static str>, RowFault> {
    if text.is_empty() {
        return Ok(None);
    }
    let known = LANGUAGES.into_iter().find(|known| known.eq_ignore_ascii_case(text));
    let unknown = || RowFault::Language { found: shorten(text.to_owned()), known: LANGUAGES.join(", ") };
    known.map(Some).ok_or_else(unknown)
}

/// Files of 2015 and 2016 were there to send mail; version 1.0 has a column for it, and sends nothing where that
/// says nothing, as an invitation through the API.
fn sends(text: &str, form: Form) -> Result<bool, RowFault> {
    match (form, text.to_ascii_lowercase().as_str()) {
        (Form::Year2015 | Form::Year2016, _) | (Form::Version1, "true") => Ok(true),
        (Form::Version1, "" | "false") => Ok(false),
        (Form::Version1, _) => Err(RowFault::Switch { found: shorten(text.to_owned()) }),
    }
}

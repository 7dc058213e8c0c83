//! The three forms of a file: which headings there are, and what stands under each.
//!
//! - **2016**: one line of labels, `Email,DisplayName,InvitationText,...`. Case and blanks around a label do not
//!   matter. Who wrote `Emai` or `InvitedToGroup` is told so, since a column that is passed over in silence would
//!   leave people without what they were to get.
//! - **2015**: the same with other words for three of them; both may be mixed.
//! - **Version 1.0**: a line `version:v1.0`, then headings of the shape `Name [property] Required`, which are held
//!   to be as in the template. Columns that were added are passed over, as the template promises.

use super::fault::FileFault;
use super::next;
use crate::base::csv::{Reader, Separator};
use crate::base::trace::shorten;

/// In which form a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Labels of 2015 among them.
    Year2015,
    /// Labels of 2016.
    Year2016,
    /// `version:v1.0`.
    Version1,
}

impl Form {
    /// The word in rows and output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Year2015 => "2015",
            Self::Year2016 => "2016",
            Self::Version1 => "v1.0",
        }
    }
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Email,
    DisplayName,
    Message,
    Redirect,
    Apps,
    Groups,
    Cc,
    Language,
    Sends,
    /// Read and not used: where a guest of 2015 found help, and whose looks the pages had.
    Unused,
}

/// The languages that files of 2015 and 2016 may ask for.
pub const LANGUAGES: [&str; 11] = ["en", "de", "es", "fr", "it", "ja", "ko", "pt-BR", "ru", "zh-HANS", "zh-HANT"];

/// A label and what it means; those of 2015 are marked.
const LABELS: [(&str, Column, Form); 13] = [
    ("Email", Column::Email, Form::Year2016),
    ("DisplayName", Column::DisplayName, Form::Year2016),
    ("InvitationText", Column::Message, Form::Year2016),
    ("InviteRedirectURL", Column::Redirect, Form::Year2016),
    ("InvitedToApplications", Column::Apps, Form::Year2016),
    ("InvitedToGroups", Column::Groups, Form::Year2016),
    ("CcEmailAddress", Column::Cc, Form::Year2016),
    ("Language", Column::Language, Form::Year2016),
    ("InviteReplyURL", Column::Redirect, Form::Year2015),
    ("InviteAppResources", Column::Apps, Form::Year2015),
    ("InviteGroupResources", Column::Groups, Form::Year2015),
    ("InviteContactUsUrl", Column::Unused, Form::Year2015),
    ("InviteAppID", Column::Unused, Form::Year2015),
];

/// The headings of version 1.0; the first two there must be.
const HEADINGS: [(&str, Column); 4] = [
    ("Email address to invite [inviteeEmail] Required", Column::Email),
    ("Redirection url [inviteRedirectURL] Required", Column::Redirect),
    ("Send invitation message (true or false) [sendEmail]", Column::Sends),
    ("Customized invitation message [customizedMessageBody]", Column::Message),
];

const VERSION: &str = "version:v1.0";

/// Where each thing stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) form: Form,
    /// How many headings there are.
    pub(super) count: usize,
    places: Vec<(Column, usize)>,
}

impl Columns {
    /// The cell of a column, without blanks around it; empty where the file has no such column.
    pub(super) fn cell<'r>(&self, cells: &'r [String], column: Column) -> &'r str {
        let place = self.places.iter().find(|(known, _)| *known == column).map(|(_, at)| *at);
        place.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim())
    }
}

/// Reads the head of a file: what its columns are, the headings as written, and the reader of what follows.
pub(super) fn head(text: &str) -> Result<(Columns, Vec<String>, Reader<'_>), FileFault> {
    let mut reader = Reader::new(text, separator(text), 1);
    let first = next(&mut reader)?.ok_or(FileFault::Empty)?;
    let word = first.cells.first().map(|cell| cell.trim().to_ascii_lowercase()).unwrap_or_default();
    if !word.starts_with("version:") {
        let columns = labels(&first.cells)?;
        return Ok((columns, first.cells, reader));
    }
    if word != VERSION || first.cells.iter().skip(1).any(|cell| !cell.trim().is_empty()) {
        return Err(FileFault::Version { found: shorten(first.cells.join(",")) });
    }
    let missing = FileFault::MissingHeading { heading: HEADINGS[0].0, lines: "two lines" };
    let second = next(&mut reader)?.ok_or(missing)?;
    let columns = headings(&second.cells)?;
    Ok((columns, second.cells, reader))
}

/// A comma, unless the first line with a separator has semicolons alone.
fn separator(text: &str) -> Separator {
    let line = text.lines().find(|line| line.contains([',', ';'])).unwrap_or_default();
    if line.contains(';') && !line.contains(',') { Separator::Semicolon } else { Separator::Comma }
}

fn labels(cells: &[String]) -> Result<Columns, FileFault> {
    let mut columns = Columns { form: Form::Year2016, count: cells.len(), places: Vec::new() };
    for (at, cell) in cells.iter().enumerate() {
        let label = cell.trim();
        // Spreadsheets leave separators behind the last label.
        if label.is_empty() && cells.iter().skip(at).all(|cell| cell.trim().is_empty()) {
            columns.count = at;
            break;
        }
        let known = LABELS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(label));
        let (name, column, form) = known.ok_or_else(|| FileFault::UnknownHeading {
            found: shorten(label.to_owned()),
            known: LABELS.map(|(known, ..)| format!("`{known}`")).join(", "),
        })?;
        if *form == Form::Year2015 {
            columns.form = Form::Year2015;
        }
        place(&mut columns, *column, at, name)?;
    }
    for (heading, column) in [("Email", Column::Email), ("DisplayName", Column::DisplayName)] {
        if !columns.places.iter().any(|(known, _)| *known == column) {
            return Err(FileFault::MissingHeading { heading, lines: "line" });
        }
    }
    Ok(columns)
}

fn headings(cells: &[String]) -> Result<Columns, FileFault> {
    let mut columns = Columns { form: Form::Version1, count: cells.len(), places: Vec::new() };
    for (at, cell) in cells.iter().enumerate() {
        if let Some((name, column)) = HEADINGS.iter().find(|(known, _)| *known == cell.trim()) {
            place(&mut columns, *column, at, name)?;
        }
    }
    for (at, (heading, column)) in HEADINGS.iter().enumerate() {
        let stands = columns.places.iter().any(|(known, _)| known == column);
        // A heading of ours that was altered is no column that somebody added.
        let property = &heading[heading.find('[').unwrap_or_default()..=heading.find(']').unwrap_or_default()];
        let altered = cells.iter().any(|cell| cell.contains(property));
        if !stands && (at < 2 || altered) {
            return Err(FileFault::MissingHeading { heading, lines: "two lines" });
        }
    }
    Ok(columns)
}

fn place(columns: &mut Columns, column: Column, at: usize, heading: &'static str) -> Result<(), FileFault> {
    if column != Column::Unused && columns.places.iter().any(|(known, _)| *known == column) {
        return Err(FileFault::DoubledHeading { heading });
    }
    columns.places.push((column, at));
    Ok(())
}

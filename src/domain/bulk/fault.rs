//! What can be wrong with a file of rows, and with a row. The words of the codes are stable.

use super::{MAX_FILE, MAX_MESSAGE, MAX_ROWS};
use crate::base::csv::CsvFault;
use crate::domain::mail::MailError;

/// Why nothing of a file is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than any file of so many rows needs to be.
    #[error("the file has {found} bytes, and at most {MAX_FILE} are read")]
    TooLarge {
        /// Its size in bytes.
        found: usize,
    },
    /// It is no text.
    #[error("the file is {kind}, not comma-separated text: save it as `CSV UTF-8` and choose that file")]
    NotText {
        /// What it looks like.
        kind: &'static str,
    },
    /// Its bytes are no UTF-8.
    #[error("line {line} is not UTF-8: save the file as `CSV UTF-8`")]
    NotUtf8 {
        /// The first line that is none.
        line: usize,
    },
    /// A character that no text has.
    #[error("line {line} has a control character (U+{character:04X}): remove it")]
    ControlCharacter {
        /// Where.
        line: usize,
        /// Which.
        character: u32,
    },
    /// Its cells cannot be told apart.
    #[error(transparent)]
    Table(#[from] CsvFault),
    /// Its version line names one that is not known.
    #[error("the first line says `{found}`, and the only version is `version:v1.0`: use the template unchanged")]
    Version {
        /// What it says.
        found: String,
    },
    /// A heading that there must be is not there.
    #[error("the heading `{heading}` is missing: take the first {lines} of the template as they are")]
    MissingHeading {
        /// Which.
        heading: &'static str,
        /// How many lines of the template are not to be changed.
        lines: &'static str,
    },
    /// A heading that means nothing.
    #[error("the heading `{found}` is not known; known are {known}")]
    UnknownHeading {
        /// What it says.
        found: String,
        /// Those that are known.
        known: String,
    },
    /// Two headings mean the same.
    #[error("two columns are `{heading}`: keep one")]
    DoubledHeading {
        /// Which.
        heading: &'static str,
    },
    /// No row follows the headings.
    #[error("no row follows the headings")]
    NoRows,
    /// More rows than a file may have.
    #[error("the file has {found} rows, and at most {MAX_ROWS} are taken: divide it")]
    TooManyRows {
        /// How many.
        found: usize,
    },
}

impl FileFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty | Self::NoRows => "CSV_EMPTY",
            Self::TooLarge { .. } => "CSV_TOO_LARGE",
            Self::NotText { .. } | Self::NotUtf8 { .. } | Self::ControlCharacter { .. } => "CSV_ENCODING",
            Self::Table(_) => "CSV_QUOTING",
            Self::Version { .. }
            | Self::MissingHeading { .. }
            | Self::UnknownHeading { .. }
            | Self::DoubledHeading { .. } => "CSV_HEADER",
            Self::TooManyRows { .. } => "CSV_TOO_MANY_ROWS",
        }
    }
}

/// Why a row invites nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// It has more cells than there are headings.
    #[error(
        "the row has {found} cells under {headings} headings: put a cell with a separator in it in quotation marks"
    )]
    Cells {
        /// Cells of the row.
        found: usize,
        /// Headings of the file.
        headings: usize,
    },
    /// A cell that must be filled is empty.
    #[error("`{heading}` is empty")]
    Missing {
        /// Which.
        heading: &'static str,
    },
    /// It is the example of the template.
    #[error("this is the example row of the template: remove it")]
    Example,
    /// No address of a person.
    #[error("`{heading}`: {fault}")]
    Mail {
        /// Which.
        heading: &'static str,
        /// What is wrong.
        fault: MailError,
    },
    /// No name.
    #[error("`DisplayName` is longer than {most} characters or has a control character")]
    Name {
        /// The most characters.
        most: usize,
    },
    /// A language that invitations of this form cannot have.
    #[error("the language `{found}` is not known; known are {known}")]
    Language {
        /// What it says.
        found: String,
        /// Those that are known.
        known: String,
    },
    /// Neither true nor false.
    #[error("`{found}` is neither `true` nor `false`")]
    Switch {
        /// What it says.
        found: String,
    },
    /// Too long a message.
    #[error("the message has {found} characters, and at most {MAX_MESSAGE} are sent")]
    Message {
        /// How many.
        found: usize,
    },
    /// The address was in an earlier row.
    #[error("the address is in line {first} already")]
    Duplicate {
        /// The line of the row that counts.
        first: usize,
    },
}

impl RowFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cells { .. } => "CSV_ROW_CELLS",
            Self::Missing { .. } => "CSV_ROW_MISSING",
            Self::Example => "CSV_ROW_EXAMPLE",
            Self::Mail { .. } => "CSV_ROW_EMAIL",
            Self::Name { .. } => "CSV_ROW_NAME",
            Self::Language { .. } => "CSV_ROW_LANGUAGE",
            Self::Switch { .. } => "CSV_ROW_SEND",
            Self::Message { .. } => "CSV_ROW_MESSAGE",
            Self::Duplicate { .. } => "CSV_ROW_DUPLICATE",
        }
    }
}

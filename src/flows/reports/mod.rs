//! Reports: the directory audit and the sign-in log as views of the audit, and which accounts are used. What is
//! not known is absent, never made up. Everything is read in pages, so that an export takes the same
//! memory however long it is. Start reading at [`log`], which exports, and [`pages`], which answers one question at a
//! time in bounded work.

pub mod accounts;
pub mod activities;
pub mod csv;
pub mod directory;
pub mod log;
pub mod month;
pub mod names;
pub mod numbers;
pub mod pages;
pub mod sign_ins;
pub mod targets;

/// A value in a row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// Nothing is known.
    Absent,
    /// A text.
    Text(String),
    /// A yes or no.
    Flag(bool),
    /// Several things with fields of their own.
    List(Vec<Row>),
    /// Several texts.
    Texts(Vec<String>),
}

/// A row: the names of its columns, in their order, with their values. A dot in a name leads into an object.
pub type Row = Vec<(&'static str, Field)>;

impl Field {
    /// A text where there is one.
    fn of(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Absent, |text| Self::Text(text.into()))
    }

    fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }
}

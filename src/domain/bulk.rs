//! Invitations by the sheet: what a file of rows says, judged row by row before anything is sent.
//!
//! Three forms are known, two from the years in which this kind of file was born and the present one; see
//! [`form`]. A fault of the file refuses the whole of it ([`FileFault`]); a fault of a row is the row's alone
//! ([`RowFault`]). Start reading at [`Sheet::read`].

pub mod fault;
pub mod form;
pub mod job;
mod row;
#[cfg(test)]
mod tests;
mod text;
pub mod upload;

pub use fault::{FileFault, RowFault};
pub use form::{Form, LANGUAGES};
pub use row::Entry;

use form::{Column, Columns};

use super::mail::MailAddress;
use crate::base::csv::{Reader, Record};

/// The most rows of one file, headings not counted.
pub const MAX_ROWS: usize = 2_000;
/// The largest file. **Units**: bytes.
pub const MAX_FILE: usize = 8 * 1024 * 1024;
/// The longest message to a guest. **Units**: characters.
pub const MAX_MESSAGE: usize = 2_000;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// In which form it is written.
    pub form: Form,
    /// Its headings as they were written.
    pub headings: Vec<String>,
    /// Its rows, in its order.
    pub rows: Vec<Row>,
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line on which it begins.
    pub line: usize,
    /// Its cells as they were written.
    pub cells: Vec<String>,
    /// Its address as it was written, which may be none.
    pub address: String,
    /// Whom it invites, or what is wrong with it.
    pub entry: Result<Entry, RowFault>,
}

impl Sheet {
    /// Reads a file as it was handed in.
    ///
    /// # Errors
    /// [`FileFault`]: nothing of the file can be used then.
    pub fn read(bytes: &[u8]) -> Result<Self, FileFault> {
        let text = text::decode(bytes)?;
        let (columns, headings, mut reader) = form::head(text)?;
        let mut records = Vec::new();
        while let Some(record) = next(&mut reader)? {
            records.push(record);
        }
        if records.len() > MAX_ROWS {
            return Err(FileFault::TooManyRows { found: records.len() });
        }
        if records.is_empty() {
            return Err(FileFault::NoRows);
        }
        Ok(Self { form: columns.form, headings, rows: judge(records, &columns) })
    }

    /// Judges the beginning of a file while the rest is still coming.
    ///
    /// # Errors
    /// [`FileFault::NotText`].
    pub fn judge_start(bytes: &[u8]) -> Result<(), FileFault> {
        text::judge_start(bytes)
    }

    /// How many rows can be invited as far as the file alone tells.
    #[must_use]
    pub fn good(&self) -> usize {
        self.rows.iter().filter(|row| row.entry.is_ok()).count()
    }
}

/// The next record that says anything: spreadsheets keep rows of nothing but separators.
fn next(reader: &mut Reader<'_>) -> Result<Option<Record>, FileFault> {
    while let Some(record) = reader.record()? {
        if record.cells.iter().any(|cell| !cell.trim().is_empty()) {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// Judges each row; of several rows for one address the first counts.
fn judge(records: Vec<Record>, columns: &Columns) -> Vec<Row> {
    let mut seen: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let judged = records.into_iter().map(|record| {
        let entry = row::read(&record, columns).and_then(|entry| {
            let key = MailAddress::key(&entry.mail).to_owned();
            match seen.get(&key) {
                Some(first) => Err(RowFault::Duplicate { first: *first }),
                None => {
                    seen.insert(key, record.line);
                    Ok(entry)
                }
            }
        });
        let address = columns.cell(&record.cells, Column::Email).to_owned();
        Row { line: record.line, address, cells: record.cells, entry }
    });
    judged.collect()
}

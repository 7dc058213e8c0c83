//! Tables as comma-separated values: a reader that takes no broken table for a whole one, and a writer whose
//! cells no spreadsheet computes.
//!
//! Why not a library's reader: those that there are read on where a quotation mark is never closed, and so take
//! the rest of a file for one cell. Here every departure from RFC 4180 is a fault with its line.

/// What stands between cells. Spreadsheets of several countries write semicolons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
}

impl Separator {
    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
        }
    }
}

/// One record: the line on which it begins, counted from 1, and its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line on which it begins.
    pub line: usize,
    /// Its cells, without the quotation marks.
    pub cells: Vec<String>,
}

/// What is wrong with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CsvFault {
    /// A cell that begins with a quotation mark has no other at its end.
    #[error("line {line}: a quotation mark is opened and never closed")]
    Unclosed {
        /// Where it is opened.
        line: usize,
    },
    /// After a quotation mark that closes a cell stands something else than the next cell.
    #[error(
        "line {line}: something follows the quotation mark that ends a cell; write a quotation mark within a cell twice"
    )]
    AfterQuote {
        /// Where.
        line: usize,
    },
    /// A quotation mark stands in a cell that does not begin with one.
    #[error("line {line}: a quotation mark stands in a cell that does not begin with one; put the whole cell in them")]
    StrayQuote {
        /// Where.
        line: usize,
    },
    /// A record has more cells than are read.
    #[error("line {line}: more than {most} cells")]
    TooManyCells {
        /// Where.
        line: usize,
        /// The most that are read.
        most: usize,
    },
}

impl CsvFault {
    /// Where.
    #[must_use]
    pub const fn line(&self) -> usize {
        match self {
            Self::Unclosed { line }
            | Self::AfterQuote { line }
            | Self::StrayQuote { line }
            | Self::TooManyCells { line, .. } => *line,
        }
    }
}

/// The most cells of one record.
pub const MAX_CELLS: usize = 64;

/// Reads records one by one. Lines end with LF or CRLF; an empty line is no record.
#[derive(Debug)]
pub struct Reader<'t> {
    rest: &'t str,
    separator: Separator,
    line: usize,
}

impl<'t> Reader<'t> {
    /// Reads `text` from the line with this number.
    #[must_use]
    pub const fn new(text: &'t str, separator: Separator, line: usize) -> Self {
        Self { rest: text, separator, line }
    }

    /// The next record.
    ///
    /// # Errors
    /// [`CsvFault`]; nothing is read after it.
    ///
    /// # Source
    /// RFC 4180 2.
    pub fn record(&mut self) -> Result<Option<Record>, CsvFault> {
        loop {
            if self.rest.is_empty() {
                return Ok(None);
            }
            let line = self.line;
            let cells = self.cells(line)?;
            if cells.len() > 1 || cells.iter().any(|cell| !cell.is_empty()) {
                return Ok(Some(Record { line, cells }));
            }
        }
    }

    fn cells(&mut self, line: usize) -> Result<Vec<String>, CsvFault> {
        let mut cells = Vec::new();
        loop {
            if cells.len() == MAX_CELLS {
                return Err(CsvFault::TooManyCells { line, most: MAX_CELLS });
            }
            let cell = if let Some(rest) = self.rest.strip_prefix('"') {
                self.rest = rest;
                self.quoted()?
            } else {
                self.bare()?
            };
            cells.push(cell);
            match self.rest.as_bytes().first() {
                Some(byte) if *byte == self.separator.byte() => self.rest = &self.rest[1..],
                _ => {
                    self.end_of_line();
                    return Ok(cells);
                }
            }
        }
    }

    fn bare(&mut self) -> Result<String, CsvFault> {
        let separator = self.separator.byte();
        let bytes = self.rest.as_bytes();
        let mut end = bytes.iter().position(|b| *b == separator || *b == b'\n' || *b == b'"').unwrap_or(bytes.len());
        if bytes.get(end) == Some(&b'"') {
            return Err(CsvFault::StrayQuote { line: self.line });
        }
        if bytes.get(end) != Some(&separator) && end > 0 && bytes[end - 1] == b'\r' {
            end -= 1;
        }
        let (cell, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(cell.to_owned())
    }

    fn quoted(&mut self) -> Result<String, CsvFault> {
        let opened = self.line;
        let mut cell = String::new();
        loop {
            let (part, rest) = self.rest.split_once('"').ok_or(CsvFault::Unclosed { line: opened })?;
            cell.push_str(part);
            self.line += part.bytes().filter(|b| *b == b'\n').count();
            self.rest = rest;
            match self.rest.strip_prefix('"') {
                Some(rest) => {
                    cell.push('"');
                    self.rest = rest;
                }
                None => break,
            }
        }
        let next = self.rest.as_bytes();
        let ends = matches!(next, [] | [b'\n', ..] | [b'\r', b'\n', ..] | [b'\r'])
            || next.first() == Some(&self.separator.byte());
        if ends { Ok(cell) } else { Err(CsvFault::AfterQuote { line: self.line }) }
    }

    fn end_of_line(&mut self) {
        let rest = self.rest.strip_prefix('\r').unwrap_or(self.rest);
        self.rest = rest.strip_prefix('\n').unwrap_or(rest);
        self.line += 1;
    }
}

/// Writes one record, with CRLF at its end. A cell that a spreadsheet would take for a formula gets an
/// apostrophe in front, by which spreadsheets know a text.
pub fn write(record: &[&str], out: &mut String) {
    for (at, cell) in record.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_cell(cell, out);
    }
    out.push_str("\r\n");
}

fn write_cell(cell: &str, out: &mut String) {
    // A formula may hide behind white space, and a full-width sign is one to some spreadsheets.
    let is_formula = cell
        .trim_start_matches([' ', '\u{a0}', '\u{feff}'])
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let guard = if is_formula { "'" } else { "" };
    if cell.contains(['"', ',', ';', '\n', '\r']) || is_formula || cell != cell.trim() {
        out.push('"');
        out.push_str(guard);
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

#[cfg(test)]
mod tests;

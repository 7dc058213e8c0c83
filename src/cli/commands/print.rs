//! What commands print: the same values as aligned text or as JSON.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::base::trace::printable;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Aligned text for people.
    Text,
    /// JSON for programs.
    Json,
}

/// Prints the result of one command.
pub struct Printer<'a> {
    out: &'a mut (dyn Write + Send),
    format: Format,
}

impl std::fmt::Debug for Printer<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Printer").field("format", &self.format).finish_non_exhaustive()
    }
}

impl<'a> Printer<'a> {
    /// Prints to `out`.
    pub fn new(out: &'a mut (dyn Write + Send), format: Format) -> Self {
        Self { out, format }
    }

    /// How it prints.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Rows under the names of their columns; as JSON an array of objects.
    ///
    /// # Errors
    /// Those of the output.
    pub fn table(&mut self, columns: &[&str], rows: Vec<Vec<Value>>) -> io::Result<()> {
        match self.format {
            Format::Json => {
                let objects = rows.into_iter().map(|row| object(columns.iter().copied().zip(row)));
                self.json(&objects.collect())
            }
            Format::Text => {
                let head = columns.iter().map(|name| name.replace('_', " ").to_uppercase()).collect();
                let body = rows.iter().map(|row| row.iter().map(text).collect());
                let cells: Vec<Vec<String>> = std::iter::once(head).chain(body).collect();
                self.text(&aligned(&cells, ""))
            }
        }
    }

    /// The fields of one thing; as JSON an object.
    ///
    /// # Errors
    /// Those of the output.
    pub fn record(&mut self, fields: Vec<(&str, Value)>) -> io::Result<()> {
        match self.format {
            Format::Json => self.json(&object(fields)),
            Format::Text => {
                let cells: Vec<Vec<String>> =
                    fields.iter().map(|(name, value)| vec![name.replace('_', " "), text(value)]).collect();
                self.text(&aligned(&cells, ""))
            }
        }
    }

    /// One sentence, or one object.
    ///
    /// # Errors
    /// Those of the output.
    pub fn said(&mut self, sentence: &str, value: &Value) -> io::Result<()> {
        match self.format {
            Format::Json => self.json(value),
            Format::Text => self.text(&format!("{sentence}\n")),
        }
    }

    /// JSON, whatever the format.
    ///
    /// # Errors
    /// Those of the output.
    pub fn json(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self.out, "{value:#}")
    }

    /// Text as it is, whatever the format.
    ///
    /// # Errors
    /// Those of the output.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }
}

fn object<'k>(fields: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

/// A value as people read it: absent as `-`, lists joined, nothing that forges a terminal.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => printable(text.clone()),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// Lines of columns, each as wide as its widest cell but the last, behind `indent`.
#[must_use]
pub fn aligned(cells: &[Vec<String>], indent: &str) -> String {
    let columns = cells.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let lengths = cells.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        lengths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in cells {
        let padded: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width)).collect();
        out.push_str(indent);
        out.push_str(padded.join("  ").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn printed(format: Format, print: impl Fn(&mut Printer<'_>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        print(&mut Printer::new(&mut out, format)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_is_aligned_or_an_array() {
        let print = |printer: &mut Printer<'_>| {
            let rows =
                vec![vec![json!("é"), json!(true), Value::Null], vec![json!("long"), json!(false), json!(["a", "b"])]];
            printer.table(&["slug", "is_on", "apps"], rows)
        };
        assert_eq!(printed(Format::Text, print), "SLUG  IS ON  APPS\né     yes    -\nlong  no     a, b\n");
        let value: Value = serde_json::from_str(&printed(Format::Json, print)).unwrap();
        assert_eq!(
            value,
            json!([{"slug": "é", "is_on": true, "apps": null}, {"slug": "long", "is_on": false, "apps": ["a", "b"]}])
        );
    }

    #[test]
    fn a_record_is_lines_or_an_object() {
        let print = |printer: &mut Printer<'_>| printer.record(vec![("id", json!("1")), ("clock_skew", json!(60))]);
        assert_eq!(printed(Format::Text, print), "id          1\nclock skew  60\n");
        assert_eq!(
            serde_json::from_str::<Value>(&printed(Format::Json, print)).unwrap(),
            json!({"id": "1", "clock_skew": 60})
        );
    }

    #[test]
    fn a_name_cannot_forge_lines() {
        let print = |printer: &mut Printer<'_>| printer.table(&["name"], vec![vec![json!("a\n\u{1b}[31mb")]]);
        assert_eq!(printed(Format::Text, print), "NAME\na\u{fffd}\u{fffd}[31mb\n");
    }

    #[test]
    fn an_empty_table_has_its_head() {
        assert_eq!(printed(Format::Text, |printer| printer.table(&["slug"], vec![])), "SLUG\n");
        assert_eq!(printed(Format::Json, |printer| printer.table(&["slug"], vec![])), "[]\n");
    }
}

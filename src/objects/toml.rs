//! TOML into the tree. A fault of syntax does not hide the rest: the line on which it lies is left
//! out and the text is read again, a few times, so that most faults of a file come to light at once.

use toml_edit::{Document, Item, TableLike, TomlError, Value as TomlValue};

use super::tree::{Entry, Node, Value};
use crate::base::trace::shorten;
use crate::domain::definitions::{Fault, Origin};

/// How many faults of syntax are told of one file.
pub const MAX_SYNTAX_FAULTS: usize = 10;

/// What a text holds.
#[derive(Debug)]
pub struct Parsed {
    /// The root table; without the lines that could not be read.
    pub root: Node,
    /// Faults of syntax. Where there are some, keys may be missing that the author did write.
    pub faults: Vec<Fault>,
}

/// Reads `text`, which stands in the file named `file`.
#[must_use]
pub fn parse(file: &str, text: &str) -> Parsed {
    let mut faults: Vec<Fault> = Vec::new();
    let mut readable = text.to_owned();
    loop {
        let places = Places::new(file, &readable);
        match Document::parse(readable.as_str()) {
            Ok(document) => {
                faults.sort();
                return Parsed { root: places.of_item(document.as_item(), 0), faults };
            }
            Err(error) => {
                let fault = places.of_error(&error);
                let line = fault.origin.line;
                let again = faults.iter().any(|known| known.origin.line == line);
                if !again {
                    faults.push(fault);
                }
                if again || faults.len() >= MAX_SYNTAX_FAULTS {
                    faults.sort();
                    return Parsed { root: places.empty(), faults };
                }
                readable = without_line(&readable, line);
            }
        }
    }
}

/// The text with the content of one line left out, so that the others keep their numbers.
fn without_line(text: &str, line: usize) -> String {
    let kept = text.split_inclusive('\n').enumerate().map(|(index, content)| {
        if index + 1 != line {
            content
        } else if content.ends_with('\n') {
            "\n"
        } else {
            ""
        }
    });
    kept.collect()
}

/// From offsets to lines.
struct Places<'a> {
    file: &'a str,
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    fn new(file: &'a str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(index, _)| index + 1)).collect();
        Self { file, starts }
    }

    fn at(&self, offset: usize) -> Origin {
        Origin { file: self.file.to_owned(), line: self.starts.partition_point(|start| *start <= offset) }
    }

    fn empty(&self) -> Node {
        Node { origin: self.at(0), value: Value::Table(Vec::new()) }
    }

    fn of_error(&self, error: &TomlError) -> Fault {
        let offset = error.span().map_or(0, |span| span.start);
        let message = shorten(error.message().replace('\n', ", "));
        Fault { origin: self.at(offset), message: format!("not TOML: {message}") }
    }

    fn of_item(&self, item: &Item, outer: usize) -> Node {
        let offset = item.span().map_or(outer, |span| span.start);
        match item {
            Item::Value(value) => self.of_value(value, outer),
            Item::Table(table) => self.of_table(table, offset),
            Item::ArrayOfTables(tables) => {
                let list = tables.iter().map(|table| {
                    let offset = table.span().map_or(offset, |span| span.start);
                    self.of_table(table, offset)
                });
                Node { origin: self.at(offset), value: Value::List(list.collect()) }
            }
            Item::None => Node { origin: self.at(offset), value: Value::Other("nothing") },
        }
    }

    fn of_table(&self, table: &dyn TableLike, offset: usize) -> Node {
        let entries = table.iter().map(|(key, item)| {
            let start = table.key(key).and_then(toml_edit::Key::span).map_or(offset, |span| span.start);
            Entry { key: key.to_owned(), origin: self.at(start), node: self.of_item(item, start) }
        });
        Node { origin: self.at(offset), value: Value::Table(entries.collect()) }
    }

    fn of_value(&self, value: &TomlValue, outer: usize) -> Node {
        let offset = value.span().map_or(outer, |span| span.start);
        let value = match value {
            TomlValue::String(text) => Value::Text(text.value().clone()),
            TomlValue::Integer(number) => Value::Integer(*number.value()),
            TomlValue::Boolean(flag) => Value::Flag(*flag.value()),
            TomlValue::Float(_) => Value::Other("a number with a fraction"),
            TomlValue::Datetime(_) => Value::Other("a date or time"),
            TomlValue::Array(array) => Value::List(array.iter().map(|value| self.of_value(value, offset)).collect()),
            TomlValue::InlineTable(table) => return self.of_table(table, offset),
        };
        Node { origin: self.at(offset), value }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str) -> Vec<(usize, String)> {
        parse("x.toml", text).faults.into_iter().map(|fault| (fault.origin.line, fault.message)).collect()
    }

    fn entries(node: &Node) -> &[Entry] {
        match &node.value {
            Value::Table(entries) => entries,
            other => panic!("not a table: {other:?}"),
        }
    }

    #[test]
    fn every_value_knows_its_line() {
        let text = "a = 1\n\n[[b]]\nc = [\n  true,\n  \"x\",\n]\n[b.d]\ne = 1.5\n[[b]]\nf.g = 1\nh = 2026-01-01\n";
        let parsed = parse("x.toml", text);
        assert_eq!(parsed.faults, vec![]);
        let root = entries(&parsed.root);
        assert_eq!((root[0].origin.line, &root[0].node.value), (1, &Value::Integer(1)));
        let Value::List(tables) = &root[1].node.value else { panic!("no list") };
        assert_eq!(tables.iter().map(|table| table.origin.line).collect::<Vec<_>>(), [3, 10]);
        let first = entries(&tables[0]);
        let Value::List(list) = &first[0].node.value else { panic!("no list") };
        assert_eq!(list.iter().map(|node| node.origin.line).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(first[1].node.origin.line, 8);
        assert_eq!(entries(&first[1].node)[0].node.value, Value::Other("a number with a fraction"));
        let second = entries(&tables[1]);
        assert_eq!(second[0].node.origin.line, 11);
        assert_eq!(second[1].node.value, Value::Other("a date or time"));
    }

    #[test]
    fn faults_of_syntax_do_not_hide_each_other_or_the_rest() {
        let parsed = parse("x.toml", "a = \"open\nb = 1\nc = = 2\nd = 3\nd = 4\n");
        assert_eq!(parsed.faults.iter().map(|fault| fault.origin.line).collect::<Vec<_>>(), [1, 3, 5]);
        assert_eq!(entries(&parsed.root).iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["b", "d"]);
    }

    #[test]
    fn faults_of_syntax_are_told_up_to_a_limit() {
        assert_eq!(lines(&"= 1\n".repeat(MAX_SYNTAX_FAULTS - 1)).len(), MAX_SYNTAX_FAULTS - 1);
        assert_eq!(lines(&"= 1\n".repeat(MAX_SYNTAX_FAULTS + 1)).len(), MAX_SYNTAX_FAULTS);
    }

    #[test]
    fn a_message_never_repeats_the_line_of_the_file() {
        let told = lines("client_secret = 'correct horse battery staple\n");
        assert_eq!(told.len(), 1);
        assert!(!told[0].1.contains("horse"), "{told:?}");
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        let faults = lines(&format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000)));
        assert_eq!(faults.len(), 1);
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "\\PC*") {
            let _ = parse("x.toml", &text);
        }

        #[test]
        fn no_mixture_of_toml_makes_parsing_panic(parts in proptest::collection::vec(
            prop_oneof!["[\\[\\]={}\"'#.,\r\n ]{0,4}", "[a-z]{1,3}", "-?[0-9]{1,3}"], 0..40)) {
            let _ = parse("x.toml", &parts.concat());
        }
    }
}

//! Reads one table by its shape and collects every fault instead of stopping at the first.

use std::cell::RefCell;
use std::fmt::Display;
use std::path::Path;

use super::shape::{Key, Kind, Presence, Shape};
use super::sources::Sources;
use super::suggestion::nearest;
use super::tree::{Entry, Node, Value};
use crate::base::trace::shorten;
use crate::domain::definitions::{Fault, Origin};

/// Whether a file could be read in whole; where lines had to be left out, a missing key is no fault
/// of its own, since it may stand on one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// All of it.
    Whole,
    /// Some lines are left out.
    Partial,
}

/// What the reading of one file shares: its folder, what lies outside, and the faults so far.
pub struct Reader<'r> {
    /// The folder that relative paths start from.
    pub folder: &'r Path,
    /// Files and environment.
    pub sources: &'r dyn Sources,
    completeness: Completeness,
    faults: RefCell<Vec<Fault>>,
}

impl<'r> Reader<'r> {
    /// A reader without faults yet.
    #[must_use]
    pub const fn new(folder: &'r Path, sources: &'r dyn Sources, completeness: Completeness) -> Self {
        Self { folder, sources, completeness, faults: RefCell::new(Vec::new()) }
    }

    /// Whether everything that stands in the file was read, so that what is missing does not stand there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.completeness == Completeness::Whole
    }

    /// Notes a fault.
    pub fn fault(&self, origin: &Origin, message: impl Into<String>) {
        self.faults.borrow_mut().push(Fault { origin: origin.clone(), message: message.into() });
    }

    /// All faults noted so far.
    #[must_use]
    pub fn into_faults(self) -> Vec<Fault> {
        self.faults.into_inner()
    }
}

/// A table of a known shape.
pub struct Table<'r> {
    reader: &'r Reader<'r>,
    shape: &'static Shape,
    origin: &'r Origin,
    entries: &'r [Entry],
}

impl<'r> Table<'r> {
    /// Looks at `node` as a table of `shape`: unknown and missing keys and values of the wrong type or
    /// out of range are noted. `None` where it is no table at all.
    pub fn open(reader: &'r Reader<'r>, shape: &'static Shape, node: &'r Node) -> Option<Self> {
        let Value::Table(entries) = &node.value else {
            let message = format!("{} must be a table, not {}", shape.describe(), node.value.describe());
            reader.fault(&node.origin, message);
            return None;
        };
        let table = Self { reader, shape, origin: &node.origin, entries };
        for entry in entries {
            match shape.key(&entry.key) {
                Some(key) => table.judge(key, &entry.node),
                None => table.refuse_unknown(entry),
            }
        }
        let is_required = |key: &&Key| key.presence == Presence::Required && table.node(key.name).is_none();
        if reader.completeness == Completeness::Whole {
            for key in shape.keys.iter().filter(is_required) {
                reader.fault(table.origin, format!("{} needs the key `{}`", shape.describe(), key.name));
            }
        }
        Some(table)
    }

    fn refuse_unknown(&self, entry: &Entry) {
        let hint = match nearest(&entry.key, self.shape.keys.iter().map(|key| key.name)) {
            Some(known) => format!("; did you mean `{known}`?"),
            None => String::new(),
        };
        let (key, place) = (shorten(entry.key.clone()), self.shape.describe());
        self.reader.fault(&entry.origin, format!("unknown key `{key}` in {place}: not known to this version{hint}"));
    }

    /// Notes a value that its key does not take.
    fn judge(&self, key: &Key, node: &Node) {
        let name = key.name;
        match (key.kind, &node.value) {
            (Kind::Text, Value::Text(_)) | (Kind::Flag, Value::Flag(_)) => {}
            (Kind::Secret, Value::Text(_) | Value::Table(_)) => {}
            (Kind::Secrets, Value::List(list)) => self.judge_secrets(name, list),
            (Kind::Table(_), Value::Table(_)) | (Kind::Tables(_), Value::List(_)) => {}
            (Kind::Word(words), Value::Text(word)) => {
                if !words.contains(&word.as_str()) {
                    let known = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
                    let found = shorten(word.clone());
                    let message = format!("`{name}` must be one of {known}: this version does not know `{found}`");
                    self.reader.fault(&node.origin, message);
                }
            }
            (Kind::Integer(least, most), Value::Integer(number)) => {
                if !(least..=most).contains(number) {
                    let message = format!("`{name}` must be within {least} and {most}, not {number}");
                    self.reader.fault(&node.origin, message);
                }
            }
            (Kind::Texts, Value::List(list)) => self.judge_texts(name, list),
            (kind, value) => {
                let message = format!("`{name}` must be {}, not {}", expected(kind), value.describe());
                self.reader.fault(&node.origin, message);
            }
        }
    }

    fn judge_texts(&self, name: &str, list: &[Node]) {
        for (index, node) in list.iter().enumerate() {
            match &node.value {
                Value::Text(text) => {
                    if list[..index].iter().any(|earlier| earlier.value == node.value) {
                        let text = shorten(text.clone());
                        self.reader.fault(&node.origin, format!("`{name}` lists `{text}` twice"));
                    }
                }
                other => {
                    let message = format!("`{name}` must be a list of texts; this is {}", other.describe());
                    self.reader.fault(&node.origin, message);
                }
            }
        }
    }

    fn judge_secrets(&self, name: &str, list: &[Node]) {
        for node in list.iter().filter(|node| !matches!(node.value, Value::Text(_) | Value::Table(_))) {
            let message = format!("`{name}` must be a list of secrets; this is {}", node.value.describe());
            self.reader.fault(&node.origin, message);
        }
    }

    /// Where the table starts.
    #[must_use]
    pub const fn origin(&self) -> &'r Origin {
        self.origin
    }

    /// The reader that it was opened with.
    #[must_use]
    pub const fn reader(&self) -> &'r Reader<'r> {
        self.reader
    }

    /// The value of a key, whatever its type; absent where the key is.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&'r Node> {
        debug_assert!(self.shape.key(name).is_some(), "`{name}` is no key of {}", self.shape.describe());
        self.entries.iter().find(|entry| entry.key == name).map(|entry| &entry.node)
    }

    /// Where the value of a key stands; the table itself where the key is absent.
    #[must_use]
    pub fn place(&self, name: &str) -> &'r Origin {
        self.node(name).map_or(self.origin, |node| &node.origin)
    }

    /// The slug or mail address by which others refer to an object of this table.
    #[must_use]
    pub fn own_name(&self) -> Option<&'r str> {
        let name = |key: &str| self.shape.key(key).and_then(|_| self.text(key));
        name("slug").or_else(|| name("email"))
    }

    /// Notes a fault of the value of a key.
    pub fn fault(&self, name: &str, message: impl Into<String>) {
        self.reader.fault(self.place(name), message);
    }

    /// A text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'r str> {
        match &self.node(name)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether a flag is set; absent counts as `absent`.
    #[must_use]
    pub fn is_set(&self, name: &str, absent: Absent) -> bool {
        match self.node(name).map(|node| &node.value) {
            Some(Value::Flag(flag)) => *flag,
            _ => absent == Absent::IsTrue,
        }
    }

    /// A whole number within the range of its key.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<u64> {
        match &self.node(name)?.value {
            Value::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// A text turned into what it means.
    pub fn parsed<T, E: Display>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = self.text(name)?;
        parse(text).map_err(|error| self.fault(name, format!("`{name}`: {error}"))).ok()
    }

    /// The texts of a list, each with its place; empty where the key is absent.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<(&'r Origin, &'r str)> {
        let Some(Value::List(list)) = self.node(name).map(|node| &node.value) else { return Vec::new() };
        let text = |node: &'r Node| match &node.value {
            Value::Text(text) => Some((&node.origin, text.as_str())),
            _ => None,
        };
        list.iter().filter_map(text).collect()
    }

    /// The texts of a list turned into what they mean, none twice.
    pub fn parsed_texts<T: PartialEq, E: Display>(&self, name: &str, parse: impl Fn(&str) -> Result<T, E>) -> Vec<T> {
        let mut values: Vec<T> = Vec::new();
        for (origin, text) in self.texts(name) {
            match parse(text) {
                Ok(value) if values.contains(&value) => {
                    let told = self.reader.faults.borrow().iter().any(|fault| fault.origin == *origin);
                    if !told {
                        self.reader.fault(origin, format!("`{name}` lists `{}` twice", shorten(text.to_owned())));
                    }
                }
                Ok(value) => values.push(value),
                Err(error) => {
                    let text = shorten(text.to_owned());
                    self.reader.fault(origin, format!("`{name}`, `{text}`: {error}"));
                }
            }
        }
        values
    }

    /// A table inside this one.
    pub fn table(&self, name: &str) -> Option<Table<'r>> {
        match (self.shape.key(name)?.kind, self.node(name)?) {
            (Kind::Table(shape), node) if matches!(node.value, Value::Table(_)) => {
                Table::open(self.reader, shape, node)
            }
            _ => None,
        }
    }

    /// The tables of a list; empty where the key is absent.
    pub fn tables(&self, name: &str) -> Vec<Table<'r>> {
        match (self.shape.key(name).map(|key| key.kind), self.node(name).map(|node| &node.value)) {
            (Some(Kind::Tables(shape)), Some(Value::List(list))) => {
                list.iter().filter_map(|node| Table::open(self.reader, shape, node)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// What an absent flag counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// As `true`.
    IsTrue,
    /// As `false`.
    IsFalse,
}

const fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Word(_) => "a text",
        Kind::Integer(..) => "a whole number",
        Kind::Flag => "`true` or `false`",
        Kind::Texts => "a list of texts",
        Kind::Secret => "a text, `{ env = \"NAME\" }` or `{ file = \"PATH\" }`",
        Kind::Secrets => "a list of secrets",
        Kind::Table(_) => "a table",
        Kind::Tables(_) => "a list of tables (`[[...]]`)",
    }
}

//! Secrets of configuration and object files: written out, or by reference to the environment or a
//! file. No message ever holds one.

use std::path::{Path, PathBuf};

use super::table::{Reader, Table};
use super::tree::{Entry, Node, Value};
use crate::base::secret::SecretText;

/// The largest file that is read as a secret. **Units**: bytes.
pub const MAX_SECRET_FILE: usize = 64 * 1024;

/// Where a secret comes from. Variables are read with the text that names them; files when the
/// secret is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// A file, its path joined to the folder of the text that names it.
    File(PathBuf),
    /// The secret itself.
    Value(SecretText),
}

/// The source of the secret under `name`; a variable that is not set is a fault.
pub fn source(table: &Table<'_>, name: &str) -> Option<SecretSource> {
    source_of(table.reader(), name, table.node(name)?)
}

/// The sources of a list of secrets; empty where the key is absent.
pub fn sources(table: &Table<'_>, name: &str) -> Vec<SecretSource> {
    match table.node(name).map(|node| &node.value) {
        Some(Value::List(list)) => list.iter().filter_map(|node| source_of(table.reader(), name, node)).collect(),
        _ => Vec::new(),
    }
}

/// The secret under `name`, read from where it is; what cannot be read is a fault.
pub fn secret(table: &Table<'_>, name: &str) -> Option<SecretText> {
    match source(table, name)? {
        SecretSource::Value(value) => Some(value),
        SecretSource::File(path) => match read_text(table.reader(), &path) {
            Ok(text) => Some(SecretText::new(text)),
            Err(problem) => {
                table.fault(name, format!("`{name}`: {problem}"));
                None
            }
        },
    }
}

/// The text of a secret's file, less its last line end. The message names the path alone.
fn read_text(reader: &Reader<'_>, path: &Path) -> Result<String, String> {
    let shown = path.display();
    let content = reader.sources.read(path).map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    if content.len() > MAX_SECRET_FILE {
        return Err(format!("`{shown}` is longer than {MAX_SECRET_FILE} bytes"));
    }
    let mut text = String::from_utf8(content).map_err(|_| format!("`{shown}` is not UTF-8"))?;
    let kept = text.strip_suffix('\n').map_or(text.len(), |line| line.strip_suffix('\r').unwrap_or(line).len());
    text.truncate(kept);
    if text.is_empty() { Err(format!("`{shown}` is empty")) } else { Ok(text) }
}

fn source_of(reader: &Reader<'_>, name: &str, node: &Node) -> Option<SecretSource> {
    match &node.value {
        Value::Text(text) if text.is_empty() => {
            reader.fault(&node.origin, format!("`{name}` is empty"));
            None
        }
        Value::Text(text) => Some(SecretSource::Value(SecretText::new(text.clone()))),
        Value::Table(entries) => reference(reader, name, node, entries),
        // Told when the table was opened.
        _ => None,
    }
}

fn reference(reader: &Reader<'_>, name: &str, node: &Node, entries: &[Entry]) -> Option<SecretSource> {
    let text = |key: &str| {
        entries.iter().find(|entry| entry.key == key).and_then(|entry| match &entry.node.value {
            Value::Text(text) if !text.is_empty() => Some(text.as_str()),
            _ => None,
        })
    };
    let message = match (entries.len(), text("env"), text("file")) {
        (1, Some(variable), _) => match reader.sources.variable(variable) {
            Some(value) if !value.is_empty() => return Some(SecretSource::Value(SecretText::new(value))),
            _ => format!("`{name}`: the environment variable `{variable}` is not set"),
        },
        (1, _, Some(path)) => return Some(SecretSource::File(reader.folder.join(path))),
        _ => {
            format!(
                "`{name}` must be a text, or a reference with one key: {{ env = \"NAME\" }} or {{ file = \"PATH\" }}"
            )
        }
    };
    reader.fault(&node.origin, message);
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::shape::{Key, Kind, Presence, Shape};
    use crate::objects::sources::memory::Memory;
    use crate::objects::table::Completeness;
    use crate::objects::toml;

    static SHAPE: Shape = Shape {
        name: "",
        doc: "",
        keys: &[Key { name: "key", kind: Kind::Secret, presence: Presence::Optional, doc: "" }],
    };

    fn check(text: &str, expected: Result<Option<&str>, &str>) {
        let sources = Memory::default()
            .set("SET", "from the environment")
            .set("EMPTY", "")
            .file("/etc/one.key", "from a file\r\n")
            .file("/etc/two.key", "two lines\n\n")
            .file("/etc/empty.key", "\n")
            .file("/etc/binary.key", [0xff])
            .file("/etc/largest.key", "x".repeat(MAX_SECRET_FILE))
            .file("/etc/larger.key", "x".repeat(MAX_SECRET_FILE + 1));
        let parsed = toml::parse("x.toml", text);
        let reader = Reader::new(Path::new("/etc"), &sources, Completeness::Whole);
        let found = Table::open(&reader, &SHAPE, &parsed.root).and_then(|table| secret(&table, "key"));
        let faults: Vec<_> = reader.into_faults().into_iter().map(|fault| fault.message).collect();
        match expected {
            Ok(expected) => {
                assert_eq!(faults, Vec::<String>::new(), "{text}");
                let short = found.map(|secret| secret.expose().chars().take(30).collect::<String>());
                assert_eq!(short.as_deref(), expected, "{text}");
            }
            Err(message) => {
                assert_eq!(faults, [message], "{text}");
                assert_eq!(found, None, "{text}");
            }
        }
    }

    #[test]
    fn a_secret_is_written_out_or_referred_to() {
        check("", Ok(None));
        check("key = 'written out'", Ok(Some("written out")));
        check("key = { env = 'SET' }", Ok(Some("from the environment")));
        check("key = { file = 'one.key' }", Ok(Some("from a file")));
        check("key = { file = '/etc/two.key' }", Ok(Some("two lines\n")));
        check("key = { file = 'largest.key' }", Ok(Some(&"x".repeat(30))));
    }

    #[test]
    fn a_secret_that_cannot_be_had_is_a_fault() {
        let one_key = "`key` must be a text, or a reference with one key: { env = \"NAME\" } or { file = \"PATH\" }";
        check("key = ''", Err("`key` is empty"));
        check("key = { env = 'UNSET' }", Err("`key`: the environment variable `UNSET` is not set"));
        check("key = { env = 'EMPTY' }", Err("`key`: the environment variable `EMPTY` is not set"));
        check("key = { file = 'none.key' }", Err("`key`: cannot read `/etc/none.key`: entity not found"));
        check("key = { file = 'empty.key' }", Err("`key`: `/etc/empty.key` is empty"));
        check("key = { file = 'binary.key' }", Err("`key`: `/etc/binary.key` is not UTF-8"));
        check("key = { file = 'larger.key' }", Err("`key`: `/etc/larger.key` is longer than 65536 bytes"));
        check("key = {}", Err(one_key));
        check("key = { env = 1 }", Err(one_key));
        check("key = { env = '' }", Err(one_key));
        check("key = { path = 'one.key' }", Err(one_key));
        check("key = { env = 'SET', file = 'one.key' }", Err(one_key));
        check(
            "key = 1",
            Err("`key` must be a text, `{ env = \"NAME\" }` or `{ file = \"PATH\" }`, not a whole number"),
        );
    }
}

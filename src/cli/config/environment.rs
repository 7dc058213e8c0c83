//! Overrides: `ENTENTE_<KEY>` for a key of the top level, `ENTENTE_<SECTION>__<KEY>` for one in a
//! section. A variable that names a section and no key of it is a fault, as it would be in the file.

use crate::domain::definitions::{Fault, Origin};
use crate::objects::shape::{Key, Kind, Shape};
use crate::objects::sources::Sources;
use crate::objects::suggestion::nearest;
use crate::objects::toml;
use crate::objects::tree::{Entry, Node, Value};

/// The variable that overrides `key`, which stands in `section` or at the top level.
#[must_use]
pub fn variable(section: Option<&str>, key: &str) -> String {
    let name = match section {
        Some(section) => format!("ENTENTE_{section}__{key}"),
        None => format!("ENTENTE_{key}"),
    };
    name.to_ascii_uppercase()
}

/// Puts the values of variables in place of what the file says.
pub(super) fn apply(root: &mut Node, shape: &'static Shape, sources: &dyn Sources) -> Vec<Fault> {
    let mut faults = Vec::new();
    for key in shape.keys {
        match key.kind {
            Kind::Table(section) => {
                for inner in section.keys {
                    let name = variable(Some(key.name), inner.name);
                    if let Some(text) = sources.variable(&name) {
                        let value = read(inner, &name, &text, &mut faults);
                        if let Some(table) = section_of(root, key.name, &value.origin) {
                            put(table, inner.name, value);
                        }
                    }
                }
                refuse_unknown(key.name, section, sources, &mut faults);
            }
            _ => {
                let name = variable(None, key.name);
                if let Some(text) = sources.variable(&name) {
                    let value = read(key, &name, &text, &mut faults);
                    put(root, key.name, value);
                }
            }
        }
    }
    faults
}

fn origin(name: &str) -> Origin {
    Origin { file: format!("environment variable {name}"), line: 1 }
}

/// The section of the tree, made where it is absent. `None` where the file has something else there,
/// which is a fault of its own.
fn section_of<'a>(root: &'a mut Node, name: &str, origin: &Origin) -> Option<&'a mut Node> {
    let Value::Table(entries) = &mut root.value else { return None };
    if !entries.iter().any(|entry| entry.key == name) {
        let node = Node { origin: origin.clone(), value: Value::Table(Vec::new()) };
        entries.push(Entry { key: name.to_owned(), origin: origin.clone(), node });
    }
    entries.iter_mut().find(|entry| entry.key == name).map(|entry| &mut entry.node)
}

fn put(table: &mut Node, key: &str, node: Node) {
    if let Value::Table(entries) = &mut table.value {
        entries.retain(|entry| entry.key != key);
        entries.push(Entry { key: key.to_owned(), origin: node.origin.clone(), node });
    }
}

/// The text of a variable as the key's kind has it. What does not fit stays a text, which the reader
/// of the key then refuses.
fn read(key: &Key, name: &str, text: &str, faults: &mut Vec<Fault>) -> Node {
    let origin = origin(name);
    let plain = |text: &str| Node { origin: origin.clone(), value: Value::Text(text.to_owned()) };
    let is_toml = match key.kind {
        Kind::Texts | Kind::Secrets => text.trim_start().starts_with('['),
        Kind::Secret => text.trim_start().starts_with('{'),
        _ => false,
    };
    if is_toml {
        return read_toml(&origin, text, faults);
    }
    let value = match key.kind {
        Kind::Integer(..) => text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Integer),
        Kind::Flag => text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Flag),
        Kind::Texts | Kind::Secrets => {
            Value::List(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(plain).collect())
        }
        _ => Value::Text(text.to_owned()),
    };
    Node { origin, value }
}

fn read_toml(origin: &Origin, text: &str, faults: &mut Vec<Fault>) -> Node {
    let parsed = toml::parse(&origin.file, &format!("value = {text}"));
    faults.extend(parsed.faults);
    let entries = match parsed.root.value {
        Value::Table(entries) => entries,
        _ => Vec::new(),
    };
    let found = entries.into_iter().find(|entry| entry.key == "value").map(|entry| entry.node);
    found.unwrap_or_else(|| Node { origin: origin.clone(), value: Value::Other("unreadable") })
}

fn refuse_unknown(section: &str, shape: &Shape, sources: &dyn Sources, faults: &mut Vec<Fault>) {
    let prefix = variable(Some(section), "");
    for name in sources.variables() {
        let Some(rest) = name.strip_prefix(&prefix) else { continue };
        let lower = rest.to_ascii_lowercase();
        let is_known = shape.keys.iter().any(|key| variable(Some(section), key.name) == name);
        if !is_known {
            let hint = nearest(&lower, shape.keys.iter().map(|key| key.name))
                .map(|known| format!("; did you mean `{}`?", variable(Some(section), known)))
                .unwrap_or_default();
            let message =
                format!("no key of {} is overridden by this: not known to this version{hint}", shape.describe());
            faults.push(Fault { origin: origin(&name), message });
        }
    }
}

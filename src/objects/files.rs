//! Object files, read together.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::policies::POLICY_TABLES;
use super::shape::{Key, Kind, Presence, Shape};
use super::sources::Sources;
use super::table::{Completeness, Reader, Table};
use super::{app, collaboration, duplicates, group, guest, partner, policies, toml};
use crate::domain::definitions::{Definitions, Fault, Origin};

/// The largest object file. **Units**: bytes.
pub const MAX_OBJECT_FILE: usize = 16 * 1024 * 1024;

/// The top level of an object file.
pub static OBJECTS: Shape = Shape {
    name: "",
    doc: "Any number of each; several files are read as one.",
    keys: &[
        tables("partner", &partner::PARTNER, "An organisation whose identity provider is trusted."),
        tables("app", &app::APP, "An application that signs people in here."),
        tables("group", &group::GROUP, "Guests who are assigned to apps together."),
        tables("guest", &guest::GUEST, "A person of a partner."),
        POLICY_TABLES[0],
        POLICY_TABLES[1],
        POLICY_TABLES[2],
        POLICY_TABLES[3],
        Key {
            name: "collaboration",
            kind: Kind::Table(&collaboration::COLLABORATION),
            presence: Presence::Optional,
            doc: "Who may invite whom, and how people redeem.",
        },
    ],
};

const fn tables(name: &'static str, shape: &'static Shape, doc: &'static str) -> Key {
    Key { name, kind: Kind::Tables(shape), presence: Presence::Optional, doc }
}

/// What object files say, and what is wrong with them.
#[derive(Debug, Default)]
pub struct Contents {
    /// What could be read; as much as there is where there are faults.
    pub definitions: Definitions,
    /// All faults, by file and line.
    pub faults: Vec<Fault>,
}

/// Reads object files. Paths in them start from the folder of each file. Never stops at a fault.
#[must_use]
pub fn read(paths: &[PathBuf], sources: &dyn Sources) -> Contents {
    let mut contents = Contents::default();
    for path in paths {
        match read_text(path, sources) {
            Ok(text) => read_one(path, &text, sources, &mut contents),
            Err(message) => {
                let origin = Origin { file: path.display().to_string(), line: 1 };
                contents.faults.push(Fault { origin, message });
                contents.definitions.unread.has_gaps = true;
            }
        }
    }
    contents.faults.extend(duplicates::find(&contents.definitions));
    contents.faults.sort();
    contents
}

/// The text of a file that is read from outside, at most [`MAX_OBJECT_FILE`].
///
/// # Errors
/// Why it cannot be read, for a person.
pub fn read_text(path: &Path, sources: &dyn Sources) -> Result<String, String> {
    let content = sources.read(path).map_err(|error| format!("cannot be read: {error}"))?;
    if content.len() > MAX_OBJECT_FILE {
        return Err(format!("longer than {MAX_OBJECT_FILE} bytes"));
    }
    String::from_utf8(content).map_err(|_| "not UTF-8".to_owned())
}

fn read_one(path: &Path, text: &str, sources: &dyn Sources, contents: &mut Contents) {
    let parsed = toml::parse(&path.display().to_string(), text);
    let completeness = if parsed.faults.is_empty() { Completeness::Whole } else { Completeness::Partial };
    contents.definitions.unread.has_gaps |= completeness == Completeness::Partial;
    contents.faults.extend(parsed.faults);
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let reader = Reader::new(folder, sources, completeness);
    if let Some(root) = Table::open(&reader, &OBJECTS, &parsed.root) {
        let definitions = &mut contents.definitions;
        let unread = &mut definitions.unread.names;
        definitions.partners.extend(read_all(&root, "partner", partner::read, unread));
        definitions.apps.extend(read_all(&root, "app", app::read, unread));
        definitions.groups.extend(read_all(&root, "group", group::read, unread));
        definitions.guests.extend(read_all(&root, "guest", guest::read, unread));
        policies::read(&root, &mut definitions.policies, unread);
        definitions.collaboration.extend(root.table("collaboration").and_then(|table| collaboration::read(&table)));
    }
    contents.faults.extend(reader.into_faults());
}

/// The objects of one kind. Of one that cannot be read its name is kept, for those who refer to it.
pub(super) fn read_all<T>(
    root: &Table<'_>,
    key: &str,
    read: fn(&Table<'_>) -> Option<T>,
    unread: &mut BTreeSet<String>,
) -> Vec<T> {
    let mut found = Vec::new();
    for table in root.tables(key) {
        match read(&table) {
            Some(object) => found.push(object),
            None => unread.extend(table.own_name().map(str::to_ascii_lowercase)),
        }
    }
    found
}

#[cfg(test)]
mod tests;

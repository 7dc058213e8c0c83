//! The reference page of all settings and object keys, made from the shapes that read them.

use std::fmt::Write as _;

use super::environment::variable;
use super::shapes::CONFIG;
use crate::objects::files::OBJECTS;
use crate::objects::shape::{Key, Kind, Presence, Shape};

/// The text of `docs/configuration.md`.
#[must_use]
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    section(&mut page, &CONFIG, "Top level", Overrides::Listed(None));
    for key in CONFIG.keys {
        if let Kind::Table(shape) = key.kind {
            section(&mut page, shape, &format!("`{}`", shape.name), Overrides::Listed(Some(key.name)));
        }
    }
    page.push_str(OBJECT_FILES);
    for key in OBJECTS.keys {
        if let Kind::Tables(shape) | Kind::Table(shape) = key.kind {
            whole(&mut page, shape);
        }
    }
    page
}

const INTRODUCTION: &str = "\
# Configuration reference

Generated from the code. `UPDATE_DOCS=1 cargo test configuration_reference_is_current` writes it anew.

## `entente.toml`

Unknown keys are refused, and all faults are told at once with their lines. Paths start from the folder of the file. \
A secret is a text, `{ env = \"NAME\" }` or `{ file = \"PATH\" }`; the last line end of a file does not count. Each key \
can be overridden by an environment variable; there a list is written with commas or as in TOML.
";

const OBJECT_FILES: &str = "
## Object files

`entente apply` makes the stored objects like these files: all of it, or nothing. Unknown keys are refused. Objects are \
found by `id`, else by slug, guests by `id`, else by mail address. `--prune` removes what an earlier `apply` put there \
and no file names any more; accounts made at a sign-in are never removed by it, \
and the accounts that are can be restored for 30 days.
";

/// Whether environment variables stand beside the keys.
#[derive(Clone, Copy)]
enum Overrides {
    /// They do, with the name of the section.
    Listed(Option<&'static str>),
    /// There are none.
    None,
}

/// A shape and the shapes inside it.
fn whole(page: &mut String, shape: &'static Shape) {
    section(page, shape, &format!("`{}`", shape.name), Overrides::None);
    for key in shape.keys {
        if let Kind::Table(inner) | Kind::Tables(inner) = key.kind
            && !page.contains(&format!("\n### `{}`\n", inner.name))
        {
            whole(page, inner);
        }
    }
}

fn section(page: &mut String, shape: &Shape, title: &str, overrides: Overrides) {
    let keys = shape.keys.iter().filter(|key| match overrides {
        Overrides::Listed(None) => !matches!(key.kind, Kind::Table(_)),
        _ => true,
    });
    // Writing to a string cannot fail.
    let _ = write!(page, "\n### {title}\n\n{}\n\n", shape.doc);
    for key in keys {
        let _ = writeln!(page, "- **`{}`** ({}; {}): {}", key.name, kind(key.kind), presence(key), key.doc);
        if let Overrides::Listed(section) = overrides {
            let _ = writeln!(page, "  Override: `{}`.", variable(section, key.name));
        }
    }
}

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Word(words) => words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(" or "),
        Kind::Integer(least, most) => format!("whole number, {least} to {most}"),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Texts => "list of texts".to_owned(),
        Kind::Secret => "secret".to_owned(),
        Kind::Secrets => "list of secrets".to_owned(),
        Kind::Table(_) => "table".to_owned(),
        Kind::Tables(_) => "list of tables".to_owned(),
    }
}

fn presence(key: &Key) -> String {
    match key.presence {
        Presence::Required => "required".to_owned(),
        Presence::Optional => "optional".to_owned(),
        Presence::Default(text) if text.contains(' ') && !text.starts_with(['{', '"']) => format!("default: {text}"),
        Presence::Default(text) => format!("default `{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn configuration_reference_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
        let page = super::page();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == page,
            "docs/configuration.md is not current; run `UPDATE_DOCS=1 cargo test configuration_reference_is_current`"
        );
    }
}

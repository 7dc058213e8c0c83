//! Keys that several kinds of object have, and the small texts in them.

use uuid::Uuid;

use super::shape::{Key, Kind, Presence};
use super::table::Table;
use crate::base::ids::IdError;
use crate::domain::claims::MAX_NAME;
use crate::domain::names::Slug;

/// The longest identifier of another party: an attribute name, a class, a format. **Units**: bytes.
pub const MAX_IDENTIFIER: usize = 1024;

pub(crate) const ID: Key = Key {
    name: "id",
    kind: Kind::Text,
    presence: Presence::Optional,
    doc: "A UUID of your choice, for an object that had one elsewhere. Without it one is made. It never changes.",
};

pub(crate) const SLUG: Key = Key {
    name: "slug",
    kind: Kind::Text,
    presence: Presence::Required,
    doc: "The name in files and commands: 1 to 64 of `a-z`, `0-9`, `-` and `_`, starting with a letter or digit.",
};

pub(crate) const NAME: Key = Key {
    name: "name",
    kind: Kind::Text,
    presence: Presence::Default("the slug"),
    doc: "The name on pages: 1 to 256 characters, none of them a control character.",
};

pub(crate) const DISPLAY_NAME: Key = Key { name: "display_name", ..NAME };

/// Why a text of these is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TextError {
    /// Blank, too long, or with a control character.
    #[error("must be 1 to {MAX_NAME} characters, not blank, none of them a control character")]
    Name,
    /// Empty, too long, or with a space or control character.
    #[error("must be 1 to {MAX_IDENTIFIER} bytes without control characters and spaces at its ends")]
    Identifier,
}

/// A name for pages.
pub(crate) fn display_name(text: &str) -> Result<String, TextError> {
    let fits = text.chars().count() <= MAX_NAME && !text.trim().is_empty() && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(TextError::Name) }
}

/// An identifier that another party chose.
pub(crate) fn identifier(text: &str) -> Result<String, TextError> {
    let fits = (1..=MAX_IDENTIFIER).contains(&text.len())
        && text.trim().len() == text.len()
        && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(TextError::Identifier) }
}

/// A UUID in its hyphenated form.
pub(crate) fn uuid(text: &str) -> Result<Uuid, IdError> {
    if text.len() == 36 { Uuid::try_parse(text).map_err(|_| IdError) } else { Err(IdError) }
}

/// The `id` of an object. The nil UUID names nothing and is refused.
pub(crate) fn id(table: &Table<'_>) -> Option<Uuid> {
    table.parsed("id", |text| uuid(text).and_then(|id| if id.is_nil() { Err(IdError) } else { Ok(id) }))
}

/// The `name` of an object, or else its slug.
pub(crate) fn name(table: &Table<'_>, slug: Option<&Slug>) -> Option<String> {
    name_of(table, NAME.name, slug)
}

/// The `display_name` of an object, or else its slug.
pub(crate) fn display_name_of(table: &Table<'_>, slug: Option<&Slug>) -> Option<String> {
    name_of(table, DISPLAY_NAME.name, slug)
}

fn name_of(table: &Table<'_>, key: &str, slug: Option<&Slug>) -> Option<String> {
    match table.node(key) {
        Some(_) => table.parsed(key, display_name),
        None => slug.map(|slug| slug.as_str().to_owned()),
    }
}

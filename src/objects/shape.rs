//! Which keys a table has and what they mean, kept as data beside the code that reads them: unknown
//! keys are refused by it, the environment is read by it, and the reference page is made from it.

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number within these ends, both included.
    Integer(i64, i64),
    /// `true` or `false`.
    Flag,
    /// A list of texts, none twice.
    Texts,
    /// A secret: a text, `{ env = "NAME" }` or `{ file = "PATH" }`.
    Secret,
    /// A list of secrets.
    Secrets,
    /// A table of this shape.
    Table(&'static Shape),
    /// Any number of tables of this shape.
    Tables(&'static Shape),
}

/// Whether a key may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must be there.
    Required,
    /// Without it this holds, as it would be written.
    Default(&'static str),
    /// Without it there is none.
    Optional,
}

/// A key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it may be left out.
    pub presence: Presence,
    /// Meaning, unit, limits, effect on security: whole sentences in Markdown.
    pub doc: &'static str,
}

/// A table.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Its name as it is written in a file, such as `[[partner]]`; empty for the top level.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Its keys, in the order in which they are described.
    pub keys: &'static [Key],
}

impl Shape {
    /// The table in words.
    #[must_use]
    pub fn describe(&self) -> String {
        if self.name.is_empty() { "the top level".to_owned() } else { format!("`{}`", self.name) }
    }

    /// The key of this name.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

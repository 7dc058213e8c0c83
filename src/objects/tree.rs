//! What every syntax is turned into before it is read: values, each with the place where it stands.

use crate::domain::definitions::Origin;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it starts.
    pub origin: Origin,
    /// The value.
    pub value: Value,
}

/// A value of any syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// Values in order.
    List(Vec<Node>),
    /// Named values in the order of the file, no name twice.
    Table(Vec<Entry>),
    /// A value that no key takes, by the name of its type.
    Other(&'static str),
}

/// A named value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub key: String,
    /// Where the name stands.
    pub origin: Origin,
    /// The value.
    pub node: Node,
}

impl Value {
    /// What it is, for a message, with its article.
    #[must_use]
    pub const fn describe(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Flag(_) => "`true` or `false`",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(name) => name,
        }
    }
}

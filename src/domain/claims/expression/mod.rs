//! A claim in the Common Expression Language, for what the named transformations cannot say.
//!
//! As with conditions of policies, the language is parsed by the crate `cel` and turned once into a small
//! tree in which every name is resolved and every part has its type. The tree reaches the facts and nothing
//! else; what it has no word for is refused. An evaluation may cost so much and no more, and where it fails
//! there is no value.

#[cfg(test)]
mod against_cel;
mod evaluate;
mod functions;
mod parse;
#[cfg(test)]
mod tests;
mod tree;

use self::evaluate::Run;
use self::tree::{Node, Type};
use super::facts::{Facts, Value};
use super::outcome::Reason;
use super::set::Names;

/// The longest expression. **Units**: bytes.
pub const MAX_LENGTH: usize = 2048;

/// The deepest nesting of an expression.
pub const MAX_DEPTH: u16 = 24;

/// The most operators, names and literals of an expression.
pub const MAX_NODES: usize = 256;

/// What an evaluation may cost. **Units**: one for each part that is evaluated, and one for each 64 bytes and
/// each value of a list that it makes.
pub const MAX_COST: u32 = 20_000;

/// An expression that has been parsed and found sound.
#[derive(Debug)]
pub struct Expression {
    root: Node,
    gives: Type,
    reads_groups: bool,
}

/// Why an expression is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Too long.
    #[error("longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// Too many parts.
    #[error("more than {MAX_NODES} operators, names and literals, or 64 brackets")]
    TooLarge,
    /// No CEL, or nested too deeply.
    #[error("no CEL expression nested at most {MAX_DEPTH} deep: {0}")]
    Syntax(String),
    /// A name that no fact has.
    #[error("no fact is called `{0}`; facts are {known}, and `partner` where it is compared with slugs", known = facts())]
    UnknownName(String),
    /// Roles, which this version does not have.
    #[error("roles do not exist in this version")]
    Roles,
    /// A group that is not there.
    #[error("there is no group `{0}`")]
    UnknownGroup(String),
    /// A partner that is not there.
    #[error("there is no partner `{0}`")]
    UnknownPartner(String),
    /// A part that is not known.
    #[error("{0} is not known to claims; they know {known}", known = functions::KNOWN)]
    Unsupported(String),
    /// A part of another type.
    #[error("{place} must be {expected}, not {found}")]
    Type {
        /// Where.
        place: &'static str,
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A regular expression that is refused.
    #[error("`matches`: {0}")]
    Pattern(#[from] super::transforms::ReplaceError),
}

fn facts() -> String {
    super::facts::Fact::ALL.map(|fact| format!("`{}`", fact.as_str())).join(", ")
}

impl Expression {
    /// Parses `source`, resolves its names and checks its types.
    ///
    /// # Errors
    /// [`ExpressionError`].
    pub fn parse(source: &str, names: &dyn Names) -> Result<Self, ExpressionError> {
        parse::parse(source, names)
    }

    /// Whether it asks for the groups of a person.
    #[must_use]
    pub const fn reads_groups(&self) -> bool {
        self.reads_groups
    }

    /// Whether it gives a list.
    #[must_use]
    pub fn gives_list(&self) -> bool {
        self.gives == Type::Texts
    }

    /// Its value; an empty text or list is no value.
    ///
    /// # Errors
    /// [`Reason`].
    pub fn evaluate<'a>(&'a self, facts: &Facts<'a>) -> Result<Value<'a>, Reason> {
        match Run::new(facts).value(&self.root)? {
            Value::Text(text) if text.is_empty() => Err(Reason::NoValue),
            Value::Texts(texts) if texts.is_empty() => Err(Reason::NoValue),
            value => Ok(value),
        }
    }
}

//! A condition in the Common Expression Language, over the same facts as all others.
//!
//! The language is parsed by the crate `cel` and turned once, when policies are loaded, into a small
//! tree of tests on facts: names are resolved and every comparison is given its type then, so that an
//! expression that loads cannot fail. What is left to do at a decision is bounded by the tree: there
//! are no loops, no calls and nothing to allocate. What the tree has no word for is refused.

#[cfg(test)]
mod against_cel;
mod evaluate;
mod parse;
#[cfg(test)]
mod tests;
mod tree;
pub mod vocabulary;

use self::tree::Tree;
use self::vocabulary::FieldSet;
use crate::base::clock::Timestamp;
use crate::domain::policy::directory::Directory;
use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::references::Named;

/// The longest expression. **Units**: bytes.
pub const MAX_LENGTH: usize = 2048;

/// The deepest nesting of an expression.
pub const MAX_DEPTH: u16 = 24;

/// The most operators, names and literals of an expression.
pub const MAX_NODES: usize = 256;

/// A condition that has been parsed and found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    source: String,
    tree: Tree,
    terms: usize,
    reads: FieldSet,
    names: Vec<(String, Named)>,
}

/// Why an expression is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Too long.
    #[error("longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// Too many parts.
    #[error("more than {MAX_NODES} operators, names and literals")]
    TooLarge,
    /// No CEL, or nested too deeply.
    #[error("no CEL expression nested at most {MAX_DEPTH} deep: {0}")]
    Syntax(String),
    /// A name that no fact has.
    #[error("no fact is called `{0}`")]
    UnknownName(String),
    /// A part that is no question about facts.
    #[error(
        "{0} is not known to conditions; they compare facts with literals by ==, !=, in, <, <=, >, >=, startsWith, endsWith and contains, joined by &&, ||, ! and ?:"
    )]
    Unsupported(String),
    /// A literal that the fact can never be.
    #[error("`{field}` is never `{literal}`: {expected}")]
    NeverEqual {
        /// The fact.
        field: &'static str,
        /// The literal.
        literal: String,
        /// What it can be.
        expected: &'static str,
    },
}

impl Expression {
    /// Parses `source`, resolves its names and checks it.
    ///
    /// # Errors
    /// [`ExpressionError`].
    pub fn parse(source: &str, directory: &Directory) -> Result<Self, ExpressionError> {
        parse::parse(source, directory)
    }

    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many literals it compares with.
    #[must_use]
    pub const fn terms(&self) -> usize {
        self.terms
    }

    /// The objects that it names, as it names them. Parsed again in a directory of these alone, the text
    /// means the same whatever objects are called by then.
    #[must_use]
    pub fn names(&self) -> &[(String, Named)] {
        &self.names
    }

    /// Whether it asks for any of these facts.
    #[must_use]
    pub const fn reads_any(&self, fields: FieldSet) -> bool {
        self.reads.meets(fields)
    }

    /// What it says of the facts; unknown where it depends on an unknown one.
    #[must_use]
    pub fn evaluate(&self, facts: &Facts<'_>, now: Timestamp) -> Fact<bool> {
        self.tree.evaluate(facts, now)
    }

    /// What it asks, with every name resolved: the same text means the same.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.tree.canonical()
    }
}

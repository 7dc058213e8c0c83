//! What an expression has become.

use std::cmp::Ordering;

use regex::Regex;

use crate::domain::claims::facts::Fact;
use crate::domain::claims::rule::Part;
use crate::domain::groups::GroupId;
use crate::domain::partners::PartnerId;

/// A part of an expression. Every part below it has the type that it needs, which the parser has seen to.
#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    Number(i64),
    Flag(bool),
    List(Vec<Node>),
    Fact(Fact),
    /// What the loop around it is at.
    Element,
    Has(Fact),
    InGroup(GroupId),
    IsPartner(Vec<PartnerId>),
    Not(Box<Node>),
    And(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    If(Box<[Node; 3]>),
    Equal(Box<[Node; 2]>),
    Ordered(&'static [Ordering], Box<[Node; 2]>),
    Add(Box<[Node; 2]>),
    Subtract(Box<[Node; 2]>),
    In(Box<[Node; 2]>),
    Part(Part, Box<[Node; 2]>),
    Matches(Regex, Box<Node>),
    Size(Box<Node>),
    Lower(Box<Node>),
    Upper(Box<Node>),
    Trim(Box<Node>),
    Substring(Box<Node>, Box<Node>, Option<Box<Node>>),
    Replace(Box<[Node; 3]>),
    Split(Box<[Node; 2]>),
    Join(Box<[Node; 2]>),
    Index(Box<[Node; 2]>),
    Exists(Box<[Node; 2]>),
    All(Box<[Node; 2]>),
    /// The list, the condition if any, and what becomes of an element.
    Collect(Box<Node>, Option<Box<Node>>, Box<Node>),
}

/// What a part gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Texts,
    Flag,
    Number,
}

impl Type {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Texts => "a list of texts",
            Self::Flag => "true or false",
            Self::Number => "a whole number",
        }
    }
}

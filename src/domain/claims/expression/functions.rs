//! The functions of the language: by name and number of arguments, with the types that they take.

use super::parse::{Lowered, Lowering, typed};
use super::tree::{Node, Type};
use super::{ExpressionError, tree};
use crate::base::trace::shorten;
use crate::domain::claims::rule::Part;
use crate::domain::claims::transforms;

/// What the language has, in words.
pub(super) const KNOWN: &str = "==, !=, <, <=, >, >=, in, +, -, &&, ||, !, ?:, [...], has, size, startsWith, endsWith, \
                                contains, matches, lowerAscii, upperAscii, trim, substring, replace, split, join, and \
                                exists, all, filter and map over one list";

/// A function of a text or list, its target as the first of `arguments`.
pub(super) fn call(
    lowering: &mut Lowering<'_>,
    name: &str,
    arguments: &[&cel::common::ast::IdedExpr],
) -> Lowered<(Node, Type)> {
    if name == "matches"
        && let [text, pattern] = arguments
    {
        let text = text_of(lowering, text)?;
        let (Node::Text(pattern), _) = lowering.node(pattern)? else {
            return Err(ExpressionError::Unsupported("`matches` with a pattern that is no literal".to_owned()));
        };
        return Ok((Node::Matches(transforms::regex(&pattern)?, Box::new(text)), Type::Flag));
    }
    let mut parts = Vec::with_capacity(arguments.len());
    for argument in arguments {
        parts.push(lowering.node(argument)?);
    }
    let part = match name {
        "startsWith" => Part::Start,
        "endsWith" => Part::End,
        _ => Part::Anywhere,
    };
    let mut parts = parts.into_iter();
    match (name, parts.next(), parts.next(), parts.next(), parts.next()) {
        ("size", Some((node, Type::Text | Type::Texts)), None, ..) => Ok((Node::Size(Box::new(node)), Type::Number)),
        ("lowerAscii", Some(a), None, ..) => Ok((Node::Lower(text(a)?), Type::Text)),
        ("upperAscii", Some(a), None, ..) => Ok((Node::Upper(text(a)?), Type::Text)),
        ("trim", Some(a), None, ..) => Ok((Node::Trim(text(a)?), Type::Text)),
        ("startsWith" | "endsWith" | "contains", Some(a), Some(b), None, _) => {
            Ok((Node::Part(part, Box::new([*text(a)?, *text(b)?])), Type::Flag))
        }
        ("substring", Some(a), Some(b), end, None) => {
            let end = end.map(|end| typed(end, Type::Number, ARGUMENT).map(Box::new)).transpose()?;
            let start = typed(b, Type::Number, ARGUMENT)?;
            Ok((Node::Substring(text(a)?, Box::new(start), end), Type::Text))
        }
        ("replace", Some(a), Some(b), Some(c), None) => {
            Ok((Node::Replace(Box::new([*text(a)?, *text(b)?, *text(c)?])), Type::Text))
        }
        ("split", Some(a), Some(b), None, _) => Ok((Node::Split(Box::new([*text(a)?, *text(b)?])), Type::Texts)),
        ("join", Some(a), separator, None, _) => {
            let separator = separator.map_or(Ok(Box::new(Node::Text(String::new()))), text)?;
            Ok((Node::Join(Box::new([typed(a, Type::Texts, ARGUMENT)?, *separator])), Type::Text))
        }
        _ => Err(ExpressionError::Unsupported(format!("`{}` with these arguments", shorten(name.to_owned())))),
    }
}

const ARGUMENT: &str = "the argument of a function";

fn text(part: (Node, Type)) -> Lowered<Box<tree::Node>> {
    typed(part, Type::Text, ARGUMENT).map(Box::new)
}

fn text_of(lowering: &mut Lowering<'_>, expr: &cel::common::ast::IdedExpr) -> Lowered<Node> {
    let part = lowering.node(expr)?;
    typed(part, Type::Text, ARGUMENT)
}

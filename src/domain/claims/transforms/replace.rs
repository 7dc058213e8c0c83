//! `RegexReplace`: a regular expression without back-references, which takes time linear in the text, and
//! a template of literals, named groups and further inputs.

use std::borrow::Cow;

use regex::{Regex, RegexBuilder};

use super::{MAX_VALUE, Text, text_of};
use crate::base::trace::shorten;
use crate::domain::claims::facts::{Fact, Facts};
use crate::domain::claims::outcome::Reason;
use crate::domain::claims::rule::Operand;

/// The most further inputs.
pub const MAX_INPUTS: usize = 5;

/// The longest expression, and the longest template. **Units**: bytes.
pub const MAX_PATTERN: usize = 512;

/// The size of a compiled expression. **Units**: bytes.
const MAX_PROGRAM: usize = 256 * 1024;

/// The deepest nesting of an expression.
const MAX_NESTING: u32 = 16;

/// Why a replacement is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplaceError {
    /// Too long.
    #[error("an expression and its replacement are at most {MAX_PATTERN} bytes long")]
    TooLong,
    /// No expression, or too large a one.
    #[error("no regular expression of at most 256 kB and nested at most {MAX_NESTING} deep: {0}")]
    Pattern(String),
    /// A brace that opens or closes nothing.
    #[error("`{{` and `}}` enclose a name; write `{{{{` and `}}}}` for the characters themselves")]
    Brace,
    /// A name that leads nowhere.
    #[error("`{{{0}}}` is neither a named group of the pattern nor one of the `inputs`")]
    UnknownName(String),
    /// Too many inputs.
    #[error("at most {MAX_INPUTS} `inputs`")]
    TooManyInputs,
    /// A name that is taken.
    #[error("`{0}` names two inputs, or an input and a group")]
    Duplicate(String),
    /// An input that is not used.
    #[error("the input `{0}` is not used in the replacement")]
    Unused(String),
}

/// A replacement that is ready to be applied.
#[derive(Debug)]
pub(super) struct Replace {
    regex: Regex,
    template: Vec<Piece>,
    otherwise: Option<Operand>,
}

#[derive(Debug)]
enum Piece {
    Literal(String),
    Group(usize),
    Input(Operand),
}

/// A regular expression within our limits.
pub(in crate::domain::claims) fn regex(pattern: &str) -> Result<Regex, ReplaceError> {
    if pattern.len() > MAX_PATTERN {
        return Err(ReplaceError::TooLong);
    }
    let mut builder = RegexBuilder::new(pattern);
    builder.size_limit(MAX_PROGRAM).dfa_size_limit(MAX_PROGRAM).nest_limit(MAX_NESTING);
    builder.build().map_err(|error| {
        let message = error.to_string();
        let last = message.lines().last().unwrap_or_default().trim_start_matches("error: ");
        ReplaceError::Pattern(shorten(last.to_owned()))
    })
}

impl Replace {
    pub(super) fn new(
        pattern: &str,
        replacement: &str,
        inputs: &[(String, Fact)],
        otherwise: Option<Operand>,
    ) -> Result<Self, ReplaceError> {
        if replacement.len() > MAX_PATTERN {
            return Err(ReplaceError::TooLong);
        }
        let regex = regex(pattern)?;
        if inputs.len() > MAX_INPUTS {
            return Err(ReplaceError::TooManyInputs);
        }
        let is_group = |name: &str| regex.capture_names().any(|group| group == Some(name));
        for (place, (name, _)) in inputs.iter().enumerate() {
            if is_group(name) || inputs[..place].iter().any(|(other, _)| other == name) {
                return Err(ReplaceError::Duplicate(shorten(name.clone())));
            }
        }
        let template = template(replacement, &regex, inputs)?;
        if let Some((unused, _)) = inputs.iter().find(|(name, _)| !replacement.contains(&format!("{{{name}}}"))) {
            return Err(ReplaceError::Unused(shorten(unused.clone())));
        }
        Ok(Self { regex, template, otherwise })
    }

    pub(super) fn apply<'a>(&'a self, input: Text<'a>, facts: &Facts<'a>) -> Result<Text<'a>, Reason> {
        let Some(input) = input else { return Ok(None) };
        if !self.regex.is_match(&input) {
            return match &self.otherwise {
                Some(operand) => text_of(operand, facts),
                None => Ok(Some(input)),
            };
        }
        let mut output = String::new();
        let mut done = 0;
        for found in self.regex.captures_iter(&input) {
            let Some(whole) = found.get(0) else { continue };
            output.push_str(input.get(done..whole.start()).unwrap_or_default());
            done = whole.end();
            for piece in &self.template {
                match piece {
                    Piece::Literal(text) => output.push_str(text),
                    Piece::Group(group) => output.push_str(found.get(*group).map_or("", |part| part.as_str())),
                    Piece::Input(operand) => match text_of(operand, facts)? {
                        Some(text) => output.push_str(&text),
                        // A text with a hole in it would be another's.
                        None => return Ok(None),
                    },
                }
            }
            if output.len() > MAX_VALUE {
                return Err(Reason::TooLong);
            }
        }
        output.push_str(input.get(done..).unwrap_or_default());
        Ok(Some(Cow::Owned(output)))
    }
}

fn template(text: &str, regex: &Regex, inputs: &[(String, Fact)]) -> Result<Vec<Piece>, ReplaceError> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(place) = rest.find(['{', '}']) {
        literal.push_str(&rest[..place]);
        let brace = &rest[place..=place];
        rest = &rest[place + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            literal.push_str(brace);
            rest = after;
            continue;
        }
        let (name, after) = rest.split_once('}').filter(|_| brace == "{").ok_or(ReplaceError::Brace)?;
        rest = after;
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        let group = regex.capture_names().position(|group| group == Some(name));
        let input = inputs.iter().find(|(known, _)| known == name);
        pieces.push(match (group, input) {
            (Some(group), _) => Piece::Group(group),
            (None, Some((_, fact))) => Piece::Input(Operand::Fact(*fact)),
            (None, None) => return Err(ReplaceError::UnknownName(shorten(name.to_owned()))),
        });
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(pieces)
}

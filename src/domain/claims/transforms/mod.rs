//! The named transformations. Each takes a text or none and gives a text or none; none of them can fail
//! but by the size of what it makes.

mod replace;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use self::replace::Replace;
pub(super) use self::replace::regex;
pub use self::replace::{MAX_INPUTS, MAX_PATTERN, ReplaceError};
use super::facts::{Facts, Missing, Value};
use super::outcome::Reason;
use super::rule::{End, Operand, Part, Transform};

/// The longest value of a claim, also between two transformations. **Units**: bytes.
pub const MAX_VALUE: usize = 2_048;

/// A transformation that is ready to be applied.
#[derive(Debug)]
pub struct Step(Kind);

#[derive(Debug)]
enum Kind {
    Named(Transform),
    Replace(Box<Replace>),
}

/// A value on its way.
pub type Text<'a> = Option<Cow<'a, str>>;

impl Step {
    /// Makes it ready.
    ///
    /// # Errors
    /// [`ReplaceError`] of a regular expression or of what takes the place of what it finds.
    pub fn new(transform: &Transform) -> Result<Self, ReplaceError> {
        Ok(Self(match transform {
            Transform::RegexReplace { pattern, replacement, inputs, otherwise } => {
                Kind::Replace(Box::new(Replace::new(pattern, replacement, inputs, otherwise.clone())?))
            }
            named => Kind::Named(named.clone()),
        }))
    }

    /// Applies it; an empty text counts as none, before and after.
    ///
    /// # Errors
    /// [`Reason::TooLong`], and [`Reason::GroupsUnknown`] where it asks for groups that are not known.
    pub fn apply<'a>(&'a self, input: Text<'a>, facts: &Facts<'a>) -> Result<Text<'a>, Reason> {
        let output = match &self.0 {
            Kind::Named(transform) => named(transform, input, facts)?,
            Kind::Replace(replace) => replace.apply(input, facts)?,
        };
        match output {
            Some(text) if text.len() > MAX_VALUE => Err(Reason::TooLong),
            output => Ok(output.filter(|text| !text.is_empty())),
        }
    }
}

/// The text of an operand, the first of a list.
///
/// # Errors
/// [`Reason::GroupsUnknown`].
fn text_of<'a>(operand: &'a Operand, facts: &Facts<'a>) -> Result<Text<'a>, Reason> {
    let fact = match operand {
        Operand::Text(text) => return Ok(Some(Cow::Borrowed(text.as_str()))),
        Operand::Fact(fact) => *fact,
    };
    match facts.read(fact) {
        Ok(value) => Ok(first(value)),
        Err(Missing::Absent) => Ok(None),
        Err(Missing::Unknown) => Err(Reason::GroupsUnknown),
    }
}

/// A value as one text.
#[must_use]
pub fn first(value: Value<'_>) -> Text<'_> {
    match value {
        Value::Text(text) => Some(text),
        Value::Texts(texts) => texts.into_iter().next(),
        Value::Flag(_) | Value::Number(_) => None,
    }
}

fn optional<'a>(operand: Option<&'a Operand>, facts: &Facts<'a>) -> Result<Text<'a>, Reason> {
    operand.map_or(Ok(None), |operand| text_of(operand, facts))
}

fn named<'a>(transform: &'a Transform, input: Text<'a>, facts: &Facts<'a>) -> Result<Text<'a>, Reason> {
    let input = match (transform, input) {
        (Transform::IfEmpty(_), Some(text)) => return Ok(Some(text)),
        (Transform::IfEmpty(operand), None) => return text_of(operand, facts),
        (_, None) => return Ok(None),
        (_, Some(text)) => text,
    };
    Ok(match transform {
        // The first is answered above, and the second has a form of its own.
        Transform::IfEmpty(_) | Transform::RegexReplace { .. } => Some(input),
        Transform::IfNotEmpty(operand) => text_of(operand, facts)?,
        Transform::ExtractMailPrefix => {
            let end = input.find('@').unwrap_or(input.len());
            Some(part(input, 0, end))
        }
        Transform::Join { separator, with } => {
            text_of(with, facts)?.map(|with| Cow::Owned([input.as_ref(), separator, with.as_ref()].concat()))
        }
        Transform::ToLowercase => Some(Cow::Owned(input.to_lowercase())),
        Transform::ToUppercase => Some(Cow::Owned(input.to_uppercase())),
        Transform::Match { part, text, output, otherwise } => {
            let is_found = match part {
                Part::Anywhere => input.contains(text.as_str()),
                Part::Start => input.starts_with(text.as_str()),
                Part::End => input.ends_with(text.as_str()),
            };
            optional(if is_found { Some(output) } else { otherwise.as_ref() }, facts)?
        }
        Transform::Extract { after, before } => extract(input, after.as_deref(), before.as_deref()),
        Transform::ExtractAlpha(end) => Some(run(input, *end, char::is_alphabetic)),
        Transform::ExtractNumeric(end) => Some(run(input, *end, |c| c.is_ascii_digit())),
        Transform::Substring { start, length } => {
            let place = |index: usize| input.char_indices().nth(index).map_or(input.len(), |(place, _)| place);
            let end = length.map_or(input.len(), |length| place(start.saturating_add(length)));
            let start = place(*start);
            Some(part(input, start, end))
        }
    })
}

/// The bytes from `start` to `end`, which lie between characters.
fn part(text: Cow<'_, str>, start: usize, end: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(start..end).unwrap_or_default().to_owned()),
    }
}

/// Nothing where one of both is not there.
fn extract<'a>(text: Cow<'a, str>, after: Option<&str>, before: Option<&str>) -> Text<'a> {
    let start = match after {
        Some(after) => text.find(after)? + after.len(),
        None => 0,
    };
    let end = match before {
        Some(before) => start + text.get(start..)?.find(before)?,
        None => text.len(),
    };
    Some(part(text, start, end))
}

/// The longest run of such characters at an end.
fn run(text: Cow<'_, str>, end: End, is_one: impl Fn(char) -> bool) -> Cow<'_, str> {
    match end {
        End::Prefix => {
            let stop = text.find(|c| !is_one(c)).unwrap_or(text.len());
            part(text, 0, stop)
        }
        End::Suffix => {
            let start = text.rfind(|c| !is_one(c));
            let start = start.map_or(0, |place| place + text[place..].chars().next().map_or(0, char::len_utf8));
            let stop = text.len();
            part(text, start, stop)
        }
    }
}

//! The named transformations as they are written.

use super::{Words, operand};
use crate::domain::claims::rule::{End, Part, Transform};
use crate::objects::table::Table;

/// Their names.
pub(super) const KINDS: &[&str] = &[
    "extract_mail_prefix",
    "join",
    "to_lowercase",
    "to_uppercase",
    "contains",
    "start_with",
    "end_with",
    "extract",
    "extract_alpha_prefix",
    "extract_alpha_suffix",
    "extract_numeric_prefix",
    "extract_numeric_suffix",
    "if_empty",
    "if_not_empty",
    "substring",
    "regex_replace",
];

/// The keys that go with a kind; the first `needed` of them must be there.
struct Keys {
    names: &'static [&'static str],
    needed: usize,
}

fn keys(kind: &str) -> Keys {
    let (names, needed): (&[&str], _) = match kind {
        "join" => (&["with", "separator"], 1),
        "contains" | "start_with" | "end_with" => (&["text", "output", "otherwise"], 2),
        "extract" => (&["after", "before"], 0),
        "if_empty" | "if_not_empty" => (&["output"], 1),
        "substring" => (&["start", "length"], 1),
        "regex_replace" => (&["pattern", "replacement", "inputs", "otherwise"], 2),
        _ => (&[], 0),
    };
    Keys { names, needed }
}

const ALL_KEYS: [&str; 12] = [
    "separator",
    "with",
    "text",
    "output",
    "otherwise",
    "after",
    "before",
    "start",
    "length",
    "pattern",
    "replacement",
    "inputs",
];

/// The transformations of a table; nothing where one has a fault, which has been noted.
pub(super) fn read(table: &Table<'_>, words: Words) -> Option<Vec<Transform>> {
    let tables = table.tables("transforms");
    let written: Vec<_> = tables.iter().map(|table| transform(table, words)).collect();
    written.into_iter().collect()
}

fn transform(table: &Table<'_>, words: Words) -> Option<Transform> {
    let kind = table.text("kind").filter(|kind| KINDS.contains(kind))?;
    let Keys { names, needed } = keys(kind);
    let mut is_whole = true;
    for name in ALL_KEYS.into_iter().filter(|name| table.node(name).is_some() && !names.contains(name)) {
        table.fault(name, format!("`{name}` does not belong to `{kind}`; leave it out"));
        is_whole = false;
    }
    for name in names[..needed].iter().filter(|name| table.node(name).is_none()) {
        table.reader().fault(table.origin(), format!("the transformation `{kind}` needs the key `{name}`"));
        is_whole = false;
    }
    if !is_whole {
        return None;
    }
    let text = |name: &str| table.text(name).map(str::to_owned);
    let optional = |name: &str| match table.node(name) {
        Some(_) => operand(table, name, words).map(Some),
        None => Some(None),
    };
    let number = |name: &str| table.integer(name).and_then(|number| usize::try_from(number).ok());
    let matching = |part| {
        let (text, output, otherwise) = (text("text")?, operand(table, "output", words)?, optional("otherwise")?);
        Some(Transform::Match { part, text, output, otherwise })
    };
    match kind {
        "extract_mail_prefix" => Some(Transform::ExtractMailPrefix),
        "join" => Some(Transform::Join {
            separator: text("separator").unwrap_or_default(),
            with: operand(table, "with", words)?,
        }),
        "to_lowercase" => Some(Transform::ToLowercase),
        "to_uppercase" => Some(Transform::ToUppercase),
        "contains" => matching(Part::Anywhere),
        "start_with" => matching(Part::Start),
        "end_with" => matching(Part::End),
        "extract" => Some(Transform::Extract { after: text("after"), before: text("before") }),
        "extract_alpha_prefix" => Some(Transform::ExtractAlpha(End::Prefix)),
        "extract_alpha_suffix" => Some(Transform::ExtractAlpha(End::Suffix)),
        "extract_numeric_prefix" => Some(Transform::ExtractNumeric(End::Prefix)),
        "extract_numeric_suffix" => Some(Transform::ExtractNumeric(End::Suffix)),
        "if_empty" => Some(Transform::IfEmpty(operand(table, "output", words)?)),
        "if_not_empty" => Some(Transform::IfNotEmpty(operand(table, "output", words)?)),
        "substring" => Some(Transform::Substring { start: number("start")?, length: number("length") }),
        _ => {
            let inputs = table.tables("inputs");
            let input = |table: &Table<'_>| Some((table.text("name")?.to_owned(), words.fact(table.text("source")?)?));
            Some(Transform::RegexReplace {
                pattern: text("pattern")?,
                replacement: text("replacement")?,
                inputs: inputs.iter().map(input).collect::<Option<_>>()?,
                otherwise: optional("otherwise")?,
            })
        }
    }
}

//! `$search`: how a name or an address begins.

use super::QueryFault;
use super::filter::{Filterable, MAX_FILTER};
use crate::domain::filters::{Filter, Literal, Operator};

/// Reads a search into a filter.
///
/// # Errors
/// [`QueryFault`].
pub fn read<P: Copy>(text: &str, properties: &[Filterable<P>]) -> Result<Filter<P>, QueryFault> {
    if text.len() > MAX_FILTER {
        return Err(QueryFault::Search);
    }
    let (first, rest) = clause(text.trim(), properties)?;
    let (joins_any, second) = match rest.trim_start().split_once(' ') {
        None if rest.trim().is_empty() => return Ok(first),
        Some(("OR", second)) => (true, second),
        Some(("AND", second)) => (false, second),
        _ => return Err(QueryFault::Search),
    };
    let (second, rest) = clause(second.trim(), properties)?;
    if !rest.trim().is_empty() {
        return Err(QueryFault::Search);
    }
    let both = vec![first, second];
    Ok(if joins_any { Filter::Any(both) } else { Filter::Every(both) })
}

/// One `"NAME:TEXT"`, and what follows it.
fn clause<'t, P: Copy>(text: &'t str, properties: &[Filterable<P>]) -> Result<(Filter<P>, &'t str), QueryFault> {
    let (inner, rest) = text.strip_prefix('"').and_then(|text| text.split_once('"')).ok_or(QueryFault::Search)?;
    let (name, wanted) = inner.split_once(':').ok_or(QueryFault::Search)?;
    let property = properties.iter().find(|property| property.name == name).ok_or(QueryFault::Search)?;
    if wanted.is_empty() || wanted.chars().any(char::is_control) {
        return Err(QueryFault::Search);
    }
    let values = vec![Literal::Text(wanted.to_owned())];
    Ok((Filter::Of { property: property.property, operator: Operator::Begins, values }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::routes::graph::odata::filter::Kind;

    const PROPERTIES: [Filterable<u8>; 2] = [
        Filterable { name: "displayName", property: 0, kind: Kind::Text },
        Filterable { name: "mail", property: 1, kind: Kind::Text },
    ];

    #[test]
    fn a_search_is_how_a_name_or_an_address_begins() {
        let begins = |property, text: &str| Filter::Of {
            property,
            operator: Operator::Begins,
            values: vec![Literal::Text(text.to_owned())],
        };
        assert_eq!(read("\"displayName:ana f\"", &PROPERTIES), Ok(begins(0, "ana f")));
        let either = Filter::Any(vec![begins(0, "ana"), begins(1, "ana")]);
        assert_eq!(read("\"displayName:ana\" OR \"mail:ana\"", &PROPERTIES), Ok(either));
        for text in [
            "",
            "ana",
            "\"ana\"",
            "\"name:ana\"",
            "\"mail:\"",
            "\"mail:a\" or \"mail:b\"",
            "\"mail:a\" \"mail:b\"",
            "\"mail:a",
        ] {
            assert_eq!(read(text, &PROPERTIES), Err(QueryFault::Search), "{text}");
        }
        let three = "\"mail:a\" OR \"mail:b\" OR \"mail:c\"";
        assert_eq!(read(three, &PROPERTIES), Err(QueryFault::Search));
    }
}

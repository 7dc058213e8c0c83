//! The query options of a list.

use super::filter::{Filterable, shown};
use super::{QueryFault, filter, search};
use crate::base::encoding::{base64url, from_base64url};
use crate::base::params::RawParams;
use crate::domain::filters::Filter;
use crate::domain::people::Direction;

/// The most objects of one page.
pub const MAX_TOP: u32 = 999;
/// How many a page has where nothing is said.
pub const DEFAULT_TOP: u32 = 100;
/// The longest token of a page. **Units**: bytes.
const MAX_SKIP_TOKEN: usize = 2_048;
/// The longest list of properties. **Units**: bytes.
const MAX_SELECT: usize = 2_048;
/// Where the page before ended.
const SKIP_TOKEN: &str = "$skiptoken";

/// What a list lets be asked.
#[derive(Debug, Clone, Copy)]
pub struct Rules<P: 'static, O: 'static> {
    /// By what it may be filtered.
    pub filterable: &'static [Filterable<P>],
    /// By what it may be searched.
    pub searchable: &'static [Filterable<P>],
    /// In which orders it may be had.
    pub orders: &'static [(&'static str, O)],
    /// What may be selected.
    pub selectable: &'static [&'static str],
    /// Whether pages follow one another.
    pub paging: Paging,
}

/// Whether a list comes in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// It does.
    Pages,
    /// It does, and is not counted.
    Uncounted,
    /// It comes whole.
    Whole,
}

/// What is asked of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<P, O> {
    /// Which objects; all where there is none.
    pub filter: Option<Filter<P>>,
    /// Which properties; the usual ones where there are none.
    pub select: Vec<&'static str>,
    /// In which order.
    pub order: Option<(O, Direction)>,
    /// How many at most.
    pub top: u32,
    /// Whether they are to be counted.
    pub counts: bool,
    /// Where the page before ended.
    pub skip_token: Option<SkipToken>,
}

/// Where a page ended: opaque to who has it, and of use for the list that it came with alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipToken {
    /// The key of the order.
    pub key: String,
    /// The id of the last object.
    pub id: String,
}

impl SkipToken {
    /// As it stands in a link.
    #[must_use]
    pub fn to_text(&self) -> String {
        base64url(format!("{}\n{}", self.id, self.key))
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = from_base64url(text).filter(|_| text.len() <= MAX_SKIP_TOKEN)?;
        let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
        let (id, key) = text.split_once('\n')?;
        Some(Self { key: key.to_owned(), id: id.to_owned() })
    }
}

impl<P: Copy, O: Copy> Query<P, O> {
    /// Reads the options. `is_eventual` says whether the header `ConsistencyLevel: eventual` stands.
    ///
    /// # Errors
    /// [`QueryFault`].
    pub fn read(params: &RawParams, rules: &Rules<P, O>, is_eventual: bool) -> Result<Self, QueryFault> {
        let known = known(rules);
        only(params, &known)?;
        // Clients follow a link without the headers of the request that it came with.
        let is_eventual = is_eventual || params.has(SKIP_TOKEN);
        let filter = option(params, "$filter")?.map(|text| filter::read(text, rules.filterable)).transpose()?;
        let search = option(params, "$search")?.map(|text| search::read(text, rules.searchable)).transpose()?;
        if search.is_some() && !is_eventual {
            return Err(QueryFault::Consistency("$search"));
        }
        let filter = match (filter, search) {
            (Some(filter), Some(search)) => Some(Filter::Every(vec![search, filter])),
            (filter, search) => filter.or(search),
        };
        let counts = match option(params, "$count")? {
            None | Some("false") => false,
            Some("true") if is_eventual => true,
            Some("true") => return Err(QueryFault::Consistency("$count")),
            Some(_) => return Err(QueryFault::Count),
        };
        Ok(Self {
            filter,
            select: select(params, rules.selectable)?,
            order: option(params, "$orderby")?.map(|text| order(text, rules.orders)).transpose()?,
            top: top(params)?,
            counts,
            skip_token: option(params, SKIP_TOKEN)?
                .map(|text| SkipToken::parse(text).ok_or(QueryFault::SkipToken))
                .transpose()?,
        })
    }
}

/// The options that are read by these rules.
pub fn known<P, O>(rules: &Rules<P, O>) -> Vec<&'static str> {
    let rows = [
        ("$filter", !rules.filterable.is_empty()),
        ("$search", !rules.searchable.is_empty()),
        ("$orderby", !rules.orders.is_empty()),
        ("$select", !rules.selectable.is_empty()),
        ("$top", rules.paging != Paging::Whole),
        (SKIP_TOKEN, rules.paging != Paging::Whole),
        ("$count", rules.paging == Paging::Pages),
    ];
    rows.into_iter().filter(|(_, is_read)| *is_read).map(|(name, _)| name).collect()
}

/// Holds that nothing stands but what is read.
///
/// # Errors
/// [`QueryFault::UnknownOption`].
pub fn only(params: &RawParams, known: &[&'static str]) -> Result<(), QueryFault> {
    match params.iter().find(|param| !known.contains(&param.name.as_str())) {
        None => Ok(()),
        Some(param) => {
            let names: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            Err(QueryFault::UnknownOption(shown(&param.name), names))
        }
    }
}

/// The properties that one object is asked for.
///
/// # Errors
/// [`QueryFault`].
pub fn selected(params: &RawParams, selectable: &'static [&'static str]) -> Result<Vec<&'static str>, QueryFault> {
    only(params, &["$select"])?;
    select(params, selectable)
}

/// An option that may stand once, with a value.
///
/// # Errors
/// [`QueryFault`].
pub fn option<'p>(params: &'p RawParams, name: &'static str) -> Result<Option<&'p str>, QueryFault> {
    if !params.has(name) {
        return Ok(None);
    }
    let value = params.one(name).map_err(|_| QueryFault::Doubled(name.to_owned()))?;
    value.map(Some).ok_or(QueryFault::Empty(name))
}

fn select(params: &RawParams, selectable: &'static [&'static str]) -> Result<Vec<&'static str>, QueryFault> {
    let Some(text) = option(params, "$select")? else { return Ok(Vec::new()) };
    let unknown = |name: &str| {
        let names: Vec<_> = selectable.iter().map(|name| format!("`{name}`")).collect();
        QueryFault::Select(shown(name), names.join(", "))
    };
    if text.len() > MAX_SELECT {
        return Err(unknown(text));
    }
    let mut found = Vec::new();
    for name in text.split(',').map(str::trim) {
        let name = selectable.iter().find(|known| **known == name).ok_or_else(|| unknown(name))?;
        if !found.contains(name) {
            found.push(*name);
        }
    }
    Ok(found)
}

fn order<O: Copy>(text: &str, orders: &'static [(&'static str, O)]) -> Result<(O, Direction), QueryFault> {
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let name = words.next().unwrap_or_default();
    let direction = match (words.next(), words.next()) {
        (None | Some("asc"), None) => Some(Direction::Ascending),
        (Some("desc"), None) => Some(Direction::Descending),
        _ => None,
    };
    let order = orders.iter().find(|(known, _)| *known == name).map(|(_, order)| *order);
    order.zip(direction).ok_or_else(|| {
        let names: Vec<_> = orders.iter().map(|(name, _)| format!("`{name}`")).collect();
        QueryFault::OrderBy(shown(text), names.join(", "))
    })
}

fn top(params: &RawParams) -> Result<u32, QueryFault> {
    let Some(text) = option(params, "$top")? else { return Ok(DEFAULT_TOP) };
    let is_number = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|top| is_number && (1..=MAX_TOP).contains(top));
    number.ok_or(QueryFault::Top(MAX_TOP))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::routes::graph::odata::filter::Kind;

    const RULES: Rules<u8, char> = Rules {
        filterable: &[Filterable { name: "mail", property: 0, kind: Kind::Text }],
        searchable: &[Filterable { name: "mail", property: 0, kind: Kind::Text }],
        orders: &[("mail", 'm')],
        selectable: &["id", "mail"],
        paging: Paging::Pages,
    };

    fn read(query: &str) -> Result<Query<u8, char>, String> {
        let params = RawParams::parse(query).unwrap();
        Query::read(&params, &RULES, true).map_err(|fault| fault.to_string())
    }

    #[test]
    fn options_are_read_within_their_limits() {
        let all = read("$select=mail,id,mail&$orderby=mail%20desc&$top=999&$count=true").unwrap();
        assert_eq!((all.select, all.order), (vec!["mail", "id"], Some(('m', Direction::Descending))));
        assert_eq!((all.top, all.counts, all.filter), (999, true, None));
        let none = read("").unwrap();
        assert_eq!((none.top, none.counts, none.order, none.select), (DEFAULT_TOP, false, None, Vec::new()));
        let token = SkipToken { key: "a\nb".to_owned(), id: "x".to_owned() };
        assert_eq!(read(&format!("$skiptoken={}", token.to_text())).unwrap().skip_token, Some(token));
    }

    #[test]
    fn whatever_else_stands_is_named() {
        for (query, expected) in [
            ("$expand=manager", "`$expand` is not supported here; this address reads `$filter`"),
            ("filter=x", "`filter` is not supported here"),
            ("$top=1&$top=2", "`$top` is given more than once"),
            ("$top=", "`$top` is empty"),
            ("$top=0", "from 1 to 999"),
            ("$top=1000", "from 1 to 999"),
            ("$top=-1", "from 1 to 999"),
            ("$top=1e2", "from 1 to 999"),
            ("$count=1", "`$count` must be"),
            ("$select=password", "there is no property `password` here; there are `id`, `mail`"),
            ("$select=id,", "there is no property `` here"),
            ("$orderby=id", "`id` is no order"),
            ("$orderby=mail,mail", "`mail,mail` is no order"),
            ("$orderby=mail%20up", "`mail up` is no order"),
            ("$skiptoken=%21", "`$skiptoken` is none of this list"),
            ("$skiptoken=YQ", "`$skiptoken` is none of this list"),
        ] {
            let fault = read(query).unwrap_err();
            assert!(fault.contains(expected), "{query}: {fault}");
        }
        let params = RawParams::parse("$count=true").unwrap();
        let fault = Query::read(&params, &RULES, false).unwrap_err();
        assert_eq!(fault, QueryFault::Consistency("$count"));
        let params = RawParams::parse(&format!("$count=true&$skiptoken={}", base64url("x\n"))).unwrap();
        assert!(Query::read(&params, &RULES, false).is_ok(), "a link is followed without the header");
    }
}

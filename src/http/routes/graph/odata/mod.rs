//! The part of OData 4.01 that the directory API reads: which objects, which properties, in which order, how many.
//! What it does not know is refused and named, never passed over.

pub mod filter;
pub mod query;
pub mod search;

/// Why a query is refused: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryFault {
    /// An option that this address does not read.
    #[error("the query option `{0}` is not supported here; this address reads {1}")]
    UnknownOption(String, String),
    /// An option that stands twice.
    #[error("the query option `{0}` is given more than once")]
    Doubled(String),
    /// An option without a value.
    #[error("the query option `{0}` is empty")]
    Empty(&'static str),
    /// A number out of its range.
    #[error("`$top` must be a number from 1 to {0}")]
    Top(u32),
    /// Neither `true` nor `false`.
    #[error("`$count` must be `true` or `false`")]
    Count,
    /// Counting and searching need a header.
    #[error("`{0}` needs the header `ConsistencyLevel: eventual`")]
    Consistency(&'static str),
    /// A property that cannot be selected.
    #[error("`$select`: there is no property `{0}` here; there are {1}")]
    Select(String, String),
    /// An order that cannot be had.
    #[error("`$orderby`: `{0}` is no order that can be had; there are {1}, each alone, perhaps with `asc` or `desc`")]
    OrderBy(String, String),
    /// The filter is too long.
    #[error("`$filter` is longer than {0} bytes")]
    FilterTooLong(usize),
    /// The filter is nested too deep.
    #[error("`$filter` is nested deeper than {0} parentheses")]
    FilterTooDeep(usize),
    /// The filter has too many conditions.
    #[error("`$filter` has more than {0} conditions or values")]
    FilterTooWide(usize),
    /// The filter cannot be read.
    #[error("`$filter` cannot be read at character {at}: expected {expected}")]
    Filter {
        /// Where, from 1.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A property that cannot be filtered by.
    #[error("`$filter`: `{0}` is no property to filter by; there are {1}")]
    FilterProperty(String, String),
    /// An operator or function that is not known here.
    #[error(
        "`$filter`: `{0}` is not supported here; there are `eq`, `ne`, `in`, `startswith`, `and` and `or`, and of times also `ge`, `gt`, `le` and `lt`"
    )]
    FilterOperator(String),
    /// A value of another type.
    #[error("`$filter`: `{0}` is compared with {1}")]
    FilterValue(String, &'static str),
    /// The search cannot be read.
    #[error("`$search` must be one or two of `\"displayName:TEXT\"` and `\"mail:TEXT\"`, joined by `OR` or `AND`")]
    Search,
    /// Two that cannot be had together.
    #[error("`{0}` and `{1}` cannot be had together")]
    Together(&'static str, &'static str),
    /// The token of a page is none of ours.
    #[error("`$skiptoken` is none of this list; begin with its first page")]
    SkipToken,
}

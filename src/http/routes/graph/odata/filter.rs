//! `$filter`: comparisons with `eq`, `ne`, `in` and `startswith`, of times also with `ge`, `gt`, `le` and `lt`, joined
//! by `and` and `or`, in parentheses; and `any` over a collection of objects.

use super::QueryFault;
use crate::base::clock::Timestamp;
use crate::domain::filters::{Filter, Literal, Operator};

/// The longest filter. **Units**: bytes.
pub const MAX_FILTER: usize = 2_048;
/// The deepest nesting of parentheses.
pub const MAX_DEPTH: usize = 8;
/// The most conditions, and the most values of all lists together.
pub const MAX_TERMS: usize = 64;

/// Of which type a property is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A time.
    Time,
    /// A whole number.
    Number,
    /// A text of each object of a collection, which is asked by `any`.
    AnyText,
}

impl Kind {
    /// With what a property of this kind is compared.
    const fn compared_with(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Flag => "`true` or `false`",
            Self::Time => "a time such as `2026-11-20T10:00:00Z`, without quotes",
            Self::Number => "a whole number, without quotes",
            Self::AnyText => "a text in quotes, by `any`",
        }
    }
}

/// A property by which objects may be filtered.
#[derive(Debug, Clone, Copy)]
pub struct Filterable<P> {
    /// Its name; of a collection with that of the objects' property behind `/any/`.
    pub name: &'static str,
    /// What it is.
    pub property: P,
    /// Its type.
    pub kind: Kind,
}

/// Reads a filter.
///
/// # Errors
/// [`QueryFault`].
pub fn read<P: Copy>(text: &str, properties: &[Filterable<P>]) -> Result<Filter<P>, QueryFault> {
    if text.len() > MAX_FILTER {
        return Err(QueryFault::FilterTooLong(MAX_FILTER));
    }
    let mut reader = Reader { tokens: tokens(text)?, at: 0, end: text.chars().count() + 1, terms: 0, properties };
    let filter = reader.either(0)?;
    match reader.tokens.get(reader.at) {
        None => Ok(filter),
        Some(_) => Err(reader.expected("`and`, `or` or the end")),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
}

/// The tokens, each with the character at which it begins, from 1.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>, QueryFault> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().enumerate().peekable();
    while let Some((place, char)) = chars.next() {
        let token = match char {
            ' ' => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '\'' => {
                let mut found = String::new();
                loop {
                    match chars.next() {
                        // A quote is written twice (OData ABNF, SQUOTE-in-string).
                        Some((_, '\'')) if chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                            chars.next();
                            found.push('\'');
                        }
                        Some((_, '\'')) => break,
                        // No database has it in a text.
                        Some((at, '\0')) => {
                            return Err(QueryFault::Filter { at: at + 1, expected: "a text without U+0000" });
                        }
                        Some((_, other)) => found.push(other),
                        None => {
                            return Err(QueryFault::Filter {
                                at: place + 1,
                                expected: "a text that ends with a quote",
                            });
                        }
                    }
                }
                Token::Text(found)
            }
            char if is_of_word(char) => {
                let mut found = String::from(char);
                while let Some((_, next)) = chars.next_if(|(_, next)| is_of_word(*next)) {
                    found.push(next);
                }
                Token::Word(found)
            }
            _ => {
                return Err(QueryFault::Filter {
                    at: place + 1,
                    expected: "a name, a text in quotes or a parenthesis",
                });
            }
        };
        tokens.push((place + 1, token));
    }
    Ok(tokens)
}

fn is_of_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '/' | '.' | '$' | ':' | '@')
}

struct Reader<'p, P> {
    tokens: Vec<(usize, Token)>,
    at: usize,
    end: usize,
    terms: usize,
    properties: &'p [Filterable<P>],
}

impl<P: Copy> Reader<'_, P> {
    fn expected(&self, expected: &'static str) -> QueryFault {
        let at = self.tokens.get(self.at).map_or(self.end, |(at, _)| *at);
        QueryFault::Filter { at, expected }
    }

    fn take(&mut self, token: &Token, expected: &'static str) -> Result<(), QueryFault> {
        match self.tokens.get(self.at) {
            Some((_, found)) if found == token => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.expected(expected)),
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.tokens.get(self.at), Some((_, Token::Word(found))) if found == word);
        if is_it {
            self.at += 1;
        }
        is_it
    }

    fn either(&mut self, depth: usize) -> Result<Filter<P>, QueryFault> {
        let mut any = vec![self.all(depth)?];
        while self.take_word("or") {
            any.push(self.all(depth)?);
        }
        Ok(if any.len() == 1 { any.swap_remove(0) } else { Filter::Any(any) })
    }

    fn all(&mut self, depth: usize) -> Result<Filter<P>, QueryFault> {
        let mut all = vec![self.one(depth)?];
        while self.take_word("and") {
            all.push(self.one(depth)?);
        }
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Filter::Every(all) })
    }

    fn one(&mut self, depth: usize) -> Result<Filter<P>, QueryFault> {
        if matches!(self.tokens.get(self.at), Some((_, Token::Open))) {
            if depth == MAX_DEPTH {
                return Err(QueryFault::FilterTooDeep(MAX_DEPTH));
            }
            self.at += 1;
            let inner = self.either(depth + 1)?;
            self.take(&Token::Close, "`)`")?;
            return Ok(inner);
        }
        self.count()?;
        let name = self.word("a property or `startswith`")?;
        if matches!(self.tokens.get(self.at), Some((_, Token::Open))) {
            return self.function(&name);
        }
        let property = self.property(&name)?;
        if property.kind == Kind::AnyText {
            return Err(QueryFault::FilterValue(property.name.to_owned(), property.kind.compared_with()));
        }
        self.comparison(property)
    }

    fn comparison(&mut self, property: Filterable<P>) -> Result<Filter<P>, QueryFault> {
        let operator = self.word("`eq`, `ne` or `in`")?;
        let of_times = match operator.as_str() {
            "ge" => Some(Operator::AtLeast),
            "gt" => Some(Operator::Above),
            "le" => Some(Operator::AtMost),
            "lt" => Some(Operator::Below),
            _ => None,
        };
        if let Some(operator) = of_times.filter(|_| property.kind == Kind::Time) {
            let value = self.value(&property)?;
            return Ok(Filter::Of { property: property.property, operator, values: vec![value] });
        }
        match operator.as_str() {
            "eq" | "ne" => {
                let value = self.value(&property)?;
                let operator = if operator == "eq" { Operator::Is } else { Operator::IsNot };
                Ok(Filter::Of { property: property.property, operator, values: vec![value] })
            }
            "in" => {
                self.take(&Token::Open, "`(`")?;
                let mut values = vec![self.value(&property)?];
                while matches!(self.tokens.get(self.at), Some((_, Token::Comma))) {
                    self.at += 1;
                    self.count()?;
                    values.push(self.value(&property)?);
                }
                self.take(&Token::Close, "`,` or `)`")?;
                Ok(Filter::Of { property: property.property, operator: Operator::Is, values })
            }
            other => Err(QueryFault::FilterOperator(shown(other))),
        }
    }

    fn function(&mut self, name: &str) -> Result<Filter<P>, QueryFault> {
        if let Some(collection) = name.strip_suffix("/any") {
            return self.any(collection);
        }
        if name != "startswith" {
            return Err(QueryFault::FilterOperator(shown(name)));
        }
        self.take(&Token::Open, "`(`")?;
        let word = self.word("a property")?;
        let property = self.property(&word)?;
        if property.kind != Kind::Text {
            return Err(QueryFault::FilterValue(property.name.to_owned(), property.kind.compared_with()));
        }
        self.take(&Token::Comma, "`,`")?;
        let value = self.value(&property)?;
        if value == Literal::Nothing {
            return Err(QueryFault::FilterValue(property.name.to_owned(), "a text in quotes"));
        }
        self.take(&Token::Close, "`)`")?;
        Ok(Filter::Of { property: property.property, operator: Operator::Begins, values: vec![value] })
    }

    /// `targets/any(t:t/id eq 'x')`, where `t` may be any name (OData URL Conventions 4.01 5.1.1.13.1).
    fn any(&mut self, collection: &str) -> Result<Filter<P>, QueryFault> {
        self.take(&Token::Open, "`(`")?;
        let begun = self.word("a variable such as `t:`")?;
        let Some((variable, rest)) = begun.split_once(':') else { return Err(self.expected("`:`")) };
        let path = if rest.is_empty() { self.word("a property of the variable")? } else { rest.to_owned() };
        let Some(path) = path.strip_prefix(variable).and_then(|path| path.strip_prefix('/')) else {
            return Err(self.expected("a property of the variable"));
        };
        let mut property = self.property(&format!("{collection}/any/{path}"))?;
        property.kind = Kind::Text;
        let filter = self.comparison(property)?;
        self.take(&Token::Close, "`)`")?;
        match &filter {
            // That one of several is not this says something else than that none is.
            Filter::Of { operator: Operator::Is, .. } => Ok(filter),
            _ => Err(QueryFault::FilterOperator("ne".to_owned())),
        }
    }

    fn count(&mut self) -> Result<(), QueryFault> {
        self.terms += 1;
        if self.terms > MAX_TERMS { Err(QueryFault::FilterTooWide(MAX_TERMS)) } else { Ok(()) }
    }

    fn word(&mut self, expected: &'static str) -> Result<String, QueryFault> {
        match self.tokens.get(self.at) {
            Some((_, Token::Word(word))) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.expected(expected)),
        }
    }

    fn property(&self, name: &str) -> Result<Filterable<P>, QueryFault> {
        let found = self.properties.iter().find(|property| property.name == name).copied();
        found.ok_or_else(|| {
            if name == "not" {
                return QueryFault::FilterOperator("not".to_owned());
            }
            let known: Vec<_> = self.properties.iter().map(|property| format!("`{}`", property.name)).collect();
            QueryFault::FilterProperty(shown(name), known.join(", "))
        })
    }

    fn value(&mut self, property: &Filterable<P>) -> Result<Literal, QueryFault> {
        let found = self.tokens.get(self.at).map(|(_, token)| token.clone());
        let literal = match (found, property.kind) {
            (None, _) => return Err(self.expected("a value")),
            (Some(Token::Word(word)), Kind::Text | Kind::Flag) if word == "null" => Literal::Nothing,
            (Some(Token::Text(text)), Kind::Text) => Literal::Text(text),
            (Some(Token::Word(word)), Kind::Flag) if word == "true" => Literal::Flag(true),
            (Some(Token::Word(word)), Kind::Flag) if word == "false" => Literal::Flag(false),
            (Some(Token::Word(word)), Kind::Time) => time(&word).ok_or_else(|| wrong_value(property))?,
            (Some(Token::Word(word)), Kind::Number) => {
                Literal::Number(word.parse().map_err(|_| wrong_value(property))?)
            }
            _ => return Err(wrong_value(property)),
        };
        self.at += 1;
        Ok(literal)
    }
}

fn wrong_value<P>(property: &Filterable<P>) -> QueryFault {
    QueryFault::FilterValue(property.name.to_owned(), property.kind.compared_with())
}

/// A time, or the first instant of a day.
fn time(word: &str) -> Option<Literal> {
    let is_day = word.len() == 10;
    let text = if is_day { format!("{word}T00:00:00Z") } else { word.to_owned() };
    Timestamp::parse(&text).ok().map(Literal::Time)
}

/// What somebody wrote, short and without characters that are none.
pub(super) fn shown(text: &str) -> String {
    crate::base::trace::shorten(crate::base::trace::printable(text.to_owned()))
}

#[cfg(test)]
mod tests;

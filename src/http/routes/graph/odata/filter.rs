//! `$filter`: comparisons with `eq`, `ne`, `in` and `startswith`, joined by `and` and `or`, in parentheses.

use super::QueryFault;
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
}

/// A property by which objects may be filtered.
#[derive(Debug, Clone, Copy)]
pub struct Filterable<P> {
    /// Its name.
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
        let operator = self.word("`eq`, `ne` or `in`")?;
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
        if name != "startswith" {
            return Err(QueryFault::FilterOperator(shown(name)));
        }
        self.take(&Token::Open, "`(`")?;
        let word = self.word("a property")?;
        let property = self.property(&word)?;
        if property.kind != Kind::Text {
            return Err(QueryFault::FilterValue(property.name.to_owned(), "`true` or `false`, by `eq` and `ne`"));
        }
        self.take(&Token::Comma, "`,`")?;
        let value = self.value(&property)?;
        if value == Literal::Nothing {
            return Err(QueryFault::FilterValue(property.name.to_owned(), "a text in quotes"));
        }
        self.take(&Token::Close, "`)`")?;
        Ok(Filter::Of { property: property.property, operator: Operator::Begins, values: vec![value] })
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
            (Some(Token::Word(word)), _) if word == "null" => Literal::Nothing,
            (Some(Token::Text(text)), Kind::Text) => Literal::Text(text),
            (Some(Token::Word(word)), Kind::Flag) if word == "true" => Literal::Flag(true),
            (Some(Token::Word(word)), Kind::Flag) if word == "false" => Literal::Flag(false),
            (_, Kind::Text) => return Err(QueryFault::FilterValue(property.name.to_owned(), "a text in quotes")),
            (_, Kind::Flag) => return Err(QueryFault::FilterValue(property.name.to_owned(), "`true` or `false`")),
        };
        self.at += 1;
        Ok(literal)
    }
}

/// What somebody wrote, short and without characters that are none.
pub(super) fn shown(text: &str) -> String {
    crate::base::trace::shorten(crate::base::trace::printable(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PROPERTIES: [Filterable<u8>; 2] = [
        Filterable { name: "mail", property: 0, kind: Kind::Text },
        Filterable { name: "accountEnabled", property: 1, kind: Kind::Flag },
    ];

    fn of(property: u8, operator: Operator, values: &[&str]) -> Filter<u8> {
        let values = values.iter().map(|text| Literal::Text((*text).to_owned())).collect();
        Filter::Of { property, operator, values }
    }

    #[test]
    fn comparisons_are_joined_as_they_bind() {
        let check = |text: &str, expected| assert_eq!(read(text, &PROPERTIES), Ok(expected), "{text}");
        check("mail eq 'o''neil@x.example'", of(0, Operator::Is, &["o'neil@x.example"]));
        check("startswith(mail, 'a')", of(0, Operator::Begins, &["a"]));
        check("mail in ('a','b')", of(0, Operator::Is, &["a", "b"]));
        let enabled = Filter::Of { property: 1, operator: Operator::IsNot, values: vec![Literal::Flag(true)] };
        check("accountEnabled ne true", enabled.clone());
        let nobody = Filter::Of { property: 0, operator: Operator::Is, values: vec![Literal::Nothing] };
        check("mail eq null", nobody.clone());
        let a = of(0, Operator::Is, &["a"]);
        check(
            "mail eq 'a' or accountEnabled ne true and mail eq null",
            Filter::Any(vec![a.clone(), Filter::Every(vec![enabled.clone(), nobody.clone()])]),
        );
        check("(mail eq 'a' or accountEnabled ne true) and mail eq null", {
            Filter::Every(vec![Filter::Any(vec![a, enabled]), nobody])
        });
    }

    #[test]
    fn what_is_not_known_is_named() {
        let check = |text: &str, expected: &str| {
            let fault = read(text, &PROPERTIES).unwrap_err().to_string();
            assert!(fault.contains(expected), "{text}: {fault}");
        };
        for (text, expected) in [
            ("", "at character 1: expected a property"),
            ("mail", "at character 5: expected `eq`, `ne` or `in`"),
            ("mail eq", "at character 8: expected a value"),
            ("mail eq 'a", "at character 9: expected a text that ends with a quote"),
            ("mail eq 'a' mail", "at character 13: expected `and`, `or` or the end"),
            ("(mail eq 'a'", "expected `)`"),
            ("mail eq 'a' and", "expected a property"),
            ("mail gt 'a'", "`gt` is not supported here"),
            ("not mail eq 'a'", "`not` is not supported here"),
            ("endswith(mail,'a')", "`endswith` is not supported here"),
            ("any(mail)", "`any` is not supported here"),
            ("password eq 'a'", "`password` is no property to filter by; there are `mail`, `accountEnabled`"),
            ("mail eq true", "`mail` is compared with a text in quotes"),
            ("accountEnabled eq 'true'", "`accountEnabled` is compared with `true` or `false`"),
            ("startswith(accountEnabled,true)", "`accountEnabled` is compared with `true` or `false`"),
            ("startswith(mail,null)", "`mail` is compared with a text in quotes"),
            ("mail in ()", "`mail` is compared with a text in quotes"),
            ("mail eq \"a\"", "at character 9: expected a name"),
            ("mail%", "expected a name"),
        ] {
            check(text, expected);
        }
        let deep = |depth: usize| format!("{}mail eq null{}", "(".repeat(depth), ")".repeat(depth));
        assert!(read(&deep(MAX_DEPTH), &PROPERTIES).is_ok());
        check(&deep(MAX_DEPTH + 1), "nested deeper than 8 parentheses");
        check(&deep(900), "nested deeper than 8 parentheses");
        let wide = |count: usize| vec!["mail eq null"; count].join(" or ");
        assert!(read(&wide(MAX_TERMS), &PROPERTIES).is_ok());
        check(&wide(MAX_TERMS + 1), "more than 64 conditions");
        check(&format!("mail in ({})", vec!["null"; 65].join(",")), "more than 64 conditions");
        check(&format!("mail eq '{}'", "a".repeat(MAX_FILTER)), "longer than 2048 bytes");
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "[a-z' (),0-9]{0,80}|\\PC{0,60}") {
            let _ = read(&text, &PROPERTIES);
        }
    }
}

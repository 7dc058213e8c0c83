//! Rust source as a list of tokens, as far as the fence needs it: comments are dropped, and text inside
//! literals is never mistaken for code.

use std::collections::BTreeSet;
use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'s> {
    /// An identifier or keyword; `r#` is taken off.
    Word(&'s str),
    /// `::`
    PathSep,
    /// Any other single character.
    Mark(u8),
    /// A string, character, number or lifetime.
    Literal,
}

/// A token with the lines that it covers, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'s> {
    /// What it is.
    pub(super) kind: Kind<'s>,
    /// The line on which it starts.
    pub(super) line: usize,
    /// The line on which it ends; differs from `line` in long strings only.
    pub(super) last_line: usize,
}

/// Splits `text` into tokens; text that is not Rust gives some tokens, never a panic.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&byte) = bytes.get(at) {
        let (end, kind) = match byte {
            b'/' if bytes.get(at + 1) == Some(&b'/') => (line_end(bytes, at), None),
            b'/' if bytes.get(at + 1) == Some(&b'*') => (block_comment_end(bytes, at), None),
            b'"' => (quoted_end(bytes, at + 1, b'"'), Some(Kind::Literal)),
            b'\'' => (quote_or_lifetime_end(text, at), Some(Kind::Literal)),
            b':' if bytes.get(at + 1) == Some(&b':') => (at + 2, Some(Kind::PathSep)),
            b'0'..=b'9' => (word_end(bytes, at), Some(Kind::Literal)),
            _ if is_word(byte) => word_or_prefixed_literal(text, at),
            _ if byte.is_ascii_whitespace() => (at + 1, None),
            _ => (at + 1, Some(Kind::Mark(byte))),
        };
        let end = end.min(bytes.len());
        let last_line = line + bytes.get(at..end).map_or(0, |part| part.iter().filter(|byte| **byte == b'\n').count());
        if let Some(kind) = kind {
            found.push(Token { kind, line, last_line });
        }
        (at, line) = (end, last_line);
    }
    found
}

/// How many lines hold code, the items under `#[cfg(test)]` left out.
pub(super) fn code_lines(tokens: &[Token<'_>]) -> usize {
    let tests = test_items(tokens);
    let code = tokens.iter().enumerate().filter(|(at, _)| !tests.iter().any(|item| item.contains(at)));
    code.flat_map(|(_, token)| token.line..=token.last_line).collect::<BTreeSet<usize>>().len()
}

/// The items under `#[cfg(test)]`, each as the range of its tokens, the attribute included.
pub(super) fn test_items(tokens: &[Token<'_>]) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let end = test_item_end(tokens, at);
        items.extend(end.map(|end| at..end));
        at = end.unwrap_or(at + 1);
    }
    items
}

/// The index after the item that a `#[cfg(test)]` at `at` belongs to.
fn test_item_end(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    const MARK: [Kind<'static>; 7] = [
        Kind::Mark(b'#'),
        Kind::Mark(b'['),
        Kind::Word("cfg"),
        Kind::Mark(b'('),
        Kind::Word("test"),
        Kind::Mark(b')'),
        Kind::Mark(b']'),
    ];
    let head = tokens.get(at..at + MARK.len())?;
    if !head.iter().map(|token| token.kind).eq(MARK) {
        return None;
    }
    let (mut depth, mut end) = (0_usize, at + MARK.len());
    while let Some(token) = tokens.get(end) {
        end += 1;
        match token.kind {
            Kind::Mark(b'{' | b'(' | b'[') => depth += 1,
            Kind::Mark(b')' | b']') => depth = depth.saturating_sub(1),
            Kind::Mark(b'}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            Kind::Mark(b';') if depth == 0 => break,
            _ => {}
        }
    }
    Some(end)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    bytes.iter().skip(at).position(|byte| !is_word(*byte)).map_or(bytes.len(), |length| at + length)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes.iter().skip(at).position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

/// Block comments nest in Rust.
fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while at < bytes.len() {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'/'), Some(b'*')) => (at, depth) = (at + 2, depth + 1),
            (Some(b'*'), Some(b'/')) if depth == 1 => return at + 2,
            (Some(b'*'), Some(b'/')) => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    at
}

/// The index after the closing `quote`, where a backslash hides what follows it.
fn quoted_end(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            _ if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// `'x'` is a character, `'x` a lifetime.
fn quote_or_lifetime_end(text: &str, at: usize) -> usize {
    let mut rest = text.get(at + 1..).unwrap_or_default().chars();
    match (rest.next(), rest.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => quoted_end(text.as_bytes(), at + 1, b'\''),
        _ => word_end(text.as_bytes(), at + 1),
    }
}

/// A word, or a literal that starts with letters: `b"…"`, `c"…"`, `b'…'`, `r"…"`, `br#"…"#`; or `r#word`.
fn word_or_prefixed_literal(text: &str, at: usize) -> (usize, Option<Kind<'_>>) {
    let bytes = text.as_bytes();
    let end = word_end(bytes, at);
    let word = text.get(at..end).unwrap_or_default();
    let hashes = bytes.iter().skip(end).take_while(|byte| **byte == b'#').count();
    let after = bytes.get(end + hashes).copied();
    match (word, after) {
        ("b" | "c", Some(b'"')) if hashes == 0 => (quoted_end(bytes, end + 1, b'"'), Some(Kind::Literal)),
        ("b", Some(b'\'')) if hashes == 0 => (quoted_end(bytes, end + 1, b'\''), Some(Kind::Literal)),
        ("r" | "br" | "cr", Some(b'"')) => {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = end + hashes + 1;
            let length = text.get(body..).and_then(|rest| rest.find(&close));
            (length.map_or(bytes.len(), |length| body + length + close.len()), Some(Kind::Literal))
        }
        ("r", Some(byte)) if hashes == 1 && is_word(byte) => {
            let last = word_end(bytes, end + 1);
            (last, text.get(end + 1..last).map(Kind::Word))
        }
        _ => (end, Some(Kind::Word(word))),
    }
}

//! Every path that a source file names, with `use` trees written out.

use super::tokens::{Kind, Token};

/// One path, from its first segment to its last.
#[derive(Clone, Debug)]
pub(super) struct Path<'s> {
    /// The segments; a `self` at the end of a `use` group is left out.
    pub(super) segments: Vec<&'s str>,
    /// The line of its last segment.
    pub(super) line: usize,
    /// The index of the token after its last segment.
    pub(super) at: usize,
    /// How many inline modules stand around it.
    pub(super) inline_depth: usize,
    /// Where it stands.
    pub(super) place: Place,
    /// How it ends.
    pub(super) end: End,
}

/// Where a path stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In code, a type, an attribute or a macro.
    Code,
    /// In a private `use`.
    Use,
    /// In a `use` with any visibility, which makes it a name for others too.
    PubUse,
}

/// How a path ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With a name.
    Name,
    /// With a name that is given another one by `as`.
    Renamed,
    /// With `::*`.
    Glob,
    /// With `::` and something that is no name, such as type arguments or a macro's variable.
    Cut,
}

/// Keywords that may stand right before a path and are no part of it.
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "box", "break", "const", "continue", "dyn", "else", "enum", "extern", "fn", "for", "if",
    "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct", "trait",
    "type", "union", "unsafe", "where", "while", "yield",
];

/// All paths of a file, in order; single words of code are left out, except in `use`.
pub(super) fn paths<'s>(tokens: &[Token<'s>]) -> Vec<Path<'s>> {
    let mut found = Vec::new();
    let mut braces: Vec<bool> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let context = |place| Context { tokens, place, inline_depth: braces.iter().filter(|module| **module).count() };
        match token.kind {
            Kind::Mark(b'{') => braces.push(opens_module(tokens, at)),
            Kind::Mark(b'}') => drop(braces.pop()),
            // `impl Trait + use<'a>` captures lifetimes and imports nothing.
            Kind::Word("use") if kind(tokens, at + 1) != Some(Kind::Mark(b'<')) => {
                let place = if is_public(tokens, at) { Place::PubUse } else { Place::Use };
                at = context(place).tree(at + 1, Vec::new(), &mut found);
                continue;
            }
            Kind::Word(word) if !KEYWORDS.contains(&word) && kind(tokens, at + 1) == Some(Kind::PathSep) => {
                at = context(Place::Code).tree(at, Vec::new(), &mut found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn kind<'s>(tokens: &[Token<'s>], at: usize) -> Option<Kind<'s>> {
    tokens.get(at).map(|token| token.kind)
}

/// Whether the brace at `at` opens the body of `mod name`.
fn opens_module(tokens: &[Token<'_>], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|index| kind(tokens, index));
    matches!(before(1), Some(Kind::Word(_))) && before(2) == Some(Kind::Word("mod"))
}

/// Whether the `use` at `at` follows `pub`, `pub(crate)` or their kin.
fn is_public(tokens: &[Token<'_>], at: usize) -> bool {
    let before = tokens.get(..at).unwrap_or_default();
    match before.last().map(|token| token.kind) {
        Some(Kind::Word("pub")) => true,
        Some(Kind::Mark(b')')) => {
            let open = before.iter().rposition(|token| token.kind == Kind::Mark(b'('));
            open.and_then(|open| open.checked_sub(1))
                .is_some_and(|index| kind(before, index) == Some(Kind::Word("pub")))
        }
        _ => false,
    }
}

struct Context<'t, 's> {
    tokens: &'t [Token<'s>],
    place: Place,
    inline_depth: usize,
}

impl<'s> Context<'_, 's> {
    /// Reads one tree that starts at `at` below `segments`; returns the index after it.
    fn tree(&self, mut at: usize, mut segments: Vec<&'s str>, found: &mut Vec<Path<'s>>) -> usize {
        let mut line = self.line(at);
        if kind(self.tokens, at) == Some(Kind::PathSep) {
            at += 1;
        }
        loop {
            match kind(self.tokens, at) {
                Some(Kind::Word(word)) => {
                    line = self.line(at);
                    if word != "self" || segments.is_empty() {
                        segments.push(word);
                    }
                    at += 1;
                    if kind(self.tokens, at) == Some(Kind::PathSep) {
                        at += 1;
                        continue;
                    }
                    return self.name(at, segments, line, found);
                }
                Some(Kind::Mark(b'{')) => return self.group(at + 1, &segments, found),
                Some(Kind::Mark(b'*')) => {
                    self.push(segments, line, at, End::Glob, found);
                    return at + 1;
                }
                _ => {
                    self.push(segments, line, at, End::Cut, found);
                    return at;
                }
            }
        }
    }

    fn name(&self, at: usize, segments: Vec<&'s str>, line: usize, found: &mut Vec<Path<'s>>) -> usize {
        let renamed = self.place != Place::Code && kind(self.tokens, at) == Some(Kind::Word("as"));
        self.push(segments, line, at, if renamed { End::Renamed } else { End::Name }, found);
        if renamed { at + 2 } else { at }
    }

    fn group(&self, mut at: usize, segments: &[&'s str], found: &mut Vec<Path<'s>>) -> usize {
        loop {
            match kind(self.tokens, at) {
                None => return at,
                Some(Kind::Mark(b'}')) => return at + 1,
                Some(Kind::Word(_) | Kind::PathSep | Kind::Mark(b'{' | b'*')) => {
                    at = self.tree(at, segments.to_vec(), found);
                }
                Some(_) => at += 1,
            }
        }
    }

    fn push(&self, segments: Vec<&'s str>, line: usize, at: usize, end: End, found: &mut Vec<Path<'s>>) {
        found.push(Path { segments, line, at, inline_depth: self.inline_depth, place: self.place, end });
    }

    fn line(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(0, |token| token.line)
    }
}

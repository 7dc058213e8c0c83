//! The trace of checks: what was looked at, what was seen, how it ended. Codecs return it, `flows`
//! writes it into the audit, `audit show` and `explain` print it.

/// How one check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// It held.
    Passed,
    /// It did not hold; the cause is the stable, fine name (`audience_not_ours`).
    Failed(&'static str),
    /// It could not be judged from what was at hand, for example without the request.
    NotJudged,
}

/// One row of a check table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The stable name of the check, `snake_case`.
    pub name: &'static str,
    /// What it saw, shortened or hashed where personal; at most [`MAX_SAW`] bytes.
    pub saw: String,
    /// How it ended.
    pub outcome: CheckOutcome,
}

/// The most bytes that a row keeps of what it saw.
pub const MAX_SAW: usize = 200;

impl Checked {
    /// A row that passed.
    #[must_use]
    pub fn passed(name: &'static str, saw: impl Into<String>) -> Self {
        Self { name, saw: shorten(saw.into()), outcome: CheckOutcome::Passed }
    }

    /// A row that failed with `cause`.
    #[must_use]
    pub fn failed(name: &'static str, cause: &'static str, saw: impl Into<String>) -> Self {
        Self { name, saw: shorten(saw.into()), outcome: CheckOutcome::Failed(cause) }
    }

    /// A row that could not be judged.
    #[must_use]
    pub fn not_judged(name: &'static str, why: impl Into<String>) -> Self {
        Self { name, saw: shorten(why.into()), outcome: CheckOutcome::NotJudged }
    }

    /// The cause where it failed.
    #[must_use]
    pub const fn cause(&self) -> Option<&'static str> {
        match self.outcome {
            CheckOutcome::Failed(cause) => Some(cause),
            CheckOutcome::Passed | CheckOutcome::NotJudged => None,
        }
    }
}

/// The cause of the first failed row.
#[must_use]
pub fn first_cause(rows: &[Checked]) -> Option<&'static str> {
    rows.iter().find_map(Checked::cause)
}

/// Cuts text to [`MAX_SAW`] bytes at a character boundary and replaces control characters, so that
/// a partner's text cannot forge lines of a log or a terminal.
#[must_use]
pub fn shorten(mut text: String) -> String {
    if text.len() > MAX_SAW {
        let mut end = MAX_SAW - 3;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    printable(text)
}

/// Replaces control characters and marks that reorder text, so that text from outside cannot forge
/// lines of a log or a terminal.
#[must_use]
pub fn printable(text: String) -> String {
    if text.chars().any(is_unprintable) {
        text.chars().map(|c| if is_unprintable(c) { '\u{fffd}' } else { c }).collect()
    } else {
        text
    }
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_short_and_printable() {
        assert_eq!(shorten("a\nb\u{202e}".to_owned()), "a\u{fffd}b\u{fffd}");
        let long = shorten("é".repeat(500));
        assert!(long.len() <= MAX_SAW && long.ends_with('…'));
    }
}

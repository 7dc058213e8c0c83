//! Texts that may stand in a header: their types hold nothing that could end it or begin another.

use url::Url;

/// The longest line. **Units**: bytes.
pub const MAX_LINE: usize = 900;

/// A text that is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one line of at most {MAX_LINE} bytes, without control characters")]
pub struct LineError;

/// One line: a subject or the name beside an address. **Shape**: not empty, at most [`MAX_LINE`] bytes, no control
/// character, no separator of lines and nothing that turns the direction of writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(String);

/// Ends a line, or shows what follows otherwise than it stands there.
fn is_foreign(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A line of a text for people, without what ends a line or shows it otherwise than it stands there.
#[must_use]
pub fn readable(text: &str) -> String {
    text.replace('\t', " ").chars().filter(|c| !is_foreign(*c)).collect()
}

impl Line {
    /// Reads a line; blanks around it are dropped.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn parse(text: &str) -> Result<Self, LineError> {
        let text = text.trim();
        if text.is_empty() || text.len() > MAX_LINE || text.chars().any(is_foreign) {
            return Err(LineError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The line that is left of a text, with a blank for each run of what may not be there, cut after `longest`
    /// characters; absent where nothing is left.
    #[must_use]
    pub fn cleaned(text: &str, longest: usize) -> Option<Self> {
        let words: Vec<&str> =
            text.split(|c: char| is_foreign(c) || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
        let mut line: String = words.join(" ").chars().take(longest).collect();
        line.truncate(line.floor_char_boundary(MAX_LINE));
        Self::parse(&line).ok()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as it is handed to the writer of headers: what a reader would take for an encoded word (RFC 2047 2)
    /// is split by a blank of no width, which makes the writer encode it as it stands.
    pub(super) fn written(&self) -> String {
        self.0.replace("=?", "=\u{200b}?")
    }
}

/// A language tag. **Shape**: letters, digits and hyphens, at most 35 (RFC 5646 4.4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Reads a tag.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn parse(text: &str) -> Result<Self, LineError> {
        let holds = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
        if text.is_empty() || text.len() > 35 || !text.bytes().all(holds) {
            return Err(LineError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The address by which a person stops mails like this one (RFC 2369 3.2). Posting to it is enough (RFC 8058),
/// where it is `https`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsubscribe(Url);

impl Unsubscribe {
    /// Reads an address.
    ///
    /// # Errors
    /// [`LineError`] for anything but a web address of at most [`MAX_LINE`] bytes.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        let url = Url::parse(text).map_err(|_| LineError)?;
        if !matches!(url.scheme(), "https" | "http") || url.as_str().len() > MAX_LINE {
            return Err(LineError);
        }
        Ok(Self(url))
    }

    /// In angle brackets. The text of a URL is ASCII without blanks and brackets.
    pub(super) fn written(&self) -> String {
        format!("<{}>", self.0)
    }

    /// Whether one post ends it (RFC 8058 3.1 wants `https`).
    pub(super) fn is_one_click(&self) -> bool {
        self.0.scheme() == "https"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        for good in ["a", " Your code ", "Größe \"A\" <x@y.example>", "=?utf-8?q?x?="] {
            assert_eq!(Line::parse(good).unwrap().as_str(), good.trim());
        }
        for bad in [
            "",
            " ",
            "a\r\nBcc: eve@evil.example",
            "a\nb",
            "a\rb",
            "a\u{0}b",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{2029}b",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\tb",
        ] {
            assert_eq!(Line::parse(bad), Err(LineError), "{bad:?}");
        }
        assert!(Line::parse(&"s".repeat(MAX_LINE)).is_ok());
        assert!(Line::parse(&"s".repeat(MAX_LINE + 1)).is_err());
    }

    #[test]
    fn what_is_cleaned_is_a_line() {
        let check = |text: &str, longest: usize, expected: Option<&str>| {
            assert_eq!(Line::cleaned(text, longest).as_ref().map(Line::as_str), expected, "{text:?}");
        };
        check("Ana\r\nBcc: eve@evil.example", 100, Some("Ana Bcc: eve@evil.example"));
        check("  Ana \t\u{202e} Silva\u{0}", 100, Some("Ana Silva"));
        check("Zoë Größe", 3, Some("Zoë"));
        check("Zoë Größe", 4, Some("Zoë"));
        check("\r\n\u{202e}", 100, None);
        check("Ana", 0, None);
        assert_eq!(Line::cleaned(&"ö".repeat(5_000), 5_000).unwrap().as_str().len(), MAX_LINE);
    }

    #[test]
    fn what_is_readable_stays_as_long_as_it_is() {
        assert_eq!(readable("  a\tb\r\u{0}\u{1b}[2J\u{202e}c "), "  a b[2Jc ");
        assert_eq!(readable(&"ö".repeat(5_000)), "ö".repeat(5_000));
    }

    #[test]
    fn what_looks_like_an_encoded_word_is_split() {
        assert_eq!(Line::parse("=?utf-8?q?=0D=0ABcc?= x").unwrap().written(), "=\u{200b}?utf-8?q?=0D=0ABcc?= x");
    }

    #[test]
    fn a_tag_holds_nothing_else() {
        for good in ["en", "pt-BR", "zh-Hant-TW", &"a".repeat(35)] {
            assert!(LanguageTag::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "en US", "en\r\nX: y", "ü", &"a".repeat(36)] {
            assert!(LanguageTag::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn unsubscribing_is_a_web_address() {
        let secure = Unsubscribe::parse("https://gate.example/mail/block?token=x").unwrap();
        assert_eq!(secure.written(), "<https://gate.example/mail/block?token=x>");
        assert!(secure.is_one_click());
        assert!(!Unsubscribe::parse("http://localhost:1/mail/block").unwrap().is_one_click());
        let escaped = Unsubscribe::parse("https://gate.example/a> b\u{e9}?<x>").unwrap();
        assert_eq!(escaped.written(), "<https://gate.example/a%3E%20b%C3%A9?%3Cx%3E>");
        for bad in [
            "",
            "mailto:x@y.example",
            "javascript:1",
            "/mail/block",
            &format!("https://x.example/{}", "a".repeat(MAX_LINE)),
        ] {
            assert!(Unsubscribe::parse(bad).is_err(), "{bad}");
        }
    }
}

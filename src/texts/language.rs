//! The languages that are spoken here.

use super::negotiate::position;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English, the language that everything falls back to.
    #[default]
    English,
    /// French.
    French,
    /// Dutch.
    Dutch,
    /// German.
    German,
}

impl Language {
    /// Every language in which mail is written, the fallback first.
    pub const ALL: [Self; 4] = [Self::English, Self::French, Self::Dutch, Self::German];

    /// Every language with a whole catalogue, in which pages are shown.
    pub const OF_PAGES: [Self; 1] = [Self::English];

    /// The language for those who ask for none that exists here.
    pub const FALLBACK: Self = Self::English;

    /// The language tag, as `<html lang>` wants it.
    ///
    /// # Source
    /// RFC 5646 2.1.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Dutch => "nl",
            Self::German => "de",
        }
    }

    /// The language that a tag asks for, by itself or without its last subtags (RFC 4647 3.4).
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        let available = Self::ALL.map(Self::tag);
        position(tag.trim(), &available).and_then(|index| Self::ALL.get(index).copied())
    }

    /// The first of these tags that is spoken here.
    #[must_use]
    pub fn first_of(tags: &[Option<&str>]) -> Option<Self> {
        tags.iter().flatten().find_map(|tag| Self::of(tag))
    }

    /// The Fluent source of this language.
    pub(super) const fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("en.ftl"),
            Self::French => include_str!("fr.ftl"),
            Self::Dutch => include_str!("nl.ftl"),
            Self::German => include_str!("de.ftl"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_looked_up_with_its_last_subtags_cut_off() {
        for (tag, expected) in [
            ("en", Some(Language::English)),
            ("en-US", Some(Language::English)),
            ("FR-ca", Some(Language::French)),
            (" nl-BE ", Some(Language::Dutch)),
            ("de-CH-1901", Some(Language::German)),
            ("ja", None),
            ("zh-HANS", None),
            ("", None),
            ("-", None),
            ("french", None),
        ] {
            assert_eq!(Language::of(tag), expected, "{tag}");
        }
    }
}

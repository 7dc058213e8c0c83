//! The languages that the catalogue speaks.

/// A language with a complete catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, the language that everything falls back to.
    English,
}

impl Language {
    /// Every language, the fallback first.
    pub const ALL: [Self; 1] = [Self::English];

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
        }
    }

    /// The Fluent source of this language.
    pub(super) const fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("en.ftl"),
        }
    }
}

//! Short names that people give to objects.

/// The name of an object in files and commands. **Shape**: 1 to 64 of `a-z`, `0-9`, `-` and `_`,
/// starting with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

/// The text is no slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no slug: 1 to 64 of a-z, 0-9, `-` and `_`, starting with a letter or digit")]
pub struct SlugError {
    /// What was given.
    pub found: String,
}

impl Slug {
    /// Reads a slug.
    ///
    /// # Errors
    /// [`SlugError`].
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let well_formed = (1..=64).contains(&text.len())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
            && !text.starts_with(['-', '_']);
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(SlugError { found: crate::base::trace::shorten(text.to_owned()) })
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

//! Language tags, as far as they are kept here.

/// The longest tag. **Units**: bytes.
pub const MAX_TAG: usize = 35;

/// The text is no language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag of the form `en`, `de-CH` or `zh-Hans`, of at most {MAX_TAG} characters")]
pub struct LanguageError;

/// A language tag (RFC 5646 2.1, without extensions), as it was written. **Shape**: two or three letters, then
/// parts of 2 to 8 letters or digits with `-` between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Reads a tag.
    ///
    /// # Errors
    /// [`LanguageError`].
    pub fn parse(text: &str) -> Result<Self, LanguageError> {
        let mut parts = text.split('-');
        let primary = parts.next().unwrap_or_default();
        let has_primary = matches!(primary.len(), 2 | 3) && primary.bytes().all(|b| b.is_ascii_alphabetic());
        let fits = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        if text.len() <= MAX_TAG && has_primary && parts.all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(LanguageError)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_a_language_and_perhaps_more() {
        for text in ["en", "de", "en-US", "pt-BR", "zh-HANS", "zh-Hant-TW", "gsw"] {
            assert!(LanguageTag::parse(text).is_ok(), "{text}");
        }
        for text in
            ["", "e", "english", "en_US", "en-", "-en", "en US", "en-\r\nX", "de-é", "x-1", &"aa-bbbb".repeat(9)]
        {
            assert_eq!(LanguageTag::parse(text), Err(LanguageError), "{text}");
        }
    }
}

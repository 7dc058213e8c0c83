//! What an inviter has to say, as plain text.

/// The longest message. **Units**: characters.
pub const MAX_MESSAGE: usize = 2_000;

/// Why a message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Longer than [`MAX_MESSAGE`].
    #[error("the message has {found} characters, and {MAX_MESSAGE} is the most: shorten it")]
    TooLong {
        /// How many it has.
        found: usize,
    },
    /// It has control characters that are neither line ends nor tabs, or turns the direction of text.
    #[error("the message has characters that cannot be seen: leave nothing but text and line ends")]
    Invisible,
}

/// Plain text: what looks like markup in it is shown as it stands. **Shape**: 1 to [`MAX_MESSAGE`] characters,
/// lines ended by `\n`, no other control characters but tabs, none that turn the direction of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomMessage(String);

impl CustomMessage {
    /// Reads a message; one of nothing but spaces is none.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn parse(text: &str) -> Result<Option<Self>, MessageError> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        let found = text.chars().count();
        if found > MAX_MESSAGE {
            return Err(MessageError::TooLong { found });
        }
        let is_invisible = |c: char| {
            (c.is_control() && !matches!(c, '\n' | '\t'))
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        if text.chars().any(is_invisible) {
            return Err(MessageError::Invisible);
        }
        Ok((!text.is_empty()).then(|| Self(text.to_owned())))
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
    fn a_message_is_plain_text_of_bounded_length() {
        let read = |text: &str| CustomMessage::parse(text).map(|message| message.map(|message| message.0));
        assert_eq!(read(" <b>Hello</b>\r\n\tAna \n"), Ok(Some("<b>Hello</b>\n\tAna".to_owned())));
        assert_eq!(read(" \r\n "), Ok(None));
        assert!(read(&"é".repeat(MAX_MESSAGE)).is_ok());
        assert_eq!(read(&"é".repeat(MAX_MESSAGE + 1)), Err(MessageError::TooLong { found: MAX_MESSAGE + 1 }));
        for text in ["a\0b", "a\u{1b}[31mb", "a\rb", "a\u{202e}b", "a\u{2066}b"] {
            assert_eq!(read(text), Err(MessageError::Invisible), "{text:?}");
        }
    }
}

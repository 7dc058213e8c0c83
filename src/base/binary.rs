//! A compact binary form for what is sealed into a cookie: length-prefixed fields in a fixed order,
//! no self-description. Reading is total: every malformed input is [`BinaryError`].

/// The bytes are not what the writer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed binary record")]
pub struct BinaryError;

/// Writes fields one after another.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty record.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One byte: a version or the tag of an enum.
    pub fn byte(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }

    /// A signed number, eight bytes.
    pub fn number(&mut self, value: i64) -> &mut Self {
        self.0.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// Exactly these bytes, whose length the reader knows.
    pub fn fixed(&mut self, value: &[u8]) -> &mut Self {
        self.0.extend_from_slice(value);
        self
    }

    /// Bytes with their length before them; more than 65,535 are cut, which no caller's limits allow.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(&value[..usize::from(length)]);
        self
    }

    /// Text.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.bytes(value.as_bytes())
    }

    /// Text that may be absent.
    pub fn optional_text(&mut self, value: Option<&str>) -> &mut Self {
        match value {
            Some(text) => self.byte(1).text(text),
            None => self.byte(0),
        }
    }

    /// A number that may be absent.
    pub fn optional_number(&mut self, value: Option<i64>) -> &mut Self {
        match value {
            Some(number) => self.byte(1).number(number),
            None => self.byte(0),
        }
    }

    /// A list of texts, at most 65,535.
    pub fn texts<'a>(&mut self, values: impl ExactSizeIterator<Item = &'a str>) -> &mut Self {
        let count = u16::try_from(values.len()).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&count.to_be_bytes());
        for value in values.take(usize::from(count)) {
            self.text(value);
        }
        self
    }

    /// The record.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads fields in the order in which they were written.
#[derive(Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Exactly `length` bytes.
    ///
    /// # Errors
    /// [`BinaryError`] where fewer are left.
    pub fn fixed(&mut self, length: usize) -> Result<&'a [u8], BinaryError> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(BinaryError)?;
        self.0 = tail;
        Ok(head)
    }

    /// One byte.
    ///
    /// # Errors
    /// [`BinaryError`] at the end.
    pub fn byte(&mut self) -> Result<u8, BinaryError> {
        Ok(self.fixed(1)?[0])
    }

    /// A signed number.
    ///
    /// # Errors
    /// [`BinaryError`] at the end.
    pub fn number(&mut self) -> Result<i64, BinaryError> {
        let bytes = self.fixed(8)?.try_into().map_err(|_| BinaryError)?;
        Ok(i64::from_be_bytes(bytes))
    }

    /// Bytes with their length before them.
    ///
    /// # Errors
    /// [`BinaryError`] where the length is not there.
    pub fn bytes(&mut self) -> Result<&'a [u8], BinaryError> {
        let length = u16::from_be_bytes(self.fixed(2)?.try_into().map_err(|_| BinaryError)?);
        self.fixed(usize::from(length))
    }

    /// Text.
    ///
    /// # Errors
    /// [`BinaryError`] where it is not UTF-8.
    pub fn text(&mut self) -> Result<String, BinaryError> {
        std::str::from_utf8(self.bytes()?).map(str::to_owned).map_err(|_| BinaryError)
    }

    /// Text that may be absent.
    ///
    /// # Errors
    /// [`BinaryError`] for another tag than 0 and 1.
    pub fn optional_text(&mut self) -> Result<Option<String>, BinaryError> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.text().map(Some),
            _ => Err(BinaryError),
        }
    }

    /// A number that may be absent.
    ///
    /// # Errors
    /// [`BinaryError`] for another tag than 0 and 1.
    pub fn optional_number(&mut self) -> Result<Option<i64>, BinaryError> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.number().map(Some),
            _ => Err(BinaryError),
        }
    }

    /// A list of texts.
    ///
    /// # Errors
    /// [`BinaryError`] where one is missing.
    pub fn texts(&mut self) -> Result<Vec<String>, BinaryError> {
        let count = u16::from_be_bytes(self.fixed(2)?.try_into().map_err(|_| BinaryError)?);
        (0..count).map(|_| self.text()).collect()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`BinaryError`] where bytes are left.
    pub fn finish(self) -> Result<(), BinaryError> {
        if self.0.is_empty() { Ok(()) } else { Err(BinaryError) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn writing_then_reading_is_identity(text in ".{0,40}", number: i64, list in proptest::collection::vec(".{0,9}", 0..5)) {
            let mut writer = Writer::new();
            writer.text(&text).number(number).optional_text(None).texts(list.iter().map(String::as_str));
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.text(), Ok(text));
            prop_assert_eq!(reader.number(), Ok(number));
            prop_assert_eq!(reader.optional_text(), Ok(None));
            prop_assert_eq!(reader.texts(), Ok(list));
            prop_assert_eq!(reader.finish(), Ok(()));
        }

        #[test]
        fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Reader::new(&bytes);
            let _ = reader.texts().and_then(|_| reader.optional_number());
        }
    }
}

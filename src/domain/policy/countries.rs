//! Countries.

/// A country or region. **Shape**: two capital letters, ISO 3166-1 alpha-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// The text is no country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a country of two capital letters, such as `DE` (ISO 3166-1 alpha-2)")]
pub struct CountryError;

impl Country {
    /// Reads a country. Whether a country of these letters exists is not judged, since the register
    /// of addresses has letters of its own, such as `XK`.
    ///
    /// # Errors
    /// [`CountryError`].
    pub fn parse(text: &str) -> Result<Self, CountryError> {
        match text.as_bytes() {
            [first @ b'A'..=b'Z', second @ b'A'..=b'Z'] => Ok(Self([*first, *second])),
            _ => Err(CountryError),
        }
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_capital_letters() {
        assert_eq!(Country::parse("DE").map(|country| country.as_str().to_owned()), Ok("DE".to_owned()));
        for text in ["", "D", "de", "DEU", "D1", "Ä"] {
            assert_eq!(Country::parse(text), Err(CountryError), "{text}");
        }
    }
}

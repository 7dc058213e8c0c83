//! Countries, and the register that knows where addresses are.

use std::net::IpAddr;

use super::facts::Fact;

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

/// Knows the countries of addresses.
pub trait Register: Send + Sync {
    /// The country of an address: none where it has none, unknown where nobody could look.
    fn country(&self, ip: IpAddr) -> Fact<Option<Country>>;

    /// Reads its source again, where it has one.
    ///
    /// # Errors
    /// [`RegisterError`]; what was read before stays.
    fn read_again(&self) -> Result<(), RegisterError> {
        Ok(())
    }
}

/// The source of a register cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{source_name}` {reason}")]
pub struct RegisterError {
    /// The source, as it was named.
    pub source_name: String,
    /// Why.
    pub reason: String,
}

/// The register of an organisation that has none: of every address the country is unknown.
#[derive(Debug, Clone, Copy)]
pub struct NoRegister;

impl Register for NoRegister {
    fn country(&self, _: IpAddr) -> Fact<Option<Country>> {
        Fact::Unknown
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

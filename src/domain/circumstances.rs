//! What a code was decided on and cannot be read again: it is kept with the code and its access token,
//! so that each use of them is decided anew by what else is true then.

use std::net::IpAddr;

use super::attempts::{read_acr, write_acr};
use super::policy::words::Platform;
use super::requests::AcrWish;
use crate::base::binary::{BinaryError, Reader, Writer};
use crate::base::clock::Timestamp;

/// The browser of the person, the time of the decision, and what the app wanted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// The network address of the browser.
    pub address: Option<IpAddr>,
    /// The platform that the browser named.
    pub platform: Option<Platform>,
    /// When it was decided: proofs are as old as they were then.
    pub judged_at: Timestamp,
    /// Second factors that were passed here before this do not count.
    pub factors_since: Option<Timestamp>,
    /// What the app asked of `acr`.
    pub acr: Vec<AcrWish>,
}

const FORMAT: u8 = 1;

impl Circumstances {
    /// Nothing is known but when.
    #[must_use]
    pub const fn unknown(judged_at: Timestamp) -> Self {
        Self { address: None, platform: None, judged_at, factors_since: None, acr: Vec::new() }
    }

    /// The compact form for a row.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.byte(FORMAT).optional_text(self.address.map(|address| address.to_string()).as_deref());
        writer.optional_text(self.platform.map(Platform::as_str)).number(self.judged_at.micros());
        writer.optional_number(self.factors_since.map(Timestamp::micros));
        write_acr(&mut writer, &self.acr);
        writer.finish()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`BinaryError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BinaryError> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != FORMAT {
            return Err(BinaryError);
        }
        let address = reader.optional_text()?.map(|text| text.parse()).transpose().map_err(|_| BinaryError)?;
        let platform = reader.optional_text()?.map(|word| Platform::parse(&word).ok_or(BinaryError)).transpose()?;
        let circumstances = Self {
            address,
            platform,
            judged_at: Timestamp::from_micros(reader.number()?),
            factors_since: reader.optional_number()?.map(Timestamp::from_micros),
            acr: read_acr(&mut reader)?,
        };
        reader.finish()?;
        Ok(circumstances)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::requests::AcrWeight;

    #[test]
    fn circumstances_survive_writing_and_reading() {
        let now = Timestamp::from_seconds(1_790_000_000);
        let whole = Circumstances {
            address: Some("2001:db8::1".parse().unwrap()),
            platform: Some(Platform::Ios),
            judged_at: now,
            factors_since: Some(now),
            acr: vec![AcrWish { value: "phr".to_owned(), weight: AcrWeight::Essential }],
        };
        for circumstances in [whole, Circumstances::unknown(now)] {
            let bytes = circumstances.to_bytes();
            assert_eq!(Circumstances::from_bytes(&bytes), Ok(circumstances));
            for end in 0..bytes.len() {
                assert_eq!(Circumstances::from_bytes(&bytes[..end]), Err(BinaryError), "{end}");
            }
        }
    }
}

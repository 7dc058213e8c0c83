//! The countries of addresses, from a file in the MaxMind DB format that the operator keeps up to date.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use arc_swap::ArcSwap;
use maxminddb::{MaxMindDbError, Reader, path};

use crate::domain::policy::countries::{Country, Register, RegisterError};
use crate::domain::policy::facts::Fact;

/// How many networks of a file are looked at for one that names a country.
const LOOKED_AT: usize = 10_000;

/// A file and what was read of it last.
pub struct MaxMindFile {
    path: PathBuf,
    reader: ArcSwap<Reader<Vec<u8>>>,
}

impl std::fmt::Debug for MaxMindFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("MaxMindFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl MaxMindFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`RegisterError`] where it is no such file, or names no country.
    pub fn open(path: PathBuf) -> Result<Self, RegisterError> {
        let reader = read(&path)?;
        Ok(Self { path, reader: ArcSwap::from_pointee(reader) })
    }
}

impl Register for MaxMindFile {
    fn country(&self, ip: IpAddr) -> Fact<Option<Country>> {
        match code(&self.reader.load(), ip.to_canonical()) {
            Ok(None) => Fact::Known(None),
            Ok(Some(code)) => Country::parse(&code).map_or(Fact::Unknown, |country| Fact::Known(Some(country))),
            // A broken record, or an address of a version that the file has nothing of.
            Err(_) => Fact::Unknown,
        }
    }

    fn read_again(&self) -> Result<(), RegisterError> {
        self.reader.store(read(&self.path)?.into());
        tracing::info!(path = %self.path.display(), "countries read again");
        Ok(())
    }
}

fn read(path: &Path) -> Result<Reader<Vec<u8>>, RegisterError> {
    let refused = |reason: String| RegisterError { source_name: path.display().to_string(), reason };
    let bytes = std::fs::read(path).map_err(|error| refused(format!("cannot be read: {error}")))?;
    let reader =
        Reader::from_source(bytes).map_err(|error| refused(format!("is no database of MaxMind's format: {error}")))?;
    let names_countries = names_countries(&reader).map_err(|error| refused(format!("is damaged: {error}")))?;
    // A file about something else would say of every address that it has no country.
    if names_countries { Ok(reader) } else { Err(refused("names no countries".to_owned())) }
}

fn code(reader: &Reader<Vec<u8>>, ip: IpAddr) -> Result<Option<String>, MaxMindDbError> {
    reader.lookup(ip)?.decode_path(&path!["country", "iso_code"])
}

fn names_countries(reader: &Reader<Vec<u8>>) -> Result<bool, MaxMindDbError> {
    for network in reader.networks(maxminddb::WithinOptions::default())?.take(LOOKED_AT) {
        let code: Option<String> = network?.decode_path(&path!["country", "iso_code"])?;
        if code.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests;

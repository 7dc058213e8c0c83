//! What lies outside a text and is handed in: files beside it and the environment.

use std::io;
use std::path::Path;

/// Files and environment variables, as the caller lets them be seen.
pub trait Sources {
    /// The content of the file at `path`.
    ///
    /// # Errors
    /// Whatever kept it from being read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The environment variable `name`; absent where it is not set or no Unicode.
    fn variable(&self, name: &str) -> Option<String>;

    /// The names of all environment variables.
    fn variables(&self) -> Vec<String>;
}

#[cfg(test)]
pub(crate) mod memory {
    //! Sources of tests.

    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::{Path, Sources, io};

    /// Files and variables in memory.
    #[derive(Debug, Default, Clone)]
    pub(crate) struct Memory {
        files: BTreeMap<PathBuf, Vec<u8>>,
        variables: BTreeMap<String, String>,
    }

    impl Memory {
        pub(crate) fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
            self.files.insert(path.into(), content.as_ref().to_vec());
            self
        }

        pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
            self.variables.insert(name.to_owned(), value.to_owned());
            self
        }
    }

    impl Sources for Memory {
        fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
            self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
        }

        fn variable(&self, name: &str) -> Option<String> {
            self.variables.get(name).cloned()
        }

        fn variables(&self) -> Vec<String> {
            self.variables.keys().cloned().collect()
        }
    }
}

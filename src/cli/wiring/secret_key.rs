//! The root secret in its file: read, or made for an empty database.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::base::encoding::{base64, hex};
use crate::base::random::Random;
use crate::base::secret::{SecretBytes, SecretText};
use crate::objects::secrets::SecretSource;

/// Random bytes of a key that is made here.
const KEY_BYTES: usize = 32;
/// The largest file that is read as a key. **Units**: bytes.
const MAX_FILE: u64 = 64 * 1024;

/// Why the secret key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretKeyError {
    /// The file cannot be read.
    #[error("secret key `{path}` cannot be read: {error}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file cannot be written.
    #[error("secret key `{path}` cannot be made: {error}", path = path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is missing and the database is not empty.
    #[error(
        "secret key `{path}` is missing, and the database is not empty: put back the key that it was made with (it belongs to your backup)",
        path = path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file of a previous key is missing.
    #[error("`secrets.previous`: `{path}` is missing", path = path.display())]
    PreviousMissing {
        /// The file.
        path: PathBuf,
    },
    /// The file is empty or longer than a key.
    #[error("secret key `{path}` is empty or longer than {MAX_FILE} bytes", path = path.display())]
    Length {
        /// The file.
        path: PathBuf,
    },
}

/// The secret of `source`; `None` where its file does not exist. The text itself is the secret, less
/// its last line end.
///
/// # Errors
/// [`SecretKeyError`].
pub fn read(source: &SecretSource) -> Result<Option<SecretBytes>, SecretKeyError> {
    let path = match source {
        SecretSource::Value(text) => return Ok(Some(SecretBytes::new(text.expose().as_bytes().to_vec()))),
        SecretSource::File(path) => path,
    };
    let unreadable = |error| SecretKeyError::Unreadable { path: path.clone(), error };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mode = file.metadata().map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), mode = format!("{:o}", mode & 0o777), "others may read the secret key: chmod 600");
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    while matches!(bytes.last(), Some(b'\n' | b'\r')) {
        bytes.pop();
    }
    if bytes.is_empty() || bytes.len() as u64 > MAX_FILE {
        return Err(SecretKeyError::Length { path: path.clone() });
    }
    Ok(Some(SecretBytes::new(bytes)))
}

/// Makes the key of an empty database and writes it whole or not at all; where another node was first,
/// its key is taken.
///
/// # Errors
/// [`SecretKeyError::Missing`] where the database is not empty.
pub fn make_for(source: &SecretSource, installed: bool, random: &dyn Random) -> Result<SecretBytes, SecretKeyError> {
    let path = match source {
        SecretSource::File(path) if !installed => path,
        _ => return Err(missing(source)),
    };
    let unwritable = |error| SecretKeyError::Unwritable { path: path.clone(), error };
    match write_new(path, random) {
        Ok(()) => {
            tracing::info!(path = %path.display(), "made a secret key: keep a copy, apart from that of the database")
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(unwritable(error)),
    }
    read(source)?.ok_or_else(|| missing(source))
}

fn write_new(path: &Path, random: &dyn Random) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut bytes = vec![0; KEY_BYTES];
    random.fill(&mut bytes);
    let text = SecretText::new(base64(SecretBytes::new(bytes).expose()));
    let mut suffix = [0; 8];
    random.fill(&mut suffix);
    let draft = folder.join(format!(".secret-{}.new", hex(&suffix)));
    let written = write_draft(&draft, &text).and_then(|()| std::fs::hard_link(&draft, path));
    // The draft holds the key a second time; what became of the link is told before what became of it.
    let removed = std::fs::remove_file(&draft);
    written.and(removed)?;
    File::open(folder)?.sync_all()
}

fn write_draft(draft: &Path, text: &SecretText) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(text.expose().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// The error for a key that is missing beside a database that is not empty.
#[must_use]
pub fn missing(source: &SecretSource) -> SecretKeyError {
    SecretKeyError::Missing { path: path_of(source) }
}

/// The error for a previous key that is missing.
#[must_use]
pub fn missing_previous(source: &SecretSource) -> SecretKeyError {
    SecretKeyError::PreviousMissing { path: path_of(source) }
}

fn path_of(source: &SecretSource) -> PathBuf {
    match source {
        SecretSource::File(path) => path.clone(),
        SecretSource::Value(_) => PathBuf::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::encoding::from_base64;
    use crate::base::random::SystemRandom;

    fn file() -> (tempfile::TempDir, PathBuf, SecretSource) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/secret.key");
        let source = SecretSource::File(path.clone());
        (folder, path, source)
    }

    #[test]
    fn a_key_is_made_once_and_for_this_user_alone() {
        let (_folder, path, source) = file();
        assert!(read(&source).unwrap().is_none());
        let made = make_for(&source, false, &SystemRandom).unwrap();
        assert_eq!(from_base64(std::str::from_utf8(made.expose()).unwrap()).unwrap().len(), 32);
        assert_eq!(read(&source).unwrap().as_ref(), Some(&made));
        assert_eq!(make_for(&source, false, &SystemRandom).unwrap(), made);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn no_key_is_made_beside_a_database_that_is_not_empty() {
        let (_folder, path, source) = file();
        let refused = make_for(&source, true, &SystemRandom);
        assert!(matches!(refused, Err(SecretKeyError::Missing { path: missing }) if missing == path));
        assert!(!path.exists());
    }

    #[test]
    fn the_text_of_a_file_is_the_key_less_its_line_end() {
        let (_folder, path, source) = file();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "secret text\r\n").unwrap();
        assert_eq!(read(&source).unwrap().unwrap().expose(), b"secret text");
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(read(&source), Err(SecretKeyError::Length { .. })));
        std::fs::write(&path, vec![b'x'; 64 * 1024]).unwrap();
        assert!(read(&source).unwrap().is_some());
        std::fs::write(&path, vec![b'x'; 64 * 1024 + 1]).unwrap();
        assert!(matches!(read(&source), Err(SecretKeyError::Length { .. })));
    }

    #[test]
    fn a_key_in_the_configuration_is_taken_as_it_is() {
        let source = SecretSource::Value(SecretText::new("written out".to_owned()));
        assert_eq!(read(&source).unwrap().unwrap().expose(), b"written out");
    }
}

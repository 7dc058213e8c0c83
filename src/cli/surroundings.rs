//! The files and the environment of this process.

use std::io;
use std::path::{Path, PathBuf};

use crate::objects::sources::Sources;

/// What this process sees.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings;

impl Sources for Surroundings {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn variables(&self) -> Vec<String> {
        std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect()
    }
}

/// The object files that `paths` name: a file as it is, a folder by its `*.toml` files in the order of
/// their names, folders inside it included. A path that cannot be looked at stays, and a folder without
/// object files is `*.toml` in it, so that reading it tells the fault: a mistyped folder must not look
/// like one that names nothing, least of all to `--prune`.
#[must_use]
pub fn object_files(paths: &[PathBuf]) -> Vec<PathBuf> {
    let named = |path: &PathBuf| {
        if !path.is_dir() {
            return vec![path.clone()];
        }
        let found = in_folder(path);
        if found.is_empty() { vec![path.join("*.toml")] } else { found }
    };
    paths.iter().flat_map(named).collect()
}

fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![folder.to_owned()] };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let inside = |path: PathBuf| match path.extension() {
        // A link that leads back up would never end.
        _ if path.is_symlink() && path.is_dir() => Vec::new(),
        _ if path.is_dir() => in_folder(&path),
        Some(extension) if extension == "toml" => vec![path],
        _ => Vec::new(),
    };
    paths.into_iter().flat_map(inside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_means_its_object_files_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("inner")).unwrap();
        std::fs::create_dir(path("empty")).unwrap();
        for name in ["b.toml", "a.toml", "a.xml", "inner/c.toml"] {
            std::fs::write(path(name), "").unwrap();
        }
        let found = object_files(&[folder.path().to_owned(), path("missing.toml"), path("a.xml")]);
        assert_eq!(found, [path("a.toml"), path("b.toml"), path("inner/c.toml"), path("missing.toml"), path("a.xml")]);
        assert_eq!(object_files(&[path("empty")]), [path("empty/*.toml")]);
    }
}

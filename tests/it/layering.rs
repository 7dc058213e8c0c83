//! The import fence: which room may know which, held as data and checked on every source file.
//!
//! Nothing in Rust stops a knot inside one crate, so this test reads `src/` as text. It finds every
//! path into another room, in `use` trees, in code and in macros, and compares it with [`table`].
//! Test modules inside a room obey the same rows: a unit test may use `base` and its own room, and
//! whatever its room may import anyway; a test that needs more belongs under `tests/it`. Crates are another
//! matter: a room that never knows XML may still have a test that reads its pages with an XML parser, so the
//! crates that a room never names are looked for in shipped code only.
//!
//! To change the plan of the house, change the table and the code in one commit and say why. Start
//! reading at [`table`]; [`rules`] lists what can be wrong; [`proof`] shows each rule at work.

mod paths;
mod proof;
mod rules;
mod table;
mod tokens;

use std::path::Path;
use std::{fs, io};

use rules::Source;

#[test]
fn the_rooms_know_only_what_the_table_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    read_sources(root, &root.join("src"), &mut sources).unwrap();
    assert!(!sources.is_empty(), "no source was found, so nothing was checked");

    let findings = rules::judge(table::ROOMS, table::FOLDERS, &sources);
    let report: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(report.is_empty(), "the import fence found:\n{}", report.join("\n"));
}

/// Collects all Rust files below `folder`, named by their path from `root` with forward slashes.
fn read_sources(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_sources(root, &path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            sources.push(Source { path: name, text: fs::read_to_string(&path)? });
        }
    }
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(())
}

//! Published faults outside of the signature of an answer, each with the tests that show its refusal on every
//! way that it could touch. `HOLES.md` is the list; [`table`](super::table) has the faults that a partner's
//! answer could repeat.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::holes::CHAPTERS;

/// Of this library, as unit tests name themselves.
const LIBRARY: &str = "entente::";

#[test]
fn the_list_of_published_faults_is_current() {
    let path = root().join("tests/it/attacks/HOLES.md");
    let list = render();
    if std::env::var_os("UPDATE_TABLE").is_some() {
        fs::write(&path, &list).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, list, "regenerate with `UPDATE_TABLE=1 cargo test --test it the_list_of_published_faults`");
}

#[test]
fn every_published_fault_is_refused_by_tests_that_exist() {
    let mut names = std::collections::BTreeSet::new();
    for (published, tests) in CHAPTERS.iter().flat_map(|(_, rows)| *rows) {
        assert!(names.insert(published), "`{published}` stands twice");
        assert!(!tests.is_empty(), "`{published}` has no test");
        for test in *tests {
            assert!(exists(test), "`{published}`: there is no test `{test}`");
        }
    }
    assert!(names.len() >= 50, "{}", names.len());
}

#[test]
fn what_is_no_test_is_not_taken_for_one() {
    for test in [
        "attacks::published::what_is_no_test_is_not_taken_for_one",
        "attacks::wrapping_is_refused",
        "sign_in::pushed::it_is_good_for_its_own_app_alone",
        "entente::oidc::pkce::tests::the_example_of_the_rfc_holds",
        "entente::oidc::redirect_uri::tests::length_is_held_at_both_ends",
    ] {
        assert!(exists(test), "{test}");
    }
    for test in [
        "attacks::published::render",
        "attacks::families",
        "attacks::nothing::wrapping_is_refused",
        "attacks::published::every_published_fault",
        "sign_in::pushed::pushed",
        "entente::oidc::pkce::the_example_of_the_rfc",
    ] {
        assert!(!exists(test), "{test}");
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether there is a test of this name in the file of its module.
fn exists(test: &str) -> bool {
    let (folder, path) = match test.strip_prefix(LIBRARY) {
        Some(path) => ("src", path),
        None => ("tests/it", test),
    };
    let Some((module, name)) = path.rsplit_once("::") else { return false };
    // The tests of a file stand in it, or in a file of their own.
    let modules = [Some(module), module.strip_suffix("::tests")];
    let files = modules.into_iter().flatten().flat_map(|module| of_module(&root().join(folder), module));
    files.filter_map(|file| fs::read_to_string(file).ok()).any(|text| declares(&text, name))
}

fn of_module(folder: &Path, module: &str) -> [PathBuf; 2] {
    let base = module.split("::").fold(folder.to_owned(), |path, name| path.join(name));
    [base.with_extension("rs"), base.join("mod.rs")]
}

/// Whether a file declares a test of this name: by an attribute, on both stores, or for a family of attacks.
fn declares(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.iter().enumerate().any(|(number, line)| {
        let declared = line.strip_prefix("async ").unwrap_or(line);
        let is_function = declared.strip_prefix("fn ").is_some_and(|rest| rest.starts_with(&format!("{name}(")));
        let before = lines[..number].iter().rev().take_while(|line| line.starts_with("#["));
        let mut attributes = before.copied();
        let has_attribute = attributes.any(|line| line == "#[test]" || line.starts_with("#[tokio::test"));
        let on_both_stores = line.ends_with("(backend: Backend) {") && text.contains("on_both_stores! {");
        let of_family =
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with(": ") && rest.ends_with("::family();"));
        (is_function && (has_attribute || on_both_stores)) || of_family
    })
}

fn render() -> String {
    let mut text = String::from("# Published faults\n\n");
    let rows = CHAPTERS.iter().map(|(_, rows)| rows.len()).sum::<usize>();
    let _ = writeln!(
        text,
        "Classes of faults that reached production in products of this field, outside of the signature of an \
         answer, with the tests that show their refusal; [`TABLE.md`](TABLE.md) names those that a partner's answer \
         could repeat. Names that begin with `{LIBRARY}` are unit tests. Written by the test \
         `the_list_of_published_faults_is_current` under `UPDATE_TABLE=1`, and another one sees that each test \
         exists.\n\n{rows} classes."
    );
    for (chapter, rows) in CHAPTERS {
        let _ = writeln!(text, "\n## {chapter}\n\n| Fault | Refused by |\n|---|---|");
        for (published, tests) in *rows {
            let tests: Vec<String> = tests.iter().map(|test| format!("`{test}`")).collect();
            let _ = writeln!(text, "| {published} | {} |", tests.join("<br>"));
        }
    }
    text
}

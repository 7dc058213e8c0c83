//! The checker checked: each rule is broken once by a small source, beside one that keeps it.

use super::rules::{Fault, Source, judge};
use super::table::{Folder, MAX_CODE_LINES, Room, State};

const ROOMS: &[Room] = &[
    Room { name: "base", row: 0, state: State::Built, may_import: &[], never: &[] },
    Room {
        name: "domain",
        row: 1,
        state: State::Built,
        may_import: &["base"],
        never: &[&["serde", "sqlx"], &["http"]],
    },
    Room { name: "store", row: 2, state: State::Built, may_import: &["base", "domain"], never: &[] },
    Room { name: "flows", row: 3, state: State::Built, may_import: &["base", "domain"], never: &[] },
    Room { name: "http", row: 4, state: State::Built, may_import: &["base", "domain", "flows"], never: &[] },
    Room {
        name: "cli",
        row: 5,
        state: State::Built,
        may_import: &["base", "domain", "store", "flows", "http"],
        never: &[],
    },
    Room { name: "factors", row: 2, state: State::Planned, may_import: &["base"], never: &[] },
];

const FOLDERS: &[Folder] = &[
    Folder { path: "src/http/", never: &["domain::store"] },
    Folder { path: "src/cli/commands/", never: &["domain::store", "store"] },
];

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

/// A house in which every room that must stand does, and `path` holds `text`.
fn house(path: &str, text: &str) -> Vec<Source> {
    let mut sources: Vec<Source> = ["base", "domain", "store", "flows", "http", "cli"]
        .iter()
        .map(|room| source(&format!("src/{room}/door.rs"), ""))
        .collect();
    sources.push(source("src/base/ids.rs", "#[macro_export]\nmacro_rules! id_type { () => {} }"));
    sources.push(source(path, text));
    sources
}

/// Asserts the faults of `text` at `path`, each with its line, and nothing beside them.
fn check(path: &str, text: &str, expected: &[(usize, Fault)]) {
    let findings = judge(ROOMS, FOLDERS, &house(path, text));
    let found: Vec<(usize, Fault)> = findings.iter().map(|finding| (finding.line, finding.fault.clone())).collect();
    assert_eq!(found, expected, "in `{path}`:\n{text}");
    assert!(findings.iter().all(|finding| finding.file == path), "a fault was laid to another file: {findings:?}");
}

fn import(room: &str, import: &str) -> Fault {
    Fault::Import { room: room.to_owned(), import: import.to_owned() }
}

fn banned(name: &str) -> Fault {
    Fault::BannedCrate { room: "domain".to_owned(), name: name.to_owned() }
}

#[test]
fn an_import_that_the_table_allows_is_accepted() {
    check("src/flows/a.rs", "use crate::base::clock;\nuse crate::{domain::{apps, guests}, flows::b};", &[]);
    check("src/flows/a.rs", "pub(crate) fn f(x: &crate::domain::App) {}\npub(in crate::flows) fn g() {}", &[]);
    check("src/flows/a.rs", "pub use super::b::C;\npub use crate::flows::b::D;", &[]);
    check("src/cli/wiring.rs", "use crate::domain::store::Store;\nuse crate::store;", &[]);
    check("src/main.rs", "fn main() { entente::cli::run() }", &[]);
    check("src/lib.rs", "//! The map.\npub mod base;\nmod cli;", &[]);
}

#[test]
fn an_import_that_the_table_does_not_allow_is_refused_in_every_spelling() {
    let fault = |line| [(line, import("domain", "flows"))];
    check("src/domain/a.rs", "use crate::flows::b;", &fault(1));
    check("src/domain/a.rs", "use crate::{\n    base::x,\n    flows::{self, b},\n};", &[fault(3), fault(3)].concat());
    check("src/domain/a.rs", "use crate::base::x;\nuse ::entente::flows::b;", &fault(2));
    check("src/domain/a.rs", "fn f() {\n    crate::flows::b()\n}", &fault(2));
    check("src/domain/a.rs", "fn f() -> Vec<crate::flows::B> { vec![] }", &fault(1));
    check("src/domain/a.rs", "fn f() { Vec::<crate::flows::B>::new() }", &fault(1));
    check("src/domain/a.rs", "macro_rules! m {\n    () => { $crate::flows::b() };\n}", &fault(2));
    check("src/domain/a.rs", "fn f() { println!(\"{}\", crate::flows::B) }", &fault(1));
    check("src/domain/a.rs", "#[derive(crate::flows::B)]\nstruct A;", &fault(1));
    check("src/domain/a.rs", "use crate::r#flows::b;", &fault(1));
    check("src/domain/a.rs", "#[cfg(test)]\nmod tests {\n    use crate::flows::b;\n}", &fault(3));
}

fn unknown(root: &str) -> Fault {
    Fault::UnknownRoot(root.to_owned())
}

#[test]
fn rooms_on_one_row_and_later_rooms_are_refused() {
    check("src/store/a.rs", "use crate::flows::b;", &[(1, import("store", "flows"))]);
    check("src/base/a.rs", "use crate::domain::b;", &[(1, import("base", "domain"))]);
    check("src/main.rs", "fn main() { entente::flows::run() }", &[(1, import("src/main.rs", "flows"))]);
    check("src/lib.rs", "pub mod base;\nfn f() { crate::base::f() }", &[(2, import("src/lib.rs", "base"))]);
}

#[test]
fn a_macro_of_the_crate_root_counts_as_its_room() {
    check("src/domain/a.rs", "crate::id_type!(A);\nuse crate::id_type;", &[]);
    check("src/domain/a.rs", "crate::other!(A);", &[(1, unknown("other"))]);
    check("src/domain/a.rs", "macro_rules! m { ($x:ident) => { $crate::$x() } }", &[(1, unknown(""))]);
}

#[test]
fn comments_and_text_are_no_imports() {
    check("src/domain/a.rs", "// use crate::flows::b;\n/* crate::flows /* nested */ crate::flows::b */", &[]);
    check("src/domain/a.rs", "//! [`a`](crate::flows::b)\n/// [`crate::flows::b`]\nfn f() {}", &[]);
    check("src/domain/a.rs", r####"const A: &str = "use crate::flows::b; \" crate::flows::b";"####, &[]);
    check(
        "src/domain/a.rs",
        r####"const A: &str = r#"crate::flows::b " "#; const B: &[u8] = br"crate::flows::b";"####,
        &[],
    );
    let after = "fn f<'a>(x: &'a str) -> char { '\"' }\nconst C: char = '\\'';\nuse crate::flows::b;";
    check("src/domain/a.rs", after, &[(3, import("domain", "flows"))]);
    let long = "const A: &str = \"one\ntwo\";\nuse crate::flows::b;";
    check("src/domain/a.rs", long, &[(3, import("domain", "flows"))]);
}

#[test]
fn a_room_is_not_imported_whole_under_another_name() {
    let whole = |room: &str| Fault::WholeRoom(room.to_owned());
    check("src/flows/a.rs", "use crate::domain;", &[]);
    check("src/flows/a.rs", "use crate::domain as d;", &[(1, whole("domain"))]);
    check("src/flows/a.rs", "use crate::domain::{self as d, apps};", &[(1, whole("domain"))]);
    check("src/flows/a.rs", "use crate::domain::*;", &[(1, whole("domain"))]);
    check("src/flows/a.rs", "use crate::*;", &[(1, unknown(""))]);
    check("src/flows/a.rs", "use crate::{self as all};", &[(1, unknown(""))]);
    check("src/flows/a.rs", "use crate::domain::apps::*;\nuse crate::domain::apps as a;", &[]);
}

#[test]
fn another_room_is_not_re_exported() {
    let fault = |path: &str| Fault::ReExport(path.to_owned());
    check("src/flows/a.rs", "pub use crate::domain::apps::App;", &[(1, fault("domain::apps::App"))]);
    check("src/flows/a.rs", "pub(crate) use crate::domain::apps;", &[(1, fault("domain::apps"))]);
    check("src/flows/a.rs", "fn f() {}\nuse crate::domain::apps;", &[]);
}

#[test]
fn lib_holds_nothing_but_the_list_of_rooms() {
    check("src/lib.rs", "pub mod base;\npub use base::ids;", &[(2, Fault::UseInLib)]);
    check("src/lib.rs", "pub mod base;\nuse base::ids;", &[(2, Fault::UseInLib)]);
}

#[test]
fn super_stays_inside_the_room_and_goes_up_one_step() {
    check("src/domain/a.rs", "use super::b;\nmod tests { use super::*; }", &[]);
    check("src/domain/mod.rs", "mod tests { use super::*; }", &[]);
    check("src/domain/apps/mod.rs", "use super::b;", &[]);
    check("src/domain/apps/c.rs", "use super::super::b;", &[(1, Fault::SuperSuper)]);
    check("src/domain/apps/c.rs", "use super::{super::b, d};", &[(1, Fault::SuperSuper)]);
    check("src/domain/apps/c.rs", "fn f() { super::super::b() }", &[(1, Fault::SuperSuper)]);
    check("src/domain/mod.rs", "use super::flows::b;", &[(1, Fault::SuperLeavesRoom)]);
    check("src/domain/mod.rs", "fn f() { super::flows::b() }", &[(1, Fault::SuperLeavesRoom)]);
}

#[test]
fn a_room_never_names_a_crate_that_it_must_not_know() {
    check("src/domain/a.rs", "use serde::Serialize;", &[(1, banned("serde"))]);
    check("src/domain/a.rs", "use {std::fmt, serde::Serialize};", &[(1, banned("serde"))]);
    check("src/domain/a.rs", "use serde as s;", &[(1, banned("serde"))]);
    check("src/domain/a.rs", "use sqlx;", &[(1, banned("sqlx"))]);
    check("src/domain/a.rs", "#[derive(serde::Serialize)]\nstruct A;", &[(1, banned("serde"))]);
    check("src/domain/a.rs", "fn f() { ::sqlx::query(\"\") }", &[(1, banned("sqlx"))]);
    check("src/domain/a.rs", "fn f() { sqlx::query!(\"\") }", &[(1, banned("sqlx"))]);
    check("src/domain/a.rs", "fn f(x: http::StatusCode) {}", &[(1, banned("http"))]);
    check("src/domain/a.rs", "fn f(http: &str, serde: bool) -> bool { serde }", &[]);
    check("src/domain/a.rs", "use crate::base::serde::x;\nuse super::sqlx;", &[]);
    check("src/store/a.rs", "use sqlx::Row;", &[]);
}

#[test]
fn a_test_may_call_any_crate_as_a_witness_and_no_other_room() {
    check("src/domain/a.rs", "#[cfg(test)]\nmod tests {\n    use serde::Serialize;\n}", &[]);
    let after = "#[cfg(test)]\nmod tests {}\nuse serde::Serialize;";
    check("src/domain/a.rs", after, &[(3, banned("serde"))]);
    check("src/domain/a.rs", "mod tests {\n    use serde::Serialize;\n}", &[(2, banned("serde"))]);

    let with_file = |declared: &str| {
        let mut sources = house("src/domain/tests.rs", "use serde::Serialize;\nuse crate::flows::b;");
        sources.push(source("src/domain/mod.rs", declared));
        faults(ROOMS, &sources)
    };
    assert_eq!(with_file("#[cfg(test)]\nmod tests;"), [import("domain", "flows")]);
    assert_eq!(with_file("mod tests;"), [banned("serde"), import("domain", "flows")]);
    assert_eq!(with_file("#[cfg(test)]\nmod other;"), [banned("serde"), import("domain", "flows")]);
}

#[test]
fn handlers_and_commands_never_name_a_store() {
    let traits = |line| (line, Fault::BannedPath("domain::store"));
    check("src/http/routes/a.rs", "use crate::domain::store::Apps;", &[traits(1)]);
    check("src/http/routes/a.rs", "use crate::domain::{apps, store};", &[traits(1)]);
    check("src/http/routes/a.rs", "use crate::domain;\nfn f(x: &dyn domain::store::Apps) {}", &[traits(2)]);
    check("src/http/routes/a.rs", "use crate::domain::{apps, stored};", &[]);
    check("src/cli/commands/a.rs", "use crate::domain::store::Apps;", &[traits(1)]);
    check("src/cli/commands/a.rs", "use crate::store::sqlite;", &[(1, Fault::BannedPath("store"))]);
    check("src/cli/commands/a.rs", "mod store;\nuse self::store::list;", &[]);
    check("src/cli/wiring.rs", "use crate::store::sqlite;", &[]);
}

#[test]
fn nothing_hides_where_code_comes_from() {
    check("src/domain/a.rs", "extern crate serde_json as j;", &[(1, Fault::Hidden("extern crate"))]);
    check("src/domain/a.rs", "#[path = \"../flows/b.rs\"]\nmod b;", &[(1, Fault::Hidden("#[path]"))]);
    check("src/domain/a.rs", "include!(\"b.rs\");", &[(1, Fault::Hidden("include!"))]);
    check("src/domain/a.rs", "const A: &str = include_str!(\"b.txt\");", &[]);
    check("src/loose.rs", "", &[(0, Fault::StrayFile)]);
}

#[test]
fn a_file_stays_within_the_ceiling() {
    let full = "fn f() {}\n".repeat(MAX_CODE_LINES);
    check("src/domain/a.rs", &full, &[]);
    check("src/domain/a.rs", &format!("// Why.\n\n{full}"), &[]);
    check("src/domain/a.rs", &format!("{full}fn g() {{}}\n"), &[(0, Fault::TooLong(MAX_CODE_LINES + 1))]);
    check("src/domain/a.rs", &format!("{full}#[cfg(test)]\nmod tests {{\n{full}}}\n"), &[]);
    check("src/domain/a.rs", &format!("{full}#[cfg(test)]\nmod tests;\nfn g() {{}}"), &[(0, Fault::TooLong(601))]);
    let text = format!("const A: &str = \"{}\";", "\n".repeat(MAX_CODE_LINES));
    check("src/domain/a.rs", &text, &[(0, Fault::TooLong(MAX_CODE_LINES + 1))]);
}

fn faults(rooms: &[Room], sources: &[Source]) -> Vec<Fault> {
    judge(rooms, &[], sources).into_iter().map(|finding| finding.fault).collect()
}

#[test]
fn rooms_and_table_name_each_other() {
    let with = |path: &str| house(path, "");
    assert_eq!(faults(ROOMS, &with("src/base/a.rs")), []);
    assert_eq!(faults(ROOMS, &with("src/util/mod.rs")), [Fault::UnlistedRoom("util".to_owned())]);
    assert_eq!(faults(ROOMS, &with("src/factors/mod.rs")), [Fault::PlannedRoomExists("factors")]);
    let without_store: Vec<Source> =
        with("src/base/a.rs").into_iter().filter(|source| !source.path.starts_with("src/store/")).collect();
    assert_eq!(faults(ROOMS, &without_store), [Fault::MissingRoom("store")]);
}

#[test]
fn a_row_imports_only_earlier_rows() {
    let table = |imports: &'static [&'static str], row| {
        [
            Room { name: "base", row: 0, state: State::Planned, may_import: &[], never: &[] },
            Room { name: "a", row, state: State::Planned, may_import: imports, never: &[] },
            Room { name: "b", row: 2, state: State::Planned, may_import: &["base"], never: &[] },
        ]
    };
    let upward = |import| [Fault::RowUpward { room: "a", import }];
    assert_eq!(faults(&table(&["base", "b"], 3), &[]), []);
    assert_eq!(faults(&table(&["b"], 2), &[]), upward("b"));
    assert_eq!(faults(&table(&["b"], 1), &[]), upward("b"));
    assert_eq!(faults(&table(&["a"], 1), &[]), upward("a"));
    assert_eq!(faults(&table(&["nobody"], 1), &[]), upward("nobody"));
    let mut twice = table(&[], 1);
    twice[2].name = "a";
    assert_eq!(faults(&twice, &[]), [Fault::ListedTwice("a")]);
}

#[test]
fn a_finding_says_where_it_is() {
    let findings = judge(ROOMS, FOLDERS, &house("src/domain/a.rs", "use crate::flows::b;"));
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["src/domain/a.rs:1: `domain` may not import `flows`"]);
}

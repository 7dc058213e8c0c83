//! No parameter escapes the matrix: each that stands in the route table has cases of every kind, and
//! each that the code reads stands in the route table.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use entente::http::routes::table::{
    ACS_PARAMETERS, AUTHORIZE_PARAMETERS, END_SESSION_PARAMETERS, PUSH_PARAMETERS, ROUTES, SHOWN_TOKEN_PARAMETERS,
    TOKEN_PARAMETERS,
};

use super::case::Kind;
use super::cases::{self, Setup};

fn set<'a>(names: impl IntoIterator<Item = &'a &'static str>) -> BTreeSet<&'static str> {
    names.into_iter().copied().collect()
}

#[test]
fn every_parameter_of_every_route_has_cases_of_every_kind() {
    let setup = Setup { issuer: String::new(), attempt: String::new(), cookie: String::new() };
    let faces = cases::all(&setup);
    let routes: Vec<_> = ROUTES.iter().map(|route| (route.path, route.method)).collect();
    let covered: BTreeSet<_> = faces.iter().map(|face| (face.path, face.method)).collect();
    assert_eq!(covered.len(), faces.len(), "a route stands twice among the cases");
    assert_eq!(covered, routes.iter().copied().collect());
    assert_eq!(routes.len(), covered.len(), "a route stands twice in the table");
    for route in ROUTES {
        let face = faces.iter().find(|face| (face.path, face.method) == (route.path, route.method)).unwrap();
        let with_cases: BTreeSet<_> = face.parameters.iter().map(|parameter| parameter.name).collect();
        assert_eq!(with_cases, set(route.parameters), "{} {}", route.method, route.path);
        for parameter in &face.parameters {
            let kinds: BTreeSet<_> = parameter.cases.iter().map(|case| case.kind).collect();
            assert_eq!(kinds, Kind::ALL.into(), "{} {} {}", route.method, route.path, parameter.name);
        }
    }
}

#[test]
fn the_route_table_names_what_the_protocols_read() {
    assert_eq!(set(AUTHORIZE_PARAMETERS), set(&entente::oidc::authorize::PARAMETERS));
    assert_eq!(set(TOKEN_PARAMETERS), set(&entente::oidc::token::PARAMETERS));
    let credentials = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];
    let proof = ["client_secret", "client_assertion", "client_assertion_type"];
    assert_eq!(set(PUSH_PARAMETERS), set(AUTHORIZE_PARAMETERS.iter().chain(&proof)));
    assert_eq!(set(SHOWN_TOKEN_PARAMETERS), set(entente::oidc::introspection::PARAMETERS.iter().chain(&credentials)));
    assert_eq!(set(END_SESSION_PARAMETERS), set(&entente::oidc::logout::PARAMETERS));
    assert_eq!(set(ACS_PARAMETERS), BTreeSet::from(["RelayState", "SAMLResponse"]));
}

/// How the source reads a parameter by name.
const READS: [&str; 6] = [
    "param_rule!(\"",
    ".one(\"",
    ".one_raw(\"",
    ".has(\"",
    "optional(&asked.params, \"",
    "const ADDRESS_FIELD: &str = \"",
];

#[test]
fn what_the_source_reads_stands_in_the_route_table() {
    let known: BTreeSet<&str> = ROUTES.iter().flat_map(|route| route.parameters).copied().collect();
    let mut found = BTreeSet::new();
    for file in sources(Path::new("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
        for (name, line) in reads(code) {
            assert!(known.contains(name), "{}: `{name}` is in no route: {line}", file.display());
            found.insert(name.to_owned());
        }
    }
    // The scan is of use only while it finds how parameters are read.
    for name in ["client_id", "code_verifier", "access_token", "SAMLResponse", "logout_hint", "decision", "token"] {
        assert!(found.contains(name), "the scan does not find `{name}`");
    }
}

fn reads(code: &str) -> Vec<(&str, &str)> {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| {
            READS.iter().filter_map(move |mark| {
                let rest = line.split_once(mark)?.1;
                Some((rest.split_once('"')?.0, line.trim()))
            })
        })
        .collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_stem().is_none_or(|stem| stem != "tests")
            && !path.starts_with("src/cli/demo")
        {
            files.push(path);
        }
    }
    files
}

//! The table of all attacks, checked in beside this file and compared with what the tests try.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::attack::Family;
use super::families;

/// Published faults that a partner's answer could repeat; each has an attack.
const HOLES: [&str; 62] = [
    "CVE-2026-47201",
    "CVE-2026-25922",
    "CVE-2024-45409",
    "CVE-2025-25291",
    "CVE-2025-25292",
    "CVE-2025-66567",
    "CVE-2025-47949",
    "samlify#634",
    "CVE-2025-54369",
    "CVE-2025-54419",
    "CVE-2025-29774",
    "CVE-2025-29775",
    "CVE-2025-46572",
    "CVE-2025-46573",
    "CVE-2022-41912",
    "CVE-2021-28091",
    "dexidp/dex#895",
    "CVE-2020-15216",
    "CVE-2020-26290",
    "CVE-2020-27847",
    "CVE-2020-29509",
    "CVE-2020-29510",
    "CVE-2020-29511",
    "CVE-2020-27846",
    "CVE-2017-11427",
    "CVE-2017-11428",
    "CVE-2017-11429",
    "CVE-2017-11430",
    "CVE-2018-0489",
    "CVE-2025-27773",
    "CVE-2025-66475",
    "CVE-2019-3465",
    "CVE-2018-7644",
    "CVE-2016-9814",
    "SSP 201710-01",
    "CVE-2012-5353",
    "CVE-2026-9090",
    "CVE-2026-28323",
    "CVE-2026-2092",
    "Shibboleth advisory 2022-12",
    "CVE-2026-49283",
    "CVE-2024-8698",
    "CVE-2025-31335",
    "CVE-2020-5390",
    "CVE-2021-21239",
    "CVE-2021-21238",
    "keycloak#45652",
    "GHSA-63v5-26vq-m4vm",
    "CVE-2026-41577",
    "CVE-2026-49284",
    "CVE-2026-18967",
    "CVE-2026-18217",
    "CVE-2026-2603",
    "CVE-2026-3009",
    "CVE-2026-3047",
    "CVE-2026-9098",
    "CVE-2024-25718",
    "codelibs/fess#3214",
    "simplesamlphp#230",
    "CVE-2026-7307",
    "CVE-2023-28119",
    "CVE-2025-25293",
];

#[test]
fn the_table_of_attacks_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/attacks/TABLE.md");
    let table = render(&families());
    if std::env::var_os("UPDATE_TABLE").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, table, "regenerate with `UPDATE_TABLE=1 cargo test --test it the_table_of_attacks`");
}

#[test]
fn there_are_many_attacks_of_many_causes_in_every_family() {
    let families = families();
    let attacks: Vec<_> = families.iter().flat_map(|family| &family.attacks).collect();
    let causes: BTreeSet<_> = attacks.iter().map(|attack| attack.cause).collect();
    assert!(attacks.len() >= 60, "{}", attacks.len());
    assert!(causes.len() >= 25, "{}", causes.len());
    assert!(families.iter().all(|family| family.attacks.len() >= 3));
    let mut names = BTreeSet::new();
    for attack in &attacks {
        assert!(names.insert(&attack.name), "two attacks are named `{}`", attack.name);
    }
}

#[test]
fn every_published_fault_has_an_attack() {
    let families = families();
    let covered: BTreeSet<_> =
        families.iter().flat_map(|family| &family.attacks).flat_map(|attack| attack.holes).copied().collect();
    let open: Vec<_> = HOLES.iter().filter(|hole| !covered.contains(**hole)).collect();
    assert!(open.is_empty(), "{open:?}");
}

fn render(families: &[Family]) -> String {
    let attacks: Vec<_> = families.iter().flat_map(|family| &family.attacks).collect();
    let causes: BTreeSet<_> = attacks.iter().map(|attack| attack.cause).collect();
    let codes: BTreeSet<_> = attacks.iter().map(|attack| attack.code).collect();
    let mut text = String::from("# Attacks\n\n");
    let intro = "Each hostile document is refused through the assertion consumer service with the code and the \
                 cause shown; its twin, which differs in one point, is accepted. Written by the test \
                 `the_table_of_attacks_is_current` under `UPDATE_TABLE=1`.";
    let counts = (attacks.len(), families.len(), causes.len(), codes.len());
    let _ = writeln!(
        text,
        "{intro}\n\n{} attacks in {} families, {} causes, {} codes.\n",
        counts.0, counts.1, counts.2, counts.3
    );
    text.push_str("## Family by cause\n\n| Family | Attacks | Causes |\n|---|---|---|\n");
    for family in families {
        let mut by_cause: BTreeMap<&str, usize> = BTreeMap::new();
        for attack in &family.attacks {
            *by_cause.entry(attack.cause).or_default() += 1;
        }
        let causes: Vec<String> = by_cause.iter().map(|(cause, count)| format!("{cause} {count}")).collect();
        let _ = writeln!(text, "| {} | {} | {} |", family.name, family.attacks.len(), causes.join(", "));
    }
    for family in families {
        let _ = writeln!(
            text,
            "\n## {}\n\n| Attack | Code | Cause | Published as |\n|---|---|---|---|",
            title(family.name)
        );
        for attack in &family.attacks {
            let holes = attack.holes.join(", ");
            let _ = writeln!(text, "| {} | {} | {} | {holes} |", attack.name, attack.code, attack.cause);
        }
    }
    text
}

fn title(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

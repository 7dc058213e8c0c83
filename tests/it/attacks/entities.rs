//! Document types and entities: any of them is fatal, before anything is fetched or expanded.

use super::attack::codes::MALFORMED;
use super::attack::{Attack, Family, Point, after, after_either, attack, made};
use crate::support::partner::Signs;

const ENTITIES: &[&str] = &["XXE and entity expansion", "CVE-2025-25291", "CVE-2025-25292", "CVE-2025-66567"];

pub fn family() -> Family {
    let laughs: String =
        (1..9).map(|at| format!("<!ENTITY l{at} \"{}\">", format!("&l{};", at - 1).repeat(10))).collect();
    let attacks = vec![
        doctype("a bare document type", "<!DOCTYPE r>", ""),
        doctype(
            "an internal subset with an attribute that is an identifier",
            "<!DOCTYPE r [<!ATTLIST x y ID #IMPLIED>]>",
            "",
        ),
        doctype("an internal entity as the person", "<!DOCTYPE r [<!ENTITY who \"intruder-1\">]>", "&who;"),
        doctype(
            "an external entity on this machine",
            "<!DOCTYPE r [<!ENTITY who SYSTEM \"file:///etc/passwd\">]>",
            "&who;",
        ),
        doctype(
            "an external entity elsewhere",
            "<!DOCTYPE r [<!ENTITY who SYSTEM \"http://127.0.0.1:9/x\">]>",
            "&who;",
        ),
        doctype("an external subset", "<!DOCTYPE r SYSTEM \"http://127.0.0.1:9/x.dtd\">", ""),
        doctype("a parameter entity", "<!DOCTYPE r [<!ENTITY % p SYSTEM \"http://127.0.0.1:9/p\"> %p;]>", ""),
        doctype("a billion laughs", &format!("<!DOCTYPE r [<!ENTITY l0 \"ha\">{laughs}]>"), "&l8;"),
        doctype("a document type in lower case", "<!doctype r>", ""),
        attack(
            "a reference to an entity that nobody declared",
            MALFORMED,
            "entity_reference",
            after_either(Signs::Assertion, ">ana-1<", ">&who;<", ">&#97;na-1<"),
        )
        .holes(ENTITIES),
        attack(
            "a reference to a character that XML does not have",
            MALFORMED,
            "character_reference",
            after_either(Signs::Assertion, ">ana-1<", ">ana-1&#0;<", ">ana&#x2d;1<"),
        ),
        attack(
            "a document type after the response",
            MALFORMED,
            "doctype",
            after(Signs::Assertion, "</samlp:Response>", "</samlp:Response><!DOCTYPE r>"),
        )
        .holes(ENTITIES),
    ];
    Family { name: "document types and entities", attacks }
}

/// A document type before the response, and a reference to what it declares in the place of the
/// person; the twin has an XML declaration there.
fn doctype(name: &str, declaration: &str, reference: &str) -> Attack {
    let (declaration, reference) = (declaration.to_owned(), reference.to_owned());
    let make = made(move |good, point| {
        let prolog = point.pick(declaration.as_str(), "<?xml version=\"1.0\"?>");
        let text = format!("{prolog}{}", good.sealed());
        match point {
            Point::Wrong if !reference.is_empty() => text.replace(">ana-1<", &format!(">{reference}<")),
            _ => text,
        }
    });
    attack(name, MALFORMED, "doctype", make).holes(ENTITIES)
}

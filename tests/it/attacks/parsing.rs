//! Texts on which two readers could see two documents: what is not plainly well-formed is refused.

use super::attack::codes::MALFORMED;
use super::attack::{Attack, Family, after, after_either, attack, before_either, made};
use super::forge::{element, extended, swap};
use crate::support::partner::Signs;

const TWO_READERS: &[&str] = &["CVE-2025-25291", "CVE-2025-25292", "CVE-2025-66567"];
const UNSTABLE: &[&str] = &["CVE-2020-29509", "CVE-2020-29510", "CVE-2020-29511", "CVE-2020-27846"];

pub fn family() -> Family {
    let signs = Signs::Assertion;
    let inside = |wrong: &'static str, right: &'static str| {
        made(move |good, point| extended(&good.sealed(), point.pick(wrong, right)))
    };
    let attacks = vec![
        attack(
            "a relative namespace, which canonicalisation must refuse",
            MALFORMED,
            "namespace_relative",
            inside(r#"<x:x xmlns:x="1"/>"#, r#"<x:x xmlns:x="urn:1"/>"#),
        )
        .holes(&["CVE-2025-66475"]),
        attack(
            "the prefix xml bound to another namespace",
            MALFORMED,
            "namespace_declaration",
            inside(r#"<x xmlns:xml="urn:x"/>"#, r#"<x xmlns:xm="urn:x"/>"#),
        )
        .holes(TWO_READERS),
        attack(
            "a prefix bound to no namespace",
            MALFORMED,
            "namespace_declaration",
            inside(r#"<x xmlns:p=""/>"#, r#"<x xmlns:p="urn:p"/>"#),
        )
        .holes(TWO_READERS),
        attack(
            "a name with two colons",
            MALFORMED,
            "name_malformed",
            inside(r#"<x:y:z xmlns:x="urn:x"/>"#, r#"<x:yz xmlns:x="urn:x"/>"#),
        )
        .holes(UNSTABLE),
        attack(
            "an attribute with an empty prefix",
            MALFORMED,
            "name_malformed",
            inside(r#"<x xmlns="urn:x" :y="1"/>"#, r#"<x xmlns="urn:x" y="1"/>"#),
        )
        .holes(UNSTABLE),
        attack(
            "a prefix that nobody declared",
            MALFORMED,
            "malformed_xml",
            inside("<nobody:x/>", r#"<nobody:x xmlns:nobody="urn:x"/>"#),
        )
        .holes(UNSTABLE),
        attack(
            "an attribute twice",
            MALFORMED,
            "duplicate_attribute",
            inside(r#"<x xmlns="urn:x" y="1" y="2"/>"#, r#"<x xmlns="urn:x" y="1" z="2"/>"#),
        )
        .holes(TWO_READERS),
        attack(
            "a carriage return alone",
            MALFORMED,
            "lone_carriage_return",
            after_either(signs, "<samlp:Status>", "\r<samlp:Status>", "\r\n<samlp:Status>"),
        ),
        attack("the end tag missing", MALFORMED, "malformed_xml", after(signs, "</samlp:Response>", "")),
        attack(
            "a second root element",
            MALFORMED,
            "malformed_xml",
            after(signs, "</samlp:Response>", "</samlp:Response><x/>"),
        )
        .holes(TWO_READERS),
        attack(
            "a form feed, which is no character of XML",
            MALFORMED,
            "malformed_xml",
            after_either(signs, "<samlp:Status>", "\u{c}<samlp:Status>", "\t<samlp:Status>"),
        ),
        attack(
            "version 1.1 of XML",
            MALFORMED,
            "xml_version_not_1_0",
            made(|good, point| format!("<?xml version=\"{}\"?>{}", point.pick("1.1", "1.0"), good.sealed())),
        ),
        attack(
            "an element of another namespace in the place of the identifier",
            MALFORMED,
            "element_unexpected",
            before_either(signs, ">ana-1<", r#"><x:b xmlns:x="urn:x">ana</x:b>-1<"#, ">ana-1<"),
        )
        .holes(&["CVE-2021-21238"]),
        attack(
            "advice before the conditions",
            MALFORMED,
            "element_unexpected",
            before_either(Signs::Response, "<saml:Conditions ", "<saml:Advice/><saml:Conditions ", "<saml:Conditions "),
        )
        .holes(&["CVE-2021-21238"]),
        twice("saml:Subject"),
        twice("saml:NameID"),
        twice("saml:Conditions"),
        twice("saml:AuthnContext"),
        twice("samlp:Status"),
        attack(
            "a response without a status",
            MALFORMED,
            "element_missing",
            made(|good, point| {
                let genuine = good.sealed();
                let status = element(&genuine, "samlp:Status").to_owned();
                swap(&genuine, &status, point.pick("", &status))
            }),
        )
        .holes(&["CVE-2021-21238"]),
        attack(
            "a time that is none",
            MALFORMED,
            "time_malformed",
            before_either(signs, r#"AuthnInstant="{now}""#, r#"AuthnInstant="today""#, r#"AuthnInstant="{now-1}""#),
        ),
        attack(
            "a count that is none",
            MALFORMED,
            "value_malformed",
            before_either(
                signs,
                "</saml:Conditions>",
                r#"<saml:ProxyRestriction Count="-1"/></saml:Conditions>"#,
                r#"<saml:ProxyRestriction Count="1"/></saml:Conditions>"#,
            ),
        ),
    ];
    Family { name: "malformed documents", attacks }
}

/// An element that stands once in its parent, twice, signed by the partner.
fn twice(name: &'static str) -> Attack {
    let make = made(move |good, point| {
        let bare = good.draft(Signs::Nothing).seal();
        let part = element(&bare, name).to_owned();
        let again = format!("{part}{}", point.only(&part));
        good.draft(Signs::Response).expanded().swap(&part, &again).seal()
    });
    attack(format!("`{name}` twice"), MALFORMED, "element_unexpected", make).holes(&["CVE-2021-21238"])
}

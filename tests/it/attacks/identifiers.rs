//! Identifiers: what a reference names must be one element, and the one that is read.

use super::attack::codes::{MALFORMED, SIGNATURE};
use super::attack::{Attack, Family, after, after_either, attack, before, made};
use super::forge::{extended, swap};
use crate::support::partner::Signs;

pub fn family() -> Family {
    let mut attacks: Vec<Attack> = ["ID", "Id", "id", "xml:id"].map(duplicate).into();
    attacks.extend([
        attack(
            "two identifiers on the response",
            MALFORMED,
            "two_ids_on_element",
            after_either(
                Signs::Assertion,
                r#"ID="{response}""#,
                r#"ID="{response}" Id="_other""#,
                r#"ID="{response}" xmlns:other="urn:other""#,
            ),
        ),
        attack(
            "the identifier of the signed assertion renamed",
            SIGNATURE,
            "reference_not_parent",
            after(Signs::Assertion, r#"ID="{assertion}""#, r#"ID="_renamed""#),
        ),
        attack(
            "the identifier moved from the assertion to an element within it",
            SIGNATURE,
            "signed_element_without_id",
            made(|good, point| {
                let genuine = good.sealed();
                let id = format!("ID=\"{}\"", good.assertion);
                let moved = swap(&genuine, &id, "");
                point.pick(swap(&moved, "<saml:Conditions ", &format!("<saml:Conditions {id} ")), genuine)
            }),
        ),
        attack(
            "a signed assertion without an identifier",
            SIGNATURE,
            "signed_element_without_id",
            before(Signs::Assertion, r#" ID="{assertion}" Version="2.0""#, r#" Version="2.0""#),
        ),
        attack(
            "an assertion without an identifier in a signed response",
            MALFORMED,
            "xml_attribute_missing",
            before(Signs::Response, r#" ID="{assertion}" Version="2.0""#, r#" Version="2.0""#),
        )
        .holes(&["CVE-2021-21238"]),
        attack(
            "an identifier with white space and a reference in it",
            MALFORMED,
            "id_malformed",
            after(Signs::Assertion, r#"ID="{response}""#, r#"ID=" &#95;x""#),
        ),
        attack(
            "an identifier that is declared by a prefix",
            SIGNATURE,
            "signed_element_without_id",
            after(Signs::Assertion, r#"ID="{assertion}""#, r#"saml:ID="{assertion}""#),
        ),
    ]);
    Family { name: "identifiers", attacks }
}

/// An element in the extensions has the identifier of the signed assertion.
fn duplicate(attribute: &'static str) -> Attack {
    attack(
        format!("the identifier of the signed assertion a second time, as `{attribute}`"),
        MALFORMED,
        "duplicate_id",
        made(move |good, point| {
            let id = point.pick(good.assertion.as_str(), "_another");
            extended(&good.sealed(), &format!(r#"<x:x xmlns:x="urn:x" {attribute}="{id}"/>"#))
        }),
    )
    .holes(&["CVE-2019-3465", "CVE-2020-5390"])
}

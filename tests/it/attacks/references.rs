//! References: one, to the parent of the signature, within the document.

use super::attack::codes::SIGNATURE;
use super::attack::{Attack, Family, attack, before, before_either, made};
use super::forge::{element, swap};
use crate::support::partner::Signs;

const SIGNS: Signs = Signs::Assertion;
const REFERENCE: &str = r##"URI="#{assertion}""##;
const EMPTY: &[&str] = &["CVE-2020-15216", "CVE-2020-26290", "CVE-2020-27847"];

pub fn family() -> Family {
    let mut attacks: Vec<Attack> = vec![
        attack("an empty reference", SIGNATURE, "reference_empty_uri", before(SIGNS, REFERENCE, "URI=\"\""))
            .holes(EMPTY),
        attack("a reference without an address", SIGNATURE, "reference_without_uri", before(SIGNS, REFERENCE, ""))
            .holes(EMPTY),
        attack(
            "a reference to the response",
            SIGNATURE,
            "reference_not_parent",
            before(SIGNS, REFERENCE, r##"URI="#{response}""##),
        ),
        attack(
            "a reference to nothing",
            SIGNATURE,
            "reference_not_parent",
            before(SIGNS, REFERENCE, r##"URI="#_nothing""##),
        )
        .holes(EMPTY),
    ];
    for (name, uri) in [
        ("a reference to a server", "http://127.0.0.1:9/x"),
        ("a reference to a file of this machine", "file:///etc/passwd"),
        ("a reference to another document", "other.xml#{assertion}"),
    ] {
        attacks.push(attack(name, SIGNATURE, "reference_external", before(SIGNS, REFERENCE, format!("URI=\"{uri}\""))));
    }
    for (name, uri) in [
        ("a pointer to the root", "#xpointer(/)"),
        ("a pointer by identifier", "#xpointer(id('{assertion}'))"),
        ("a pointer to every assertion", "#xpointer(//*[local-name()='Assertion'])"),
    ] {
        attacks.push(attack(
            name,
            SIGNATURE,
            "reference_not_an_id",
            before(SIGNS, REFERENCE, format!("URI=\"{uri}\"")),
        ));
    }
    let second = r##"<ds:Reference URI="#_forged"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>"##;
    attacks.extend([
        attack(
            "a second reference after the right one",
            SIGNATURE,
            "reference_twice",
            before(SIGNS, "</ds:Reference>", format!("</ds:Reference>{second}")),
        )
        .holes(&["CVE-2024-45409"]),
        attack(
            "a second reference before the right one",
            SIGNATURE,
            "reference_twice",
            before(SIGNS, "<ds:Reference ", format!("{second}<ds:Reference ")),
        )
        .holes(&["CVE-2024-45409"]),
        attack(
            "no reference at all",
            SIGNATURE,
            "reference_missing",
            made(|good, point| {
                let draft = good.draft(SIGNS);
                let reference = element(&good.draft(SIGNS).seal(), "ds:Reference").to_owned();
                let sealed = draft.seal();
                point.pick(swap(&sealed, &reference, ""), sealed)
            }),
        )
        .holes(EMPTY),
        attack(
            "a manifest of references",
            SIGNATURE,
            "signature_child_unexpected",
            before(SIGNS, "</ds:SignedInfo>", "<ds:Manifest/></ds:SignedInfo>"),
        ),
        attack(
            "a reference with an attribute of another namespace",
            SIGNATURE,
            "signature_attribute_unexpected",
            before_either(
                SIGNS,
                REFERENCE,
                r##"URI="#{assertion}" saml:URI="#_forged""##,
                r##"URI="#{assertion}" Type="urn:x""##,
            ),
        ),
    ]);
    Family { name: "references", attacks }
}

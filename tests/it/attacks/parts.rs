//! The parts of a signature: each once, in order, whole, and nothing else.

use super::attack::codes::SIGNATURE;
use super::attack::{Family, attack, before, made};
use super::forge::{element, swap};
use crate::support::partner::Signs;

const TWO: &[&str] = &["CVE-2025-29774", "CVE-2025-29775", "CVE-2024-45409"];

pub fn family() -> Family {
    let signs = Signs::Assertion;
    let info = r##"<ds:SignedInfo><ds:Reference URI="#_forged"><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo>"##;
    let digest = "<ds:DigestValue>AAAA</ds:DigestValue>";
    let value = "<ds:SignatureValue>AAAA</ds:SignatureValue>";
    let put =
        |name: &str, cause, from: &str, to: String| attack(name, SIGNATURE, cause, before(signs, from, to)).holes(TWO);
    let attacks = vec![
        put(
            "a second signed info before the right one",
            "signed_info_twice",
            "<ds:SignedInfo>",
            format!("{info}<ds:SignedInfo>"),
        ),
        put(
            "a second signed info after the right one",
            "signed_info_twice",
            "</ds:SignedInfo>",
            format!("</ds:SignedInfo>{info}"),
        ),
        put(
            "a signed info within the signed info",
            "signature_child_unexpected",
            "</ds:SignedInfo>",
            format!("{info}</ds:SignedInfo>"),
        ),
        put(
            "a second digest before the right one",
            "digest_value_twice",
            "<ds:DigestValue>",
            format!("{digest}<ds:DigestValue>"),
        ),
        put(
            "a second digest after the right one",
            "digest_value_twice",
            "</ds:DigestValue>",
            format!("</ds:DigestValue>{digest}"),
        ),
        put(
            "a digest within the digest",
            "signature_child_unexpected",
            "</ds:DigestValue>",
            format!("{digest}</ds:DigestValue>"),
        ),
        put(
            "a second signature value",
            "signature_value_twice",
            "</ds:SignatureValue>",
            format!("</ds:SignatureValue>{value}"),
        ),
        put("text between the parts", "signature_content_unexpected", "<ds:SignedInfo>", "x<ds:SignedInfo>".to_owned()),
        put(
            "an object that holds an assertion's digest",
            "object_in_signature",
            "</ds:Signature>",
            format!("<ds:Object>{digest}</ds:Object></ds:Signature>"),
        ),
        put(
            "an attribute that the profile does not know",
            "signature_attribute_unexpected",
            "<ds:SignedInfo>",
            "<ds:SignedInfo ID=\"_x\">".to_owned(),
        ),
        attack(
            "the signature value before the signed info",
            SIGNATURE,
            "signature_parts_out_of_order",
            made(|good, point| {
                let genuine = good.sealed();
                let value = element(&genuine, "ds:SignatureValue").to_owned();
                let moved = swap(&genuine, &value, "");
                point.pick(swap(&moved, "<ds:SignedInfo>", &format!("{value}<ds:SignedInfo>")), genuine)
            }),
        ),
        attack(
            "a digest that is not base64",
            SIGNATURE,
            "digest_value_not_base64",
            before(signs, "@digest of assertion@", "!!!!"),
        ),
        attack(
            "a signature value that is not base64",
            SIGNATURE,
            "signature_value_not_base64",
            before(signs, "@value of assertion@", "!!!!"),
        ),
        attack(
            "a signature value cut short",
            SIGNATURE,
            "signature_mismatch",
            made(|good, point| {
                let genuine = good.sealed();
                let value = element(&genuine, "ds:SignatureValue").to_owned();
                let cut = format!("{}</ds:SignatureValue>", &value[.."<ds:SignatureValue>".len() + 40]);
                swap(&genuine, &value, point.pick(&cut, &value))
            }),
        )
        .holes(&["CVE-2016-9814"]),
        attack(
            "a digest of something else",
            SIGNATURE,
            "digest_mismatch",
            before(signs, "@digest of assertion@", "AAAA"),
        ),
    ];
    Family { name: "parts of a signature", attacks }
}

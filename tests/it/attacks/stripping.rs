//! Stripped signatures: an answer that nobody signed is no answer.

use super::attack::codes::SIGNATURE;
use super::attack::{Family, after, attack, before, made};
use super::forge::{element, swap, without};
use crate::support::partner::Signs;

const STRIPPED: &[&str] = &["CVE-2012-5353"];

pub fn family() -> Family {
    let stripped = |name: &str, signs| {
        let make = made(move |good, point| {
            let genuine = good.draft(signs).seal();
            point.pick(without(&genuine, "ds:Signature"), genuine)
        });
        attack(name, SIGNATURE, "signature_missing", make).holes(STRIPPED)
    };
    let attacks = vec![
        stripped("the signature of the assertion taken out", Signs::Assertion),
        stripped("the signature of the response taken out", Signs::Response),
        attack(
            "both signatures taken out",
            SIGNATURE,
            "signature_missing",
            made(|good, point| {
                let genuine = good.draft(Signs::Both).seal();
                point.pick(without(&without(&genuine, "ds:Signature"), "ds:Signature"), genuine)
            }),
        )
        .holes(STRIPPED),
        attack(
            "the inner of two signatures taken out",
            SIGNATURE,
            "digest_mismatch",
            made(|good, point| {
                let genuine = good.draft(Signs::Both).seal();
                let assertion = element(&genuine, "saml:Assertion").to_owned();
                point.pick(swap(&genuine, &assertion, &without(&assertion, "ds:Signature")), genuine)
            }),
        )
        .holes(STRIPPED),
        attack(
            "a signature without content",
            SIGNATURE,
            "signed_info_missing",
            made(|good, point| {
                let genuine = good.sealed();
                let signature = element(&genuine, "ds:Signature").to_owned();
                let empty = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>";
                swap(&genuine, &signature, point.pick(empty, &signature))
            }),
        )
        .holes(STRIPPED),
        attack(
            "a signature of another namespace",
            SIGNATURE,
            "signature_missing",
            after(Signs::Assertion, "http://www.w3.org/2000/09/xmldsig#\">", "urn:x\">"),
        )
        .holes(STRIPPED),
        attack(
            "the signature value taken out",
            SIGNATURE,
            "signature_value_missing",
            made(|good, point| {
                let genuine = good.sealed();
                point.pick(without(&genuine, "ds:SignatureValue"), genuine)
            }),
        )
        .holes(STRIPPED),
        attack(
            "the signature value emptied",
            SIGNATURE,
            "signature_value_not_base64",
            before(Signs::Assertion, "@value of assertion@", ""),
        )
        .holes(&["CVE-2016-9814"]),
    ];
    Family { name: "stripped signatures", attacks }
}

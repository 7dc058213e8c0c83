//! The place of a signature: directly in the response or its assertion, right after the Issuer.

use super::attack::codes::{MALFORMED, SIGNATURE};
use super::attack::{Attack, Family, attack, made};
use super::forge::{element, extended, inside_of, swap, without};
use crate::support::partner::Signs;

const PLACE: &[&str] = &["CVE-2024-8698", "CVE-2019-3465"];

pub fn family() -> Family {
    let moved = |name: &'static str, cause, code, from: &'static str| {
        let make = made(move |good, point| {
            let genuine = good.sealed();
            let signature = element(&genuine, "ds:Signature").to_owned();
            let bare = without(&genuine, "ds:Signature");
            point.pick(swap(&bare, from, &format!("{from}{signature}")), genuine)
        });
        attack(name, code, cause, make).holes(PLACE)
    };
    let misplaced = |name, from| moved(name, "signature_misplaced", MALFORMED, from);
    let attacks: Vec<Attack> = vec![
        misplaced("the signature in the subject", "<saml:Subject>"),
        misplaced("the signature in the conditions", "<saml:AudienceRestriction>"),
        misplaced("the signature in an attribute", "<saml:AttributeValue>"),
        misplaced("the signature in the status", "<samlp:Status>"),
        misplaced("the signature after the subject", "</saml:Subject>"),
        attack(
            "the signature before the issuer of the assertion",
            MALFORMED,
            "signature_misplaced",
            made(|good, point| {
                let genuine = good.sealed();
                let signature = element(&genuine, "ds:Signature").to_owned();
                let issuer = good.expand("<saml:Issuer>{partner}</saml:Issuer>");
                let bare = without(&genuine, "ds:Signature");
                point.pick(swap(&bare, &issuer, &format!("{signature}{issuer}")), genuine)
            }),
        )
        .holes(PLACE),
        misplaced("the signature at the end of the assertion", "</saml:AttributeStatement>"),
        attack(
            "the signature of the response at its end",
            MALFORMED,
            "element_unexpected",
            made(|good, point| {
                let genuine = good.draft(Signs::Response).seal();
                let signature = element(&genuine, "ds:Signature").to_owned();
                let bare = without(&genuine, "ds:Signature");
                point.pick(inside_of(&bare, "samlp:Response", &signature), genuine)
            }),
        )
        .holes(PLACE),
        attack(
            "a second signature in the extensions",
            MALFORMED,
            "signature_misplaced",
            made(|good, point| {
                let genuine = good.sealed();
                let signature = element(&genuine, "ds:Signature").to_owned();
                extended(&genuine, point.only(&signature))
            }),
        )
        .holes(PLACE),
        attack(
            "the partner's own signed metadata in the extensions",
            MALFORMED,
            "signature_misplaced",
            made(|good, point| {
                let genuine = good.sealed();
                let signature = point.only(element(&genuine, "ds:Signature")).to_owned();
                let entity =
                    "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"urn:x\">";
                extended(&genuine, &format!("{entity}{signature}</md:EntityDescriptor>"))
            }),
        )
        .holes(PLACE),
        attack(
            "two signatures in the assertion",
            SIGNATURE,
            "signature_twice",
            made(|good, point| {
                let genuine = good.sealed();
                let signature = element(&genuine, "ds:Signature").to_owned();
                swap(&genuine, &signature, &format!("{signature}{}", point.only(&signature)))
            }),
        )
        .holes(PLACE),
    ];
    Family { name: "places of a signature", attacks }
}

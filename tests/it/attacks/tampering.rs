//! What was changed after it was signed.

use super::attack::codes::SIGNATURE;
use super::attack::{Family, after, attack, before_either, made};
use super::forge::{element, swap};
use crate::support::partner::Signs;

pub fn family() -> Family {
    let changed = |name: &str, signs, from: &str, wrong: &str| {
        attack(name, SIGNATURE, "digest_mismatch", after(signs, from, wrong))
            .holes(&["CVE-2025-54369", "CVE-2025-54419"])
    };
    let attacks = vec![
        changed("the person changed after signing", Signs::Assertion, ">ana-1<", ">intruder-1<"),
        changed("the person changed in a signed response", Signs::Response, ">ana-1<", ">intruder-1<"),
        changed("an attribute changed", Signs::Assertion, ">ana@fabrikam", ">intruder@fabrikam"),
        changed(
            "the end moved",
            Signs::Assertion,
            r#"NotBefore="{now}" NotOnOrAfter="{now+300}""#,
            r#"NotBefore="{now}" NotOnOrAfter="{now+600}""#,
        ),
        changed("white space put into the identifier", Signs::Assertion, ">ana-1<", "> ana-1<"),
        changed(
            "the assertion put into another namespace prefix",
            Signs::Assertion,
            "<saml:Subject>",
            "<saml:Subject xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" x=\"\">",
        ),
        changed(
            "the destination of a signed response changed",
            Signs::Response,
            r#"Destination="{acs}""#,
            r#"Destination="{acs}x""#,
        ),
        attack(
            "the assertion of a signed response put out for a forged one",
            SIGNATURE,
            "digest_mismatch",
            made(|good, point| {
                let genuine = good.draft(Signs::Response).seal();
                let assertion = element(&genuine, "saml:Assertion").to_owned();
                swap(&genuine, &assertion, point.pick(&good.forged_assertion(), &assertion))
            }),
        )
        .holes(&["CVE-2026-47201"]),
        attack(
            "the assertion of a signed response put out for one that the partner signed elsewhere",
            SIGNATURE,
            "digest_mismatch",
            made(|good, point| {
                let genuine = good.draft(Signs::Response).seal();
                let assertion = element(&genuine, "saml:Assertion").to_owned();
                let mut other = good.clone();
                other.assertion = "_elsewhere".to_owned();
                let other = other.sealed();
                swap(&genuine, &assertion, point.pick(element(&other, "saml:Assertion"), &assertion))
            }),
        )
        .holes(&["CVE-2026-47201"]),
        attack(
            "the signed info changed after signing",
            SIGNATURE,
            "signature_mismatch",
            made(|good, point| {
                let genuine = good.sealed();
                let digest = element(&genuine, "ds:DigestValue").to_owned();
                let wrong = swap(&genuine, &digest, "<ds:DigestValue>AAAA</ds:DigestValue>");
                point.pick(wrong, genuine)
            }),
        ),
        attack(
            "a signed response whose assertion has a broken signature of its own",
            SIGNATURE,
            "signature_mismatch",
            before_either(Signs::Both, "@value of assertion@", "AAAA", "@value of assertion@"),
        )
        .holes(&["CVE-2021-28091"]),
    ];
    Family { name: "changed after signing", attacks }
}

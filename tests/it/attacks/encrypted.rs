//! Encrypted parts: our metadata offers no key for any, and none is looked into.

use super::attack::codes::ENCRYPTED;
use super::attack::{Family, attack, before_either, made};
use super::forge::{element, inside_of, swap, without};
use crate::support::partner::Signs;

pub fn family() -> Family {
    let data = r#"<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>"#;
    let assertion = format!("<saml:EncryptedAssertion>{data}</saml:EncryptedAssertion>");
    let name_id = format!("<saml:EncryptedID>{data}</saml:EncryptedID>");
    let attribute = format!("<saml:EncryptedAttribute>{data}</saml:EncryptedAttribute></saml:AttributeStatement>");
    let beside = assertion.clone();
    let attacks = vec![
        attack(
            "an encrypted assertion in a signed response",
            ENCRYPTED,
            "assertion_encrypted",
            made(move |good, point| {
                let draft = good.draft(Signs::Response).expanded();
                let bare = good.draft(Signs::Nothing).seal();
                let plain = element(&bare, "saml:Assertion").to_owned();
                draft.swap(&plain, point.pick(&assertion, &plain)).seal()
            }),
        )
        .holes(&["CVE-2026-2092"]),
        attack(
            "an encrypted assertion put beside the signed one",
            ENCRYPTED,
            "assertion_encrypted",
            made(move |good, point| inside_of(&good.sealed(), "samlp:Response", point.only(&beside))),
        )
        .holes(&["CVE-2026-2092"]),
        attack(
            "an encrypted identifier",
            ENCRYPTED,
            "name_id_encrypted",
            made(move |good, point| {
                let draft = good.draft(Signs::Assertion);
                let sealed = good.draft(Signs::Nothing).seal();
                let plain = element(&sealed, "saml:NameID").to_owned();
                draft.swap(&plain, point.pick(&name_id, &plain)).seal()
            }),
        )
        .holes(&["CVE-2026-2092"]),
        attack(
            "an encrypted attribute",
            ENCRYPTED,
            "attribute_encrypted",
            before_either(Signs::Assertion, "</saml:AttributeStatement>", attribute, "</saml:AttributeStatement>"),
        )
        .holes(&["CVE-2026-2092"]),
        attack(
            "an encrypted assertion whose transform runs code",
            ENCRYPTED,
            "assertion_encrypted",
            made(|good, point| {
                let genuine = good.sealed();
                let transform = r#"<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:CipherData><xenc:CipherReference URI=""><xenc:Transforms><ds:Transform xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></xenc:Transforms></xenc:CipherReference></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion></samlp:Response>"#;
                let forged = swap(&without(&genuine, "saml:Assertion"), "</samlp:Response>", transform);
                point.pick(forged, genuine)
            }),
        )
        .holes(&["Shibboleth advisory 2022-12"]),
    ];
    Family { name: "encrypted parts", attacks }
}

//! Who answers: the partner that was asked, and no other however much it is trusted.

use super::attack::codes::{MALFORMED, REFUSED, SIGNATURE};
use super::attack::{Family, Make, attack, before, made};
use super::forge::KEYS;
use crate::support::partner::Signs;

const A: Signs = Signs::Assertion;
const R: Signs = Signs::Response;
const ISSUER: &[&str] = &["CVE-2026-49284", "CVE-2026-49283"];

pub fn family() -> Family {
    let northwind = "https://idp.northwind.example/saml";
    let response = r#"nameid-format:entity">{partner}<"#;
    let assertion = "<saml:Issuer>{partner}</saml:Issuer>";
    let other = format!(r#"nameid-format:entity">{northwind}<"#);
    let format =
        r#"<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{partner}</saml:Issuer>"#;
    let refused = |name: &str, cause, make: Make| attack(name, REFUSED, cause, make).holes(ISSUER);
    let attacks = vec![
        attack(
            "the whole answer of another trusted partner",
            SIGNATURE,
            "signature_mismatch",
            made(move |good, point| {
                let mut other = good.clone();
                other.partner = point.pick(northwind, &good.partner).to_owned();
                other.draft(A).key(point.pick(&KEYS.northwind, &KEYS.partner)).seal()
            }),
        )
        .holes(ISSUER),
        refused(
            "the response of another, signed by a key that both use",
            "response_issuer_not_partner",
            before(R, response, other.clone()),
        ),
        refused(
            "the unsigned response of another around the right assertion",
            "response_issuer_not_partner",
            before(A, response, other),
        ),
        refused(
            "the assertion of another, signed by a key that both use",
            "assertion_issuer_not_partner",
            before(A, assertion, format!("<saml:Issuer>{northwind}</saml:Issuer>")),
        ),
        refused(
            "an issuer that begins as the right one",
            "assertion_issuer_not_partner",
            before(A, assertion, "<saml:Issuer>{partner}/x</saml:Issuer>"),
        ),
        refused(
            "an issuer with white space around it",
            "assertion_issuer_not_partner",
            before(A, assertion, "<saml:Issuer> {partner} </saml:Issuer>"),
        ),
        refused("an issuer of another format", "assertion_issuer_format", before(A, assertion, format)),
        refused(
            "a response whose issuer has another format",
            "response_issuer_format",
            before(A, "nameid-format:entity", "nameid-format:persistent"),
        ),
        refused(
            "a signed response without an issuer",
            "response_issuer_absent",
            before(
                R,
                r#"<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">{partner}</saml:Issuer>"#,
                "",
            ),
        ),
        attack("an assertion without an issuer", MALFORMED, "element_missing", before(A, assertion, "")).holes(ISSUER),
    ];
    Family { name: "issuers", attacks }
}

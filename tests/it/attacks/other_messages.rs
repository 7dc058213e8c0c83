//! Other messages than a Response of SAML 2.0: none of them signs anybody in, whatever it holds.

use super::attack::codes::{MALFORMED, REFUSED};
use super::attack::{Attack, Family, attack, before, made};
use super::forge::{element, extended};
use crate::support::partner::Signs;

pub fn family() -> Family {
    let mut attacks: Vec<Attack> = vec![
        carrier("the signed assertion in a logout request", "LogoutRequest"),
        carrier("the signed assertion in a request for authentication", "AuthnRequest"),
        carrier("the signed assertion in a logout response", "LogoutResponse"),
        attack(
            "the signed assertion alone",
            MALFORMED,
            "message_not_a_response",
            made(|good, point| {
                let genuine = good.sealed();
                point.pick(element(&genuine, "saml:Assertion").to_owned(), genuine)
            }),
        )
        .holes(&["samlify#634"]),
        attack(
            "the response in an artifact response",
            MALFORMED,
            "message_not_a_response",
            made(|good, point| {
                let genuine = good.draft(Signs::Response).seal();
                let around = format!("<samlp:ArtifactResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">{genuine}</samlp:ArtifactResponse>");
                point.pick(around, genuine)
            }),
        )
        .holes(&["CVE-2026-49283"]),
        attack(
            "the response in an envelope of SOAP",
            MALFORMED,
            "message_not_saml",
            made(|good, point| {
                let genuine = good.draft(Signs::Response).seal();
                let around = format!("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{genuine}</s:Body></s:Envelope>");
                point.pick(around, genuine)
            }),
        ),
        attack(
            "the signed assertion in a message of WS-Federation",
            MALFORMED,
            "message_not_saml",
            made(|good, point| {
                let genuine = good.sealed();
                let token = element(&genuine, "saml:Assertion");
                let around = format!("<t:RequestSecurityTokenResponse xmlns:t=\"http://schemas.xmlsoap.org/ws/2005/02/trust\">{token}</t:RequestSecurityTokenResponse>");
                point.pick(around, genuine)
            }),
        )
        .holes(&["CVE-2025-46572"]),
        attack(
            "a response of SAML 1",
            MALFORMED,
            "message_of_saml_1",
            made(|good, point| {
                let genuine = good.sealed();
                let old = r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol" MajorVersion="1" MinorVersion="1" ResponseID="_x"/>"#;
                point.pick(old.to_owned(), genuine)
            }),
        )
        .holes(&["SSP 201710-01"]),
        attack(
            "an assertion of SAML 1 beside the signed one",
            MALFORMED,
            "message_of_saml_1",
            made(|good, point| {
                let old = r#"<old:Assertion xmlns:old="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_x"/>"#;
                extended(&good.sealed(), point.only(old))
            }),
        )
        .holes(&["SSP 201710-01"]),
        attack(
            "version 1.1 on the response",
            REFUSED,
            "response_version_not_2_0",
            before(Signs::Response, r#"ID="{response}" Version="2.0""#, r#"ID="{response}" Version="1.1""#),
        ),
        attack(
            "version 2.1 on the assertion",
            REFUSED,
            "assertion_version_not_2_0",
            before(Signs::Assertion, r#"ID="{assertion}" Version="2.0""#, r#"ID="{assertion}" Version="2.1""#),
        ),
    ];
    attacks.push(attack(
        "a response named in another case",
        MALFORMED,
        "message_not_a_response",
        made(|good, point| {
            let genuine = good.sealed();
            point.pick(genuine.replace("samlp:Response", "samlp:response"), genuine)
        }),
    ));
    Family { name: "other messages", attacks }
}

/// The signed assertion as it stands, in a message of another kind that nobody signed.
fn carrier(name: &str, kind: &'static str) -> Attack {
    let make = made(move |good, point| {
        let genuine = good.sealed();
        let around = genuine.replace("samlp:Response", &format!("samlp:{kind}"));
        point.pick(around, genuine)
    });
    attack(name, MALFORMED, "message_not_a_response", make).holes(&["samlify#634"])
}

//! How many assertions there are: one, and each other number is refused whoever signed what.

use super::attack::codes::MALFORMED;
use super::attack::{Family, attack, made};
use super::forge::{element, inside_of, swap, without};
use crate::support::partner::Signs;

pub fn family() -> Family {
    let attacks = vec![
        attack(
            "an unsigned assertion before the signed one",
            MALFORMED,
            "several_assertions",
            made(|good, point| {
                let genuine = good.sealed();
                let forged = good.forged_assertion();
                swap(&genuine, "</samlp:Status>", &format!("</samlp:Status>{}", point.only(&forged)))
            }),
        )
        .holes(&["CVE-2026-25922", "CVE-2022-41912", "dexidp/dex#895"]),
        attack(
            "an unsigned assertion after the signed one",
            MALFORMED,
            "several_assertions",
            made(|good, point| inside_of(&good.sealed(), "samlp:Response", point.only(&good.forged_assertion()))),
        )
        .holes(&["CVE-2021-28091", "CVE-2022-41912", "SSP 201710-01"]),
        attack(
            "an unsigned assertion before the signed one in a signed response",
            MALFORMED,
            "several_assertions",
            made(|good, point| {
                let forged = good.forged_assertion();
                let status = format!("</samlp:Status>{}", point.only(&forged));
                good.draft(Signs::Both).swap("</samlp:Status>", &status).seal()
            }),
        )
        .holes(&["CVE-2026-25922"]),
        attack(
            "two assertions, both signed by the partner",
            MALFORMED,
            "several_assertions",
            made(|good, point| {
                let mut second = good.clone();
                second.assertion = "_second".to_owned();
                let second = second.sealed();
                inside_of(&good.sealed(), "samlp:Response", point.only(element(&second, "saml:Assertion")))
            }),
        )
        .holes(&["CVE-2022-41912"]),
        attack(
            "two assertions in a response that is signed as a whole",
            MALFORMED,
            "several_assertions",
            made(|good, point| {
                let forged = point.only(&good.forged_assertion()).to_owned();
                good.draft(Signs::Response).swap("</samlp:Response>", &format!("{forged}</samlp:Response>")).seal()
            }),
        )
        .holes(&["CVE-2022-41912"]),
        attack(
            "an assertion within an assertion, signed as a whole",
            MALFORMED,
            "several_assertions",
            made(|good, point| {
                let forged = good.forged_assertion();
                let advice = format!("<saml:Advice>{}</saml:Advice><saml:AuthnStatement ", point.only(&forged));
                good.draft(Signs::Assertion).swap("<saml:AuthnStatement ", &advice).seal()
            }),
        ),
        attack(
            "success without an assertion",
            MALFORMED,
            "assertion_absent",
            made(|good, point| {
                let genuine = good.draft(Signs::Both).seal();
                point.pick(without(&genuine, "saml:Assertion"), genuine)
            }),
        ),
    ];
    Family { name: "assertions", attacks }
}

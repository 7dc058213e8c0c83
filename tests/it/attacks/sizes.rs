//! Sizes: each limit at both edges, the hostile document just outside and its twin just inside.

use entente::base::encoding::base64;

use super::attack::codes::{MALFORMED, SUBJECT};
use super::attack::{Attack, Family, Make, Point, Post, attack, before_either, made};
use super::forge::{extended, inside_of};
use crate::support::partner::Signs;

const BOMBS: &[&str] = &["CVE-2026-7307", "CVE-2023-28119", "CVE-2025-25293"];

/// The largest message.
const MAX_BYTES: usize = 256 * 1024;

pub fn family() -> Family {
    let mut attacks: Vec<Attack> = vec![
        attack("a message one byte too large", MALFORMED, "saml_response_too_large", padded())
            .holes(BOMBS)
            .without_attempt(),
        attack(
            "a form that is too large to be read",
            "TOO_LARGE",
            "body_too_large",
            made(|good, point| match point {
                Point::Wrong => Post::Form(vec![
                    ("SAMLResponse", base64(vec![b'x'; 512 * 1024])),
                    ("RelayState", good.relay_state.clone()),
                ]),
                Point::Right => Post::from(good.sealed()),
            }),
        )
        .holes(BOMBS)
        .without_attempt(),
        within("elements one level too deep", "too_deep", |point| nested(point.pick(63, 62))),
        within("too many elements", "too_many_elements", |point| "<x/>".repeat(point.pick(8_192, 8_000))),
        within("too many attributes on one element", "too_many_attributes", |point| {
            let attributes: String = (0..point.pick(65, 64)).map(|at| format!(" a{at}=\"\"")).collect();
            format!("<x{attributes}/>")
        }),
        within("too many namespaces in scope", "too_many_namespaces", |point| {
            let declare = |prefix: &str| -> String {
                (0..point.pick(40, 20)).map(|at| format!(" xmlns:{prefix}{at}=\"urn:{prefix}{at}\"")).collect()
            };
            format!("<x{}><x{}/></x>", declare("a"), declare("b"))
        }),
        within("a name one byte too long", "name_too_long", |point| format!("<{}/>", "x".repeat(point.pick(257, 256)))),
        within("too many identifiers", "too_many_ids", |point| {
            (0..point.pick(255, 254)).map(|at| format!("<x ID=\"_{at}\"/>")).collect()
        }),
        attack(
            "too many attributes of the person",
            MALFORMED,
            "attributes_too_many",
            made(|good, point| {
                let more: String = (0..point.pick(200, 199))
                    .map(|at| format!("<saml:Attribute Name=\"a{at}\"><saml:AttributeValue/></saml:Attribute>"))
                    .collect();
                good.draft(Signs::Assertion)
                    .swap("</saml:AttributeStatement>", &format!("{more}</saml:AttributeStatement>"))
                    .seal()
            }),
        )
        .holes(BOMBS),
        attack(
            "too many values of an attribute",
            MALFORMED,
            "attributes_too_many",
            made(|good, point| {
                let values = "<saml:AttributeValue/>".repeat(point.pick(2_000, 1_999));
                let more = format!("<saml:Attribute Name=\"a\">{values}</saml:Attribute></saml:AttributeStatement>");
                good.draft(Signs::Assertion).swap("</saml:AttributeStatement>", &more).seal()
            }),
        )
        .holes(BOMBS),
        attack(
            "a class of authentication that is too long",
            MALFORMED,
            "value_too_long",
            made(|good, point| {
                let class = format!("urn:{}", "x".repeat(point.pick(2_045, 2_044)));
                let usual = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
                good.draft(Signs::Assertion).swap(usual, &class).seal()
            }),
        )
        .holes(BOMBS),
    ];
    attacks.push(attack(
        "an identifier of the person that is too long",
        SUBJECT,
        "subject_too_long",
        before_either(Signs::Assertion, ">ana-1<", format!(">{}<", "x".repeat(257)), ">ana-1<"),
    ));
    Family { name: "sizes", attacks }
}

/// Extensions that hold something.
fn within(name: &str, cause: &'static str, inside: fn(Point) -> String) -> Attack {
    let make = made(move |good, point| extended(&good.sealed(), &format!("<x:x xmlns:x=\"urn:x\"/>{}", inside(point))));
    attack(name, MALFORMED, cause, make).holes(BOMBS)
}

fn nested(levels: usize) -> String {
    format!("{}{}", "<x>".repeat(levels), "</x>".repeat(levels))
}

/// White space up to the limit, or one byte beyond it.
fn padded() -> Make {
    made(|good, point| {
        let genuine = good.sealed();
        let missing = MAX_BYTES - genuine.len() + point.pick(1, 0);
        inside_of(&genuine, "samlp:Response", &" ".repeat(missing))
    })
}

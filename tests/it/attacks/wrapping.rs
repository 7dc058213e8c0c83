//! Signature wrapping: the genuine signed element is kept whole somewhere, and a forged one stands
//! where it is looked for. Numbers 1 to 8 are the shapes of Somorovsky et al., "On Breaking SAML"
//! (2012); the kin are what was published since.

use super::attack::codes::{MALFORMED, SIGNATURE};
use super::attack::{Attack, Family, Make, attack, made};
use super::forge::{Good, element, extended, inside_of, swap, without};
use crate::support::partner::Signs;

const WRAPPING: &[&str] = &["CVE-2025-46572", "CVE-2025-46573", "CVE-2026-47201", "CVE-2019-3465"];

pub fn family() -> Family {
    let mut attacks = of_a_signed_response();
    attacks.extend(of_a_signed_assertion());
    attacks.extend(kin());
    Family { name: "wrapping", attacks }
}

/// A forged message beside the twin: the genuine one, whole and in its place.
fn forged(signs: Signs, forge: impl Fn(&Good, &str) -> String + Send + Sync + 'static) -> Make {
    made(move |good, point| {
        let genuine = good.draft(signs).seal();
        point.pick(forge(good, &genuine), genuine)
    })
}

fn of_a_signed_response() -> Vec<Attack> {
    vec![
        attack(
            "1: the signed response inside its signature, in a forged response",
            MALFORMED,
            "response_misplaced",
            forged(Signs::Response, |good, genuine| {
                let signature =
                    inside_of(element(genuine, "ds:Signature"), "ds:Signature", &without(genuine, "ds:Signature"));
                swap(&good.forged_response(), "<samlp:Status>", &format!("{signature}<samlp:Status>"))
            }),
        )
        .holes(WRAPPING),
        attack(
            "2: the signed response beside its signature, in a forged response",
            MALFORMED,
            "response_misplaced",
            forged(Signs::Response, |good, genuine| {
                let parts = format!("{}{}", without(genuine, "ds:Signature"), element(genuine, "ds:Signature"));
                swap(&good.forged_response(), "<samlp:Status>", &format!("{parts}<samlp:Status>"))
            }),
        )
        .holes(WRAPPING),
        attack(
            "the signed response whole inside a forged wrapper",
            MALFORMED,
            "response_misplaced",
            forged(Signs::Response, |good, genuine| extended(&good.forged_response(), genuine)),
        )
        .holes(&["CVE-2025-47949"]),
        attack(
            "the signed response in an object of its own signature",
            MALFORMED,
            "response_misplaced",
            forged(Signs::Response, |good, genuine| {
                let object = format!("<ds:Object>{}</ds:Object>", without(genuine, "ds:Signature"));
                let signature = inside_of(element(genuine, "ds:Signature"), "ds:Signature", &object);
                swap(&good.forged_response(), "<samlp:Status>", &format!("{signature}<samlp:Status>"))
            }),
        )
        .holes(WRAPPING),
        attack(
            "the signed response in the status detail of a forged one",
            MALFORMED,
            "response_misplaced",
            forged(Signs::Response, |good, genuine| {
                let detail = format!("<samlp:StatusDetail>{genuine}</samlp:StatusDetail></samlp:Status>");
                swap(&good.forged_response(), "</samlp:Status>", &detail)
            }),
        )
        .holes(&["CVE-2025-47949"]),
    ]
}

/// The Response around other assertions than the genuine one.
fn around(genuine: &str, assertions: &str) -> String {
    genuine.replacen(element(genuine, "saml:Assertion"), assertions, 1)
}

fn of_a_signed_assertion() -> Vec<Attack> {
    let several = |name, forge: fn(&Good, &str) -> String| {
        attack(name, MALFORMED, "several_assertions", forged(Signs::Assertion, forge)).holes(WRAPPING)
    };
    vec![
        several("3: a forged assertion before the signed one", |good, genuine| {
            around(genuine, &format!("{}{}", good.forged_assertion(), element(genuine, "saml:Assertion")))
        }),
        several("4: a forged assertion around the signed one", |good, genuine| {
            around(genuine, &inside_of(&good.forged_assertion(), "saml:Assertion", element(genuine, "saml:Assertion")))
        }),
        several("5: the signature in a forged assertion, the signed one after it", |good, genuine| {
            let (forged, bare) = detached(good, genuine, |signature, _| signature.to_owned());
            around(genuine, &format!("{forged}{bare}"))
        }),
        several("6: the signed assertion inside the signature of a forged one", |good, genuine| {
            let (forged, _) = detached(good, genuine, |signature, bare| inside_of(signature, "ds:Signature", bare));
            around(genuine, &forged)
        }),
        several("7: a forged assertion in the extensions", |good, genuine| extended(genuine, &good.forged_assertion())),
        several("8: the signed assertion in an object of a forged one's signature", |good, genuine| {
            let (forged, _) = detached(good, genuine, |signature, bare| {
                inside_of(signature, "ds:Signature", &format!("<ds:Object>{bare}</ds:Object>"))
            });
            around(genuine, &forged)
        }),
        several("the signed assertion in the key info of a forged one's signature", |good, genuine| {
            let (forged, _) = detached(good, genuine, |signature, bare| {
                inside_of(signature, "ds:Signature", &format!("<ds:KeyInfo>{bare}</ds:KeyInfo>"))
            });
            around(genuine, &forged)
        }),
        several("the signed assertion in the advice of a forged one", |good, genuine| {
            let advice = format!("<saml:Advice>{}</saml:Advice>", element(genuine, "saml:Assertion"));
            let forged = good.forged_assertion();
            around(genuine, &swap(&forged, "<saml:AuthnStatement ", &format!("{advice}<saml:AuthnStatement ")))
        }),
        several("the signed assertion in the confirmation data of a forged one", |good, genuine| {
            let assertion = element(genuine, "saml:Assertion");
            let data = format!("Recipient=\"{}\">{assertion}</saml:SubjectConfirmationData>", good.acs);
            around(genuine, &swap(&good.forged_assertion(), &format!("Recipient=\"{}\"/>", good.acs), &data))
        }),
        several("the signed assertion in an attribute of a forged one", |good, genuine| {
            let value = format!("<saml:AttributeValue>{}", element(genuine, "saml:Assertion"));
            around(genuine, &swap(&good.forged_assertion(), "<saml:AttributeValue>", &value))
        }),
    ]
}

/// The forged assertion with the genuine signature, made over by `change`, and the genuine assertion
/// without it.
fn detached(good: &Good, genuine: &str, change: impl Fn(&str, &str) -> String) -> (String, String) {
    let assertion = element(genuine, "saml:Assertion");
    let bare = without(assertion, "ds:Signature");
    let signature = change(element(assertion, "ds:Signature"), &bare);
    let forged = swap(&good.forged_assertion(), "<saml:Subject>", &format!("{signature}<saml:Subject>"));
    (forged, bare)
}

fn kin() -> Vec<Attack> {
    let misplaced = |name, forge: fn(&Good, &str) -> String| {
        attack(name, MALFORMED, "assertion_misplaced", forged(Signs::Assertion, forge)).holes(WRAPPING)
    };
    vec![
        misplaced("the signed assertion in the extensions alone", |_, genuine| {
            extended(&without(genuine, "saml:Assertion"), element(genuine, "saml:Assertion"))
        }),
        misplaced("the signed assertion in the status detail alone", |_, genuine| {
            let detail = format!("<samlp:StatusDetail>{}</samlp:StatusDetail>", element(genuine, "saml:Assertion"));
            swap(&without(genuine, "saml:Assertion"), "</samlp:Status>", &format!("{detail}</samlp:Status>"))
        }),
        misplaced("the signed assertion in an element of another namespace named alike", |good, genuine| {
            let forged = good.forged_assertion();
            let inner = element(genuine, "saml:Assertion");
            let renamed = inside_of(&forged, "saml:Assertion", inner);
            let renamed = renamed.replacen("<saml:Assertion ", "<x:Assertion xmlns:x=\"urn:x\" ", 1);
            let end = renamed.rfind("</saml:Assertion>").unwrap();
            around(genuine, &format!("{}</x:Assertion>", &renamed[..end]))
        }),
        attack(
            "the signature of the assertion moved up into the response",
            SIGNATURE,
            "reference_not_parent",
            forged(Signs::Assertion, |_, genuine| {
                let signature = element(genuine, "ds:Signature").to_owned();
                swap(&without(genuine, "ds:Signature"), "<samlp:Status>", &format!("{signature}<samlp:Status>"))
            }),
        )
        .holes(&["CVE-2024-8698", "CVE-2019-3465"]),
        attack(
            "the signature of the assertion around a forged one of the same identifier",
            SIGNATURE,
            "digest_mismatch",
            forged(Signs::Assertion, |good, genuine| {
                let (forged, _) = detached(good, genuine, |signature, _| signature.to_owned());
                around(genuine, &swap(&forged, "ID=\"_forged\"", &format!("ID=\"{}\"", good.assertion)))
            }),
        )
        .holes(&["CVE-2024-8698"]),
    ]
}

//! To whom an answer may be presented, and where.

use super::attack::codes::REFUSED;
use super::attack::{Attack, Family, Make, attack, before, made};
use super::forge::element;
use crate::support::partner::Signs;

const A: Signs = Signs::Assertion;
const R: Signs = Signs::Response;
const CONFIRMATION: &[&str] = &["keycloak#45652", "GHSA-63v5-26vq-m4vm"];
const DATA: &str = r#"InResponseTo="{request}" NotOnOrAfter="{now+300}" Recipient="{acs}""#;

pub fn family() -> Family {
    let bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
    let refused = |name: &str, cause, make: Make| attack(name, REFUSED, cause, make).holes(CONFIRMATION);
    let recipient = |name: &str, other: &str| {
        refused(name, "recipient_not_ours", before(A, r#"Recipient="{acs}""#, format!("Recipient=\"{other}\"")))
    };
    let destination = |name: &str, signs, other: &str| {
        attack(
            name,
            REFUSED,
            "destination_not_ours",
            before(signs, r#"Destination="{acs}""#, format!("Destination=\"{other}\"")),
        )
    };
    let mut attacks: Vec<Attack> = vec![
        recipient("for the consumer service of another", "https://other.example/acs"),
        recipient("for an address that begins as ours", "{acs}/more"),
        recipient("for an empty recipient", ""),
        refused("for no recipient", "recipient_absent", before(A, r#" Recipient="{acs}""#, "")),
        refused(
            "to be confirmed by holding a key",
            "bearer_confirmation_absent",
            before(A, bearer, "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
        ),
        refused(
            "to be confirmed by a sender that vouches",
            "bearer_confirmation_absent",
            before(A, bearer, "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"),
        ),
        refused(
            "for another entity to confirm",
            "bearer_for_another_entity",
            before(
                A,
                "<saml:SubjectConfirmationData ",
                "<saml:NameID>another</saml:NameID><saml:SubjectConfirmationData ",
            ),
        ),
        refused(
            "without the data of the confirmation",
            "confirmation_data_absent",
            before(A, &format!("<saml:SubjectConfirmationData {DATA}/>"), ""),
        ),
    ];
    attacks.extend([
        refused("two confirmations, right only if they are mixed", "confirmation_expired", two_confirmations()),
        destination("sent to another", A, "https://other.example/acs"),
        destination("sent to another, signed", R, "https://other.example/acs"),
        destination("sent to an address that begins as ours", A, "{acs}/more"),
        destination("sent to an empty address", A, ""),
        attack("sent nowhere, signed", REFUSED, "destination_absent", before(R, r#" Destination="{acs}""#, "")),
    ]);
    Family { name: "presenters and places", attacks }
}

/// The first confirmation is for us and has ended, the second is for another; in the twin it is for us.
fn two_confirmations() -> Make {
    made(|good, point| {
        let bare = good.draft(Signs::Nothing).seal();
        let whole = element(&bare, "saml:SubjectConfirmation").to_owned();
        let ended = good.expand("{now-60}");
        let first = whole.replace(&good.expand("{now+300}"), &ended);
        let second = whole.replace(&good.acs, point.pick("https://other.example/acs", &good.acs));
        good.draft(A).expanded().swap(&whole, &format!("{first}{second}")).seal()
    })
}

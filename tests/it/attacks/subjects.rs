//! Whom an answer names: only what stays with one person for good is taken.

use super::attack::codes::{REFUSED, SUBJECT};
use super::attack::{Family, Make, attack, before, before_either, made};
use super::forge::element;
use crate::support::partner::Signs;

const SIGNS: Signs = Signs::Assertion;

pub fn family() -> Family {
    let persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    let format = |other: &str| before(SIGNS, persistent, other);
    let refused = |name: &str, cause, make: Make| attack(name, SUBJECT, cause, make).holes(&["nOAuth"]);
    let qualified = |name: &str, value: &str| format!(r#"{name}="{value}" Format="{persistent}""#);
    let unqualified = format!(r#"Format="{persistent}""#);
    let qualifier = |name: &str, wrong: &str, right: &str| {
        before_either(SIGNS, &unqualified, qualified(name, wrong), qualified(name, right))
    };
    let attacks = vec![
        refused(
            "a transient identifier",
            "name_id_transient",
            format("urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
        ),
        refused(
            "a mail address by its format",
            "name_id_mail",
            format("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
        ),
        refused(
            "a mail address that calls itself persistent",
            "name_id_mail_like",
            before(SIGNS, ">ana-1<", ">ana-1@fabrikam.example<"),
        ),
        refused(
            "an identifier of no stated kind",
            "name_id_unspecified",
            format("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
        ),
        refused(
            "an identifier without a format",
            "name_id_unspecified",
            before(SIGNS, &format!(r#" Format="{persistent}""#), ""),
        ),
        refused("an identifier of a kind that nobody knows", "name_id_format_refused", format("urn:x:admin")),
        refused("no identifier", "name_id_absent", gone("saml:NameID")),
        attack("no subject", REFUSED, "bearer_confirmation_absent", gone("saml:Subject")),
        refused("an empty identifier", "subject_empty", before(SIGNS, ">ana-1<", "><")),
        refused("an identifier of white space", "subject_empty", before(SIGNS, ">ana-1<", "> \t<")),
        refused("an identifier with white space at its end", "subject_malformed", before(SIGNS, ">ana-1<", ">ana-1 <")),
        refused(
            "an identifier with a line break at its start",
            "subject_malformed",
            before(SIGNS, ">ana-1<", ">&#10;ana-1<"),
        ),
        refused(
            "an identifier for another service provider",
            "sp_name_qualifier_not_ours",
            qualifier("SPNameQualifier", "urn:other", "{audience}"),
        ),
        refused(
            "an identifier of another partner's people",
            "name_qualifier_not_partner",
            qualifier("NameQualifier", "urn:other", "{partner}"),
        ),
    ];
    Family { name: "subjects", attacks }
}

/// Without an element, signed by the partner.
fn gone(name: &'static str) -> Make {
    made(move |good, point| {
        let bare = good.draft(Signs::Nothing).seal();
        let part = element(&bare, name).to_owned();
        good.draft(SIGNS).expanded().swap(&part, point.pick("", &part)).seal()
    })
}

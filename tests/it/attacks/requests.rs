//! What an answer answers: the request of this attempt, by response and confirmation alike.

use super::attack::codes::{REFUSED, UNSOLICITED};
use super::attack::{Family, Make, Point, attack, before, made};
use crate::support::partner::Signs;

const A: Signs = Signs::Assertion;
const R: Signs = Signs::Response;
const DATA: &str = r#"InResponseTo="{request}" NotOnOrAfter="{now+300}" Recipient="{acs}""#;

pub fn family() -> Family {
    let response = r#"Destination="{acs}" InResponseTo="{request}""#;
    let refused = |name: &str, code, cause, make: Make| {
        attack(name, code, cause, make).holes(&["CVE-2026-9098", "codelibs/fess#3214"])
    };
    let attacks = vec![
        refused(
            "the response answers nothing",
            UNSOLICITED,
            "response_unsolicited",
            before(A, response, r#"Destination="{acs}""#),
        ),
        refused(
            "the response answers nothing, signed",
            UNSOLICITED,
            "response_unsolicited",
            before(R, response, r#"Destination="{acs}""#),
        ),
        refused(
            "the confirmation answers nothing",
            REFUSED,
            "confirmation_unsolicited",
            before(A, DATA, r#"NotOnOrAfter="{now+300}" Recipient="{acs}""#),
        ),
        refused(
            "neither of them answers anything",
            UNSOLICITED,
            "response_unsolicited",
            made(|good, point| {
                let draft = good.draft(A);
                match point {
                    Point::Wrong => draft
                        .swap(r#"Destination="{acs}" InResponseTo="{request}""#, r#"Destination="{acs}""#)
                        .swap(DATA, r#"NotOnOrAfter="{now+300}" Recipient="{acs}""#)
                        .seal(),
                    Point::Right => draft.seal(),
                }
            }),
        ),
        refused(
            "the response answers another request",
            REFUSED,
            "response_answers_another_request",
            before(A, response, r#"Destination="{acs}" InResponseTo="_another""#),
        ),
        refused(
            "the confirmation answers another request",
            REFUSED,
            "confirmation_answers_another_request",
            before(A, DATA, r#"InResponseTo="_another" NotOnOrAfter="{now+300}" Recipient="{acs}""#),
        )
        .holes(&["CVE-2026-49284"]),
        refused(
            "an answer to another attempt of the same browser",
            REFUSED,
            "response_answers_another_request",
            made(|good, point| {
                let mut other = good.clone();
                other.request = point.pick(&good.other_request, &good.request).clone();
                other.sealed()
            }),
        ),
        refused(
            "the unsigned response made to fit an assertion of another attempt",
            REFUSED,
            "confirmation_answers_another_request",
            before(A, DATA, r#"InResponseTo="{other request}" NotOnOrAfter="{now+300}" Recipient="{acs}""#),
        )
        .holes(&["CVE-2026-49284"]),
    ];
    Family { name: "requests that are answered", attacks }
}

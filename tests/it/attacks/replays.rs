//! Answers that are used again, and answers that come when what they rest on has gone.

use super::attack::codes::{REFUSED, REPLAYED, SIGNATURE};
use super::attack::{Family, attack, before, made, walk};
use super::forge::{element, swap};
use crate::support::partner::Signs;

const REPLAY: &[&str] = &["CVE-2026-18967", "Casdoor CVE-2026-9093, -9095, -9096", "simplesamlphp#230"];

/// The same answer again in its own attempt, by a browser without its session.
pub const SAME_ATTEMPT: &str = "the same answer again in the same attempt";
/// The same answer again at another node.
pub const OTHER_NODE: &str = "the same answer again in the same attempt at another node";
/// An assertion that was accepted, in an answer to another request, at another node.
pub const ID_AT_OTHER_NODE: &str = "an assertion's identifier again, at another node";
/// An attempt that has taken too long.
pub const ATTEMPT_EXPIRED: &str = "the right answer after the attempt has ended";
/// A partner that was switched off meanwhile.
pub const PARTNER_DISABLED: &str = "the right answer of a partner that was switched off meanwhile";
/// A partner whose keys were replaced meanwhile.
pub const KEYS_REPLACED: &str = "the right answer by a key that was taken from the partner meanwhile";
/// A partner of whom no key is left.
pub const NO_KEYS: &str = "the right answer of a partner of whom no key is left";
/// An app that was switched off meanwhile.
pub const APP_DISABLED: &str = "the right answer for an app that was switched off meanwhile";

pub fn family() -> Family {
    let again = |name, from: &str, to: &str, signs| {
        attack(name, REPLAYED, "assertion_replayed", before(signs, from, to)).holes(REPLAY)
    };
    let attacks = vec![
        again(
            "an assertion's identifier again, in an answer to another request",
            r#"ID="{assertion}" Version="2.0""#,
            r#"ID="{spent assertion}" Version="2.0""#,
            Signs::Response,
        ),
        attack(
            "an answer that was accepted, in another attempt",
            REFUSED,
            "response_answers_another_request",
            made(|good, point| point.pick(good.spent_answer.clone(), good.sealed())),
        )
        .holes(REPLAY),
        attack(
            "an assertion that was accepted, in a response to this request",
            REFUSED,
            "confirmation_answers_another_request",
            made(|good, point| {
                let genuine = good.sealed();
                let source = point.pick(&good.spent_answer, &genuine);
                let assertion = if source.is_empty() { "" } else { element(source, "saml:Assertion") };
                swap(&genuine, element(&genuine, "saml:Assertion"), assertion)
            }),
        )
        .holes(REPLAY),
        walk(SAME_ATTEMPT, "ATTEMPT_SPENT", "attempt_spent").holes(REPLAY),
        walk(OTHER_NODE, "ATTEMPT_SPENT", "attempt_spent").holes(REPLAY),
        walk(ID_AT_OTHER_NODE, REPLAYED, "assertion_replayed").holes(REPLAY),
        walk(ATTEMPT_EXPIRED, "ATTEMPT_EXPIRED", "attempt_expired").without_attempt(),
        walk(PARTNER_DISABLED, "PARTNER_DISABLED", "partner_disabled").holes(&[
            "CVE-2026-2603",
            "CVE-2026-3009",
            "CVE-2026-9098",
        ]),
        walk(KEYS_REPLACED, SIGNATURE, "signature_mismatch").holes(&["CVE-2026-9098"]),
        walk(NO_KEYS, SIGNATURE, "no_key").holes(&["CVE-2026-28323"]),
        walk(APP_DISABLED, "APP_DISABLED", "app_disabled").holes(&["CVE-2026-3047"]),
    ];
    Family { name: "replays and changes on the way", attacks }
}

//! The form itself: each parameter once, and a relay state that is this browser's own attempt.

use entente::base::encoding::base64;

use super::attack::codes::{MALFORMED, REFUSED, UNSOLICITED};
use super::attack::{Attack, Family, Post, attack, made, walk};
use super::forge::Good;

const DOUBLED: &[&str] = &["CVE-2025-27773", "CVE-2025-31335"];

/// An answer in a browser that never asked.
pub const OTHER_BROWSER: &str = "the right answer in another browser";

/// The fields of a good form.
fn fields(good: &Good) -> Vec<(&'static str, String)> {
    vec![("SAMLResponse", base64(good.sealed())), ("RelayState", good.relay_state.clone())]
}

fn form(
    name: &str,
    code: &'static str,
    cause: &'static str,
    spoil: fn(&Good, &mut Vec<(&'static str, String)>),
) -> Attack {
    let make = made(move |good, point| {
        let mut fields = fields(good);
        if point == super::attack::Point::Wrong {
            spoil(good, &mut fields);
        }
        Post::Form(fields)
    });
    attack(name, code, cause, make)
}

pub fn family() -> Family {
    let doubled = |name, spoil: fn(&Good, &mut Vec<(&'static str, String)>)| {
        form(name, MALFORMED, "parameter_doubled", spoil).holes(DOUBLED).without_attempt()
    };
    let unread = |name, cause, spoil: fn(&Good, &mut Vec<(&'static str, String)>)| {
        form(name, MALFORMED, cause, spoil).without_attempt()
    };
    let attacks = vec![
        doubled("a second response after the right one", |good, fields| {
            fields.push(("SAMLResponse", base64(good.forged_response())));
        }),
        doubled("a second response before the right one", |good, fields| {
            fields.insert(0, ("SAMLResponse", base64(good.forged_response())));
        }),
        doubled("the same response twice", |_, fields| fields.push(fields[0].clone())),
        doubled("a second relay state", |_, fields| fields.push(("RelayState", "other".to_owned()))),
        unread("no response", "saml_response_absent", |_, fields| drop(fields.remove(0))),
        unread("an empty response", "saml_response_absent", |_, fields| fields[0].1.clear()),
        unread("a request in the place of the response", "saml_response_absent", |_, fields| {
            fields[0].0 = "SAMLRequest"
        }),
        unread("a response that is not base64", "saml_response_not_base64", |_, fields| fields[0].1.insert(9, '*')),
        unread("a response in the base64 of addresses", "saml_response_not_base64", |_, fields| {
            fields[0].1 = fields[0].1.replacen(['A', 'P', 'c'], "-", 1);
        }),
        unread("a relay state that is too long", "relay_state_too_long", |_, fields| fields[1].1 = "s".repeat(1_025)),
        form("no relay state", UNSOLICITED, "relay_state_not_ours", |_, fields| drop(fields.pop()))
            .holes(&["CVE-2026-9098", "simplesamlphp#230"])
            .without_attempt(),
        form("a relay state of somebody else's making", UNSOLICITED, "relay_state_not_ours", |_, fields| {
            fields[1].1 = "https://evil.example/".to_owned();
        })
        .holes(&["CVE-2026-18217", "CVE-2026-9098"])
        .without_attempt(),
        form(
            "the relay state of an attempt that nobody made",
            "ATTEMPT_MISSING",
            "attempt_cookie_missing",
            |_, fields| {
                fields[1].1 = "01890a5d-ac96-774b-bcce-b302099a8057".to_owned();
            },
        )
        .holes(&["CVE-2026-9098"])
        .without_attempt(),
        form(
            "the relay state of another attempt of the same browser",
            REFUSED,
            "response_answers_another_request",
            |good, fields| {
                fields[1].1.clone_from(&good.other_relay_state);
            },
        )
        .holes(&["CVE-2026-9098"]),
        walk(OTHER_BROWSER, "ATTEMPT_MISSING", "attempt_cookie_missing").holes(&["CVE-2025-68158"]).without_attempt(),
    ];
    Family { name: "forms and relay states", attacks }
}

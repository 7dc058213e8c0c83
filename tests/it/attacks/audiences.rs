//! For whom an answer is, and under which conditions.

use super::attack::codes::{MALFORMED, REFUSED};
use super::attack::{Family, Make, attack, before, before_either};
use crate::support::partner::Signs;

const A: Signs = Signs::Assertion;
const TIMES: &[&str] = &["CVE-2026-41577", "Casdoor CVE-2026-9093, -9095, -9096"];

pub fn family() -> Family {
    let audience = "<saml:Audience>{audience}</saml:Audience>";
    let end = "</saml:Conditions>";
    let refused = |name: &str, cause, make: Make| attack(name, REFUSED, cause, make).holes(TIMES);
    let wrong = |name: &str, other: &str| {
        refused(name, "audience_not_ours", before(A, audience, format!("<saml:Audience>{other}</saml:Audience>")))
    };
    let attacks = vec![
        wrong("for another service provider", "https://other.example/saml/sp"),
        wrong("for an audience that begins as ours", "{audience}/more"),
        wrong("for our assertion consumer service", "{acs}"),
        wrong("for the app and not for us", "payroll"),
        wrong("for an empty audience", ""),
        refused(
            "for no audience at all",
            "audience_absent",
            before(
                A,
                "<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>",
                "",
            ),
        ),
        refused(
            "for us and, in a second restriction, for another",
            "audience_not_ours",
            before_either(
                A,
                end,
                format!(
                    "<saml:AudienceRestriction><saml:Audience>urn:x</saml:Audience></saml:AudienceRestriction>{end}"
                ),
                format!(
                    "<saml:AudienceRestriction><saml:Audience>urn:x</saml:Audience>{audience}</saml:AudienceRestriction>{end}"
                ),
            ),
        ),
        attack("a restriction without an audience", MALFORMED, "element_missing", before(A, audience, "")).holes(TIMES),
        refused(
            "a condition that nobody knows",
            "condition_unknown",
            before_either(
                A,
                end,
                format!(r#"<x:OnlyOnMondays xmlns:x="urn:x"/>{end}"#),
                format!("<saml:OneTimeUse/>{end}"),
            ),
        ),
        refused(
            "one-time use twice",
            "one_time_use_repeated",
            before_either(
                A,
                end,
                format!("<saml:OneTimeUse/><saml:OneTimeUse/>{end}"),
                format!("<saml:OneTimeUse/>{end}"),
            ),
        ),
        refused(
            "an assertion that may not be passed on",
            "proxying_forbidden",
            before_either(
                A,
                end,
                format!(r#"<saml:ProxyRestriction Count="0"/>{end}"#),
                format!(r#"<saml:ProxyRestriction Count="1"/>{end}"#),
            ),
        ),
    ];
    Family { name: "audiences and conditions", attacks }
}

//! When an answer holds. Everything here is signed by the partner's own key; the twins stand one second
//! inside of the limit.

use super::attack::codes::REFUSED;
use super::attack::{Family, Make, attack, before_either, made};
use super::forge::element;
use crate::support::partner::Signs;

const A: Signs = Signs::Assertion;
const TIMES: &[&str] = &["CVE-2026-41577", "Casdoor CVE-2026-9093, -9095, -9096"];
const CONFIRMATION: &[&str] = &["keycloak#45652", "GHSA-63v5-26vq-m4vm"];
const CONDITIONS: &str = r#"NotBefore="{now}" NotOnOrAfter="{now+300}""#;
const DATA: &str = r#"InResponseTo="{request}" NotOnOrAfter="{now+300}" Recipient="{acs}""#;

pub fn family() -> Family {
    let refused = |name: &str, cause, make: Make| attack(name, REFUSED, cause, make).holes(TIMES);
    let conditions = |wrong: &str, right: &str| before_either(A, CONDITIONS, wrong, right);
    let data = |wrong: &str, right: &str| before_either(A, DATA, wrong, right);
    let attacks = vec![
        refused(
            "an assertion that ended",
            "assertion_expired",
            conditions(
                r#"NotBefore="{now-300}" NotOnOrAfter="{now-60}""#,
                r#"NotBefore="{now-300}" NotOnOrAfter="{now-59}""#,
            ),
        ),
        refused(
            "an assertion of the future",
            "assertion_not_yet_valid",
            conditions(
                r#"NotBefore="{now+61}" NotOnOrAfter="{now+300}""#,
                r#"NotBefore="{now+60}" NotOnOrAfter="{now+300}""#,
            ),
        ),
        refused("an assertion without an end", "conditions_end_absent", conditions(r#"NotBefore="{now}""#, CONDITIONS)),
        refused(
            "an assertion that ends as it begins",
            "conditions_window_empty",
            conditions(r#"NotBefore="{now}" NotOnOrAfter="{now}""#, r#"NotBefore="{now}" NotOnOrAfter="{now+1}""#),
        ),
        refused(
            "an assertion without conditions",
            "conditions_absent",
            made(|good, point| {
                let genuine = good.draft(Signs::Nothing).seal();
                let conditions = element(&genuine, "saml:Conditions").to_owned();
                good.draft(A).expanded().swap(&conditions, point.pick("", &conditions)).seal()
            }),
        ),
        refused(
            "an assertion that lives longer than a day",
            "assertion_life_too_long",
            conditions(
                r#"NotBefore="{now}" NotOnOrAfter="{now+86401}""#,
                r#"NotBefore="{now}" NotOnOrAfter="{now+86400}""#,
            ),
        ),
        refused(
            "a confirmation that ended",
            "confirmation_expired",
            data(
                r#"InResponseTo="{request}" NotOnOrAfter="{now-60}" Recipient="{acs}""#,
                r#"InResponseTo="{request}" NotOnOrAfter="{now-59}" Recipient="{acs}""#,
            ),
        )
        .holes(CONFIRMATION),
        refused(
            "a confirmation without an end",
            "confirmation_end_absent",
            data(r#"InResponseTo="{request}" Recipient="{acs}""#, DATA),
        )
        .holes(CONFIRMATION),
        refused(
            "a confirmation with a beginning",
            "confirmation_not_before_present",
            data(r#"InResponseTo="{request}" NotBefore="{now}" NotOnOrAfter="{now+300}" Recipient="{acs}""#, DATA),
        )
        .holes(CONFIRMATION),
        refused(
            "a response that is written in the future",
            "response_issued_in_future",
            before_either(
                A,
                r#"Version="2.0" IssueInstant="{now}" Destination"#,
                r#"Version="2.0" IssueInstant="{now+61}" Destination"#,
                r#"Version="2.0" IssueInstant="{now+60}" Destination"#,
            ),
        ),
        refused(
            "a response that was written the day before yesterday",
            "response_issued_long_ago",
            before_either(
                A,
                r#"Version="2.0" IssueInstant="{now}" Destination"#,
                r#"Version="2.0" IssueInstant="{now-86461}" Destination"#,
                r#"Version="2.0" IssueInstant="{now-86460}" Destination"#,
            ),
        ),
        refused(
            "an assertion that is written in the future",
            "assertion_issued_in_future",
            before_either(
                A,
                r#"ID="{assertion}" Version="2.0" IssueInstant="{now}""#,
                r#"ID="{assertion}" Version="2.0" IssueInstant="{now+61}""#,
                r#"ID="{assertion}" Version="2.0" IssueInstant="{now+60}""#,
            ),
        ),
        refused(
            "an assertion that was written the day before yesterday",
            "assertion_issued_long_ago",
            before_either(
                A,
                r#"ID="{assertion}" Version="2.0" IssueInstant="{now}""#,
                r#"ID="{assertion}" Version="2.0" IssueInstant="{now-86461}""#,
                r#"ID="{assertion}" Version="2.0" IssueInstant="{now-80000}""#,
            ),
        ),
        refused(
            "a sign-in of the future",
            "authn_instant_in_future",
            before_either(A, r#"AuthnInstant="{now}""#, r#"AuthnInstant="{now+61}""#, r#"AuthnInstant="{now+60}""#),
        ),
        refused(
            "a second statement, of a session that ended",
            "partner_session_ended",
            made(|good, point| {
                let bare = good.draft(Signs::Nothing).seal();
                let statement = element(&bare, "saml:AuthnStatement").to_owned();
                let end = good.expand(point.pick("{now-60}", "{now+60}"));
                let index = r#"SessionIndex="session-1""#;
                let second = statement.replace(index, &format!(r#"{index} SessionNotOnOrAfter="{end}""#));
                good.draft(A).expanded().swap(&statement, &format!("{statement}{second}")).seal()
            }),
        )
        .holes(&["CVE-2024-25718"]),
        refused(
            "a session at the partner that ended",
            "partner_session_ended",
            before_either(
                A,
                r#"SessionIndex="session-1""#,
                r#"SessionIndex="session-1" SessionNotOnOrAfter="{now-60}""#,
                r#"SessionIndex="session-1" SessionNotOnOrAfter="{now-59}""#,
            ),
        )
        .holes(&["CVE-2024-25718"]),
        refused(
            "an assertion that says nothing of a sign-in",
            "authn_statement_absent",
            made(|good, point| {
                let genuine = good.draft(Signs::Nothing).seal();
                let statement = element(&genuine, "saml:AuthnStatement").to_owned();
                good.draft(A).expanded().swap(&statement, point.pick("", &statement)).seal()
            }),
        ),
    ];
    Family { name: "times", attacks }
}

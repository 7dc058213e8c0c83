//! Timelines as they are printed, whole.

use super::*;
use crate::domain::apps::AppId;
use crate::domain::attempts::AttemptId;
use crate::domain::audit::AuditId;
use crate::domain::guests::GuestId;
use crate::domain::partners::PartnerId;

const PUBLIC_URL: &str = "https://gate.example";

fn uuid(last: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(last)
}

fn entry(at: &str, activity: &str) -> AuditRecord {
    AuditRecord {
        id: AuditId::from_uuid(uuid(1)),
        at: Timestamp::parse(at).unwrap(),
        node: "node".to_owned(),
        sequence: 1,
        activity: activity.to_owned(),
        actor: "visitor".to_owned(),
        code: None,
        cause: None,
        attempt: Some(AttemptId::from_uuid(uuid(2))),
        partner: Some((PartnerId::from_uuid(uuid(3)), Some("fabrikam".to_owned()))),
        app: Some((AppId::from_uuid(uuid(4)), Some("payroll".to_owned()))),
        guest: Some(GuestId::from_uuid(uuid(5))),
        session: None,
        target: None,
        address: None,
        checks: Vec::new(),
        details: Vec::new(),
    }
}

fn with_times(mut entry: AuditRecord) -> AuditRecord {
    let details =
        [("started_at", "2026-11-20T09:30:00.000Z"), ("sent_at", "2026-11-20T09:30:01.500Z"), ("request_id", "_7f3a")];
    entry.details.extend(details.map(|(name, value)| (name.to_owned(), value.to_owned())));
    entry
}

fn check(name: &str, outcome: &str, cause: Option<&str>, saw: &str) -> AuditedCheck {
    AuditedCheck {
        name: name.to_owned(),
        saw: saw.to_owned(),
        outcome: outcome.to_owned(),
        cause: cause.map(str::to_owned),
    }
}

fn refused() -> AuditRecord {
    let mut refused = with_times(entry("2026-11-20T09:30:20.120Z", "sign_in_refused"));
    refused.code = Some("SAML_RESPONSE_REFUSED".to_owned());
    refused.cause = Some("audience_not_ours".to_owned());
    refused.guest = None;
    refused.details.push(("side".to_owned(), "partner".to_owned()));
    refused.checks = vec![
        check("signature", "passed", None, "the assertion"),
        check("audience", "failed", Some("audience_not_ours"), "urn:other"),
        check("subject", "not_judged", None, "without the request"),
    ];
    refused
}

fn timeline(entries: &[AuditRecord]) -> String {
    text(&events(entries, &Advice::new().unwrap(), PUBLIC_URL))
}

#[test]
fn a_refusal_shows_every_check_and_what_to_do() {
    assert_eq!(
        timeline(&[refused()]),
        "\
2026-11-20T09:30:00.000Z  asked    by app `payroll`
2026-11-20T09:30:01.500Z  sent     to partner `fabrikam`, request _7f3a
2026-11-20T09:30:20.120Z  refused  SAML_RESPONSE_REFUSED, cause audience_not_ours, side partner
    passed      signature  the assertion
    FAILED      audience   audience_not_ours: urn:other
    not judged  subject    without the request
    what to do: The identity provider of `fabrikam` addresses another service provider. \
Ask it to set the audience (entity ID) to https://gate.example/saml/sp.
"
    );
}

#[test]
fn a_second_answer_repeats_nothing_of_the_request() {
    let mut signed_in = with_times(entry("2026-11-20T09:31:00Z", "sign_in"));
    signed_in.details.push(("next".to_owned(), "code".to_owned()));
    let text = timeline(&[refused(), signed_in]);
    assert_eq!(text.matches("  asked  ").count(), 1, "{text}");
    assert_eq!(text.matches("  sent  ").count(), 1, "{text}");
}

#[test]
fn an_app_that_redeems_nothing_gets_an_assertion() {
    let mut signed_in = with_times(entry("2026-11-20T09:30:20Z", "sign_in"));
    signed_in.details.push(("next".to_owned(), "answer".to_owned()));
    let mut issued = entry("2026-11-20T09:30:20Z", "token_issued");
    issued.actor = "visitor".to_owned();
    let text = timeline(&[signed_in, issued]);
    assert!(
        text.contains("vouched for guest 00000000-0000-0000-0000-000000000005, on the way to app `payroll`\n"),
        "{text}"
    );
    assert!(text.ends_with("issued    app `payroll` gets an assertion\n"), "{text}");
}

#[test]
fn a_sign_in_goes_from_the_question_to_the_token() {
    let mut signed_in = with_times(entry("2026-11-20T09:30:20Z", "sign_in"));
    signed_in.details.push(("next".to_owned(), "code".to_owned()));
    let mut redeemed = entry("2026-11-20T09:30:21Z", "token_issued");
    redeemed.actor = "app".to_owned();
    let mut replayed = entry("2026-11-20T09:30:22Z", "code_replayed");
    replayed.details.push(("tokens_ended".to_owned(), "1".to_owned()));
    let entries = [
        entry("2026-11-20T09:30:20Z", "guest_added"),
        signed_in,
        redeemed,
        replayed,
        entry("2026-11-20T09:40:00Z", "sign_out"),
    ];
    assert_eq!(
        timeline(&entries),
        "\
2026-11-20T09:30:00.000Z  asked       by app `payroll`
2026-11-20T09:30:01.500Z  sent        to partner `fabrikam`, request _7f3a
2026-11-20T09:30:20.000Z  account     guest 00000000-0000-0000-0000-000000000005 was made at this first sign-in
2026-11-20T09:30:20.000Z  answered    partner `fabrikam` vouched for guest 00000000-0000-0000-0000-000000000005; \
app `payroll` gets a code
2026-11-20T09:30:21.000Z  redeemed    app `payroll` got its tokens
2026-11-20T09:30:22.000Z  replayed    app `payroll` redeemed the code a second time; tokens ended: 1
2026-11-20T09:40:00.000Z  signed out  guest 00000000-0000-0000-0000-000000000005
"
    );
    let events = events(&entries, &Advice::new().unwrap(), PUBLIC_URL);
    assert_eq!(span(&events).as_deref(), Some("600.000 s"));
}

#[test]
fn who_comes_to_the_gateway_itself_is_said_to_and_no_app_gets_a_code() {
    let mut signed_in = with_times(entry("2026-11-20T09:30:20Z", "sign_in"));
    signed_in.app = None;
    signed_in.details.push(("next".to_owned(), "panel".to_owned()));
    let mut again = entry("2026-11-20T09:31:00Z", "session_use");
    again.app = None;
    let text = timeline(&[signed_in, again]);
    for expected in [
        "asked     by the gateway itself\n",
        "who comes to the gateway itself\n",
        "by the session of this browser, to the gateway itself\n",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("gets a code") && !text.contains("unknown"), "{text}");
}

#[test]
fn a_removed_partner_is_named_by_its_id() {
    let mut gone = refused();
    gone.partner = Some((PartnerId::from_uuid(uuid(3)), None));
    assert!(timeline(&[gone]).contains("to partner 00000000-0000-0000-0000-000000000003 (removed), request _7f3a"));
}

#[test]
fn what_a_partner_wrote_forges_no_line() {
    let mut forged = refused();
    forged.checks = vec![check("audience", "failed", Some("audience_not_ours"), "urn:x\n2026 sign in passed")];
    assert!(timeline(&[forged]).contains("audience_not_ours: urn:x\u{fffd}2026 sign in passed"));
}

#[test]
fn as_json_nothing_is_lost() {
    let value = json(&events(&[refused()], &Advice::new().unwrap(), PUBLIC_URL));
    let refused = &value[2];
    assert_eq!(refused["what"], "refused");
    assert_eq!(refused["cause"], "audience_not_ours");
    assert_eq!(
        refused["checks"][1],
        json!({ "name": "audience", "outcome": "failed", "cause": "audience_not_ours", "saw": "urn:other" })
    );
    assert!(refused["advice"].as_str().is_some_and(|advice| advice.contains("/saml/sp")));
}

//! What comes out of an accepted response, how each signature counts, what shape is refused before any
//! key is tried, and that nothing panics.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::base::trace::CheckOutcome;
use crate::keys::signing::SigningKey;
use crate::saml::status::{self, PartnerAnswer};
use crate::saml::subject::SubjectKind;
use crate::saml::testing::{Case, PARTNER, Signed, good, public};

const SUCCESS: &str = r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode>"#;

/// The cause and kind of a refusal.
fn refusal(judgement: &Judgement) -> (&'static str, &'static str) {
    match judgement.outcome.as_ref().unwrap_err() {
        Refused::Xml(cause) => ("xml", cause),
        Refused::Structure(cause) => ("structure", cause),
        Refused::Signature(cause) => ("signature", cause),
        Refused::Status(_) => ("status", "status_not_success"),
        Refused::Encryption(cause) => ("encryption", cause),
        Refused::Check(cause) => ("check", cause),
    }
}

/// Holds that a document whose text was changed after signing is refused so.
#[track_caller]
fn tampered(case: &Case, old: &str, new: &str, expected: (&str, &str)) {
    let xml = case.xml();
    assert!(xml.contains(old), "no `{old}` in {xml}");
    let judgement = case.judge_text(&xml.replacen(old, new, 1));
    assert_eq!(refusal(&judgement), expected);
}

fn assertion_of(xml: &str) -> &str {
    let end = xml.rfind("</saml:Assertion>").unwrap() + "</saml:Assertion>".len();
    &xml[xml.find("<saml:Assertion").unwrap()..end]
}

fn status(top: &str, second: &str) -> String {
    format!(
        r#"<samlp:StatusCode Value="{top}"><samlp:StatusCode Value="{second}"></samlp:StatusCode></samlp:StatusCode>"#
    )
}

/// An error answer without an assertion.
fn error_answer(second: &str) -> Case {
    let case = good().signed(Signed::Nothing);
    let xml = case.xml();
    let without = case.swap("{a}", "").swap(&assertion_of(&xml).replace("{a}", ""), "");
    without.swap(SUCCESS, &status(status::RESPONDER, second))
}

#[test]
fn what_was_vouched_for_comes_out_whole() {
    let session =
        good().swap(r#"SessionIndex="_s""#, r#"SessionIndex="_s" SessionNotOnOrAfter="2026-09-21T20:00:00Z""#).swap(
            "</saml:AuthnContextClassRef>",
            "</saml:AuthnContextClassRef><saml:AuthenticatingAuthority>urn:up</saml:AuthenticatingAuthority>",
        );
    let accepted = session.judge().outcome.unwrap();
    let end = Timestamp::parse("2026-09-21T14:18:20Z").unwrap();
    assert_eq!(accepted.issuer.as_str(), PARTNER);
    assert_eq!(accepted.subject, Subject { value: "p-7f3a".to_owned(), kind: SubjectKind::PersistentNameId });
    assert_eq!(accepted.attributes, [("mail".to_owned(), vec!["ana@fabrikam.example".to_owned()])]);
    assert_eq!(accepted.authn_instant, Timestamp::parse("2026-09-21T14:13:00Z").unwrap());
    assert_eq!(accepted.class_ref.as_deref(), Some("urn:oasis:names:tc:SAML:2.0:ac:classes:Password"));
    assert_eq!(accepted.session_index.as_deref(), Some("_s"));
    assert_eq!(accepted.session_not_on_or_after, Some(Timestamp::parse("2026-09-21T20:00:00Z").unwrap()));
    assert_eq!(accepted.assertion_id, "_a");
    assert_eq!(accepted.assertion_end, end.plus(Duration::from_secs(300)));
    assert_eq!(accepted.authenticating_authorities, ["urn:up"]);
}

#[test]
fn text_in_cdata_is_read_whole() {
    let case = good().signed(Signed::Response);
    // CDATA is not canonical, so the digest is over the plain text and the document shows CDATA.
    let xml = case.xml().replace("p-7f3a", "p-<![CDATA[7f]]>3a");
    assert_eq!(case.judge_text(&xml).outcome.unwrap().subject.value, "p-7f3a");
}

#[test]
fn attributes_of_one_name_stand_together_and_odd_values_are_left_out() {
    let long = "x".repeat(4097);
    let values = format!(
        concat!(
            r#"</saml:AttributeValue></saml:Attribute><saml:Attribute Name="mail"><saml:AttributeValue>b</saml:AttributeValue>"#,
            "<saml:AttributeValue>{}</saml:AttributeValue><saml:AttributeValue>{}</saml:AttributeValue>",
            r#"<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"></saml:AttributeValue>"#,
            "<saml:AttributeValue><saml:NameID>t</saml:NameID></saml:AttributeValue>",
            "<saml:AttributeValue><saml:Audience>t</saml:Audience></saml:AttributeValue>",
            r#"</saml:Attribute><saml:Attribute Name="empty"></saml:Attribute></saml:AttributeStatement>"#
        ),
        long,
        "x".repeat(4096)
    );
    let case = good().swap("</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>", &values);
    let judgement = case.judge();
    let row = judgement.rows.iter().find(|row| row.name == "attributes").unwrap();
    assert_eq!(row.saw, "2 attributes, 4 values, 3 values left out");
    let attributes = judgement.outcome.unwrap().attributes;
    assert_eq!(attributes[0].1, ["ana@fabrikam.example", "b", &"x".repeat(4096), "t"]);
    assert_eq!(attributes[1], ("empty".to_owned(), vec![]));
}

#[test]
fn attributes_are_bounded_in_number() {
    let many = |count: usize| {
        let more: String = (1..count).map(|n| format!(r#"<saml:Attribute Name="n{n}"></saml:Attribute>"#)).collect();
        good().swap("</saml:AttributeStatement>", &format!("{more}</saml:AttributeStatement>"))
    };
    many(200).is_accepted();
    many(201).fails(&["attributes_too_many"]);
    let values = |count: usize| {
        let more = "<saml:AttributeValue></saml:AttributeValue>".repeat(count - 1);
        good().swap("</saml:Attribute>", &format!("{more}</saml:Attribute>"))
    };
    values(2000).is_accepted();
    values(2001).fails(&["attributes_too_many"]);
    let name = |length: usize| good().swap(r#"Name="mail""#, &format!(r#"Name="{}""#, "n".repeat(length)));
    name(512).is_accepted();
    name(513).fails(&["value_too_long"]);
}

#[test]
fn a_signature_that_is_missing_broken_or_foreign_is_refused() {
    let foreign = public(&SigningKey::generate_p256().unwrap());
    for signed in [Signed::Assertion, Signed::Response, Signed::Both] {
        let case = good().signed(signed);
        tampered(&case, ">p-7f3a<", ">p-7f3b<", ("signature", "digest_mismatch"));
        let judgement = good().signed(signed).keys(foreign.clone()).judge();
        assert_eq!(refusal(&judgement), ("signature", "signature_mismatch"));
        assert_eq!(refusal(&good().signed(signed).keys(vec![]).judge()), ("signature", "no_key"));
    }
    assert_eq!(refusal(&good().signed(Signed::Nothing).judge()), ("signature", "signature_missing"));
}

#[test]
fn where_both_are_signed_both_must_verify() {
    let case = good().signed(Signed::Both);
    tampered(&case, "Version=\"2.0\"", "Version=\"2.1\"", ("signature", "digest_mismatch"));
    let xml = case.xml();
    let foreign = good().swap("p-7f3a", "p-0000").xml();
    let swapped = xml.replace(assertion_of(&xml), assertion_of(&foreign));
    assert_eq!(refusal(&case.judge_text(&swapped)), ("signature", "digest_mismatch"));
}

#[test]
fn after_a_refused_signature_nothing_is_judged() {
    let rows = good().keys(vec![]).judge().rows;
    let outcomes: Vec<CheckOutcome> = rows.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes[..3], [CheckOutcome::Passed, CheckOutcome::Passed, CheckOutcome::Failed("no_key")]);
    assert!(outcomes[3..].iter().all(|outcome| *outcome == CheckOutcome::NotJudged));
    assert_eq!(rows.len(), good().judge().rows.len());
    let rows = good().judge_text("<").rows;
    assert_eq!(rows.len(), good().judge().rows.len());
    assert_eq!((rows[1].name, rows[2].name, rows[2].outcome), ("structure", "signature", CheckOutcome::NotJudged));
}

#[test]
fn an_envelope_that_nobody_signed_may_only_refuse() {
    let case = good();
    for (old, new, cause) in [
        ("Destination=\"https://gate", "Destination=\"https://other", "destination_not_ours"),
        ("InResponseTo=\"_asked\"", "InResponseTo=\"_other\"", "response_answers_another_request"),
        ("Version=\"2.0\"", "Version=\"3.0\"", "response_version_not_2_0"),
        (">https://idp.fabrikam", ">https://idp.woodgrove", "response_issuer_not_partner"),
    ] {
        tampered(&case, old, new, ("check", cause));
    }
}

#[test]
fn wrapped_moved_and_doubled_assertions_are_refused() {
    let case = good();
    let xml = case.xml();
    let genuine = assertion_of(&xml);
    let evil = genuine.replace("_a\"", "_e\"").replace("p-7f3a", "admin");
    let bare = |text: &str| {
        let start = text.find("<ds:Signature").unwrap();
        let end = text.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
        format!("{}{}", &text[..start], &text[end..])
    };
    let extensions = |inner: &str| format!("<samlp:Extensions>{inner}</samlp:Extensions><samlp:Status>");
    for (text, cause) in [
        (xml.replace(genuine, &format!("{}{genuine}", bare(&evil))), "several_assertions"),
        (xml.replace(genuine, &format!("{genuine}{}", bare(&evil))), "several_assertions"),
        (xml.replace(genuine, &bare(&evil)).replace("<samlp:Status>", &extensions(genuine)), "several_assertions"),
        (xml.replace(genuine, "").replace("<samlp:Status>", &extensions(genuine)), "assertion_misplaced"),
        (
            xml.replace(
                genuine,
                &bare(&evil)
                    .replace("<saml:Conditions", &format!("<saml:Advice>{genuine}</saml:Advice><saml:Conditions")),
            ),
            "several_assertions",
        ),
        (
            xml.replace(
                "<samlp:Status>",
                &extensions(r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>"#),
            ),
            "signature_misplaced",
        ),
        (xml.replace("<samlp:Status>", &extensions("<samlp:Response/>")), "response_misplaced"),
        (
            xml.replace(
                "<samlp:Status>",
                &extensions(r#"<x:Assertion xmlns:x="urn:oasis:names:tc:SAML:1.0:assertion"/>"#),
            ),
            "message_of_saml_1",
        ),
        (xml.replace(genuine, ""), "assertion_absent"),
    ] {
        assert_eq!(refusal(&case.judge_text(&text)), ("structure", cause), "{text}");
    }
}

#[test]
fn the_signature_of_an_assertion_stands_right_after_its_issuer() {
    let case = good();
    let xml = case.xml();
    let start = xml.find("<ds:Signature").unwrap();
    let end = xml.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let (signature, bare) = (&xml[start..end], format!("{}{}", &xml[..start], &xml[end..]));
    let issuer = "<saml:Issuer>https://idp.fabrikam.example/saml</saml:Issuer>";
    let put = |before: &str, after: &str| {
        bare.replacen(&format!("{before}{after}"), &format!("{before}{signature}{after}"), 1)
    };
    assert_eq!(put(issuer, "<saml:Subject>"), xml);
    for text in [
        put("", &format!("{issuer}<saml:Subject>")),
        put("</saml:Subject>", "<saml:Conditions"),
        put("", "</saml:Assertion>"),
    ] {
        assert_eq!(refusal(&case.judge_text(&text)), ("structure", "signature_misplaced"), "{text}");
    }
}

#[test]
fn other_messages_and_what_is_encrypted_are_refused() {
    let case = good();
    let xml = case.xml();
    let genuine = assertion_of(&xml);
    let encrypted = r#"<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>"#;
    for (text, cause) in [
        (xml.replace("samlp:Response", "samlp:LogoutRequest"), "message_not_a_response"),
        (xml.replace("samlp:Response", "samlp:AuthnRequest"), "message_not_a_response"),
        (genuine.to_owned(), "message_not_a_response"),
        (xml.replace("SAML:2.0:protocol", "SAML:1.0:protocol"), "message_of_saml_1"),
        (xml.replace("SAML:2.0:protocol", "SAML:3.0:protocol"), "message_not_saml"),
        (xml.replace(genuine, encrypted), "assertion_encrypted"),
        (xml.replace("saml:NameID", "saml:EncryptedID"), "name_id_encrypted"),
        (
            xml.replace("saml:Attribute ", "saml:EncryptedAttribute ")
                .replace("saml:Attribute>", "saml:EncryptedAttribute>"),
            "attribute_encrypted",
        ),
    ] {
        assert_eq!(refusal(&case.judge_text(&text)), ("structure", cause), "{text}");
    }
}

#[test]
fn elements_out_of_their_order_are_refused() {
    for (old, new) in [
        ("</samlp:Status>", "</samlp:Status><samlp:Status></samlp:Status>"),
        ("</saml:Subject>", "</saml:Subject><saml:Subject></saml:Subject>"),
        ("</saml:Conditions>", "</saml:Conditions><saml:Subject></saml:Subject>"),
        ("</saml:AuthnContext>", "</saml:AuthnContext><saml:AuthnContext></saml:AuthnContext>"),
        (
            "<saml:SubjectConfirmationData",
            "<saml:SubjectConfirmationData></saml:SubjectConfirmationData><saml:SubjectConfirmationData",
        ),
        ("<saml:AttributeValue>", "<saml:Audience></saml:Audience><saml:AttributeValue>"),
        ("p-7f3a", "p<saml:x></saml:x>"),
        ("</saml:AttributeStatement>", "</saml:AttributeStatement><saml:Unknown></saml:Unknown>"),
    ] {
        good().swap(old, new).fails(&["element_unexpected"]);
    }
    good()
        .swap(
            "</saml:AttributeStatement>",
            "</saml:AttributeStatement><saml:AuthzDecisionStatement></saml:AuthzDecisionStatement>",
        )
        .is_accepted();
}

#[test]
fn what_is_no_document_is_refused_by_its_cause() {
    let case = good();
    let xml = case.xml();
    for (text, cause) in [
        (format!("<!DOCTYPE x>{xml}"), "doctype"),
        (xml.replace("p-7f3a", "p-<!-- -->7f3a"), "comment"),
        (xml.replace("p-7f3a", "p-<?x?>7f3a"), "processing_instruction"),
        (xml.replace("\"_r\"", "\"_a\""), "duplicate_id"),
        (String::new(), "malformed_xml"),
    ] {
        assert_eq!(refusal(&case.judge_text(&text)), ("xml", cause));
    }
}

#[test]
fn an_error_answer_is_told_from_a_fault_signed_or_not() {
    for (code, answer) in [
        (status::NO_PASSIVE, PartnerAnswer::NoPassive),
        (status::AUTHN_FAILED, PartnerAnswer::AuthnFailed),
        (status::REQUEST_DENIED, PartnerAnswer::RequestDenied),
        (status::NO_AUTHN_CONTEXT, PartnerAnswer::NoAuthnContext),
        ("urn:x", PartnerAnswer::Other),
    ] {
        for signed in [Signed::Nothing, Signed::Response] {
            let refused = error_answer(code).signed(signed).judge().outcome.unwrap_err();
            assert_eq!(refused.answer(), Some(answer));
            let Refused::Status(status) = refused else { panic!("{code}") };
            assert_eq!((status.top.as_str(), status.second.as_deref()), (status::RESPONDER, Some(code)));
        }
    }
}

#[test]
fn an_error_answer_is_held_to_its_request_address_and_sender() {
    let case = || error_answer(status::NO_PASSIVE);
    let judge = |case: Case| refusal(&case.judge());
    assert_eq!(judge(case().swap("_asked", "_other")), ("check", "response_answers_another_request"));
    assert_eq!(judge(case().swap(r#" InResponseTo="_asked""#, "")), ("check", "response_unsolicited"));
    assert_eq!(judge(case().swap("gate.example", "other.example")), ("check", "destination_not_ours"));
    assert_eq!(judge(case().swap("fabrikam", "woodgrove")), ("check", "response_issuer_not_partner"));
    tampered(&case().signed(Signed::Response), "NoPassive", "AuthnFailed", ("signature", "digest_mismatch"));
    let with_assertion = good().swap(SUCCESS, &status(status::RESPONDER, status::NO_PASSIVE)).judge();
    assert_eq!(refusal(&with_assertion), ("status", "status_not_success"));
}

#[test]
fn a_status_message_is_kept_short_and_printable() {
    let message = format!("<samlp:StatusMessage>no&#10;{}</samlp:StatusMessage></samlp:Status>", "x".repeat(300));
    let refused = error_answer(status::AUTHN_FAILED).swap("</samlp:Status>", &message).judge().outcome.unwrap_err();
    let Refused::Status(status) = refused else { panic!("{refused:?}") };
    let text = status.message.unwrap();
    assert!(text.starts_with("no\u{fffd}xxx") && text.len() <= status::MAX_STATUS_MESSAGE + 3, "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn judging_arbitrary_bytes_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert!(good().judge_text(&text).outcome.is_err());
    }

    #[test]
    fn judging_a_damaged_response_never_panics(at in 0usize..4000, length in 0usize..60, piece in "[<>/a-z\"'&; ]{0,12}") {
        let case = good();
        let xml = case.xml();
        let at = at.min(xml.len());
        let end = (at + length).min(xml.len());
        let damaged = format!("{}{piece}{}", &xml[..at], &xml[end..]);
        let judgement = case.judge_text(&damaged);
        prop_assert_eq!(judgement.rows.len(), case.judge().rows.len());
        // What is accepted still says the same.
        if let Ok(accepted) = judgement.outcome {
            prop_assert_eq!(accepted.subject.value, "p-7f3a");
        }
    }

    #[test]
    fn a_signed_response_with_any_value_never_panics(value in "[ -~]{0,40}", seconds in 0u64..100_000) {
        let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = good().swap("p-7f3a", &escaped).later(seconds).judge();
    }
}

#[test]
fn the_rows_of_an_accepted_response_all_passed() {
    let rows = good().judge().rows;
    assert!(rows.iter().all(|row| row.outcome == CheckOutcome::Passed), "{rows:?}");
}
